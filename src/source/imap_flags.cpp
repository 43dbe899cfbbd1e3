#include "source/folders.hpp"
#include "source/imap_mailbox.hpp"
#include <algorithm>

// What has become of the flags since the last run. Asked for after the new messages, so that a server that cannot
// answer keeps nobody from those.
namespace godwit::source::imap {

awaitable<void> MailboxCopy::refresh_flags(Client& client) {
    Ledger const ledger(name_, state_.validity);
    for (std::size_t number = 0; number < old_blocks_; ++number) {
        auto read = [&](index::Transaction& tx) { return ledger.block(tx, number); };
        auto const entries = accounts_.read_now(account_, read);
        std::vector<std::uint32_t> uids;
        for (auto const& entry : entries) uids.push_back(entry.uid);
        std::ranges::sort(uids);
        if (uids.empty()) continue;
        FlagsByUid now;
        auto hear = [&](Fetched&& one) {
            if (one.uid && one.flags && std::ranges::binary_search(uids, *one.uid))
                now.insert_or_assign(*one.uid, read_flags(*one.flags, {}));
        };
        auto done = co_await client.fetch(uid_set(uids), "(UID FLAGS)", hear);
        if (!done) {
            count_.trouble = "the server does not tell its flags: " + done.error();
            co_return;
        }
        auto write = [&](index::Transaction& tx) { return write_flags(tx, number, now); };
        count_.updated += accounts_.write_now(account_, write);
        told_.settled();
    }
}

// How many items have changed. One that is gone here stays gone; one that lies elsewhere by now is marked there.
std::uint64_t MailboxCopy::write_flags(index::Transaction& tx, std::size_t block, FlagsByUid const& now) {
    if (tx.setting(name_).value_or("") != stored_)
        throw Overtaken("another import of " + count_.name + " is under way");
    Ledger ledger(name_, state_.validity);
    auto entries = ledger.block(tx, block);
    std::uint64_t changed = 0;
    bool differs = false;
    for (auto& entry : entries) {
        auto const found = now.find(entry.uid);
        if (found == now.end() || flag_bits(found->second) == entry.flags) continue;
        auto const before = std::exchange(entry.flags, flag_bits(found->second));
        differs = true;
        auto const item = tx.item(entry.item);
        if (!item) continue;
        auto const modseq = tx.modseq();
        tx.set_marks(item->id, changed_marks(item->marks, before, found->second, net::Clock::utc()));
        bool const was_draft = flag_bits({.draft = true}) & before;
        if (was_draft != found->second.draft) put_where_drafts_belong(tx, *item, found->second.draft);
        changed += tx.modseq() != modseq ? 1 : 0;
    }
    if (differs) ledger.replace(tx, block, entries);
    return changed;
}

// As store() does with a new one, unless somebody here has put it somewhere else.
void MailboxCopy::put_where_drafts_belong(index::Transaction& tx, index::Item const& item, bool draft) {
    bool const special = planned_.special && *planned_.special != Special::Inbox;
    if (special || options_.under || state_.folder == index::CollectionId::Root || !tx.folder(state_.folder)) return;
    auto const drafts = special_folder(tx, Special::Drafts);
    auto const from = draft ? state_.folder : drafts, to = draft ? drafts : state_.folder;
    if (item.folder == from && from != to) tx.move_item(item.id, to);
}

} // namespace godwit::source::imap
