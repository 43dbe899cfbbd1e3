#include "client/request.hpp"
#include "eas/validate.hpp"
#include "wbxml/xml.hpp"
#include <gtest/gtest.h>

namespace godwit::client {
namespace {

Settings erika(eas::Version version) {
    return {.login = "erika",
            .password = "geheim",
            .device_id = "TESTDEVICE01",
            .device_type = "TestPhone",
            .version = version};
}

// The worked examples of the base64 query; the User parameter is ours.
TEST(Query, BinaryFormIsThatOfTheSpecification) {
    auto bytes = binary_query(erika(eas::v16_1), eas::Command::Ping, "1877341229", {});
    // MS-ASHTTP 2.2.1.1.1, in en-US
    EXPECT_TRUE(base64(bytes).starts_with("oRIJBAxURVNUREVWSUNFMDEELfTlbwlUZXN0UGhvbmU")) << base64(bytes);
    auto tail = binary_query(erika(eas::v14_0), eas::Command::ItemOperations, "", {}, true);
    EXPECT_TRUE(tail.ends_with(std::string("\x08\x05"
                                           "erika\x07\x01\x02")));
}

TEST(Query, CarriesTheSourceOfAnAnswer) {
    Parameters const source{
        .collection_id = "1", .item_id = "1:7", .occurrence = "20260119T090000Z", .save_in_sent = true};
    auto bytes = binary_query(erika(eas::v12_1), eas::Command::SmartReply, "", source);
    EXPECT_TRUE(bytes.ends_with("erika\x01\x01"
                                "1\x03\x03"
                                "1:7\x06\x10"
                                "20260119T090000Z\x07\x01\x01"))
        << base64(bytes);
    EXPECT_TRUE(plain_query(erika(eas::v12_1), eas::Command::SmartReply, source)
                    .ends_with("&CollectionId=1&ItemId=1%3A7&Occurrence=20260119T090000Z&SaveInSent=T"));
    auto file = binary_query(erika(eas::v12_1), eas::Command::GetAttachment, "", {.attachment_name = "7-2"});
    EXPECT_TRUE(file.ends_with(std::string("erika\x00\x03"
                                           "7-2",
                                           10)))
        << base64(file);
}

TEST(Query, PlainFormIsPercentEncoded) {
    auto settings = erika(eas::v12_1);
    settings.login = "DOMAIN\\erika müller";
    EXPECT_EQ(plain_query(settings, eas::Command::SendMail, {.save_in_sent = true}),
              "Cmd=SendMail&User=DOMAIN%5Cerika%20m%C3%BCller&DeviceId=TESTDEVICE01&DeviceType=TestPhone&SaveInSent=T");
}

// What the client says is itself in order, in every version.
class Requests : public testing::TestWithParam<eas::Version> {};

TEST_P(Requests, AreValid) {
    using enum eas::Command;
    auto version = GetParam();
    Model model;
    model.collections["1"] = {.id = "1", .key = "1.7"};
    SyncAsk sync{
        .collections = {{.collection = "1",
                         .deletes_as_moves = true,
                         .get_changes = true,
                         .window = 25,
                         .options = mail_options(2, 32768, 3, 2),
                         .edits = {{.kind = Edit::Change, .id = "1:7", .data = {element(wbxml::email::Read, "1")}},
                                   {.kind = Edit::Delete, .id = "1:8"},
                                   {.kind = Edit::Fetch, .id = "1:9"}}}},
        .wait = 5,
        .window = 50};
    std::vector<std::pair<eas::Command, std::string>> bodies = {
        {Provision, provision_request(erika(version))},
        {Provision, provision_acknowledgement("17")},
        {FolderSync, folder_sync_request("0")},
        {Sync, sync_request(sync, model)},
        {Ping, ping_request({.heartbeat = 600, .folders = {{"1", "Email"}}})},
        {GetItemEstimate, estimate_request(version, "1", "1.7", 3)},
        {ItemOperations, fetch_request({.collection = "1", .server_id = "1:7", .body_type = 4, .truncation = 100})},
        {ItemOperations, fetch_request({.file_reference = "a", .range = "0-9"})},
        {Settings, user_request()},
        {MoveItems, move_request({{"1:7", "1", "4"}, {"1:8", "1", "4"}})},
        {FolderCreate, folder_create_request("1", {.name = "New"})},
        {FolderUpdate, folder_update_request("1", {.id = "7", .parent = "8", .name = "Newer"})},
        {FolderDelete, folder_delete_request("1", "7")},
        {ItemOperations, empty_folder_request("4", true)}};
    if (version >= eas::v14_0) {
        bodies.emplace_back(SendMail, send_mail_request("Subject: x\r\n\r\n", "c-1", true));
        AnswerAsk ask{.mime = "Subject: x\r\n\r\n", .client_id = "c-2"};
        ask.original = {.collection_id = "1", .item_id = "1:7", .occurrence = "20260119T090000Z"};
        bodies.emplace_back(SmartReply, answer_request(ask));
        ask.forward = ask.replace_mime = true;
        ask.original = {.long_id = "m7"};
        bodies.emplace_back(SmartForward, answer_request(ask));
    }
    for (auto const& [command, body] : bodies) {
        auto violation = eas::validate_request(body, command, version);
        EXPECT_FALSE(violation) << name(command) << ": " << to_string(*violation) << "\n" << wbxml::to_xml(body);
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, Requests, testing::ValuesIn(eas::spoken_versions),
                         [](auto const& one) { return "v" + std::to_string(static_cast<int>(one.param)); });

TEST(Document, ReadsWhatTheWriterWrites) {
    auto body = sync_request({.collections = {{.collection = "1", .key = "0"}}}, {});
    auto document = parse_document(body);
    ASSERT_TRUE(document) << document.error();
    auto const* collection = document->child(wbxml::airsync::Collections, wbxml::airsync::Collection);
    ASSERT_TRUE(collection);
    EXPECT_EQ(collection->value(wbxml::airsync::SyncKey), "0");
    EXPECT_FALSE(parse_document(body.substr(0, body.size() - 2)));
}

} // namespace
} // namespace godwit::client
