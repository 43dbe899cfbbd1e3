#include "sync/blob.hpp"
#include "sync/contents.hpp"
#include "sync/engine_fixture.hpp"
#include "sync/folder_name.hpp"
#include "sync/hierarchy.hpp"
#include "sync/token.hpp"

namespace godwit::sync {
namespace {

using enum HierarchyStatus;
using index::FolderType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr CollectionId outbox{3}, trash{5}, junk{6};

class Hierarchy : public Engine {
protected:
    HierarchyResult folders(std::string const& key, DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return folder_sync(tx, device, key, now); });
    }
    std::string known(DeviceKey device = "phone") { return folders("0", device).key; }
    FolderEdit create(std::string const& key, std::string name, CollectionId parent = CollectionId::Root,
                      FolderType type = FolderType::UserMail, DeviceKey device = "phone") {
        return write([&](Transaction& tx) {
            return create_folder(tx, device, key, {.parent = parent, .name = std::move(name), .type = type});
        });
    }
    FolderEdit update(std::string const& key, CollectionId id, std::string name,
                      CollectionId parent = CollectionId::Root) {
        return write([&](Transaction& tx) {
            return update_folder(tx, "phone", key, id, {.parent = parent, .name = std::move(name)});
        });
    }
    FolderEdit remove(std::string const& key, CollectionId id, DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return delete_folder(tx, device, key, id); });
    }
    CollectionId somebody_creates(std::string_view name, CollectionId parent = CollectionId::Root,
                                  FolderType type = FolderType::UserMail) {
        return write([&](Transaction& tx) { return tx.create_folder(parent, type, name); });
    }
    bool changed(DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return hierarchy_changed(tx, device); });
    }
    std::size_t count() {
        return write([](Transaction& tx) { return tx.folders().size(); });
    }
};

TEST_F(Hierarchy, APhoneIsNotToldItsOwnFolderAndTheOthersAre) {
    auto const other = known("other");
    auto const made = create(known(), "Lists");
    EXPECT_EQ(made.status, Success);
    EXPECT_FALSE(changed());
    auto const next = folders(made.key);
    EXPECT_EQ(next.key, made.key);
    EXPECT_THAT(next.added, IsEmpty());
    EXPECT_TRUE(changed("other"));
    EXPECT_THAT(folders(other, "other").added, ElementsAre(testing::Field(&index::Folder::id, made.folder)));
}

TEST_F(Hierarchy, Law1ARepeatedFolderCreateMakesOneFolder) {
    auto const key = known();
    auto const made = create(key, "Lists");
    auto const again = create(key, "Lists");
    EXPECT_EQ(again.status, Success);
    EXPECT_EQ(again.folder, made.folder);
    EXPECT_EQ(again.key, made.key);
    EXPECT_EQ(count(), 11U);
    EXPECT_EQ(create(made.key, "Lists").status, AlreadyExists); // it has seen the answer, and asks for another
}

TEST_F(Hierarchy, Law1ARepeatedDeleteSucceedsAndARepeatedUpdateToo) {
    auto const made = create(known(), "Lists");
    auto const renamed = update(made.key, made.folder, "More");
    EXPECT_EQ(update(made.key, made.folder, "More").key, renamed.key);
    auto const removed = remove(renamed.key, made.folder);
    EXPECT_EQ(removed.status, Success);
    auto const again = remove(renamed.key, made.folder);
    EXPECT_EQ(again.status, Success);
    EXPECT_EQ(again.key, removed.key);
    EXPECT_EQ(remove(removed.key, made.folder).status, NotFound);
    EXPECT_THAT(folders(removed.key).removed, IsEmpty()); // its own
}

// The answer was lost and the user thought of something else: what was made then is news.
TEST_F(Hierarchy, WhatALostRequestMadeIsToldIfThePhoneNeverAsksAgain) {
    auto const key = known();
    auto const lost = create(key, "Lists");
    auto const other = create(key, "Other");
    EXPECT_THAT(folders(key).added, SizeIs(2)); // if it has not seen the second answer either
    EXPECT_THAT(folders(other.key).added, ElementsAre(testing::Field(&index::Folder::id, lost.folder)));
}

TEST_F(Hierarchy, WhatOthersDidMeanwhileIsStillTold) {
    auto const key = known();
    auto const foreign = somebody_creates("Theirs");
    auto const made = create(key, "Mine");
    auto const told = folders(made.key);
    EXPECT_THAT(told.added, ElementsAre(testing::Field(&index::Folder::id, foreign)));
    write([&](Transaction& tx) { tx.update_folder(made.folder, CollectionId::Root, "Mine no more"); });
    auto const renamed = folders(told.key);
    EXPECT_THAT(renamed.added, IsEmpty());
    EXPECT_THAT(renamed.updated, ElementsAre(testing::Field(&index::Folder::name, "Mine no more")));
    write([&](Transaction& tx) { tx.remove_folder(made.folder); });
    EXPECT_THAT(folders(renamed.key).removed, ElementsAre(made.folder));
}

TEST_F(Hierarchy, WhatLiesBelowADeletedFolderIsToldInnermostFirst) {
    auto const made = create(known(), "Top");
    auto const below = somebody_creates("Below", made.folder);
    auto const deepest = somebody_creates("Deepest", below);
    auto const told = folders(made.key);
    write([&](Transaction& tx) { tx.add_item({.folder = deepest, .content = tx.put_content("mail"), .size = 4}); });
    auto const other = known("other");
    auto const removed = remove(told.key, made.folder);
    EXPECT_THAT(folders(removed.key).removed, ElementsAre(deepest, below));
    EXPECT_THAT(folders(other, "other").removed, ElementsAre(deepest, below, made.folder));
    EXPECT_EQ(count(), 10U);
    EXPECT_FALSE(write([](Transaction& tx) { return tx.item(ItemId{1}); }));
}

TEST_F(Hierarchy, EveryRefusalHasItsStatusAndChangesNothing) {
    auto const mine = create(known(), "Mine");
    auto const sub = create(mine.key, "Sub", mine.folder);
    auto const cache = somebody_creates("Recipients", CollectionId::Root, FolderType::RecipientCache);
    auto const key = folders(sub.key).key;
    auto const root = CollectionId::Root;
    auto const before = count();
    struct Row {
        char const* what;
        FolderEdit got;
        HierarchyStatus status;
    };
    std::vector<Row> rows{
        {"create: a name that is there", create(key, "Mine"), AlreadyExists},
        {"in other letters", create(key, "MINE"), AlreadyExists},
        {"with blanks around", create(key, " mine "), AlreadyExists},
        {"of a special folder", create(key, "INBOX"), AlreadyExists},
        {"below the recipient cache", create(key, "A", cache), SystemFolder},
        {"below nothing", create(key, "A", CollectionId{99}), ParentNotFound},
        {"an Inbox", create(key, "A", root, FolderType::Inbox), Malformed},
        {"a Journal by default", create(key, "A", root, FolderType::Journal), Malformed},
        {"of unknown type", create(key, "A", root, FolderType::Unknown), Malformed},
        {"a recipient cache", create(key, "A", root, FolderType::RecipientCache), Malformed},
        {"without a name", create(key, ""), Malformed},
        {"of blanks", create(key, "  "), Malformed},
        {"with a control character", create(key, "a\nb"), Malformed},
        {"of 257 characters", create(key, std::string(257, 'x')), Malformed},
        {"a key that never was", create("7.7", "A"), InvalidSyncKey},
        {"key 0", create("0", "A"), InvalidSyncKey},
        {"an old key", create(mine.key, "A"), InvalidSyncKey},
        {"a phone that has not asked", create(key, "A", root, FolderType::UserMail, "stranger"), InvalidSyncKey},
        {"update: nothing", update(key, CollectionId{99}, "A"), NotFound},
        {"the Inbox", update(key, inbox, "A"), AlreadyExists},
        {"the Outbox", update(key, outbox, "A"), AlreadyExists},
        {"Junk", update(key, junk, "A"), AlreadyExists},
        {"the recipient cache", update(key, cache, "A"), SystemFolder},
        {"to a name that is there", update(key, mine.folder, "inbox"), AlreadyExists},
        {"below nothing", update(key, mine.folder, "Mine", CollectionId{99}), ParentNotFound},
        {"below the recipient cache", update(key, mine.folder, "Mine", cache), SystemFolder},
        {"below itself", update(key, mine.folder, "Mine", mine.folder), Malformed},
        {"below what is below it", update(key, mine.folder, "Mine", sub.folder), Malformed},
        {"without a name", update(key, mine.folder, ""), Malformed},
        {"with another's key", update("7.7", mine.folder, "A"), InvalidSyncKey},
        {"delete: nothing", remove(key, CollectionId{99}), NotFound},
        {"the Inbox", remove(key, inbox), SystemFolder},
        {"the trash", remove(key, trash), SystemFolder},
        {"Junk", remove(key, junk), SystemFolder},
        {"the recipient cache", remove(key, cache), SystemFolder},
        {"with another's key", remove("7.7", mine.folder), InvalidSyncKey},
    };
    for (auto const& r : rows) EXPECT_EQ(int(r.got.status), int(r.status)) << r.what;
    EXPECT_EQ(count(), before);
    EXPECT_EQ(folders(key).key, key);
}

TEST_F(Hierarchy, AFolderMayChangeTheLettersOfItsOwnNameAndShareOneElsewhere) {
    auto const mine = create(known(), "Mine");
    auto const renamed = update(mine.key, mine.folder, "MINE");
    EXPECT_EQ(renamed.status, Success);
    auto const below = create(renamed.key, "mine", mine.folder);
    EXPECT_EQ(below.status, Success);
    EXPECT_EQ(update(below.key, below.folder, "Mine").status, AlreadyExists); // at the top there is one
}

TEST_F(Hierarchy, AThousandFoldersAreEnough) {
    auto key = known();
    write([&](Transaction& tx) {
        for (auto n = tx.folders().size(); n < most_folders; ++n)
            tx.create_folder(CollectionId::Root, FolderType::UserMail, "f" + std::to_string(n));
    });
    EXPECT_EQ(create(key, "one more").status, TooManyFolders);
}

// Gmail 2025.11, trap 6.
TEST_F(Hierarchy, Key0HasTheSameIdsAndLeavesItemsAlone) {
    auto const made = create(known(), "Lists");
    auto const items = primed();
    auto const again = folders("0");
    EXPECT_THAT(again.added, SizeIs(11));
    EXPECT_EQ(again.added.back().id, made.folder);
    EXPECT_NE(again.key, made.key);
    EXPECT_EQ(folders(made.key).status, InvalidSyncKey);
    EXPECT_EQ(ask(items).status, Status::Success);
}

// A state that was written before phones could edit folders is still good.
TEST_F(Hierarchy, AnOlderStateIsRead) {
    auto const key = known();
    BlobWriter w(1);
    auto const parts = parse_key(key).value();
    w.number(parts.epoch);
    w.number(2U);
    w.number(0U);
    w.number(1U);
    w.number(1U);
    w.number(write([](Transaction& tx) { return tx.modseq(); }));
    w.number(1U);
    auto const blob = std::move(w).finish();
    write([&](Transaction& tx) { tx.put_state("phone", "sync.hierarchy", blob); });
    EXPECT_EQ(create(key, "Lists").status, Success);
}

TEST_F(Hierarchy, AnIdleDeviceStartsOverAndNoTombstoneIsKeptForIt) {
    auto const seen = [&](char const* id, Time when) {
        write([&](Transaction& tx) {
            tx.put_device({.id = id,
                           .type = "Phone",
                           .user_agent = {},
                           .first_seen = when,
                           .last_seen = when,
                           .protocol_version = {}});
        });
    };
    seen("phone", now - days(100));
    seen("other", now);
    auto const idle = known();
    auto const busy = known("other");
    auto const items = primed();
    auto const made = create(busy, "Lists", CollectionId::Root, FolderType::UserMail, "other");
    auto const gone = remove(made.key, made.folder, "other");
    auto const removed = [&] {
        return write([](Transaction& tx) { return tx.folders_removed(index::Modseq::None).size(); });
    };
    EXPECT_EQ(removed(), 1U);
    write([&](Transaction& tx) { return sweep_idle(tx, now - days(90)); });
    EXPECT_EQ(folders(idle).status, InvalidSyncKey);
    EXPECT_EQ(ask(items).status, Status::InvalidSyncKey);
    EXPECT_EQ(removed(), 1U); // the busy one may still show the key before
    auto const next = folders(gone.key, "other");
    EXPECT_EQ(next.status, Success);
    EXPECT_TRUE(write([](Transaction& tx) { return tx.device("phone"); })); // its partnership stays
}

TEST(FolderName, WhatLooksTheSameIsTheSame) {
    struct Row {
        std::string one, other;
        bool same;
    };
    for (auto const& r : {Row{"Lists", "lists", true},
                          Row{"STRASSE",
                              "Stra\xC3\x9F"
                              "e",
                              true},
                          Row{"\xC3\x89t\xC3\xA9", "e\xCC\x81TE\xCC\x81", true},
                          Row{"Inbox",
                              "In\xE2\x80\x8B"
                              "box",
                              true},
                          Row{"a b", "ab", false}, Row{"\xCE\xA3\xCE\xA3", "\xCF\x83\xCF\x82", true}})
        EXPECT_EQ(folded_name(r.one) == folded_name(r.other), r.same) << r.one << " and " << r.other;
}

TEST(FolderName, MayBeLongButMustBeSeen) {
    std::string umlauts, too_many;
    for (int i = 0; i < 256; ++i) umlauts += "\xC3\xBC";
    too_many = umlauts + "x";
    for (auto const& name : {std::string("a"), std::string("a/b\\c:*?\"<>|"), umlauts})
        EXPECT_TRUE(is_folder_name(name));
    for (auto const& name : {std::string(), std::string("\t"), std::string(" "), std::string("\xE2\x80\x8B"),
                             std::string("a\0b", 3), std::string("\xFF"), too_many, std::string(2000, 'a')})
        EXPECT_FALSE(is_folder_name(name)) << name;
}

} // namespace
} // namespace godwit::sync
