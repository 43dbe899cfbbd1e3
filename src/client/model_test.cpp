// The laws that the model holds a server to: each row is an answer that keeps or breaks one of them.
#include "client/model.hpp"
#include "wbxml/xml.hpp"
#include <gtest/gtest.h>

namespace godwit::client {
namespace {

Element from_xml(std::string const& xml) {
    auto bytes = wbxml::from_xml(xml);
    if (!bytes) throw std::runtime_error(bytes.error() + "\n" + xml);
    return parse_document(*bytes).value();
}

std::string collection(std::string const& inside) {
    return R"(<Sync xmlns="AirSync" xmlns:email="Email"><Collections><Collection>)" + inside +
           "</Collection></Collections></Sync>";
}
std::string add(std::string const& id, std::string const& subject = "s") {
    return "<Add><ServerId>" + id + "</ServerId><ApplicationData><email:Subject>" + subject +
           "</email:Subject><email:Read>0</email:Read></ApplicationData></Add>";
}
std::string head(std::string const& key) {
    return "<SyncKey>" + key + "</SyncKey><CollectionId>1</CollectionId><Status>1</Status>";
}

Model holding(std::vector<std::string> const& ids) {
    Model model;
    auto& inbox = model.collections["1"];
    inbox.id = "1";
    inbox.key = "1.5";
    for (auto const& id : ids)
        inbox.items[id] = {{.tag = wbxml::email::Subject, .text = "old"}, {.tag = wbxml::email::Read, .text = "0"}};
    return model;
}

struct Row {
    char const* name;
    std::string xml;
    std::string breach; // in part; empty: the law holds
    std::vector<std::string> holds_then = {};
    Ask ask = {.collection = "1"};
};

Ask windowed() { return {.collection = "1", .window = 2}; }
Ask with(Edit edit) { return {.collection = "1", .edits = {std::move(edit)}}; }
std::string change(std::string const& id) {
    return "<Change><ServerId>" + id +
           "</ServerId><ApplicationData><email:Read>1</email:Read></ApplicationData></Change>";
}

std::vector<Row> const rows = {
    {"add", collection(head("1.6") + "<Commands>" + add("1:9") + "</Commands>"), "", {"1:1", "1:2", "1:9"}},
    {"change", collection(head("1.6") + "<Commands>" + change("1:1") + "</Commands>"), "", {"1:1", "1:2"}},
    {"delete", collection(head("1.6") + "<Commands><Delete><ServerId>1:1</ServerId></Delete></Commands>"), "", {"1:2"}},
    {"soft_delete",
     collection(head("1.6") + "<Commands><SoftDelete><ServerId>1:1</ServerId></SoftDelete></Commands>"),
     "",
     {"1:2"}},
    {"added_twice", collection(head("1.6") + "<Commands>" + add("1:1") + "</Commands>"), "twice"},
    {"twice_in_one_answer", collection(head("1.6") + "<Commands>" + add("1:7") + add("1:7") + "</Commands>"), "twice"},
    {"change_of_unknown", collection(head("1.6") + "<Commands>" + change("1:8") + "</Commands>"), "does not hold"},
    {"delete_of_unknown", collection(head("1.6") + "<Commands><Delete><ServerId>1:8</ServerId></Delete></Commands>"),
     "does not hold"},
    {"key_stands_still", collection(head("1.5") + "<Commands>" + add("1:9") + "</Commands>"), "move the key"},
    {"key_zero", collection(head("0")), "key is 0"},
    {"no_news_same_key", collection(head("1.5")), "", {"1:1", "1:2"}},
    {"primed_with_items",
     collection(head("2.1") + "<Commands>" + add("1:9") + "</Commands>"),
     "primed",
     {},
     {.collection = "1", .key = "0"}},
    {"primed", collection(head("2.1")), "", {}, {.collection = "1", .key = "0"}},
    {"more_with_window",
     collection(head("1.6") + "<MoreAvailable/><Commands>" + add("1:9") + "</Commands>"),
     "",
     {"1:1", "1:2", "1:9"},
     windowed()},
    {"more_without_window", collection(head("1.6") + "<MoreAvailable/><Commands>" + add("1:9") + "</Commands>"),
     "no window"},
    {"more_behind_commands",
     collection(head("1.6") + "<Commands>" + add("1:9") + "</Commands><MoreAvailable/>"),
     "behind",
     {},
     windowed()},
    {"beyond_the_window",
     collection(head("1.6") + "<Commands>" + add("1:7") + add("1:8") + add("1:9") + "</Commands>"),
     "window holds",
     {},
     windowed()},
    {"not_asked_for", collection("<SyncKey>1</SyncKey><CollectionId>4</CollectionId><Status>1</Status>"),
     "not asked for"},
    {"named_twice",
     R"(<Sync xmlns="AirSync"><Collections><Collection>)" + head("1.6") + "</Collection><Collection>" + head("1.7") +
         "</Collection></Collections></Sync>",
     "twice"},
    {"empty_collections", R"(<Sync xmlns="AirSync"><Collections/></Sync>)", "empty Collections"},
    {"empty_commands", collection(head("1.6") + "<Commands/>"), "empty Commands"},
    {"empty_responses", collection(head("1.6") + "<Responses/>"), "empty Responses"},
    {"long_id", collection(head("1.6") + "<Commands>" + add("1:" + std::string(63, '9')) + "</Commands>"), "64"},
    {"status_only",
     collection("<SyncKey>0</SyncKey><CollectionId>1</CollectionId><Status>3</Status>"),
     "",
     {"1:1", "1:2"}},
    {"own_add",
     collection(head("1.6") +
                "<Responses><Add><ClientId>c1</ClientId><ServerId>1:3</ServerId><Status>1</Status></Add></Responses>"),
     "",
     {"1:1", "1:2", "1:3"},
     with({.kind = Edit::Add, .id = "c1"})},
    {"own_add_unanswered", collection(head("1.6")), "does not respond", {}, with({.kind = Edit::Add, .id = "c1"})},
    {"own_add_echoed",
     collection(head("1.6") +
                "<Responses><Add><ClientId>c1</ClientId><ServerId>1:3</ServerId><Status>1</Status></Add></"
                "Responses><Commands>" +
                add("1:3") + "</Commands>"),
     "twice",
     {},
     with({.kind = Edit::Add, .id = "c1"})},
    {"own_delete", collection(head("1.6")), "", {"1:2"}, with({.kind = Edit::Delete, .id = "1:1"})},
    {"own_delete_echoed",
     collection(head("1.6") + "<Commands><Delete><ServerId>1:1</ServerId></Delete></Commands>"),
     "does not hold",
     {},
     with({.kind = Edit::Delete, .id = "1:1"})},
    {"own_delete_too_late",
     collection(head("1.6") + "<Responses><Delete><ServerId>1:1</ServerId><Status>8</Status></Delete></Responses>"),
     "",
     {"1:2"},
     with({.kind = Edit::Delete, .id = "1:1"})},
    {"edit_without_new_key", collection(head("1.5")), "move the key", {}, with({.kind = Edit::Delete, .id = "1:1"})},
    {"response_to_nothing",
     collection(head("1.6") + "<Responses><Change><ServerId>1:2</ServerId><Status>8</Status></Change></Responses>"),
     "did not send"},
};

class Laws : public testing::TestWithParam<Row> {};

TEST_P(Laws, Hold) {
    auto const& row = GetParam();
    auto model = holding({"1:1", "1:2"});
    auto answer = from_xml(row.xml);
    if (!row.breach.empty()) {
        try {
            model.take_sync(answer, {row.ask}, false);
            FAIL() << "no breach was seen";
        } catch (Breach const& b) {
            EXPECT_TRUE(std::string_view(b.what()).contains(row.breach)) << b.what();
        }
        return;
    }
    model.take_sync(answer, {row.ask}, false);
    std::vector<std::string> held;
    for (auto const& [id, item] : model.at("1").items) held.push_back(id);
    EXPECT_EQ(held, row.holds_then);
}

INSTANTIATE_TEST_SUITE_P(Sync, Laws, testing::ValuesIn(rows), [](auto const& one) { return one.param.name; });

TEST(Model, AChangeReplacesOnlyWhatItNames) {
    auto model = holding({"1:1"});
    model.take_sync(from_xml(collection(head("1.6") + "<Commands>" + change("1:1") + "</Commands>")),
                    {{.collection = "1"}}, false);
    auto const& item = *model.at("1").item("1:1");
    EXPECT_EQ(text_of(item, wbxml::email::Subject), "old");
    EXPECT_EQ(text_of(item, wbxml::email::Read), "1");
}

std::string folders(std::string const& key, unsigned count, std::string const& changes) {
    return R"(<FolderSync xmlns="FolderHierarchy"><Status>1</Status><SyncKey>)" + key + "</SyncKey><Changes><Count>" +
           std::to_string(count) + "</Count>" + changes + "</Changes></FolderSync>";
}
std::string folder(std::string const& kind, std::string const& id, std::string const& name) {
    return '<' + kind + "><ServerId>" + id + "</ServerId><ParentId>0</ParentId><DisplayName>" + name +
           "</DisplayName><Type>2</Type></" + kind + '>';
}

TEST(Model, TheHierarchyKeepsItsLaws) {
    Model model;
    EXPECT_EQ(model.take_folders(from_xml(folders("1.1", 1, folder("Add", "1", "Inbox"))), "0"), 1u);
    EXPECT_EQ(model.of_type(2)->name, "Inbox");
    EXPECT_EQ(model.take_folders(from_xml(folders("1.2", 1, folder("Update", "1", "Post"))), "1.1"), 1u);
    EXPECT_EQ(model.named("Post")->id, "1");
    auto take = [&](std::string const& xml) { return model.take_folders(from_xml(xml), "1.2"); };
    EXPECT_THROW(take(folders("1.3", 1, folder("Add", "1", "Again"))), Breach);
    EXPECT_THROW(take(folders("1.3", 1, folder("Update", "7", "Unknown"))), Breach);
    EXPECT_THROW(take(folders("1.3", 1, "<Delete><ServerId>7</ServerId></Delete>")), Breach);
    EXPECT_THROW(take(folders("1.3", 2, folder("Add", "8", "Counted wrong"))), Breach);
    EXPECT_THROW(take(folders("1.2", 1, folder("Add", "8", "Key stands still"))), Breach);
    EXPECT_EQ(take(folders("1.3", 1, "<Delete><ServerId>1</ServerId></Delete>")), 1u);
    EXPECT_TRUE(model.collections.empty());
}

} // namespace
} // namespace godwit::client
