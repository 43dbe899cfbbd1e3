// A calendar item that is passed on (MS-ASCMD 2.2.1.19, 2.2.3.79): its organizer thereby invites, and who is invited
// himself passes the invitation on; then the organizer is told.
#include "command/compose_mail.hpp"
#include "delivery/scheduling.hpp"
#include "itip/forward.hpp"
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

std::optional<ical::Component> invitation_in(std::string_view mail) {
    constexpr std::size_t most_looked_at = 4 << 20; // what invites stands in front of the large files
    mail = mail.substr(0, most_looked_at);
    if (!mail.contains("/calendar") && !mail.contains("/CALENDAR"))
        return std::nullopt; // most mail: no need to read it
    auto const message = mime::Message::parse(mail);
    auto reading = itip::in_mail(message);
    if (!reading || !*reading || (*reading)->method != itip::Method::request) return std::nullopt;
    return std::move((*reading)->calendar);
}

bool names_organizer(ical::Component const& calendar, std::string_view address) {
    return std::ranges::any_of(calendar.components, [&](ical::Component const& one) {
        return one.name == "VEVENT" && itip::same_address(itip::organizer_of(one), address);
    });
}

struct Forward {
    index::Transaction& tx;
    Session const& session;
    eas::SmartForwardRequest const& request;

    delivery::SendResult hand_in(std::string mime, std::string client_id, bool keeps_copy) const {
        delivery::Sending const sending{.user = session.user,
                                        .device = session.device,
                                        .client_id = std::move(client_id),
                                        .mime = std::move(mime),
                                        .save_in_sent = keeps_copy};
        return delivery::hand_in(tx, sending, session.rooms.config.delivery, session.rooms.directory);
    }
    std::optional<CommonStatus> run(SourceName const& source) const;
};

std::optional<CommonStatus> Forward::run(SourceName const& source) const {
    auto const item = tx.item(source.item);
    if (!item) return CommonStatus::ItemNotFound;
    if (item->item_class != index::ItemClass::Calendar) return CommonStatus::UnexpectedItemClass; // R7177
    auto calendar = calendar_of(tx, *item);
    if (!calendar) return CommonStatus::MessageReplyFailed;
    itip::Forwarding how{.occurrence = seconds_of(source.instance),
                         .comment = plain_text(request.body),
                         .now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc())};
    for (auto const& one : request.forwardees.value_or(std::vector<eas::Forwardee>()))
        how.to.push_back({.name = one.name.value_or(""), .address = one.email});
    auto const passed = itip::forwarded(*calendar, how, delivery::addresses_of(session.user), session.user.name);
    if (!passed) return refusal_of(passed.error());
    if (passed->calendar && !tx.has_room(ical::write(*passed->calendar).size()))
        return CommonStatus::MailboxQuotaExceeded;
    if (auto const refused = command::status_of(hand_in(itip::write(passed->mail), request.client_id, true)))
        return refused;
    if (passed->notice &&
        hand_in(itip::write(*passed->notice), "\x04" + request.client_id, false) != delivery::SendResult::Sent)
        spdlog::warn("scheduling: account {}: the organizer is not told of a forward",
                     static_cast<std::int64_t>(session.user.id));
    if (passed->calendar)
        delivery::keep_event(tx, delivery::StoredEvent{*item, std::move(*calendar)}, {}, *passed->calendar,
                             itip::Outcome::Place::keep);
    return std::nullopt;
}

} // namespace

std::string plain_text(std::optional<eas::Body> const& body) {
    if (!body || !body->data) return {};
    auto const& text = body->data->bytes;
    return body->type == eas::BodyType::Html ? mime::html_to_text(text) : text;
}

std::expected<std::string, CommonStatus>
event_as_mail(std::string_view stored, std::optional<eas::Instant> const& instance, directory::User const& user) {
    auto const calendar = delivery::calendar_of(stored);
    if (!calendar) return std::unexpected(CommonStatus::MessageReplyFailed);
    itip::Forwarding const how{.occurrence = seconds_of(instance)};
    auto const passed = itip::forwarded(*calendar, how, delivery::addresses_of(user), user.name);
    if (!passed) return std::unexpected(refusal_of(passed.error()));
    return itip::write(passed->mail);
}

std::expected<mime::Entity, CommonStatus> invitation_to_one(std::string_view mail, eas::Instant const& instance,
                                                            directory::User const& user) {
    auto const message = mime::Message::parse(mail);
    auto const calendar = message.calendar() ? delivery::calendar_of(mime::content(*message.calendar())) : std::nullopt;
    if (!calendar) return std::unexpected(CommonStatus::NoRecurrenceInCalendar);
    itip::Forwarding const how{.occurrence = seconds_of(instance)};
    auto const passed = itip::forwarded(*calendar, how, delivery::addresses_of(user), user.name);
    if (!passed) return std::unexpected(refusal_of(passed.error()));
    return itip::calendar_part(passed->mail);
}

std::optional<std::string> notice_of_forward(Passed const& passed, std::string_view mime, directory::User const& user) {
    auto const stored = passed.event ? delivery::calendar_of(*passed.source) : invitation_in(*passed.source);
    if (!stored) return std::nullopt;
    auto const owner = delivery::addresses_of(user);
    auto const is_own = [&](mime::Address const& one) {
        auto same = [&](std::string const& own) { return mime::equal_ignoring_case(own, one.address); };
        return one.address.empty() || std::ranges::any_of(owner, same) || names_organizer(*stored, one.address);
    };
    itip::Forwarding how{.occurrence = seconds_of(passed.instance),
                         .now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc())};
    auto const people = mime::recipients(mime);
    for (auto const* list : {&people.to, &people.cc, &people.bcc})
        std::ranges::remove_copy_if(*list, std::back_inserter(how.to), is_own);
    if (how.to.empty()) return std::nullopt;
    auto const made = itip::forwarded(*stored, how, owner, user.name);
    if (!made || !made->notice) return std::nullopt;
    return itip::write(*made->notice);
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
