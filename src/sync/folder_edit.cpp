#include "sync/blob.hpp"
#include "sync/folder_name.hpp"
#include "sync/hierarchy.hpp"
#include "sync/hierarchy_state.hpp"
#include <algorithm>

// What a phone does to the folders themselves. Refusals first; then the deed, under a new key.
namespace godwit::sync {
namespace {

using index::Folder;
using index::FolderType;
using Refusal = std::optional<HierarchyStatus>;
enum class EditKind : std::uint8_t { Create = 1, Update, Delete };

// The edit in one number, never 0.
std::uint64_t what_of(EditKind kind, CollectionId folder, FolderWish const& wish) {
    BlobWriter w(static_cast<std::uint8_t>(kind));
    w.number(folder);
    w.number(wish.parent);
    w.number(wish.type);
    w.text(wish.name);
    return hash_of(std::move(w).finish()) | 1;
}

// MS-ASCMD_R4655: 2 to 11 and 19 are the server's to make.
bool may_be_made(FolderType type) {
    return type == FolderType::UserGeneric || (type >= FolderType::UserMail && type <= FolderType::UserNotes);
}

Refusal refuse_parent(index::Transaction& tx, CollectionId parent) {
    if (parent == CollectionId::Root) return std::nullopt;
    auto const found = tx.folder(parent);
    if (!found) return HierarchyStatus::ParentNotFound;
    if (found->type == FolderType::RecipientCache) return HierarchyStatus::SystemFolder; // R4016, R142
    return std::nullopt;
}

// MS-ASCMD_R2198; `self` may keep its own name in other letters.
Refusal refuse_name(std::vector<Folder> const& folders, FolderWish const& wish, CollectionId self) {
    if (!is_folder_name(wish.name)) return HierarchyStatus::Malformed;
    auto const name = folded_name(wish.name);
    bool const taken = std::ranges::any_of(folders, [&](Folder const& f) {
        return f.parent == wish.parent && f.id != self && folded_name(f.name) == name;
    });
    return taken ? Refusal(HierarchyStatus::AlreadyExists) : std::nullopt;
}

// Whether `folder` is `above` or lies below it.
bool lies_in(std::vector<Folder> const& folders, CollectionId folder, CollectionId above) {
    for (std::size_t steps = 0; steps <= folders.size() && folder != CollectionId::Root; ++steps) {
        if (folder == above) return true;
        auto const found = std::ranges::find(folders, folder, &Folder::id);
        if (found == folders.end()) return false;
        folder = found->parent;
    }
    return false;
}

Refusal refuse_creation(index::Transaction& tx, FolderWish const& wish) {
    if (!may_be_made(wish.type)) return HierarchyStatus::Malformed; // R4036
    if (auto const refused = refuse_parent(tx, wish.parent)) return refused;
    auto const folders = tx.folders();
    if (auto const refused = refuse_name(folders, wish, CollectionId::Root)) return refused;
    if (folders.size() >= most_folders) return HierarchyStatus::TooManyFolders;
    return std::nullopt;
}

Refusal refuse_update(index::Transaction& tx, CollectionId id, FolderWish const& wish) {
    auto const folder = tx.folder(id);
    if (!folder) return HierarchyStatus::NotFound;
    if (folder->type == FolderType::RecipientCache) return HierarchyStatus::SystemFolder; // R143
    if (is_special(*folder)) return HierarchyStatus::AlreadyExists;                       // R4102
    if (auto const refused = refuse_parent(tx, wish.parent)) return refused;
    auto const folders = tx.folders();
    if (lies_in(folders, wish.parent, id)) return HierarchyStatus::Malformed; // no folder is below itself
    return refuse_name(folders, wish, id);
}

Refusal refuse_deletion(index::Transaction& tx, CollectionId id) {
    auto const folder = tx.folder(id);
    if (!folder) return HierarchyStatus::NotFound;
    if (is_special(*folder)) return HierarchyStatus::SystemFolder; // R4046
    auto const folders = tx.folders();
    bool const special_below =
        std::ranges::any_of(folders, [&](Folder const& f) { return is_special(f) && lies_in(folders, f.parent, id); });
    return special_below ? Refusal(HierarchyStatus::SystemFolder) : std::nullopt;
}

// `deed` returns the folder that it made, if any; its last stamp is the phone's own.
template <class Refuse, class Deed> FolderEdit edit(index::Transaction& tx, DeviceKey device, std::string_view key,
                                                    std::uint64_t what, Refuse refuse, Deed deed) {
    auto state = load_hierarchy(tx, device);
    if (!state) return {.status = HierarchyStatus::InvalidSyncKey};
    auto const [found, repeats] = find_view(*state, key);
    if (!found) return {.status = HierarchyStatus::InvalidSyncKey};
    if (repeats)
        if (auto const v = std::ranges::find(state->current, what, &HierarchyView::done); v != state->current.end()) {
            FolderEdit again{.key = key_text(state->epoch, v->n), .folder = v->folder}; // done already (law 1)
            std::rotate(v, v + 1, state->current.end());
            save_hierarchy(tx, device, *state);
            return again;
        }
    if (auto const refused = refuse()) return {.status = *refused};
    auto const base = *found;
    HierarchyView told{.since = base.since, .own = base.own, .done = what};
    auto const before = tx.modseq();
    told.folder = deed();
    if (tx.modseq() != before) told.own.add(tx.modseq());
    FolderEdit done{.folder = told.folder};
    done.key = turn(*state, base, repeats, std::move(told));
    save_hierarchy(tx, device, *state);
    return done;
}

} // namespace

bool is_special(Folder const& folder) { return folder.junk || !may_be_made(folder.type); }

FolderEdit create_folder(index::Transaction& tx, DeviceKey device, std::string_view key, FolderWish const& wish) {
    return edit(
        tx, device, key, what_of(EditKind::Create, CollectionId::Root, wish), [&] { return refuse_creation(tx, wish); },
        [&] { return tx.create_folder(wish.parent, wish.type, wish.name); });
}

FolderEdit update_folder(index::Transaction& tx, DeviceKey device, std::string_view key, CollectionId folder,
                         FolderWish const& wish) {
    return edit(
        tx, device, key, what_of(EditKind::Update, folder, wish), [&] { return refuse_update(tx, folder, wish); },
        [&] {
            tx.update_folder(folder, wish.parent, wish.name);
            return CollectionId::Root;
        });
}

// What lay below is told of like anybody else's deed: the phone may not have known of it.
FolderEdit delete_folder(index::Transaction& tx, DeviceKey device, std::string_view key, CollectionId folder) {
    return edit(
        tx, device, key, what_of(EditKind::Delete, folder, {}), [&] { return refuse_deletion(tx, folder); },
        [&] {
            tx.remove_folder(folder);
            return CollectionId::Root;
        });
}

} // namespace godwit::sync
