#include "mime/charset.hpp"
#include "vcard/card.hpp"
#include "vcard/value.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>

namespace godwit::vcard {
namespace {
namespace fs = std::filesystem;

std::string slurp(fs::path const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Card card_of(std::string const& lines) {
    auto card = read_card("BEGIN:VCARD\r\n" + lines + "\r\nEND:VCARD\r\n");
    EXPECT_TRUE(card) << card.error() << '\n' << lines;
    return card ? *card : Card{};
}

// One property as version 4.0 says it: without the FN that is put before it, folding undone.
std::string said(std::string const& version, std::string const& lines) {
    auto text = write(upgraded(card_of("VERSION:" + version + "\r\nFN:x\r\n" + lines)));
    auto begin = text.find("FN:x\r\n") + 6;
    text = text.substr(begin, text.find("END:VCARD") - begin);
    for (auto fold = text.find("\r\n "); fold != text.npos; fold = text.find("\r\n ")) text.erase(fold, 3);
    return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

TEST(VCard, IsSaidInVersionFour) {
    struct Row {
        char const *version, *lines, *expected;
    };
    for (auto const& row : {
             Row{"2.1", "TEL;CELL;PREF:123", "TEL;TYPE=cell;PREF=1:123"},
             {"2.1", "TEL;WORK;FAX:1", "TEL;TYPE=work,fax:1"},
             {"3.0", "TEL;TYPE=WORK;type=Voice,pref:1", "TEL;TYPE=work,voice;PREF=1:1"},
             {"4.0", "TEL;TYPE=\"work,voice\";PREF=2:1", "TEL;TYPE=work,voice;PREF=2:1"},
             {"2.1", "EMAIL;INTERNET;PREF:a@b.c", "EMAIL;PREF=1:a@b.c"},
             {"2.1", "N:Doe;John;Richter,James;;", "N:Doe;John;Richter\\,James;;"},
             {"3.0", "N:Doe;John;Richter,James;;", "N:Doe;John;Richter,James;;"},
             {"3.0", "URL:http\\://x.org/a\\,b", "URL:http://x.org/a,b"},
             {"3.0", "BDAY;value=date:2012-06-06", "BDAY:20120606"},
             {"3.0", "BDAY:1980-03-22T10:11:12Z", "BDAY:19800322T101112Z"},
             {"4.0", "BDAY:--0203", "BDAY:--0203"},
             {"3.0", "GEO:1.5;-2.5", "GEO:geo:1.5,-2.5"},
             {"2.1", "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:caf=E9, a=0D=0Ab", "NOTE:caf\xC3\xA9\\, a\\nb"},
             {"2.1", "NOTE;QUOTED-PRINTABLE:one=\r\n two=\r\nthree", "NOTE:one twothree"},
             {"2.1", "PHOTO;ENCODING=BASE64;JPEG:/9j/\r\n AAAA\r\n\r\n", "PHOTO:data:image/jpeg;base64,/9j/AAAA"},
             {"3.0", "PHOTO;ENCODING=b;TYPE=PNG:iVBORwAA", "PHOTO:data:image/png;base64,iVBORwAA"},
             {"3.0", "PHOTO;VALUE=uri:http://x.org/y", "PHOTO;VALUE=uri:http://x.org/y"},
             {"3.0", "item1.X-ABLabel:_$!<Spouse>!$_", "item1.X-ABLABEL:_$!<Spouse>!$_"},
             {"3.0", "X-Odd;A=b;C=\"d:e\":raw\\,;value", "X-ODD;A=b;C=\"d:e\":raw\\,;value"},
             {"4.0", "ADR;LABEL=a^nb^'c^^:;;s;;;;", "ADR;LABEL=a^nb^'c^^:;;s;;;;"},
             {"3.0", "NOTE:a line\r\nthat nobody folded", "NOTE:a line\\nthat nobody folded"},
         })
        EXPECT_EQ(said(row.version, row.lines), row.expected) << row.lines;
}

TEST(VCard, GetsAName) {
    for (auto const& [lines, expected] : std::map<std::string, std::string>{
             {"N:Doe;John;;Dr.;", "Dr. John Doe"}, {"ORG:IBM;Sales", "IBM"}, {"EMAIL:a@b.c", "a@b.c"}, {"NOTE:x", ""}})
        EXPECT_EQ(upgraded(card_of("VERSION:3.0\r\n" + lines)).find("FN")->value, expected) << lines;
}

TEST(VCard, RefusesByNameAndReason) {
    auto small = Limits{.card_bytes = 1000, .properties = 10, .parameters = 3};
    std::string many, deep;
    for (int i = 0; i < 20; ++i) many += "TEL:1\r\n";
    for (int i = 0; i < 20; ++i) deep += "AGENT:\r\nBEGIN:VCARD\r\n";
    for (auto const& [lines, reason] : std::map<std::string, std::string>{
             {"NOTE:" + std::string(2000, 'x') + "\r\n", "larger than the limit"},
             {many, "more properties or parameters than the limit"},
             {"TEL;A=1;B=2;C=3;D=4:1\r\n", "more properties or parameters than the limit"},
             {deep, "cards within cards"},
             {"\r\n", "it does not end (END:VCARD)"}}) {
        auto text = "BEGIN:VCARD\r\nFN:Ida\r\n" + lines + (lines == deep || lines == "\r\n" ? "" : "END:VCARD\r\n");
        Reader reader(text, small);
        auto one = reader.next();
        ASSERT_TRUE(one);
        ASSERT_FALSE(*one) << lines;
        EXPECT_EQ(one->error().name, "Ida");
        EXPECT_EQ(one->error().line, 1U);
        EXPECT_EQ(one->error().reason, reason);
        EXPECT_FALSE(reader.next());
    }
    EXPECT_EQ(read_card("").error(), "no vCard");
    EXPECT_EQ(read_card("BEGIN:VCARD\nFN:x\n").error(), "it does not end (END:VCARD)");
}

// A bad one does not take its neighbours with it.
TEST(VCard, ReadsWhatFollowsARefusal) {
    auto text =
        "rubbish\nBEGIN:VCARD\nNOTE:" + std::string(2000, 'x') + "\nEND:VCARD\n\nbegin:vcard\nFN:Ida\nend:vcard";
    Reader reader(text, {.card_bytes = 1000});
    EXPECT_FALSE(*reader.next());
    auto second = reader.next();
    ASSERT_TRUE(second && *second);
    EXPECT_EQ((*second)->find("FN")->value, "Ida");
    EXPECT_FALSE(reader.next());
}

// Nor does one that has lost its END, or that lies in one where no card may lie.
TEST(VCard, Law4_ReadsWhatFollowsALostEnd) {
    auto card = [](std::string name, std::string more) { return "BEGIN:VCARD\nFN:" + name + "\n" + more; };
    std::string const end = "END:VCARD\n";
    std::string const agent = "AGENT:\n" + card("agent", end), lost_agent = "AGENT:\n" + card("agent", "");
    struct Row {
        std::string_view name;
        std::string broken;
        int refused;
    };
    for (auto const& row : {Row{"no end", card("b", ""), 1}, Row{"two", card("b", card("b", "")), 2},
                            Row{"behind an agent", card("b", agent), 1}, Row{"in an agent", card("b", lost_agent), 1},
                            Row{"an agent without end", card("b", lost_agent + end), 1},
                            Row{"no end of what is too large", card("b", "NOTE:" + std::string(2000, 'x') + "\n"), 1},
                            Row{"an end too many", end + end, 0}, Row{"nothing", "", 0}}) {
        SCOPED_TRACE(row.name);
        auto text = card("first", end) + row.broken;
        for (int i = 0; i < 98; ++i) text += card("good", end);
        Reader reader(text, {.card_bytes = 1000});
        int taken = 0, refused = 0;
        for (auto one = reader.next(); one; one = reader.next()) {
            ++(*one ? taken : refused);
            if (!*one) EXPECT_EQ(one->error().name, "b");
        }
        EXPECT_EQ(taken, 99);
        EXPECT_EQ(refused, row.refused);
    }
}

TEST(VCard, KeepsAnAgent) {
    auto card = card_of("VERSION:2.1\r\nFN:x\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:y\r\nEND:VCARD\r\nTEL:1");
    ASSERT_EQ(card.properties.size(), 3U);
    EXPECT_EQ(card.properties[1].value, "BEGIN:VCARD\\nFN:y\\nEND:VCARD");
}

TEST(VCard, FoldsBetweenCharacters) {
    Card card{.properties = {{.name = "FN", .value = "x"}}};
    for (int i = 0; i < 200; ++i) card.properties[0].value += "\xE2\x82\xAC";
    auto text = write(card);
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find("\r\n", at);
        EXPECT_LE(end - at, 75U);
        EXPECT_TRUE(mime::is_utf8(text.substr(at, end - at)));
        at = end + 2;
    }
    EXPECT_EQ(read_card(text), card);
}

// What is written says the same; and saying it in 4.0 once more changes nothing.
void holds_the_laws(Card const& read) {
    auto card = upgraded(read);
    EXPECT_EQ(upgraded(card), card);
    auto again = read_card(write(card));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, card);
}

TEST(VCard, EveryCardOfTheCorpusGoesIn) {
    fs::path corpus = GODWIT_SHARED "/corpus/vcard";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    std::size_t cards = 0;
    for (auto const& entry : fs::directory_iterator(corpus)) {
        auto bytes = slurp(entry.path());
        Reader reader(bytes);
        for (auto one = reader.next(); one; one = reader.next(), ++cards) {
            ASSERT_TRUE(*one) << entry.path() << ": " << one->error().reason;
            SCOPED_TRACE(entry.path().string());
            holds_the_laws(**one);
        }
    }
    EXPECT_EQ(cards, 16U);
}

TEST(VCard, Values) {
    EXPECT_EQ(unescaped("a\\,b\\;c\\n\\\\d\\"), "a,b;c\n\\d\\");
    EXPECT_EQ(escaped("a,b;c\r\n\\d\r"), "a\\,b\\;c\\n\\\\d\\n");
    EXPECT_EQ(component("Doe;Jo\\;hn;x", 1), "Jo;hn");
    EXPECT_EQ(component("Doe", 3), "");
    EXPECT_EQ(with_component("Doe", 2, "a;b"), "Doe;;a\\;b");
    EXPECT_EQ(with_component("a;b;c;d", 1, ""), "a;;c;d");
}

} // namespace
} // namespace godwit::vcard
