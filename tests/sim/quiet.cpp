#include "sync/tell.hpp"
#include "world.hpp"
#include <algorithm>

// When it is quiet, the laws must hold.
namespace godwit::sim {
namespace {
constexpr std::uint32_t fine = 0;
constexpr std::size_t quiet_rounds = 3000;

} // namespace

// Every phone asks once for everything; whether anybody had anything to say.
bool World::round() {
    bool news = false;
    for (std::size_t n = 0; n < phones_.size(); ++n) {
        news |= sync_folders(n, fine);
        auto const folders = phones_[n].folders();
        for (auto const& [id, folder] : folders)
            if (phones_[n].speaks_of(folder.type)) news |= sync_once(n, id, fine);
    }
    return news;
}

void World::quiet() {
    std::size_t rounds = 0;
    while (round())
        if (++rounds > quiet_rounds) throw Broken("it never becomes quiet");
    for (auto& phone : phones_) check_holding(phone);
    check_no_twins();
    check_sent();
    check_kept();
    for (auto& phone : phones_) check_wake(phone);
}

void World::check_holding(Phone& phone) {
    read([&](index::Transaction& tx) {
        auto const folders = tx.folders();
        if (folders.size() != phone.folders().size()) throw Broken(phone.id() + " has another number of folders");
        for (auto const& folder : folders) {
            auto const known = phone.folders().find(folder.id);
            if (known == phone.folders().end() || known->second.name != folder.name ||
                known->second.parent != folder.parent)
                throw Broken(phone.id() + " does not know folder " + folder.name);
            if (!phone.speaks_of(folder.type)) continue;
            auto const& view = phone.view(folder.id);
            if (!view.pending.empty() || view.more) throw Broken(phone.id() + " is not done");
            auto const floor = sync::wanted_floor(view.filter, folder.type, now_);
            auto items = tx.walk(folder.id, {}, floor, 100'000);
            std::erase_if(items, [&](index::Item const& i) { return sync::foreign(folder.type, i.item_class); });
            for (auto const& item : items) {
                auto const copy = view.items.find(item.id);
                auto const who = phone.id() + " in " + folder.name + ", item " + std::to_string(std::int64_t(item.id));
                if (copy == view.items.end()) throw Broken("lost: " + who);
                if (copy->second.marks != item.marks) throw Broken("other marks: " + who);
                if (copy->second.thing) {
                    check_thing(tx, phone, item, copy->second);
                    continue;
                }
                auto const& words = copy->second.words;
                if (words) {
                    if (auto const there = said_by(tx, item.content); there != *words)
                        throw Broken("another draft: " + who + ": " + text_of(there) + "\ninstead of " +
                                     text_of(*words));
                    if (copy->second.sending) throw Broken("not sent: " + who);
                    continue;
                }
                auto const& content = copy->second.content;
                if (content != item.content && tx.content(item.content) != content)
                    throw Broken("other content: " + who);
            }
            for (auto const& [id, copy] : view.items)
                if (std::ranges::find(items, id, &index::Item::id) == items.end()) {
                    auto const item = tx.item(id);
                    auto const where = !item ? "is gone" : item->folder != folder.id ? "is elsewhere" : "is filtered";
                    throw Broken("kept: " + phone.id() + " in " + folder.name + ", item " +
                                 std::to_string(std::int64_t(id)) + ", which " + where);
                }
            auto const guess = sync::estimate(tx, phone.id(), folder.id, view.key, std::nullopt, now_);
            if (guess.count != 0) throw Broken("an estimate of changes where there are none: " + phone.id());
        }
    });
}

// What must not be there twice: two drafts that say the same are two messages with two Message-IDs.
std::string World::identity(index::Transaction& tx, index::Folder const& folder, index::Item const& item) {
    return folder.type == index::FolderType::Drafts ? text_of(said_by(tx, item.content)) : item.content;
}

// Laws 1 and 2: nothing that a phone added is there twice. A draft that was saved, the answer lost, then refused when
// it was to be sent, is told to its phone beside the one that the phone corrects: better twice than overwritten.
void World::check_no_twins() {
    read([&](index::Transaction& tx) {
        for (auto const& folder : tx.folders()) {
            std::set<std::string> seen;
            for (auto const& item : tx.walk(folder.id, {}, sync::bottom, 100'000))
                if (auto const what = identity(tx, folder, item); !seen.insert(what).second &&
                                                                  !twins_allowed_.contains(what) &&
                                                                  !refused_.contains(said_by(tx, item.content).text))
                    throw Broken("item " + std::to_string(std::int64_t(item.id)) + " is there twice");
        }
    });
}

sync::PingLook World::look(Phone& phone) {
    std::vector<CollectionId> all;
    for (auto const& [id, folder] : phone.folders())
        if (phone.speaks_of(folder.type)) all.push_back(id);
    sync::PingMemory memory;
    return read([&](index::Transaction& tx) { return sync::look(tx, phone.id(), all, {}, memory, now_); });
}

// Traps 3 and 4: a Ping wakes for what is new, once, and says nothing when there is nothing.
void World::check_wake(Phone& phone) {
    auto const before = look(phone);
    if (!before.wake.empty() || before.wake_at || before.hierarchy)
        throw Broken(phone.id() + " is woken for nothing: " + std::to_string(before.wake.size()) +
                     (before.wake_at ? " gathering" : "") + (before.hierarchy ? " hierarchy" : ""));
    auto const inbox = CollectionId{1};
    write([&](index::Transaction& tx) {
        tx.add_item({.folder = inbox, .received = now_, .content = tx.put_content(next_content()), .size = 10});
    });
    if (look(phone).wake != std::vector{inbox}) throw Broken(phone.id() + " is not woken");
    write([&](index::Transaction& tx) { sync::woken(tx, phone.id(), {inbox}, now_); });
    auto const again = look(phone);
    if (!again.wake.empty()) throw Broken(phone.id() + " is woken twice");
    if (!again.wake_at) throw Broken(phone.id() + " is not woken again if the answer was lost");
    while (round()) {
    }
}

} // namespace godwit::sim
