#pragma once
// The mails of scheduling (RFC 6047): what an attendee answers, and what a change of an event calls for.
#include "itip/message.hpp"
#include "mime/address.hpp"
#include "mime/build.hpp"

#include <span>
#include <vector>

namespace godwit::itip {

struct Mail {
    Method method = Method::request;
    mime::Address from = {};
    std::vector<mime::Address> to = {};
    std::string subject = {};      // UTF-8
    std::string text = {};         // for who reads it with his eyes
    ical::Component calendar = {}; // with METHOD
};
/// From, To, Subject and the two parts; who sends it adds Date and Message-ID.
std::string write(Mail const& mail);
mime::Entity calendar_part(Mail const& mail); // the second of them

enum class Answer : std::uint8_t { accepted, tentative, declined };
std::string_view partstat(Answer answer);

struct Proposal {
    ical::Instant start = {}, end = {};
};
struct Answering {
    Answer answer = Answer::accepted;
    mime::Address self = {};                      // as he was invited (incident 1.3)
    std::optional<ical::Instant> occurrence = {}; // when the one that is answered would begin; absent: all
    std::string comment = {};
    std::optional<Proposal> proposal = {}; // another time: COUNTER
    ical::Instant now = {};
};
/// The mail to the organizer; nothing if the event has none, or no such occurrence, or takes no other times.
/// `calendar` holds the event as it is stored, or as it was in the invitation.
std::optional<Mail> answer_mail(ical::Component const& calendar, Answering const& answering);

/// The one of them that says who the organizer is, the later if it does; null: neither. A series that was nobody's
/// meeting may be one in a single occurrence, and not any more when that is taken away.
ical::Component const* organizers_word(ical::Component const* before, ical::Component const* after);
/// What is to be mailed when an event becomes another one by its organizer's hand: to each only what concerns him.
/// `before` null: it is new; `after` null: it is gone. Nothing if the owner is not its organizer.
std::vector<Mail> mails_of_change(ical::Component const* before, ical::Component const* after,
                                  std::span<std::string const> owner, std::string_view name, ical::Instant now);
/// `after` as it is to be stored, and told of: at another time everybody is asked anew, so the answers of the guests of
/// what has been moved go; SEQUENCE rises with what RFC 5546 2.1.4 raises it for.
ical::Component revised(ical::Component const& before, ical::Component after);

} // namespace godwit::itip
