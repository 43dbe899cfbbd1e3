#include "sync/contents.hpp"
#include "sync/blob.hpp"
#include "sync/hierarchy_state.hpp"
#include "sync/token.hpp"
#include <algorithm>
#include <map>
#include <set>

namespace godwit::sync {
namespace {

using index::FolderType;
using index::ItemClass;

constexpr std::uint8_t moves_layout = 1;
constexpr std::string_view moves_name = "sync.moves";
constexpr std::size_t most_remembered = 1000; // as many as one request may ask for (MS-ASCMD_R5653)

struct Moved { // the last move of an item by this phone
    CollectionId source = {}, destination = {};
    Modseq stamp = {};
};
using Memory = std::map<ItemId, Moved>;

Memory load_moves(index::Transaction& tx, DeviceKey device) {
    Memory memory;
    auto const blob = tx.state(device, moves_name);
    if (!blob) return memory;
    BlobReader r(*blob, moves_layout);
    for (auto n = r.count(most_remembered); n > 0 && r.ok(); --n) {
        auto const item = r.as<ItemId>();
        auto& m = memory[item];
        m.source = r.as<CollectionId>();
        m.destination = r.as<CollectionId>();
        m.stamp = r.as<Modseq>();
    }
    return r.at_end() ? memory : Memory{};
}

void save_moves(index::Transaction& tx, DeviceKey device, Memory& memory) {
    std::vector<Modseq> stamps;
    for (auto const& [item, m] : memory) stamps.push_back(m.stamp);
    if (stamps.size() > most_remembered) {
        auto const oldest_kept = stamps.end() - std::ptrdiff_t(most_remembered);
        std::ranges::nth_element(stamps, oldest_kept);
        std::erase_if(memory, [kept = *oldest_kept](auto const& m) { return m.second.stamp < kept; });
    }
    BlobWriter w(moves_layout);
    w.number(memory.size());
    for (auto const& [item, m] : memory) {
        w.number(item);
        w.number(m.source);
        w.number(m.destination);
        w.number(m.stamp);
    }
    tx.put_state(device, moves_name, std::move(w).finish());
}

// Whether a folder is for things of this class.
bool takes(FolderType type, ItemClass item) {
    switch (type) {
    case FolderType::Calendar:
    case FolderType::UserCalendar: return item == ItemClass::Calendar;
    case FolderType::Contacts:
    case FolderType::UserContacts: return item == ItemClass::Contacts;
    case FolderType::Tasks:
    case FolderType::UserTasks: return item == ItemClass::Tasks;
    case FolderType::Notes:
    case FolderType::UserNotes: return item == ItemClass::Notes;
    case FolderType::Journal:
    case FolderType::UserJournal:
    case FolderType::RecipientCache: return false;
    case FolderType::DeletedItems: return true;
    default: return item == ItemClass::Email || item == ItemClass::Sms;
    }
}

class Mover {
public:
    Mover(index::Transaction& tx, DeviceKey device, Told told)
        : tx_(tx), device_(device), told_(told), memory_(load_moves(tx, device)) {}

    MoveStatus move(Move const& m) {
        if (!m.source || !m.item) return MoveStatus::InvalidSource;
        if (m.source == m.destination && folder(*m.source)) return MoveStatus::SameFolder;
        auto const item = tx_.item(*m.item);
        auto const before = memory_.find(*m.item);
        bool const again = m.destination && before != memory_.end() && before->second.source == *m.source &&
                           before->second.destination == *m.destination;
        bool const here = item && item->folder == *m.source;
        if (again && item && item->folder == *m.destination) return repeat(*item); // done already (law 1)
        // It was done, and somebody has taken the item from there: not again unless the phone has heard of that. It
        // shall look (MS-ASCMD_R4210); a success would leave it with an item in the destination that is not there.
        if (again && (!here || !may_know_of(*item, before->second))) return MoveStatus::InvalidSource;
        auto const taken = done_.find(*m.item);
        if (taken != done_.end() && taken->second != m.destination) return MoveStatus::CannotMove; // R4222
        if (!here || !folder(*m.source)) return MoveStatus::InvalidSource;
        auto const* const to = m.destination ? folder(*m.destination) : nullptr;
        if (!to) return MoveStatus::InvalidDestination;
        if (!takes(to->type, item->item_class)) return MoveStatus::CannotMove;
        if (!tx_.attempt([&] { tx_.move_item(item->id, to->id); })) return MoveStatus::Locked; // it stays (law 4)
        remember(*item, to->id);
        return MoveStatus::Success;
    }

    void finish() {
        if (!done_.empty()) save_moves(tx_, device_, memory_);
        if (done_.empty() && !doubted_) return;
        for (auto const& [id, state] : states_)
            if (state) tx_.put_collection_state(device_, id, encode(*state), state->oldest());
    }

private:
    index::Folder const* folder(CollectionId id) {
        auto found = folders_.find(id);
        if (found == folders_.end()) found = folders_.emplace(id, tx_.folder(id)).first;
        return found->second ? &*found->second : nullptr;
    }

    std::optional<CollectionState>& state(CollectionId id) {
        auto found = states_.find(id);
        if (found == states_.end()) {
            auto const blob = tx_.collection_state(device_, id);
            found = states_.emplace(id, blob ? decode_state(*blob) : std::nullopt).first;
        }
        return found->second;
    }

    // Now the phone has the item there, though a Sync may have told it meanwhile that it lies outside its filter.
    MoveStatus repeat(index::Item const& item) {
        if (auto& kept = state(item.folder)) {
            auto const hold = [&](Token& token) {
                if (Position{item.received, item.id} >= token.floor) return;
                token.know(item.id);
                doubted_ = true;
            };
            if (kept->previous) hold(*kept->previous);
            std::ranges::for_each(kept->current, hold);
        }
        return MoveStatus::Success;
    }

    // The item has come back since the phone moved it away: has the phone been told, so that it may mean it once more?
    bool may_know_of(index::Item const& item, Moved const& before) {
        if (item.entered <= before.stamp) return true;
        auto const& source = state(item.folder);
        return source && std::ranges::any_of(source->current, [&](Token const& t) {
                   return t.since >= item.entered || t.own.contains(item.entered) || t.moved.contains(item.entered);
               });
    }

    void remember(index::Item const& item, CollectionId to) {
        auto const stamp = tx_.modseq();
        memory_[item.id] = {item.folder, to, stamp};
        done_[item.id] = to;
        for (auto const where : {item.folder, to}) {
            auto& kept = state(where);
            if (!kept) continue; // never synced: whatever is there will be new to it
            if (kept->previous) kept->previous->moved.add(stamp);
            for (auto& token : kept->current) {
                token.moved.add(stamp);
                if (where == to && told_ == Told::AsChange) token.know(item.id);
            }
        }
    }

    index::Transaction& tx_;
    DeviceKey device_;
    Told told_;
    Memory memory_;
    std::map<CollectionId, std::optional<index::Folder>> folders_;
    std::map<CollectionId, std::optional<CollectionState>> states_;
    std::map<ItemId, std::optional<CollectionId>> done_; // by this request
    bool doubted_ = false;                               // something else about a state has changed
};

// From here on it may hold what it held before, or nothing of it.
void doubt(index::Transaction& tx, DeviceKey device, CollectionId folder) {
    auto const blob = tx.collection_state(device, folder);
    auto state = blob ? decode_state(*blob) : std::nullopt;
    if (!state) return;
    auto const until = tx.modseq();
    auto const unsure = [until](Token& t) { t.moved.add(Modseq(std::int64_t(t.since) + 1), until); };
    if (state->previous) unsure(*state->previous);
    for (auto& token : state->current) unsure(token);
    tx.put_collection_state(device, folder, encode(*state), state->oldest());
}

} // namespace

std::vector<MoveStatus> move_items(index::Transaction& tx, DeviceKey device, std::span<Move const> moves, Told told) {
    Mover mover(tx, device, told);
    std::vector<MoveStatus> statuses;
    statuses.reserve(moves.size());
    for (auto const& m : moves) statuses.push_back(mover.move(m));
    mover.finish();
    return statuses;
}

bool empty_contents(index::Transaction& tx, DeviceKey device, CollectionId id, bool sub_folders) {
    if (!tx.folder(id)) return false;
    tx.empty_folder(id);
    doubt(tx, device, id);
    if (!sub_folders) return true;
    auto const folders = tx.folders();
    std::vector<CollectionId> below{id}; // breadth first
    for (std::size_t i = 0; i < below.size(); ++i)
        for (auto const& f : folders)
            if (f.parent == below[i] && std::ranges::find(below, f.id) == below.end()) below.push_back(f.id);
    std::set<CollectionId> kept; // special folders, and what leads to them
    auto const find = [&](CollectionId one) { return std::ranges::find(folders, one, &index::Folder::id); };
    for (auto const& f : folders)
        if (is_special(f))
            for (auto at = find(f.id); at != folders.end() && kept.insert(at->id).second;) at = find(at->parent);
    for (auto const gone : below) {
        if (gone == id || !tx.folder(gone)) continue;
        if (kept.contains(gone))
            tx.empty_folder(gone);
        else
            tx.remove_folder(gone);
    }
    return true;
}

std::size_t sweep_idle(index::Transaction& tx, Time idle_since) {
    std::size_t swept = 0;
    auto oldest = tx.modseq();
    for (auto const& device : tx.devices()) {
        auto const hierarchy = load_hierarchy(tx, device.id);
        if (device.last_seen >= idle_since) {
            if (hierarchy) oldest = std::min(oldest, hierarchy->oldest());
            continue;
        }
        swept += tx.remove_collection_states(device.id);
        if (hierarchy) ++swept;
        forget_hierarchy(tx, device.id);
        tx.remove_state(device.id, moves_name);
    }
    return swept + tx.forget_removed_folders(oldest);
}

} // namespace godwit::sync
