// MS-ASCMD 2.2.1.11 MeetingResponse: answers to invitations, from their mail or from the calendar, each with a status
// of its own. From 16.0 on the server mails the organizer, if it is told to (SendResponse); before, the phone does, and
// the server never (trap 67). The same answer again changes nothing and mails nothing (incident 1.8).
#include "eas/meeting_response.hpp"
#include "command/compose_mail.hpp"
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/reply.hpp"
#include "delivery/scheduling.hpp"
#include "ical/object.hpp"
#include "itip/own_answer.hpp"
#include "itip/record.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "sync/blob.hpp"
#include <algorithm>

namespace godwit::command {
namespace {

using delivery::StoredEvent;
using eas::MeetingReply, eas::MeetingStatus;
using itip::Outcome;

constexpr auto answer_memory = std::chrono::days(30);
constexpr std::size_t most_about = 20; // occurrences that one mail is answered for, each by a mail of its own

using eas::CommonStatus;
constexpr MeetingStatus common(CommonStatus status) { return eas::common<MeetingStatus>(status); }

// What a reply is about: the mail it was found by, if it was, and the event as it is stored or will be.
struct Meeting {
    std::optional<index::Item> mail = {};
    std::optional<StoredEvent> stored = {};
    std::string uid = {};
    ical::Component calendar = {};
    std::vector<std::optional<ical::Instant>> about = {std::nullopt}; // of a mail: the occurrences, or all
};

struct Answering {
    index::Transaction& tx;
    Session const& session;
    std::vector<std::string> owner;
    net::Time now;
    bool sent = false;         // something waits in the outbox
    std::string_view why = {}; // the first that was refused was, for the log

    std::unexpected<MeetingStatus> refuse(std::string_view reason,
                                          MeetingStatus status = MeetingStatus::InvalidRequest) {
        if (why.empty()) why = reason;
        return std::unexpected(status);
    }
    std::expected<Meeting, MeetingStatus> by_mail(index::Item mail, bool occurrence);
    std::expected<Meeting, MeetingStatus> in_calendar(index::Item const& item);
    std::expected<Meeting, MeetingStatus> find(MeetingReply const& reply);
    std::expected<ical::Component, MeetingStatus> say(MeetingReply const& reply, Meeting const& meeting,
                                                      itip::OwnAnswer own);
    MeetingStatus mail_answer(MeetingReply const& reply, Meeting const& meeting, itip::OwnAnswer const& own,
                              bool said_before);
    std::expected<std::optional<itip::Proposal>, MeetingStatus> proposed(MeetingReply const& reply);
    std::expected<std::optional<ServerId>, MeetingStatus> answer(MeetingReply const& reply);
};

// A mail may speak of single occurrences of a series alone: they are what is answered.
std::vector<std::optional<ical::Instant>> spoken_of(itip::Message const& said) {
    std::vector<std::optional<ical::Instant>> out;
    for (auto const& one : said.calendar.components) {
        if (one.name != "VEVENT") continue;
        auto const* at = one.find(said.method == itip::Method::add ? "DTSTART" : "RECURRENCE-ID");
        if (auto const* id = one.find("RECURRENCE-ID")) at = id;
        if (!at) return {std::nullopt};
        out.emplace_back(itip::Record::instant_of(said.calendar, *at));
    }
    return out;
}

bool has_series(ical::Component const& calendar) {
    return std::ranges::any_of(calendar.components, [](ical::Component const& one) {
        return one.name == "VEVENT" && !one.find("RECURRENCE-ID");
    });
}

// Of a calendar item: all, or, where nobody has the series, each occurrence that still takes place.
std::vector<std::optional<ical::Instant>> spoken_of(ical::Component const& calendar) {
    if (has_series(calendar)) return {std::nullopt};
    std::vector<std::optional<ical::Instant>> out;
    for (auto const& one : calendar.components)
        if (one.name == "VEVENT" && !ical::same_name(one.value("STATUS"), "CANCELLED"))
            out.emplace_back(itip::Record::instant_of(calendar, *one.find("RECURRENCE-ID")));
    if (out.empty()) out.emplace_back();
    return out;
}

// The invitation as it lies in the mail; what it says anew goes into the calendar with the answer, whoever brought it:
// it is the user's own act.
std::expected<Meeting, MeetingStatus> Answering::by_mail(index::Item mail, bool occurrence) {
    if (occurrence) return refuse("an occurrence of a mail (MS-ASCMD_R4185)");
    auto const bytes = source::fetch(tx, mail);
    auto const message = mime::Message::parse(bytes);
    auto const reading = itip::in_mail(message);
    if (!reading || !*reading) return refuse(reading ? reading->error() : "a mail that invites nobody");
    auto const& said = **reading;
    Meeting meeting{.mail = std::move(mail), .stored = delivery::find_event(tx, said.uid), .uid = said.uid};
    meeting.about = spoken_of(said);
    auto const taken = itip::accept_invitation(meeting.stored ? &meeting.stored->calendar : nullptr, said, owner);
    if (taken.effect == Outcome::Effect::refused) return refuse(taken.why);
    if (taken.effect == Outcome::Effect::changed)
        meeting.calendar = taken.calendar;
    else if (meeting.stored)
        meeting.calendar = meeting.stored->calendar;
    else
        return refuse("a meeting that is gone");
    return meeting;
}

std::expected<Meeting, MeetingStatus> Answering::in_calendar(index::Item const& item) {
    if (session.version < eas::v14_1) return refuse("a calendar item, which 14.1 begins with (R6068)"); // trap 65
    auto calendar = delivery::calendar_of(source::fetch(tx, item));
    auto object = calendar ? ical::Object::of(*calendar, ical::Kind::event) : std::nullopt;
    if (!object) return refuse("what cannot be read");
    Meeting meeting{.uid = ical::text(object->main().value("UID")), .calendar = *calendar};
    meeting.stored = StoredEvent{item, std::move(*calendar)};
    meeting.about = spoken_of(meeting.calendar);
    return meeting;
}

std::expected<Meeting, MeetingStatus> Answering::find(MeetingReply const& reply) {
    if (reply.long_id.has_value() == reply.request_id.has_value()) return refuse("one id is wanted (R7036)");
    auto const id = reply.request_id ? parse_server_id(*reply.request_id) : std::nullopt;
    auto const number = id ? std::optional(id->item) : reply.long_id ? parse_long_id(*reply.long_id) : std::nullopt;
    auto item = number ? tx.item(*number) : std::nullopt; // in whichever folder it lies by now
    if (!item) return refuse("a meeting that is gone");
    if (item->item_class == index::ItemClass::Email) return by_mail(std::move(*item), reply.instance_id.has_value());
    if (item->item_class == index::ItemClass::Calendar) return in_calendar(*item);
    return refuse("neither a mail nor an event (R4183)");
}

MeetingStatus sent_status(delivery::SendResult result) {
    auto const wire = status_of(result);
    if (!wire || *wire == eas::CommonStatus::MessagePreviouslySent) return MeetingStatus::Success;
    return common(*wire);
}

std::string_view no_answer_why(itip::NoAnswer why) {
    switch (why) {
    case itip::NoAnswer::no_meeting: return "nobody to answer to";
    case itip::NoAnswer::organizer: return "a meeting of his own";
    case itip::NoAnswer::cancelled: return "a meeting that is cancelled";
    case itip::NoAnswer::not_recurring: return "an occurrence of what has none";
    case itip::NoAnswer::no_occurrence: break;
    }
    return "no such occurrence";
}

MeetingStatus no_answer(itip::NoAnswer why) {
    return why == itip::NoAnswer::not_recurring ? common(eas::CommonStatus::NoRecurrenceInCalendar) // R3196
                                                : MeetingStatus::InvalidRequest;                    // R4184, R4186
}

// From 16.0, if SendResponse is there (R7113).
MeetingStatus Answering::mail_answer(MeetingReply const& reply, Meeting const& meeting, itip::OwnAnswer const& own,
                                     bool said_before) {
    if (!reply.send_response) return MeetingStatus::Success;
    auto const& response = *reply.send_response;
    itip::Answering how{.answer = own.answer,
                        .self = itip::invited_as(meeting.calendar, owner, session.user.name),
                        .occurrence = own.occurrence,
                        .comment = plain_text(response.body),
                        .proposal = {},
                        .now = own.now};
    auto const proposal = proposed(reply);
    if (!proposal) return proposal.error();
    how.proposal = *proposal;
    auto const mail = itip::answer_mail(meeting.calendar, how);
    if (!mail) return MeetingStatus::InvalidRequest;
    // Said again, nothing is new of it: in the same words, or in none, of this occurrence or of all.
    auto named = [&](std::optional<ical::Instant> const& occurrence, std::string const& words) {
        auto text = meeting.uid + '\n' + std::string(itip::partstat(own.answer)) + '\n' + words + '\n';
        std::optional<ical::Instant> start, end;
        if (*proposal) start = (*proposal)->start, end = (*proposal)->end;
        for (auto const& at : {occurrence, start, end}) text += at ? ical::raw(*at) + '\n' : std::string("\n");
        return std::to_string(sync::hash_of(text));
    };
    auto const name = named(own.occurrence, how.comment), plain = named(own.occurrence, "");
    auto said = [&](std::string const& one) { return tx.remembers("meeting-answer", one, now - answer_memory); };
    bool const with_all = has_series(meeting.calendar) && how.comment.empty();
    if (said_before && (said(name) || (with_all && said(named(std::nullopt, ""))))) return MeetingStatus::Success;
    delivery::Sending sending{.user = session.user,
                              .device = session.device,
                              .client_id = "\x02" + name + ical::raw(own.now), // of which no two are the same
                              .mime = itip::write(*mail),
                              .save_in_sent = true};
    auto const result = delivery::hand_in(tx, sending, session.rooms.config.delivery, session.rooms.directory);
    // What can never reach the organizer is the user's answer all the same: it is kept, and he hears what was not sent.
    bool const returned = delivery::return_unsent(tx, sending, session.rooms.config.delivery, session.rooms.directory);
    auto const status = returned ? MeetingStatus::Success : sent_status(result);
    if (status != MeetingStatus::Success) return status;
    tx.forget("meeting-answer", now - answer_memory);
    for (auto const& one : {name, plain}) tx.remember("meeting-answer", one, now);
    sent |= !returned;
    return status;
}

// The event as it is from now on, and the answer on its way.
std::expected<ical::Component, MeetingStatus> Answering::say(MeetingReply const& reply, Meeting const& meeting,
                                                             itip::OwnAnswer own) {
    auto after = meeting.calendar;
    for (auto const& occurrence : meeting.about) {
        own.occurrence = occurrence;
        auto const answered = itip::answered(after, own, owner);
        if (!answered) return refuse(no_answer_why(answered.error()), no_answer(answered.error()));
        after = *answered;
    }
    if (!tx.has_room(ical::write(after).size()))
        return std::unexpected(common(eas::CommonStatus::MailboxQuotaExceeded));
    bool const said_before = meeting.stored && after == meeting.stored->calendar;
    for (auto const& occurrence : meeting.about) {
        own.occurrence = occurrence;
        auto const status = mail_answer(reply, meeting, own, said_before);
        if (status != MeetingStatus::Success) return std::unexpected(status);
    }
    return after;
}

// The times that SendResponse has in place of the meeting's own.
std::expected<std::optional<itip::Proposal>, MeetingStatus> Answering::proposed(MeetingReply const& reply) {
    auto const& said = reply.send_response;
    if (!said || (!said->proposed_start && !said->proposed_end)) return std::nullopt;
    if (!said->proposed_start || !said->proposed_end) return refuse("half a proposal (R69901725)");
    auto const start = eas::parse_time(*said->proposed_start), end = eas::parse_time(*said->proposed_end);
    if (!start || !end) return refuse("a proposal of no time (R4819)", common(CommonStatus::InvalidDateTime));
    if (*end < *start) return refuse("a proposal that ends before it begins");
    using std::chrono::floor, std::chrono::seconds;
    return itip::Proposal{floor<seconds>(*start), floor<seconds>(*end)};
}

// Where the event lies now; nothing: it was declined.
std::expected<std::optional<ServerId>, MeetingStatus> Answering::answer(MeetingReply const& reply) {
    if (reply.response == eas::UserResponse::Invalid) return refuse("a UserResponse that is none (R4182)");
    itip::OwnAnswer own{.answer = itip::Answer(std::to_underlying(reply.response) - 1),
                        .occurrence = {},
                        .now = std::chrono::floor<std::chrono::seconds>(now)};
    if (reply.instance_id) {
        auto const at = eas::parse_time(*reply.instance_id);
        if (!at) // R3195; null is another thing (R4186)
            return refuse("InstanceId is no time", reply.instance_id->empty() ? MeetingStatus::InvalidRequest
                                                                              : common(CommonStatus::InvalidDateTime));
        own.occurrence = std::chrono::floor<std::chrono::seconds>(*at);
    }
    if (auto const proposal = proposed(reply); !proposal) return std::unexpected(proposal.error());
    auto meeting = find(reply);
    if (!meeting) return std::unexpected(meeting.error());
    own.now = itip::next_word(meeting->calendar, own.now);
    if (own.occurrence)
        meeting->about = {std::chrono::floor<std::chrono::seconds>(
            occurrence_named(tx, meeting->calendar, *own.occurrence, session))};
    if (meeting->about.size() > most_about) return refuse("more occurrences than are answered at once");
    bool const all = !meeting->about.front();
    auto const after = say(reply, *meeting, own);
    if (!after) return std::unexpected(after.error());
    bool const declined = own.answer == itip::Answer::declined;
    bool const gone = declined && (all || (!has_series(*after) && itip::nothing_is_left(*after, owner)));
    auto const place = !declined ? Outcome::Place::calendar : gone ? Outcome::Place::aside : Outcome::Place::keep;
    index::ItemId id{};
    auto const kept = delivery::keep_event(tx, meeting->stored, meeting->uid, *after, place, &id);
    if (kept == delivery::Kept::NoRoom)
        return refuse("the mailbox is full", common(eas::CommonStatus::MailboxQuotaExceeded));
    if (kept != delivery::Kept::Kept) return refuse("an event beyond the limits");
    if (meeting->mail) { // as Exchange does: what is answered leaves the Inbox
        auto const trash = source::special_folder(tx, source::Special::Trash);
        if (meeting->mail->folder != trash) tx.move_item(meeting->mail->id, trash);
    }
    if (declined) return std::nullopt;
    return ServerId{tx.item(id)->folder, id};
}

// What is refused leaves nothing behind: no answer in Sent to a meeting that has no room.
struct Undone : index::StoreBroken {
    using StoreBroken::StoreBroken;
};

// Up to 12.1 no document has a common status (MS-ASCMD_R7461): what is said of the only one becomes an HTTP code
// (encode_reply), among others it is the mailbox that failed.
MeetingStatus sayable(Session const& s, MeetingStatus status, std::size_t answers) {
    bool const unknown = s.version < eas::v14_0 && eas::is_common(std::to_underlying(status));
    return unknown && answers > 1 ? MeetingStatus::MailboxError : status;
}

struct Answers {
    std::vector<eas::MeetingResult> results;
    bool sent = false;
    std::string refused = {}; // in the log
};

Answers answer_all(index::Transaction& tx, Session const& s, std::vector<MeetingReply> const& replies) {
    Answers out;
    Answering answering{.tx = tx, .session = s, .owner = delivery::addresses_of(s.user), .now = net::Clock::utc()};
    for (auto const& reply : replies) {
        auto& result = out.results.emplace_back();
        result.request_id = reply.request_id;
        if (auto const at = reply.instance_id ? eas::parse_time(*reply.instance_id) : std::nullopt) // R3194
            eas::append(result.instance_id.emplace(), eas::DateTime{*at});
        std::expected<std::optional<ServerId>, MeetingStatus> found = std::unexpected(MeetingStatus::MailboxError);
        bool const sent_before = answering.sent;
        bool const done = tx.attempt([&] {
            found = answering.answer(reply);
            if (!found) throw Undone("refused");
        });
        if (!done) answering.sent = sent_before;
        if (!found)
            result.status = sayable(s, found.error(), replies.size());
        else if (*found)
            result.calendar_id = format(**found);
    }
    out.sent = answering.sent;
    auto const failed = std::ranges::count_if(
        out.results, [](eas::MeetingResult const& one) { return one.status != MeetingStatus::Success; });
    if (failed > 0) out.refused = std::to_string(failed) + ": " + std::string(answering.why);
    return out;
}

} // namespace

awaitable<eas::MeetingResponseResponse> meeting_response(Session& s, eas::MeetingResponseRequest request) {
    if (request.replies.empty() || request.replies.size() > eas::max_meeting_responses) // R5650
        co_return eas::MeetingResponseResponse{{{.status = common(eas::CommonStatus::InvalidXML)}}};
    auto work =
        s.rooms.accounts.write(s.user.id, [&](index::Transaction& tx) { return answer_all(tx, s, request.replies); });
    auto answers = co_await std::move(work);
    if (!answers.refused.empty()) note(s, "refused", answers.refused);
    if (answers.sent) s.rooms.outbox.announce(s.user.id);
    co_return eas::MeetingResponseResponse{std::move(answers.results)};
}

} // namespace godwit::command
