// More in one request than a command takes (MS-ASCMD 3.1.5.10, 2.2.3.94, 2.2.3.103): its own status, with the limit
// where there is an element for it, however far above the limit the request goes.
#include "client/request.hpp"
#include "server.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::e2e {
namespace {

using client::Element;
using client::element;
using client::Properties;
using eas::Command;

std::string written(Element const& root) {
    wbxml::Writer writer;
    client::copy(writer, root);
    return std::move(writer).finish();
}

std::string ping(std::size_t count) {
    namespace p = wbxml::ping;
    Properties folders;
    for (std::size_t i = 0; i < count; ++i)
        folders.push_back(
            element(p::Folder, Properties{element(p::Id, std::to_string(i + 1)), element(p::Class, "Email")}));
    return written(
        element(p::Ping, Properties{element(p::HeartbeatInterval, "60"), element(p::Folders, std::move(folders))}));
}

std::string sync(std::size_t count) {
    namespace a = wbxml::airsync;
    Properties collections;
    for (std::size_t i = 0; i < count; ++i)
        collections.push_back(element(
            a::Collection, Properties{element(a::SyncKey, "0"), element(a::CollectionId, std::to_string(i + 1))}));
    return written(element(a::Sync, Properties{element(a::Collections, std::move(collections))}));
}

std::string fetch(std::size_t count) {
    namespace i = wbxml::itemoperations;
    Properties fetches;
    for (std::size_t n = 0; n < count; ++n)
        fetches.push_back(
            element(i::Fetch, Properties{element(i::Store, "Mailbox"), element(wbxml::airsync::CollectionId, "1"),
                                         element(wbxml::airsync::ServerId, "1:" + std::to_string(n + 1))}));
    return written(element(i::ItemOperations, std::move(fetches)));
}

std::string move(std::size_t count) {
    std::vector<client::MoveAsk> asks;
    for (std::size_t n = 0; n < count; ++n) asks.push_back({"1:" + std::to_string(n + 1), "1", "2"});
    return client::move_request(asks);
}

std::string respond(std::size_t count) { // MS-ASCMD_R5650
    namespace m = wbxml::meetingresponse;
    Properties requests;
    for (std::size_t n = 0; n < count; ++n)
        requests.push_back(element(m::Request, Properties{element(m::UserResponse, "1"), element(m::CollectionId, "1"),
                                                          element(m::RequestId, "1:" + std::to_string(n + 1))}));
    return written(element(m::MeetingResponse, std::move(requests)));
}

std::string estimate(std::size_t count) {
    namespace g = wbxml::getitemestimate;
    Properties collections;
    for (std::size_t i = 0; i < count; ++i)
        collections.push_back(element(g::Collection, Properties{element(wbxml::airsync::SyncKey, "1"),
                                                                element(g::CollectionId, std::to_string(i + 1))}));
    return written(element(g::GetItemEstimate, Properties{element(g::Collections, std::move(collections))}));
}

TEST(Limits, TooManyAreToldSoHoweverMany) {
    Server server;
    server.account("anna@example.org");
    struct {
        char const* name;
        Command command;
        std::string (*request)(std::size_t);
        std::size_t within; // the most that is taken
        unsigned status;
        char const* limit = nullptr; // the element that tells it
    } const rows[] = {
        {"Ping", Command::Ping, ping, 300, 6, "MaxFolders"},
        {"Sync", Command::Sync, sync, 300, 15, "Limit"},
        {"ItemOperations", Command::ItemOperations, fetch, 100, 11},
        {"MoveItems", Command::MoveItems, move, 1000, 103},
        {"GetItemEstimate", Command::GetItemEstimate, estimate, 1000, 103},
        {"MeetingResponse", Command::MeetingResponse, respond, 100, 103},
    };
    client::BlockingPhone phone(server.settings("anna@example.org", "LIMITS", eas::v16_1));
    ASSERT_EQ(phone.enrol(), 1u);
    auto child = [](client::Reply const& reply, std::string_view name) -> std::string {
        if (!reply.document) return {};
        auto const* level = &reply.document->children; // a MeetingResponse has its Status in a Result
        if (!level->empty() && level->front().tag.name == "Result") level = &level->front().children;
        auto const found = std::ranges::find_if(*level, [&](auto const& c) { return c.tag.name == name; });
        return found == level->end() ? "" : found->text;
    };
    for (auto const& row : rows)
        for (auto const count : {row.within + 1, std::size_t(1001), std::size_t(5000)}) {
            auto const reply = phone.command(row.command, row.request(count));
            EXPECT_EQ(child(reply, "Status"), std::to_string(row.status)) << row.name << ' ' << count;
            if (row.limit) EXPECT_EQ(child(reply, row.limit), std::to_string(row.within)) << row.name << ' ' << count;
        }
    // And the most that is taken is taken: a status of another kind, or none.
    for (auto const& row : rows) {
        if (row.command == Command::Ping) continue; // would wait
        auto const reply = phone.command(row.command, row.request(row.within));
        EXPECT_EQ(reply.http.status, 200u) << row.name;
        EXPECT_NE(child(reply, "Status"), std::to_string(row.status)) << row.name;
    }
}

} // namespace
} // namespace godwit::e2e
