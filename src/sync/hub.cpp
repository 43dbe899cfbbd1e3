#include "sync/hub.hpp"
#include "net/mutex.hpp"
#include "net/timer.hpp"
#include <algorithm>
#include <boost/asio/post.hpp>

namespace godwit::sync {

// Commits come in on any thread; the first one into an empty inbox calls the loop, which takes all that are there by then.
struct Hub::Inbox {
    net::Guarded<std::vector<index::Commit>> commits{};
    Hub* hub = nullptr; // loop's thread only; null once the hub has ended
};

struct Hub::Bell {
    explicit Bell(net::asio::any_io_executor const& loop) : timer(loop) {}
    net::Timer timer;
    net::Clock::time_point at = net::Clock::time_point::max(); // when it rings; max: it does not
};

Hub::Hub(net::asio::any_io_executor loop)
    : loop_(std::move(loop)), inbox_(std::make_shared<Inbox>()), bell_(std::make_unique<Bell>(loop_)) {
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
        if (watch->hears(commit)) watch->publish();
}

// It may ring too early, for somebody who has left; then it is set anew. So those who come later cost it nothing.
void Hub::set_bell() {
    if (waiting_.empty() || waiting_.begin()->until_ >= bell_->at) return;
    bell_->at = waiting_.begin()->until_;
    bell_->timer.expires_at(bell_->at);
    bell_->timer.async_wait([inbox = inbox_](boost::system::error_code stopped) {
        if (!stopped && inbox->hub) inbox->hub->ring();
    });
}

void Hub::ring() {
    bell_->at = net::Clock::time_point::max();
    auto const now = net::Clock::now();
    while (!waiting_.empty() && waiting_.begin()->until_ <= now) waiting_.begin()->call();
    set_bell();
}

Watch::Watch(Hub& hub, AccountId account, std::vector<CollectionId> folders, bool hierarchy)
    : hub_(hub), account_(account), folders_(std::move(folders)), hierarchy_(hierarchy) {
    std::ranges::sort(folders_);
    auto*& head = hub_.watches_[account_];
    next_ = head;
    if (head) head->previous_ = this;
    head = this;
    ++hub_.count_;
}

Watch::~Watch() {
    rest();
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

void Watch::publish() {
    published_ = true;
    if (place_.is_linked()) call();
}

void Watch::call() {
    auto const wake = std::move(wake_);
    rest();
    wake();
}

void Watch::wait(net::Clock::time_point until, std::function<void()> wake) {
    rest();
    if (published_) return wake();
    until_ = until;
    wake_ = std::move(wake);
    hub_.waiting_.insert(*this);
    hub_.set_bell();
}

void Watch::rest() {
    if (place_.is_linked()) hub_.waiting_.erase(hub_.waiting_.iterator_to(*this));
    wake_ = nullptr;
}

} // namespace godwit::sync
