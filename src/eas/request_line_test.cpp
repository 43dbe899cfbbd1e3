#include "eas/request_line.hpp"
#include <gtest/gtest.h>

namespace godwit::eas {
namespace {

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto byte = [&](std::size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u; };
        auto group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        for (int shift : {18, 12, 6, 0}) out += digits[group >> shift & 63];
    }
    out.resize(out.size() - (3 - bytes.size() % 3) % 3);
    return out + std::string((3 - bytes.size() % 3) % 3, '=');
}

// Everything that was said, in one line.
std::string say(std::expected<RequestLine, QueryError> const& line) {
    if (!line) return "! " + std::string(name(line.error()));
    std::string out(name(line->command));
    if (line->misnamed) {
        EXPECT_EQ(line->device_id + line->device_type, "");
        return "? " + out + ": " + std::string(name(*line->misnamed));
    }
    if (line->version) out.append(" v").append(name(*line->version));
    out.append(" ").append(line->device_id).append(" ").append(line->device_type);
    if (line->policy_key) out += " key=" + std::to_string(*line->policy_key);
    if (line->locale) out += " locale=" + std::to_string(*line->locale);
    auto add = [&](char const* what, std::optional<std::string> const& value) {
        if (value) out.append(" ").append(what).append("=").append(*value);
    };
    add("user", line->user), add("collection", line->collection_id), add("item", line->item_id);
    add("long", line->long_id), add("occurrence", line->occurrence), add("attachment", line->attachment_name);
    if (line->save_in_sent) out += " save";
    if (line->accept_multipart) out += " multipart";
    return out;
}

struct QueryCase {
    std::string_view query, said;
};

constexpr QueryCase query_cases[] = {
    // ---- plain
    {"Cmd=FolderSync&User=erika&DeviceId=TESTDEVICE01&DeviceType=TestPhone",
     "FolderSync TESTDEVICE01 TestPhone user=erika"},
    {"DeviceType=TestPhone&DeviceId=T1&Cmd=Ping&User=erika", "Ping T1 TestPhone user=erika"},
    {"cmd=sync&user=e&deviceid=T1&DEVICETYPE=SP", "Sync T1 SP user=e"},
    {"Cmd=Sync&User=DOMAIN%5Cerika%40example.org&DeviceId=T1&DeviceType=SP",
     "Sync T1 SP user=DOMAIN\\erika@example.org"},
    {"Cmd=Sync&User=a+b&DeviceId=T1&DeviceType=Windows%20Mail", "Sync T1 Windows Mail user=a b"},
    {"Cmd=Sync&DeviceId=T1&DeviceType=SP&DeviceId=T2", "Sync T1 SP"}, // the first counts
    {"Cmd=SendMail&User=e&DeviceId=T1&DeviceType=SP&SaveInSent=T", "SendMail T1 SP user=e save"},
    {"Cmd=SendMail&User=e&DeviceId=T1&DeviceType=SP&SaveInSent=F", "SendMail T1 SP user=e"},
    {"Cmd=SmartReply&User=e&DeviceId=T1&DeviceType=SP&CollectionId=1&ItemId=1%3a7&LongId=l&Occurrence=o",
     "SmartReply T1 SP user=e collection=1 item=1:7 long=l occurrence=o"},
    {"Cmd=GetAttachment&User=e&DeviceId=T1&DeviceType=SP&AttachmentName=a.txt",
     "GetAttachment T1 SP user=e attachment=a.txt"},
    {"Cmd=GetHierarchy&User=e&DeviceId=T1&DeviceType=SP", "GetHierarchy T1 SP user=e"},
    {"Cmd=Sync&DeviceId=T1&DeviceType=SP&Unknown=1&&=x&y", "Sync T1 SP"},
    {"Cmd=Sync&User=100%&DeviceId=T1&DeviceType=SP", "Sync T1 SP user=100%"},
    {"Cmd=Sync&DeviceId=12345678901234567890123456789012&DeviceType=SP", "Sync 12345678901234567890123456789012 SP"},
    {"Cmd=Sync&DeviceId=123456789012345678901234567890123&DeviceType=SP",
     "? Sync: the device id is missing or invalid"},
    {"Cmd=Sync&DeviceType=SP", "? Sync: the device id is missing or invalid"},
    {"Cmd=Sync&DeviceId=&DeviceType=SP", "? Sync: the device id is missing or invalid"},
    {"Cmd=Sync&DeviceId=a,b&DeviceType=SP", "? Sync: the device id is missing or invalid"},
    {"Cmd=Sync&DeviceId=a%2Fb&DeviceType=SP", "? Sync: the device id is missing or invalid"},
    {"Cmd=Sync&DeviceId=a%00b&DeviceType=SP", "? Sync: the device id is missing or invalid"},
    {"Cmd=Sync&DeviceId=T1", "? Sync: the device type is missing or invalid"},
    {"Cmd=Sync&DeviceId=T1&DeviceType=a%0Ab", "? Sync: the device type is missing or invalid"},
    {"User=e&DeviceId=T1&DeviceType=SP", "! no command"},
    {"Cmd=&DeviceId=T1&DeviceType=SP", "! no command"},
    {"Cmd=Destroy&DeviceId=T1&DeviceType=SP", "! an unknown command"},
    {"", "! no command"},
    // ---- base64: the specification's own example (MS-ASHTTP_R16), then with a key, options and a binary id
    {"jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l", "Sync v14.0 v140Device SmartPhone locale=1033"},
    {"oRIHBAxURVNUREVWSUNFMDEELfTlbwlUZXN0UGhvbmU=", "Ping v16.1 TESTDEVICE01 TestPhone key=1877341229 locale=1031"},
    {"oRIHBAxURVNUREVWSUNFMDEELfTlbwlUZXN0UGhvbmU", "Ping v16.1 TESTDEVICE01 TestPhone key=1877341229 locale=1031"},
    {"oRIHBAxURVNUREVWSUNFMDEELfTlbwlUZXN0UGhvbmU%3D", "Ping v16.1 TESTDEVICE01 TestPhone key=1877341229 locale=1031"},
    {"jRMJBBAAESIzRFVmd4iZqrvM3e7/BDNCe7oCVFAHAQIIBWVyaWth",
     "ItemOperations v14.1 00112233445566778899aabbccddeeff TP key=3128640051 locale=1033 user=erika multipart"},
    {"jRMJBBAAESIzRFVmd4iZqrvM3e7_BDNCe7oCVFAHAQIIBWVyaWth",
     "ItemOperations v14.1 00112233445566778899aabbccddeeff TP key=3128640051 locale=1033 user=erika multipart"},
    {"jRMJBBAAESIzRFVmd4iZqrvM3e7%2FBDNCe7oCVFAHAQIIBWVyaWth",
     "ItemOperations v14.1 00112233445566778899aabbccddeeff TP key=3128640051 locale=1033 user=erika multipart"},
    {"eQMJBAxURVNUREVWSUNFMDEACVRlc3RQaG9uZQEBMQMDMTo3BwEB",
     "SmartReply v12.1 TESTDEVICE01 TestPhone locale=1033 collection=1 item=1:7 save"},
    {"jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25", "! the query is malformed"},
    {"jAAJ*AAA", "! the query is malformed"},
    {"A", "! the query is malformed"},
    {"jA", "! the query is malformed"},
};

TEST(RequestLine, Queries) {
    for (auto const& c : query_cases) EXPECT_EQ(say(parse_query(c.query)), c.said) << c.query;
}

std::string said(std::string_view bytes) { return say(parse_query(base64(bytes))); }

using namespace std::string_literals;

TEST(RequestLine, Bytes) {
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02T1\x00\x02SP"s), "Sync v14.1 T1 SP locale=1033");
    EXPECT_EQ(said("\x0A\x00\x09\x04\x02T1\x00\x02SP"s), "! an unknown protocol version"); // 1.0
    EXPECT_EQ(said("\x78\x00\x09\x04\x02T1\x00\x02SP"s), "! an unknown protocol version"); // 12.0 is not spoken
    EXPECT_EQ(said("\x8D\x05\x09\x04\x02T1\x00\x02SP"s), "! an unknown command");
    EXPECT_EQ(said("\x8D\x64\x09\x04\x02T1\x00\x02SP"s), "! an unknown command"); // GetHierarchy has no code
    EXPECT_EQ(said("\x8D\x00\x09\x04\x00\x00\x02SP"s), "? Sync: the device id is missing or invalid");
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02T1\x00\x00"s), "? Sync: the device type is missing or invalid");
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02T1\x02zz\x02SP"s), "! the query is malformed"); // a key has 4 bytes
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02T1\x00\x02SP\x07\x02\x01\x01"s), "! malformed options");
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02T1\x00\x02SP\x07"s), "! the query is malformed");
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02T1\x00\x02SP\x63\x01x"s),
              "Sync v14.1 T1 SP locale=1033"); // a tag of the future
    EXPECT_EQ(said("\x8D\x01\x09\x04\x02T1\x00\x02SP\x07\x01\x03"s), "SendMail v14.1 T1 SP locale=1033 save multipart");
    EXPECT_EQ(said("\x8D\x00\x09\x04\x02\xFF,\x00\x02SP"s), "Sync v14.1 ff2c SP locale=1033");
    EXPECT_EQ(said("\x8D\x00\x09\x04\x21"s + std::string(33, 'x') + "\x00\x02SP"s),
              "? Sync: the device id is missing or invalid");
}

TEST(RequestLine, EveryTruncationIsAnswered) {
    auto whole = "\x8D\x03\x09\x04\x02T1\x04keys\x02SP\x01\x01"
                 "1\x07\x01\x01"s;
    for (std::size_t n = 0; n < whole.size(); ++n) {
        // Cut between parameters it is a whole query again.
        bool whole_again = n == 15 || n == 18;
        EXPECT_EQ(parse_query(base64(whole.substr(0, n))).has_value(), whole_again) << n;
    }
}

TEST(RequestLine, Limits) {
    EXPECT_EQ(say(parse_query("Cmd=Sync&User=" + std::string(9000, 'x'))), "! the query is malformed");
    EXPECT_EQ(http_code(QueryError::UnknownCommand), 501);
    EXPECT_EQ(http_code(QueryError::DeviceIdInvalid), 400);
    EXPECT_EQ(canonical_device_id("ApplDNqX"), "appldnqx");
}

TEST(Command, NamesCodesAndVersions) {
    for (auto command : all_commands()) {
        EXPECT_EQ(parse_command(name(command)), command);
        bool has_code = command != Command::GetHierarchy;
        EXPECT_EQ(command_of_code(static_cast<std::uint8_t>(command)).has_value(), has_code) << name(command);
    }
    EXPECT_EQ(all_commands().size(), 21u);
    EXPECT_FALSE(command_of_code(24));
    EXPECT_TRUE(exists_in(Command::GetAttachment, v12_1));
    EXPECT_FALSE(exists_in(Command::GetAttachment, v14_0));
    EXPECT_FALSE(exists_in(Command::Find, v16_0));
    EXPECT_TRUE(has_mime_body(Command::SmartReply, v12_1));
    EXPECT_FALSE(has_mime_body(Command::SmartReply, v14_0));
    EXPECT_FALSE(has_mime_body(Command::Sync, v12_1));
    for (auto version : spoken_versions) {
        EXPECT_EQ(parse_version(name(version)), version);
        EXPECT_EQ(version_of_byte(static_cast<std::uint8_t>(version)), version);
    }
    EXPECT_FALSE(parse_version("2.5"));
    EXPECT_FALSE(parse_version("14"));
}

} // namespace
} // namespace godwit::eas
