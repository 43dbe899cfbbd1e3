#include "sync/turnstile.hpp"
#include "net/timer.hpp"
#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace godwit::sync {

struct Turnstile::Entry {
    Entry(Device key, std::vector<index::CollectionId> wanted)
        : device(std::move(key)), collections(std::move(wanted)) {}

    bool meets(Entry const& other) const {
        return std::ranges::any_of(collections,
                                   [&](auto c) { return std::ranges::binary_search(other.collections, c); });
    }
    void ask() {
        if (std::exchange(asked, true) || !on_asked) return;
        auto const call = std::exchange(on_asked, {}); // it may leave the turnstile
        call();
    }

    Device device;
    std::vector<index::CollectionId> collections; // sorted
    std::unique_ptr<net::Timer> waiting;          // to be admitted: few do, and whoever is inside needs the room
    std::function<void()> on_asked;
    bool inside = false, asked = false;
};

Turnstile::Turnstile(net::asio::any_io_executor loop) : loop_(std::move(loop)) {}
Turnstile::~Turnstile() = default;

net::awaitable<Turnstile::Pass> Turnstile::enter(index::AccountId account, std::string device,
                                                 std::vector<index::CollectionId> collections) {
    std::ranges::sort(collections);
    auto entry = std::make_shared<Entry>(Device(account, std::move(device)), std::move(collections));
    Pass pass(this, entry); // leaves the queue again, however this ends
    auto& queue = devices_[entry->device];
    auto const before = queue; // asking may let somebody leave
    queue.push_back(entry);
    for (auto const& other : before)
        if (other->meets(*entry)) other->ask();
    if (auto const found = devices_.find(entry->device); found != devices_.end()) admit(found->second);
    while (!entry->inside) {
        boost::system::error_code ignored;
        if (!entry->waiting) entry->waiting = std::make_unique<net::Timer>(loop_, net::Clock::time_point::max());
        auto wait = entry->waiting->async_wait(net::asio::redirect_error(net::asio::use_awaitable, ignored));
        co_await std::move(wait);
    }
    entry->waiting.reset();
    co_return std::move(pass);
}

// In order of arrival: whoever meets nobody before him may go in.
void Turnstile::admit(Queue& queue) {
    for (auto it = queue.begin(); it != queue.end(); ++it) {
        if ((*it)->inside) continue;
        if (std::any_of(queue.begin(), it, [&](auto const& earlier) { return earlier->meets(**it); })) continue;
        (*it)->inside = true;
        if ((*it)->waiting) (*it)->waiting->cancel();
    }
}

void Turnstile::leave(std::shared_ptr<Entry> const& entry) {
    auto const queue = devices_.find(entry->device);
    queue->second.remove(entry);
    if (queue->second.empty())
        devices_.erase(queue);
    else
        admit(queue->second);
}

Turnstile::Pass::Pass(Turnstile* turnstile, std::shared_ptr<Entry> entry)
    : turnstile_(turnstile), entry_(std::move(entry)) {}
Turnstile::Pass::Pass(Pass&& other) noexcept
    : turnstile_(std::exchange(other.turnstile_, nullptr)), entry_(std::move(other.entry_)) {}
Turnstile::Pass& Turnstile::Pass::operator=(Pass&& other) noexcept {
    if (this == &other) return *this;
    leave();
    turnstile_ = std::exchange(other.turnstile_, nullptr);
    entry_ = std::move(other.entry_);
    return *this;
}
Turnstile::Pass::~Pass() { leave(); }

bool Turnstile::Pass::asked() const { return entry_ && entry_->asked; }

void Turnstile::Pass::on_asked(std::function<void()> call) {
    if (!entry_) return;
    if (entry_->asked && call) return call();
    entry_->on_asked = std::move(call);
}

void Turnstile::Pass::leave() {
    if (auto* const turnstile = std::exchange(turnstile_, nullptr)) turnstile->leave(std::exchange(entry_, nullptr));
}

} // namespace godwit::sync
