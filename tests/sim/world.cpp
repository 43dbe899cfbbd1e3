#include "world.hpp"
#include "command/sync_exchange.hpp"
#include "sync/tell.hpp"
#include <algorithm>
#include <cstdio>

// What happens: by others, by the user of a phone, by the network. Requests and checks are in exchange.cpp and quiet.cpp.
namespace godwit::sim {
namespace {

using std::chrono::days;
using std::chrono::minutes;
constexpr std::uint32_t windows[] = {2, 1, 5, 3, 100};
constexpr eas::Version versions[] = {eas::v16_1, eas::v14_1, eas::v12_1, eas::v16_0, eas::v14_0};

std::uint8_t filter_of(index::FolderType type, std::uint32_t pick) {
    constexpr std::uint8_t of_mail[]{0, 1, 2, 3, 5}, of_events[]{0, 4, 5, 6, 7}, of_tasks[]{0, 8, 0, 8, 8};
    auto const name = command::class_of(type);
    return (name == "Calendar" ? of_events : name == "Tasks" ? of_tasks : of_mail)[pick % 5];
}

} // namespace

World::World(std::size_t phones, std::uint64_t turn, std::filesystem::path directory)
    : directory_(std::move(directory)), now_(days(20'000)) {
    reopen();
    accounts_->create(account);
    accounts_->write_now(account, [](index::Transaction& tx) { // other classes come by ClassOpen
        for (auto const& folder : tx.folders())
            if (folder.type >= index::FolderType::Tasks && folder.type <= index::FolderType::Notes)
                tx.remove_folder(folder.id);
    });
    delivery_.hostname = delivery_.relay_host = "mail.example.org";
    for (std::size_t i = 0; i < phones; ++i)
        phones_.emplace_back("phone" + std::to_string(i), windows[(i + turn) % std::size(windows)],
                             versions[i % std::size(versions)]);
}

void World::reopen() {
    if (accounts_ && directory_.empty()) return;
    accounts_.reset();
    accounts_ = std::make_unique<index::Accounts>(pool_, directory_, index::Announce());
}

void World::play(Step const& step) {
    auto const& p = step.pick;
    now_ += std::chrono::seconds(1);
    net::Clock::frozen_utc = now_;
    if (traced) std::fputs(text({step}).c_str(), stderr);
    switch (step.what) {
    case What::Deliver:
    case What::DeliverOld:
    case What::Mark:
    case What::Rewrite:
    case What::Move:
    case What::Remove:
    case What::FolderCreate:
    case What::FolderRename:
    case What::FolderRemove: return by_others(step.what, p);
    case What::ClassOpen:
    case What::Import:
    case What::ThingRewrite:
    case What::ThingMove:
    case What::ThingRemove: return things_by_others(step.what, p);
    case What::Late:
        if (!late_commands_.empty() && p[1] % 2) {
            auto const at = late_commands_.begin() + std::ptrdiff_t(p[0] % late_commands_.size());
            (*at)();
            late_commands_.erase(at);
            return;
        }
        if (late_.empty()) return;
        serve(late_[p[0] % late_.size()]); // nobody hears the answer
        late_.erase(late_.begin() + std::ptrdiff_t(p[0] % late_.size()));
        return;
    case What::Clock: now_ += p[0] % 10 == 0 ? -minutes(p[1] % 5) : minutes(p[1] % 600); return;
    case What::Days: now_ += days(p[0] % 5); return;
    case What::Reopen: return reopen();
    case What::Sweep:
        write([](index::Transaction& tx) {
            return tx.sweep_tombstones(1000) + tx.sweep_content(1000) + tx.sweep_threads(1000);
        });
        return;
    case What::Quiet: return quiet();
    case What::Count: return;
    default:
        if (step.what < What::MeetMake) by_phone(step.what, p); // the others are not among one account's
        return;
    }
}

CollectionId World::pick_folder(index::Transaction& tx, std::uint32_t pick) {
    auto folders = tx.folders();
    std::erase_if(folders, [](index::Folder const& f) { return command::kind_of(f.type) != nullptr; });
    return folders[pick % 3 ? 0 : pick / 3 % folders.size()].id; // the Inbox more often than the others
}

std::optional<index::Item> World::pick_item(index::Transaction& tx, std::uint32_t folder, std::uint32_t pick) {
    auto const items = tx.walk(pick_folder(tx, folder), {}, sync::bottom, 1000);
    return items.empty() ? std::nullopt : std::optional(items[pick % items.size()]);
}

void World::by_others(What what, Pick const& p) {
    write([&](index::Transaction& tx) {
        if (what == What::FolderCreate || what == What::FolderRename || what == What::FolderRemove)
            return change_folders(tx, what, p);
        if (what == What::Deliver || what == What::DeliverOld) {
            auto const folder = pick_folder(tx, p[0]);
            auto const age = what == What::Deliver ? minutes(p[2] % 3) : minutes(p[2] % (40 * 24 * 60));
            for (std::uint32_t i = 0; i <= p[1] % 4; ++i)
                tx.add_item(
                    {.folder = folder, .received = now_ - age, .content = tx.put_content(next_content()), .size = 10});
            return;
        }
        auto const item = pick_item(tx, p[0], p[1]);
        if (!item || item->item_class != index::ItemClass::Email) return; // things lie in Deleted Items
        auto marks = item->marks;
        if (what == What::Mark && p[2] % 2)
            marks.read = !marks.read;
        else
            marks.flag_status = static_cast<std::uint8_t>(p[3] % 3);
        if (what == What::Mark) tx.set_marks(item->id, marks);
        if (what == What::Rewrite)
            tx.rewrite_item(item->id, tx.put_content(next_content()), 10,
                            p[2] % 2 ? item->received : now_ - minutes(p[3] % 5000));
        if (what == What::Move) {
            may_be_sent_again(tx, *item);
            tx.move_item(item->id, pick_folder(tx, p[2]));
        }
        if (what == What::Remove) tx.remove_item(item->id);
    });
}

void World::change_folders(index::Transaction& tx, What what, Pick const& p) {
    auto const folders = tx.folders();
    auto const& some = folders[p[0] % folders.size()];
    auto const title = "folder " + std::to_string(++folders_);
    if (what == What::FolderCreate && folders.size() < 14)
        tx.create_folder(p[1] % 2 ? some.id : CollectionId::Root, index::FolderType::UserMail, title);
    if (some.type != index::FolderType::UserMail && some.type < index::FolderType::UserMail)
        return; // what every phone expects
    if (what == What::FolderRename) tx.update_folder(some.id, p[1] % 2 ? CollectionId::Root : some.parent, title);
    if (what == What::FolderRemove) tx.remove_folder(some.id);
}

// ---- what the user of a phone does

std::optional<CollectionId> World::pick_view(Phone& phone, std::uint32_t pick) {
    if (phone.folders().empty()) return std::nullopt;
    if (auto const drafts = phone.drafts(); drafts && pick % 9 < 2) return drafts;
    std::vector<CollectionId> mail;
    for (auto const& [id, folder] : phone.folders())
        if (!command::kind_of(folder.type)) mail.push_back(id);
    if (mail.empty()) return std::nullopt;
    return mail[pick % 3 ? 0 : pick / 9 % mail.size()];
}

void World::by_phone(What what, Pick const& p) {
    auto const n = p[0] % phones_.size();
    auto& phone = phones_[n];
    if (what == What::SyncFolders || phone.folders().empty()) {
        sync_folders(n, p[1]);
        return;
    }
    if (what == What::PhoneFolder) return edit_folders(n, p);
    if (what == What::PhoneMove) return move_on_phone(n, p);
    if (what == What::DraftAdd || what == What::DraftEdit || what == What::DraftSend) return write_draft(n, what, p);
    if (what == What::PhoneSend) return send_mail(n, p);
    if (what >= What::PhoneMake && what <= What::PhoneCarry) return things_by_phone(n, what, p);
    if (what == What::PhoneEmpty) return empty_on_phone(n, p);
    if (what == What::Upgrade) return upgrade(n, p[1]);
    bool const any = what == What::Sync || what == What::Estimate || what == What::Reset || what == What::Widen;
    auto const of_class = any && p[3] % 5 < 2 ? thing_folder(phone, p[3] / 5) : std::nullopt;
    auto const of_mail = pick_view(phone, p[1]);
    if (!of_class && !of_mail) return;
    auto const folder = of_class ? of_class->id : *of_mail;
    auto& view = phone.view(folder);
    auto const pick = [&] { return std::next(view.items.begin(), std::ptrdiff_t(p[2] % view.items.size())); };
    if (what == What::Sync) {
        sync_once(n, folder, p[2]); // the view may be gone then, with its folder
        return;
    }
    if (what == What::Estimate) return estimate(n, folder);
    if (what == What::Look) {
        auto const seen = look(phone);
        if (!seen.wake.empty()) write([&](index::Transaction& tx) { sync::woken(tx, phone.id(), seen.wake, now_); });
    }
    if (what == What::Reset) {
        phone.reset(folder, p[2] % 2);
        reset_at_[{n, folder}] = now_;
    }
    if (what == What::Widen) {
        view.filter = filter_of(phone.folders().at(folder).type, p[2]);
        view.filter_unsaid = true;
    }
    if (view.key == "0") return;
    if (what == What::PhoneAdd)
        view.pending.push_back(
            {.kind = Pending::Kind::Add, .client_id = phone.next_client_id(), .content = next_content()});
    if (view.items.empty()) return;
    if (what == What::PhoneMark) mark_on_phone(view, p[2], p[3]);
    if (what == What::PhoneDelete) {
        auto const id = pick()->first;
        view.items.erase(id);
        view.gone.insert(id);
        view.pending.push_back({.kind = Pending::Kind::Delete, .item = id});
    }
}

// The phone's system is renewed, or the administrator wants another version of it.
void World::upgrade(std::size_t n, std::uint32_t to) {
    auto& phone = phones_[n];
    if (phone.letter) return; // said again in another form it would be another letter
    phone.becomes(versions[to % std::size(versions)]);
    for (auto const& [id, view] : phone.views()) reset_at_[{n, id}] = now_;
}

// A user who changes his mind: often it is the item that he has just marked, whose mark is not acknowledged yet. Some
// phones say every step of it, others the last word alone.
void World::mark_on_phone(View& view, std::uint32_t which, std::uint32_t how) {
    auto item = std::next(view.items.begin(), std::ptrdiff_t(which % view.items.size()));
    auto const unsaid = std::ranges::find(view.pending, Pending::Kind::Mark, &Pending::kind);
    if (unsaid != view.pending.end() && which % 4 != 0 && view.items.contains(unsaid->item))
        item = view.items.find(unsaid->item);
    auto& marks = item->second.marks;
    if (how / 6 % 3 == 0)
        std::erase_if(view.pending,
                      [&](Pending const& p) { return p.kind == Pending::Kind::Mark && p.item == item->first; });
    for (std::uint32_t again = 0; again <= how / 18 % 3; ++again) {
        marks.read = (how + again) % 2;
        marks.flag_status = static_cast<std::uint8_t>(how / 2 % 3 * (how / 54 % 2));
        view.pending.push_back(
            {.kind = Pending::Kind::Mark, .item = item->first, .read = marks.read, .flag = marks.flag_status});
    }
}

} // namespace godwit::sim
