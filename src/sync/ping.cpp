#include "sync/ping.hpp"
#include "sync/blob.hpp"
#include "sync/hierarchy.hpp"
#include "sync/tell.hpp"
#include <algorithm>
#include <map>

namespace godwit::sync {
namespace {

constexpr std::uint8_t marks_layout = 2;
constexpr std::string_view marks_name = "sync.ping";
constexpr std::size_t enough = 512; // so many events are worth a wake, whatever they are

struct Mark { // what the phone has been woken for, in one folder
    Modseq stamp = {};
    Time at = {};
    std::uint32_t times = 0; // how often for the very same
};
struct Marks { // a phone's own watermark
    Time woken = Time::min();
    std::map<CollectionId, Mark> folders = {};
};

// A phone that asks again without having synced may never have got the answer: it is woken for the same once more, each
// time later than the last, so that one that pings and never syncs (clients.md, iOS and Trash) costs little (law 8).
Time repeated_at(Mark const& mark, Gathering const& gathering) {
    return mark.at + std::min(std::chrono::seconds(gathering.quiet) * (1 << std::min(mark.times, 10U)),
                              std::chrono::seconds(std::chrono::hours(1)));
}

Marks load_marks(index::Transaction& tx, DeviceKey device) {
    auto const blob = tx.state(device, marks_name);
    if (!blob) return {};
    BlobReader r(*blob, marks_layout);
    Marks marks;
    marks.woken = r.time();
    for (auto n = r.count(10'000); n > 0 && r.ok(); --n) {
        auto const folder = r.as<CollectionId>();
        auto& mark = marks.folders[folder];
        mark.stamp = r.as<Modseq>();
        mark.at = r.time();
        mark.times = r.as<std::uint32_t>();
    }
    return r.at_end() ? marks : Marks{};
}

// Of the keys that the phone may hold, the one that was answered last: what it was told goes furthest.
Token const& returned_last(CollectionState const& state) {
    auto const* last = &state.current.back();
    for (auto const& token : state.current)
        if (token.since > last->since) last = &token;
    return state.previous && state.previous->since > last->since ? *state.previous : *last;
}

// Of mail a phone has, a change is a flag, and flags come in swarms: they are gathered. An event, a contact, a task
// that changes or goes is what the phone waits for.
bool is_hurried(index::FolderType type) {
    using enum index::FolderType;
    switch (type) {
    case Calendar:
    case UserCalendar:
    case Contacts:
    case UserContacts:
    case Tasks:
    case UserTasks:
    case Notes:
    case UserNotes: return true;
    default: return false;
    }
}

struct Seen {
    bool fresh = false;   // something that the phone does not have
    Modseq gathered = {}; // the last change or delete of what it has
    bool before = false;  // something that it was woken for already and has not fetched
};

// One read, of what happened since the phone was told; only if that is more than `enough`, and all of it known to the
// mark, another of what came later.
Seen see(index::Transaction& tx, index::Folder const& folder, Token token, Modseq mark) {
    Seen seen;
    auto events = tx.changes(folder.id, token.since, enough);
    if (events.size() == enough && events.back().at <= mark) {
        seen.before = true;
        events = tx.changes(folder.id, mark, enough);
    }
    for (auto const& event : events) {
        auto const what = meaning(token, folder.type, event);
        bool const news = what == Meaning::Add || what == Meaning::Change || what == Meaning::Delete;
        if (news && event.at <= mark) {
            seen.before = true;
        } else if (news) {
            bool const worth = what == Meaning::Add || is_hurried(folder.type);
            seen.fresh = worth && !token.moved.contains(event.at); // its own moves can wait
            if (seen.fresh) return seen;
            seen.gathered = event.at;
        }
        auto const since = token.since;
        told(token, event, what);
        token.since = std::max(since, token.since);
    }
    if (events.size() == enough && seen.gathered != Modseq::None) seen.fresh = true;
    return seen;
}

// The download that the phone has not finished: what is below its cursor is news (MS-ASCMD_R5636).
bool downloading(index::Transaction& tx, index::Folder const& folder, Token const& token) {
    if (!token.download) return false;
    return tx.count_walk(folder.id, token.download->cursor, token.floor, 1, token.download->snapshot) != 0;
}

struct News {
    bool wake = false;              // now
    Modseq gathered = {};           // there are changes and deletes to wake for later
    std::optional<Time> again = {}; // the phone was woken for all that there is: not before this
};

News news(index::Transaction& tx, index::Folder const& folder, Token const& token, Mark const* mark,
          Gathering const& gathering, Time now) {
    bool const open = downloading(tx, folder, token) || !token.owed.empty();
    auto const known = mark ? std::max(token.since, mark->stamp) : token.since;
    Seen const seen = folder.contents > token.since ? see(tx, folder, token, known) : Seen{};
    if (seen.fresh || (open && !mark)) return {.wake = true, .gathered = seen.gathered};
    if (seen.gathered != Modseq::None || !mark) return {.gathered = seen.gathered};
    bool const pending = open || seen.before;
    if (!pending) return {};
    auto const again = repeated_at(*mark, gathering);
    return now >= again ? News{.wake = true} : News{.again = again};
}

} // namespace

PingLook look(index::Transaction& tx, DeviceKey device, std::vector<CollectionId> const& folders,
              Gathering const& gathering, PingMemory& memory, Time now) {
    PingLook result;
    auto const marks = load_marks(tx, device);
    std::vector<CollectionId> gathered;
    Modseq newest = {};
    for (auto const id : folders) {
        auto const folder = tx.folder(id);
        auto const blob = tx.collection_state(device, id);
        auto const state = blob ? decode_state(*blob) : std::nullopt;
        if (!folder || !state) {
            result.unsynced.push_back(id);
            continue;
        }
        auto const& token = returned_last(*state);
        auto const mark = marks.folders.find(id);
        auto const* known = mark == marks.folders.end() ? nullptr : &mark->second;
        auto const found = news(tx, *folder, token, known, gathering, now);
        if (found.wake)
            result.wake.push_back(id);
        else if (found.gathered != Modseq::None)
            gathered.push_back(id);
        else if (found.again)
            result.wake_at = std::min(result.wake_at.value_or(*found.again), *found.again);
        newest = std::max(newest, found.gathered);
    }
    if (newest > memory.gathered) memory = {newest, now};
    if (!gathered.empty()) {
        auto due = memory.gathered_at + gathering.quiet;
        if (marks.woken != Time::min()) due = std::max(due, marks.woken + gathering.interval);
        if (now >= due || !result.wake.empty())
            result.wake.insert(result.wake.end(), gathered.begin(), gathered.end());
        else
            result.wake_at = std::min(result.wake_at.value_or(due), due);
    }
    result.hierarchy = hierarchy_changed(tx, device);
    return result;
}

void woken(index::Transaction& tx, DeviceKey device, std::vector<CollectionId> const& folders, Time now) {
    auto marks = load_marks(tx, device);
    marks.woken = now;
    for (auto const id : folders) {
        auto const folder = tx.folder(id);
        if (!folder) continue;
        auto& mark = marks.folders[id];
        bool const same = mark.stamp == folder->contents && mark.at != Time{};
        mark = {.stamp = folder->contents, .at = now, .times = same ? mark.times + 1 : 0};
    }
    std::erase_if(marks.folders, [&](auto const& mark) { return !tx.folder(mark.first); });
    BlobWriter w(marks_layout);
    w.time(marks.woken);
    w.number(marks.folders.size());
    for (auto const& [folder, mark] : marks.folders) {
        w.number(folder);
        w.number(mark.stamp);
        w.time(mark.at);
        w.number(mark.times);
    }
    tx.put_state(device, marks_name, std::move(w).finish());
}

} // namespace godwit::sync
