#include "directory/directory.hpp"
#include "directory/login.hpp"
#include "directory/memory.hpp"
#include "directory/sql.hpp"
#include "net/loop.hpp"
#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

namespace godwit::directory {
namespace {

struct Temporary {
    std::filesystem::path path;
    Temporary() {
        std::string name = (std::filesystem::temp_directory_path() / "godwit-directory-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Temporary() { std::filesystem::remove_all(path); }
};

struct DirectoryTest : testing::Test {
    net::Loop loop;
    net::Pool pool{2};
    Directory directory{pool, {}, {}};

    std::expected<User, SigninFailure> sign_in(std::string login, std::string secret, std::string device = "phone") {
        return loop.wait_for(directory.sign_in({std::move(login), std::move(secret)}, std::move(device)));
    }
    std::optional<SigninFailure> failure(std::string login, std::string secret, std::string device = "phone") {
        auto const result = sign_in(std::move(login), std::move(secret), std::move(device));
        return result ? std::nullopt : std::optional(result.error());
    }
    User add(std::string_view address, std::string_view secret, std::vector<std::string> aliases = {}) {
        auto const user = directory.add(address, "Name", std::move(aliases), secret);
        EXPECT_TRUE(user);
        return user.value_or(User{});
    }
    void TearDown() override {
        net::Clock::frozen.reset();
        net::Clock::frozen_utc.reset();
    }
};

TEST_F(DirectoryTest, every_form_of_login) {
    add("Anna@Example.org", "geheim", {"a.berg@example.org", "chef@example.net"});
    add("bert@example.net", "anders");
    struct Row {
        char const* login;
        bool good;
    };
    Row const rows[] = {
        {"anna@example.org", true},
        {"ANNA@EXAMPLE.ORG", true},
        {"anna", true},
        {"Anna", true},
        {" anna ", true},
        {"EXAMPLE\\anna", true},
        {"example.org\\anna", true},
        {"\\anna", true},
        {"CONTOSO\\anna", true},
        {"X\\anna@example.org", true},
        {"a.berg@example.org", true},
        {"a.berg", true},
        {"chef@example.net", true},
        {"anna@example.net", false},
        {"example.net\\anna", false},
        {"anna+x@example.org", false},
        {"carla", false},
        {"", false},
        {"@", false},
        {"\\", false},
        {"anna\\", false},
    };
    for (auto const& row : rows) EXPECT_EQ(sign_in(row.login, "geheim").has_value(), row.good) << row.login;
    EXPECT_EQ(sign_in("anna", "geheim")->address, "anna@example.org");
}

TEST_F(DirectoryTest, a_bare_name_of_two_domains_is_refused_and_qualified_ones_work) {
    add("anna@example.org", "one");
    add("anna@example.net", "two");
    EXPECT_EQ(failure("anna", "one"), SigninFailure::Unknown);
    EXPECT_EQ(sign_in("anna@example.net", "two")->address, "anna@example.net");
    EXPECT_EQ(sign_in("example.org\\anna", "one")->address, "anna@example.org");
    EXPECT_EQ(failure("EXAMPLE\\anna", "one"), SigninFailure::Unknown) << "both domains begin so";
    EXPECT_EQ(failure("CONTOSO\\anna", "one"), SigninFailure::Unknown);
}

TEST_F(DirectoryTest, a_primary_name_goes_before_an_alias) {
    add("info@example.org", "one");
    add("bert@example.net", "two", {"info@example.net"});
    EXPECT_EQ(sign_in("info", "one")->address, "info@example.org");
}

TEST_F(DirectoryTest, secrets_in_utf8_and_in_latin1) {
    add("anna@example.org", "gr\xC3\xBC\xC3\x9F");
    EXPECT_TRUE(sign_in("anna", "gr\xC3\xBC\xC3\x9F"));
    EXPECT_TRUE(sign_in("anna", "gr\xFC\xDF"));
    EXPECT_FALSE(sign_in("anna", "gr\xFC\xDE"));
    EXPECT_FALSE(sign_in("anna", ""));
}

TEST_F(DirectoryTest, a_verified_secret_costs_no_hash_until_the_time_is_over) {
    net::Clock::frozen = net::Clock::time_point(std::chrono::hours(1));
    add("anna@example.org", "geheim");
    ASSERT_TRUE(sign_in("anna", "geheim"));
    EXPECT_EQ(directory.hashes(), 1U);
    ASSERT_TRUE(sign_in("anna@example.org", "geheim", "other phone"));
    EXPECT_EQ(directory.hashes(), 1U);
    *net::Clock::frozen += std::chrono::seconds(299);
    ASSERT_TRUE(sign_in("anna", "geheim"));
    EXPECT_EQ(directory.hashes(), 1U);
    *net::Clock::frozen += std::chrono::seconds(2);
    ASSERT_TRUE(sign_in("anna", "geheim"));
    EXPECT_EQ(directory.hashes(), 2U);
}

TEST_F(DirectoryTest, the_same_wrong_secret_of_a_device_counts_once) {
    net::Clock::frozen = net::Clock::time_point(std::chrono::hours(1));
    add("anna@example.org", "geheim");
    EXPECT_EQ(failure("anna", "falsch"), SigninFailure::WrongSecret);
    EXPECT_EQ(directory.hashes(), 1U);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(failure("anna@example.org", "falsch"), SigninFailure::StillWrong);
    EXPECT_EQ(directory.hashes(), 1U);
    EXPECT_EQ(failure("anna", "falsch", "tablet"), SigninFailure::WrongSecret) << "another device";
    EXPECT_EQ(failure("anna", "ganz falsch"), SigninFailure::WrongSecret) << "another secret";
    EXPECT_EQ(directory.hashes(), 3U);
    EXPECT_TRUE(sign_in("anna", "geheim")) << "the right one is not held up";
    *net::Clock::frozen += std::chrono::seconds(901);
    EXPECT_EQ(failure("anna", "falsch"), SigninFailure::WrongSecret);
}

TEST_F(DirectoryTest, a_changed_password_forgets_good_and_bad) {
    auto const user = add("anna@example.org", "alt");
    ASSERT_TRUE(sign_in("anna", "alt"));
    EXPECT_EQ(failure("anna", "neu"), SigninFailure::WrongSecret);
    ASSERT_TRUE(directory.set(user, "neu"));
    EXPECT_EQ(failure("anna", "alt"), SigninFailure::WrongSecret);
    EXPECT_TRUE(sign_in("anna", "neu"));
}

TEST_F(DirectoryTest, unknown_logins_cost_a_hash_but_a_bounded_number) {
    net::Clock::frozen = net::Clock::time_point(std::chrono::hours(1));
    EXPECT_EQ(failure("nobody", "x"), SigninFailure::Unknown);
    EXPECT_EQ(directory.hashes(), 1U) << "takes as long as a wrong secret";
    EXPECT_EQ(failure("nobody", "x"), SigninFailure::StillWrong);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(failure("nobody" + std::to_string(i), "x"), SigninFailure::Unknown);
    EXPECT_LE(directory.hashes(), 21U);
}

TEST_F(DirectoryTest, requests_at_once_share_one_hash) {
    add("anna@example.org", "geheim");
    int good = 0;
    auto one = [](Directory& d, int& count) -> net::awaitable<void> {
        auto const result = co_await d.sign_in({"anna", "geheim"}, "phone");
        if (result) ++count;
    };
    for (int i = 0; i < 5; ++i) loop.spawn(one(directory, good));
    loop.run();
    EXPECT_EQ(good, 5);
    EXPECT_EQ(directory.hashes(), 1U);
}

TEST_F(DirectoryTest, a_disabled_account_is_told_apart_only_with_the_right_secret) {
    auto user = add("anna@example.org", "geheim");
    ASSERT_TRUE(sign_in("anna", "geheim"));
    user.enabled = false;
    ASSERT_TRUE(directory.set(user, {}));
    EXPECT_EQ(failure("anna", "geheim"), SigninFailure::Disabled);
    EXPECT_EQ(failure("anna", "falsch"), SigninFailure::WrongSecret);
}

TEST_F(DirectoryTest, find_by_address_alias_and_subaddress) {
    auto const anna = add("anna@example.org", "x", {"Berg@example.org", "berg@example.org", "anna+own@example.org"});
    EXPECT_EQ(anna.aliases, (std::vector<std::string>{"berg@example.org", "anna+own@example.org"}));
    struct Row {
        char const* address;
        bool found;
    };
    for (auto const& row : {Row{"ANNA@example.ORG", true},
                            {"berg@example.org", true},
                            {"anna+news@example.org", true},
                            {"berg+a+b@example.org", true},
                            {"anna+own@example.org", true},
                            {"+x@example.org", false},
                            {"anna", false},
                            {"anna@example.net", false},
                            {"", false},
                            {"@", false}})
        EXPECT_EQ(directory.find(row.address).has_value(), row.found) << row.address;
    EXPECT_EQ(directory.by_id(anna.id)->address, "anna@example.org");
    EXPECT_TRUE(directory.serves("Example.ORG"));
    EXPECT_FALSE(directory.serves("example.net"));
}

TEST_F(DirectoryTest, adding_refuses_what_is_taken_or_no_address) {
    add("anna@example.org", "x", {"berg@example.org"});
    struct Row {
        char const* address;
        std::vector<std::string> aliases;
        AddResult error;
    };
    for (auto const& row : {Row{"anna@example.org", {}, AddResult::Exists},
                            {"Berg@example.org", {}, AddResult::Exists},
                            {"c@example.org", {"anna@example.org"}, AddResult::AliasTaken},
                            {"c@example.org", {"nothing"}, AddResult::BadAddress},
                            {"anna", {}, AddResult::BadAddress},
                            {"a b@example.org", {}, AddResult::BadAddress},
                            {"a@b@example.org", {}, AddResult::BadAddress},
                            {"a@.org", {}, AddResult::BadAddress},
                            {"a@exa..org", {}, AddResult::BadAddress},
                            {"a\r\n@example.org", {}, AddResult::BadAddress},
                            {"a@\xFF.org", {}, AddResult::BadAddress}}) {
        auto const result = directory.add(row.address, "", row.aliases, "x");
        ASSERT_FALSE(result) << row.address;
        EXPECT_EQ(result.error(), row.error) << row.address;
    }
    EXPECT_EQ(directory.list().size(), 1U);
}

TEST_F(DirectoryTest, set_changes_addresses_and_keeps_others_from_losing_theirs) {
    auto anna = add("anna@example.org", "x", {"berg@example.org"});
    auto const bert = add("bert@example.org", "x");
    anna.aliases = {"bert@example.org"};
    EXPECT_FALSE(directory.set(anna, {}));
    anna.aliases = {"anna.berg@example.org"};
    anna.address = "berg@example.org";
    EXPECT_TRUE(directory.set(anna, {}));
    EXPECT_FALSE(directory.find("anna@example.org"));
    EXPECT_EQ(directory.find("anna.berg@example.org")->id, anna.id);
    EXPECT_TRUE(directory.remove(bert.id));
    EXPECT_FALSE(directory.remove(bert.id));
    EXPECT_FALSE(directory.set(bert, {}));
    auto const next = add("bert@example.org", "x");
    EXPECT_NE(next.id, bert.id) << "an account's number is never given again";
}

TEST(DirectoryFile, another_process_is_noticed_and_a_restart_finds_everything) {
    Temporary temporary;
    net::Loop loop;
    net::Pool pool{2};
    Directory serving(pool, temporary.path, {});
    auto sign_in = [&](std::string login, std::string secret) {
        return loop.wait_for(serving.sign_in({std::move(login), std::move(secret)}, "phone")).has_value();
    };
    EXPECT_FALSE(sign_in("anna", "geheim"));
    {
        Directory beside(pool, temporary.path, {});
        auto anna = beside.add("anna@example.org", "Anna", {}, "geheim");
        ASSERT_TRUE(anna);
        EXPECT_TRUE(sign_in("anna", "geheim"));
        EXPECT_TRUE(serving.find("anna@example.org"));
        ASSERT_TRUE(beside.set(*anna, "neu"));
        EXPECT_FALSE(sign_in("anna", "geheim")) << "the cached sign-in must not outlive the password";
        EXPECT_TRUE(sign_in("anna", "neu"));
        ASSERT_TRUE(beside.remove(anna->id));
        EXPECT_FALSE(sign_in("anna", "neu"));
        ASSERT_TRUE(beside.add("bert@example.org", "Bert", {"b@example.org"}, "x"));
    }
    Directory again(pool, temporary.path, {});
    ASSERT_TRUE(again.find("b@example.org"));
    EXPECT_EQ(again.find("b@example.org")->name, "Bert");
    auto const rights = std::filesystem::status(temporary.path / "server.db").permissions();
    EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(MarkSet, the_oldest_makes_room_and_time_ends_all) {
    MarkSet marks(std::chrono::seconds(10), 3);
    auto const at = [](int seconds) { return Clock::time_point(std::chrono::seconds(seconds)); };
    for (int i = 0; i < 5; ++i) marks.add(std::to_string(i), at(i));
    EXPECT_EQ(marks.size(), 3U);
    EXPECT_FALSE(marks.holds("1", at(5)));
    EXPECT_TRUE(marks.holds("2", at(5)));
    EXPECT_FALSE(marks.holds("2", at(12)));
    EXPECT_TRUE(marks.holds("3", at(12)));
    EXPECT_FALSE(marks.holds("4", at(100)));
    EXPECT_EQ(marks.size(), 0U);
}

TEST(Login, readings_of_bytes) {
    EXPECT_EQ(readings("abc"), std::vector<std::string>{"abc"});
    EXPECT_EQ(readings("\xFC"), std::vector<std::string>{"\xC3\xBC"});
    EXPECT_EQ(readings("\xC3\xBC"), (std::vector<std::string>{"\xC3\xBC", "\xC3\x83\xC2\xBC"}));
    for (auto const* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF5\x80\x80\x80", "\xC3"})
        EXPECT_FALSE(is_utf8(bad));
    EXPECT_TRUE(is_utf8("\xF0\x9F\x90\xA6"));
}

// A storm of first sign-ins: who would wait too long for a hash is told so, at once and without one.
TEST_F(DirectoryTest, too_many_wait_for_a_hash) {
    Directory narrow(pool, {}, {.waiting = 2});
    ASSERT_TRUE(narrow.add("anna@example.org", "Anna", {}, "geheim"));
    ASSERT_TRUE(narrow.add("bert@example.org", "Bert", {}, "anders"));
    ASSERT_TRUE(loop.wait_for(narrow.sign_in({"bert", "anders"}, "phone")));
    auto const before = narrow.hashes();
    int good = 0, busy = 0, ended = 0;
    constexpr int phones = 100;
    auto come = [&](int n) -> net::awaitable<void> {
        auto result = co_await narrow.sign_in({"anna", "wrong" + std::to_string(n)}, "phone");
        (result.error() == SigninFailure::Busy ? busy : good) += 1;
        ++ended;
    };
    auto all = [&]() -> net::awaitable<void> {
        for (int n = 0; n < phones; ++n) loop.spawn(come(n));
        // Who is known already does not stand behind them.
        auto known = co_await narrow.sign_in({"bert", "anders"}, "phone");
        EXPECT_TRUE(known);
        EXPECT_LT(ended - busy, phones - busy);
        while (ended < phones) co_await net::sleep_for(std::chrono::milliseconds(1));
    };
    loop.wait_for(all());
    auto const lanes = std::max(1U, std::thread::hardware_concurrency() / 2);
    EXPECT_EQ(good, int(2 * lanes));
    EXPECT_EQ(busy, phones - good);
    EXPECT_EQ(narrow.hashes() - before, 2 * lanes);
    // It is over, and was nobody's fault.
    EXPECT_TRUE(loop.wait_for(narrow.sign_in({"anna", "geheim"}, "phone")));
}

TEST_F(DirectoryTest, revoked_is_whose_sign_in_is_not_what_it_was) {
    Temporary const place;
    Directory server(pool, place.path, {});
    auto const add_to = [](Directory& to, std::string const& address) {
        return to.add(address, "Name", {}, "geheim").value();
    };
    auto const anna = add_to(server, "anna@example.org"), bert = add_to(server, "bert@example.org");
    EXPECT_TRUE(server.revoked().empty());  // the first call
    Directory beside(pool, place.path, {}); // another process, as far as SQLite can tell
    auto carl = add_to(beside, "carl@example.org");
    EXPECT_TRUE(server.revoked().empty());
    auto renamed = anna;
    renamed.name = "Anna B.";
    EXPECT_TRUE(beside.set(renamed, {}));
    EXPECT_TRUE(server.revoked().empty());
    EXPECT_TRUE(beside.set(renamed, "anders"));
    EXPECT_EQ(server.revoked(), std::vector{anna.id});
    EXPECT_TRUE(server.revoked().empty()); // told once
    carl.enabled = false;
    EXPECT_TRUE(beside.set(carl, {}));
    EXPECT_EQ(server.revoked(), std::vector{carl.id});
    EXPECT_TRUE(beside.remove(bert.id));
    EXPECT_EQ(server.revoked(), std::vector{bert.id});
    EXPECT_TRUE(server.set(anna, "noch anders")); // the server itself
    EXPECT_EQ(server.revoked(), std::vector{anna.id});
    renamed.home = "https://new.example";
    EXPECT_TRUE(beside.set(renamed, {}));
    EXPECT_EQ(server.revoked(), std::vector{anna.id});
    EXPECT_EQ(server.by_id(anna.id)->home, "https://new.example");
}

TEST_F(DirectoryTest, a_file_of_an_older_version_is_brought_up) {
    Temporary const place;
    Directory(pool, place.path, {}).add("anna@example.org", "Anna", {}, "geheim").value();
    {
        Connection db((place.path / "server.db").string());
        db.run("ALTER TABLE accounts DROP COLUMN home; UPDATE schema_versions SET version = 1");
    }
    for (auto const* home : {"", "https://new.example"}) { // and again, when it is
        Directory server(pool, place.path, {});
        auto anna = server.find("anna@example.org").value();
        EXPECT_EQ(anna.home, home);
        anna.home = "https://new.example";
        EXPECT_TRUE(server.set(anna, {}));
    }
}

} // namespace
} // namespace godwit::directory
