// The whole life of an account on a phone, in every version, plain and over TLS, in both forms of the query. Each answer is
// judged by the schema and by the laws of the client's model, so that much of what is proved here is not written here.
#include "server.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::Edit;
using client::element;
using client::text_of;
namespace email = wbxml::email;
namespace airsyncbase = wbxml::airsyncbase;
namespace airsync = wbxml::airsync;

struct Way {
    eas::Version version;
    bool tls, base64;
};
std::string name_of(Way const& way) {
    std::string out = "v" + std::to_string(static_cast<int>(way.version));
    return out + (way.tls ? "_tls" : "_plain") + (way.base64 ? "_base64" : "_text");
}

// One server for each of plain and TLS: accounts are what keeps the ways apart.
std::unique_ptr<Server> servers[2];
Server& server_of(bool tls) {
    auto& server = servers[tls];
    if (!server) server = std::make_unique<Server>(Options{.tls = tls});
    return *server;
}

class Life : public testing::TestWithParam<Way> {
protected:
    static void TearDownTestSuite() {
        for (auto& server : servers) server.reset();
    }
    void SetUp() override {
        auto const& way = GetParam();
        anna = "anna." + name_of(way) + "@example.org";
        bert = "bert." + name_of(way) + "@example.org";
        server.account(anna, {"--name", "Anna"});
        server.account(bert);
    }
    client::Settings settings(std::string const& login, std::string const& device) {
        auto s = server.settings(login, device, GetParam().version);
        s.base64_query = GetParam().base64;
        return s;
    }
    std::string inbox(BlockingPhone& phone) { return phone.model().of_type(2)->id; }
    unsigned sync(BlockingPhone& phone, std::string const& folder) {
        return phone.sync_all(folder, 100, client::mail_options(2, 20000));
    }
    client::SyncAnswer edit(BlockingPhone& phone, std::string const& folder, Edit one) {
        return phone.sync({.collections = {{.collection = folder, .get_changes = true, .edits = {std::move(one)}}}});
    }
    Server& server = server_of(GetParam().tls);
    std::string anna, bert;
};

TEST_P(Life, OfAnAccount) {
    BlockingPhone phone(settings(anna, "PHONEA")), tablet(settings(anna, "TABLETA"));
    auto const version = GetParam().version;

    auto offer = phone.options();
    ASSERT_EQ(offer.http, 200u);
    EXPECT_NE(std::ranges::find(offer.versions, name(version)), offer.versions.end());
    for (auto const* command :
         {"Sync", "Ping", "FolderSync", "Provision", "SendMail", "ItemOperations", "GetItemEstimate", "Settings"})
        EXPECT_NE(std::ranges::find(offer.commands, command), offer.commands.end()) << command;
    auto found = phone.autodiscover(anna);
    EXPECT_EQ(found.http, 200u);
    EXPECT_TRUE(found.url.ends_with("/Microsoft-Server-ActiveSync")) << found.url;
    EXPECT_EQ(found.address, anna);

    // Not provisioned yet: 449 up to 12.1, status 142 or 144 from 14.0 (MS-ASPROV 3.1.5).
    auto refused = phone.folder_sync();
    EXPECT_TRUE(version < eas::v14_0 ? refused == 449 : refused == 142 || refused == 144) << refused;
    ASSERT_EQ(phone.enrol(), 1u);
    ASSERT_EQ(tablet.enrol(), 1u);
    EXPECT_EQ(phone.describe_device(), 1u);
    auto addresses = phone.user_addresses();
    EXPECT_NE(std::ranges::find(addresses, anna), addresses.end());
    for (unsigned type : {2u, 3u, 4u, 5u, 6u}) EXPECT_TRUE(phone.model().of_type(type)) << "no folder of type " << type;
    EXPECT_TRUE(phone.model().named("Junk") || phone.model().named("Junk Email") || phone.model().named("Junk E-mail"));

    auto const in = inbox(phone);
    ASSERT_EQ(sync(phone, in), 1u);
    ASSERT_EQ(sync(tablet, in), 1u);
    EXPECT_TRUE(phone.model().at(in).items.empty());

    // Pushed: the Ping that waits is answered when LMTP has said 250.
    phone.hold({.heartbeat = 600, .folders = {{in, "Email"}}});
    ASSERT_FALSE(phone.held(300ms)) << "the Ping was not held";
    ASSERT_EQ(server.deliver(anna, mail("First message")), std::vector<unsigned>{250});
    auto pushed = phone.held(5s);
    ASSERT_TRUE(pushed);
    EXPECT_EQ(pushed->status, 2u);
    EXPECT_EQ(pushed->changed, std::vector<std::string>{in});

    auto estimate = phone.estimate(in);
    EXPECT_EQ(estimate.status, 1u);
    EXPECT_EQ(estimate.estimate, 1u);
    ASSERT_EQ(sync(phone, in), 1u);
    auto const& items = phone.model().at(in).items;
    ASSERT_EQ(items.size(), 1u);
    auto const first = items.begin()->first;
    auto const& message = items.begin()->second;
    EXPECT_EQ(text_of(message, email::Subject), "First message");
    EXPECT_TRUE(text_of(message, email::From).contains("max@sample.invalid"));
    EXPECT_EQ(text_of(message, email::Read), "0");
    auto const* body = client::property(message, airsyncbase::Body);
    ASSERT_TRUE(body);
    EXPECT_EQ(body->value(airsyncbase::Type), "2");
    EXPECT_TRUE(body->value(airsyncbase::Data).contains("<b>Grüße</b>")) << body->value(airsyncbase::Data);

    // Body and attachment.
    auto whole = phone.fetch({.collection = in, .server_id = first, .body_type = 4});
    EXPECT_EQ(whole.status, 1u);
    EXPECT_TRUE(whole.data.contains("Subject: First message"));
    auto plain = phone.fetch({.collection = in, .server_id = first, .body_type = 1});
    EXPECT_TRUE(plain.data.contains("Grüße in Textform.")) << plain.data;
    auto const* attachments = client::property(message, airsyncbase::Attachments);
    ASSERT_TRUE(attachments);
    ASSERT_EQ(attachments->children.size(), 1u);
    EXPECT_EQ(attachments->children[0].value(airsyncbase::DisplayName), attachment_name);
    std::string const reference(attachments->children[0].value(airsyncbase::FileReference));
    EXPECT_EQ(phone.fetch({.file_reference = reference}).data, "one,two\n1,2\n");
    EXPECT_EQ(phone.fetch({.file_reference = reference, .multipart = true}).data, "one,two\n1,2\n");
    auto part = phone.fetch({.file_reference = reference, .range = "4-6"});
    EXPECT_EQ(part.data, "two");
    EXPECT_EQ(part.total, 12u);

    // Read and flagged here, seen there; and not told back (law 3).
    ASSERT_EQ(sync(tablet, in), 1u);
    auto changed = edit(phone, in, {.kind = Edit::Change, .id = first, .data = {element(email::Read, "1")}});
    EXPECT_EQ(changed.of(in).status, 1u);
    EXPECT_EQ(changed.of(in).told(), 0u) << "its own change was told back";
    client::Properties flag{element(email::Status, "2"), element(email::FlagType, "for Follow Up")};
    auto flagged = edit(phone, in, {.kind = Edit::Change, .id = first, .data = {element(email::Flag, flag)}});
    EXPECT_EQ(flagged.of(in).status, 1u);
    ASSERT_EQ(sync(phone, in), 1u);
    EXPECT_EQ(phone.model().at(in).changes, 0u);
    ASSERT_EQ(sync(tablet, in), 1u);
    auto const* there = tablet.model().at(in).item(first);
    ASSERT_TRUE(there);
    EXPECT_EQ(text_of(*there, email::Read), "1");
    auto const* seen_flag = client::property(*there, email::Flag);
    ASSERT_TRUE(seen_flag);
    EXPECT_EQ(seen_flag->value(email::Status), "2");

    // Deleted: it moves to the trash, here and there.
    auto deleted = edit(phone, in, {.kind = Edit::Delete, .id = first});
    EXPECT_EQ(deleted.of(in).status, 1u);
    ASSERT_EQ(sync(tablet, in), 1u);
    EXPECT_TRUE(tablet.model().at(in).items.empty());
    auto const trash = tablet.model().of_type(4)->id;
    ASSERT_EQ(sync(tablet, trash), 1u);
    EXPECT_EQ(tablet.model().at(trash).find(email::Subject, "First message").size(), 1u);
    // From the trash it is gone for good.
    auto const in_trash = tablet.model().at(trash).items.begin()->first;
    EXPECT_EQ(edit(tablet, trash, {.kind = Edit::Delete, .id = in_trash}).of(trash).status, 1u);
    EXPECT_TRUE(tablet.model().at(trash).items.empty());

    // Sent: it arrives, and a copy is kept.
    BlockingPhone other(settings(bert, "PHONEB"));
    ASSERT_EQ(other.enrol(), 1u);
    auto const bert_in = inbox(other);
    ASSERT_EQ(sync(other, bert_in), 1u);
    other.hold({.heartbeat = 600, .folders = {{bert_in, "Email"}}});
    std::string const letter = "From: " + anna + "\r\nTo: " + bert + "\r\nSubject: To Bert\r\n\r\nHello.\r\n";
    EXPECT_EQ(phone.send_mail(letter, "letter-1", true), 1u);
    auto arrived = other.held(5s);
    ASSERT_TRUE(arrived);
    EXPECT_EQ(arrived->status, 2u);
    ASSERT_EQ(sync(other, bert_in), 1u);
    EXPECT_EQ(other.model().at(bert_in).find(email::Subject, "To Bert").size(), 1u);
    auto const sent = phone.model().of_type(5)->id;
    ASSERT_EQ(sync(phone, sent), 1u);
    ASSERT_EQ(phone.model().at(sent).find(email::Subject, "To Bert").size(), 1u);
    auto const& copy = phone.model().at(sent).items.begin()->second;
    EXPECT_EQ(text_of(copy, email::Read), "1") << "one's own mail is not new";
}

std::vector<Way> const ways = {{eas::v12_1, false, false}, {eas::v12_1, true, true},   {eas::v14_0, false, true},
                               {eas::v14_0, true, false},  {eas::v14_1, false, false}, {eas::v14_1, true, true},
                               {eas::v16_0, false, true},  {eas::v16_0, true, false},  {eas::v16_1, false, false},
                               {eas::v16_1, true, true},   {eas::v16_1, false, true}};
INSTANTIATE_TEST_SUITE_P(Ways, Life, testing::ValuesIn(ways), [](auto const& one) { return name_of(one.param); });

} // namespace
} // namespace godwit::e2e
