// Scheduling on arrival: what a mail says of a meeting goes into the calendar in the mail's own transaction. The mail
// is delivered whatever becomes of that.
#pragma once
#include "directory/directory.hpp"
#include "index/transaction.hpp"
#include "itip/schedule.hpp"
#include "mime/rope.hpp"
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace godwit::delivery {

// All that are his, the one he writes from first.
std::vector<std::string> addresses_of(directory::User const& user);

// The object of a calendar's item; nothing if it cannot be read.
std::optional<ical::Component> calendar_of(std::string_view stored);

// An event of the account by its UID, wherever it lies: in the Calendar rather than in another, there rather than in
// Deleted Items.
struct StoredEvent {
    index::Item item;
    ical::Component calendar;
};
// Nothing if there is none, or it cannot be read.
std::optional<StoredEvent> find_event(index::Transaction& tx, std::string_view uid);

enum class Kept { Kept, NoRoom, TooLarge };
// The event becomes this one, at its place: the item that it is keeps its number (one UID is one item for ever). So
// what could not be read back is not written (TooLarge, and a line in the log).
Kept keep_event(index::Transaction& tx, std::optional<StoredEvent> const& stored, std::string_view uid,
                ical::Component const& calendar, itip::Outcome::Place place, index::ItemId* item = nullptr);

// As whom a mail counts of those whom its sender owns: who answers in it, or who invites (incident 1.3). Empty: it
// schedules nothing, or none of his is in it.
std::string speaker_of(std::string_view mail, std::function<bool(std::string_view address)> const& owns);

// What a mail schedules: of its first megabytes, where it stands. Nothing: it does not, or cannot be read.
std::optional<itip::Message> scheduled_in(std::string_view mail);

// False: nothing in it schedules. Cheap, as every mail is asked.
bool may_schedule(mime::Rope const& message);

// Of a mail that may. Throws only what makes the delivery itself impossible (no room on the disk).
void schedule(index::Transaction& tx, mime::Rope const& message, directory::User const& user,
              directory::Directory const& directory);

} // namespace godwit::delivery
