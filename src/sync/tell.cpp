#include "sync/tell.hpp"
#include <algorithm>

namespace godwit::sync {
namespace {

using Kind = ServerChange::Kind;
constexpr std::size_t rows_at_once = 128;
constexpr std::size_t max_rows = 20'000; // of one request that say nothing: then the phone comes again

Position place_of(index::Item const& i) { return {i.received, i.id}; }

} // namespace

Position wanted_floor(std::uint8_t filter, index::FolderType type, Time now) {
    using std::chrono::days;
    constexpr days back[] = {days(0), days(1), days(3), days(7), days(14), days(31), days(92), days(183)};
    constexpr std::uint8_t incomplete = 8;
    using enum index::FolderType;
    switch (type) {
    case Drafts:
    case Contacts:
    case UserContacts:
    case RecipientCache:
    case Notes:
    case UserNotes:
    case Journal:
    case UserJournal: return bottom;
    case Tasks:
    case UserTasks: return filter == incomplete ? Position{all_completed, ItemId(0)} : bottom;
    default: break;
    }
    if (filter == 0 || filter >= std::size(back)) return bottom;
    // Whole hours, so that the same request a little later means the same, and gets the same key (law 2).
    return {std::chrono::floor<std::chrono::hours>(now) - back[filter], ItemId(0)};
}

bool foreign(index::FolderType type, index::ItemClass item) {
    return type == index::FolderType::DeletedItems && item != index::ItemClass::Email && item != index::ItemClass::Sms;
}

Meaning meaning(Token const& token, index::FolderType type, index::Change const& event) {
    if (foreign(type, event.tombstone ? event.tombstone->item_class : event.item->item_class)) return Meaning::Nothing;
    if (event.tombstone) {
        auto const& t = *event.tombstone;
        if (token.own.contains(t.removed)) return event.entry ? Meaning::Nothing : Meaning::OwnDelete;
        // It came and went: told() sees to its leaving. What the phone brought in itself it may hold all the same.
        if (event.entry) return token.moved.contains(event.at) ? Meaning::Delete : Meaning::Nothing;
        return token.holds(t.id, {t.received, t.id}, t.entered) ? Meaning::Delete : Meaning::Nothing;
    }
    auto const& item = *event.item;
    bool const outside = place_of(item) < token.floor;
    if (event.entry) {
        if (std::ranges::binary_search(token.known, item.id))
            return outside ? Meaning::Nothing : Meaning::Change; // adopted: say what it is like
        if (token.own.contains(item.entered)) return outside ? Meaning::SoftDelete : Meaning::Nothing;
        if (outside && token.moved.contains(item.entered)) return Meaning::SoftDelete; // it may have it all the same
        return outside ? Meaning::Nothing : Meaning::Add;
    }
    if (outside || token.own.contains(item.modseq)) return Meaning::Nothing; // no echo
    // What the download has not reached yet is left to it, even if the phone has it already (adopted).
    auto const& d = token.download;
    if (d && item.entered <= d->snapshot && place_of(item) < d->cursor) return Meaning::Nothing;
    return token.holds(item.id, place_of(item), item.entered) ? Meaning::Change : Meaning::Nothing;
}

void told(Token& token, index::Change const& event, Meaning what) {
    bool const ahead = event.entry && (what == Meaning::Add || what == Meaning::Change);
    if (ahead && event.item->modseq != event.at) token.own.add(event.item->modseq);
    if (ahead) std::erase(token.known, event.item->id);
    if (event.tombstone && event.entry && !token.own.contains(event.at)) token.own.add(event.tombstone->removed);
    if (what == Meaning::Delete) std::erase(token.known, event.tombstone->id);
    token.since = event.at;
}

Teller::Teller(index::Transaction& tx, index::Folder const& folder, Token& token, PageLimit limit)
    : tx_(tx), folder_(folder), token_(token), limit_(limit) {}

void Teller::tell(Position wanted) {
    bool const through = changes() && raise_floor(wanted) && dismiss() && put_right() && download();
    if (!through) {
        more_ = true;
    } else if (wanted < token_.floor) {
        token_.download = Download{.cursor = token_.floor, .snapshot = token_.since};
        token_.floor = wanted;
        more_ = !download();
    }
    token_.own.forget_until(token_.since);
    token_.moved.forget_until(token_.since);
}

std::uint64_t Teller::count(Position wanted) {
    counting_ = true;
    tell(wanted);
    return counted_ + told_;
}

std::vector<ServerChange> Teller::take() {
    std::vector<ServerChange> told;
    told.reserve(told_);
    for (auto& change : page_)
        if (change) told.push_back(std::move(*change));
    return told;
}

ServerChange* Teller::pending(ItemId id) {
    auto const found = place_.find(id);
    return found == place_.end() ? nullptr : &*page_[found->second];
}

void Teller::drop(ItemId id) {
    auto const found = place_.find(id);
    page_[found->second].reset();
    place_.erase(found);
    --told_;
}

// False if there is no room.
bool Teller::push(ServerChange change) {
    if (full()) return false;
    if (change.item) bytes_ += std::min(change.item->size, limit_.item_bytes);
    std::erase(token_.owed, change.id);
    place_[change.id] = page_.size();
    page_.push_back(std::move(change));
    ++told_;
    return true;
}

// ---- what changed

bool Teller::changes() {
    auto const newest = tx_.folder(folder_.id)->contents; // the request's own commands included
    std::size_t rows = 0;
    while (token_.since < newest) {
        auto const page = tx_.changes(folder_.id, token_.since, rows_at_once);
        for (auto const& event : page) {
            if (++rows > max_rows || !change(event)) return false;
            moved_ = true;
        }
        if (page.size() < rows_at_once) token_.since = newest;
    }
    token_.caught_up = token_.since;
    return true;
}

bool Teller::change(index::Change const& event) {
    auto const what = meaning(token_, folder_.type, event);
    if (!say(event, what)) return false;
    if (what == Meaning::Delete && token_.moved.contains(event.tombstone->entered))
        doubtful_.insert(event.tombstone->id);
    // Even if it was not to be told: it had come back by then from a leaving that is on this page.
    if (event.tombstone && !event.entry && token_.moved.contains(event.tombstone->removed))
        doubtful_.insert(event.tombstone->id);
    if (what == Meaning::Add && token_.moved.contains(event.at)) doubtful_.insert(event.item->id);
    told(token_, event, what);
    return true;
}

// It left its place, and lies elsewhere in the folder: below the filter, or it is told on a later page (trap 42).
bool Teller::outlasts(ItemId id) {
    using enum index::FolderType;
    bool const filtered =
        folder_.type == Calendar || folder_.type == UserCalendar || folder_.type == Tasks || folder_.type == UserTasks;
    if (!filtered) return false;
    auto const item = tx_.item(id);
    return item && item->folder == folder_.id;
}

bool Teller::is_news(Modseq at) const { return at > token_.caught_up && !token_.own.contains(at); }

// All of them, if the phone has made of them what was refused; or if it is not known which: a change from before the
// index kept that.
MarksTold Teller::marks(index::Item const& item) const {
    if (std::ranges::binary_search(token_.owed, item.id)) return {};
    MarksTold const fresh{is_news(item.marked.read), is_news(item.marked.flag), is_news(item.marked.categories)};
    return fresh == MarksTold{false, false, false} ? MarksTold() : fresh;
}

// What this page has said of the same item already is changed instead of said again: what left and came back is a Change.
bool Teller::say(index::Change const& event, Meaning what) {
    auto const id = event.item ? event.item->id : event.tombstone->id;
    auto* const earlier = pending(id);
    switch (what) {
    case Meaning::Nothing:
    case Meaning::OwnDelete: return true;
    case Meaning::Delete:
        if (!earlier) return push({.kind = outlasts(id) ? Kind::SoftDelete : Kind::Delete, .id = id});
        if (earlier->kind == Kind::Add && !doubtful_.contains(id))
            drop(id);
        else
            *earlier = {.kind = Kind::Delete, .id = id};
        return true;
    case Meaning::SoftDelete: return push({.kind = Kind::SoftDelete, .id = id});
    case Meaning::Add:
        if (!earlier) return push({.kind = Kind::Add, .id = id, .item = event.item, .content = true});
        *earlier = {.kind = doubtful_.contains(id) ? Kind::Add : Kind::Change, .id = id, .item = event.item};
        earlier->content = true;
        return true;
    case Meaning::Change: break;
    }
    // What it made itself it is shown whole once, as it is now.
    bool const all = token_.caught_up == Modseq::None; // after a conflict, say (apply.cpp)
    bool const content = event.entry || all || is_news(event.item->rewritten) || is_news(event.item->marked.verb);
    if (!earlier)
        return push(
            {.kind = Kind::Change, .id = id, .item = event.item, .content = content, .marks = marks(*event.item)});
    earlier->item = event.item;
    return true;
}

// ---- the filter

bool Teller::raise_floor(Position wanted) {
    while (token_.floor < wanted) {
        auto const leaving = tx_.between(folder_.id, token_.floor, wanted, rows_at_once);
        for (auto const& item : leaving) {
            if (!foreign(folder_.type, item.item_class) && token_.holds(item.id, place_of(item), item.entered)) {
                auto* const earlier = pending(item.id);
                if (earlier && earlier->kind == Kind::Add && !doubtful_.contains(item.id))
                    drop(item.id);
                else if (earlier)
                    *earlier = {.kind = Kind::SoftDelete, .id = item.id};
                else if (!push({.kind = Kind::SoftDelete, .id = item.id}))
                    return false;
            }
            token_.floor = {item.received, ItemId(std::int64_t(item.id) + 1)};
            std::erase(token_.known, item.id);
        }
        if (leaving.size() < rows_at_once) token_.floor = wanted;
    }
    return true;
}

// What the phone added again and does not want to see: it lies outside its own filter.
bool Teller::dismiss() {
    auto const known = token_.known;
    for (auto const id : known) {
        auto const item = tx_.item(id);
        if (!item || item->folder != folder_.id || place_of(*item) >= token_.floor) continue;
        if (!push({.kind = Kind::SoftDelete, .id = id})) return false;
        std::erase(token_.known, id);
    }
    return true;
}

// What the phone has made of an item and was not to: it hears of it as it is, once.
bool Teller::put_right() {
    auto const owed = token_.owed;
    for (auto const id : owed) {
        auto const item = tx_.item(id);
        bool const held = item && item->folder == folder_.id && token_.holds(id, place_of(*item), item->entered);
        bool const shown = held && place_of(*item) >= token_.floor && !pending(id);
        if (shown && !push({.kind = Kind::Change, .id = id, .item = item, .content = true})) return false;
        std::erase(token_.owed, id);
    }
    return true;
}

// ---- the download

std::uint64_t Teller::count_download() {
    auto const& d = *token_.download;
    if (folder_.type != index::FolderType::DeletedItems)
        return tx_.count_walk(folder_.id, d.cursor, token_.floor, limit_.changes, d.snapshot);
    std::uint64_t count = 0;
    for (auto cursor = d.cursor; count < limit_.changes;) {
        auto const items = tx_.walk(folder_.id, cursor, token_.floor, rows_at_once, d.snapshot);
        for (auto const& item : items) count += foreign(folder_.type, item.item_class) ? 0 : 1;
        if (items.size() < rows_at_once) break;
        cursor = place_of(items.back());
    }
    return std::min<std::uint64_t>(count, limit_.changes);
}

bool Teller::download() {
    if (!token_.download) return true;
    auto& cursor = token_.download->cursor;
    auto const snapshot = token_.download->snapshot;
    if (counting_) {
        counted_ += count_download();
    }
    while (!counting_) {
        auto const limit = std::min(rows_at_once, limit_.changes - std::min(limit_.changes, told_) + 1);
        auto const items = tx_.walk(folder_.id, cursor, token_.floor, limit, snapshot);
        for (auto const& item : items) {
            if (foreign(folder_.type, item.item_class)) {
                cursor = place_of(item);
                continue;
            }
            bool const known = std::ranges::binary_search(token_.known, item.id); // adopted: say what it is like
            auto const kind = known ? Kind::Change : Kind::Add;
            if (!push({.kind = kind, .id = item.id, .item = item, .content = true})) return false;
            std::erase(token_.known, item.id);
            cursor = place_of(item);
        }
        if (items.size() < limit) break;
    }
    token_.download.reset();
    token_.known.clear();
    return true;
}

} // namespace godwit::sync
