// What an answer says of its thread, and of the meeting that it is about.
#include "mime/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

using testing::HasSubstr, testing::Not;

std::string const written = "From: me@x.org\r\nTo: a@y.org\r\nContent-Type: text/plain\r\n\r\nYes.\r\n";
std::string const invitation = "From: a@y.org\r\nSubject: Weekly\r\n\r\nCome.\r\n";

TEST(AnswerFields, the_thread_index_is_written_unless_the_phone_has_its_own) { // MS-ASEMAIL_R352, R1054
    Answering const how{.token = "t", .thread_index = "AQID\r\n BAUG"};
    auto const field = HasSubstr("\r\nThread-Index: AQID\r\n BAUG\r\n");
    EXPECT_THAT(answer(written, invitation, how).header, field);
    EXPECT_THAT(answer_as_written(written, invitation, how.thread_index).header, field);
    EXPECT_THAT(answer_as_written(written, invitation).header, Not(HasSubstr("Thread-Index")));
    EXPECT_THAT(answer("Thread-Index: own\r\n" + written, invitation, how).header, Not(field));
    auto const sealed = "Content-Type: multipart/report; boundary=b\r\n" + written.substr(0, 32) + "\r\n--b--\r\n";
    EXPECT_THAT(answer(sealed, invitation, how).header, field) << "what stays as the phone made it has a thread too";
}

TEST(AnswerFields, when_and_where_a_meeting_is_stands_above_it) {
    Answering const how{.token = "t", .when = "2026-12-14 10:00 UTC", .where = "<Room> 1"};
    auto const plain = answer(written, invitation, how).body.flat();
    EXPECT_THAT(plain, HasSubstr("Subject: Weekly\r\nWhen: 2026-12-14 10:00 UTC\r\nWhere: <Room> 1\r\n\r\n> Come."));
    auto html = written;
    html.replace(html.find("text/plain"), 10, "text/html");
    EXPECT_THAT(answer(html, invitation, how).body.flat(), HasSubstr("<b>Where:</b> &lt;Room&gt; 1"));
}

} // namespace
} // namespace godwit::mime
