// Who waits for changes of which account. Watch first, then look, then wait: what is published between the look and the
// wait is already in the watch's mailbox, so no wake-up is lost. A watch costs a hundred bytes and a timer, no thread,
// no row. publish() may be called on any thread; all else belongs to the loop's thread. Watches end before their Hub.
#pragma once
#include "index/accounts.hpp"
#include "net/async.hpp"
#include "net/timer.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <unordered_map>

namespace godwit::sync {
using index::AccountId;
using index::CollectionId;

class Watch;

class Hub {
public:
    explicit Hub(net::asio::any_io_executor loop);
    ~Hub();
    Hub(Hub const&) = delete;

    void publish(index::Commit commit); // from any thread: index::Announce
    std::size_t watching() const { return count_; }
    net::asio::any_io_executor const& loop() const { return loop_; }

private:
    friend class Watch;
    struct Inbox; // commits on their way to the loop; outlives a Hub that ends early
    void deliver(index::Commit const&);

    net::asio::any_io_executor loop_;
    std::shared_ptr<Inbox> inbox_;
    std::unordered_map<AccountId, Watch*> watches_; // the head of each account's list
    std::size_t count_ = 0;
};

enum class Woken : std::uint8_t { Time, Published, Cancelled };

class Watch {
public:
    // Hears of `folders` (empty: of every folder) and, if asked, of the hierarchy.
    Watch(Hub&, AccountId, std::vector<CollectionId> folders, bool hierarchy = true);
    ~Watch();
    Watch(Watch const&) = delete;

    // Returns at once if something was published since the last look() or construction, or after cancel().
    net::awaitable<Woken> wait_until(net::Clock::time_point deadline);
    void look() { published_ = false; } // call before reading the index: what came so far will be seen there
    void cancel();                      // ends this wait and every later one
    bool published() const { return published_; }
    bool cancelled() const { return cancelled_; }

private:
    friend class Hub;
    bool hears(index::Commit const&) const;
    void wake();

    Hub& hub_;
    AccountId account_;
    std::vector<CollectionId> folders_; // sorted
    Watch* next_ = nullptr;
    Watch* previous_ = nullptr;
    net::Timer timer_;
    bool hierarchy_;
    bool published_ = false;
    bool cancelled_ = false;
};

} // namespace godwit::sync
