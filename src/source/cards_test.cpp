#include "source/cards.hpp"
#include "source/export.hpp"
#include "source/import.hpp"
#include "source/local.hpp"
#include "vcard/card.hpp"
#include <algorithm>
#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

namespace godwit::source {
namespace {
namespace fs = std::filesystem;
using index::Transaction;

constexpr index::AccountId anna{1}, bert{2};

class CardFiles : public testing::Test {
protected:
    CardFiles() {
        fs::create_directories(place);
        accounts.create(anna);
        accounts.create(bert);
    }
    ~CardFiles() override { fs::remove_all(place); }

    void write(std::string const& name, std::string_view text) {
        std::ofstream(place / name, std::ios::binary).write(text.data(), std::streamsize(text.size()));
    }
    ImportReport import(index::AccountId account, fs::path const& path, ImportOptions const& options = {}) {
        std::array const paths{path};
        return import_paths(accounts, account, paths, options, {});
    }
    // What lies in the folders of that name, in the order of its text.
    std::vector<vcard::Card> cards(index::AccountId account, std::string_view folder = "Contacts") {
        std::vector<std::string> texts;
        accounts.read_now(account, [&](Transaction& tx) {
            for (auto const& one : tx.folders())
                if (one.name == folder)
                    for (auto const& item : tx.walk(one.id, {}, {index::Time::min(), index::ItemId(0)}, 1000)) {
                        EXPECT_EQ(item.item_class, index::ItemClass::Contacts);
                        texts.push_back(fetch(tx, item));
                    }
        });
        std::ranges::sort(texts);
        std::vector<vcard::Card> out;
        for (auto const& text : texts) out.push_back(*vcard::read_card(text));
        return out;
    }

    fs::path place = fs::temp_directory_path() / ("godwit-cards-test-" + std::to_string(getpid()));
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
};

std::string card(std::string const& name) { return "BEGIN:VCARD\nVERSION:3.0\nFN:" + name + "\nEND:VCARD\n"; }

TEST_F(CardFiles, GoInOnceHoweverOften) {
    write("two.vcf", card("Ida") + card("Max"));
    EXPECT_EQ(import(anna, place / "two.vcf").count.added, 2U);
    auto const again = import(anna, place).count; // found in a directory as well
    EXPECT_EQ(again.added, 0U);
    EXPECT_EQ(again.known, 2U);
    EXPECT_EQ(cards(anna).size(), 2U);
    EXPECT_EQ(cards(anna)[0].version, "4.0");
    EXPECT_EQ(import(anna, place / "two.vcf", {.folder = FolderPath{"Old", "Club"}}).count.added, 2U);
    EXPECT_EQ(cards(anna, "Club").size(), 2U);
    auto type = accounts.read_now(anna, [](Transaction& tx) { return tx.folders().back().type; });
    EXPECT_EQ(type, index::FolderType::UserContacts);
}

TEST_F(CardFiles, ABadOneIsNamedAndTheRestGoesIn) {
    write("bad.vcf", card("Ida") + "BEGIN:VCARD\nFN:Max\n" + card("Moe") + "END:VCARD\n" + card("Eva"));
    write("none.vcf", "nothing");
    auto const report = import(anna, place / "bad.vcf");
    EXPECT_EQ(report.count.added, 3U);
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures[0].origin, (place / "bad.vcf").string() + ", card 2 (Max) at line 5");
    EXPECT_EQ(report.failures[0].reason, "it does not end (END:VCARD)");
    EXPECT_EQ(import(anna, place / "none.vcf").failures.at(0).reason, "no vCard in it");
    EXPECT_EQ(import(anna, place / "bad.vcf", {.max_message_bytes = 3}).failures.at(0).reason, "larger than the limit");
}

// In, out and in again: the same cards. A contact in Deleted Items comes out too, beside the mail there.
TEST_F(CardFiles, ComeOutAsTheyWentIn) {
    fs::path corpus = GODWIT_SHARED "/corpus/vcard";
    bool const there = fs::exists(corpus);
    if (!there) write("one.vcf", card("Ida"));
    auto const report = import(anna, there ? corpus : place);
    EXPECT_TRUE(report.failures.empty());
    EXPECT_EQ(report.count.added, there ? 16U : 1U);
    auto const before = cards(anna);
    auto const out = export_maildir(accounts, anna, place / "out", {});
    EXPECT_EQ(out.contacts, before.size());
    EXPECT_EQ(out.skipped, 0U);
    EXPECT_TRUE(fs::exists(place / "out" / "Contacts.vcf"));
    EXPECT_EQ(import(bert, place / "out").count.added, before.size());
    EXPECT_EQ(cards(bert), before);
    accounts.write_now(anna, [](Transaction& tx) {
        auto const from = tx.folder_of(index::FolderType::Contacts)->id;
        auto const to = tx.folder_of(index::FolderType::DeletedItems)->id;
        for (auto const& item : tx.walk(from, {}, {index::Time::min(), index::ItemId(0)}, 1000))
            tx.move_item(item.id, to);
    });
    export_maildir(accounts, anna, place / "out", {});
    EXPECT_FALSE(fs::exists(place / "out" / "Contacts.vcf")); // nothing old stays
    EXPECT_TRUE(fs::exists(place / "out" / "Deleted Items.vcf"));
}

} // namespace
} // namespace godwit::source
