#include "drafts.hpp"
#include "deliver.hpp"
#include "delivery/outbox.hpp"
#include "sync/tell.hpp"
#include <algorithm>

// Drafts (16.x), by several phones, and what is sent: from Drafts and by SendMail.
namespace godwit::sim {
namespace {

using Kind = Pending::Kind;

std::uint64_t copies_in_sent(index::Transaction& tx) {
    auto const sent = tx.folder_of(index::FolderType::SentItems);
    return sent ? tx.item_count(sent->id) : 0;
}

std::string key_of(ItemId id) { return std::to_string(std::int64_t(id)); }

} // namespace

bool World::draft_with(index::Transaction& tx, CollectionId folder, Words const& words) {
    return std::ranges::any_of(tx.walk(folder, {}, sync::bottom, 100'000),
                               [&](index::Item const& item) { return said_by(tx, item.content) == words; });
}

Words const& World::said_by(index::Transaction& tx, std::string const& content) {
    auto const known = words_.find(content);
    return known != words_.end() ? known->second : words_.emplace(content, words_of(tx.content(content))).first->second;
}

// ---- what the user does

Words World::next_words() {
    auto const n = std::to_string(++texts_);
    return {.to = texts_ % 7 == 0 ? "" : "max" + n + "@example.org", .subject = "subject " + n, .text = "text " + n};
}

void World::write_draft(std::size_t n, What what, Pick const& p) {
    auto& phone = phones_[n];
    auto const folder = phone.drafts();
    if (!folder || !phone.writes_drafts() || phone.view(*folder).key == "0") return;
    auto& view = phone.view(*folder);
    if (what == What::DraftEdit)
        edit_draft(view, p);
    else if (what == What::DraftSend)
        send_draft(view, p);
    else
        view.pending.push_back({.kind = Kind::Draft,
                                .client_id = phone.next_client_id(),
                                .words = next_words(),
                                .send = p[2] % 4 == 0}); // written and sent while there was no network
    if (what == What::DraftSend && p[3] / 8 % 8 == 0) {  // law 1 beyond the key's end
        phone.reset(*folder, true);
        reset_at_[{n, *folder}] = now_;
    }
    auto const luck = p[0] / 8; // mail programs save at once; half of the time where the network is bad
    if (luck % 4 != 0)
        sync_once(n, *folder, luck % 4 == 1 ? luck / 4 : luck / 4 % 4'000'000 * 100 + 60 + luck / 4 % 40);
    if (p[3] % 3 == 0 && !late_.empty()) { // what was said before comes once more
        serve(late_.back());
        late_.pop_back();
    }
}

namespace {

// Often the draft that was just written, which the server has not acknowledged yet.
Pending* unacknowledged(View& view, std::uint32_t pick) {
    std::vector<Pending*> some;
    for (auto& p : view.pending)
        if (p.kind == Kind::Draft && !p.send) some.push_back(&p);
    return some.empty() || pick % 2 ? nullptr : some[pick / 2 % some.size()];
}

std::pair<ItemId const, Copy>* some_draft(View& view, std::uint32_t pick) {
    std::vector<std::pair<ItemId const, Copy>*> some;
    for (auto& held : view.items)
        if (held.second.words && !held.second.sending) some.push_back(&held);
    return some.empty() ? nullptr : some[pick % some.size()];
}

} // namespace

void World::edit_draft(View& view, Pick const& p) {
    auto const fields = static_cast<std::uint8_t>(1 + p[2] / 8 % 7);
    auto const words = next_words();
    if (auto* const added = unacknowledged(view, p[1])) return merge(added->words, words, fields);
    auto* const draft = some_draft(view, p[3]);
    if (!draft) return;
    auto& [id, copy] = *draft;
    merge(*copy.words, words, fields);
    copy.mine = false; // the server knows a draft that is added again by what was added
    Pending said{.kind = Kind::Edit, .item = id, .words = *copy.words, .fields = fields};
    if (p[2] % 2) { // it says all that is not acknowledged yet in one
        for (auto const& before : view.pending)
            if (before.kind == Kind::Edit && before.item == id) said.fields |= before.fields;
        std::erase_if(view.pending, [&](Pending const& b) { return b.kind == Kind::Edit && b.item == said.item; });
    }
    view.pending.push_back(std::move(said));
}

void World::send_draft(View& view, Pick const& p) {
    if (auto* const added = unacknowledged(view, p[1]); added && !added->again) {
        added->send = true;
        return;
    }
    auto* const draft = some_draft(view, p[3]);
    if (!draft) return;
    auto& [id, copy] = *draft;
    copy.sending = true;
    Pending said{.kind = Kind::Edit, .item = id, .words = *copy.words, .send = true};
    if (p[2] % 2) said.fields = Whole;
    view.pending.push_back(std::move(said));
}

// ---- what leaves

World::Leaving World::before_leaving(index::Transaction& tx, Request const& r) {
    Leaving leaving;
    if (std::ranges::none_of(r.said, &Pending::send)) return leaving;
    leaving.rows = tx.outbox().size();
    leaving.copies = copies_in_sent(tx);
    for (auto const& p : r.said)
        if (auto const item = p.kind == Kind::Edit && p.send ? tx.item(p.item) : std::nullopt;
            item && item->folder == r.folder)
            leaving.drafts[item->id] = said_by(tx, item->content);
    for (auto const& p : r.said) {
        auto const made = drafts_made_.find(p.client_id);
        if (p.kind != Kind::Draft || !p.send || made == drafts_made_.end() || sent_.contains(p.client_id)) continue;
        auto const item = tx.item(made->second);
        auto& phone = phones_[r.phone];
        bool const own = item && own_[{phone.id(), item->id}].contains(item->modseq);
        // If Send was refused once, the phone was told of what is saved as of a draft in its own right: that stays.
        bool const told = item && phone.view(r.folder).items.contains(item->id);
        if (own && item->folder == r.folder && !told)
            leaving.saved[p.client_id] = item->id;
        else if (item || sent_.contains(key_of(made->second)))
            leaving.crossed.insert(p.client_id);
    }
    return leaving;
}

// Law 1: one row and one copy for each message that leaves, however often it is said, and with the last words.
void World::expect_left(index::Transaction& tx, Leaving const& before, Outcome const& outcome,
                        std::set<ItemId> const& undisturbed) {
    if (std::ranges::none_of(outcome.said, &Pending::send)) return;
    std::vector<std::pair<Words, std::uint8_t>> expected;
    std::map<ItemId, std::uint8_t> unsure; // somebody else may have had the last word
    auto drafts = before.drafts;
    for (std::size_t i = 0; i < outcome.result.results.size(); ++i) {
        auto const& p = outcome.said[i];
        bool const done = outcome.result.results[i].status == sync::Status::Success;
        if (p.send && !done) refused_.insert(p.words.text);
        auto const draft = drafts.find(p.item);
        if (p.kind == Kind::Edit && !p.send && done && draft != drafts.end()) {
            merge(draft->second, p.words, p.fields);
            if (!undisturbed.contains(p.item)) unsure[p.item] |= p.fields;
        }
        if (!p.send || !done) continue;
        auto words = p.words;
        std::uint8_t sure = Whole;
        if (p.kind == Kind::Draft) {
            if (!sent_.insert(p.client_id).second) continue;
            if (before.crossed.contains(p.client_id)) sent_twice_.insert(words.text);
        } else {
            if (draft == drafts.end()) {
                if (!sent_.contains(key_of(p.item))) throw Broken("a draft is said to be sent that was not");
                continue;
            }
            merge(draft->second, p.words, p.fields);
            words = draft->second;
            sure = static_cast<std::uint8_t>(Whole & (~unsure[p.item] | p.fields));
            drafts.erase(draft);
            sent_.insert(key_of(p.item));
            if (tx.item(p.item)) throw Broken("a draft that was sent is still there");
        }
        if (auto const saved = before.saved.find(p.client_id); saved != before.saved.end() && tx.item(saved->second))
            throw Broken("a draft that was sent is still there, as it was saved");
        expected.emplace_back(words, sure);
    }
    auto const rows = tx.outbox();
    auto const fresh = rows.size() - before.rows;
    if (fresh != expected.size())
        throw Broken(fresh < expected.size() ? "a message is not sent: " : "a message is sent too often: ");
    if (copies_in_sent(tx) - before.copies != fresh) throw Broken("not one copy in Sent for each message");
    for (auto const& [words, sure] : expected)
        if (std::ranges::none_of(rows, [&, &said = words, &of = sure](index::Outgoing const& row) {
                return agree(said_by(tx, row.content), said, of);
            }))
            throw Broken("what was sent says something else: " + words.text);
}

void World::expect_last_draft(index::Transaction& tx, Outcome const& outcome, std::set<ItemId> const& undisturbed) {
    std::map<ItemId, std::pair<Words, std::uint8_t>> last;
    for (std::size_t i = 0; i < outcome.result.results.size(); ++i) {
        auto const& p = outcome.said[i];
        auto const& got = outcome.result.results[i];
        bool const draft = p.kind == Kind::Draft;
        auto const id = draft ? got.item : p.item;
        if ((!draft && p.kind != Kind::Edit) || p.send || !undisturbed.contains(id)) continue;
        if (got.status != sync::Status::Success) continue;
        merge(last[id].first, p.words, draft ? std::uint8_t(Whole) : p.fields);
        last[id].second |= draft ? std::uint8_t(Whole) : p.fields;
    }
    for (auto const& [id, said] : last) {
        auto const item = tx.item(id);
        if (item && !agree(said_by(tx, item->content), said.first, said.second))
            throw Broken("the last word on a draft is lost: item " + key_of(id));
    }
}

// To whom drafts are mail like all other it tells none.
void World::tell_words(index::Transaction& tx, CollectionId id, Outcome& outcome) {
    auto const folder = tx.folder(id);
    if (!folder) return;
    for (auto const& change : outcome.result.changes)
        if (change.item) outcome.words[change.id] = said_by(tx, change.item->content);
}

// SendMail: written once, said until it is acknowledged.
void World::send_mail(std::size_t n, Pick const& p) {
    auto& letter = phones_[n].letter;
    if (!letter) {
        letter = Letter{.client_id = phones_[n].next_client_id(), .words = next_words()};
        letter->words.to = "max@example.org";
    }
    if (p[0] / 256 % 4 == 0 && late_commands_.size() < 6)
        late_commands_.emplace_back([this, n, v = phones_[n].version, said = *letter] { serve(n, v, said); });
    auto const heard = deliver(p[2], [&] { return serve(n, phones_[n].version, *letter), true; });
    if (heard) letter.reset();
}

// Up to 12.1 there is no ClientId: what is said again is known by its bytes.
void World::serve(std::size_t n, eas::Version version, Letter const& letter) {
    write([&](index::Transaction& tx) {
        delivery::Sending sending{.user = {.id = account, .address = "anna@example.org", .name = "Anna", .aliases = {}},
                                  .device = phones_[n].id(),
                                  .client_id = version < eas::v14_0 ? std::string() : letter.client_id,
                                  .mime = mime_of(letter.words, letter.client_id),
                                  .save_in_sent = true};
        auto const rows = tx.outbox().size();
        auto const copies = copies_in_sent(tx);
        auto const result = delivery::hand_in(tx, sending, delivery_, directory_of_users_);
        bool const first = sent_.insert(letter.client_id).second;
        if (result != (first ? delivery::SendResult::Sent : delivery::SendResult::PreviouslySent))
            throw Broken("SendMail: a repeat is not known, or something else is taken for one");
        if (tx.outbox().size() - rows != first || copies_in_sent(tx) - copies != first)
            throw Broken("SendMail: not one row and one copy for each message");
    });
}

// Whoever moves a sent message to Drafts may want that.
void World::may_be_sent_again(index::Transaction& tx, index::Item const& moved) {
    auto const from = tx.folder(moved.folder);
    if (from && from->type == index::FolderType::SentItems) sent_twice_.insert(said_by(tx, moved.content).text);
}

void World::check_sent() {
    read([&](index::Transaction& tx) {
        std::set<std::string> seen;
        for (auto const& row : tx.outbox())
            if (auto const text = said_by(tx, row.content).text;
                !seen.insert(text).second && !sent_twice_.contains(text))
                throw Broken("sent twice: " + text);
    });
}

} // namespace godwit::sim
