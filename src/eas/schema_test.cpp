#include "eas/pages.hpp"
#include "eas/schema.hpp"
#include "wbxml/hex.hpp"
#include "wbxml/xml.hpp"
#include <gtest/gtest.h>

namespace godwit::eas {

// A table with one row for every rule, on elements borrowed from AirSync.
enum class Colour : std::uint8_t { Red = 1, Green = 2 };
constexpr bool is_valid(Colour c) { return c == Colour::Red || c == Colour::Green; }

struct Left {
    std::string id = {};
    bool operator==(Left const&) const = default;
};
template <> inline constexpr auto schema<Left> = element(airsync::Add, "left", field<&Left::id>(airsync::ClientId));

struct Right {
    std::string id = {};
    bool operator==(Right const&) const = default;
};
template <> inline constexpr auto schema<Right> =
    element(airsync::Delete, "right", Traits{.since = v14_0}, field<&Right::id>(airsync::ServerId));

struct Strict {
    std::optional<std::string> anytime = {};
    std::string first = {};
    std::vector<std::string> second = {};
    std::optional<std::string> third = {};
    bool operator==(Strict const&) const = default;
};
template <> inline constexpr auto schema<Strict> = element( //
    airsync::Collection, "strict", Traits{.ordered = true}, field<&Strict::anytime>(airsync::Class, anywhere{}),
    field<&Strict::first>(airsync::SyncKey), field<&Strict::second>(airsync::ServerId),
    field<&Strict::third>(airsync::CollectionId));

struct Everything {
    std::string text = {};
    std::optional<std::uint32_t> number = {};
    std::optional<bool> flag = {};
    Present present = {};
    std::optional<Colour> colour = {};
    std::vector<std::string> some = {};
    std::optional<std::vector<std::string>> wrapped = {};
    std::optional<std::string> alone_in_wrapper = {};
    std::optional<std::vector<std::variant<Left, Right>>> sides = {};
    std::optional<Strict> strict = {};
    std::optional<Fragment> fragment = {};
    std::optional<ElementNames> names = {};
    std::optional<Content> content = {};
    std::optional<std::string> old = {};
    std::optional<std::string> recent = {};
    std::optional<DateTime> at = {};
    bool operator==(Everything const&) const = default;
};
template <> inline constexpr auto schema<Everything> = element( //
    airsync::Sync, "everything", field<&Everything::text>(airsync::SyncKey, not_empty{}, max_bytes{8}, max_chars{4}),
    field<&Everything::number>(airsync::WindowSize, range{5, 10}), field<&Everything::flag>(airsync::GetChanges),
    field<&Everything::present>(airsync::MoreAvailable), field<&Everything::colour>(airsync::Status),
    field<&Everything::some>(airsync::Conflict, max_items{2}),
    field<&Everything::wrapped>(airsync::ClientId, in{airsync::Collections}, max_items{2}),
    field<&Everything::alone_in_wrapper>(airsync::ServerId, in{airsync::Responses}),
    choice<&Everything::sides>(in{airsync::Commands}, max_items{3}), field<&Everything::strict>(airsync::Collection),
    field<&Everything::fragment>(airsync::ApplicationData), field<&Everything::names>(airsync::Supported),
    field<&Everything::content>(airsyncbase::Data), field<&Everything::old>(airsync::Class, until{v12_1}),
    field<&Everything::recent>(airsync::Partial, since{v16_0}), field<&Everything::at>(email::DateReceived));

namespace {

std::string everything(std::string_view inside) {
    auto wbxml = wbxml::from_xml("<Sync xmlns='AirSync' xmlns:e='Email' xmlns:b='AirSyncBase' xmlns:u='Unknown'>" +
                                 std::string(inside) + "</Sync>");
    EXPECT_TRUE(wbxml) << wbxml.error() << " in " << inside;
    return wbxml.value_or("");
}

std::string verdict(std::string_view inside, Version version = v14_1) {
    auto decoded = decode<Everything>(everything(inside), version);
    return decoded ? "ok"
                   : std::string(decoded.error().element) + " " + std::string(name(decoded.error().rule)) + " " +
                         std::string(decoded.error().spec);
}

struct Case {
    std::string_view xml, verdict;
};

constexpr Case cases[] = {
    {"<SyncKey>1</SyncKey>", "ok"},
    {"", "SyncKey required everything"},
    {"<SyncKey/>", "SyncKey length everything"},
    {"<SyncKey>1</SyncKey><SyncKey>1</SyncKey>", "SyncKey duplicate everything"},
    {"<SyncKey>12345</SyncKey>", "SyncKey length everything"},
    {"<SyncKey>\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9</SyncKey>", "ok"},
    {"<SyncKey>\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC</SyncKey>", "SyncKey length everything"},
    {"<SyncKey><Status/></SyncKey>", "SyncKey type everything"},
    {"<SyncKey>1</SyncKey><WindowSize>5</WindowSize>", "ok"},
    {"<SyncKey>1</SyncKey><WindowSize>4</WindowSize>", "WindowSize range everything"},
    {"<SyncKey>1</SyncKey><WindowSize>11</WindowSize>", "WindowSize range everything"},
    {"<SyncKey>1</SyncKey><WindowSize>six</WindowSize>", "WindowSize type everything"},
    {"<SyncKey>1</SyncKey><WindowSize>-6</WindowSize>", "WindowSize type everything"},
    {"<SyncKey>1</SyncKey><WindowSize>6 </WindowSize>", "WindowSize type everything"},
    {"<SyncKey>1</SyncKey><WindowSize>99999999999</WindowSize>", "WindowSize type everything"},
    {"<SyncKey>1</SyncKey><WindowSize/>", "WindowSize type everything"},
    {"<SyncKey>1</SyncKey><GetChanges/>", "ok"},
    {"<SyncKey>1</SyncKey><GetChanges>2</GetChanges>", "GetChanges type everything"},
    {"<SyncKey>1</SyncKey><Status>2</Status>", "ok"},
    {"<SyncKey>1</SyncKey><Status>3</Status>", "Status value everything"},
    {"<SyncKey>1</SyncKey><MoreAvailable>1</MoreAvailable>", "ok"},
    {"<SyncKey>1</SyncKey><MoreAvailable><Status/></MoreAvailable>", "MoreAvailable type everything"},
    {"<SyncKey>1</SyncKey><Conflict/><Conflict/>", "ok"},
    {"<SyncKey>1</SyncKey><Conflict/><Conflict/><Conflict/>", "Conflict max_items everything"},
    {"<SyncKey>1</SyncKey><Collections/>", "ok"},
    {"<SyncKey>1</SyncKey><Collections/><Collections/>", "Collections duplicate everything"},
    {"<SyncKey>1</SyncKey><Collections>text</Collections>", "Collections type everything"},
    {"<SyncKey>1</SyncKey><Collections><ClientId/><ClientId/><ClientId/></Collections>",
     "ClientId max_items everything"},
    {"<SyncKey>1</SyncKey><Collections><ServerId/></Collections>", "ServerId misplaced everything"},
    {"<SyncKey>1</SyncKey><Responses><ServerId/><ServerId/></Responses>", "ServerId duplicate everything"},
    {"<SyncKey>1</SyncKey><Responses/>", "ok"},
    {"<SyncKey>1</SyncKey><Commands><Delete><ServerId/></Delete><Add><ClientId/></Add></Commands>", "ok"},
    {"<SyncKey>1</SyncKey><Commands><Add/></Commands>", "ClientId required left"},
    {"<SyncKey>1</SyncKey><Commands><Fetch/></Commands>", "Fetch misplaced everything"},
    {"<Status>1</Status><SyncKey>1</SyncKey>", "ok"}, // no order asked for here
    {"<SyncKey>1</SyncKey><Collection><SyncKey/><ServerId/><ServerId/><CollectionId/></Collection>", "ok"},
    {"<SyncKey>1</SyncKey><Collection><SyncKey/><CollectionId/><Class/></Collection>", "ok"},
    {"<SyncKey>1</SyncKey><Collection><CollectionId/><SyncKey/></Collection>", "SyncKey order strict"},
    {"<SyncKey>1</SyncKey><Collection><CollectionId/></Collection>", "SyncKey required strict"},
    {"<SyncKey>1</SyncKey><Collection><SyncKey/></Collection><e:Subject/>", "Subject misplaced everything"},
    {"<SyncKey>1</SyncKey><ApplicationData>text</ApplicationData>", "ApplicationData type everything"},
    {"<SyncKey>1</SyncKey><Supported>text</Supported>", "Supported type everything"},
    {"<SyncKey>1</SyncKey><u:p00t3F/>", "unknown token unknown MS-ASWBXML 2.1.2"},
    {"<SyncKey>1</SyncKey><Collections><u:p40t05>x</u:p40t05></Collections>", "unknown token unknown MS-ASWBXML 2.1.2"},
    {"<SyncKey>1</SyncKey><Version>1</Version><NotifyGUID/>", "ok"}, // legacy: ignored
    {"<SyncKey>1</SyncKey><Class/>", "Class not_in_version everything"},
    {"<SyncKey>1</SyncKey><Partial/>", "Partial not_in_version everything"},
    {"<SyncKey>1</SyncKey><e:DateReceived>2024-02-30T00:00:00.000Z</e:DateReceived>", "DateReceived type everything"},
};

TEST(Schema, EveryRule) {
    for (auto const& c : cases) EXPECT_EQ(verdict(c.xml), c.verdict) << c.xml;
}

TEST(Schema, Versions) {
    EXPECT_EQ(verdict("<SyncKey>1</SyncKey><Class/>", v12_1), "ok");
    EXPECT_EQ(verdict("<SyncKey>1</SyncKey><Partial/>", v16_0), "ok");
    EXPECT_EQ(verdict("<SyncKey>1</SyncKey><Commands><Delete><ServerId/></Delete></Commands>", v12_1),
              "Delete not_in_version everything");
    Everything value{.text = "1", .sides = {{Left{"a"}, Right{"b"}}}, .old = "x", .recent = "y"};
    EXPECT_EQ(encode(value, v14_1), everything("<SyncKey>1</SyncKey><Commands><Add><ClientId>a</ClientId></Add><Delete>"
                                               "<ServerId>b</ServerId></Delete></Commands>"));
    EXPECT_EQ(encode(value, v12_1),
              everything("<SyncKey>1</SyncKey><Commands><Add><ClientId>a</ClientId></Add></Commands>"
                         "<Class>x</Class>"));
    EXPECT_EQ(encode(value, v16_1), everything("<SyncKey>1</SyncKey><Commands><Add><ClientId>a</ClientId></Add><Delete>"
                                               "<ServerId>b</ServerId></Delete></Commands><Partial>y</Partial>"));
}

Everything full() {
    return {.text = "1",
            .number = 7,
            .flag = false,
            .present = true,
            .colour = Colour::Green,
            .some = {"a", "b"},
            .wrapped = {{"c", "d"}},
            .alone_in_wrapper = "e",
            .sides = {{Right{"f"}, Left{"g"}, Right{"h"}}},
            .strict = Strict{"i", "j", {"k", "l"}, "m"},
            .fragment = wbxml::Fragment{std::string("\x55\x03"
                                                    "1\x00\x01",
                                                    5),
                                        2, 2},
            .names = ElementNames{{contacts::FirstName, contacts2::NickName}},
            .content = Content{std::string("\0\xFF", 2), true},
            .recent = "n",
            .at = DateTime{Instant{std::chrono::milliseconds(1'717'146'900'123)}}};
}

TEST(Schema, EncodeThenDecodeIsTheSame) {
    auto wire = encode(full(), v16_1);
    auto back = decode<Everything>(wire, v16_1);
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_EQ(*back, full());
}

TEST(Schema, EveryTruncationIsNoWbxml) {
    auto wire = encode(full(), v16_1);
    for (std::size_t n = 0; n < wire.size(); ++n) {
        auto back = decode<Everything>(std::string_view(wire).substr(0, n), v16_1);
        ASSERT_FALSE(back) << n;
        EXPECT_EQ(back.error().rule, Rule::Wbxml) << n << ": " << to_string(back.error());
    }
}

TEST(Schema, AbsentEmptyAndFilledDiffer) {
    auto of = [](std::string_view inside) {
        return decode<Everything>(everything("<SyncKey>1</SyncKey>" + std::string(inside)), v14_1).value();
    };
    EXPECT_FALSE(of("").wrapped);
    EXPECT_TRUE(of("<Collections/>").wrapped->empty());
    EXPECT_EQ(of("<Collections><ClientId/></Collections>").wrapped->size(), 1u);
    EXPECT_FALSE(of("").names);
    EXPECT_TRUE(of("<Supported/>").names->tags.empty());
    EXPECT_EQ(of("<Supported><e:Subject>x</e:Subject></Supported>").names->tags.at(0), email::Subject);
    EXPECT_FALSE(of("").fragment);
    EXPECT_TRUE(of("<ApplicationData/>").fragment->empty());
    EXPECT_EQ(of("<GetChanges/>").flag, true); // MS-ASDTYPE_R6
    EXPECT_EQ(of("<GetChanges>0</GetChanges>").flag, false);
    EXPECT_FALSE(of("").present);
    for (auto inside : {"", "<Collections/>", "<Supported/>", "<ApplicationData/>", "<Commands/>"})
        EXPECT_EQ(encode(of(inside), v14_1), everything("<SyncKey>1</SyncKey>" + std::string(inside))) << inside;
}

TEST(Schema, LengthsAreThoseOfTheCleanedText) {
    auto key = [](std::string_view bytes) {
        wbxml::Writer w;
        w.open(airsync::Sync);
        w.open(airsync::SyncKey);
        w.opaque(bytes);
        w.close();
        w.close();
        auto decoded = decode<Everything>(std::move(w).finish(), v14_1);
        return decoded ? "ok" : name(decoded.error().rule);
    };
    EXPECT_EQ(key("\xFF\xFF"), "ok");
    EXPECT_EQ(key("\xFF\xFF\xFF"), "length"); // nine bytes of U+FFFD
    EXPECT_EQ(key("\x01"), "length");         // nothing is left
}

TEST(Schema, TextThatComesInIsCleaned) {
    wbxml::Writer w;
    w.open(airsync::Sync);
    w.open(airsync::SyncKey);
    w.opaque("a\x01\xFF");
    w.close();
    w.close();
    EXPECT_EQ(decode<Everything>(std::move(w).finish(), v14_1)->text, "a\xEF\xBF\xBD");
}

TEST(Schema, AnotherRootAndBytesAfterwards) {
    auto other = wbxml::from_xml("<Ping xmlns='Ping'/>").value();
    EXPECT_EQ(decode<Everything>(other, v14_1).error(), (Violation{"Sync", Rule::Root, "everything"}));
    auto good = everything("<SyncKey>1</SyncKey>");
    EXPECT_EQ(decode<Everything>(good + "\x05", v14_1).error().rule, Rule::Wbxml);
    EXPECT_EQ(decode<Everything>(std::string_view{}, v14_1).error().rule, Rule::Wbxml);
}

TEST(Schema, FragmentsAreDecodedLater) {
    auto value =
        decode<Everything>(everything("<SyncKey>1</SyncKey><ApplicationData><Class>c</Class><SyncKey>k</SyncKey>"
                                      "</ApplicationData>"),
                           v14_1)
            .value();
    EXPECT_EQ(decode<Strict>(*value.fragment, v14_1).value(), (Strict{"c", "k", {}, {}}));
    EXPECT_EQ(encode_fragment(Strict{"c", "k", {}, {}}, v14_1), *value.fragment);
    EXPECT_EQ(decode<Left>(*value.fragment, v14_1).error().rule, Rule::Misplaced);
    EXPECT_EQ(decode<Strict>(Fragment{}, v14_1).error(), (Violation{"SyncKey", Rule::Required, "strict"}));
}

TEST(Schema, AFragmentKnowsItsPagesWhereverItIsPut) {
    Everything value{.text = "1",
                     .fragment =
                         encode_fragment(Everything{.text = "2", .content = Content{"x"}, .at = DateTime{}}, v14_1),
                     .content = Content{"y"}};
    auto back = decode<Everything>(encode(value, v14_1), v14_1);
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_EQ(*back, value);
    EXPECT_EQ(decode<Everything>(*back->fragment, v14_1)->at, DateTime{});
}

TEST(Schema, Describe) {
    EXPECT_EQ(describe(shape_of<Strict>),
              "## Collection (strict)\n\nThe children stand in this order.\n\n"
              "| element | occurs | rules |\n|---|---|---|\n"
              "| Class | 0..1 |  |\n| SyncKey | 1 |  |\n| ServerId | 0..n | at most 1000 |\n"
              "| CollectionId | 0..1 |  |\n");
    auto all = describe(shape_of<Everything>);
    for (auto line :
         {"| SyncKey | 1 | not empty; at most 8 bytes; at most 4 characters |", "| WindowSize | 0..1 | 5 to 10 |",
          "| MoreAvailable | empty or absent |  |", "| Commands/Add, Delete | 0..n | at most 3 |",
          "| Class | 0..1 | up to 12.1 |", "| Partial | 0..1 | from 16.0 |"})
        EXPECT_TRUE(all.contains(line)) << line << '\n' << all;
}

} // namespace
} // namespace godwit::eas
