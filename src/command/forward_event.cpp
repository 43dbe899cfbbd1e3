// A calendar item that is passed on (MS-ASCMD 2.2.1.19, 2.2.3.79): its organizer thereby invites, and who is invited
// himself passes the invitation on; then the organizer is told.
#include "command/compose_mail.hpp"
#include "command/item_kind.hpp"
#include "convert/calendar.hpp"
#include "delivery/scheduling.hpp"
#include "ical/value.hpp"
#include "itip/forward.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/content.hpp"
#include "mime/header.hpp"
#include "mime/html.hpp"
#include "mime/message.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <spdlog/spdlog.h>

namespace godwit::command {
namespace {

using eas::CommonStatus;

std::optional<ical::Instant> seconds_of(std::optional<eas::Instant> const& at) {
    if (!at) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*at);
}

CommonStatus refusal_of(itip::NotForwarded why) {
    switch (why) {
    case itip::NotForwarded::no_event: break;
    case itip::NotForwarded::not_recurring: return CommonStatus::NoRecurrenceInCalendar; // R4918
    case itip::NotForwarded::no_occurrence: return CommonStatus::ItemNotFound;           // R4929
    }
    return CommonStatus::MessageReplyFailed;
}

std::optional<ical::Component> calendar_of(index::Transaction& tx, index::Item const& item) {
    try {
        return delivery::calendar_of(source::fetch(tx, item));
    } catch (index::StoreBroken const&) { // one item's affair (law 4)
        return std::nullopt;
    }
}

std::expected<itip::Forwarded, CommonStatus> pass_on(ical::Component const& calendar, itip::Forwarding const& how,
                                                     directory::User const& user) {
    auto made = itip::forwarded(calendar, how, delivery::addresses_of(user), user.name);
    if (!made) return std::unexpected(refusal_of(made.error()));
    return std::move(*made);
}

std::optional<ical::Component> invitation_in(std::string_view mail) {
    auto said = delivery::scheduled_in(mail);
    if (!said || said->method != itip::Method::request) return std::nullopt;
    return std::move(said->calendar);
}

bool speaks_of(mime::Part const& calendar, std::string_view uid) {
    constexpr std::size_t most = 1 << 20; // bytes
    auto const read = ical::parse(mime::text_content(calendar, most), {.bytes = most, .lines = 20'000});
    return read && std::ranges::any_of(*read, [&](ical::Component const& one) {
               return std::ranges::any_of(one.components, [&](ical::Component const& event) {
                   return event.name == "VEVENT" && ical::text(ical::trimmed(event.value("UID"))) == uid;
               });
           });
}

bool names_organizer(ical::Component const& calendar, std::string_view address) {
    return std::ranges::any_of(calendar.components, [&](ical::Component const& one) {
        return one.name == "VEVENT" && itip::same_address(itip::organizer_of(one), address);
    });
}

ical::Component const* first_event(itip::Mail const& mail) {
    auto const found = std::ranges::find(mail.calendar.components, "VEVENT", &ical::Component::name);
    return found == mail.calendar.components.end() ? nullptr : &*found;
}

// As its organizer's calendar says it; the name of a zone that a phone has described means nothing to people.
std::string begins_at(ical::Component const& event) {
    auto const* start = event.find("DTSTART");
    auto const at = start ? ical::moment(*start) : std::nullopt;
    if (!at) return {};
    auto const raw = ical::raw(*at); // 20261214T100000
    auto out = raw.substr(0, 4) + "-" + raw.substr(4, 2) + "-" + raw.substr(6, 2);
    if (!at->is_date()) out += " " + raw.substr(9, 2) + ":" + raw.substr(11, 2);
    if (at->kind == ical::Moment::Kind::utc) out += " UTC";
    if (!at->zone.empty() && !at->zone.starts_with("EAS/")) out += " (" + mime::on_one_line(at->zone) + ")";
    return event.find("RRULE") ? out + ", repeated" : out;
}

// The invitation that a mail is, all of it or to one occurrence.
std::expected<itip::Forwarded, CommonStatus> invited_to(std::string_view mail, std::optional<eas::Instant> const& which,
                                                        directory::User const& user) {
    auto const said = delivery::scheduled_in(mail);
    if (!said) return std::unexpected(CommonStatus::NoRecurrenceInCalendar);
    if (said->method != itip::Method::request) return std::unexpected(CommonStatus::MessageReplyFailed);
    return pass_on(said->calendar, {.occurrence = seconds_of(which)}, user);
}

std::expected<itip::Forwarded, CommonStatus> event_passed_on(Passed const& passed, bool deleted,
                                                             directory::User const& user) {
    auto const calendar = delivery::calendar_of(*passed.source);
    if (!calendar) return std::unexpected(CommonStatus::MessageReplyFailed);
    return pass_on(*calendar, {.occurrence = seconds_of(passed.instance), .deleted = deleted}, user);
}

struct Forward {
    index::Transaction& tx;
    Session const& session;
    eas::SmartForwardRequest const& request;

    delivery::Sending sending(std::string mime, bool keeps_copy) const {
        return {.user = session.user,
                .device = session.device,
                .client_id = request.client_id,
                .mime = std::move(mime),
                .save_in_sent = keeps_copy};
    }
    std::optional<CommonStatus> run(SourceName const& source) const;
};

std::optional<CommonStatus> Forward::run(SourceName const& source) const {
    auto const item = tx.item(source.item);
    if (!item) return CommonStatus::ItemNotFound;
    if (item->item_class != index::ItemClass::Calendar) return CommonStatus::UnexpectedItemClass; // R7177
    auto calendar = calendar_of(tx, *item);
    if (!calendar) return CommonStatus::MessageReplyFailed;
    auto const instance =
        source.instance ? std::optional(occurrence_named(tx, *calendar, *source.instance, session)) : std::nullopt;
    itip::Forwarding how{.occurrence = seconds_of(instance),
                         .comment = plain_text(request.body),
                         .now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc()),
                         .deleted = is_deleted(tx, *item)};
    for (auto const& one : request.forwardees.value_or(std::vector<eas::Forwardee>()))
        how.to.push_back({.name = one.name.value_or(""), .address = one.email});
    auto const passed = pass_on(*calendar, how, session.user);
    if (!passed) return passed.error();
    if (passed->calendar && !tx.has_room(ical::write(*passed->calendar).size()))
        return CommonStatus::MailboxQuotaExceeded;
    auto const sent = delivery::hand_in(tx, sending(itip::write(passed->mail), true), session.rooms.config.delivery,
                                        session.rooms.directory);
    if (auto const refused = status_of(sent)) return refused;
    if (passed->notice) hand_in_notice(tx, sending(itip::write(*passed->notice), false), session.rooms);
    if (passed->calendar)
        delivery::keep_event(tx, delivery::StoredEvent{*item, std::move(*calendar)}, {}, *passed->calendar,
                             itip::Outcome::Place::keep);
    return std::nullopt;
}

} // namespace

eas::Instant occurrence_named(index::Transaction& tx, ical::Component calendar, eas::Instant instance,
                              Session const& s) {
    auto holder = holder_of(s.user, s.rooms.config);
    add_own(holder, tx);
    convert::CalendarOwner const owner{.addresses = holder.addresses, .zone = holder.zone};
    return convert::occurrence_named(std::move(calendar), instance, owner, s.version);
}

std::string plain_text(std::optional<eas::Body> const& body) {
    if (!body || !body->data) return {};
    auto const& text = body->data->bytes;
    return body->type == eas::BodyType::Html ? mime::html_to_text(text) : text;
}

std::expected<std::string, CommonStatus> event_as_mail(Passed const& passed, directory::User const& user) {
    auto const made = event_passed_on(passed, passed.deleted, user);
    if (!made) return std::unexpected(made.error());
    return itip::write(made->mail);
}

std::expected<MeetingQuote, CommonStatus> meeting_as_quote(Passed const& passed, directory::User const& user) {
    auto const made =
        passed.event ? event_passed_on(passed, false, user) : invited_to(*passed.source, passed.instance, user);
    if (!made) return std::unexpected(made.error());
    MeetingQuote out{.mail = passed.event ? itip::write(made->mail) : std::string()};
    if (auto const* event = first_event(made->mail)) {
        out.when = begins_at(*event);
        out.where = mime::on_one_line(mime::clean(ical::text(event->value("LOCATION"))));
    }
    return out;
}

std::expected<std::optional<mime::Answering::Invitation>, CommonStatus>
invitation_to_one(std::string_view mail, eas::Instant const& instance, directory::User const& user) {
    auto const made = invited_to(mail, instance, user);
    if (!made) return std::unexpected(made.error());
    if (mime::travels_whole(mime::Message::parse(mail))) return std::nullopt;
    auto const* event = first_event(made->mail);
    auto const uid = std::string(event ? ical::trimmed(event->value("UID")) : "");
    return mime::Answering::Invitation{.entity = itip::calendar_part(made->mail),
                                       .is_copy = [uid](auto& part) { return speaks_of(part, uid); }};
}

std::optional<std::string> notice_of_forward(Passed const& passed, std::string_view mime, directory::User const& user) {
    auto const stored = passed.event ? delivery::calendar_of(*passed.source) : invitation_in(*passed.source);
    if (!stored) return std::nullopt;
    auto const owner = delivery::addresses_of(user);
    auto const is_own = [&](mime::Address const& one) {
        return one.address.empty() || itip::is_owner(owner, one.address) || names_organizer(*stored, one.address);
    };
    itip::Forwarding how{.occurrence = seconds_of(passed.instance),
                         .now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc())};
    auto const people = mime::recipients(mime);
    for (auto const* list : {&people.to, &people.cc}) // who got it blind is not for the organizer to know
        std::ranges::remove_copy_if(*list, std::back_inserter(how.to), is_own);
    if (how.to.empty()) return std::nullopt;
    auto const made = pass_on(*stored, how, user);
    if (!made || !made->notice) return std::nullopt;
    return itip::write(*made->notice);
}

bool is_deleted(index::Transaction& tx, index::Item const& item) {
    auto const folder = tx.folder(item.folder);
    return folder && folder->type == index::FolderType::DeletedItems;
}

void hand_in_notice(index::Transaction& tx, delivery::Sending telling, Rooms const& rooms) {
    if (!telling.client_id.empty()) telling.client_id.insert(0, 1, '\x04');
    if (delivery::hand_in(tx, telling, rooms.config.delivery, rooms.directory) != delivery::SendResult::Sent)
        spdlog::warn("scheduling: account {}: the organizer is not told of a forward",
                     std::to_underlying(telling.user.id));
}

net::awaitable<std::optional<CommonStatus>> forward_event(Session& s, eas::SmartForwardRequest request) {
    auto const name = source_name(request.source);
    if (!name) co_return name.error();
    delivery::Sending const asked{.user = s.user, .device = s.device, .client_id = request.client_id, .mime = {}};
    auto known = s.rooms.outbox.sent_before(asked); // the item may be gone since (law 1)
    bool const sent_before = co_await std::move(known);
    if (sent_before) co_return CommonStatus::MessagePreviouslySent;
    auto work =
        s.rooms.accounts.write(s.user.id, [&](index::Transaction& tx) { return Forward{tx, s, request}.run(*name); });
    auto const refused = co_await std::move(work);
    if (!refused) s.rooms.outbox.announce(s.user.id);
    co_return refused;
}

} // namespace godwit::command
