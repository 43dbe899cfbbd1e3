// What tests of the calendar through a whole Sync share: an account in memory, and the words of a phone.
#pragma once
#include "command/sync_exchange.hpp"
#include "eas/calendar.hpp"
#include "ical/object.hpp"
#include "index/accounts.hpp"
#include "source/local.hpp"
#include <gtest/gtest.h>

namespace godwit::command {

inline constexpr index::AccountId account{1};
inline constexpr index::CollectionId calendar{7};
inline index::Time const now{std::chrono::seconds(1'768'478'400)};

inline eas::CompactDateTime wire(std::string_view raw) { return {eas::Instant(ical::instant(raw).value())}; }

class CalendarSync : public testing::Test {
protected:
    CalendarSync() { accounts.create(account); }

    template <class Element = eas::Calendar>
    static eas::ClientCommand add(std::string id, Element const& said, eas::Version version = eas::v16_1) {
        return eas::ClientAdd{.client_id = std::move(id), .application_data = eas::encode_fragment(said, version)};
    }
    template <class Element = eas::Calendar> static eas::ClientCommand
    change(std::string id, Element const& said, std::string instance = {}, eas::Version version = eas::v16_1) {
        eas::ClientChange out{.server_id = std::move(id), .application_data = eas::encode_fragment(said, version)};
        if (!instance.empty()) out.instance_id = std::move(instance);
        return out;
    }
    static std::vector<unsigned> statuses(eas::SyncCollectionResponse const& answer) {
        std::vector<unsigned> out;
        for (auto const& one : answer.responses)
            std::visit([&](auto const& r) { out.push_back(std::to_underlying(r.status)); }, one);
        return out;
    }
    std::string stored(std::int64_t id) {
        return accounts.read_now(
            account, [&](index::Transaction& tx) { return source::fetch(tx, *tx.item(index::ItemId(id))); });
    }

    net::Pool pool{1};
    index::Accounts accounts{pool, "", [](index::Commit const&) {}};
};

} // namespace godwit::command
