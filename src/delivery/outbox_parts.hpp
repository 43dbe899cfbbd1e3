// The inside of Outbox: rows, lanes and what they know of each other. All of it lives on the loop.
#pragma once
#include "delivery/outbox.hpp"
#include "delivery/relay.hpp"
#include "delivery/report.hpp"
#include "net/timer.hpp"
#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace godwit::delivery {

enum class Reach { LocalOnly, All };
inline constexpr std::size_t relay_lanes = 4;

std::chrono::seconds pause_after(unsigned attempts); // 1, 2, 4 ... 60 minutes
// For how long a message is tried after so many attempts of this process, however late it is: an hour in all, or
// `retry_for` where that is less, counted in pauses, which no clock that is set makes longer or shorter.
std::chrono::seconds grace_after(unsigned attempts, std::chrono::seconds retry_for);

struct Outbox::Parts {
    Parts(config::Delivery const& the_config, net::Pool& the_pool, index::Accounts& the_accounts,
          directory::Directory& the_directory, LocalDelivery& the_local)
        : config(the_config), pool(the_pool), accounts(the_accounts), directory(the_directory), local(the_local) {}

    struct Tried { // what one attempt at a row has come to
        std::vector<std::string> remaining;
        std::map<Action, std::vector<ReportedRecipient>> told; // what the sender is to hear of
        std::string last_error;
        net::Time retry_until = {};
    };
    using Bytes = std::shared_ptr<mime::Rope const>;

    // Delivers what it can and writes down what is left. Never throws: false: it could not be written down. `bytes`
    // may be null.
    net::awaitable<bool> attempt(index::AccountId account, index::Outgoing row, Bytes bytes, Reach reach);
    net::awaitable<void> try_row(index::AccountId account, index::Outgoing& row, Bytes bytes, Reach reach);
    net::awaitable<void> try_local(index::AccountId account, index::Outgoing const& row, std::string address,
                                   Bytes bytes, Tried& tried);
    net::awaitable<void> try_relay(index::AccountId account, index::Outgoing const& row,
                                   std::vector<std::string> addresses, Bytes bytes, Tried& tried);
    net::awaitable<void> settle(index::AccountId account, index::Outgoing& row, Bytes bytes, Tried tried, Reach reach);
    void after_attempt(index::AccountId account, index::Outgoing& row, Tried& tried);
    std::vector<std::string> reports(index::Outgoing const& row, std::string_view header, Tried tried) const;

    // Everything of this account that is due; never throws.
    net::awaitable<std::size_t> work_off(index::AccountId account);
    net::awaitable<std::size_t> work_off_due(index::AccountId account);
    net::awaitable<void> lane(std::size_t number);
    void resume_all();
    void schedule(index::AccountId account, net::Time when);
    using DueOrder = std::set<std::pair<net::Time, index::AccountId>>;
    DueOrder::iterator next_due(); // the first that no lane is at; before it, what a clock set back has left far ahead
    std::optional<index::AccountId> take_due();
    void wake();

    // While one lives, fresh rows of the account belong to send(), which tries them first itself.
    class FirstTry {
    public:
        FirstTry(std::shared_ptr<Parts> const& parts, index::AccountId account) : parts_(parts), account_(account) {
            ++parts->sending[account];
        }
        ~FirstTry();
        FirstTry(FirstTry const&) = delete;

    private:
        std::weak_ptr<Parts> parts_;
        index::AccountId account_;
    };

    config::Delivery const& config;
    net::Pool& pool;
    index::Accounts& accounts;
    directory::Directory& directory;
    LocalDelivery& local;

    std::atomic<bool> stopping = false;
    std::map<index::AccountId, net::Time> due; // when each account is looked at next ...
    DueOrder due_order;                        // ... in order
    std::map<index::AccountId, unsigned> sending;
    std::set<index::AccountId> working;
    // Recipients that have the message although the row could not be changed yet (disk full): never twice, while we
    // live.
    struct Reached {
        Action action = Action::Relayed;
        bool told = false; // by the relay: it reports the success itself
    };
    std::map<std::pair<index::AccountId, std::int64_t>, std::map<std::string, Reached>> reached;
    std::map<std::pair<index::AccountId, std::int64_t>, unsigned> attempted; // how often, by this process
    std::array<std::optional<net::Timer>, relay_lanes> timers;
    net::Pool relay_threads{relay_lanes}; // libcurl blocks: not on the threads that SQL needs
};

} // namespace godwit::delivery
