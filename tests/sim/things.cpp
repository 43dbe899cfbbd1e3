#include "command/sync_exchange.hpp"
#include "command/sync_options.hpp"
#include "ical/value.hpp"
#include "source/local.hpp"
#include "source/objects.hpp"
#include "sync/tell.hpp"
#include "world.hpp"
#include <algorithm>

// Contacts, events, tasks and notes: by other programs and by several phones, whole, in part and one occurrence of a
// series. The law: at rest each phone holds just what convert tells of what is stored, although nobody tells it of what
// it has done itself.
namespace godwit::sim {
namespace {

using Kind = Pending::Kind;
using index::FolderType;

struct Class {
    FolderType own, more; // the folder that everybody has, and others
};
constexpr Class classes[]{{FolderType::Calendar, FolderType::UserCalendar},
                          {FolderType::Contacts, FolderType::UserContacts},
                          {FolderType::Tasks, FolderType::UserTasks},
                          {FolderType::Notes, FolderType::UserNotes}};

bool waits(View const& view, ItemId item) {
    return std::ranges::any_of(view.pending, [&](Pending const& p) { return !p.makes() && p.item == item; });
}

} // namespace

command::Voice World::voice(eas::Version version) const {
    return {.version = version, .now = now_, .holder = {.addresses = {"anna@example.org"}, .name = "Anna"}};
}

Thing const& World::shown(index::Transaction& tx, index::Item const& item, eas::Version version) {
    auto const [found, fresh] = shown_.try_emplace({item.content, item.id, version});
    if (!fresh) return found->second;
    auto const* kind = command::kind_of(item.item_class);
    std::string isolated;
    auto const fragment = kind->show(item.id, source::fetch(tx, item), voice(version), isolated);
    if (!isolated.empty()) throw Broken("what lies in the store cannot be shown: " + isolated);
    auto thing = thing_of(item.item_class, fragment, version);
    if (!thing) throw Broken("what is told of a thing cannot be read");
    found->second = std::move(*thing);
    return found->second;
}

// ---- by others

void World::open_class(index::Transaction& tx, Pick const& p) {
    auto const& one = classes[p[0] % std::size(classes)];
    auto const there = tx.folder_of(one.own);
    auto const title = std::string(command::class_of(one.own)) + " " + std::to_string(++folders_);
    if (!there)
        tx.create_folder(CollectionId::Root, one.own, title);
    else if (tx.folders().size() < 14)
        tx.create_folder(p[1] % 2 ? there->id : CollectionId::Root, one.more, title);
}

void World::import_thing(index::Transaction& tx, index::Folder const& folder, Pick const& p) {
    auto const& kind = *command::kind_of(folder.type);
    for (std::uint32_t i = 0; i <= p[1] % 3; ++i) {
        auto const uid = "object-" + std::to_string(++wishes_);
        auto const bytes = new_object(kind.item_class, uid, p[2] + i, now_);
        source::NewObject const object{.item_class = kind.item_class,
                                       .bytes = bytes,
                                       .uid = uid,
                                       .received = kind.place_of(bytes, voice(eas::v16_1)).value_or(now_)};
        kept_[source::append_object(tx, folder.id, object)] = "X-SIM-KEPT:" + uid;
    }
}

// Another program, which says what it changes and nothing else.
void World::rewrite_thing(index::Transaction& tx, index::Item const& item, Pick const& p) {
    auto const& kind = *command::kind_of(item.item_class);
    auto const version = p[2] % 2 ? eas::v16_1 : eas::v14_1;
    auto const& before = shown(tx, item, version);
    Wish wish{.aspects = std::uint8_t(1 + p[2] / 2 % All), .number = ++wishes_};
    bool const event = item.item_class == index::ItemClass::Calendar;
    if (event && version >= eas::v16_0 && p[2] / 128 % 2) wish.occurrence = some_occurrence(before, p[3]);
    wish.remove = wish.occurrence && p[2] / 256 % 4 == 0;
    auto after = before;
    fulfil(after, wish);
    bool const note = item.item_class == index::ItemClass::Notes; // which has no ghosts (MS-ASNOTE_R114)
    bool const all = note || (!event && version >= eas::v16_0);
    auto const said = fragment_of(all ? whole(after, All, version) : only(after, wish), version);
    auto const speaker = voice(version);
    auto const bytes = source::fetch(tx, item);
    auto const merged = wish.occurrence
                            ? kind.merge_one(bytes, *wish.occurrence, wish.remove ? nullptr : &said, speaker)
                            : kind.merge(bytes, said, speaker);
    if (!merged) {
        if (wish.occurrence && merged.error().status == eas::SyncStatus::ObjectNotFound) return;
        throw Broken("another program's edit is refused: " + std::string(merged.error().why));
    }
    tx.rewrite_item(item.id, tx.put_content(merged->bytes), merged->bytes.size(),
                    merged->received.value_or(item.received));
}

void World::things_by_others(What what, Pick const& p) {
    write([&](index::Transaction& tx) {
        if (what == What::ClassOpen) return open_class(tx, p);
        auto folders = tx.folders();
        std::erase_if(folders, [](index::Folder const& f) { return !command::kind_of(f.type); });
        if (folders.empty()) return;
        auto const& folder = folders[p[0] % folders.size()];
        if (what == What::Import) return import_thing(tx, folder, p);
        auto const trash = tx.folder_of(FolderType::DeletedItems);
        bool const back = what == What::ThingMove && trash && p[3] % 3 == 0; // what was deleted comes back
        auto items = tx.walk(back ? trash->id : folder.id, {}, sync::bottom, 1000);
        std::erase_if(items, [&](index::Item const& i) {
            auto const* kind = command::kind_of(i.item_class);
            return !kind || kind->name != command::class_of(folder.type);
        });
        if (items.empty()) return;
        auto const& item = items[p[1] % items.size()];
        if (what == What::ThingRewrite) return rewrite_thing(tx, item, p);
        if (what == What::ThingRemove) return void(tx.remove_item(item.id));
        std::erase_if(folders, [&](index::Folder const& f) {
            return command::class_of(f.type) != command::class_of(folder.type);
        });
        tx.move_item(item.id, folders[p[2] % folders.size()].id);
    });
}

// ---- by the user of a phone

std::optional<index::Folder> World::thing_folder(Phone& phone, std::uint32_t pick) {
    std::vector<index::Folder> some;
    for (auto const& [id, folder] : phone.folders())
        if (command::kind_of(folder.type) && phone.speaks_of(folder.type)) some.push_back(folder);
    return some.empty() ? std::nullopt : std::optional(some[pick % some.size()]);
}

void World::things_by_phone(std::size_t n, What what, Pick const& p) {
    auto& phone = phones_[n];
    auto const folder = thing_folder(phone, p[1]);
    if (!folder) return;
    auto& view = phone.view(folder->id);
    if (what == What::PhoneCarry) return carry_thing(n, *folder, p);
    if (view.key == "0") return;
    if (what == What::PhoneMake) make_thing(phone, *folder, p);
    if (what == What::PhoneWish)
        for (std::uint32_t i = 0; i <= p[3] / 16 % 3; ++i) change_thing(phone, view, {p[0], p[1], p[2] + i * 7, p[3]});
    if (what == What::PhoneDrop && !view.items.empty()) {
        auto const id = std::next(view.items.begin(), std::ptrdiff_t(p[2] % view.items.size()))->first;
        view.items.erase(id);
        view.gone.insert(id);
        view.pending.push_back({.kind = Kind::Delete, .item = id});
    }
    if (p[3] % 4 == 0) sync_once(n, folder->id, p[3] / 4);
}

void World::make_thing(Phone& phone, index::Folder const& folder, Pick const& p) {
    auto const made = new_thing(command::kind_of(folder.type)->item_class, ++wishes_, p[2], now_);
    phone.view(folder.id).pending.push_back(
        {.kind = Kind::Make,
         .client_id = phone.next_client_id(),
         .thing = std::make_shared<Thing const>(whole(made, phone.knows(), phone.version))});
}

// Up to 14.1 an occurrence is told within its series; from 16.0 on alone, and of an event only what has changed.
void World::change_thing(Phone& phone, View& view, Pick const& p) {
    if (view.items.empty()) return;
    auto const held = std::next(view.items.begin(), std::ptrdiff_t(p[2] % view.items.size()));
    auto& copy = held->second;
    if (!copy.thing || copy.stale) return;
    Wish wish{.aspects = std::uint8_t((1 + p[3] / 64 % All) & phone.knows()), .number = ++wishes_};
    if (!wish.aspects) wish.aspects = Title;
    bool const event = std::holds_alternative<eas::Calendar>(*copy.thing);
    bool const new_form = phone.version >= eas::v16_0;
    if (event && p[2] / 256 % 2) wish.occurrence = some_occurrence(*copy.thing, p[2] / 512);
    wish.remove = wish.occurrence && p[2] / 8192 % 4 == 0;
    fulfil(*copy.thing, wish);
    bool const changed_alone = event && new_form;
    bool const note = std::holds_alternative<eas::Note>(*copy.thing); // which has no ghosts
    bool const may_be_brief = !note && !new_form && phone.knows() == All && !wish.occurrence;
    auto said = changed_alone || (may_be_brief && p[3] % 2) ? only(*copy.thing, wish)
                                                            : whole(*copy.thing, phone.knows(), phone.version);
    auto const* after = std::get_if<eas::Calendar>(&*copy.thing);
    // The days of a series' exceptions are named by its time: the phone looks what they are called now.
    copy.stale = after && !wish.occurrence && (wish.aspects & When) && after->exceptions;
    view.pending.push_back({.kind = Kind::Change,
                            .item = held->first,
                            .thing = std::make_shared<Thing const>(std::move(said)),
                            .wish = wish});
}

void World::carry_thing(std::size_t n, index::Folder const& source, Pick const& p) {
    auto& phone = phones_[n];
    std::vector<CollectionId> others;
    for (auto const& [id, folder] : phone.folders())
        if (command::class_of(folder.type) == command::class_of(source.type) && id != source.id) others.push_back(id);
    auto& view = phone.view(source.id);
    if (others.empty() || view.items.empty()) return;
    auto const item = std::next(view.items.begin(), std::ptrdiff_t(p[2] / 100 % view.items.size()))->first;
    if (waits(view, item)) return; // it is saved before it is moved
    phone.moving.push_back({.item = item, .source = source.id, .destination = others[p[3] % others.size()]});
    carry_out_move(n, p);
}

// ---- what is told, and the laws

void World::tell_things(index::Transaction& tx, Outcome& outcome, eas::Version version) {
    for (auto const& change : outcome.result.changes)
        if (change.item && command::kind_of(change.item->item_class))
            outcome.things.emplace(change.id, shown(tx, *change.item, version));
}

// By ItemOperations.
void World::refresh(Phone& phone, CollectionId folder) {
    auto const there = phone.views().find(folder);
    if (there == phone.views().end()) return;
    for (auto& [id, copy] : there->second.items) {
        if (!copy.stale || waits(there->second, id)) continue;
        read([&](index::Transaction& tx) {
            auto const item = tx.item(id);
            if (item && item->folder == folder) copy.thing = shown(tx, *item, phone.version);
        });
        copy.stale = copy.partial = false;
    }
}

// Law 1, as for marks and drafts.
void World::expect_last_wish(index::Transaction& tx, Outcome const& outcome, std::set<ItemId> const& undisturbed,
                             eas::Version version) {
    std::map<ItemId, std::vector<Wish const*>> said;
    std::set<ItemId> refused;
    for (std::size_t i = 0; i < outcome.result.results.size(); ++i) {
        auto const& p = outcome.said[i];
        if (p.kind != Kind::Change || !undisturbed.contains(p.item)) continue;
        auto& wishes = said[p.item];
        if (!p.wish.occurrence && (p.wish.aspects & When)) // from 16.0 it ends what was other (MS-ASCAL_R2114)
            std::erase_if(wishes, [](Wish const* w) { return w->occurrence.has_value(); });
        wishes.push_back(&p.wish);
        if (outcome.result.results[i].status != sync::Status::Success) refused.insert(p.item);
    }
    for (auto const& [id, wishes] : said) {
        auto const item = tx.item(id);
        if (!item || refused.contains(id)) continue;
        auto wanted = shown(tx, *item, version);
        auto const is = facts_of(wanted, version);
        for (auto const* wish : wishes) fulfil(wanted, *wish);
        if (auto const what = difference(facts_of(wanted, version), is, false); !what.empty())
            throw Broken("the last wish is lost: item " + std::to_string(std::int64_t(id)) + ": " + what);
    }
}

// Incident 2.7: what a phone adds again after a reset, and nobody else has touched, is no second thing.
void World::expect_same_again(index::Transaction& tx, Request const& r, Outcome const& outcome, Modseq start) {
    auto const reset = reset_at_.find({r.phone, r.folder});
    if (reset == reset_at_.end() || now_ < reset->second || now_ - reset->second > std::chrono::minutes(50)) return;
    for (std::size_t i = 0; i < outcome.result.results.size(); ++i) {
        auto const& p = outcome.said[i];
        if (p.kind != Kind::Make || !p.again) continue;
        auto const now = tx.item(outcome.result.results[i].item), was = tx.item(p.item);
        if (!now || !was || now->entered <= start || was->folder != r.folder || was->id == now->id) continue;
        // A phone knows part of what it made itself, unless it has heard of it since.
        bool const touched = !own_[{phones_[r.phone].id(), was->id}].contains(was->rewritten);
        auto const is = facts_of(shown(tx, *was, r.version), r.version);
        if (difference(facts_of(*p.thing, r.version), is, !touched).empty())
            throw Broken("added again, item " + std::to_string(std::int64_t(p.item)) + " is there twice\n" +
                         source::fetch(tx, *was) + "\nand\n" + source::fetch(tx, *now));
    }
}

void World::check_thing(index::Transaction& tx, Phone const& phone, index::Item const& item, Copy const& copy) {
    auto const held = facts_of(*copy.thing, phone.version),
               told = facts_of(shown(tx, item, phone.version), phone.version);
    if (auto const what = difference(held, told, copy.partial); !what.empty())
        throw Broken("another thing: " + phone.id() + ", item " + std::to_string(std::int64_t(item.id)) + ": " + what +
                     "\n" + source::fetch(tx, item));
}

// What no phone knows of survives all their edits.
void World::check_kept() {
    read([&](index::Transaction& tx) {
        for (auto const& [id, mark] : kept_)
            if (auto const item = tx.item(id); item && !source::fetch(tx, *item).contains(mark))
                throw Broken("an unknown property is lost: item " + std::to_string(std::int64_t(id)));
    });
}

} // namespace godwit::sim
