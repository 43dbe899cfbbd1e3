#include "sync/hub.hpp"
#include "net/mutex.hpp"
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace godwit::sync {

// Commits come in on any thread; the first one into an empty inbox calls the loop, which takes all that are there by then.
struct Hub::Inbox {
    net::Guarded<std::vector<index::Commit>> commits{};
    Hub* hub = nullptr; // loop's thread only; null once the hub has ended
};

Hub::Hub(net::asio::any_io_executor loop) : loop_(std::move(loop)), inbox_(std::make_shared<Inbox>()) {
    inbox_->hub = this;
}
Hub::~Hub() { inbox_->hub = nullptr; }

void Hub::publish(index::Commit commit) {
    bool const first = inbox_->commits.with([&](auto& commits) {
        commits.push_back(std::move(commit));
        return commits.size() == 1;
    });
    if (!first) return;
    net::asio::post(loop_, [inbox = inbox_] {
        auto const commits = inbox->commits.with([](auto& waiting) { return std::exchange(waiting, {}); });
        if (inbox->hub)
            for (auto const& c : commits) inbox->hub->deliver(c);
    });
}

void Hub::deliver(index::Commit const& commit) {
    auto const head = watches_.find(commit.account);
    if (head == watches_.end()) return;
    for (auto* watch = head->second; watch; watch = watch->next_)
        if (watch->hears(commit)) watch->wake(); // the waiter resumes later, from the loop: the list stays as it is
}

Watch::Watch(Hub& hub, AccountId account, std::vector<CollectionId> folders, bool hierarchy)
    : hub_(hub), account_(account), folders_(std::move(folders)), timer_(hub.loop()), hierarchy_(hierarchy) {
    std::ranges::sort(folders_);
    auto*& head = hub_.watches_[account_];
    next_ = head;
    if (head) head->previous_ = this;
    head = this;
    ++hub_.count_;
}

Watch::~Watch() {
    if (next_) next_->previous_ = previous_;
    if (previous_)
        previous_->next_ = next_;
    else if (next_)
        hub_.watches_[account_] = next_;
    else
        hub_.watches_.erase(account_);
    --hub_.count_;
}

bool Watch::hears(index::Commit const& commit) const {
    if (hierarchy_ && commit.hierarchy) return true;
    if (folders_.empty()) return !commit.folders.empty();
    return std::ranges::any_of(commit.folders,
                               [this](CollectionId f) { return std::ranges::binary_search(folders_, f); });
}

void Watch::wake() {
    published_ = true;
    timer_.cancel();
}

void Watch::cancel() {
    cancelled_ = true;
    timer_.cancel();
}

net::awaitable<Woken> Watch::wait_until(net::Clock::time_point deadline) {
    timer_.expires_at(deadline);
    // Whatever sets a flag does so on this thread, so nothing can come between this look and the wait.
    while (!published_ && !cancelled_ && net::Clock::now() < deadline) {
        boost::system::error_code ignored;
        auto wait = timer_.async_wait(net::asio::redirect_error(net::asio::use_awaitable, ignored));
        co_await std::move(wait);
    }
    co_return cancelled_ ? Woken::Cancelled : published_ ? Woken::Published : Woken::Time;
}

} // namespace godwit::sync
