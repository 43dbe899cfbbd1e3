// Who waits for changes of which account. Watch first, then look, then wait: what is published between the look and the
// wait is already in the watch's mailbox, so no wake-up is lost. A watch costs a hundred bytes: no thread, no row, no
// coroutine, and one timer serves them all. publish() may be called on any thread; all else belongs to the loop's
// thread. Watches end before their Hub.
#pragma once
#include "index/accounts.hpp"
#include "net/async.hpp"
#include "net/time.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/set.hpp>
#include <functional>
#include <unordered_map>

namespace godwit::sync {
using index::AccountId;
using index::CollectionId;

class Hub;

class Watch {
public:
    // Hears of `folders` (empty: of every folder) and, if asked, of the hierarchy.
    Watch(Hub&, AccountId, std::vector<CollectionId> folders, bool hierarchy = true);
    ~Watch();
    Watch(Watch const&) = delete;

    void look() { published_ = false; } // call before reading the index: what came so far will be seen there
    // Calls `wake` once: when something is published, and when the time has come; at once when something was published
    // since the last look(). It may be called while the hub goes through its watches, so it may not end one.
    void wait(net::Clock::time_point until, std::function<void()> wake);
    void rest(); // no call any more, until wait() asks for one
    bool published() const { return published_; }
    std::vector<CollectionId> const& folders() const { return folders_; } // sorted

private:
    friend class Hub;
    bool hears(index::Commit const&) const;
    void publish();
    void call();

    Hub& hub_;
    AccountId account_;
    std::vector<CollectionId> folders_;
    Watch* next_ = nullptr;
    Watch* previous_ = nullptr;
    boost::intrusive::set_member_hook<boost::intrusive::optimize_size<true>> place_ = {}; // among those who wait
    net::Clock::time_point until_ = {};
    std::function<void()> wake_;
    bool hierarchy_;
    bool published_ = false;
};

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
    struct Bell;  // the timer
    struct Sooner {
        bool operator()(Watch const& a, Watch const& b) const { return a.until_ < b.until_; }
    };
    using Waiting =
        boost::intrusive::multiset<Watch, boost::intrusive::member_hook<Watch, decltype(Watch::place_), &Watch::place_>,
                                   boost::intrusive::compare<Sooner>, boost::intrusive::constant_time_size<false>>;
    void deliver(index::Commit const&);
    void set_bell();
    void ring();

    net::asio::any_io_executor loop_;
    std::shared_ptr<Inbox> inbox_;
    std::unique_ptr<Bell> bell_;
    Waiting waiting_ = {};                          // by the time until which they wait
    std::unordered_map<AccountId, Watch*> watches_; // the head of each account's list
    std::size_t count_ = 0;
};

} // namespace godwit::sync
