// RFC 5321 4.2: what is a reply, and what ends the conversation.
#include "delivery/smtp_reply.hpp"
#include <gtest/gtest.h>
#include <vector>

namespace godwit::delivery {
namespace {

struct Row {
    std::string_view why;
    std::string said;
    std::vector<std::string> replies;
    std::string failure = {};
};
Row const rows[]{
    {"one line", "250 ok\r\n", {"250 ok"}},
    {"the last of several", "250-a\r\n250-b\r\n250 c\r\n354 go\r\n", {"250 c", "354 go"}},
    {"a bare code", "250\r\n", {"250"}},
    {"a bare line end", "250 ok\n", {"250 ok"}},
    {"no end yet", "250 ok", {}},
    {"no code", "hello\r\n", {}, "no SMTP reply: hello"},
    {"a code that is none", "199 x\r\n", {}, "no SMTP reply: 199 x"},
    {"an empty line", "250 ok\r\n\r\n", {"250 ok"}, "no SMTP reply: "},
    {"HTTP", "250-a\r\nHTTP/1.1 400 Bad\r\n250 b\r\n", {}, "no SMTP reply: HTTP/1.1 400 Bad"},
    {"an endless line", "250 " + std::string(max_reply_line, 'x'), {}, "a reply without an end"},
    {"a line as long as may be",
     std::string("250 ") + std::string(max_reply_line - 5, 'x') + "\r\n",
     {std::string("250 ") + std::string(max_reply_line - 5, 'x')}},
};

std::string endless(std::size_t lines) {
    std::string out;
    for (std::size_t i = 0; i < lines; ++i) out += "250-a\r\n";
    return out + "250 b\r\n";
}

TEST(SmtpReplies, AreReadWhateverPiecesTheyComeIn) {
    for (auto const& row : rows)
        for (std::size_t const piece : {std::size_t{1}, std::size_t{7}, row.said.size()}) {
            SmtpReplies replies;
            std::vector<std::string> heard;
            for (std::size_t at = 0; at < row.said.size(); at += piece) {
                replies.feed(std::string_view(row.said).substr(at, piece));
                while (auto reply = replies.next()) heard.push_back(std::move(*reply));
            }
            EXPECT_EQ(heard, row.replies) << row.why;
            EXPECT_EQ(replies.failure(), row.failure) << row.why;
        }
}

TEST(SmtpReplies, HaveABound) {
    for (auto const& [lines, failure] :
         {std::pair(max_reply_lines, ""), std::pair(max_reply_lines + 1, "a reply without an end")}) {
        SmtpReplies replies;
        replies.feed(endless(lines));
        EXPECT_EQ(replies.next().has_value(), std::string_view(failure).empty());
        EXPECT_EQ(replies.failure(), failure);
        replies.feed("250 more\r\n");
        if (!replies.failure().empty()) EXPECT_EQ(replies.held_bytes(), 0U);
    }
}

TEST(SmtpReplies, WhatEhloOffers) {
    std::set<std::string> offered;
    for (auto const* line : {"250-mx.example.org hello", "250-size 1000", "250 DSN", "250", "220 ESMTP", "550-no"})
        take_keyword(line, offered);
    EXPECT_EQ(offered, (std::set<std::string>{"MX.EXAMPLE.ORG", "SIZE", "DSN"}));
    for (int i = 0; i < 500; ++i) take_keyword("250 X" + std::to_string(i), offered);
    EXPECT_EQ(offered.size(), max_keywords);
}

} // namespace
} // namespace godwit::delivery
