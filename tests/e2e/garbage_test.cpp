// Law 5: no bytes whatever get a 500. A good request of each command, and then what chance makes of it.
#include "client/request.hpp"
#include "server.hpp"
#include <gtest/gtest.h>
#include <random>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using eas::Command;

struct Good {
    Command command;
    std::string body;
    client::Parameters parameters = {};
};

std::vector<Good> of_folders(BlockingPhone& phone, std::string const& folder, std::string const& name) {
    auto const& key = phone.model().folder_key;
    return {{Command::FolderSync, client::folder_sync_request(key)},
            {Command::FolderCreate, client::folder_create_request(key, {.name = name + "+"})},
            {Command::FolderUpdate, client::folder_update_request(key, {.id = folder, .name = name + "-"})},
            {Command::FolderDelete, client::folder_delete_request(key, folder)}};
}

std::vector<Good> of_items(BlockingPhone& phone, std::string const& in, std::string const& item,
                           std::string const& folder) {
    client::Edit const read{.id = item, .data = {client::element(wbxml::email::Read, "1")}};
    client::Ask const ask{.collection = in,
                          .get_changes = true,
                          .window = 5,
                          .options = client::mail_options(2, 1000),
                          .edits = {read, {.kind = client::Edit::Fetch, .id = item}}};
    auto const version = phone.settings().version;
    return {{Command::Sync, client::sync_request({.collections = {ask}}, phone.model())},
            {Command::MoveItems, client::move_request({{item, in, folder}})},
            {Command::GetItemEstimate, client::estimate_request(version, in, phone.model().at(in).key, 3)},
            {Command::ItemOperations, client::fetch_request({.collection = in, .server_id = item, .truncation = 100})},
            {Command::ItemOperations, client::empty_folder_request(folder, true)}};
}

std::vector<Good> of_mail(BlockingPhone& phone, std::string const& in, std::string const& item,
                          std::string const& name) {
    client::AnswerAsk ask{.original = {.collection_id = in, .item_id = item},
                          .mime = "From: mad@example.org\r\nTo: eva@example.org\r\nSubject: x\r\n\r\n" + name + "\r\n",
                          .client_id = name};
    if (has_mime_body(Command::SendMail, phone.settings().version))
        return {{Command::SendMail, ask.mime},
                {Command::SmartReply, ask.mime, ask.original},
                {Command::SmartForward, ask.mime, ask.original}};
    std::vector<Good> out{{Command::SendMail, client::send_mail_request(ask.mime, name + "s", true)},
                          {Command::SmartReply, client::answer_request(ask)}};
    ask.forward = true;
    ask.client_id += "f";
    out.push_back({Command::SmartForward, client::answer_request(ask)});
    return out;
}

std::vector<Good> of_the_phone(BlockingPhone& phone, std::string const& in) {
    // An interval that is answered at once (status 5), whatever chance makes of its digit.
    return {{Command::Ping, client::ping_request({.heartbeat = 1, .folders = {{in, "Email"}}})},
            {Command::Settings, client::device_request(phone.settings())},
            {Command::Provision, client::provision_request(phone.settings())}};
}

// To a message that is no invitation: a good request, and a Status inside.
Good of_meetings(BlockingPhone& phone, std::string const& in, std::string const& item) {
    namespace meeting = wbxml::meetingresponse;
    using client::element;
    client::Properties request{element(meeting::UserResponse, "1"), element(meeting::CollectionId, in),
                               element(meeting::RequestId, item)};
    if (phone.settings().version >= eas::v16_0) request.push_back(element(meeting::SendResponse, client::Properties{}));
    wbxml::Writer writer;
    client::copy(writer,
                 element(meeting::MeetingResponse, client::Properties{element(meeting::Request, std::move(request))}));
    return {Command::MeetingResponse, std::move(writer).finish()};
}

// A body that is wrong in one of many ways, or by chance right.
std::string garbage(std::mt19937& random, std::string const& good, unsigned kind) {
    auto at = random() % good.size();
    auto const length = random() % 200 + 1;
    std::string out = good;
    switch (kind % 8) {
    case 0: return std::string(length, '\0');
    case 1: // noise
        out.resize(length);
        for (auto& c : out) c = static_cast<char>(random() & 0xFF);
        return out;
    case 2: return out.substr(0, at);
    case 3: return std::string("\x03\x01\x6A\x00", 4) + std::string(5000, '\x45'); // depth
    case 4: return out.erase(at, 1);
    case 5: return out.insert(at, out.substr(at, length)); // something is there twice
    default: out[at] = static_cast<char>(out[at] ^ (1 << random() % 8)); return out;
    }
}

class Garbage : public testing::TestWithParam<eas::Version> {
protected:
    static void SetUpTestSuite() {
        server = std::make_unique<Server>();
        for (auto const* who : {"mad@example.org", "eva@example.org", "calm@example.org"}) server->account(who);
    }
    static void TearDownTestSuite() { server.reset(); }
    // Each on a device of its own that says a few things only: one that goes on is told to come back later (law 8).
    void play(std::size_t which, unsigned device) {
        auto const name = std::to_string(static_cast<int>(GetParam())) + "x" + std::to_string(which * 10 + device);
        std::mt19937 random(2026 + device);
        BlockingPhone mad(server->settings("mad@example.org", "GARBAGE" + name, GetParam()));
        ASSERT_EQ(mad.enrol(), 1u);
        auto const in = mad.model().of_type(2)->id;
        ASSERT_EQ(server->deliver("mad@example.org", mail(name)), std::vector<unsigned>{250});
        auto const made = mad.create_folder({.name = name});
        ASSERT_EQ(made.status, 1u);
        ASSERT_EQ(mad.sync_all(in), 1u);
        auto const item = mad.model().at(in).find(wbxml::email::Subject, name);
        ASSERT_EQ(item.size(), 1u);
        std::vector<Good> all;
        for (auto& some : {of_folders(mad, made.id, name), of_items(mad, in, item[0], made.id),
                           of_mail(mad, in, item[0], name), of_the_phone(mad, in)})
            all.insert(all.end(), some.begin(), some.end());
        all.push_back(of_meetings(mad, in, item[0]));
        ASSERT_EQ(all.size(), commands);
        auto const& good = all[which];
        auto told = name_of(good.command) + ' ' + name;
        EXPECT_EQ(mad.command(good.command, good.body, {}, good.parameters).http.status, 200u)
            << told << ": it is good";
        for (unsigned i = 0; i < 12; ++i) {
            auto const body = garbage(random, good.body, i + 4 * device);
            auto const reply = mad.command(good.command, body, {}, good.parameters);
            // From 14.0 on what is wrong is said in a status, up to 12.1 by HTTP (MS-ASCMD 2.2.2; trap 43).
            bool const old = GetParam() < eas::v14_0;
            EXPECT_TRUE(reply.http.status == 200 || (old && reply.http.status == 400))
                << told << ": " << reply.http.status << " for " << client::base64(body);
        }
        EXPECT_EQ(mad.folder_sync(), 1u) << told;
    }
    static std::string name_of(Command command) { return std::string(eas::name(command)); }
    static constexpr std::size_t commands = 16;
    static std::unique_ptr<Server> server;
};
std::unique_ptr<Server> Garbage::server;

TEST_P(Garbage, IsNeverA500) {
    for (std::size_t which = 0; which < commands; ++which)
        for (unsigned device = 0; device < 2; ++device) ASSERT_NO_FATAL_FAILURE(play(which, device)) << which;
    EXPECT_GT(server->log_lines(" malformed="), 100u) << "a line says why";
    BlockingPhone calm(server->settings("calm@example.org", "CALM"));
    EXPECT_EQ(calm.enrol(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Versions, Garbage, testing::Values(eas::v12_1, eas::v16_1),
                         [](auto const& one) { return "v" + std::to_string(static_cast<int>(one.param)); });

} // namespace
} // namespace godwit::e2e
