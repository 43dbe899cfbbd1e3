// What mail says of a call is told, under the class that allows it and nowhere else (MS-ASEMAIL 2.2.2.81 to 2.2.2.84).
#include "convert/voice.hpp"

#include "convert/draft.hpp"
#include "convert/email.hpp"

#include <gtest/gtest.h>
#include <set>
#include <variant>

namespace godwit::convert {
namespace {

std::string file(std::string_view name, std::string_view type = "audio/wav", std::string_view more = "") {
    return "--b\r\nContent-Type: " + std::string(type) + "; name=\"" + std::string(name) +
           "\"\r\nContent-Disposition: attachment\r\n" + std::string(more) + "\r\nRIFF\r\n";
}

std::string mail(std::string_view header, std::string const& parts, std::string_view multipart = "multipart/mixed") {
    return std::string(header) + "Content-Type: " + std::string(multipart) +
           "; boundary=b\r\n\r\n--b\r\n\r\nA call.\r\n" + parts + "--b--\r\n";
}

eas::Email shown(std::string const& bytes, eas::Version version = eas::v16_1) {
    return email_from_bytes(bytes, {.item = 1}, {}, version).email;
}

// "vm1.wav 2, vm2.wav 1 12s": each file with its place and its length.
std::string files_of(eas::Email const& email) {
    std::string out;
    if (!email.attachments) return out;
    for (auto const& entry : *email.attachments) {
        auto const& one = std::get<eas::Attachment>(entry);
        out += (out.empty() ? "" : ", ") + one.display_name.value_or("");
        if (one.um_order) out += ' ' + std::to_string(*one.um_order);
        if (one.um_duration) out += ' ' + std::to_string(*one.um_duration) + 's';
    }
    return out;
}

struct Row {
    std::string_view why;
    std::string bytes;
    std::string_view message_class, caller, files;
};

std::string const one = file("vm.wav"), three = file("vm1.wav") + file("vm2.wav") + file("vm3.wav");
Row const rows[]{
    {"voice mail of Exchange",
     mail("Content-Class: voice\r\nX-CallingTelephoneNumber: +493012345\r\nX-VoiceMessageDuration: 12\r\n"
          "X-AttachmentOrder: vm.wav\r\n",
          one),
     "IPM.Note.Microsoft.Voicemail.UM", "+493012345", "vm.wav 1 12s"},
    {"a call that was answered for somebody", mail("Content-Class: VOICE-CA\r\n", one),
     "IPM.Note.Microsoft.Voicemail.UM.CA", "", "vm.wav 1"},
    {"a conversation has no such elements", mail("Content-Class: voice-uc\r\nX-VoiceMessageDuration: 12\r\n", one),
     "IPM.Note.Microsoft.Conversation.Voice", "", "vm.wav"},
    {"a missed call has no recording", "Content-Class: missedcall\r\nX-CallingTelephoneNumber: 4711\r\n\r\nx",
     "IPM.Note.Microsoft.Missed.Voice", "4711", ""},
    {"a fax", "Content-Class: fax\r\nX-CallingTelephoneNumber: 4711\r\n\r\nx", "IPM.Note.Microsoft.Fax", "", ""},
    {"voice without a recording is a note", "Content-Class: voice\r\n\r\nx", "IPM.Note", "", ""},
    {"RFC 3801, RFC 3803",
     mail("", file("vm.wav", "audio/32KADPCM", "Content-Duration: 33\r\n"), "multipart/voice-message"),
     "IPM.Note.Microsoft.Voicemail", "", "vm.wav 1 33s"},
    {"Asterisk",
     mail("X-Asterisk-CallerID: 030 / 12-34\r\nX-Asterisk-VM-Duration: 7\r\n",
          file("msg0000.WAV", "application/octet-stream")),
     "IPM.Note.Microsoft.Voicemail", "0301234", "msg0000.WAV 1 7s"},
    {"music is no voice mail", mail("", one), "IPM.Note", "", "vm.wav"},
    {"the newest first, as it is said (MS-OXOUM 2.2.5.9)",
     mail("Content-Class: voice\r\nX-VoiceMessageDuration: 5\r\nX-AttachmentOrder: ; Vm2.wav;vm3.wav ;vm1.wav;\r\n",
          three),
     "IPM.Note.Microsoft.Voicemail.UM", "", "vm1.wav 3, vm2.wav 1 5s, vm3.wav 2"},
    {"the newest is at the end (R810); a picture has no place",
     mail("Content-Class: voice\r\n", file("a.png", "image/png") + three), "IPM.Note.Microsoft.Voicemail.UM", "",
     "a.png, vm1.wav 3, vm2.wav 2, vm3.wav 1"},
    {"who is not named is older", mail("Content-Class: voice\r\nX-AttachmentOrder: gone.wav;vm1.wav\r\n", three),
     "IPM.Note.Microsoft.Voicemail.UM", "", "vm1.wav 1, vm2.wav 3, vm3.wav 2"},
    {"a length that is none", mail("Content-Class: voice\r\nX-VoiceMessageDuration: -3\r\n", one),
     "IPM.Note.Microsoft.Voicemail.UM", "", "vm.wav 1"},
};

TEST(Voice, what_a_message_says_of_a_call_is_told) {
    for (auto const& row : rows) {
        SCOPED_TRACE(row.why);
        auto const email = shown(row.bytes);
        EXPECT_EQ(email.message_class, row.message_class);
        EXPECT_EQ(email.um_caller_id.value_or(""), row.caller);
        EXPECT_EQ(files_of(email), row.files);
        auto const old = shown(row.bytes, eas::v12_1); // R1446, R1450, R1454: the class alone
        EXPECT_EQ(old.message_class, row.message_class);
        EXPECT_EQ(old.um_caller_id, std::nullopt);
        for (auto const& entry : old.attachments.value_or(std::vector<eas::AttachmentEntry>{})) {
            auto const& told = std::get<eas::Attachment>(entry);
            EXPECT_FALSE(told.um_order || told.um_duration);
        }
    }
}

TEST(Voice, a_caller_is_a_number_or_a_link_or_nobody) { // R814, R930 to R932
    std::pair<std::string_view, std::string_view> const callers[]{
        {"+49 (30) 12-34", "+49301234"},
        {"tel:+4930", "+4930"},
        {"sip:bob@example.org", "sip:bob@example.org"},
        {"SIPS:bob@x", "SIPS:bob@x"},
        {"anonymous", ""},
        {"Private", ""},
        {"", ""},
        {"+", ""},
        {"1+2", ""},
        {"sip:a b", ""},
        {"12;drop", ""},
        {"123456789012345678901234567890123", ""},
    };
    for (auto const& [said, told] : callers) {
        auto const bytes = mail("Content-Class: voice\r\nX-CallingTelephoneNumber: " + std::string(said) + "\r\n", one);
        EXPECT_EQ(shown(bytes).um_caller_id.value_or(""), told) << said;
    }
}

TEST(Voice, a_phone_may_not_say_it) { // R817, R835
    eas::Email const said{.subject = "s", .um_caller_id = "1"}, notes{.subject = "s", .um_user_notes = "n"};
    EXPECT_FALSE(changed_draft("Subject: s\r\n\r\nx", said));
    EXPECT_FALSE(changed_draft("Subject: s\r\n\r\nx", notes));
    EXPECT_FALSE(from_change({.um_caller_id = "1"}));
    EXPECT_FALSE(from_change({.um_user_notes = "n"}));
}

} // namespace
} // namespace godwit::convert
