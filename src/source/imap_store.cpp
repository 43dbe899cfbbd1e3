#include "source/imap_mailbox.hpp"
#include "source/local.hpp"
#include <algorithm>

// What has come of a mailbox into the index, with the note of how far it is, in one transaction.
namespace godwit::source::imap {
namespace {

constexpr unsigned max_counted_copies = 1000;

bool plausible(index::Time time, index::Time now) { return time > index::Time{} && time <= now + std::chrono::days(1); }

bool holds(index::Transaction& tx, std::string_view hash) {
    auto const folders = tx.folders();
    return std::ranges::any_of(folders,
                               [&](auto const& folder) { return tx.item_with_content(folder.id, hash).has_value(); });
}

} // namespace

// The n-th copy of a message is one of its own, as two equal messages are two; but where UIDs say nothing (any more),
// as many as there were stay as many.
bool MailboxCopy::is_new(index::Transaction& tx, CopyState const& state, Slot const& slot) {
    auto const now = net::Clock::utc();
    auto const key = content_key(name_, slot.bytes);
    bool const fresh = tx.remember("imap", key + " 1", now);
    bool const recheck = slot.uid <= state.recheck_until;
    if (planned_.everything && holds(tx, content_hash(slot.bytes))) return false;
    if (fresh && !recheck) return true;
    auto& n = copies_[key];
    if (fresh) return n = 1, true;
    if (recheck) {
        ++n;
        return n > 1 && tx.remember("imap", key + ' ' + std::to_string(n), now);
    }
    bool counted = false;
    for (n = std::max(n, 1U); n < max_counted_copies && !counted;) {
        ++n;
        counted = tx.remember("imap", key + ' ' + std::to_string(n), now);
    }
    return true;
}

void MailboxCopy::store(index::Transaction& tx, CopyState& next, Slot const& slot, Added& added) {
    if (!is_new(tx, next, slot)) {
        ++added.known;
        if (next.folder == index::CollectionId::Root) return;
        auto const held = tx.item_with_content(next.folder, content_hash(slot.bytes));
        if (held) added.entries.push_back({slot.uid, *held, flag_bits(slot.flags)});
        return;
    }
    tx.claim(slot.bytes.size());
    auto const now = net::Clock::utc();
    auto received = slot.received;
    if (!received || !plausible(*received, now)) received = dated(slot.bytes, now).value_or(now);
    bool const special = planned_.special && *planned_.special != Special::Inbox;
    auto folder = next.folder;
    if (slot.flags.draft && !special && !options_.under)
        folder = special_folder(tx, Special::Drafts); // a phone can go on writing it only there
    else if (folder == index::CollectionId::Root || !tx.folder(folder))
        folder = next.folder = place_of(tx, planned_, options_.under);
    auto const item = append(tx, folder, slot.bytes, slot.flags.marks, received);
    added.entries.push_back({slot.uid, item, flag_bits(slot.flags)});
    ++added.added;
    added.bytes += slot.bytes.size();
}

void MailboxCopy::commit_slots(std::size_t first, std::size_t end) {
    CopyState next;
    Added added;
    std::string text;
    accounts_.write_now(account_, [&](index::Transaction& tx) {
        next = state_;
        added = {};
        if (tx.setting(name_).value_or("") != stored_)
            throw Overtaken("another import of " + count_.name + " is under way");
        if (next.folder == index::CollectionId::Root) next.folder = place_of(tx, planned_, options_.under);
        for (auto i = first; i < end; ++i) {
            auto const& slot = slots_[i];
            if (slot.fate == Fate::Here) store(tx, next, slot, added);
            next.last = std::max(next.last, slot.uid);
            std::erase(next.failed, slot.uid);
            if (slot.fate == Fate::Failed) next.failed.push_back(slot.uid);
        }
        Ledger(name_, next.validity).add(tx, added.entries);
        text = encode(next);
        if (text != stored_) tx.put_setting(name_, text);
    });
    state_ = next;
    stored_ = text;
    count_.added += added.added;
    count_.known += added.known;
    count_.bytes += added.bytes;
    for (auto i = first; i < end; ++i) {
        auto& slot = slots_[i];
        slot.bytes = {};
        count_.deleted += slot.fate == Fate::Deleted ? 1 : 0;
        count_.gone += slot.fate == Fate::Gone ? 1 : 0;
        if (slot.fate != Fate::Failed) continue;
        ++count_.failed;
        given_up_.insert(slot.uid);
        told_.complaint({count_.name + ", UID " + std::to_string(slot.uid), slot.reason});
    }
    committed_ = end;
}

// All that has come up to the first message that has not.
void MailboxCopy::commit() {
    auto const first = committed_;
    auto end = first;
    while (end < slots_.size() && slots_[end].fate != Fate::Waiting) ++end;
    if (end == first) return;
    try {
        commit_slots(first, end);
    } catch (index::QuotaExceeded const&) { // as many as there is room for
        if (end == first + 1) throw;
        for (auto i = first; i < end; ++i) commit_slots(i, i + 1);
    } catch (index::StoreFull const&) {
        throw;
    } catch (index::StoreBroken const&) {
        throw;
    } catch (Overtaken const&) {
        throw;
    } catch (std::exception const&) { // one message must not take the others with it (law 4)
        for (auto i = first; i < end; ++i) commit_or_give_up(i);
    }
    told_.settled();
}

void MailboxCopy::commit_or_give_up(std::size_t slot) {
    try {
        commit_slots(slot, slot + 1);
    } catch (index::StoreFull const&) {
        throw;
    } catch (std::exception const& error) {
        give_up(slots_[slot], error.what());
        commit_slots(slot, slot + 1);
    }
}

} // namespace godwit::source::imap
