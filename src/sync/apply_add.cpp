// Adds: the item that a phone makes, and all the ways in which it may be there already (law 1, incident 2.7, trap 2).
#include "sync/apply.hpp"
#include "sync/blob.hpp"
#include <algorithm>
#include <ranges>

namespace godwit::sync {
namespace {
constexpr std::uint64_t add_seed = 1;
constexpr auto reborn_for = std::chrono::hours(1);
constexpr std::size_t most_alike = 64, most_compared = 2000; // items that an Add, and that a request, is compared with
} // namespace

CommandResult Applier::add(AddCommand const& c) {
    auto const what = hash_of(c.client_id, add_seed);
    if (auto const* d = earlier(what)) return add_again(c, Done(*d));
    // Trap 2: the same Add once more, although its answer was acknowledged: the phone lost it after all.
    for (auto const& d : base_.done)
        if (d.what == what && d.fingerprint == c.fingerprint && find(d.item)) return {Status::Success, d.item, {}};
    if (auto const item = readded(c))
        return adopt(c, *item); // word for word what it said before: others may have since
    if (c.known)
        if (auto const id = c.known(tx_))
            if (auto const item = find(*id)) {
                auto const status = say_of(*item, c);
                return status == Status::Success ? adopt(c, *item) : CommandResult{status, {}, {}};
            }
    if (auto const item = said_alike(c)) return adopt(c, *item);
    auto made = c.make(tx_);
    if (!made) {
        if (made.error() == Status::Success) note({what, c.fingerprint, {}, Modseq::None}); // it became no item
        return {made.error(), {}, {}};
    }
    made->folder = folder_.id;
    if (reborn())
        if (auto const id = tx_.item_with_content(folder_.id, made->content))
            if (auto const item = tx_.item(*id); item && item->entered <= state_.reset) return adopt(c, *item);
    ItemId id = {};
    auto const stamp = stamped([&] { id = tx_.add_item(*made); });
    hear(c.heard, nullptr, id);
    remember({what, c.fingerprint, id, stamp});
    return {Status::Success, id, {}};
}

// The answer to this Add was lost. If the phone has edited it since, what it says now is what it means.
CommandResult Applier::add_again(AddCommand const& c, Done const& d) {
    auto const item = tx_.item(d.item);
    bool const adopted = d.stamp == Modseq::None; // by an attempt: the item was there before, and its coming is no echo
    bool const here = item && item->folder == folder_.id;
    bool const as_left = here && knows(item->modseq); // nobody else has touched it
    auto repeated = d;
    bool const edited = d.fingerprint != c.fingerprint;
    if (edited && adopted && here && c.known &&
        c.known(tx_) == d.item) { // of what was there it says more: it never was this phone's alone
        if (auto const status = say_of(*item, c); status != Status::Success) return {status, {}, {}};
        repeated.fingerprint = c.fingerprint;
        note(repeated);
        hold(*item);
        return {Status::Success, d.item, {}};
    }
    auto made = edited ? c.make(tx_) : std::unexpected(Status::ServerError);
    if (edited && !made && made.error() == Status::Success) {
        // What was saved is sent now: that leaves no item, whoever may have taken it away; another's version stays.
        auto const stamp = as_left ? stamped([&] { tx_.remove_item(item->id); }) : Modseq::None;
        if (as_left) mine(item->modseq);
        if (as_left && !adopted) mine(item->entered);
        note({d.what, c.fingerprint, {}, stamp});
        return {Status::Success, {}, {}};
    }
    // Refused is what it says now; what it said first is there, and it is told of it as of anybody's.
    if (edited && !made) return {made.error(), {}, {}};
    if (as_left) {
        mine_again(item->id, item->modseq);
        if (!adopted) mine(item->entered);
        if (edited) {
            auto const stamp = stamped([&] {
                tx_.rewrite_item(item->id, made->content, made->size, made->received);
                tx_.set_marks(item->id, made->marks);
            });
            hear(c.heard, &*item, item->id);
            repeated.fingerprint = c.fingerprint;
            if (adopted)
                note({0, 0, d.item, stamp}); // so that the next repetition knows the item as this one left it
            else
                repeated.stamp = stamp;
        }
    }
    if (edited && here && !as_left) {
        // Of what others marked meanwhile the phone hears as it is now, and of what they wrote: then that stays.
        if (knows(item->rewritten)) {
            tx_.rewrite_item(item->id, made->content, made->size, item->received);
            hear(c.heard, &*item, item->id);
        }
        token_.caught_up = Modseq::None;
    }
    note(repeated);
    if (here)
        hold(*item);
    else if (adopted)
        token_.know(d.item); // gone since: its going is news then
    return {Status::Success, d.item, {}};
}

// An Add says something of an item that is there. That is no echo: the phone is told what the item has become, or that
// it is as it was.
Status Applier::say_of(index::Item const& item, AddCommand const& c) {
    if (!c.edit) return Status::Success;
    auto const edit = c.edit(tx_, item);
    if (!edit) return edit.error();
    bool const untouched = item.modseq == item.entered; // nobody has said anything of it
    if (!untouched && !knows(item.modseq) && !token_.options.client_wins) {
        token_.owe(item.id); // another's word stands, as against a Change that crosses it
        return Status::Success;
    }
    auto const before = tx_.modseq();
    if (edit->rewrite) tx_.rewrite_item(item.id, edit->rewrite->content, edit->rewrite->size, edit->rewrite->received);
    if (edit->marks != item.marks) tx_.set_marks(item.id, edit->marks);
    if (auto const stamp = tx_.modseq(); stamp != before) {
        hear(c.heard, &item, item.id);
        if (done_.size() < max_done) done_.push_back({0, 0, item.id, stamp}); // known, if the phone repeats itself
    } else if (edit->passed_over) {
        token_.owe(item.id);
    }
    return Status::Success;
}

// Another command of this request has got the item: two that say the same are two.
bool Applier::claimed(ItemId item) const {
    return std::ranges::any_of(done_, [&](Done const& d) { return d.item == item; });
}

bool Applier::reborn() const {
    return state_.reset != Modseq::None && (token_.download || now_ - reborn_for < state_.reset_at);
}

// Incident 2.7: after a reset the phone adds again what it had added before, under another client id perhaps.
std::optional<index::Item> Applier::readded(AddCommand const& c) {
    if (!reborn() || c.fingerprint == 0) return std::nullopt;
    auto const same = std::ranges::find_if(state_.added, [&](Done const& d) {
        return d.stamp <= state_.reset && d.fingerprint == c.fingerprint && !claimed(d.item);
    });
    if (same == state_.added.end()) return std::nullopt;
    auto item = find(same->item);
    state_.added.erase(same);
    return item;
}

// The same, where it has changed since it was added: then neither what it was added as nor its bytes tell.
std::optional<index::Item> Applier::said_alike(AddCommand const& c) {
    if (!c.same || !reborn() || compared_ >= most_compared) return std::nullopt;
    std::vector<index::Item> items;
    if (!c.candidates)
        items = tx_.walk(folder_.id, {}, bottom, most_alike, state_.reset);
    else
        for (auto const id : c.candidates(tx_))
            if (auto item = find(id); item && item->entered <= state_.reset && items.size() < most_alike)
                items.push_back(std::move(*item));
    for (auto const& item : items) {
        if (claimed(item.id)) continue;
        ++compared_;
        if (c.same(tx_, item)) return item;
    }
    return std::nullopt;
}

void Applier::remember(Done const& add) {
    note(add);
    state_.added.push_back(add);
    if (state_.added.size() > max_added) state_.added.erase(state_.added.begin());
}

// The phone holds this item from now on, whether it has been told of it or not.
void Applier::hold(index::Item const& item) {
    if (!token_.holds(item.id, {item.received, item.id}, item.entered)) token_.know(item.id);
}

CommandResult Applier::adopt(AddCommand const& c, index::Item const& item) {
    hold(item);
    remember({hash_of(c.client_id, add_seed), c.fingerprint, item.id, Modseq::None});
    return {Status::Success, item.id, {}};
}

} // namespace godwit::sync
