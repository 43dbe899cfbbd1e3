#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "convert/calendar.hpp"
#include "delivery/scheduling.hpp"
#include "eas/compose_mail.hpp"
#include "itip/message.hpp"
#include "itip/record.hpp"
#include "office.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "sync/tell.hpp"
#include <algorithm>

// What people do with their meetings.
namespace godwit::sim {
namespace {

constexpr std::uint32_t most_looked_at = 12; // mails, the newest
constexpr std::size_t most_meetings = 8;     // of one organizer

} // namespace

void People::by_user(What what, Pick const& p) {
    auto& phone = phones_[p[0] % phones_.size()];
    switch (what) {
    case What::MeetMake: make(phone, p); break;
    case What::MeetChange:
    case What::MeetGuests:
    case What::MeetOne:
    case What::MeetOwn:
        for (std::uint32_t i = 0; i <= p[3] / 16 % 3 / 2; ++i) change(phone, what, {p[0], p[1], p[2] + i, p[3]});
        break;
    case What::MeetCancel: cancel(phone, p); break;
    case What::MeetForward: forward(phone, p); return;
    case What::MeetAnswer:
        if (!phone.answering) choose_answer(phone, p);
        if (phone.answering) send_answer(phone, p[3] / 64);
        return;
    case What::MeetMail:
        if (!phone.letters.empty()) send_letters(phone, p[1]);
        return;
    default: return;
    }
    if (p[3] % 4 != 0) sync_once(phone, p[3] / 4);
}

// As it lies in the store: from 16.0 on the phone may not know it.
std::string People::uid_of(Handset const& phone, std::string const& server_id) {
    return read(phone.person, [&](index::Transaction& tx) {
        auto const item = tx.item(command::parse_server_id(server_id)->item);
        return item ? convert::event_uid(source::fetch(tx, *item)) : std::string();
    });
}

// Those that somebody has without their series.
std::vector<ical::Instant> People::occurrences_alone(Handset const& phone, std::string const& server_id) {
    return read(phone.person, [&](index::Transaction& tx) {
        std::vector<ical::Instant> out;
        auto const item = tx.item(command::parse_server_id(server_id)->item);
        auto const calendar = item ? delivery::calendar_of(source::fetch(tx, *item)) : std::nullopt;
        if (!calendar) return out;
        for (auto const& one : calendar->components) {
            if (one.name != "VEVENT") continue;
            auto const* id = one.find("RECURRENCE-ID");
            if (!id) return std::vector<ical::Instant>();
            out.push_back(itip::Record::instant_of(*calendar, *id));
        }
        return out;
    });
}

std::string const* People::pick_event(Handset& phone, bool mine, std::uint32_t pick) {
    std::vector<std::string const*> some;
    for (auto const& [id, held] : phone.view) {
        auto const status = held.calendar().meeting_status.value_or(0);
        bool const waits = !id.contains(':'); // its number is not known yet
        if (!held.stale && !waits && (status & 1) != 0 && ((status & 2) == 0) == mine && (status & 4) == 0)
            some.push_back(&id);
    }
    return some.empty() ? nullptr : some[pick % some.size()];
}

void People::make(Handset& phone, Pick const& p) {
    if (!phone.organizes || phone.key == "0" || phone.view.size() >= most_meetings) return;
    auto event = std::get<eas::Calendar>(new_thing(index::ItemClass::Calendar, ++wishes_, p[2], now_));
    event.meeting_status = 1;
    event.attendees.emplace();
    for (std::size_t i = 1; i < users_.size(); ++i) {
        auto const& guest = users_[(phone.person + i) % users_.size()];
        if (i == 1 || p[1] % 3 != 0)
            event.attendees->push_back({.email = guest.address, .name = guest.name, .status = 5, .type = 1});
    }
    if (phone.version >= eas::v16_0)
        for (auto& guest : *event.attendees) guest.status.reset(); // the server's to say
    event.client_uid = phone.id + "-" + std::to_string(wishes_);
    auto const client_id = phone.next_client_id();
    auto said = whole(event, All, phone.version);
    phone.pending.emplace_back(
        eas::ClientAdd{.client_id = client_id, .application_data = fragment_of(said, phone.version)});
    phone.view[client_id] = {.event = std::move(said), .partial = true};
    if (phone.version < eas::v16_0)
        phone.unmailed.insert(client_id);
    else
        phone.view[client_id].stale = true; // it looks what the server calls it
}

void People::change(Handset& phone, What what, Pick const& p) {
    bool const mine = what != What::MeetOwn;
    if (mine && !phone.organizes) return;
    auto const* id = pick_event(phone, mine, p[2]);
    if (!id) return;
    auto const server_id = *id;
    auto const& event = phone.view.at(server_id).event;
    if (what == What::MeetGuests) return invite_others(phone, server_id, p);
    Wish wish{.aspects = std::uint8_t(1 + p[3] / 64 % All), .number = ++wishes_};
    wish.aspects &= mine ? Title | Place | When | Body : Labels | Extra;
    if (!wish.aspects) wish.aspects = mine ? Title : Extra;
    if (what == What::MeetOne || (!mine && p[1] % 2)) {
        wish.occurrence = some_occurrence(event, p[1] / 2);
        if (!wish.occurrence) return;
        if (mine && phone.version >= eas::v16_0 && p[1] / 1024 % 4 == 0) return invite_to_one(phone, server_id, p);
        wish.remove = p[1] / 64 % 3 == 0;
    }
    say(phone, server_id, wish);
}

// From 16.0 on what has changed, and an occurrence alone; before, all of it.
void People::say(Handset& phone, std::string const& id, Wish const& wish) {
    auto& held = phone.view.at(id);
    auto const before = held.calendar();
    fulfil(held.event, wish);
    bool const mine = (before.meeting_status.value_or(0) & 2) == 0;
    if (!mine && wish.remove)
        removed_[{uid_of(phone, id), phone.person}].insert(std::chrono::floor<std::chrono::seconds>(*wish.occurrence));
    bool const moves = !wish.occurrence && (wish.aspects & When);
    if (phone.version < eas::v16_0) {
        if (mine && moves && held.calendar().attendees) // everybody is asked anew
            for (auto& guest : *held.calendar().attendees) guest.status = 5;
        if (moves && held.calendar().exceptions) held.calendar().exceptions->clear(), held.stale = true;
        phone.pending.emplace_back(eas::ClientChange{
            .server_id = id, .application_data = fragment_of(whole(held.event, All, phone.version), phone.version)});
        if (mine) phone.unmailed.insert(id);
        return;
    }
    std::optional<std::string> instance;
    if (wish.occurrence) eas::append_compact_time(instance.emplace(), *wish.occurrence);
    if (wish.remove)
        phone.pending.emplace_back(eas::ClientDelete{.server_id = id, .instance_id = instance});
    else
        phone.pending.emplace_back(
            eas::ClientChange{.server_id = id,
                              .instance_id = instance,
                              .application_data = fragment_of(only(held.event, wish), phone.version)});
    held.stale = moves && before.exceptions; // it ends what was other (MS-ASCAL_R2114)
}

// Somebody more, or somebody less; never nobody.
void People::invite_others(Handset& phone, std::string const& id, Pick const& p) {
    auto& held = phone.view.at(id);
    auto& guests = held.calendar().attendees;
    if (!guests) return;
    auto const& other = users_[(phone.person + 1 + p[1] % (users_.size() - 1)) % users_.size()];
    auto const is_other = [&](eas::Attendee const& one) { return itip::same_address(one.email, other.address); };
    bool const comes = std::ranges::none_of(*guests, is_other);
    if (!comes && guests->size() == 1) return;
    auto edit = [&](std::vector<eas::Attendee>& list) {
        std::erase_if(list, is_other);
        if (comes) list.push_back({.email = other.address, .name = other.name, .status = 5, .type = 1});
    };
    edit(*guests);
    if (held.calendar().exceptions)
        for (auto& one : *held.calendar().exceptions)
            if (one.attendees) edit(*one.attendees);
    auto said = held.calendar();
    if (phone.version >= eas::v16_0) said = {.attendees = held.calendar().attendees};
    for (auto& guest : *said.attendees)
        if (phone.version >= eas::v16_0) guest.status.reset();
    held.stale = true; // in which of its occurrences somebody is, the phone looks anew
    phone.pending.emplace_back(eas::ClientChange{
        .server_id = id,
        .application_data =
            fragment_of(phone.version < eas::v16_0 ? whole(said, All, phone.version) : Thing(said), phone.version)});
    if (phone.version < eas::v16_0) phone.unmailed.insert(id);
}

// Somebody who comes to the others does not come to this one, or does again; or who comes to none of them does.
void People::invite_to_one(Handset& phone, std::string const& id, Pick const& p) {
    auto& held = phone.view.at(id);
    auto const& event = held.calendar();
    auto const at = some_occurrence(held.event, p[1] / 2);
    auto const all = event.attendees.value_or(std::vector<eas::Attendee>());
    if (!at) return;
    auto here = all;
    for (auto const& one : event.exceptions.value_or(std::vector<eas::Exception>()))
        if (one.instance_id->at == *at && one.attendees) here = *one.attendees;
    auto const& other = users_[(phone.person + 1 + p[1] / 4096 % (users_.size() - 1)) % users_.size()];
    auto const is_other = [&](eas::Attendee const& one) { return itip::same_address(one.email, other.address); };
    if (std::erase_if(here, is_other) == 0) here.push_back({.email = other.address, .name = other.name, .type = 1});
    if (here.empty()) return;
    for (auto& guest : here) guest.status.reset();
    std::string instance;
    eas::append_compact_time(instance, *at);
    phone.pending.emplace_back(eas::ClientChange{
        .server_id = id,
        .instance_id = instance,
        .application_data = fragment_of(Thing(eas::Calendar{.attendees = std::move(here)}), phone.version)});
    held.stale = true;
}

// Who is not invited becomes so by a forward of the organizer's.
void People::forward(Handset& phone, Pick const& p) {
    auto const* id = phone.organizes && phone.version >= eas::v16_0 ? pick_event(phone, true, p[2]) : nullptr;
    if (!id) return;
    auto const to = (phone.person + 1 + p[1] % (users_.size() - 1)) % users_.size();
    forwarded_.insert({uid_of(phone, *id), to});
    eas::ComposeSource source{.folder_id = id->substr(0, id->find(':')), .item_id = *id};
    if (auto const at = p[1] / 64 % 2 ? some_occurrence(phone.view.at(*id).event, p[1] / 128) : std::nullopt)
        eas::append(source.instance_id.emplace(), eas::DateTime{*at});
    eas::SmartForwardRequest const request{
        .client_id = phone.next_client_id(),
        .source = std::move(source),
        .forwardees = std::vector{eas::Forwardee{.email = users_[to].address, .name = users_[to].name}}};
    deliver(p[3], [&] {
        if (dies_) throw Crash();
        auto asking = session(phone);
        return office_->loop.wait_for(command::smart_forward(asking, request)), true;
    });
}

void People::cancel(Handset& phone, Pick const& p) {
    auto const* id = phone.organizes ? pick_event(phone, true, p[2]) : nullptr;
    if (!id) return;
    auto const server_id = *id;
    auto const uid = uid_of(phone, server_id);
    phone.pending.emplace_back(eas::ClientDelete{.server_id = server_id});
    phone.view.erase(server_id);
    phone.unmailed.erase(server_id);
    if (!phone.mails()) return;
    if (auto const was = phone.mailed.find(uid); was != phone.mailed.end()) {
        write_letters(phone, &was->second, nullptr);
        phone.mailed.erase(was);
    }
}

// ---- answers

std::optional<Answer> People::answer_to_mail(Handset& phone, std::uint32_t pick) {
    return read(phone.person, [&](index::Transaction& tx) -> std::optional<Answer> {
        auto const inbox = source::special_folder(tx, source::Special::Inbox);
        auto const items = tx.walk(inbox, {}, sync::bottom, most_looked_at);
        if (items.empty()) return std::nullopt;
        auto const& item = items[pick % items.size()];
        auto const bytes = source::fetch(tx, item);
        auto const message = mime::Message::parse(bytes);
        auto const reading = itip::in_mail(message);
        if (!reading || !*reading || (*reading)->method != itip::Method::request) return std::nullopt;
        auto const& events = (*reading)->calendar.components;
        auto const event = std::ranges::find(events, "VEVENT", &ical::Component::name);
        Answer out{.uid = (*reading)->uid, .organizer = std::string(itip::organizer_of(*event))};
        out.reply.request_id = command::format(command::ServerId{item.folder, item.id});
        bool const of_series = std::ranges::any_of(
            events, [](ical::Component const& one) { return one.name == "VEVENT" && !one.find("RECURRENCE-ID"); });
        if (!of_series) out.occurrence = itip::Record::instant_of((*reading)->calendar, *event->find("RECURRENCE-ID"));
        bool const several = std::ranges::count(events, "VEVENT", &ical::Component::name) > 1;
        if (!of_series && several) return std::nullopt;
        return out;
    });
}

std::optional<Answer> People::answer_in_calendar(Handset& phone, Pick const& p) {
    auto const* id = phone.version < eas::v14_1 ? nullptr : pick_event(phone, false, p[2]);
    if (!id) return std::nullopt;
    auto const& held = phone.view.at(*id);
    auto const& event = held.calendar();
    Answer out{.uid = uid_of(phone, *id), .organizer = event.organizer_email.value_or("")};
    out.reply.request_id = *id;
    auto const alone = occurrences_alone(phone, *id);
    if (phone.mails() && alone.size() > 1) return std::nullopt; // it knows of one
    if (phone.mails() && !alone.empty()) out.occurrence = alone.front();
    if (auto const at = p[2] / 64 % 2 ? some_occurrence(held.event, p[2] / 128) : std::nullopt) {
        out.occurrence = std::chrono::floor<std::chrono::seconds>(*at);
        eas::append(out.reply.instance_id.emplace(), eas::DateTime{*at});
    }
    return out;
}

void People::choose_answer(Handset& phone, Pick const& p) {
    if (phone.key == "0") return;
    auto answer = p[1] % 2 ? answer_in_calendar(phone, p) : std::nullopt;
    if (!answer) answer = answer_to_mail(phone, p[2]);
    if (!answer) return;
    answer->reply.response = eas::UserResponse(1 + p[3] % 3);
    if (phone.version >= eas::v16_0) answer->reply.send_response.emplace();
    phone.answering = std::move(answer);
}

} // namespace godwit::sim
