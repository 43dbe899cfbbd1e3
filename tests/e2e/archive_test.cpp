// In by import and out by export, byte for byte; and law 4 over a corpus of strange mail.
#include "server.hpp"
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace godwit::e2e {
namespace {
using namespace std::string_literals;

namespace fs = std::filesystem;
using client::BlockingPhone;

// Every message below a Maildir: content to how often.
std::map<std::string, int> messages_below(std::string const& directory) {
    std::map<std::string, int> out;
    for (auto const& entry : fs::recursive_directory_iterator(directory)) {
        auto parent = entry.path().parent_path().filename();
        if (entry.is_regular_file() && (parent == "cur" || parent == "new")) ++out[read_file(entry.path())];
    }
    return out;
}

TEST(Archive, WhatComesInGoesOutByteForByte) {
    Directory place;
    std::map<std::string, int> expected;
    auto put = [&](std::string const& path, std::string const& content) {
        fs::create_directories(fs::path(place / path).parent_path());
        write_file(place / path, content);
        ++expected[content];
    };
    put("Maildir/cur/1.a:2,S", "Subject: seen\r\n\r\nCRLF\r\n");
    put("Maildir/cur/2.b:2,F", "Subject: flagged\n\nLF only\n");
    put("Maildir/new/3.c", "Subject: bytes\n\n\x00\xFF\x80 8-bit without a charset\n"s);
    put("Maildir/.Archive/cur/4.d:2,S", "Subject: in a folder\n\nno line end at the end");
    for (auto const* empty : {"Maildir/tmp", "Maildir/.Archive/new", "Maildir/.Archive/tmp"})
        fs::create_directories(place / empty);
    auto data = place / "data";
    ASSERT_EQ(godwit({"account", "add", "anna@example.org", "--password-stdin", "--data", data}, "secret\n").status, 0);
    auto imported = godwit({"import", "anna@example.org", place / "Maildir", "--data", data});
    EXPECT_EQ(imported.status, 0) << imported.err;
    auto exported = godwit({"export", "anna@example.org", place / "out", "--data", data});
    EXPECT_EQ(exported.status, 0) << exported.err;
    EXPECT_EQ(messages_below(place / "out"), expected);

    // The phone sees the marks and the folder.
    Server server({.data = data});
    BlockingPhone phone(server.settings("anna@example.org", "ARCHIVE"));
    ASSERT_EQ(phone.enrol(), 1u);
    ASSERT_TRUE(phone.model().named("Archive"));
    auto const in = phone.model().of_type(2)->id;
    ASSERT_EQ(phone.sync_all(in), 1u);
    namespace email = wbxml::email;
    auto const& inbox = phone.model().at(in);
    ASSERT_EQ(inbox.items.size(), 3u);
    auto seen = inbox.find(email::Subject, "seen");
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(client::text_of(*inbox.item(seen[0]), email::Read), "1");
    auto flagged = inbox.find(email::Subject, "flagged");
    ASSERT_EQ(flagged.size(), 1u);
    EXPECT_EQ(client::property(*inbox.item(flagged[0]), email::Flag)->value(email::Status), "2");
}

// Law 4: nothing in the corpus stops a folder; each message is there, or listed as isolated. In several versions and body
// types, as each converts in its own way.
TEST(Archive, OneBadItemNeverStopsAFolder) {
    std::string const corpus = GODWIT_SHARED "/corpus/mail";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no corpus of strange mail here";
    Directory place;
    auto data = place / "data";
    ASSERT_EQ(godwit({"account", "add", "anna@example.org", "--password-stdin", "--data", data}, "secret\n").status, 0);
    std::vector<std::string> words{"import", "anna@example.org"};
    std::size_t count = 0;
    for (auto const& file : fs::directory_iterator(corpus))
        if (file.path().extension() == ".eml") words.push_back(file.path()), ++count;
    words.insert(words.end(), {"--data", data});
    auto imported = godwit(words);
    EXPECT_EQ(imported.status, 0) << imported.err;
    Server server({.data = data});
    struct Way {
        eas::Version version;
        unsigned body, mime;
    };
    unsigned number = 0;
    for (auto const& way :
         {Way{eas::v12_1, 2, 0}, Way{eas::v14_1, 1, 0}, Way{eas::v16_1, 2, 0}, Way{eas::v16_1, 4, 2}}) {
        BlockingPhone phone(server.settings("anna@example.org", "CORPUS" + std::to_string(number++), way.version));
        ASSERT_EQ(phone.enrol(), 1u);
        auto const in = phone.model().of_type(2)->id;
        ASSERT_EQ(phone.sync_all(in, 50, client::mail_options(way.body, {}, 0, way.mime)), 1u);
        EXPECT_EQ(phone.model().at(in).items.size(), count) << name(way.version) << " body type " << way.body;
        for (auto const& [id, item] : phone.model().at(in).items) {
            auto whole = phone.fetch({.collection = in, .server_id = id, .body_type = way.body});
            EXPECT_EQ(whole.status, 1u) << client::text_of(item, wbxml::email::Subject);
        }
    }
    auto shown = godwit({"account", "show", "anna@example.org", "--data", data});
    EXPECT_EQ(shown.status, 0) << shown.err;
    auto exported = godwit({"export", "anna@example.org", place / "out", "--data", data});
    EXPECT_EQ(exported.status, 0);
    std::map<std::string, int> original;
    for (auto const& file : fs::directory_iterator(corpus))
        if (file.path().extension() == ".eml") ++original[read_file(file.path())];
    EXPECT_EQ(messages_below(place / "out"), original);
}

// Mail of 0 bytes and of nearly 50 MB: neither stops anything.
TEST(Archive, EmptyAndHugeMail) {
    Server server;
    server.account("anna@example.org");
    EXPECT_EQ(server.deliver("anna@example.org", ""), std::vector<unsigned>{250});
    EXPECT_EQ(server.deliver("anna@example.org", mail("huge", std::string(34 << 20, 'x'))), std::vector<unsigned>{250});
    auto too_much = server.deliver("anna@example.org", mail("beyond", std::string(40 << 20, 'x')));
    EXPECT_EQ(too_much, std::vector<unsigned>{552});
    BlockingPhone phone(server.settings("anna@example.org", "HUGE"));
    ASSERT_EQ(phone.enrol(), 1u);
    auto const in = phone.model().of_type(2)->id;
    ASSERT_EQ(phone.sync_all(in, 10, client::mail_options(2, 1000)), 1u);
    auto const& inbox = phone.model().at(in);
    EXPECT_EQ(inbox.items.size(), 2u);
    auto huge = inbox.find(wbxml::email::Subject, "huge");
    ASSERT_EQ(huge.size(), 1u);
    auto const* attachments = client::property(*inbox.item(huge[0]), wbxml::airsyncbase::Attachments);
    ASSERT_TRUE(attachments);
    std::string reference(attachments->children[0].value(wbxml::airsyncbase::FileReference));
    EXPECT_EQ(phone.fetch({.file_reference = reference, .multipart = true}).data.size(), std::size_t{34} << 20);
    EXPECT_EQ(phone.fetch({.file_reference = reference, .range = "1048576-1048580"}).data, "xxxxx");
}

} // namespace
} // namespace godwit::e2e
