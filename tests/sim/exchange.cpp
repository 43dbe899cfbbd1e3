#include "command/ids.hpp"
#include "command/sync_options.hpp"
#include "deliver.hpp"
#include "drafts.hpp"
#include "eas/sync.hpp"
#include "fate.hpp"
#include "sync/tell.hpp"
#include "world.hpp"
#include <algorithm>

// Requests on their way through a bad network to a server that dies.
namespace godwit::sim {
namespace {

// What a phone says of a draft goes the server's own way.
sync::Command said(std::vector<eas::ClientCommand> const& commands, index::Folder const& folder,
                   sync::Options const& options, command::SyncContext& context) {
    auto given = command::to_engine(commands, folder, options, context);
    if (given.commands.size() != 1) throw Broken("a draft or a thing is not understood");
    return std::move(given.commands.front());
}

sync::Options options_of(Phone const& phone, std::size_t n, index::Folder const* folder, std::uint8_t filter) {
    sync::Options options{.filter = filter, .client_wins = n % 2 == 1};
    auto const* kind = folder ? command::kind_of(folder->type) : nullptr;
    if (!kind) return options;
    command::StickyOptions sticky;
    if (phone.knows() != All && kind->item_class != index::ItemClass::Notes)
        sticky.supported = names_of(kind->item_class, phone.knows());
    options.rest = command::to_engine(sticky).rest;
    return options;
}

} // namespace

sync::Command World::command_of(Pending const& p, index::Folder const& folder, sync::Options const& options,
                                command::SyncContext& context) const {
    switch (p.kind) {
    case Pending::Kind::Draft:
        return said({eas::ClientAdd{.client_id = p.client_id,
                                    .application_data = fragment_of(p.words, Whole, context.version),
                                    .send = p.send}},
                    folder, options, context);
    case Pending::Kind::Make:
        return said(
            {eas::ClientAdd{.client_id = p.client_id, .application_data = fragment_of(*p.thing, context.version)}},
            folder, options, context);
    case Pending::Kind::Change: {
        auto const id = command::format(command::ServerId{folder.id, p.item});
        std::optional<std::string> instance;
        if (p.wish.occurrence && context.version >= eas::v16_0)
            eas::append_compact_time(instance.emplace(), *p.wish.occurrence);
        if (p.wish.remove && instance)
            return said({eas::ClientDelete{.server_id = id, .instance_id = instance}}, folder, options, context);
        return said({eas::ClientChange{.server_id = id,
                                       .instance_id = instance,
                                       .application_data = fragment_of(*p.thing, context.version)}},
                    folder, options, context);
    }
    case Pending::Kind::Edit: {
        eas::ClientChange change{.server_id = command::format(command::ServerId{folder.id, p.item}), .send = p.send};
        if (p.fields) change.application_data = fragment_of(p.words, p.fields, context.version);
        return said({std::move(change)}, folder, options, context);
    }
    case Pending::Kind::Delete:
        return said({eas::ClientDelete{.server_id = command::format(command::ServerId{folder.id, p.item})}}, folder,
                    options, context);
    case Pending::Kind::Mark:
        return sync::ChangeCommand{.item = p.item,
                                   .fingerprint = 1 + p.read + p.flag * 2U,
                                   .edit = [p](index::Transaction&, index::Item const& item) {
                                       auto marks = item.marks;
                                       marks.read = p.read;
                                       marks.flag_status = p.flag;
                                       return std::expected<sync::Edit, sync::Status>(sync::Edit{.marks = marks});
                                   }};
    case Pending::Kind::Add: break;
    }
    return sync::AddCommand{.client_id = p.client_id,
                            .fingerprint = sync::fingerprint(p.content),
                            .make = [p, now = now_](index::Transaction& tx) {
                                return std::expected<index::NewItem, sync::Status>(
                                    index::NewItem{.received = now, .content = tx.put_content(p.content), .size = 10});
                            }};
}

World::Request World::compose(std::size_t n, CollectionId folder) {
    auto& phone = phones_[n];
    auto& view = phone.view(folder);
    Request r{.phone = n,
              .version = phone.version,
              .folder = folder,
              .request = {.collection = folder, .key = view.key, .window = phone.window()},
              .said = {}};
    if (view.filter_unsaid) {
        auto const known = phone.folders().find(folder);
        r.request.options =
            options_of(phone, n, known == phone.folders().end() ? nullptr : &known->second, view.filter);
    }
    if (view.key == "0") return r;
    r.request.deletes_as_moves = n % 3 != 2;
    r.said = view.pending;
    for (auto& p : view.pending) p.saved |= !p.send;
    return r;
}

// An Add makes a second item of the same content only if the phone says so with good reason.
void World::expect_no_twin(index::Transaction& tx, Request const& r, Pending const& p) {
    bool const draft = p.kind == Pending::Kind::Draft;
    auto const hash = draft ? text_of(p.words) : tx.put_content(p.content);
    bool const there = draft ? draft_with(tx, r.folder, p.words) : tx.item_with_content(r.folder, hash).has_value();
    auto const reset = reset_at_.find({r.phone, r.folder});
    bool const long_ago = reset != reset_at_.end() && now_ - reset->second > std::chrono::minutes(50);
    if (!there || long_ago || now_ < reset_at_[{r.phone, r.folder}]) {
        twins_allowed_.insert(hash);
        if (!draft) twins_allowed_.insert(text_of(said_by(tx, hash))); // as Drafts knows it
        if (draft) sent_twice_.insert(p.words.text);
    }
}

// The phone has thrown everything away: nothing is its own any more.
void World::forget_own(index::Transaction& tx, Request const& r) {
    std::erase_if(own_, [&](auto const& o) {
        auto const item = tx.item(o.first.second);
        return o.first.first == phones_[r.phone].id() && item && item->folder == r.folder;
    });
}

// Which stamps this phone's commands made, of items that it knew as they were.
void World::note_own(index::Transaction& tx, Request const& r, std::map<ItemId, Modseq> const& before, Modseq start,
                     Outcome& outcome) {
    auto& phone = phones_[r.phone];
    for (std::size_t i = 0; i < outcome.result.results.size(); ++i) {
        auto const& got = outcome.result.results[i];
        auto const item = tx.item(got.item);
        if (got.status != sync::Status::Success || !item || item->folder != r.folder) continue;
        auto& own = own_[{phone.id(), item->id}];
        auto const& held = phone.view(r.folder).items;
        auto const copy = held.find(item->id);
        auto const was = before.find(item->id);
        if (r.said[i].kind == Pending::Kind::Draft) {
            drafts_made_[r.said[i].client_id] = item->id;
            if (item->entered > start && sent_.contains(r.said[i].client_id))
                throw Broken("a draft that was sent is saved again");
        }
        bool const made = r.said[i].makes() && item->entered > start;
        bool const knew = was != before.end() && was->second != item->modseq &&
                          (own.contains(was->second) || (copy != held.end() && copy->second.modseq == was->second));
        if (made || knew) own.insert(item->modseq);
        // What it adds again after a reset it is told once, even if it has had the last word on it.
        if (own.contains(item->modseq) && !r.said[i].again) outcome.own[item->id] = item->modseq;
    }
}

Outcome World::run(index::Transaction& tx, Request const& r) {
    auto& phone = phones_[r.phone];
    Outcome outcome{.result = {}, .said = r.said, .own = {}, .words = {}, .things = {}};
    auto const start = tx.modseq();
    std::map<ItemId, Modseq> before;
    std::set<ItemId> undisturbed; // nobody else has touched it since the phone did
    for (auto& p : outcome.said) {
        if (p.makes()) {
            if (p.kind == Pending::Kind::Add) p.hash = tx.put_content(p.content);
            if (auto const made = drafts_made_.find(p.client_id); made != drafts_made_.end())
                if (auto const item = tx.item(made->second); item && item->folder == r.folder) {
                    before[item->id] = item->modseq;
                    if (own_[{phone.id(), item->id}].contains(item->modseq)) undisturbed.insert(item->id);
                }
            if (!p.send && p.kind != Pending::Kind::Make && reset_at_.contains({r.phone, r.folder}))
                expect_no_twin(tx, r, p);
        } else if (auto const item = tx.item(p.item)) {
            before[p.item] = item->modseq;
            if (own_[{phone.id(), p.item}].contains(item->modseq)) undisturbed.insert(p.item);
        }
    }
    if (r.request.key == "0") forget_own(tx, r);
    auto const leaving = before_leaving(tx, r);
    command::Postbox box{.user = {.id = account, .address = "anna@example.org", .name = "Anna", .aliases = {}},
                         .config = delivery_,
                         .directory = directory_of_users_};
    command::SyncContext context{
        .device = phone.id(), .version = r.version, .now = now_, .postbox = &box, .holder = voice(r.version).holder};
    auto request = r.request;
    auto const folder = tx.folder(r.folder);
    auto const options = r.request.options ? *r.request.options
                                           : sync::sticky_options(tx, phone.id(), r.folder).value_or(sync::Options{});
    for (auto const& p : r.said)
        if (folder) request.commands.push_back(command_of(p, *folder, options, context));
    outcome.result = sync::exchange(tx, phone.id(), request, now_);
    note_own(tx, r, before, start, outcome);
    if (r.version >= eas::v16_0) tell_words(tx, r.folder, outcome);
    tell_things(tx, outcome, r.version);
    if (traced) trace(r, outcome);
    expect_last_word(tx, outcome, undisturbed);
    expect_last_draft(tx, outcome, undisturbed);
    expect_last_wish(tx, outcome, undisturbed, r.version);
    expect_same_again(tx, r, outcome, start);
    expect_left(tx, leaving, outcome, undisturbed);
    return outcome;
}

// Law 1: what the user said last is what holds, however often he changed his mind while the answers were lost.
void World::expect_last_word(index::Transaction& tx, Outcome const& outcome, std::set<ItemId> const& undisturbed) {
    std::map<ItemId, Pending const*> last;
    for (std::size_t i = 0; i < outcome.result.results.size(); ++i)
        if (auto const& p = outcome.said[i]; p.kind == Pending::Kind::Mark && undisturbed.contains(p.item))
            last[p.item] = outcome.result.results[i].status == sync::Status::Success ? &p : nullptr;
    for (auto const& [id, p] : last) {
        auto const item = tx.item(id);
        if (item && p && (item->marks.read != p->read || item->marks.flag_status != p->flag))
            throw Broken("the last word is lost: item " + std::to_string(std::int64_t(id)));
    }
}

Outcome World::serve(Request const& r) {
    return write([&](index::Transaction& tx) { return run(tx, r); });
}

bool World::sync_once(std::size_t n, CollectionId folder, std::uint32_t pick) {
    auto& phone = phones_[n];
    auto const request = compose(n, folder);
    auto& view = phone.view(folder);
    for (auto& m : phone.moving) m.disturbed |= m.source == folder;
    if (pick / 100 % 5 == 0 && pick % 100 != 0 && late_.size() < 6) late_.push_back(request);
    Outcome outcome;
    switch (fate_of(pick)) {
    case Fate::RequestLost: return true;
    case Fate::DiesBefore: dies_before_commit([&] { serve(request); }); return true;
    case Fate::AnswerLost:
    case Fate::DiesAfter:
        serve(request);
        if (fate_of(pick) == Fate::DiesAfter) reopen();
        view.repeated = true;
        return true;
    case Fate::TwiceFirst:
        outcome = serve(request);
        serve(request);
        break;
    case Fate::TwiceSecond:
        serve(request);
        view.repeated = true;
        outcome = serve(request);
        break;
    case Fate::Fine: outcome = serve(request); break;
    }
    bool const news = outcome.result.news &&
                      (outcome.result.key != request.request.key || outcome.result.status != sync::Status::Success);
    phone.receive(folder, outcome);
    refresh(phone, folder);
    return news;
}

bool World::sync_folders(std::size_t n, std::uint32_t pick) {
    auto& phone = phones_[n];
    auto const ask = [&] {
        return write(
            [&](index::Transaction& tx) { return sync::folder_sync(tx, phone.id(), phone.hierarchy_key, now_); });
    };
    auto const fate = fate_of(pick);
    if (fate == Fate::RequestLost) return true;
    if (fate == Fate::DiesBefore) return dies_before_commit(ask), true;
    auto answer = ask();
    if (fate == Fate::AnswerLost || fate == Fate::DiesAfter) return true;
    if (fate == Fate::TwiceFirst) ask();
    if (fate == Fate::TwiceSecond) answer = ask();
    bool const news = answer.key != phone.hierarchy_key || answer.status != sync::HierarchyStatus::Success;
    phone.receive(answer);
    return news;
}

// The estimate is what an exchange would tell; that exchange never happened.
void World::estimate(std::size_t n, CollectionId folder) {
    auto& phone = phones_[n];
    auto request = compose(n, folder);
    if (request.request.key == "0") return;
    request.request.window = 512;
    request.request.commands.clear();
    auto const options = request.request.options;
    auto const guess = read([&](index::Transaction& tx) {
        return sync::estimate(tx, phone.id(), folder, request.request.key, options, now_);
    });
    try {
        write([&](index::Transaction& tx) {
            auto const told = sync::exchange(tx, phone.id(), request.request, now_);
            if (told.status == sync::Status::Success && !told.more && told.changes.size() != guess.count)
                throw Broken("estimated " + std::to_string(guess.count) + ", told " +
                             std::to_string(told.changes.size()));
            if ((told.status == sync::Status::Success) != (guess.status == sync::EstimateStatus::Success))
                throw Broken("the estimate and the exchange judge a key differently");
            throw Crash();
        });
    } catch (Crash const&) {
    }
}

} // namespace godwit::sim
