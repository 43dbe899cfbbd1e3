#include "sync/apply.hpp"
#include "sync/blob.hpp"
#include <algorithm>
#include <ranges>

namespace godwit::sync {
namespace {

enum Seed : std::uint64_t { ChangeSeed = 2, DeleteSeed }; // 1 is the Adds'

std::uint64_t what_of(Seed seed, ItemId item, std::uint64_t print = 0) {
    std::uint64_t const parts[] = {std::uint64_t(item), print};
    return hash_of(std::string_view(reinterpret_cast<char const*>(parts), sizeof parts), seed);
}

} // namespace

std::uint64_t fingerprint(std::string_view application_data) { return hash_of(application_data); }

Applier::Applier(index::Transaction& tx, index::Folder const& folder, CollectionState& state,
                 std::span<Token const> attempts, Token const& base, Token& token, Time now)
    : tx_(tx), folder_(folder), state_(state), attempts_(attempts), base_(base), token_(token), now_(now) {}

CommandResult Applier::apply(Command const& command, CollectionRequest const& request) {
    if (auto const* c = std::get_if<AddCommand>(&command)) return add(*c);
    if (auto const* c = std::get_if<ChangeCommand>(&command)) return change(*c, request);
    if (auto const* c = std::get_if<DeleteCommand>(&command)) return remove(*c, request);
    return fetch(std::get<FetchCommand>(command));
}

std::optional<index::Item> Applier::find(ItemId id) {
    auto item = tx_.item(id);
    return item && item->folder == folder_.id ? std::move(item) : std::nullopt;
}

// Carried out by this request, or by an earlier one with the same key whose answer the phone has not seen.
Done const* Applier::earlier(std::uint64_t what) const {
    auto const again = [what](Done const& d) { return d.what == what; };
    if (auto const d = std::ranges::find_if(done_, again); d != done_.end()) return &*d;
    for (auto const& attempt : attempts_ | std::views::reverse)
        if (auto const d = std::ranges::find_if(attempt.done, again); d != attempt.done.end()) return &*d;
    return nullptr;
}

// What this request says of each item, against what the newest attempt that touched the item did to it. Only if that
// comes first, word for word, has it been said and done already. Of anything else the phone's last word is to be found
// out anew: an older attempt, or the middle of one, may have been overridden since.
void Applier::recognise(CollectionRequest const& request) {
    recognised_ = true;
    if (attempts_.empty()) return;
    std::map<ItemId, std::vector<std::uint64_t>> said;
    for (auto const& command : request.commands)
        if (auto const* c = std::get_if<ChangeCommand>(&command))
            said[c->item].push_back(what_of(ChangeSeed, c->item, c->fingerprint));
        else if (auto const* d = std::get_if<DeleteCommand>(&command))
            said[d->item].push_back(what_of(DeleteSeed, d->item));
    std::map<ItemId, Token const*> newest;
    for (auto const& attempt : attempts_ | std::views::reverse)
        for (auto const& d : attempt.done)
            if (said.contains(d.item) && newest.try_emplace(d.item, &attempt).first->second == &attempt)
                repeated_[d.item].done.push_back(d);
    std::erase_if(repeated_, [&](auto const& r) {
        auto const& [item, repeated] = r;
        auto const both = std::ranges::mismatch(repeated.done, said[item], {}, &Done::what);
        return both.in1 != repeated.done.end();
    });
}

Done const* Applier::repeated(ItemId item, std::uint64_t what, CollectionRequest const& request) {
    if (!recognised_) recognise(request);
    auto const found = repeated_.find(item);
    if (found == repeated_.end()) return nullptr;
    auto& [done, next] = found->second;
    if (next == done.size() || done[next].what != what) return nullptr;
    return &done[next++];
}

// A stamp that needs no telling, if it has not been told long since.
void Applier::mine(Modseq stamp) {
    if (stamp > token_.since && !token_.moved.contains(stamp)) token_.own.add(stamp);
}

// What an earlier attempt did, once more: a change of its place was two stamps, the item left and entered anew.
// If the phone had moved it here before, nobody knows whether it holds it, and it hears of all that as of the move.
void Applier::mine_again(ItemId id, Modseq stamp) {
    constexpr std::int64_t stamps_of_one = 3; // it left, it entered, it was marked
    constexpr std::size_t events = 8;
    auto const before = Modseq(std::int64_t(stamp) - stamps_of_one);
    for (auto const& e : tx_.changes(folder_.id, before, events)) {
        if (e.at >= stamp) break;
        if (!e.tombstone || e.entry || e.tombstone->id != id || e.at <= token_.since) continue;
        auto& whose = token_.moved.contains(e.tombstone->entered) ? token_.moved : token_.own;
        whose.add(e.at, Modseq(std::int64_t(e.at) + 1));
    }
    mine(stamp);
}

void Applier::note(Done d) {
    mine(d.stamp);
    if (done_.size() < max_done) done_.push_back(d);
}

// Whether the phone knew what was stamped, when it spoke: otherwise its command and somebody else's change have crossed.
bool Applier::knows(Modseq stamp) const {
    if (stamp <= base_.since || token_.own.contains(stamp) || token_.moved.contains(stamp)) return true;
    return std::ranges::any_of(attempts_, [&](Token const& attempt) {
        return std::ranges::any_of(attempt.done, [&](Done const& d) { return d.stamp == stamp; });
    });
}

void Applier::hear(Heard const& heard, index::Item const* before, ItemId id) {
    if (!heard) return;
    auto const after = tx_.item(id);
    auto const until = std::int64_t(tx_.modseq());
    heard(tx_, before, after ? &*after : nullptr);
    if (std::int64_t(tx_.modseq()) > until) heard_.add(Modseq(until + 1), tx_.modseq());
}

// ---- Change, Delete, Fetch

CommandResult Applier::change(ChangeCommand const& c, CollectionRequest const& request) {
    auto const what = what_of(ChangeSeed, c.item, c.fingerprint);
    if (auto const* before = repeated(c.item, what, request); before && before->fingerprint != refused) {
        if (before->stamp != Modseq::None) mine_again(c.item, before->stamp);
        if (before->fingerprint == passed_over) token_.owe(c.item);
        note(Done(*before)); // applied once already (law 1)
        return {Status::Success, c.item, {}};
    }
    auto const item = find(c.item);
    if (!item) return {Status::ObjectNotFound, c.item, {}};
    auto const edit = c.edit(tx_, *item);
    if (!edit) return refuse(edit.error(), {what, refused, c.item, Modseq::None});
    bool const marks = edit->marks != item->marks;
    bool const content =
        edit->rewrite && (edit->rewrite->content != item->content || edit->rewrite->received != item->received);
    bool const known = knows(item->modseq);
    std::uint64_t const how = edit->passed_over ? passed_over : 0;
    if (!marks && !content) {
        // What it moved itself it is told, with what others had marked before: it may say nothing new of that.
        bool const told = !known || item->modseq <= base_.since || token_.moved.contains(item->modseq);
        note({what, how, c.item, told ? Modseq::None : item->modseq});
        if (edit->passed_over) token_.owe(c.item);
        return {Status::Success, c.item, {}};
    }
    if (!known && !heard_.contains(item->modseq) && !token_.options.client_wins) {
        if (content) token_.caught_up = Modseq::None; // what the phone has made of the content is void: tell it whole
        token_.owe(c.item);
        return refuse(Status::Conflict, {what, refused, c.item, Modseq::None});
    }
    auto const own_before = token_.own;
    auto const before = tx_.modseq();
    bool const doubtful = content && edit->rewrite->received != item->received && token_.moved.contains(item->entered);
    auto const stamp = stamped([&] {
        if (content) tx_.rewrite_item(c.item, edit->rewrite->content, edit->rewrite->size, edit->rewrite->received);
        if (marks) tx_.set_marks(c.item, edit->marks);
    });
    hear(c.heard, &*item, c.item);
    if (!known || doubtful) token_.own = own_before; // what it became is news to the phone too
    if (known && doubtful) token_.moved.add(Modseq(std::int64_t(before) + 1), stamp);
    note({what, how, c.item, known ? stamp : Modseq::None});
    if (edit->passed_over) token_.owe(c.item);
    return {Status::Success, c.item, {}};
}

// Remembered, so that what follows it in a request that comes again is recognised; it is tried again itself.
CommandResult Applier::refuse(Status why, Done const& d) {
    note(d);
    return {why, d.item, {}};
}

// A delete wins over whatever it crosses (MS-ASCMD_R2076).
CommandResult Applier::remove(DeleteCommand const& c, CollectionRequest const& request) {
    auto const what = what_of(DeleteSeed, c.item);
    std::erase(token_.known, c.item);
    auto const item = find(c.item);
    if (!item) {
        auto const* before = earlier(what);
        if (!before) {
            forget(c.item);
            return {Status::ObjectNotFound, c.item, {}};
        }
        note(Done(*before));
        return {Status::Success, c.item, {}};
    }
    if (auto const* before = repeated(c.item, what, request)) { // done once; somebody has brought it back since (law 1)
        note(Done(*before));
        return {Status::Success, c.item, {}};
    }
    auto const trash = request.deletes_as_moves ? tx_.folder_of(index::FolderType::DeletedItems) : std::nullopt;
    auto const stamp = stamped([&] {
        if (trash && trash->id != folder_.id)
            tx_.move_item(c.item, trash->id);
        else
            tx_.remove_item(c.item);
    });
    if (c.heard) c.heard(tx_, &*item, nullptr);
    note({what, 0, c.item, stamp});
    return {Status::Success, c.item, {}};
}

// The phone has dropped what somebody else took away: it needs no telling, and if it comes back it is new to the phone.
void Applier::forget(ItemId id) {
    constexpr std::size_t at_once = 256, most = 20'000;
    if (!taken_away_) { // looked up once for all of a request
        taken_away_.emplace();
        auto since = token_.since;
        for (std::size_t rows = 0; rows < most; rows += at_once) {
            auto const events = tx_.changes(folder_.id, since, at_once);
            for (auto const& e : events)
                if (e.tombstone && !e.entry) taken_away_->try_emplace(e.tombstone->id, e.at);
            if (events.size() < at_once) break;
            since = events.back().at;
        }
    }
    if (auto const found = taken_away_->find(id); found != taken_away_->end()) mine(found->second);
}

CommandResult Applier::fetch(FetchCommand const& c) {
    auto item = find(c.item);
    if (!item) return {Status::ObjectNotFound, c.item, {}};
    return {Status::Success, c.item, std::move(item)};
}

} // namespace godwit::sync
