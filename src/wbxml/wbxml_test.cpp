#include "wbxml/hex.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/wbxml.hpp"
#include <gtest/gtest.h>

namespace godwit::wbxml {
namespace {

std::string bytes(std::string_view hex) { return from_hex(hex).value(); }

// All events in one line: (name open, name/ empty, ) close, 'text', [opaque in hex].
std::string events(Reader reader) {
    std::string out;
    for (;;) {
        auto event = reader.next();
        switch (event.kind) {
        case Event::Open: out += std::string(event.tag.name.empty() ? "?" : event.tag.name) + "("; break;
        case Event::Empty: out += std::string(event.tag.name.empty() ? "?" : event.tag.name) + "/ "; break;
        case Event::Close: out += ")"; break;
        case Event::Text: out += "'" + std::string(event.text) + "'"; break;
        case Event::Opaque: out += "[" + to_hex(event.text) + "]"; break;
        case Event::End: return reader.failed() ? out + "!" + std::string(reader.failure()) : out;
        }
    }
}

struct Reading {
    std::string_view what, hex, events;
};

constexpr Reading readings[] = {
    {"FolderSync with key 0", "03016A00 0007 56 52 033000 01 01", "FolderSync(SyncKey('0'))"},
    {"an empty root", "03016A00 0007 16", "FolderSync/ "},
    {"page switches stay in force after an end", "03016A00 45 00 07 52 03 61 00 01 13 01",
     "Sync(SyncKey('a')FolderCreate/ )"},
    {"a switch to the page in force", "03016A00 00 00 00 00 05", "Sync/ "},
    {"opaque bytes", "03016A00 00 14 45 56 58 C3 03 00FF41 01 01 01", "ItemOperations(Move(ConversationId([00ff41])))"},
    {"an opaque length with a leading zero", "03016A00 45 4B C3 8003 414243 01 01", "Sync(SyncKey([414243]))"},
    {"a string table", "03016A06 3100 3532 3100 45 4B 83 02 01 01", "Sync(SyncKey('521'))"},
    {"a public id in the string table", "0300 00 6A 02 4100 05", "Sync/ "},
    {"entities", "03016A00 45 4B 0241 02 81 69 02 83 E7 52 01 01", "Sync(SyncKey('A''\xC3\xA9''\xEF\x8F\x92'))"},
    {"text in pieces", "03016A00 45 4B 03 6100 03 6200 01 01", "Sync(SyncKey('a''b'))"},
    {"WBXML 1.1, US-ASCII", "01010300 05", "Sync/ "},
    {"an unknown charset label", "03010000 05", "Sync/ "},
    {"a token that no page has", "03016A00 45 00 19 7F 01 01", "Sync(?())"},
    {"a page that does not exist", "03016A00 45 00 40 05 01", "Sync(?/ )"},
    {"a legacy token", "03016A00 45 11 01", "Sync(Version/ )"},
    {"nothing", "", "!truncated"},
    {"a header only", "03016A00", "!no element"},
    {"a version of the future", "04016A00 05", "!not WBXML 1.1 to 1.3"},
    {"ISO-8859-1", "03010400 05", "!the charset is not UTF-8"},
    {"a string table beyond the end", "03016A7F 05", "!truncated"},
    {"an element without its end", "03016A00 45 4B 03 3100 01",
     "Sync(SyncKey('1')!the document ends inside an element"},
    {"an end too many", "03016A00 05 01", "Sync/ !bytes after the document"},
    {"an end at once", "03016A00 01", "!an end without an element"},
    {"a second root", "03016A00 05 05", "Sync/ !bytes after the document"},
    {"text before the root", "03016A00 03 3100 05", "!text outside an element"},
    {"text without an end", "03016A00 45 03 31", "Sync(!a string without an end"},
    {"opaque beyond the end", "03016A00 45 C3 05 31", "Sync(!truncated"},
    {"an opaque length of 35 bits", "03016A00 45 C3 FFFFFFFF7F 31", "Sync(!a number of more than 32 bits"},
    {"an opaque length without an end", "03016A00 45 C3 8080808080 01", "Sync(!a number of more than 32 bits"},
    {"attributes", "03016A00 C5 01 01", "!attributes"},
    {"attributes without content", "03016A00 85 01", "!attributes"},
    {"a literal tag", "03016A02 4100 44 00 01", "!a literal tag"},
    {"a literal tag with attributes", "03016A02 4100 C4 00 01", "!a literal tag"},
    {"a processing instruction", "03016A00 43 05 01", "!a processing instruction"},
    {"extensions", "03016A00 45 40 61 00 01", "Sync(!an extension"},
    {"an extension of one byte", "03016A00 45 C2 01", "Sync(!an extension"},
    {"a string beyond the table", "03016A02 4100 45 83 02 01", "Sync(!a string beyond the string table"},
    {"a string in the table without an end", "03016A01 41 45 83 00 01", "Sync(!a string without an end"},
    {"an entity that is NUL", "03016A00 45 02 00 01", "Sync(!an entity that is no character"},
    {"an entity that is a surrogate", "03016A00 45 02 83 B0 00 01", "Sync(!an entity that is no character"},
    {"a page switch at the end", "03016A00 45 00", "Sync(!truncated"},
};

TEST(Reader, Events) {
    for (auto const& r : readings) EXPECT_EQ(events(Reader(bytes(r.hex))), r.events) << r.what;
}

TEST(Reader, EveryTruncationFails) {
    auto whole = bytes("03016A00 45 5C 4F 4B 033200 01 52 033100 01 56 48 4D 03313A3700 01 5D 0002 55 033100 01"
                       "01 01 01 01 01 01");
    EXPECT_FALSE(events(Reader(whole)).contains('!'));
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_TRUE(events(Reader(std::string_view(whole).substr(0, n))).contains('!')) << n;
}

TEST(Reader, DepthAndElementsAreBounded) {
    auto nested = [](std::size_t depth) {
        return bytes("03016A00") + std::string(depth, '\x45') + std::string(depth, '\x01');
    };
    EXPECT_FALSE(events(Reader(nested(32))).contains('!'));
    EXPECT_TRUE(events(Reader(nested(33))).ends_with("!nested too deeply"));
    auto wide = [](std::size_t children) { return bytes("03016A00 45") + std::string(children, '\x05') + "\x01"; };
    EXPECT_FALSE(events(Reader(wide(9), {.max_elements = 10})).contains('!'));
    EXPECT_TRUE(events(Reader(wide(10), {.max_elements = 10})).ends_with("!too many elements"));
}

TEST(Reader, AFailureIsForEver) {
    auto document = bytes("03016A00 45 40 05 05 05");
    Reader reader(document);
    EXPECT_EQ(reader.next().kind, Event::Open);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(reader.next().kind, Event::End);
    EXPECT_EQ(reader.failure(), "an extension");
}

TEST(Reader, TextJoinsPieces) {
    auto document = bytes("03016A03 626300 45 4B 036100 8300 C301 64 0265 01 01");
    Reader reader(document);
    reader.next();
    reader.next();
    std::string text;
    bool opaque = false;
    EXPECT_TRUE(reader.text(text, opaque));
    EXPECT_EQ(text, "abcde");
    EXPECT_TRUE(opaque);
    EXPECT_EQ(reader.next().kind, Event::Close);
}

TEST(Reader, TextRefusesElements) {
    auto document = bytes("03016A00 45 4B 036100 05 01 01");
    Reader reader(document);
    reader.next();
    reader.next();
    std::string text;
    EXPECT_FALSE(reader.text(text));
    EXPECT_FALSE(reader.failed());
}

TEST(Reader, SkipPassesOneElement) {
    auto document = bytes("03016A00 45 5C 4F 4B 033200 01 0002 01 01 0000 0B 01");
    Reader reader(document);
    reader.next();
    EXPECT_TRUE(reader.next().is(airsync::Collections));
    EXPECT_TRUE(reader.skip());
    EXPECT_TRUE(reader.next().is(airsync::SyncKey));
}

// ---- fragments --------------------------------------------------------------------------------------------------------
Fragment children_of_root(std::string_view hex) {
    auto document = bytes(hex);
    Reader reader(document);
    reader.next();
    Fragment out;
    EXPECT_TRUE(reader.fragment(out)) << reader.failure();
    return out;
}

TEST(Fragment, OutlivesItsDocumentAndItsStringTable) {
    auto fragment = children_of_root("03016A03 686900 5D 0002 54 8300 01 0011 4A 46 033100 01 01 0002 55 033100 01 01");
    EXPECT_EQ(to_hex(fragment.bytes), to_hex(bytes("54 03686900 01 0011 4A 46 033100 01 01 0002 55 033100 01")));
    EXPECT_EQ(fragment.first_page, 2);
    EXPECT_EQ(fragment.last_page, 2);
    EXPECT_EQ(events(Reader(fragment)), "Subject('hi')Body(Type('1'))Read('1')");
}

TEST(Fragment, SplicedBetweenOtherPages) {
    auto fragment = children_of_root("03016A00 5D 0002 55 033100 01 0016 17 01");
    Writer w;
    w.open(airsync::Change);
    w.open(airsync::ApplicationData);
    w.splice(fragment);
    w.close();
    w.empty(email2::Send); // the page is the fragment's last: no switch
    w.empty(airsync::ServerId);
    w.close();
    EXPECT_EQ(to_hex(std::move(w).finish()),
              to_hex(bytes("03016A00 48 5D 0002 55 033100 01 0016 17 01 17 0000 0D 01")));
}

TEST(Fragment, AnyPageNumberIsOne) {
    auto fragment = children_of_root("03016A00 45 00FF 05 0000 0B 00FF 06 01");
    EXPECT_EQ(fragment.first_page, 0xFF);
    EXPECT_EQ(fragment.last_page, 0xFF);
    EXPECT_EQ(to_hex(fragment.bytes), "0500000b00ff06");
}

TEST(Fragment, EmptyAndRefused) {
    EXPECT_TRUE(children_of_root("03016A00 5D 01").empty());
    Writer w;
    w.open(airsync::ApplicationData);
    w.splice({});
    w.close();
    EXPECT_EQ(to_hex(std::move(w).finish()), "03016a001d");
    auto document = bytes("03016A00 5D 036100 01");
    Reader reader(document);
    reader.next();
    Fragment out;
    EXPECT_FALSE(reader.fragment(out));
    EXPECT_FALSE(reader.failed());
}

// ---- the writer -------------------------------------------------------------------------------------------------------
TEST(Writer, EmptyElementsHaveNoEnd) {
    Writer w;
    w.open(airsync::Sync);
    w.open(airsync::SyncKey);
    w.text("");
    w.close();
    w.open(airsync::Commands);
    w.opaque("");
    w.close();
    w.close();
    EXPECT_EQ(to_hex(std::move(w).finish()), "03016a00450b1601");
}

TEST(Writer, LongLengths) {
    Writer w;
    w.open(composemail::Mime);
    w.opaque(std::string(20'000, 'x'));
    w.close();
    auto out = std::move(w).finish();
    EXPECT_EQ(to_hex(out.substr(0, 11)), "03016a00001550c3819c20");
    Reader reader(out);
    reader.next();
    EXPECT_EQ(reader.next().text.size(), 20'000u);
}

struct Cleaning {
    std::string_view what, in, out;
};

constexpr Cleaning cleanings[] = {
    {"ASCII", "Hello, <world>\r\n\tagain", "Hello, <world>\r\n\tagain"},
    {"NUL", std::string_view("a\0b", 3), "ab"},
    {"controls",
     "a\x01\x1F\x0B\x0C"
     "b\x7F",
     "ab\x7F"},
    {"controls in a long line",
     "0123456789012345678901\x02"
     "3456789",
     "01234567890123456789013456789"},
    {"two, three and four bytes", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xA6", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xA6"},
    {"Latin-1", "caf\xE9 au lait", "caf\xEF\xBF\xBD au lait"},
    {"a stray continuation", "a\x80z", "a\xEF\xBF\xBDz"},
    {"an overlong slash", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"a surrogate", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"cut within a character", "\xE2\x82", "\xEF\xBF\xBD"},
    {"cut within a character, then text",
     "\xF0\x9F\x90"
     "A",
     "\xEF\xBF\xBD"
     "A"},
    {"beyond Unicode", "\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"U+FFFE and U+FFFF",
     "a\xEF\xBF\xBE\xEF\xBF\xBF"
     "b",
     "ab"},
    {"U+FFFD stays", "\xEF\xBF\xBD", "\xEF\xBF\xBD"},
};

TEST(Writer, WhatXmlForbidsNeverLeaves) {
    for (auto const& c : cleanings) {
        EXPECT_EQ(cleaned(c.in), c.out) << c.what;
        EXPECT_EQ(is_clean(c.in), c.in == c.out) << c.what;
        EXPECT_TRUE(is_clean(c.out)) << c.what;
        Writer w;
        w.open(email::Subject);
        w.text(c.in);
        w.close();
        auto document = std::move(w).finish();
        EXPECT_EQ(events(Reader(document)), "Subject('" + std::string(c.out) + "')") << c.what;
    }
}

TEST(Writer, TextOfForbiddenCharactersOnlyIsEmpty) {
    Writer w;
    w.open(email::Subject);
    w.text("\x01\x02");
    w.close();
    EXPECT_EQ(to_hex(std::move(w).finish()), "03016a00000214");
}

} // namespace
} // namespace godwit::wbxml
