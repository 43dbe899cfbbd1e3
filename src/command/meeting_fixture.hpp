#pragma once
// Ann's phone, which organizes, and Bob's, on one server, each at 14.1, where phones send the mails of scheduling, and
// at 16.1, where the server does.
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "convert/calendar.hpp"
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "delivery/scheduling.hpp"
#include "eas/calendar.hpp"
#include "eas/meeting_response.hpp"
#include "eas/time_zone.hpp"
#include "itip/compose.hpp"
#include "net/loop.hpp"
#include "source/local.hpp"
#include "sync/hub.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace godwit::command {

using eas::MeetingStatus, eas::UserResponse;

inline eas::CompactDateTime at(std::string_view text) { return {*eas::parse_time(text)}; }

class Meetings : public testing::TestWithParam<eas::Version> {
protected:
    Meetings() {
        net::Clock::frozen_utc = net::Time(std::chrono::seconds(1'795'000'000)); // 2026-11-18
        ann = directory.add("ann@x.org", "Ann", {}, "x").value();
        bob = directory.add("bob@x.org", "Bob", {"robert@x.org"}, "x").value();
        accounts.create(ann.id);
        accounts.create(bob.id);
    }
    void TearDown() override { net::Clock::frozen_utc.reset(); }

    static bool server_sends() { return GetParam() >= eas::v16_0; }
    Session session(directory::User const& user) {
        Session out{.rooms = rooms,
                    .user = user,
                    .line = {},
                    .version = GetParam(),
                    .user_agent = "",
                    .request_id = "",
                    .hangup = hangup};
        out.device = "phone";
        return out;
    }
    std::string folder(directory::User const& user, index::FolderType type = index::FolderType::Calendar) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) { return format(tx.folder_of(type)->id); });
    }
    // What the phone says of its calendar.
    eas::SyncResponse say(directory::User const& user, std::vector<eas::ClientCommand> commands) {
        auto s = session(user);
        auto& key = keys[user.address];
        auto round = [&](std::vector<eas::ClientCommand> said) {
            eas::SyncCollectionRequest collection{
                .sync_key = key.empty() ? "0" : key, .collection_id = folder(user), .commands = std::move(said)};
            eas::SyncRequest request{.collections = std::vector{std::move(collection)}};
            auto answer = loop.wait_for(sync(s, std::move(request)));
            if (answer && !answer->collections.empty()) key = answer->collections.front().sync_key;
            return answer.value_or(eas::SyncResponse{});
        };
        if (key.empty()) round({});
        round({});
        auto out = round(std::move(commands));
        loop.wait_for(outbox.run_once());
        return out;
    }
    // The weekly meeting of Mondays at ten, at which Bob is invited as Robert.
    void organize() {
        eas::Calendar event{.all_day_event = false,
                            .end_time = at("20261207T110000Z"),
                            .subject = "Weekly",
                            .start_time = at("20261207T100000Z"),
                            .meeting_status = 1};
        if (!server_sends()) event.time_zone = eas::to_base64(eas::TimeZone{});
        if (!server_sends()) event.uid = "m1";
        event.attendees = {{.email = "robert@x.org", .name = "Robert"}};
        event.recurrence = eas::Recurrence{.type = 1, .interval = 1, .occurrences = 4, .day_of_week = 2};
        say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
        phone_mails(nullptr);
    }
    // Up to 14.1 the organizer's phone sends what the server does from 16.0 on.
    void phone_mails(ical::Component const* before, bool gone = false) {
        if (server_sends()) return;
        auto const after = gone ? std::nullopt : calendar(ann);
        auto const now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc());
        for (auto const& mail :
             itip::mails_of_change(before, after ? &*after : nullptr, std::vector{ann.address}, "Ann", now)) {
            delivery::Sending sending{.user = ann, .device = "phone", .mime = itip::write(mail), .save_in_sent = true};
            EXPECT_EQ(loop.wait_for(outbox.send(std::move(sending))), delivery::SendResult::Sent);
        }
    }
    std::optional<index::Item> event_item(directory::User const& user) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) -> std::optional<index::Item> {
            for (auto type : {index::FolderType::Calendar, index::FolderType::DeletedItems})
                for (auto const& item :
                     tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 100))
                    if (item.item_class == index::ItemClass::Calendar) return item;
            return std::nullopt;
        });
    }
    std::string stored(directory::User const& user) {
        auto const item = event_item(user);
        if (!item) return {};
        return accounts.read_now(user.id, [&](index::Transaction& tx) { return source::fetch(tx, *item); });
    }
    std::optional<ical::Component> calendar(directory::User const& user) {
        auto const text = stored(user);
        if (text.empty()) return std::nullopt;
        return ical::parse(text)->front();
    }
    std::vector<std::string> mails(directory::User const& user, index::FolderType type) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) {
            std::vector<std::string> found;
            for (auto const& item : tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 100))
                if (item.item_class == index::ItemClass::Email) found.push_back(source::fetch(tx, item));
            return found;
        });
    }
    eas::Calendar shown(directory::User const& user) {
        std::vector<std::string> const own = delivery::addresses_of(user);
        return convert::to_calendar(stored(user), {.addresses = own}, {}, GetParam()).event;
    }
    std::string server_id(directory::User const& user) {
        auto const item = event_item(user);
        return item ? format(ServerId{item->folder, item->id}) : "none";
    }
    std::string invitation(directory::User const& user, index::FolderType type = index::FolderType::Inbox) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) {
            auto const items = tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 1);
            return items.empty() ? std::string("none") : format(ServerId{items.front().folder, items.front().id});
        });
    }
    eas::MeetingResult answer(std::string const& id, UserResponse response, std::string const& instance = "",
                              std::string const& comment = "") {
        auto s = session(bob);
        eas::MeetingReply reply{.response = response, .collection_id = "1", .request_id = id};
        if (!instance.empty()) reply.instance_id = instance;
        if (server_sends()) {
            reply.send_response.emplace();
            if (!comment.empty()) reply.send_response->body = eas::Body{.data = eas::Content{comment, false}};
        }
        auto out = loop.wait_for(meeting_response(s, {.replies = {reply}}));
        loop.wait_for(outbox.run_once());
        EXPECT_EQ(out.results.size(), 1U);
        return out.results.front();
    }
    void later(int seconds) { *net::Clock::frozen_utc += std::chrono::seconds(seconds); }

    config::Config config;
    net::Pool pool{1};
    net::Loop loop;
    sync::Hub hub{loop.executor()};
    index::Accounts accounts{pool, {}, {}};
    directory::Directory directory{pool, {}, {}};
    delivery::LocalDelivery local{accounts, directory};
    delivery::Outbox outbox{config.delivery, pool, accounts, directory, local};
    Rooms rooms{config, pool, accounts, directory, hub, outbox};
    Hangup hangup;
    directory::User ann, bob;
    std::map<std::string, std::string> keys;
};

} // namespace godwit::command
