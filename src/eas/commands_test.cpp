// Every command's messages, filled in: there and back in every version, and in order by our own rules.
#include "eas/samples.hpp"
#include "eas/validate.hpp"
#include "wbxml/xml.hpp"
#include <gtest/gtest.h>

namespace godwit::eas {
namespace {

TEST(Commands, ThereAndBackInEveryVersion) {
    int messages = 0;
    for (auto version : spoken_versions)
        samples::for_each(version, [&](Command command, bool request, auto const& value) {
            ++messages;
            auto wire = encode(value, version);
            auto back = decode<std::remove_cvref_t<decltype(value)>>(wire, version);
            ASSERT_TRUE(back) << name(command) << ' ' << name(version) << ": " << to_string(back.error()) << '\n'
                              << wbxml::to_xml(wire);
            EXPECT_EQ(encode(*back, version), wire) << name(command) << ' ' << name(version);
            auto violation =
                request ? validate_request(wire, command, version) : validate_response(wire, command, version);
            EXPECT_FALSE(violation) << name(command) << ' ' << name(version) << ": " << to_string(*violation);
        });
    EXPECT_GE(messages, 150);
}

// What 16.1 no longer has.
template <class T> T without_the_past(T value) {
    if constexpr (requires { (*value.collections)[0].commands; })
        (*value.collections)[0].item_class.reset();
    else if constexpr (std::same_as<T, GetItemEstimateRequest>)
        value.collections[0].item_class.reset(), value.collections[0].filter_type.reset();
    else if constexpr (std::same_as<T, SettingsResponse>)
        std::get<UserInformationResponse>(value.properties.back()).get->email_addresses.reset();
    return value;
}

TEST(Commands, NothingIsLostInTheNewestVersion) {
    samples::for_each(v16_1, [&](Command command, bool, auto const& value) {
        auto back = decode<std::remove_cvref_t<decltype(value)>>(encode(value, v16_1), v16_1).value();
        EXPECT_EQ(back, without_the_past(value)) << name(command);
    });
}

TEST(Commands, TheMessageOfAMailIsWhole) {
    auto mail = samples::mail();
    auto back = decode<Email>(encode_fragment(mail, v16_1), v16_1);
    ASSERT_TRUE(back) << to_string(back.error());
    mail.meeting_request->location.reset(); // up to 14.1
    mail.meeting_request->global_object_id.reset();
    EXPECT_EQ(*back, mail);
    auto old = decode<Email>(encode_fragment(mail, v12_1), v12_1).value();
    EXPECT_FALSE(old.conversation_id || old.sender || old.categories || old.is_draft || old.body_part ||
                 old.body->preview);
    EXPECT_EQ(old.subject, mail.subject);
    auto draft = decode<Email>(encode_fragment(samples::draft(), v16_1), v16_1).value();
    EXPECT_EQ(draft, samples::draft());
    EXPECT_TRUE(decode<Email>(encode_fragment(samples::draft(), v14_1), v14_1).value().attachments->empty());
}

struct Refusal {
    std::string_view xml;
    Command command;
    Version version;
    std::string_view why;
};

constexpr Refusal refusals[] = {
    // Trap 13: the children of Collection stand in order, so WindowSize may not follow Commands (MS-ASCMD_R4544).
    {"<Sync xmlns='AirSync'><Collections><Collection><SyncKey>1</SyncKey><CollectionId>1</CollectionId><Commands/>"
     "<WindowSize>5</WindowSize></Collection></Collections></Sync>",
     Command::Sync, v14_1, "WindowSize breaks order (MS-ASCMD 2.2.3.29.2)"},
    {"<Sync xmlns='AirSync'><Collections><Collection><CollectionId>1</CollectionId><SyncKey>1</SyncKey></Collection>"
     "</Collections></Sync>",
     Command::Sync, v16_1, "SyncKey breaks order (MS-ASCMD 2.2.3.29.2)"},
    {"<Sync "
     "xmlns='AirSync'><Collections><Collection><Class>Email</Class><SyncKey>1</SyncKey><CollectionId>1</CollectionId>"
     "</Collection></Collections></Sync>",
     Command::Sync, v14_0, "Class breaks not_in_version (MS-ASCMD 2.2.3.29.2)"},
    {"<Sync xmlns='AirSync'><HeartbeatInterval>60</HeartbeatInterval></Sync>", Command::Sync, v12_1,
     "HeartbeatInterval breaks not_in_version (MS-ASCMD 2.2.1.21)"},
    {"<Sync "
     "xmlns='AirSync'><Collections><Collection><SyncKey>1</SyncKey><CollectionId>1</CollectionId><Commands><Change>"
     "<ServerId/></Change></Commands></Collection></Collections></Sync>",
     Command::Sync, v14_1, "ServerId breaks length (MS-ASCMD 2.2.3.24)"},
    {"<Sync xmlns='AirSync'><Collections><Collection><SyncKey>1</SyncKey><CollectionId>1</CollectionId><Options>"
     "<FilterType>9</FilterType></Options></Collection></Collections></Sync>",
     Command::Sync, v14_1, "FilterType breaks value (MS-ASCMD 2.2.3.125.5)"},
    {"<Ping xmlns='Ping'><Folders><Folder><Id>1</Id></Folder></Folders></Ping>", Command::Ping, v14_1,
     "Class breaks required (MS-ASCMD 2.2.3.71.2)"},
    {"<FolderSync xmlns='FolderHierarchy'/>", Command::FolderSync, v14_1, "SyncKey breaks required (MS-ASCMD 2.2.1.5)"},
    {"<FolderCreate "
     "xmlns='FolderHierarchy'><SyncKey>1</SyncKey><ParentId>0</ParentId><DisplayName/><Type>12</Type></FolderCreate>",
     Command::FolderCreate, v14_1, "DisplayName breaks length (MS-ASCMD 2.2.1.3)"},
    {"<ItemOperations xmlns='ItemOperations'><Move><ConversationId "
     "opaque='false'>x</ConversationId><DstFldId>1</DstFldId></Move>"
     "</ItemOperations>",
     Command::ItemOperations, v12_1, "Move breaks not_in_version (MS-ASCMD 2.2.1.10)"},
    {"<SendMail "
     "xmlns='ComposeMail'><ClientId>12345678901234567890123456789012345678901</ClientId><Mime>x</Mime></SendMail>",
     Command::SendMail, v14_1, "ClientId breaks length (MS-ASCMD 2.2.1.17)"},
    {"<SendMail xmlns='ComposeMail'><ClientId>1</ClientId></SendMail>", Command::SendMail, v14_1,
     "Mime breaks required (MS-ASCMD 2.2.1.17)"},
    {"<Provision xmlns='Provision' xmlns:s='Settings'><s:DeviceInformation><s:Set/></s:DeviceInformation></Provision>",
     Command::Provision, v14_0, "DeviceInformation breaks not_in_version (MS-ASPROV 2.2.2.44)"},
    {"<Settings xmlns='Settings'><Oof><Set><OofState>3</OofState></Set></Oof></Settings>", Command::Settings, v14_1,
     "OofState breaks value (MS-ASCMD 2.2.3.167)"},
};

TEST(Commands, RequestsAreRefusedForTheirReason) {
    for (auto const& r : refusals) {
        auto violation = validate_request(wbxml::from_xml(r.xml).value(), r.command, r.version);
        EXPECT_EQ(violation ? to_string(*violation) : "ok", r.why) << r.xml;
    }
}

constexpr Refusal accepted[] = {
    {"<Sync "
     "xmlns='AirSync'><Collections><Collection><Class>Email</Class><SyncKey>1</SyncKey><CollectionId>1</CollectionId>"
     "</Collection></Collections></Sync>",
     Command::Sync, v12_1, ""},
    // Legacy elements of 2.5 are read and ignored; WindowSize may stand before the collections too.
    {"<Sync "
     "xmlns='AirSync'><WindowSize>5</WindowSize><Collections><Collection><SyncKey>1</SyncKey><CollectionId>1</"
     "CollectionId>"
     "<Options><Truncation>4</Truncation></Options></Collection></Collections></Sync>",
     Command::Sync, v14_1, ""},
    // iOS acknowledges a wipe with the Status before RemoteWipe.
    {"<Provision xmlns='Provision'><Status>1</Status><RemoteWipe/></Provision>", Command::Provision, v14_1, ""},
    {"<Provision xmlns='Provision'><RemoteWipe><Status>1</Status></RemoteWipe></Provision>", Command::Provision, v12_1,
     ""},
    {"<Provision xmlns='Provision'/>", Command::Provision, v12_1, ""},
    {"<Ping xmlns='Ping'><Folders/></Ping>", Command::Ping, v14_1, ""},
    {"<Ping "
     "xmlns='Ping'><Folders><Folder><Class>Email</Class><Id>1</Id></Folder></Folders><HeartbeatInterval>9999</"
     "HeartbeatInterval></Ping>",
     Command::Ping, v14_1, ""},
    {"<ItemOperations xmlns='ItemOperations' "
     "xmlns:b='AirSyncBase'><Fetch><b:FileReference/><Store>Mailbox</Store></Fetch></ItemOperations>",
     Command::ItemOperations, v14_1, ""},
    {"<ResolveRecipients xmlns='ResolveRecipients'><To>x</To></ResolveRecipients>", Command::ResolveRecipients, v14_1,
     ""},
};

TEST(Commands, WhatPhonesSendIsTaken) {
    for (auto const& a : accepted) {
        auto violation = validate_request(wbxml::from_xml(a.xml).value(), a.command, a.version);
        EXPECT_EQ(violation ? to_string(*violation) : "", a.why) << a.xml;
    }
}

TEST(Validate, ApplicationDataIsLookedInto) {
    auto response = [](std::string_view properties) {
        return wbxml::from_xml("<Sync xmlns='AirSync' xmlns:e='Email' xmlns:b='AirSyncBase' "
                               "xmlns:u='Unknown'><Collections><Collection>"
                               "<SyncKey>2</SyncKey><CollectionId>1</CollectionId><Status>1</Status><Commands><Add>"
                               "<ServerId>1:1</ServerId><ApplicationData>" +
                               std::string(properties) +
                               "</ApplicationData></Add></Commands></Collection></Collections></Sync>")
            .value();
    };
    auto verdict = [&](std::string_view properties, Version version) {
        auto violation = validate_response(response(properties), Command::Sync, version);
        return violation ? to_string(*violation) : "ok";
    };
    EXPECT_EQ(verdict("<e:Subject>x</e:Subject>", v14_1), "ok");
    EXPECT_EQ(verdict("<e:Subject>x</e:Subject><e:Read>2</e:Read>", v14_1), "Read breaks type (MS-ASEMAIL 2.2.2)");
    EXPECT_EQ(verdict("<e:Subject>x</e:Subject><b:BodyPart/>", v14_0),
              "BodyPart breaks not_in_version (MS-ASEMAIL 2.2.2)");
    EXPECT_EQ(verdict("<u:p01t3F/>", v14_1), "unknown token breaks unknown (MS-ASWBXML 2.1.2)");
}

TEST(Validate, EmptyBodies) {
    EXPECT_FALSE(validate_response("", Command::Sync, v14_1));
    EXPECT_FALSE(validate_response("", Command::SendMail, v14_1));
    EXPECT_TRUE(validate_response("", Command::Ping, v14_1));
    EXPECT_TRUE(validate_response("", Command::Search, v14_1));
}

} // namespace
} // namespace godwit::eas
