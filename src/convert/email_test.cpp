#include "convert/email.hpp"

#include "convert/body.hpp"
#include "convert/conversation.hpp"
#include "convert/file_reference.hpp"
#include "convert/flag.hpp"
#include "convert/mail_fixture.hpp"
#include "eas/schema.hpp"
#include "mime/charset.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace godwit::convert {
namespace {

TEST(Email, a_whole_item_at_each_version) {
    EmailState state{
        .item = 42, .received = Time(std::chrono::seconds(1'700'000'000)), .categories = {"Blue"}, .last_verb = 1};
    for (auto version : eas::spoken_versions) {
        SCOPED_TRACE(eas::name(version));
        auto [email, isolated] =
            email_from_bytes(html_mail, state, {{BodyPreference{.type = BodyType::Html}}}, version);
        EXPECT_EQ(isolated, "");
        EXPECT_EQ(email.from, "\"Max\" <max@example.org>");
        EXPECT_EQ(email.to, "\"Erika\" <erika@example.org>, b@example.org");
        EXPECT_EQ(email.reply_to, "a@x;b@x");
        EXPECT_EQ(email.display_to, "Erika; b@example.org");
        EXPECT_EQ(email.subject, "Re: Figures");
        EXPECT_EQ(email.thread_topic, "Figures");
        EXPECT_EQ(email.internet_cpid, "28591");
        EXPECT_EQ(email.native_body_type, eas::NativeBodyType::Html);
        EXPECT_EQ(email.message_class, "IPM.Note");
        EXPECT_EQ(email.flag, eas::EmailFlag{});
        EXPECT_EQ(email.read, false);
        EXPECT_FALSE(email.attachments);
        EXPECT_EQ(email.categories.has_value(), version >= eas::v14_0);
        EXPECT_EQ(email.last_verb_executed.has_value(), version >= eas::v14_0);
        EXPECT_EQ(email.conversation_id.has_value(), version >= eas::v14_0);
        EXPECT_EQ(email.is_draft.has_value(), version >= eas::v16_0);
        if (email.conversation_index) EXPECT_EQ(email.conversation_index->bytes.size(), 5U);
    }
}

TEST(Email, classes_and_attachments) {
    EmailState state{.item = 7};
    auto email = email_from_bytes(signed_mail, state, {}, eas::v14_1).email;
    EXPECT_EQ(email.message_class, "IPM.Note.SMIME.MultipartSigned");
    ASSERT_TRUE(email.attachments && email.attachments->size() == 1);
    auto const& attachment = std::get<eas::Attachment>(email.attachments->front());
    EXPECT_EQ(attachment.display_name, "smime.p7s");
    EXPECT_EQ(attachment.file_reference, "7-2");
    auto reference = parse_file_reference(attachment.file_reference);
    ASSERT_TRUE(reference);
    auto message = mime::Message::parse(signed_mail);
    EXPECT_TRUE(message.find(reference->part)->is("application/pkcs7-signature"));
}

TEST(FileReference, only_what_was_given_is_read) {
    FileReference reference{123'456'789'012, "2.1.10"};
    EXPECT_EQ(format(reference), "123456789012-2.1.10");
    EXPECT_EQ(parse_file_reference(format(reference)), reference);
    for (auto bad : {"", "-", "1", "1-", "-1-2", "x-1", "1-x", "1-1/..", "99999999999999999999-1", "1 -1"}) {
        EXPECT_FALSE(parse_file_reference(bad)) << bad;
    }
}

TEST(Flag, what_a_phone_sets_comes_back) {
    eas::DateTime start{eas::Instant(std::chrono::seconds(1'700'000'000))},
        due{eas::Instant(std::chrono::seconds(1'700'100'000))};
    eas::EmailFlag flag{.status = eas::FlagStatus::Active,
                        .flag_type = "Flag: \"for\" follow up",
                        .subject = "été",
                        .start_date = start,
                        .utc_start_date = start,
                        .due_date = due,
                        .utc_due_date = due,
                        .reminder_set = true,
                        .reminder_time = due};
    auto change = from_change({.flag = flag});
    ASSERT_TRUE(change);
    EXPECT_FALSE(change->read);
    EmailState state{.flag_status = change->flag->status, .flag = change->flag->flag};
    EXPECT_EQ(marks_only(state, eas::v16_1).flag, flag);
    EXPECT_EQ(from_change({.flag = eas::EmailFlag{}})->flag, (EmailChange::Flag{0, ""})); // <Flag/> clears
    EXPECT_FALSE(from_change({.read = true})->flag);                                      // and absent leaves (trap 34)
    EXPECT_EQ(from_change({.read = true})->read, true);
    EXPECT_EQ(from_change({.categories = std::vector<std::string>{}})->categories->size(), 0U);
    for (auto text : {"", "x", "T5:ab", "T99999999999999999999:a", "T:", "c3:abc", "T1"}) read_flag(text);
}

// MS-ASEMAIL_R75, R76, R80, R96.
TEST(Marks, those_that_are_news_and_no_others) {
    EmailState const state{.read = true, .categories = {"Red"}};
    auto const told = [&](eas::Version version, MarksTold marks) {
        auto const email = marks_only(state, version, marks);
        return std::string(email.read ? "r" : "") + (email.flag ? "f" : "") + (email.categories ? "c" : "");
    };
    EXPECT_EQ(told(eas::v16_1, {}), "rfc");
    EXPECT_EQ(told(eas::v16_1, {true, false, false}), "r");
    EXPECT_EQ(told(eas::v16_1, {false, true, false}), "f");
    EXPECT_EQ(told(eas::v14_0, {false, false, true}), "c");
    EXPECT_EQ(told(eas::v12_1, {true, false, true}), "r");
    EXPECT_EQ(told(eas::v12_1, {false, false, true}), "rf"); // which has no categories, and a Change is never empty
}

TEST(Flag, says_the_subject_of_the_message_where_the_phone_said_none) { // MS-ASEMAIL_R1053
    auto told = [](EmailState const& state) { return email_from_bytes(html_mail, state, {}, eas::v14_1).email.flag; };
    EXPECT_EQ(told({.flag_status = 2})->subject, "Re: Figures");
    EXPECT_EQ(told({.flag_status = 2, .flag = write_flag({.subject = "call"})})->subject, "call");
    EXPECT_EQ(told({}), eas::EmailFlag{});
}

TEST(Flag, broken_rules_are_refused) {
    eas::DateTime early{eas::Instant(std::chrono::seconds(1))}, late{eas::Instant(std::chrono::seconds(2))};
    eas::EmailFlag const bad[]{
        {.start_date = early},
        {.start_date = early, .utc_start_date = early, .due_date = late},
        {.start_date = late, .utc_start_date = early, .due_date = early, .utc_due_date = late},
        {.start_date = early, .utc_start_date = late, .due_date = late, .utc_due_date = early},
        {.reminder_set = true},
        {.status = eas::FlagStatus::Complete}, // MS-ASEMAIL_R86, R92, R334, R358, R359
        {.status = eas::FlagStatus::Complete, .complete_time = late},
        {.status = eas::FlagStatus::Complete, .date_completed = late},
        {.date_completed = late},
    };
    for (auto const& flag : bad) EXPECT_FALSE(from_change({.flag = flag}));
    for (auto status : {eas::FlagStatus::Complete, eas::FlagStatus::Active})
        EXPECT_TRUE(
            from_change({.flag = eas::EmailFlag{.status = status, .complete_time = late, .date_completed = late}}));
}

TEST(Email, a_stand_in_is_sendable) {
    for (auto version : eas::spoken_versions) {
        auto email = stand_in({.item = 1, .read = true}, "no memory \xFF", version);
        EXPECT_TRUE(email.read.value());
        EXPECT_TRUE(email.body->data->bytes.contains("no memory"));
        EXPECT_TRUE(mime::is_clean(email.body->data->bytes));
        EXPECT_EQ(email.conversation_id.has_value(), version >= eas::v14_0);
    }
}

TEST(Email, the_index_of_a_conversation) { // MS-ASCON 2.2.2.4
    auto index_of = [](std::string thread_index) {
        std::string mail = "Date: Thu, 15 Jan 2026 11:00:00 +0000\r\nThread-Index: " + thread_index + "\r\n\r\nx";
        return email_from_bytes(mail, {}, {}, eas::v14_0).email.conversation_index->bytes;
    };
    std::string const own = "\xDC\x86\x0E\x17\xB9";
    EXPECT_EQ(index_of(""), own);
    EXPECT_EQ(index_of("AdyGDhe6AQIDBAUGBwgJCgsMDQ4PEA=="), "\xDC\x86\x0E\x17\xBA");
    EXPECT_EQ(index_of("AdyGDhe6AQIDBAUGBwgJCgsMDQ4PEAECAwQF"), "\xDC\x86\x0E\x17\xBA\x01\x02\x03\x04\x05");
    for (auto bad :
         {"AdyGDhe6AQ==", "nonsense!", "AdyGDhe6AQIDBAUGBwgJCgsMDQ4PEAEC", "AtyGDhe6AQIDBAUGBwgJCgsMDQ4PEA=="})
        EXPECT_EQ(index_of(bad), own) << bad;
    EXPECT_EQ(index_of(std::string(100'000, 'A')), own);
}

TEST(Email, only_marks_change_on_a_message_that_is_no_draft) {
    eas::Email const bad[]{{.read = true, .conversation_id = eas::Opaque{}}, // MS-ASEMAIL_R347
                           {.read = true, .received_as_bcc = true},          // R648
                           {.read = true, .sender = "x@y"},                  // R723
                           {.um_caller_id = "1"},                            // R817
                           {.attachments = {{eas::AttachmentAdd{}}}},
                           {.attachments = {{eas::AttachmentDelete{}}}}};
    for (auto const& change : bad) EXPECT_FALSE(from_change(change));
    auto told = email_from_bytes(html_mail, {.item = 1, .read = true}, {}, eas::v16_1).email;
    told.conversation_id.reset();
    told.attachments = {{eas::Attachment{.file_reference = "1-2"}}};
    for (auto const& all :
         {told, eas::Email{.to = "x@y", .subject = "x", .importance = eas::Importance::High, .read = true}})
        EXPECT_EQ(from_change(all)->read, true); // MS-ASCMD_R875: no errors occur
    EXPECT_EQ(from_change({.subject = "x", .body = eas::Body{}}), EmailChange{});
}

TEST(Email, the_index_grows_by_an_answer) { // MS-ASEMAIL_R351, R352, R1054; MS-ASCON_R86 to R92, R259, R305 to R307
    auto const sent = Time(std::chrono::seconds(1'768'474'800)); // Thu, 15 Jan 2026 11:00:00
    auto told = [&](std::string const& field) { return conversation_index(field, sent + std::chrono::days(9)); };
    auto first = answering_thread_index("", sent, std::string(16, 'g'), sent + std::chrono::hours(1));
    EXPECT_EQ(told(first).substr(0, 5), conversation_index("", sent)) << "the original's, which had none";
    EXPECT_EQ(told(first).size(), 10U);
    std::uint32_t units = 0;
    for (std::size_t i = 5; i < 9; ++i) units = units << 8 | std::uint8_t(told(first)[i]);
    EXPECT_NEAR(units, 3600 * 1e7 / (1 << 18), 1); // the header leaves out 6.5 ms
    auto second = answering_thread_index(" " + first, sent, "", sent + std::chrono::years(3));
    EXPECT_EQ(told(second).substr(0, 10), told(first));
    EXPECT_EQ(std::uint8_t(told(second)[10]) >> 7, 1) << "more than 1.8 years";
    EXPECT_EQ(told(second).size(), 15U);
    auto early = answering_thread_index("", sent, "", sent - std::chrono::hours(1)); // a clock that was wrong
    EXPECT_EQ(told(early).substr(5, 4), std::string(4, '\0'));
    std::size_t levels = 1;
    for (int i = 0; i < 400; ++i) {
        auto next = answering_thread_index(" " + first, sent, "", sent + std::chrono::hours(i));
        EXPECT_TRUE(told(next).starts_with(told(first)));
        for (std::string_view rest = next; !rest.empty();
             rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1))
            EXPECT_LE(std::min(rest.find('\r'), rest.size()), 80U);
        levels = (told(next).size() - 5) / 5;
        first = next;
    }
    EXPECT_EQ(levels, 280U); // and no more than can be read again
    EXPECT_EQ(conversation_index(" " + first, sent).size(), 5 + 5 * 280U);
}

// A header of 1 MB does not hide what the message is (issue 3).
TEST(Email, a_long_trace_hides_nothing) {
    std::string trace;
    while (trace.size() < (1 << 20) + 5000) trace += "Received: from a by b; Thu, 15 Jan 2026 11:00:00 +0000\r\n";
    auto const email = email_from_bytes(trace + "From: Ann <a@x>\r\nTo: b@x\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n"
                                                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText\r\n"
                                                "--b\r\nContent-Type: image/png; name=p.png\r\n\r\nx\r\n--b--\r\n",
                                        {.item = 1}, {.preferences = {plain}}, eas::v16_1)
                           .email;
    EXPECT_EQ(email.from, "\"Ann\" <a@x>");
    EXPECT_EQ(email.to, "b@x");
    EXPECT_EQ(email.subject, "Plan");
    EXPECT_EQ(email.body->data->bytes, "Text");
    ASSERT_TRUE(email.attachments && email.attachments->size() == 1);
    EXPECT_EQ(std::get<eas::Attachment>(email.attachments->front()).display_name, "p.png");
}

TEST(Email, attachments_that_are_not_listed_are_counted) {
    std::string parts = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (int i = 0; i < 9'000; ++i) parts += "--b\nContent-Type: image/png; name=x.png\n\nx\n";
    auto const email = email_from_bytes(parts, {.item = 1}, {}, eas::v16_1).email;
    ASSERT_EQ(email.attachments->size(), max_attachments);
    auto name = [&](std::size_t i) { return std::get<eas::Attachment>((*email.attachments)[i]).display_name; };
    EXPECT_EQ(name(998), "x.png");
    EXPECT_EQ(name(999), "x (and 8000 more that are not listed).png");
}

// What nobody should send costs its size, and is told within bounds.
TEST(Email, hostile_mail_is_told_within_bounds) {
    std::string parts = "Content-Type: multipart/mixed; boundary=b\n\n", header = "Subject: ", addresses = "To: ";
    for (int i = 0; i < 10'000; ++i) parts += "--b\nContent-Type: image/png; name=x\n\nx\n";
    while (header.size() < (1 << 20)) header += "word =?utf-8?Q?w=C3=B6rd?=\n ";
    while (addresses.size() < (1 << 20)) addresses += "\"A, B\" <a@example.org>, ";
    std::string const mails[]{"no header at all",
                              header + "\n\nbody",
                              addresses + "\n\nbody",
                              parts,
                              "Content-Type: text/html\n\n<p>" + std::string(10 << 20, 'x'),
                              "Subject: x\n\n" + std::string(10 << 20, 'x'),
                              "Content-Type: text/plain; format=flowed\n\n" + std::string(10 << 20, ' '),
                              "Subject: " + std::string(10 << 20, 'x') + "\n\nbody"};
    auto begin = std::chrono::steady_clock::now();
    for (auto const& mail : mails) {
        SCOPED_TRACE(mail.substr(0, 40));
        for (auto const& options :
             {BodyOptions{.preferences = {limited(plain, 500)}}, BodyOptions{.preferences = {limited(html, 500)}}}) {
            auto converted = email_from_bytes(mail, {.item = 1, .draft = true}, options, eas::v16_1);
            EXPECT_EQ(converted.isolated, "");
            EXPECT_LE(converted.email.body->data->bytes.size(), 500U);
            if (converted.email.to) EXPECT_LE(converted.email.to->size(), 32'768U);
            EXPECT_LE(eas::encode_fragment(converted.email, eas::v16_1).bytes.size(), std::size_t{4} << 20);
        }
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)); // under sanitizers, machine busy
}

std::vector<BodyOptions> many_options() {
    std::vector<BodyOptions> all{{}};
    for (auto type : {BodyType::Plain, BodyType::Html, BodyType::Rtf, BodyType::Mime}) {
        for (std::optional<std::uint32_t> size : {std::optional<std::uint32_t>{}, {1}, {500}}) {
            for (bool whole : {false, true}) {
                BodyPreference preference{.type = type, .truncation_size = size, .all_or_none = whole, .preview = 255};
                for (auto support : {MimeSupport::Never, MimeSupport::SignedOnly, MimeSupport::Always}) {
                    all.push_back({{preference}, support, eas::MimeTruncation::To4K});
                    all.push_back({{preference,
                                    BodyPreference{.type = type == BodyType::Html ? BodyType::Plain : BodyType::Html}},
                                   support});
                }
            }
        }
    }
    return all;
}

// What must hold for any message and any options (law 4).
void check(eas::Email const& email, BodyOptions const& options, eas::Version version) {
    for (auto const* text :
         {&email.to, &email.cc, &email.from, &email.subject, &email.reply_to, &email.display_to, &email.thread_topic}) {
        if (*text) EXPECT_TRUE(mime::is_clean(**text));
    }
    ASSERT_TRUE(email.body);
    auto const& body = *email.body;
    if (body.preview)
        EXPECT_TRUE(mime::is_clean(*body.preview) && mime::cut_characters(*body.preview, 255) == *body.preview);
    if (body.preview) EXPECT_GE(version, eas::v14_0);
    if (body.data && !body.data->opaque) EXPECT_TRUE(mime::is_clean(body.data->bytes));
    std::optional<std::uint32_t> limit; // the largest that any preference of that type allows
    for (auto const& p : options.preferences) {
        if (p.type == body.type && p.truncation_size) limit = std::max(limit.value_or(0), *p.truncation_size);
    }
    if (limit && body.data) EXPECT_LE(body.data->bytes.size(), *limit);
    if (!body.data) EXPECT_TRUE(body.truncated.value_or(false));
}

TEST(Email, every_message_of_the_corpus_converts_at_every_version) {
    std::filesystem::path corpus = std::filesystem::path(GODWIT_SHARED) / "corpus/mail";
    if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    auto options = many_options();
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::directory_iterator(corpus)) {
        SCOPED_TRACE(entry.path().filename());
        std::ifstream file(entry.path(), std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(file), {}};
        auto message = mime::Message::parse(bytes);
        for (std::size_t i = 0; i < options.size(); ++i) { // every option, every version, not every pair
            auto version = eas::spoken_versions[(i + count) % eas::spoken_versions.size()];
            auto converted = to_email(message, {.item = 1}, options[i], version);
            EXPECT_EQ(converted.isolated, "");
            check(converted.email, options[i], version);
        }
        ++count;
    }
    EXPECT_GE(count, 60U);
}

} // namespace
} // namespace godwit::convert
