#include "delivery/scheduling.hpp"
#include "convert/calendar.hpp"
#include "itip/message.hpp"
#include "mime/header.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "source/objects.hpp"
#include <algorithm>
#include <spdlog/spdlog.h>

namespace godwit::delivery {
namespace {

using itip::Outcome;

constexpr std::size_t most_looked_at = 4 << 20; // of a message: what schedules stands in front of the large files
constexpr std::string_view sought = "text/calendar";

bool may_schedule(std::string_view message) {
    constexpr auto before = sought.find('/');
    for (auto slash = message.find('/'); slash != message.npos; slash = message.find('/', slash + 1))
        if (slash >= before && mime::equal_ignoring_case(message.substr(slash - before, sought.size()), sought))
            return true;
    return false;
}

index::CollectionId calendar_folder(index::Transaction& tx) {
    auto const found = tx.folder_of(index::FolderType::Calendar);
    return found ? found->id : tx.create_folder(index::CollectionId::Root, index::FolderType::Calendar, "Calendar");
}

// Its place for a filter is its end; what never ends is never filtered.
index::Time end_of(std::string_view bytes) {
    auto const span = convert::event_span(bytes, {});
    return span && span->last ? index::Time(*span->last) : index::Time::max();
}

std::optional<ical::Refusal> unreadable(std::string_view bytes) {
    auto const back = ical::parse(bytes);
    return back ? std::nullopt : std::optional(back.error());
}

void take(index::Transaction& tx, itip::Message const& message, std::string_view from, directory::User const& user,
          directory::Directory const& directory) {
    auto const owner = addresses_of(user);
    auto const known = directory.find(from); // an account of ours: all of its addresses are one person's
    auto const others = known ? addresses_of(*known) : std::vector<std::string>();
    itip::Sender const sender{.address = from, .others = others};
    auto const stored = find_event(tx, message.uid);
    auto const outcome = itip::apply(stored ? &stored->calendar : nullptr, message, sender, owner);
    auto result = outcome.why;
    if (outcome.effect == Outcome::Effect::changed) {
        auto const kept = keep_event(tx, stored, message.uid, outcome.calendar, outcome.place);
        if (kept != Kept::Kept) result = kept == Kept::NoRoom ? "no room" : "too large";
    }
    spdlog::info("scheduling: account {}: {}: {}", static_cast<std::int64_t>(user.id), itip::name_of(message.method),
                 result);
}

} // namespace

std::vector<std::string> addresses_of(directory::User const& user) {
    std::vector<std::string> all{user.address};
    all.insert(all.end(), user.aliases.begin(), user.aliases.end());
    return all;
}

std::optional<ical::Component> calendar_of(std::string_view stored) {
    auto calendars = ical::parse(stored);
    if (!calendars || calendars->empty()) return std::nullopt;
    return std::move(calendars->front());
}

std::optional<StoredEvent> find_event(index::Transaction& tx, std::string_view uid) {
    auto items = source::objects_of(tx, index::ItemClass::Calendar, uid);
    auto const rank = [&](index::Item const& item) {
        auto const folder = tx.folder(item.folder);
        if (folder && folder->type == index::FolderType::Calendar) return 0;
        return folder && folder->type == index::FolderType::DeletedItems ? 2 : 1;
    };
    auto const best = std::ranges::min_element(items, {}, rank);
    if (best == items.end()) return std::nullopt;
    auto calendar = calendar_of(source::fetch(tx, *best));
    if (!calendar) return std::nullopt;
    return StoredEvent{std::move(*best), std::move(*calendar)};
}

Kept keep_event(index::Transaction& tx, std::optional<StoredEvent> const& stored, std::string_view uid,
                ical::Component const& calendar, Outcome::Place place, index::ItemId* item) {
    auto const bytes = ical::write(calendar);
    if (!tx.has_room(bytes.size())) return Kept::NoRoom;
    bool const same = stored && calendar == stored->calendar;
    if (auto const back = same ? std::nullopt : unreadable(bytes)) {
        spdlog::warn("scheduling: an event of {} bytes is not kept, it could not be read back: {}", bytes.size(),
                     back->reason);
        return Kept::TooLarge;
    }
    if (!stored) {
        auto const folder =
            place == Outcome::Place::aside ? source::special_folder(tx, source::Special::Trash) : calendar_folder(tx);
        auto const made = source::append_object(tx, folder, {.bytes = bytes, .uid = uid, .received = end_of(bytes)});
        if (item) *item = made;
        return Kept::Kept;
    }
    auto const id = stored->item.id;
    if (item) *item = id;
    if (!same) tx.rewrite_item(id, tx.put_content(bytes), bytes.size(), end_of(bytes));
    auto const trash = source::special_folder(tx, source::Special::Trash);
    bool const lies_aside = stored->item.folder == trash;
    if (place == Outcome::Place::calendar && lies_aside) tx.move_item(id, calendar_folder(tx));
    if (place == Outcome::Place::aside && !lies_aside) tx.move_item(id, trash);
    return Kept::Kept;
}

std::optional<itip::Message> scheduled_in(std::string_view mail) {
    auto const head = mail.substr(0, most_looked_at);
    if (!may_schedule(head)) return std::nullopt;
    auto reading = itip::in_mail(mime::Message::parse(head));
    if (!reading || !*reading) return std::nullopt;
    return std::move(**reading);
}

std::string speaker_of(std::string_view mail, std::function<bool(std::string_view)> const& owns) {
    auto const said = scheduled_in(mail);
    if (!said) return {};
    auto const method = said->method;
    bool const attendees =
        method == itip::Method::reply || method == itip::Method::counter || method == itip::Method::refresh;
    for (auto const& event : said->calendar.components)
        for (auto const& one : event.properties) {
            if (event.name != "VEVENT" || one.name != (attendees ? "ATTENDEE" : "ORGANIZER")) continue;
            auto const address = ical::mail_address(one);
            if (!address.empty() && owns(address)) return std::string(address);
        }
    return {};
}

bool may_schedule(mime::Rope const& message) { return may_schedule(message.head(most_looked_at)); }

void schedule(index::Transaction& tx, mime::Rope const& message, directory::User const& user,
              directory::Directory const& directory) {
    try {
        auto const bytes = message.head(most_looked_at);
        auto const mail = mime::Message::parse(bytes);
        auto const reading = itip::in_mail(mail);
        auto const from = mail.addresses("From");
        if (!reading) return;
        if (!*reading)
            spdlog::info("scheduling: account {}: not read: {}", static_cast<std::int64_t>(user.id), reading->error());
        else if (from.size() == 1)
            take(tx, **reading, from.front().address, user, directory);
    } catch (index::StoreFull const&) {
        throw; // the mail itself has no room either
    } catch (std::exception const& error) {
        spdlog::warn("scheduling: account {}: {}", static_cast<std::int64_t>(user.id), error.what());
    }
}

} // namespace godwit::delivery
