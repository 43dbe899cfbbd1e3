// The real engine on a real index, N model phones, and a network and a machine that fail: requests and answers are lost or come
// twice, also late; the process dies before and after a commit; the clock steps. Whenever it is quiet, every phone that keeps
// asking must hold exactly what the folders in its filter hold (law 3).
#pragma once
#include "command/drafts.hpp"
#include "command/item_kind.hpp"
#include "fate.hpp"
#include "index/accounts.hpp"
#include "phone.hpp"
#include "script.hpp"
#include "sync/ping.hpp"
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

namespace godwit::sim {

class World {
public:
    // An empty directory: in memory. The turn says whose window is how large.
    World(std::size_t phones, std::uint64_t turn, std::filesystem::path directory);
    void play(Step const&);
    void quiet();
    bool traced = false; // each step and exchange is told on stderr

private:
    struct Request { // kept, so that it can come again
        std::size_t phone = 0;
        eas::Version version = {};
        CollectionId folder = {};
        sync::CollectionRequest request;
        std::vector<Pending> said;
    };
    using Pick = std::array<std::uint32_t, 4>;

    void reopen();
    void by_others(What, Pick const&);
    void by_phone(What, Pick const&);
    static void mark_on_phone(View&, std::uint32_t which, std::uint32_t how);
    bool sync_once(std::size_t phone, CollectionId, std::uint32_t fate); // whether there was news
    void refresh(Phone&, CollectionId);
    bool sync_folders(std::size_t phone, std::uint32_t fate);
    void edit_folders(std::size_t phone, Pick const&);
    void move_on_phone(std::size_t phone, Pick const&);
    void carry_out_move(std::size_t phone, Pick const&);
    void empty_on_phone(std::size_t phone, Pick const&);
    std::optional<FolderIntent> intend(Phone&, Pick const&);
    sync::FolderEdit serve(std::size_t phone, FolderIntent const&);
    sync::MoveStatus serve(std::size_t phone, MoveIntent&);
    template <class Serve> auto deliver(std::uint32_t fate, Serve serve);
    template <class Serve> void dies_before_commit(Serve serve);
    Outcome serve(Request const&);
    Outcome run(index::Transaction&, Request const&);
    void note_own(index::Transaction&, Request const&, std::map<ItemId, Modseq> const& before, Modseq start, Outcome&);
    void trace(Request const&, Outcome const&) const;
    void forget_own(index::Transaction&, Request const&);
    static void expect_last_word(index::Transaction&, Outcome const&, std::set<ItemId> const& undisturbed);
    void expect_no_twin(index::Transaction&, Request const&, Pending const&);
    Request compose(std::size_t phone, CollectionId);
    sync::Command command_of(Pending const&, index::Folder const&, sync::Options const&, command::SyncContext&) const;
    // contacts, events, tasks and notes: things.cpp
    void things_by_others(What, Pick const&);
    void open_class(index::Transaction&, Pick const&);
    void import_thing(index::Transaction&, index::Folder const&, Pick const&);
    void rewrite_thing(index::Transaction&, index::Item const&, Pick const&);
    void things_by_phone(std::size_t phone, What, Pick const&);
    void make_thing(Phone&, index::Folder const&, Pick const&);
    void change_thing(Phone&, View&, Pick const&);
    void carry_thing(std::size_t phone, index::Folder const&, Pick const&);
    static std::optional<index::Folder> thing_folder(Phone&, std::uint32_t pick);
    command::Voice voice(eas::Version) const;
    Thing const& shown(index::Transaction&, index::Item const&, eas::Version);
    void tell_things(index::Transaction&, Outcome&, eas::Version);
    void expect_last_wish(index::Transaction&, Outcome const&, std::set<ItemId> const& undisturbed, eas::Version);
    void expect_same_again(index::Transaction&, Request const&, Outcome const&, Modseq start);
    void check_thing(index::Transaction&, Phone const&, index::Item const&, Copy const&);
    void check_kept();
    void upgrade(std::size_t phone, std::uint32_t to);
    // drafts and sending: drafts.cpp
    void write_draft(std::size_t phone, What, Pick const&);
    void edit_draft(View&, Pick const&);
    static void send_draft(View&, Pick const&);
    Words next_words();
    void send_mail(std::size_t phone, Pick const&);
    void serve(std::size_t phone, eas::Version, Letter const&);
    struct Leaving; // what is to leave by a request, and what lay in Drafts before
    Leaving before_leaving(index::Transaction&, Request const&);
    void expect_left(index::Transaction&, Leaving const&, Outcome const&, std::set<ItemId> const& undisturbed);
    void expect_last_draft(index::Transaction&, Outcome const&, std::set<ItemId> const& undisturbed);
    void tell_words(index::Transaction&, CollectionId, Outcome&);
    void check_sent();
    void may_be_sent_again(index::Transaction&, index::Item const& moved);
    bool draft_with(index::Transaction&, CollectionId, Words const&);
    Words const& said_by(index::Transaction&, std::string const& content);
    std::string identity(index::Transaction&, index::Folder const&, index::Item const&);
    void lose(std::size_t phone, Request const&);
    void estimate(std::size_t phone, CollectionId);
    sync::PingLook look(Phone&);
    static bool downloading(index::Transaction&, Phone&, CollectionId);
    void check_holding(Phone&);
    void check_no_twins();
    void check_wake(Phone&);

    template <class F> auto write(F f) {
        return accounts_->write_now(account, [&](index::Transaction& tx) { return written(dies_, f, tx); });
    }
    template <class F> auto read(F f) { return accounts_->read_now(account, f); }
    static CollectionId pick_folder(index::Transaction&, std::uint32_t);
    static std::optional<index::Item> pick_item(index::Transaction&, std::uint32_t folder, std::uint32_t item);
    static std::optional<CollectionId> pick_view(Phone&, std::uint32_t);
    void change_folders(index::Transaction&, What, Pick const&);
    bool round();
    std::string next_content() {
        auto const name = "content " + std::to_string(++contents_);
        return "Subject: " + name + "\r\n\r\n" + name + "\r\n";
    }

    static constexpr index::AccountId account{1};
    net::Pool pool_{1};
    std::filesystem::path directory_;
    std::unique_ptr<index::Accounts> accounts_;
    config::Delivery delivery_;
    directory::Directory directory_of_users_{pool_, "", {}};
    std::vector<Phone> phones_;
    std::map<std::string, Words> words_;        // of contents, which never change
    std::set<std::string> sent_;                // what has left, by phone and ClientId, or by item
    std::map<std::string, ItemId> drafts_made_; // by ClientId
    std::set<std::string> refused_;             // texts of drafts that could not be sent
    std::set<std::string> sent_twice_;          // texts that may leave twice, for a good reason
    std::vector<Request> late_;
    std::vector<std::function<void()>> late_commands_; // those without an item key
    std::set<std::string> twins_allowed_;              // contents that may be there twice, for a good reason
    std::map<std::pair<std::string, ItemId>, std::set<Modseq>> own_; // stamps that each phone's commands made
    std::map<std::pair<std::size_t, CollectionId>, index::Time> reset_at_;
    index::Time now_;
    bool dies_ = false; // what is written now never commits
    std::uint64_t contents_ = 0, folders_ = 0, texts_ = 0;
    std::uint32_t wishes_ = 0;
    std::map<ItemId, std::string> kept_; // what stands in X-SIM-KEPT of what was imported
    std::map<std::tuple<std::string, ItemId, eas::Version>, Thing> shown_; // of contents, which never change
    std::map<std::string, std::size_t> made_; // folders that were made under each name that a phone gave
};

} // namespace godwit::sim
