// What the engine's tests share: an account in memory, a phone that asks, somebody else who delivers and marks.
#pragma once
#include "index/accounts.hpp"
#include "sync/engine.hpp"
#include <gmock/gmock.h>

namespace godwit::sync {

using index::Transaction;
using Kind = ServerChange::Kind;
using P = std::pair<Kind, ItemId>;
using std::chrono::days;

inline constexpr index::AccountId account{1};
inline constexpr CollectionId inbox{1};

class Engine : public testing::Test {
protected:
    Engine() { accounts.create(account); }

    template <class F> auto write(F f) { return accounts.write_now(account, f); }
    ItemId deliver(Time received, std::string_view bytes = "mail") {
        return write([&](Transaction& tx) {
            return tx.add_item(
                {.folder = inbox, .received = received, .content = tx.put_content(bytes), .size = bytes.size()});
        });
    }
    ItemId deliver() { return deliver(now); }
    void mark(ItemId id, bool read = true) {
        write([&](Transaction& tx) { tx.set_marks(id, {.read = read}); });
    }
    CollectionResult ask(std::string key, std::vector<Command> commands = {}, std::uint32_t window = 100) {
        return sync({.collection = inbox, .key = std::move(key), .window = window, .commands = std::move(commands)});
    }
    CollectionResult sync(CollectionRequest const& r, DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return exchange(tx, device, r, now); });
    }
    std::string primed(DeviceKey device = "phone") { return sync({.collection = inbox}, device).key; }
    // A phone that holds everything that is there.
    std::string complete(DeviceKey device = "phone") {
        auto key = primed(device);
        for (bool more = true; more;) {
            auto const r = sync({.collection = inbox, .key = key}, device);
            key = r.key;
            more = r.more;
        }
        return key;
    }
    static Command add(std::string client_id, std::string bytes) {
        return AddCommand{
            .client_id = std::move(client_id), .fingerprint = fingerprint(bytes), .make = [bytes](Transaction& tx) {
                return std::expected<index::NewItem, Status>(
                    index::NewItem{.received = Time(days(20'000)), .content = tx.put_content(bytes), .size = 1});
            }};
    }
    static Command read_mark(ItemId id, bool read = true) {
        return ChangeCommand{
            .item = id, .fingerprint = 1U + read, .edit = [read](Transaction&, index::Item const& item) {
                auto marks = item.marks;
                marks.read = read;
                return std::expected<Edit, Status>(Edit{.marks = marks});
            }};
    }
    static std::vector<std::pair<Kind, ItemId>> said(CollectionResult const& r) {
        std::vector<std::pair<Kind, ItemId>> all;
        for (auto const& c : r.changes) all.emplace_back(c.kind, c.id);
        return all;
    }
    std::uint64_t count() {
        return write([](Transaction& tx) { return tx.item_count(inbox); });
    }
    std::int64_t stamp() {
        return write([](Transaction& tx) { return std::int64_t(tx.modseq()); });
    }
    std::size_t state_bytes(DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return tx.collection_state(device, inbox)->size(); });
    }

    Time now{days(20'000)};
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
};

} // namespace godwit::sync
