#pragma once
// A meeting that is passed on to others (RFC 5546 3.2.2.4): by its organizer, who thereby invites them, or by who was
// invited himself, of whom its organizer is told.
#include "itip/compose.hpp"

namespace godwit::itip {

struct Forwarding {
    // None: a phone puts a message of its own on top of it, and it is as its organizer wrote it.
    std::vector<mime::Address> to = {};
    std::optional<ical::Instant> occurrence = {}; // when the one that is passed on would begin; absent: all
    std::string comment = {};
    ical::Instant now = {};
    bool deleted = false; // it lies in Deleted Items: its organizer has called it off, nobody is invited any more
};

/// What the organizer is told: for his eyes, it changes nothing. Phones know it by its class, IPM.Notification.Meeting.
struct Notice {
    mime::Address from = {}, to = {};
    std::string subject = {}, text = {}; // UTF-8
    ical::Component calendar = {};       // what was passed on; its attendees are those to whom
};
inline constexpr std::string_view notice_field = "X-Godwit-Notification"; // and its value, of such a mail
std::string write(Notice const& notice);
/// What a notice tells its reader's phone; nothing if the mail is none, or was written by an older server.
std::optional<Message> noticed(mime::Message const& mail);

struct Forwarded {
    Mail mail = {};
    std::optional<Notice> notice = {};            // to the organizer, if that is somebody else
    std::optional<ical::Component> calendar = {}; // what is stored from now on: the owner's own meeting, with them
};
enum class NotForwarded : std::uint8_t {
    no_event,      // or it has been cancelled
    not_recurring, // an occurrence of what has none
    no_occurrence,
};
std::expected<Forwarded, NotForwarded> forwarded(ical::Component const& stored, Forwarding const& how,
                                                 std::span<std::string const> owner, std::string_view name);

} // namespace godwit::itip
