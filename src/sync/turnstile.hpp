// One phone at a time (DESIGN section 3): requests of one device for one collection run one after the other; a new one
// asks the held one to end with "no change". Different devices and different collections never wait for each other.
//   auto pass = co_await turnstile.enter(account, device, collections);      // all of them or none: no deadlock
//   pass.on_asked([&] { watch.cancel(); });                                  // while merely waiting
// Belongs to the loop's thread. Passes end before the Turnstile.
#pragma once
#include "index/types.hpp"
#include "net/async.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace godwit::sync {

class Turnstile {
    struct Entry;
    using Queue = std::list<std::shared_ptr<Entry>>; // of one device, in order of arrival
    using Device = std::pair<index::AccountId, std::string>;

public:
    class Pass {
    public:
        Pass() = default;
        Pass(Pass&&) noexcept;
        Pass& operator=(Pass&&) noexcept;
        ~Pass();
        bool asked() const; // somebody waits for this one to end
        // Called (once, on the loop; at once if asked already) when somebody comes to wait. {} takes it back.
        void on_asked(std::function<void()>);
        void leave();

    private:
        friend class Turnstile;
        Pass(Turnstile* turnstile, std::shared_ptr<Entry> entry);
        Turnstile* turnstile_ = nullptr;
        std::shared_ptr<Entry> entry_;
    };

    explicit Turnstile(net::asio::any_io_executor loop);
    ~Turnstile();
    Turnstile(Turnstile const&) = delete;

    // CollectionId::Root stands for the hierarchy. Holds nothing until it returns.
    net::awaitable<Pass> enter(index::AccountId, std::string device, std::vector<index::CollectionId> collections);

private:
    void leave(std::shared_ptr<Entry> const&);
    void admit(Queue&);

    net::asio::any_io_executor loop_;
    std::map<Device, Queue> devices_;
};

} // namespace godwit::sync
