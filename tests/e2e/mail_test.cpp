// What a phone's mail app does beside Sync, by the real binary: the parameters of both forms of the query, bare
// messages as bodies, files as answers, and what a second phone and the administrator see of it. The second phone
// speaks 16.1.
#include "server.hpp"
#include <gtest/gtest.h>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::Edit;
using client::element;
using client::Properties;
using client::text_of;
namespace email = wbxml::email;
namespace email2 = wbxml::email2;
namespace airsyncbase = wbxml::airsyncbase;

struct Way {
    eas::Version version;
    bool tls, base64;
};
std::string name_of(Way const& way) {
    return "v" + std::to_string(static_cast<int>(way.version)) + (way.tls ? "_tls" : "_plain") +
           (way.base64 ? "_base64" : "_text");
}

std::unique_ptr<Server> servers[2];
Server& server_of(bool tls) {
    auto& server = servers[tls];
    if (!server) server = std::make_unique<Server>(Options{.tls = tls});
    return *server;
}

class Mail : public testing::TestWithParam<Way> {
protected:
    static void TearDownTestSuite() {
        for (auto& server : servers) server.reset();
    }
    void SetUp() override {
        static int number = 0; // of the test: each has accounts of its own
        auto const mark = std::to_string(++number) + "@example.org";
        anna = "anna" + mark;
        bert = "bert" + mark;
        server.account(anna);
        server.account(bert);
        phone = std::make_unique<BlockingPhone>(settings(anna, "PHONE", GetParam().version));
        tablet = std::make_unique<BlockingPhone>(settings(anna, "TABLET", eas::v16_1));
        other = std::make_unique<BlockingPhone>(settings(bert, "OTHER", eas::v16_1));
        for (auto* one : {&phone, &tablet, &other}) ASSERT_EQ((*one)->enrol(), 1u);
        in = phone->model().of_type(2)->id;
        ASSERT_EQ(sync(*other, other->model().of_type(2)->id), 1u);
    }
    client::Settings settings(std::string const& login, std::string const& device, eas::Version version) {
        auto s = server.settings(login, device, version);
        s.base64_query = GetParam().base64;
        return s;
    }
    bool old() const { return GetParam().version < eas::v14_0; }
    static unsigned sync(BlockingPhone& one, std::string const& folder) {
        return one.sync_all(folder, 100, client::mail_options(1, 20000));
    }
    // Its ServerId, once the phone has been told of it.
    static std::string id_of(BlockingPhone& one, std::string const& folder, std::string const& subject) {
        EXPECT_EQ(sync(one, folder), 1u);
        auto found = one.model().at(folder).find(email::Subject, subject);
        EXPECT_EQ(found.size(), 1u) << subject;
        return found.empty() ? "" : found.front();
    }
    std::string deliver(std::string const& subject, std::string const& attachment = "one,two\n1,2\n") {
        EXPECT_EQ(server.deliver(anna, mail(subject, attachment)), std::vector<unsigned>{250});
        return id_of(*phone, in, subject);
    }
    static client::FolderAnswer make(BlockingPhone& one, std::string const& name, std::string const& parent = "0") {
        auto made = one.create_folder({.parent = parent, .name = name});
        EXPECT_EQ(made.status, 1u) << name;
        return made;
    }
    client::Outcome edit(BlockingPhone& one, std::string const& folder, Edit what) {
        auto answer = one.sync({.collections = {{.collection = folder, .edits = {std::move(what)}}}});
        EXPECT_EQ(answer.http, 200u);
        return answer.of(folder);
    }
    // The administrator's view.
    std::string shown() {
        auto ran = godwit({"account", "show", anna, "--json", "--data", server.data()});
        EXPECT_EQ(ran.status, 0) << ran.err;
        return ran.out;
    }
    static std::string shown_folder(std::string const& id, std::string const& parent, std::string const& name) {
        return R"({"id":)" + id + R"(,"parent":)" + parent + R"(,"name":")" + name + R"(","type":12,)";
    }
    // What lies in the Inbox of the other under this subject, as it came.
    std::string received(std::string const& subject) {
        auto const folder = other->model().of_type(2)->id;
        auto const id = id_of(*other, folder, subject);
        return other->fetch({.collection = folder, .server_id = id, .body_type = 4}).data;
    }
    std::string reference_of(BlockingPhone& one, std::string const& folder, std::string const& id) {
        auto const* item = one.model().at(folder).item(id);
        auto const* files = item ? client::property(*item, airsyncbase::Attachments) : nullptr;
        EXPECT_TRUE(files && files->children.size() == 1) << id;
        return files ? std::string(files->children.at(0).value(airsyncbase::FileReference)) : "";
    }
    Server& server = server_of(GetParam().tls);
    std::string anna, bert, in;
    std::unique_ptr<BlockingPhone> phone, tablet, other;
};

TEST_P(Mail, FoldersAreMadeRenamedMovedAndDeleted) {
    auto const projects = make(*phone, "Projects").id, year = make(*phone, "2026", projects).id;
    ASSERT_EQ(tablet->folder_sync(), 1u);
    ASSERT_TRUE(tablet->model().named("2026"));
    EXPECT_EQ(tablet->model().at(projects).type, 12u);
    EXPECT_EQ(tablet->model().at(projects).parent, "0");
    EXPECT_EQ(tablet->model().named("2026")->id, year);
    EXPECT_EQ(tablet->model().at(year).parent, projects);
    auto json = shown();
    EXPECT_TRUE(json.contains(shown_folder(projects, "0", "Projects"))) << json;
    EXPECT_TRUE(json.contains(shown_folder(year, projects, "2026"))) << json;

    // With a message in it that neither a new name nor a new place touches.
    auto const id = deliver("Kept");
    auto moved = phone->move_items({{id, in, year}});
    ASSERT_EQ(moved.of[id].first, 3u);
    ASSERT_EQ(sync(*tablet, year), 1u);
    EXPECT_TRUE(tablet->model().at(year).item(moved.of[id].second));
    EXPECT_EQ(phone->update_folder({.id = year, .parent = projects, .name = "2027"}).status, 1u);
    EXPECT_EQ(phone->update_folder({.id = year, .parent = "0", .name = "2027"}).status, 1u);
    ASSERT_EQ(tablet->folder_sync(), 1u);
    EXPECT_EQ(tablet->model().at(year).name, "2027");
    EXPECT_EQ(tablet->model().at(year).parent, "0");
    EXPECT_TRUE(tablet->sync({.collections = {{.collection = year}}}).empty) << "a folder's name is no change of items";
    EXPECT_TRUE(shown().contains(shown_folder(year, "0", "2027")));

    EXPECT_EQ(phone->create_folder({.name = "2027"}).status, 2u);
    EXPECT_EQ(phone->create_folder({.parent = "4711", .name = "x"}).status, 5u);
    EXPECT_EQ(phone->update_folder({.id = "4711", .name = "x"}).status, 4u);
    EXPECT_EQ(phone->delete_folder(in).status, 3u);
    auto const key = std::exchange(tablet->model().folder_key, "4711");
    EXPECT_EQ(tablet->delete_folder(year).status, 9u);
    tablet->model().folder_key = key;

    // Gone with what lies below. Its phone hears of that alone: a Delete of what it does not hold would be a breach.
    EXPECT_EQ(phone->update_folder({.id = year, .parent = projects, .name = "2027"}).status, 1u);
    ASSERT_EQ(tablet->folder_sync(), 1u);
    EXPECT_EQ(phone->delete_folder(projects).status, 1u);
    ASSERT_EQ(phone->folder_sync(), 1u);
    EXPECT_FALSE(phone->model().collections.contains(year));
    ASSERT_EQ(tablet->folder_sync(), 1u);
    EXPECT_FALSE(tablet->model().collections.contains(projects));
    EXPECT_FALSE(tablet->model().collections.contains(year));
    json = shown();
    EXPECT_FALSE(json.contains("Projects") || json.contains("2027")) << json;
    EXPECT_EQ(phone->move_items({{moved.of[id].second, year, in}}).of[moved.of[id].second].first, 1u);
}

TEST_P(Mail, MovesAreSeenByTheOtherPhone) {
    auto const kept = make(*phone, "Kept").id;
    auto const id = deliver("Moved");
    auto const reference = reference_of(*phone, in, id);
    ASSERT_EQ(tablet->folder_sync(), 1u);
    ASSERT_EQ(id_of(*tablet, in, "Moved"), id);
    ASSERT_EQ(sync(*tablet, kept), 1u);

    auto const moved = phone->move_items({{id, in, kept}, {in + ":999999", in, kept}});
    EXPECT_EQ(moved.http, 200u);
    EXPECT_EQ(moved.of.at(id).first, 3u);
    EXPECT_EQ(moved.of.at(in + ":999999").first, 1u);
    auto again = phone->move_items({{id, in, kept}});
    EXPECT_EQ(again.of[id].first, 3u) << "the answer may have been lost (law 1)";
    auto const there = again.of[id].second;
    EXPECT_NE(there, id);
    EXPECT_EQ(phone->move_items({{there, kept, kept}}).of[there].first, 4u);
    EXPECT_EQ(phone->move_items({{there, kept, "4711"}}).of[there].first, 2u);

    for (auto* one : {&tablet, &phone}) { // its own phone too: MS-ASCMD_R289
        ASSERT_EQ(sync(**one, in), 1u);
        EXPECT_EQ((*one)->model().at(in).deletes, 1u);
        EXPECT_EQ(id_of(**one, kept, "Moved"), there);
        EXPECT_EQ((*one)->model().at(kept).adds, 1u);
        EXPECT_EQ((*one)->fetch({.file_reference = reference}).data, "one,two\n1,2\n") << "trap 69";
    }
}

TEST_P(Mail, AnswersReachTheOtherWithTheOriginal) {
    auto const id = deliver("Plan");
    ASSERT_EQ(id_of(*tablet, in, "Plan"), id);
    auto letter = [&](std::string const& subject) {
        return "From: " + anna + "\r\nTo: " + bert + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + '.' +
               anna + ">\r\n\r\nMy words.\r\n";
    };
    client::Parameters const by_ids{.collection_id = in, .item_id = id};
    client::Parameters const by_long_id{.long_id = "m" + id.substr(id.find(':') + 1)}; // as Search will give it
    auto verb = [&] {
        EXPECT_EQ(sync(*tablet, in), 1u);
        return std::string(text_of(*tablet->model().at(in).item(id), email2::LastVerbExecuted));
    };

    client::AnswerAsk forward{.forward = true, .original = by_ids, .mime = letter("Forwarded"), .client_id = "f1"};
    EXPECT_EQ(verb(), "");
    EXPECT_EQ(phone->answer_mail(forward), 1u);
    EXPECT_EQ(phone->answer_mail(forward), old() ? 1u : 118u) << "the answer may have been lost (law 1)";
    auto const forwarded = received("Forwarded");
    EXPECT_TRUE(forwarded.contains("My words.")) << forwarded;
    EXPECT_TRUE(forwarded.contains("Subject: Plan")) << forwarded;
    auto const inbox = other->model().of_type(2)->id;
    auto const file = reference_of(*other, inbox, id_of(*other, inbox, "Forwarded"));
    EXPECT_EQ(other->fetch({.file_reference = file}).data, "one,two\n1,2\n");
    EXPECT_EQ(verb(), "3");

    EXPECT_EQ(phone->answer_mail({.original = by_long_id, .mime = letter("Replied"), .client_id = "r1", .save = false}),
              1u);
    auto const replied = received("Replied");
    EXPECT_TRUE(replied.contains("My words.")) << replied;
    EXPECT_FALSE(replied.contains("Content-Disposition: attachment")) << replied;
    auto const quoted = other->model().at(inbox).item(id_of(*other, inbox, "Replied"));
    auto const* body = client::property(*quoted, airsyncbase::Body);
    ASSERT_TRUE(body);
    EXPECT_TRUE(body->value(airsyncbase::Data).contains("Grüße")) << body->value(airsyncbase::Data);
    EXPECT_EQ(verb(), "1");

    auto const sent = phone->model().of_type(5)->id;
    id_of(*phone, sent, "Forwarded");
    EXPECT_TRUE(phone->model().at(sent).find(email::Subject, "Replied").empty()) << "it was not to be saved";
}

// What is wrong with the source: a Status of the command's own document, or its HTTP code (MS-ASCMD 2.2.2).
TEST_P(Mail, AnswersToWhatIsNotThere) {
    auto const id = deliver("Plain");
    struct {
        char const* what;
        client::Parameters original;
        unsigned status, http;
    } const rows[] = {
        {"gone", {.collection_id = in, .item_id = in + ":999999"}, 150, 400},
        {"no id", {.collection_id = in, .item_id = "nonsense"}, 106, 400},
        {"no long id", {.long_id = "nonsense"}, 106, 400},
        {"nothing but a folder", {.collection_id = in}, 105, 400},
        {"no date", {.collection_id = in, .item_id = id, .occurrence = "soon"}, 104, 400},
        {"no series", {.collection_id = in, .item_id = id, .occurrence = "2026-01-19T09:00:00.000Z"}, 146, 400}};
    for (bool forward : {false, true}) {
        for (auto const& row : rows) {
            client::AnswerAsk ask{
                .forward = forward, .original = row.original, .mime = "To: " + bert + "\r\n\r\nx\r\n"};
            ask.client_id = std::string(row.what) + (forward ? "f" : "r");
            EXPECT_EQ(phone->answer_mail(ask), old() ? row.http : row.status) << row.what;
        }
    }
    auto const inbox = other->model().of_type(2)->id;
    ASSERT_EQ(sync(*other, inbox), 1u);
    EXPECT_TRUE(other->model().at(inbox).items.empty());
}

TEST_P(Mail, AttachmentsByEveryWay) {
    std::string content;
    for (int i = 0; i < 30'000; ++i) content += std::to_string(i) + ",row\n";
    auto const id = deliver("Table", content);
    auto const reference = reference_of(*phone, in, id);
    for (bool gzip : {true, false}) {
        phone->settings().gzip = gzip;
        auto got = phone->get_attachment(reference);
        EXPECT_EQ(got.http, old() ? 200u : 501u); // MS-ASCMD_R5124
        EXPECT_EQ(got.content_type, old() ? "text/csv" : "");
        EXPECT_EQ(got.data, old() ? content : "");
        EXPECT_EQ(phone->get_attachment("nonsense").http, old() ? 500u : 501u); // MS-ASCMD_R166
        for (bool multipart : {true, false}) {
            std::string whole;
            for (std::size_t at = 0; at < content.size(); at += 100'000) {
                auto const range = std::to_string(at) + '-' + std::to_string(at + 99'999);
                auto part = phone->fetch({.file_reference = reference, .range = range, .multipart = multipart});
                EXPECT_EQ(part.status, 1u);
                EXPECT_EQ(part.total, content.size());
                EXPECT_EQ(part.range,
                          std::to_string(at) + '-' + std::to_string(std::min(at + 99'999, content.size() - 1)));
                whole += part.data;
            }
            EXPECT_TRUE(whole == content) << multipart;
            auto const behind = std::to_string(content.size()) + "-" + std::to_string(content.size() + 9);
            EXPECT_EQ(phone->fetch({.file_reference = reference, .range = behind, .multipart = multipart}).status, 8u);
        }
    }
}

TEST_P(Mail, FoldersAreEmptied) {
    auto const lists = make(*phone, "Lists").id, below = make(*phone, "Below", lists).id;
    auto const one = deliver("One"), two = deliver("Two");
    auto const moved = phone->move_items({{one, in, lists}, {two, in, below}});
    ASSERT_EQ(moved.of.at(one).first + moved.of.at(two).first, 6u);
    ASSERT_EQ(tablet->folder_sync(), 1u);
    id_of(*tablet, lists, "One");
    id_of(*tablet, below, "Two");

    EXPECT_EQ(phone->empty_folder("4711"), 6u);
    EXPECT_EQ(phone->empty_folder(lists), 1u);
    ASSERT_EQ(sync(*tablet, lists), 1u);
    ASSERT_EQ(sync(*tablet, below), 1u);
    EXPECT_TRUE(tablet->model().at(lists).items.empty());
    EXPECT_EQ(tablet->model().at(below).items.size(), 1u) << "sub-folders only when asked";
    EXPECT_EQ(phone->empty_folder(lists, true), 1u);
    ASSERT_EQ(tablet->folder_sync(), 1u);
    EXPECT_TRUE(tablet->model().collections.contains(lists));
    EXPECT_FALSE(tablet->model().collections.contains(below));
}

Properties draft(std::string const& to, std::string const& subject) {
    return {element(email::To, to), element(email::Subject, subject),
            element(airsyncbase::Body,
                    Properties{element(airsyncbase::Type, "1"), element(airsyncbase::Data, "Begun on a phone.")})};
}
client::Element files(std::string const& client_id, std::string const& name, std::string const& content) {
    Properties const one{element(airsyncbase::ClientId, client_id),
                         element(airsyncbase::Method, "1"),
                         {.tag = airsyncbase::Content, .text = content, .opaque = true},
                         element(airsyncbase::DisplayName, name)};
    return element(airsyncbase::Attachments, Properties{element(airsyncbase::Add, one)});
}
std::string reference_in(Properties const& answered) {
    auto const* attachments = client::property(answered, airsyncbase::Attachments);
    auto const* one = attachments ? attachments->child(airsyncbase::Attachment) : nullptr;
    EXPECT_TRUE(one);
    return one ? std::string(one->value(airsyncbase::FileReference)) : "";
}

// From 16.0 on a draft is made on one phone, goes on on another, and is sent; before, it lies on the server to be read.
TEST_P(Mail, Drafts) {
    auto const drafts = phone->model().of_type(3)->id;
    auto& author = old() ? *tablet : *phone; // one that may write drafts
    auto& reader = old() ? *phone : *tablet;
    ASSERT_EQ(sync(author, drafts), 1u);
    ASSERT_EQ(sync(reader, drafts), 1u);
    auto data = draft(bert, "Drafted");
    data.push_back(files("a-1", "first.txt", "first file"));
    auto made = edit(author, drafts, {.kind = Edit::Add, .id = "d-1", .data = data});
    ASSERT_EQ(made.edit_status["d-1"], 1u);
    auto const first = reference_in(made.answered["d-1"]);
    auto const id = made.new_ids["d-1"];
    ASSERT_EQ(id_of(reader, drafts, "Drafted"), id);
    auto const* seen = reader.model().at(drafts).item(id);
    EXPECT_EQ(text_of(*seen, email2::IsDraft), old() ? "" : "1");
    EXPECT_EQ(reader.fetch({.file_reference = first}).data, "first file");
    if (old()) {
        EXPECT_EQ(reader.get_attachment(first).data, "first file");
        auto refused = edit(reader, drafts, {.kind = Edit::Add, .id = "d-2", .data = draft(bert, "Not here")});
        EXPECT_EQ(refused.edit_status["d-2"], 6u);
        refused = edit(reader, drafts, {.kind = Edit::Change, .id = id, .data = {element(email::Subject, "Other")}});
        EXPECT_EQ(refused.edit_status[id], 6u);
    } else {
        auto changed =
            edit(reader, drafts, {.kind = Edit::Change, .id = id, .data = {files("a-2", "second.txt", "2")}});
        EXPECT_EQ(changed.status, 1u);
        EXPECT_EQ(reader.fetch({.file_reference = reference_in(changed.answered[id])}).data, "2");
        ASSERT_EQ(sync(author, drafts), 1u);
    }
    auto sending = edit(author, drafts, {.kind = Edit::Change, .id = id, .send = true});
    EXPECT_EQ(sending.status, 1u);
    EXPECT_TRUE(sending.edit_status.empty()) << sending.edit_status.begin()->second;
    auto const inbox = other->model().of_type(2)->id;
    // What a Sync sends leaves after its answer.
    auto& received = other->model().at(inbox);
    ASSERT_TRUE(eventually([&] { return sync(*other, inbox) == 1 && !received.items.empty(); }));
    auto const arrived = id_of(*other, inbox, "Drafted");
    auto const* attachments = client::property(*other->model().at(inbox).item(arrived), airsyncbase::Attachments);
    ASSERT_TRUE(attachments);
    std::vector<std::string> names;
    for (auto const& one : attachments->children) names.emplace_back(one.value(airsyncbase::DisplayName));
    EXPECT_EQ(names,
              old() ? std::vector<std::string>{"first.txt"} : (std::vector<std::string>{"first.txt", "second.txt"}));
    for (auto* one : {&author, &reader}) {
        ASSERT_EQ(sync(*one, drafts), 1u);
        EXPECT_TRUE(one->model().at(drafts).items.empty()) << "sent, and still a draft";
        id_of(*one, one->model().of_type(5)->id, "Drafted");
    }
}

std::vector<Way> const ways = {{eas::v12_1, true, true}, {eas::v12_1, false, false}, {eas::v16_1, false, false}};
INSTANTIATE_TEST_SUITE_P(Ways, Mail, testing::ValuesIn(ways), [](auto const& one) { return name_of(one.param); });

} // namespace
} // namespace godwit::e2e
