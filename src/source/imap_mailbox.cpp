#include "source/imap_mailbox.hpp"
#include <algorithm>

// What is asked of the server for one mailbox, and what becomes of the answers; the index's part is imap_store.cpp.
namespace godwit::source::imap {
namespace {

constexpr std::size_t max_uids = std::size_t{1} << 24, max_failures = 1000;
constexpr unsigned max_strikes = 3;

} // namespace

MailboxCopy::MailboxCopy(index::Accounts& accounts, index::AccountId account, ImapOptions const& options,
                         Planned planned, std::string state_name, MailboxCount& count, CopyTold told)
    : accounts_(accounts), account_(account), options_(options), planned_(std::move(planned)),
      name_(std::move(state_name)), count_(count), told_(std::move(told)), at_once_(options.batch) {
    auto const kept = accounts_.read_now(account_, [&](index::Transaction& tx) { return tx.setting(name_); });
    stored_ = kept.value_or("");
    state_ = decode_state(stored_).value_or(CopyState{});
}

bool MailboxCopy::has_all(Counts const& counts) const {
    return counts.messages == 0 && state_.validity != 0 && counts.uid_validity == state_.validity &&
           state_.failed.empty() && counts.uid_next && *counts.uid_next <= std::uint64_t{state_.last} + 1;
}

void MailboxCopy::finish(std::string const& trouble) {
    count_.trouble = trouble;
    done_ = true;
}

// UIDs mean what they meant only under the same UIDVALIDITY (RFC 9051 2.3.1.1). Under another one everything is looked
// at again, and what this mailbox has brought already is known by its content.
void MailboxCopy::begin(Counts const& counts) {
    auto const validity = counts.uids_last ? counts.uid_validity.value_or(0) : 0;
    bool const first = stored_.empty() && !begun_;
    if (validity == 0 || validity != state_.validity) {
        state_.last = 0;
        state_.failed.clear();
        given_up_.clear();
        copies_.clear();
        state_.recheck_until = first && validity != 0 ? 0 : UINT32_MAX;
        if (state_.recheck_until != 0 && validity != 0 && counts.uid_next)
            state_.recheck_until = *counts.uid_next > 0 ? *counts.uid_next - 1 : 0;
    }
    if (!begun_ && validity == state_.validity)
        old_blocks_ = accounts_.read_now(account_, [&](auto& tx) { return Ledger(name_, validity).blocks(tx); });
    else if (validity != state_.validity)
        old_blocks_ = 0; // what is copied now is written down with the flags of now
    state_.validity = validity;
    begun_ = true;
    if (counts.messages) count_.messages = *counts.messages;
}

awaitable<std::vector<std::uint32_t>> MailboxCopy::uids_to_copy(Client& client) {
    std::vector<std::uint32_t> uids;
    if (state_.last == UINT32_MAX) co_return uids;
    // "n:*" names the newest message even where its UID is below n (RFC 9051 6.4.9).
    auto hear = [&](Fetched&& one) {
        if (one.uid && *one.uid > state_.last && uids.size() < max_uids) uids.push_back(*one.uid);
    };
    auto listed = co_await client.fetch(std::to_string(state_.last + 1) + ":*", "(UID)", hear);
    // Some servers call an empty mailbox's 1:* an error.
    if (!listed && !uids.empty()) throw Failure(Failure::Cut, "listing " + count_.name + ": " + listed.error());
    if (!listed && count_.messages > 0) finish("the server does not list it: " + listed.error());
    std::ranges::sort(uids);
    auto const rest = std::ranges::unique(uids);
    uids.erase(rest.begin(), rest.end());
    co_return uids;
}

awaitable<void> MailboxCopy::go_on(Client& client) {
    slots_.clear();
    committed_ = 0;
    auto opened = co_await client.examine(planned_.name);
    if (!opened) {
        finish("the server does not open it: " + opened.error());
        co_return;
    }
    begin(*opened);
    auto const uids = co_await uids_to_copy(client);
    if (done_) co_return;
    if (uids.empty()) commit_slots(0, 0);                 // an empty mailbox is a folder, too
    auto const open = uids.size() + state_.failed.size(); // to be asked for
    auto const handled = count_.added + count_.known + count_.deleted + count_.failed + count_.gone;
    if (count_.messages > open + handled) count_.known += count_.messages - open - handled;
    told_.settled();
    co_await copy_all(client, uids);
    std::vector<std::uint32_t> again; // last, so that what cannot be had never stands in the way of the rest
    for (auto const uid : state_.failed)
        if (!given_up_.contains(uid)) again.push_back(uid);
    std::ranges::sort(again);
    co_await copy_all(client, again);
    if (!done_) co_await refresh_flags(client);
    done_ = true;
}

awaitable<void> MailboxCopy::copy_all(Client& client, std::vector<std::uint32_t> uids) {
    for (std::size_t at = 0; at < uids.size() && !done_;) {
        auto const end = std::min(at + at_once_, uids.size());
        std::vector<std::uint32_t> const chunk(uids.begin() + static_cast<std::ptrdiff_t>(at),
                                               uids.begin() + static_cast<std::ptrdiff_t>(end));
        co_await copy_chunk(client, chunk);
        at = end;
        breaks_ = 0;
        at_once_ = std::min(options_.batch, at_once_ * 4);
        if (given_up_.size() >= max_failures) finish("too many messages cannot be had");
    }
}

awaitable<void> MailboxCopy::copy_chunk(Client& client, std::vector<std::uint32_t> uids) {
    slots_.clear();
    committed_ = 0;
    for (auto const uid : uids) slots_.push_back({.uid = uid});
    co_await fetch_heads(client);
    co_await fetch_bodies(client);
    commit();
    slots_.clear();
    committed_ = 0;
}

MailboxCopy::Slot* MailboxCopy::slot_of(std::optional<std::uint32_t> uid) {
    if (!uid) return nullptr;
    auto const found = std::ranges::lower_bound(slots_, *uid, {}, &Slot::uid);
    return found != slots_.end() && found->uid == *uid ? &*found : nullptr;
}

void MailboxCopy::give_up(Slot& slot, std::string reason) {
    slot.fate = Fate::Failed;
    slot.reason = std::move(reason);
    slot.bytes = {};
}

void MailboxCopy::take_head(Fetched&& fetched) {
    auto* slot = slot_of(fetched.uid);
    if (slot == nullptr || !fetched.flags) return;
    slot->received = fetched.internal_date;
    slot->flags = read_flags(*fetched.flags, fetched.internal_date.value_or(index::Time{}));
    slot->size = fetched.size.value_or(0);
    slot->headed = true;
    if (slot->fate != Fate::Waiting) return;
    if (slot->flags.deleted) slot->fate = Fate::Deleted;
    if (slot->size > options_.max_message_bytes && !slot->flags.deleted)
        give_up(*slot, std::to_string(slot->size) + " bytes, more than the limit");
}

void MailboxCopy::take_body(Fetched&& fetched) {
    auto* slot = slot_of(fetched.uid);
    if (slot == nullptr || slot->fate != Fate::Waiting || !fetched.body) return;
    if (fetched.body->kind == Value::Kind::Skipped)
        return give_up(*slot, fetched.body->text + " bytes, more than the limit");
    if (fetched.body->kind != Value::Kind::String) return give_up(*slot, "the server sends no content (NIL)");
    slot->bytes = std::move(fetched.body->text);
    slot->fate = Fate::Here;
}

std::vector<std::uint32_t> MailboxCopy::lacking(std::size_t first, std::size_t end, bool bodies) const {
    std::vector<std::uint32_t> uids;
    for (auto i = first; i < end; ++i)
        if (slots_[i].fate == Fate::Waiting && (bodies || !slots_[i].headed)) uids.push_back(slots_[i].uid);
    return uids;
}

// The error: what the server said when it refused.
awaitable<std::optional<std::string>> MailboxCopy::fetch_into(Client& client, std::size_t first, std::size_t end,
                                                              bool bodies) {
    auto const wanted = lacking(first, end, bodies);
    if (wanted.empty()) co_return std::nullopt;
    std::uint64_t held = 0;
    auto hear = [&](Fetched&& one) {
        if (!bodies) return take_head(std::move(one));
        held += one.body ? one.body->text.size() : 0;
        if (wanted.size() > 1 && held > 4 * options_.batch_bytes)
            throw Failure(Failure::Protocol, "the server sends far more than it announced");
        take_body(std::move(one));
    };
    std::string const items = bodies ? "(UID BODY.PEEK[])" : "(UID FLAGS INTERNALDATE RFC822.SIZE)";
    auto done = co_await client.fetch(uid_set(wanted), items, hear);
    if (!done) co_return done.error();
    co_return std::nullopt;
}

// Asked again one by one. What is missing then was expunged, or is there and not to be had.
awaitable<void> MailboxCopy::look_for_missing(Client& client, std::size_t first, std::size_t end, std::string why) {
    for (auto i = first; i < end; ++i) {
        if (slots_[i].fate != Fate::Waiting) continue;
        bool there = false;
        auto hear = [&](Fetched&& one) { there = there || one.uid == slots_[i].uid; };
        auto listed = co_await client.fetch(std::to_string(slots_[i].uid), "(UID)", hear);
        if (listed && !there)
            slots_[i].fate = Fate::Gone;
        else
            give_up(slots_[i], why.empty() ? "the server lists it and sends nothing" : "the server says: " + why);
    }
}

awaitable<void> MailboxCopy::fetch_heads(Client& client) {
    auto refused = co_await fetch_into(client, 0, slots_.size(), false);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].headed || slots_[i].fate != Fate::Waiting) continue;
        if (slots_.size() > 1) refused = co_await fetch_into(client, i, i + 1, false);
        if (!slots_[i].headed) co_await look_for_missing(client, i, i + 1, refused.value_or(""));
    }
}

awaitable<void> MailboxCopy::fetch_set(Client& client, std::size_t first, std::size_t end) {
    auto refused = co_await fetch_into(client, first, end, true);
    for (auto i = first; i < end; ++i) {
        if (slots_[i].fate != Fate::Waiting) continue;
        if (end - first > 1) refused = co_await fetch_into(client, i, i + 1, true);
        if (slots_[i].fate == Fate::Waiting) co_await look_for_missing(client, i, i + 1, refused.value_or(""));
    }
    commit();
}

// In sets of batch_bytes; a large message is a set of its own.
awaitable<void> MailboxCopy::fetch_bodies(Client& client) {
    for (std::size_t first = 0; first < slots_.size();) {
        std::uint64_t bytes = 0;
        auto end = first;
        for (; end < slots_.size(); ++end) {
            auto const more = slots_[end].fate == Fate::Waiting ? slots_[end].size : 0;
            if (end > first && bytes + more > options_.batch_bytes) break;
            bytes += more;
        }
        co_await fetch_set(client, first, end);
        first = end;
    }
}

// A message that ends the connection whenever it is asked for is found by asking for one at a time.
void MailboxCopy::broke(std::string const& why) {
    commit();
    auto const open = committed_;
    if (slots_.empty()) {
        if (++breaks_ >= max_strikes) finish("the connection breaks whenever it is opened: " + why);
    } else if (slots_.size() > 1) {
        at_once_ = 1;
    } else if (open < slots_.size() && ++strikes_[slots_[open].uid] >= max_strikes) {
        give_up(slots_[open], "the connection breaks whenever it is fetched: " + why);
        commit();
    }
    slots_.clear();
    committed_ = 0;
}

} // namespace godwit::source::imap
