#include "command/leaving.hpp"

#include "command/organizer.hpp"
#include "delivery/outbox.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <spdlog/spdlog.h>

namespace godwit::command {
namespace {

constexpr std::size_t most = 1000; // events of a folder

bool is_calendar(index::FolderType type) {
    return type == index::FolderType::Calendar || type == index::FolderType::UserCalendar;
}

bool lies_in_calendar(index::Transaction& tx, index::Item const& item) {
    auto const folder = tx.folder(item.folder);
    return folder && is_calendar(folder->type);
}

} // namespace

void Leaving::note(index::Transaction& tx, index::Item const& item) {
    try {
        auto bytes = source::fetch(tx, item);
        if (bytes.contains("ATTENDEE")) noted_.push_back({item.id, std::move(bytes)});
    } catch (index::StoreBroken const&) { // one item's affair (law 4)
    }
}

void Leaving::item(index::Transaction& tx, index::ItemId id) {
    if (s_.version < eas::v16_0) return; // the phone mails (trap 67)
    auto const item = tx.item(id);
    if (std::ranges::find(noted_, id, &Noted::id) != noted_.end()) return;
    if (item && item->item_class == index::ItemClass::Calendar && lies_in_calendar(tx, *item)) note(tx, *item);
}

void Leaving::folder(index::Transaction& tx, index::CollectionId id) {
    if (s_.version < eas::v16_0) return;
    auto const all = tx.folders();
    std::vector<index::CollectionId> below{id};
    for (std::size_t i = 0; i < below.size(); ++i) {
        auto const at = std::ranges::find(all, below[i], &index::Folder::id);
        if (at == all.end()) continue;
        for (auto const& one : all)
            if (one.parent == at->id && std::ranges::find(below, one.id) == below.end()) below.push_back(one.id);
        if (!is_calendar(at->type)) continue;
        index::Position const floor{net::Clock::utc(), index::ItemId(0)}; // an event lies where it ends
        auto const items = tx.walk(at->id, {}, floor, most);
        if (items.size() == most)
            spdlog::warn("scheduling: account {}: more events go than are called off", +std::to_underlying(s_.user.id));
        for (auto const& item : items) note(tx, item);
    }
}

void Leaving::done(index::Transaction& tx) {
    auto const hear = organizer_mails(box_, s_.device);
    Voice const voice{.version = s_.version, .now = net::Clock::utc()};
    for (auto const& one : noted_) {
        auto const item = tx.item(one.id);
        if (!item || !lies_in_calendar(tx, *item)) hear({tx, one.bytes, {}, voice});
    }
}

void Leaving::announce() const {
    if (box_.used) s_.rooms.outbox.announce(s_.user.id);
}

} // namespace godwit::command
