#include "http/line.hpp"
#include "net/timer.hpp"
#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>

namespace godwit::http {
namespace {
constexpr double weight = 1.0 / 16; // of the newest request in the mean
constexpr double come_back_each_second = 20;
constexpr std::chrono::seconds soonest{10}, shortest_spread{50}, longest_spread{600};
} // namespace

struct Line::Waiter {
    explicit Waiter(net::asio::any_io_executor const& loop) : timer(loop, net::Clock::time_point::max()) {}
    net::Timer timer;
    bool admitted = false;
};

net::awaitable<Line::Place> Line::enter(index::AccountId who) {
    auto& share = shares_[who];
    bool const first = share.there < most_of_one_;
    if (first) ++share.there;
    if (first && working_ < most_ && waiting_.empty()) {
        ++working_;
        co_return Place(*this, who);
    }
    Waiter waiter(loop_);
    (first ? waiting_ : share.behind).push_back(&waiter);
    while (!waiter.admitted) {
        boost::system::error_code ignored;
        auto wait = waiter.timer.async_wait(net::asio::redirect_error(net::asio::use_awaitable, ignored));
        co_await std::move(wait);
    }
    co_return Place(*this, who);
}

void Line::leave(index::AccountId who, net::Clock::time_point since) {
    auto const took = std::chrono::duration<double>(net::Clock::now() - since).count();
    mean_ += (took - mean_) * weight;
    --working_;
    auto const share = shares_.find(who);
    if (!share->second.behind.empty()) {
        waiting_.push_back(share->second.behind.front());
        share->second.behind.pop_front();
    } else if (--share->second.there == 0) {
        shares_.erase(share);
    }
    while (working_ < most_ && !waiting_.empty()) {
        auto& next = *waiting_.front();
        waiting_.pop_front();
        ++working_;
        next.admitted = true;
        next.timer.cancel();
    }
}

bool Line::is_full_for(index::AccountId who) const {
    auto const share = shares_.find(who);
    return share != shares_.end() && share->second.behind.size() >= 16 * most_of_one_;
}

std::chrono::milliseconds Line::expected() const {
    if (working_ < most_) return {};
    auto const seconds = mean_ * static_cast<double>(waiting_.size() + 1) / static_cast<double>(most_);
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::chrono::seconds Retries::next(net::Clock::time_point now) {
    auto const passed = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    lately_ = lately_ * std::exp(-passed / 60) + 1;
    auto const wanted = std::chrono::seconds(static_cast<std::int64_t>(lately_ / come_back_each_second));
    auto const spread = std::clamp(wanted, shortest_spread, longest_spread);
    // The golden ratio's steps lie evenly over the spread, wherever it ends.
    auto const place = static_cast<double>(turn_++) * 0.6180339887498949;
    return soonest +
           std::chrono::seconds(static_cast<std::int64_t>((place - std::floor(place)) * double(spread.count())));
}

} // namespace godwit::http
