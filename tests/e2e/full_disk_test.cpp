// A disk without room (law 5): what has to write is 503 with Retry-After at every version, LMTP says 452, reading goes
// on; nothing is lost or done by halves, and the same requests succeed, once, when there is room again.
#include "client/request.hpp"
#include "server.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <span>
#include <sys/mount.h>
#include <sys/resource.h>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::Edit;
namespace email = wbxml::email;

// The disk as the server sees it: a small one of its own where root can mount it, else a bound on its files.
class Disk {
public:
    explicit Disk(std::string at) : at_(std::move(at)) {
        std::filesystem::create_directory(at_);
        mounted_ = ::mount("godwit-e2e", at_.c_str(), "tmpfs", 0, "size=24m") == 0;
    }
    ~Disk() {
        if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
    }
    void fill(pid_t server) {
        if (!mounted_) return limit(server, 4096);
        std::ofstream file(at_ + "/filler", std::ios::binary);
        std::string const block(4096, 'x');
        while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }
    void free(pid_t server) {
        if (mounted_)
            std::filesystem::remove(at_ + "/filler");
        else
            limit(server, RLIM_INFINITY);
    }

    // Else the log has no room either.
    bool has_a_log() const { return mounted_; }

private:
    static void limit(pid_t server, rlim_t bytes) {
        rlimit limits{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
        if (::prlimit(server, RLIMIT_FSIZE, &limits, nullptr) != 0)
            throw std::runtime_error("no limit of the file size");
    }
    std::string at_;
    bool mounted_ = false;
};

class FullDisk : public testing::Test {
protected:
    struct Wanted {
        std::string name;
        eas::Command command;
        std::string body;
        client::Parameters parameters = {};
    };
    void SetUp() override {
        server.account("anna@example.org");
        server.account("bert@example.org");
        for (auto* phone : {&young, &old}) ASSERT_EQ(phone->enrol(), 1u);
        in = young.model().of_type(2)->id;
        ASSERT_EQ(server.deliver("anna@example.org", mail("before")), std::vector<unsigned>{250});
        ASSERT_EQ(young.sync_all(in), 1u);
        ASSERT_EQ(young.sync_all(drafts()), 1u);
        ASSERT_EQ(old.sync_all(in), 1u);
        item = young.model().at(in).items.begin()->first;
    }
    std::string drafts() { return young.model().of_type(3)->id; }
    client::Ask edit(std::string const& folder, Edit what) const {
        return {.collection = folder, .get_changes = true, .edits = {std::move(what)}};
    }
    // What would write. The last two are not said again when there is room.
    std::vector<Wanted> wanted(BlockingPhone& phone, std::string const& name) {
        using enum eas::Command;
        auto const& model = phone.model();
        bool const bare = has_mime_body(SendMail, phone.settings().version);
        client::AnswerAsk ask{.original = {.collection_id = in, .item_id = item}};
        auto letter = [&](std::string const& kind) {
            ask.client_id = name + ' ' + kind;
            ask.forward = kind == "forward";
            ask.mime = "To: bert@example.org\r\nSubject: " + ask.client_id + "\r\n\r\nx\r\n";
            letters.insert(ask.client_id);
            if (bare) return ask.mime;
            return kind == "send" ? client::send_mail_request(ask.mime, ask.client_id, true)
                                  : client::answer_request(ask);
        };
        auto const source = bare ? ask.original : client::Parameters{};
        Edit const read{.id = item, .data = {client::element(email::Read, "1")}};
        Edit const begun{.kind = Edit::Add, .id = "d-1", .data = {client::element(email::Subject, "begun")}};
        std::vector<Wanted> all{
            {"folder", FolderCreate, client::folder_create_request(model.folder_key, {.name = name})},
            {"flag", Sync, client::sync_request({.collections = {edit(in, read)}}, model)},
            {"reply", SmartReply, letter("reply"), source},
            {"forward", SmartForward, letter("forward"), source},
            {"send", SendMail, letter("send")}};
        if (!bare)
            all.push_back({"draft", Sync, client::sync_request({.collections = {edit(drafts(), begun)}}, model)});
        all.push_back({"empty", ItemOperations, client::empty_folder_request(in, false)});
        all.push_back({"move", MoveItems, client::move_request({{item, in, drafts()}})});
        return all;
    }
    void expect_refused(BlockingPhone& phone, Wanted const& one) {
        auto const reply = phone.command(one.command, one.body, {}, one.parameters);
        EXPECT_EQ(reply.http.status, 503u) << one.name;
        EXPECT_EQ(reply.http.header("Retry-After"), "60") << one.name;
    }
    // Each thing once, as phones see it that come new.
    void expect_all_there() {
        BlockingPhone anna(server.settings("anna@example.org", "NEW")),
            bert(server.settings("bert@example.org", "NEW"));
        for (auto* phone : {&anna, &bert}) ASSERT_EQ(phone->enrol(), 1u);
        for (auto const* name : {"young", "old"}) EXPECT_TRUE(anna.model().named(name)) << name;
        ASSERT_EQ(anna.sync_all(in), 1u);
        EXPECT_EQ(anna.model().at(in).items.size(), 2u);
        for (auto const* subject : {"before", "after"})
            EXPECT_EQ(anna.model().at(in).find(email::Subject, subject).size(), 1u) << subject;
        auto const* before = anna.model().at(in).item(item);
        ASSERT_TRUE(before);
        EXPECT_EQ(client::text_of(*before, email::Read), "1");
        ASSERT_EQ(anna.sync_all(drafts()), 1u);
        EXPECT_EQ(anna.model().at(drafts()).items.size(), 1u);
        auto const inbox = bert.model().of_type(2)->id;
        ASSERT_EQ(bert.sync_all(inbox), 1u);
        EXPECT_EQ(bert.model().at(inbox).items.size(), letters.size());
        for (auto const& subject : letters)
            EXPECT_EQ(bert.model().at(inbox).find(email::Subject, subject).size(), 1u) << subject;
    }
    Directory directory;
    Disk disk{directory / "disk"};
    Server server{Options{.data = directory / "disk/data"}};
    BlockingPhone young{server.settings("anna@example.org", "YOUNG")},
        old{server.settings("anna@example.org", "OLD", eas::v12_1)};
    std::string in, item;
    std::set<std::string> letters; // that were to be sent
};

TEST_F(FullDisk, LosesNothingAndIsSurvived) {
    std::vector<std::pair<BlockingPhone*, std::vector<Wanted>>> const all{{&young, wanted(young, "young")},
                                                                          {&old, wanted(old, "old")}};
    disk.fill(server.pid());
    EXPECT_EQ(server.deliver("anna@example.org", mail("refused", std::string(100'000, 'a'))),
              std::vector<unsigned>{452});
    auto const told = [&] { return server.log_lines(" error=\"database or disk is full\""); };
    std::size_t refused = 0;
    for (auto const& [phone, requests] : all)
        for (auto const& one : requests) expect_refused(*phone, one), ++refused;
    BlockingPhone fresh(server.settings("anna@example.org", "FRESH"));
    expect_refused(fresh, {"enrol", eas::Command::Provision, client::provision_request(fresh.settings())});
    if (disk.has_a_log()) EXPECT_TRUE(eventually([&] { return told() == refused + 1; })) << server.log();

    // What writes nothing goes on.
    EXPECT_EQ(young.folder_sync(), 1u);
    EXPECT_EQ(young.fetch({.collection = in, .server_id = item}).status, 1u);
    EXPECT_TRUE(young.sync({.collections = {{.collection = in}}}).empty) << "something was done by halves";
    EXPECT_EQ(server.deliver("anna@example.org", mail("refused too")), std::vector<unsigned>{452});

    disk.free(server.pid());
    EXPECT_EQ(server.deliver("anna@example.org", mail("after")), std::vector<unsigned>{250}) << "it recovers by itself";
    for (auto const& [phone, requests] : all)
        for (auto const& one : std::span(requests).first(requests.size() - 2)) {
            auto const reply = phone->command(one.command, one.body, {}, one.parameters);
            EXPECT_EQ(reply.http.status, 200u) << one.name;
            bool const quiet = one.command == eas::Command::SendMail || one.command == eas::Command::SmartReply ||
                               one.command == eas::Command::SmartForward;
            EXPECT_EQ(reply.http.body.empty(), quiet) << one.name << ": an empty body is success (MS-ASCMD 2.2.1.17)";
        }
    expect_all_there();
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(integrity(server.data()), "ok");
}

} // namespace
} // namespace godwit::e2e
