#include "phone.hpp"

namespace godwit::sim {
namespace {

std::string number(auto id) { return std::to_string(static_cast<std::int64_t>(id)); }

} // namespace

void Phone::reset(CollectionId c, bool add_again) {
    auto& view = views_[c];
    std::vector<Pending> again;
    if (add_again)
        for (auto const& content : view.added)
            again.push_back({.kind = Pending::Kind::Add, .client_id = next_client_id(), .content = content});
    if (add_again && c == drafts()) // incident 2.7
        for (auto const& [id, copy] : view.items)
            if (copy.mine && copy.words && !copy.sending)
                again.push_back(
                    {.kind = Pending::Kind::Draft, .client_id = next_client_id(), .words = *copy.words, .again = true});
    if (add_again)
        for (auto const& [id, copy] : view.items)
            if (copy.mine && copy.thing)
                again.push_back({.kind = Pending::Kind::Make,
                                 .client_id = next_client_id(),
                                 .item = id,
                                 .again = true,
                                 .thing = std::make_shared<Thing const>(whole(*copy.thing, All, version))});
    // Adds that were never acknowledged are still to be said; what they would be said of is gone.
    for (auto const& p : view.pending)
        if (p.makes()) again.push_back(p);
    view.key = "0";
    view.items.clear();
    view.gone.clear();
    view.filter_unsaid = true;
    view.pending = std::move(again);
}

void Phone::becomes(eas::Version v) {
    version = v;
    hierarchy_key = "0";
    for (auto& [c, view] : views_) {
        std::erase_if(view.pending, [this](Pending const& p) {
            return p.kind == Pending::Kind::Make || (p.kind == Pending::Kind::Draft && !writes_drafts());
        });
        reset(c, false);
    }
}

void Phone::receive(CollectionId c, Outcome const& outcome) {
    auto& view = views_[c];
    auto const& result = outcome.result;
    switch (result.status) {
    case sync::Status::Success: break;
    case sync::Status::InvalidSyncKey: return reset(c, false);
    case sync::Status::ObjectNotFound: views_.erase(c); return;
    default: throw Broken(id_ + " was refused with status " + number(result.status));
    }
    view.more = result.more;
    view.filter_unsaid = false;
    if (result.more && result.key == view.key) throw Broken(id_ + " is told MoreAvailable under the key that it has");
    if (result.changes.size() > window_) throw Broken(id_ + " is told more than its window");
    settle(view, outcome);
    for (auto const& change : result.changes) take(view, change, outcome);
    view.key = result.key;
    view.repeated = false;
}

// Its own commands first: what is said of them comes before the server's changes take effect.
void Phone::settle(View& view, Outcome const& outcome) {
    if (outcome.result.results.size() != outcome.said.size()) throw Broken(id_ + " misses a result");
    for (std::size_t i = 0; i < outcome.said.size(); ++i) {
        auto const& said = outcome.said[i];
        auto const& got = outcome.result.results[i];
        auto const own = outcome.own.find(got.item);
        auto const stamp = own == outcome.own.end() ? Modseq::None : own->second;
        if (said.kind == Pending::Kind::Draft || said.kind == Pending::Kind::Edit) {
            settle_draft(view, said, got, stamp);
        } else if (said.kind == Pending::Kind::Make || said.kind == Pending::Kind::Change) {
            settle_thing(view, said, got, stamp);
        } else if (said.kind == Pending::Kind::Add) {
            if (got.status != sync::Status::Success) throw Broken(id_ + "'s Add is refused");
            if (!view.items.contains(got.item)) view.items[got.item] = {{}, said.hash, stamp};
            std::erase(view.added, said.content);
            view.added.push_back(said.content);
        } else if (said.kind == Pending::Kind::Mark && view.items.contains(said.item)) {
            if (got.status == sync::Status::Success && stamp != Modseq::None) view.items[said.item].modseq = stamp;
        }
    }
    view.pending.erase(view.pending.begin(), view.pending.begin() + std::ptrdiff_t(outcome.said.size()));
    view.pending.insert(view.pending.end(), refused_.begin(), refused_.end());
    refused_.clear();
}

bool Phone::speaks_of(index::FolderType type) const {
    bool const notes = type == index::FolderType::Notes || type == index::FolderType::UserNotes;
    return !notes || version >= eas::v14_0;
}

// One in three has said Supported.
std::uint8_t Phone::knows() const { return id_.back() % 3 == '2' % 3 ? Title | When | Extra : All; }

// What is refused for another reason than a conflict the phone asks for, to see what it has become.
void Phone::settle_thing(View& view, Pending const& said, sync::CommandResult const& got, Modseq stamp) {
    bool const done = got.status == sync::Status::Success;
    if (said.kind == Pending::Kind::Make) {
        if (!done) throw Broken("what a phone makes is refused with status " + number(got.status));
        if (!view.items.contains(got.item))
            view.items[got.item] = {.modseq = stamp, .mine = true, .thing = *said.thing, .partial = true};
        return;
    }
    auto const held = view.items.find(said.item);
    if (held == view.items.end()) return;
    if (done && stamp != Modseq::None) held->second.modseq = stamp;
    if (!done && got.status != sync::Status::Conflict) held->second.stale = true;
}

std::optional<CollectionId> Phone::drafts() const {
    for (auto const& [id, folder] : folders_)
        if (folder.type == index::FolderType::Drafts) return id;
    return std::nullopt;
}

// What could not be sent stays a draft, and somebody writes the address now that was missing.
void Phone::say_again(View& view, Pending said) {
    said.send = false;
    said.words.to = "max@example.org";
    said.fields |= To;
    if (said.kind == Pending::Kind::Edit) {
        auto& copy = view.items[said.item];
        copy.sending = false;
        merge(*copy.words, said.words, said.fields);
    }
    refused_.push_back(std::move(said));
}

void Phone::settle_draft(View& view, Pending const& said, sync::CommandResult const& got, Modseq stamp) {
    bool const done = got.status == sync::Status::Success;
    auto const held = view.items.find(said.item);
    if (said.kind == Pending::Kind::Draft) {
        if (!done && !said.send) throw Broken(id_ + "'s draft is refused");
        if (!done) return say_again(view, said);
        if (said.send && got.item != ItemId{}) throw Broken(id_ + " is told an item of what it sent");
        if (!said.send && got.item != ItemId{} && !view.items.contains(got.item))
            view.items[got.item] = {.marks = {.read = true}, .modseq = stamp, .words = said.words, .mine = true};
    } else if (held != view.items.end()) {
        if (done && stamp != Modseq::None) held->second.modseq = stamp;
        if (!done && said.send && got.status != sync::Status::ObjectNotFound) say_again(view, said);
    }
}

void Phone::take(View& view, sync::ServerChange const& change, Outcome const& outcome) {
    using Kind = sync::ServerChange::Kind;
    auto const held = view.items.find(change.id);
    auto const who = id_ + " item " + number(change.id) + " stamp " + (change.item ? number(change.item->modseq) : "-");
    if (change.kind == Kind::Delete || change.kind == Kind::SoftDelete) {
        if (held == view.items.end()) {
            if (!view.gone.contains(change.id) && !view.doubtful.contains(change.id) && !view.emptied && !view.repeated)
                throw Broken("told to delete what it has not: " + who);
            return;
        }
        view.items.erase(held);
        std::erase_if(view.pending, [&](Pending const& p) { return !p.makes() && p.item == change.id; });
        return;
    }
    auto const& item = *change.item;
    if (auto const own = outcome.own.find(change.id);
        own != outcome.own.end() && own->second == item.modseq && !view.repeated && !view.doubtful.contains(change.id))
        throw Broken("told its own change: " + who);
    auto const words = outcome.words.find(change.id);
    auto told = words == outcome.words.end() ? std::nullopt : std::optional(words->second);
    auto const seen = outcome.things.find(change.id);
    auto const thing = seen == outcome.things.end() ? std::nullopt : std::optional(seen->second);
    if (told) // what it is to say again stays as the user has it
        for (auto const& p : view.pending)
            if (p.kind == Pending::Kind::Edit && p.item == change.id) merge(*told, p.words, p.fields);
    if (change.kind == Kind::Add) {
        if (held != view.items.end() && !view.doubtful.contains(change.id) && !view.emptied && !view.repeated)
            throw Broken("told to add what it has: " + who);
        view.doubtful.erase(change.id);
        view.items[change.id] = {
            .marks = item.marks, .content = item.content, .modseq = item.modseq, .words = told, .thing = thing};
        return;
    }
    if (held == view.items.end()) throw Broken("told to change what it has not: " + who);
    if (held->second.modseq == item.modseq && !view.repeated) throw Broken("told the same change twice: " + who);
    bool const same = thing                        ? true
                      : held->second.words && told ? held->second.words == told
                                                   : held->second.content == item.content;
    if (!change.content && !same) throw Broken("not told that the content changed: " + who);
    auto& copy = held->second;
    if (change.content) copy.marks = item.marks;
    if (change.marks.read) copy.marks.read = item.marks.read;
    if (change.marks.flag) copy.marks.flag_status = item.marks.flag_status, copy.marks.flag = item.marks.flag;
    if (change.marks.categories) copy.marks.categories = item.marks.categories;
    copy.content = item.content;
    copy.modseq = item.modseq;
    copy.words = told;
    copy.thing = thing;
    copy.partial = copy.stale = false;
}

// ---- what it does to folders, and to items by commands without a key

void Phone::receive(FolderIntent const& said, sync::FolderEdit const& edit) {
    using enum sync::HierarchyStatus;
    if (edit.status == InvalidSyncKey) {
        hierarchy_key = "0";
        return;
    }
    if (edit.status != Success) return; // the next FolderSync says why
    hierarchy_key = edit.key;
    if (said.kind == FolderIntent::Kind::Create) {
        index::Folder made{
            .id = edit.folder, .parent = said.wish.parent, .type = said.wish.type, .name = said.wish.name};
        if (!folders_.emplace(made.id, made).second) throw Broken(id_ + " is given a folder that it has: " + made.name);
    } else if (said.kind == FolderIntent::Kind::Update) {
        folders_[said.folder].parent = said.wish.parent;
        folders_[said.folder].name = said.wish.name;
    } else {
        folders_.erase(said.folder);
        views_.erase(said.folder);
    }
}

void Phone::doubt(MoveIntent const& m) {
    for (auto const where : {m.source, m.destination})
        if (auto const view = views_.find(where); view != views_.end()) view->second.doubtful.insert(m.item);
}

void Phone::receive(MoveIntent const& m, sync::MoveStatus status) {
    if (status != sync::MoveStatus::Success) return;
    auto const source = views_.find(m.source), destination = views_.find(m.destination);
    if (source == views_.end() || !source->second.items.contains(m.item)) return;
    auto copy = source->second.items.extract(m.item);
    std::erase_if(source->second.pending, [&](Pending const& p) { return !p.makes() && p.item == m.item; });
    if (destination == views_.end() || destination->second.key == "0") return;
    copy.mapped().modseq = Modseq::None;
    destination->second.items.insert(std::move(copy));
}

void Phone::emptied(CollectionId c) {
    auto const view = views_.find(c);
    if (view == views_.end()) return;
    view->second.items.clear();
    std::erase_if(view->second.pending, [](Pending const& p) { return !p.makes(); });
}

void Phone::receive(sync::HierarchyResult const& result) {
    if (result.status == sync::HierarchyStatus::InvalidSyncKey) {
        hierarchy_key = "0";
        return;
    }
    if (hierarchy_key == "0") folders_.clear(); // and no item: MS-ASCMD 3.1.5.3, trap 6
    for (auto const& f : result.added) {
        if (f.parent != CollectionId::Root && !folders_.contains(f.parent))
            throw Broken(id_ + " gets a child before its parent");
        if (!folders_.emplace(f.id, f).second) throw Broken(id_ + " is told to add a folder that it has: " + f.name);
    }
    for (auto const& f : result.updated) {
        if (!folders_.contains(f.id)) throw Broken(id_ + " is told to update a folder that it has not: " + f.name);
        folders_[f.id] = f;
    }
    for (auto const id : result.removed) {
        if (!folders_.erase(id)) throw Broken(id_ + " is told to delete a folder that it has not");
        views_.erase(id);
    }
    hierarchy_key = result.key;
}

} // namespace godwit::sim
