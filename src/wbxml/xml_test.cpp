#include "wbxml/hex.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/xml.hpp"
#include "wbxml/xml_names.hpp"
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace godwit::wbxml {
namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

std::string binary(std::string_view hex) { return from_hex(hex).value(); }

std::string xml(std::string_view hex, XmlOptions options = {}) {
    auto out = to_xml(binary(hex), options);
    EXPECT_TRUE(out.starts_with(declaration));
    return out.substr(declaration.size());
}

struct Golden {
    std::string_view what, hex, xml;
};

// Written out by hand, so that nothing here depends on the code that it tests.
constexpr Golden goldens[] = {
    {"FolderSync, first", "03016A00 0007 56 52 033000 01 01",
     "<FolderSync xmlns=\"FolderHierarchy\">\n  <SyncKey>0</SyncKey>\n</FolderSync>\n"},
    {"an empty root", "03016A00 000E 05", "<Provision xmlns=\"Provision\"/>\n"},
    {"other pages have prefixes",
     "03016A00 45 5C 4F 4B 033900 01 52 033600 01 56 48 4D 03363A3200 01 0016 17 01 01 01 01 01",
     "<Sync xmlns=\"AirSync\" xmlns:email2=\"Email2\">\n  <Collections>\n    <Collection>\n      <SyncKey>9</SyncKey>\n"
     "      <CollectionId>6</CollectionId>\n      <Commands>\n        <Change>\n          <ServerId>6:2</ServerId>\n"
     "          <email2:Send/>\n        </Change>\n      </Commands>\n    </Collection>\n  </Collections>\n</Sync>\n"},
    {"ConversationId is base64", "03016A00 0014 45 56 58 C304 00FF1041 01 57 033300 01 01 01",
     "<ItemOperations xmlns=\"ItemOperations\">\n  <Move>\n    <ConversationId>AP8QQQ==</ConversationId>\n"
     "    <DstFldId>3</DstFldId>\n  </Move>\n</ItemOperations>\n"},
    {"ConversationId as text", "03016A00 0014 58 034100 01",
     "<ConversationId xmlns=\"ItemOperations\" opaque=\"false\">A</ConversationId>\n"},
    {"MIME is text", "03016A00 0015 45 50 C306 413A420D0A26 01 01",
     "<SendMail xmlns=\"ComposeMail\">\n  <Mime>A:B&#13;\n&amp;</Mime>\n</SendMail>\n"},
    {"MIME of raw 8-bit is base64", "03016A00 0015 50 C302 E90A 01",
     "<Mime xmlns=\"ComposeMail\" opaque=\"base64\">6Qo=</Mime>\n"},
    {"opaque text where text is usual", "03016A00 0011 4B C302 6869 01",
     "<Data xmlns=\"AirSyncBase\" opaque=\"text\">hi</Data>\n"},
    {"opaque bytes where text is usual", "03016A00 0011 4B C302 FF00 01",
     "<Data xmlns=\"AirSyncBase\" opaque=\"base64\">/wA=</Data>\n"},
    {"escapes", "03016A00 0002 54 03 3C61 2662 3E22 27 00 01",
     "<Subject xmlns=\"Email\">&lt;a&amp;b&gt;&quot;'</Subject>\n"},
    {"white space is content", "03016A00 0002 54 03 200A20 00 01", "<Subject xmlns=\"Email\"> \n </Subject>\n"},
    {"unknown tokens", "03016A00 45 0019 7F 0040 05 01 01",
     "<Sync xmlns=\"AirSync\" xmlns:unknown=\"Unknown\">\n  <unknown:p19t3F>\n    <unknown:p40t05/>\n  "
     "</unknown:p19t3F>\n</Sync>\n"},
    {"an unknown root", "03016A00 0019 3F", "<p19t3F xmlns=\"Unknown\"/>\n"},
};

TEST(Xml, Golden) {
    for (auto const& g : goldens) {
        EXPECT_EQ(xml(g.hex), g.xml) << g.what;
        auto back = from_xml(std::string(declaration) + std::string(g.xml));
        ASSERT_TRUE(back) << g.what << ": " << back.error();
        EXPECT_EQ(to_hex(*back), to_hex(binary(g.hex))) << g.what;
    }
}

constexpr Golden broken[] = {
    {"a truncated leaf", "03016A00 45 4B 033132",
     "<Sync xmlns=\"AirSync\">\n  <SyncKey/>\n</Sync>\n<!-- broken: a string without an end -->\n"},
    {"truncated after text", "03016A00 45 4B 033100",
     "<Sync xmlns=\"AirSync\">\n  <SyncKey>1</SyncKey>\n</Sync>\n"
     "<!-- broken: the document ends inside an element -->\n"},
    {"text of forbidden characters only", "03016A00 45 4B 030E00 01 01",
     "<Sync xmlns=\"AirSync\">\n  <SyncKey/>\n</Sync>\n"},
    {"no WBXML at all", "3C3F786D6C", "<!-- broken: not WBXML 1.1 to 1.3 -->\n"},
    {"nothing", "", "<!-- broken: truncated -->\n"},
    {"text beside elements", "03016A00 45 036100 05 036200 01",
     "<Sync xmlns=\"AirSync\">\n"
     "  <!-- text beside elements, bytes: 1 -->\n  <Sync/>\n  <!-- text beside elements, bytes: 1 -->\n</Sync>\n"},
};

TEST(Xml, BrokenDocumentsAreShownAsFarAsTheyGo) {
    for (auto const& b : broken) EXPECT_EQ(xml(b.hex), b.xml) << b.what;
}

// Law 10.
TEST(Xml, RedactionReplacesWhatPeopleWroteByItsLength) {
    auto document = from_xml(R"(
      <Sync xmlns="AirSync" xmlns:e="Email" xmlns:b="AirSyncBase" xmlns:e2="Email2">
        <Collections><Collection><SyncKey>5.7</SyncKey><Commands><Add><ServerId>1:7</ServerId><ApplicationData>
          <e:To>"Erika" &lt;erika@example.org&gt;</e:To><e:Subject>Figures for May</e:Subject>
          <e:DateReceived>2024-05-31T09:15:00.000Z</e:DateReceived><e:Read>0</e:Read>
          <b:Body><b:Type>2</b:Type><b:Data>secret</b:Data><b:Preview>sec</b:Preview></b:Body>
          <e2:ConversationId>AAEC</e2:ConversationId>
        </ApplicationData></Add></Commands></Collection></Collections>
      </Sync>)");
    ASSERT_TRUE(document) << document.error();
    auto out = to_xml(*document, {.redact = true});
    for (auto shown :
         {"<SyncKey>5.7</SyncKey>", "<ServerId>1:7</ServerId>", "<email:To bytes=\"27\"/>",
          "<email:Subject bytes=\"15\"/>", "<email:DateReceived>2024-05-31T09:15:00.000Z</email:DateReceived>",
          "<email:Read>0</email:Read>", "<airsyncbase:Type>2</airsyncbase:Type>", "<airsyncbase:Data bytes=\"6\"/>",
          "<airsyncbase:Preview bytes=\"3\"/>", "<email2:ConversationId bytes=\"3\"/>"})
        EXPECT_TRUE(out.contains(shown)) << shown << '\n' << out;
    EXPECT_FALSE(from_xml(out));
}

TEST(Xml, NoSecretMayBeLogged) {
    for (auto tag : {settings::Password,
                     itemoperations::Password,
                     itemoperations::Data,
                     email::Subject,
                     email::To,
                     email::From,
                     airsyncbase::Data,
                     airsyncbase::Preview,
                     airsyncbase::DisplayName,
                     composemail::Mime,
                     contacts::FirstName,
                     contacts2::IMAddress,
                     calendar::Subject,
                     calendar::Location,
                     calendar::Email,
                     notes::Subject,
                     tasks::Subject,
                     gal::EmailAddress,
                     folderhierarchy::DisplayName,
                     search::FreeText,
                     resolverecipients::To,
                     settings::ReplyMessage,
                     settings::SMTPAddress,
                     validatecert::Certificate,
                     Tag{25, 0x3F}})
        EXPECT_FALSE(may_be_logged(tag)) << tag.name;
    for (auto tag :
         {airsync::SyncKey, ping::Id, provision::PolicyKey, move::SrcMsgId, settings::Model, airsync::Status})
        EXPECT_TRUE(may_be_logged(tag)) << tag.name;
}

TEST(Xml, LongTextIsCutAtACharacter) {
    EXPECT_EQ(xml("03016A00 0002 54 03 61C3A9C3A9C3A9 00 01", {.max_text = 4}),
              "<Subject xmlns=\"Email\" bytes=\"7\">a\xC3\xA9...</Subject>\n");
}

TEST(Xml, AFragmentStandsInApplicationData) {
    auto w = Writer::fragment();
    w.open(email::Read);
    w.text("1");
    w.close();
    EXPECT_EQ(to_xml(std::move(w).finish_fragment()).substr(declaration.size()),
              "<ApplicationData xmlns=\"AirSync\" xmlns:email=\"Email\">\n  "
              "<email:Read>1</email:Read>\n</ApplicationData>\n");
}

struct XmlReading {
    std::string_view xml, hex_or_error;
};

constexpr XmlReading xml_readings[] = {
    {"<Sync xmlns='AirSync'/>", "03016a0005"},
    {"\xEF\xBB\xBF<!-- c --><Sync xmlns=\"AirSync:\"><!-- d --></Sync><!-- e -->\n", "03016a0005"},
    {"<a:Sync xmlns:a=\"AirSync\"><a:SyncKey><![CDATA[<1&>]]></a:SyncKey></a:Sync>", "03016a00454b033c31263e000101"},
    {"<Sync xmlns=\"AirSync\"><Read xmlns=\"Email\">&#x41;&#66;</Read><SyncKey/></Sync>", "03016a00450002550341420001"
                                                                                          "00000b01"},
    {"", "line 1: no element"},
    {"<Sync/>", "line 1: no namespace for Sync"},
    {"<Sync xmlns=\"AirSync\">", "line 1: the document ends inside Sync"},
    {"<Sync xmlns=\"AirSync\"></Collection>", "line 1: </Collection> ends Sync"},
    {"<Sync xmlns=\"AirSync\">\n<Subject/></Sync>", "line 2: no element Subject in AirSync"},
    {"<Sync xmlns=\"Nowhere\"/>", "line 1: no element Sync in Nowhere"},
    {"<Sync xmlns=\"AirSync\">a<SyncKey/></Sync>", "line 1: text beside elements in Sync"},
    {"<Sync xmlns=\"AirSync\"><SyncKey/>a</Sync>", "line 1: text beside elements in Sync"},
    {"<!DOCTYPE x [<!ENTITY a \"aaaa\">]><Sync xmlns=\"AirSync\"/>", "line 1: a document type is not taken"},
    {"<Sync xmlns=\"AirSync\">&lol;</Sync>", "line 1: an unknown reference &lol;"},
    {"<Sync xmlns=\"AirSync\">&#xD800;</Sync>", "line 1: a reference to no character"},
    {"<Sync xmlns=\"AirSync\">&#99999999;</Sync>", "line 1: a malformed reference"},
    {"<Sync xmlns=\"AirSync\">&#4294967;</Sync>", "line 1: a reference to no character"},
    {"<Sync xmlns=\"AirSync\"/><Sync xmlns=\"AirSync\"/>", "line 1: something after the document"},
    {"<Sync xmlns=AirSync/>", "line 1: a value without quotes"},
    {"<Sync xmlns", "line 1: an attribute without a value"},
    {"<", "line 1: a name is missing"},
    {"<Content xmlns=\"AirSyncBase\">A</Content>", "line 1: no base64 in Content"},
};

TEST(Xml, Reading) {
    for (auto const& r : xml_readings) {
        auto out = from_xml(r.xml);
        EXPECT_EQ(out ? to_hex(*out) : out.error(), r.hex_or_error) << r.xml;
    }
}

TEST(Xml, NestingIsBoundedBothWays) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<Sync xmlns=\"AirSync\">";
    EXPECT_EQ(from_xml(deep).error(), "line 1: nested too deeply");
    EXPECT_TRUE(to_xml(binary("03016A00") + std::string(100'000, '\x45')).contains("nested too deeply"));
}

// ---- the specification's examples -------------------------------------------------------------------------------------
namespace fs = std::filesystem;

std::string slurp(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

struct Example {
    std::string name, xml, wbxml;
};

std::vector<Example> examples() {
    std::vector<Example> out;
    fs::path folder = GODWIT_SHARED "/spec/examples";
    if (!fs::exists(folder)) return out;
    for (auto const& file : fs::directory_iterator(folder)) {
        auto name = file.path().filename().string();
        if (!name.ends_with(".wbxml.hex")) continue;
        name.resize(name.size() - std::string_view(".wbxml.hex").size());
        out.push_back({name, slurp(folder / (name + ".xml")), binary(slurp(file.path()))});
    }
    return out;
}

// The same however it was indented, prefixed and quoted.
std::string canonical(std::string_view text) {
    auto wbxml = from_xml(text);
    return wbxml ? to_xml(*wbxml) : wbxml.error();
}

TEST(Examples, RoundTrip) {
    auto all = examples();
    if (all.empty()) GTEST_SKIP() << "no ../shared";
    EXPECT_GE(all.size(), 80u);
    for (auto const& example : all) {
        auto view = to_xml(example.wbxml);
        auto back = from_xml(view);
        ASSERT_TRUE(back) << example.name << ": " << back.error();
        EXPECT_EQ(to_hex(*back), to_hex(example.wbxml)) << example.name;
        if (example.xml.contains("(MIME)")) continue; // the example's text leaves the message out
        EXPECT_EQ(view, canonical(example.xml)) << example.name;
        auto from_text = from_xml(example.xml);
        ASSERT_TRUE(from_text) << example.name << ": " << from_text.error();
        EXPECT_EQ(to_hex(*from_text), to_hex(example.wbxml)) << example.name;
    }
}

// What Debian's libwbxml makes of it; nothing where it cannot read it (it lacks page 25 and some of page 8 and 14).
std::string libwbxml(std::string const& wbxml) {
    auto path = fs::temp_directory_path() / ("godwit-xml-test-" + std::to_string(getpid()));
    std::ofstream(path, std::ios::binary) << wbxml;
    auto command = "wbxml2xml -l ACTIVESYNC -m 0 -k -o - " + path.string() + " 2>/dev/null";
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string out;
    char buffer[4096];
    for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) out.append(buffer, n);
    fs::remove(path);
    auto start = out.find("<!DOCTYPE");
    if (start == out.npos) return {};
    return out.substr(out.find('>', start) + 1);
}

TEST(Examples, LibwbxmlAgrees) {
    auto all = examples();
    if (all.empty()) GTEST_SKIP() << "no ../shared";
    if (std::system("command -v wbxml2xml >/dev/null 2>&1") != 0) GTEST_SKIP() << "no wbxml2xml";
    int compared = 0;
    for (auto const& example : all) {
        auto theirs = libwbxml(example.wbxml);
        if (theirs.empty()) continue;
        auto wbxml = from_xml(theirs);
        if (!wbxml) { // an element that it names otherwise
            EXPECT_TRUE(wbxml.error().contains("no element")) << example.name << ": " << wbxml.error() << '\n'
                                                              << theirs;
            continue;
        }
        ++compared;
        EXPECT_EQ(to_xml(*wbxml), to_xml(example.wbxml)) << example.name;
    }
    EXPECT_GE(compared, 60);
}

} // namespace
} // namespace godwit::wbxml
