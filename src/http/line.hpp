// The line before the commands. After a restart ten thousand phones come at once, and each needs a millisecond: whoever
// is sent away comes back and costs more than one who waits. So requests wait here in order of arrival, and only who
// would wait too long is told when to come again. Held polls are not in it: they cost nothing until they are woken.
// One account never has all places, however often its phones ask: they may wait for each other (law 8). Belongs to the
// loop's thread.
#pragma once
#include "index/types.hpp"
#include "net/async.hpp"
#include "net/time.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

namespace godwit::http {

class Line {
public:
    // A place at work, given back at its end.
    class Place {
    public:
        Place(Place&& other) noexcept
            : line_(std::exchange(other.line_, nullptr)), who_(other.who_), since_(other.since_) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (line_) line_->leave(who_, since_);
        }

    private:
        friend class Line;
        Place(Line& line, index::AccountId who) : line_(&line), who_(who), since_(net::Clock::now()) {}
        Line* line_;
        index::AccountId who_;
        net::Clock::time_point since_;
    };

    Line(net::asio::any_io_executor loop, std::size_t at_once, std::size_t of_one_account)
        : loop_(std::move(loop)), most_(at_once), most_of_one_(of_one_account) {}
    Line(Line const&) = delete;

    net::awaitable<Place> enter(index::AccountId who);
    // How long one who came now would wait, by what requests have taken lately.
    std::chrono::milliseconds expected() const;
    // Whether so many of that account wait for each other that one more is too many.
    bool is_full_for(index::AccountId who) const;
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t working() const { return working_; }

private:
    struct Waiter;
    struct Share {                       // of one account
        std::size_t there = 0;           // at work, or waiting for a place
        std::deque<Waiter*> behind = {}; // whose turn to wait for one comes when another of the account is done
    };
    void leave(index::AccountId who, net::Clock::time_point since);

    net::asio::any_io_executor loop_;
    std::size_t most_, most_of_one_, working_ = 0;
    std::deque<Waiter*> waiting_;
    std::unordered_map<index::AccountId, Share> shares_;
    double mean_ = 0; // seconds that a request takes at work
};

// When those who are sent away shall come again: spread so that about twenty come back in a second, however many they
// are.
class Retries {
public:
    std::chrono::seconds next(net::Clock::time_point now);

private:
    double lately_ = 0; // how many were sent away, those of a minute ago counting a third
    net::Clock::time_point last_ = {};
    std::uint64_t turn_ = 0;
};

} // namespace godwit::http
