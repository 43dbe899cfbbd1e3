#include "deliver.hpp"
#include <algorithm>

// What phones do to folders, and to items by commands that have no key: MoveItems and EmptyFolderContents.
namespace godwit::sim {

std::optional<FolderIntent> World::intend(Phone& phone, Pick const& p) {
    auto const& folders = phone.folders();
    auto const some = std::next(folders.begin(), std::ptrdiff_t(p[1] % folders.size()))->second;
    auto const other = std::next(folders.begin(), std::ptrdiff_t(p[3] / 7 % folders.size()))->first;
    FolderIntent intent{.key = phone.hierarchy_key};
    intent.wish = {.parent = p[3] % 2 ? other : CollectionId::Root,
                   .name = "phone folder " + std::to_string(++folders_),
                   .type = index::FolderType::UserMail};
    if (p[2] / 100 % 3 == 0) return folders.size() < 16 ? std::optional(intent) : std::nullopt;
    intent.kind = p[2] / 100 % 3 == 1 ? FolderIntent::Kind::Update : FolderIntent::Kind::Delete;
    intent.folder = some.id;
    if (p[3] % 5 == 0) intent.wish.name = some.name; // only moved
    return intent;
}

sync::FolderEdit World::serve(std::size_t n, FolderIntent const& said) {
    auto const& device = phones_[n].id();
    return write([&](index::Transaction& tx) {
        auto const before = tx.folders().size();
        sync::FolderEdit edit;
        switch (said.kind) {
        case FolderIntent::Kind::Create: edit = sync::create_folder(tx, device, said.key, said.wish); break;
        case FolderIntent::Kind::Update:
            edit = sync::update_folder(tx, device, said.key, said.folder, said.wish);
            break;
        case FolderIntent::Kind::Delete: edit = sync::delete_folder(tx, device, said.key, said.folder); break;
        }
        bool const made = tx.folders().size() > before;
        if (made && ++made_[said.wish.name] > 1) throw Broken("a repeated FolderCreate made two folders");
        if (made && edit.status != sync::HierarchyStatus::Success) throw Broken("a refused FolderCreate made a folder");
        return edit;
    });
}

// A new one, or the last one once more, word for word; some users give up instead.
void World::edit_folders(std::size_t n, Pick const& p) {
    auto& phone = phones_[n];
    if (phone.editing && p[0] / 64 % 3 == 0) phone.editing.reset();
    if (phone.editing && phone.editing->key != phone.hierarchy_key) phone.editing.reset();
    if (!phone.editing) phone.editing = intend(phone, p);
    if (!phone.editing) return;
    auto const said = *phone.editing;
    if (p[0] / 256 % 4 == 0 && late_commands_.size() < 6)
        late_commands_.emplace_back([this, n, said] { serve(n, said); });
    auto const answer = deliver(p[2], [&] { return serve(n, said); });
    if (!answer) return;
    phone.receive(said, *answer);
    phone.editing.reset();
}

// Law 1: what was moved once and has been brought back by somebody stays, unless the phone may know of it.
sync::MoveStatus World::serve(std::size_t n, MoveIntent& m) {
    sync::Move const move{.item = m.item, .source = m.source, .destination = m.destination};
    auto intent = m; // as it is after the commit
    auto const status = write([&](index::Transaction& tx) {
        auto const before = tx.item(m.item);
        auto const status = sync::move_items(tx, phones_[n].id(), std::span(&move, 1), sync::Told::AsAdd)[0];
        auto const after = tx.item(m.item);
        bool const moved = before && after && before->folder != after->folder;
        if (moved && m.done != Modseq::None && !m.disturbed) throw Broken("a repeated move moved what came back");
        if (before && !after) throw Broken("a move lost an item");
        if (moved && status != sync::MoveStatus::Success) throw Broken("a refused move moved");
        if (status == sync::MoveStatus::Success && (!after || after->folder != m.destination))
            throw Broken("a move succeeded to nowhere");
        if (moved) {
            may_be_sent_again(tx, *before);
            intent.done = after->modseq;
            intent.disturbed = false;
        }
        return status;
    });
    m = intent;
    return status;
}

void World::move_on_phone(std::size_t n, Pick const& p) {
    auto& phone = phones_[n];
    auto& moving = phone.moving;
    if (!moving.empty() && p[0] / 64 % 3 == 0) moving.pop_back(); // gives up
    if (moving.empty() || p[0] / 256 % 2) {
        auto const view = pick_view(phone, p[1]);
        if (!view) return;
        auto const source = *view;
        auto const to = std::next(phone.folders().begin(), std::ptrdiff_t(p[3] % phone.folders().size()))->first;
        auto& items = phone.view(source).items;
        bool const unsaid = std::ranges::any_of(phone.view(source).pending,
                                                [](Pending const& q) { return q.kind == Pending::Kind::Edit; });
        if (items.empty() || unsaid) return; // a draft is saved before it is moved
        auto const item = std::next(items.begin(), std::ptrdiff_t(p[2] / 100 % items.size()))->first;
        moving.push_back({.item = item, .source = source, .destination = to});
    }
    carry_out_move(n, p);
}

void World::carry_out_move(std::size_t n, Pick const& p) {
    auto& phone = phones_[n];
    auto& moving = phone.moving;
    auto const m = moving.back();
    phone.doubt(m);
    if (p[0] / 1024 % 5 == 0 && late_commands_.size() < 6)
        late_commands_.emplace_back([this, n, m = MoveIntent(m)]() mutable {
            m.disturbed = true; // nobody can tell it from a new wish
            phones_[n].doubt(m);
            serve(n, m);
        });
    auto const answer = deliver(p[2], [&] { return serve(n, moving.back()); });
    if (!answer) return;
    phone.receive(m, *answer);
    moving.pop_back();
}

void World::empty_on_phone(std::size_t n, Pick const& p) {
    auto& phone = phones_[n];
    auto const view = pick_view(phone, p[1] | 1);
    if (!view) return;
    auto const folder = *view;
    phone.view(folder).emptied = true;
    auto const answer = deliver(p[2], [&] {
        return write([&](index::Transaction& tx) {
            bool const there = sync::empty_contents(tx, phone.id(), folder, p[3] % 4 == 0);
            if (there && tx.item_count(folder) != 0) throw Broken("a folder is not empty");
            return there;
        });
    });
    if (answer && *answer) phone.emptied(folder);
}

} // namespace godwit::sim
