// Servers' bytes, whole and broken: what the reader makes of them, and that it stays within its bounds.
#include "source/imap_folders.hpp"
#include "source/imap_state.hpp"
#include <gtest/gtest.h>

namespace godwit::source::imap {
namespace {

// All responses of these bytes, fed in pieces of `step`.
std::vector<Response> read(std::string_view bytes, std::size_t step, Limits limits = {}) {
    Reader reader(limits);
    std::vector<Response> out;
    while (!bytes.empty() && reader.failure().empty()) {
        auto const taken = reader.feed(bytes.substr(0, step));
        bytes.remove_prefix(taken);
        if (reader.ready())
            out.push_back(reader.take());
        else if (taken == 0)
            break;
    }
    return out;
}

std::string shown(Value const& value) {
    if (value.kind == Value::Kind::Atom) return value.text;
    if (value.kind == Value::Kind::String) return '"' + value.text + '"';
    if (value.kind == Value::Kind::Skipped) return '!' + value.text;
    std::string out = "(";
    for (auto const& item : value.items) out += (out.size() > 1 ? " " : "") + shown(item);
    return out + ")";
}
std::string shown(Response const& response) {
    std::string out = response.tag;
    if (response.condition != Condition::None)
        return out + " =" + std::to_string(int(response.condition)) + " [" + response.code + "] " + response.text;
    if (response.tag == "+") return out + " " + response.text;
    if (response.number) out += " #" + std::to_string(*response.number);
    out += " " + (response.word.empty() ? "?" : response.word);
    for (auto const& value : response.values) out += " " + shown(value);
    return out;
}

TEST(ImapReader, says_the_same_however_the_bytes_are_cut) {
    struct Row {
        std::string bytes, says;
    };
    for (auto const& [bytes, says] : {
             Row{"* OK [UIDVALIDITY 17] go on\r\n", "* =1 [UIDVALIDITY 17] go on"},
             {"* OK still here {5}\r\n", "* =1 [] still here {5}"},
             {"a1 NO [x\r\n", "a1 =2 [] [x"},
             {"+ {3}\r\n", "+ {3}"},
             {"+\r\n", "+ "},
             {"* bye\r\n", "* =4 [] "},
             {"* 12 exists\n", "* #12 EXISTS"},
             {"* 99999999999 EXISTS\r\n", "* 99999999999 EXISTS"},
             {"* LIST (\\Noselect) NIL \"a \\\"b\\\\\"\r\n", "* LIST (\\Noselect) NIL \"a \"b\\\""},
             {"* LIST () \"/\" {3}\r\na\r\n\r\n", "* LIST () \"/\" \"a\r\n\""},
             {"* LIST () \"/\" {0+}\r\n\r\n", "* LIST () \"/\" \"\""},
             {"* LIST () \"/\" ~{2}\r\n({\r\n", "* LIST () \"/\" \"({\""},
             {"* LIST () / {x} {2}\r\nab\r\n", "* LIST () / {x} \"ab\""},
             {"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (A B)] {2}\r\n)( FLAGS (\\Seen $x))\r\n",
              "* #1 FETCH (UID 5 BODY[HEADER.FIELDS (A B)] \")(\" FLAGS (\\Seen $x))"},
             {"* X a[b {1}\r\n]\r\n", "* X a[b \"]\""},
             {"* X (a)(b)\r\n", "* X (a) (b)"},
             {"* X (a\r\n", "* ?"},
             {"* X a)\r\n", "* ?"},
             {"* X \"a\r\n", "* ?"},
             {"* X \"a\\\r\n", "* ?"},
             {"\r\n", " "},
         })
        for (std::size_t const step : {1, 2, 7, 1000}) {
            auto const responses = read(bytes, step);
            ASSERT_EQ(responses.size(), 1U) << bytes;
            EXPECT_EQ(shown(responses[0]), says == " " ? " ?" : says) << bytes << " in steps of " << step;
        }
}

TEST(ImapReader, is_bounded) {
    Limits const small{.line = 100, .literal = 10, .skipped = 1000};
    auto failure = [&](std::string const& bytes) {
        Reader reader(small);
        reader.feed(bytes);
        return reader.failure();
    };
    EXPECT_NE(failure("* X " + std::string(200, 'a')), "");
    EXPECT_NE(failure("* X {1001}\r\n"), "");
    EXPECT_NE(failure("* X {99999999999999999999999}\r\n"), "");
    EXPECT_EQ(failure("* X {1000}\r\n"), "");
    auto const over = read("* X {11}\r\n12345678901 {4}\r\nabcd {8}\r\n12345678 z\r\n* Y\r\n", 3, small);
    ASSERT_EQ(over.size(), 2U);
    EXPECT_EQ(shown(over[0]), "* X !11 \"abcd\" !8 z") << "what is too long is read over, the rest stands";
    std::string deep = "* X ";
    for (int i = 0; i < 30; ++i) deep += '(';
    EXPECT_EQ(shown(read(deep + std::string(30, ')') + "\r\n", 1000).at(0)), "* ?");
    // Searched once, not once for each bracket.
    std::string const brackets = "* X " + std::string(900000, '[') + "\r\n";
    EXPECT_EQ(read(brackets, 65536).size(), 1U);
    std::string const empty_lists = "* X " + std::string(100000, '(') + "\r\n";
    EXPECT_EQ(read(empty_lists, 65536).size(), 1U);
}

TEST(ImapWords, what_a_fetch_brings) {
    auto of = [](std::string const& line) { return fetched(std::move(read(line + "\r\n", 1000).at(0))); };
    auto const all = of("* 1 FETCH (uid 7 FLAGS (\\Seen) INTERNALDATE \" 4-Jan-2024 10:11:12 +0130\" RFC822.SIZE 5 "
                        "BODY[] {2}\r\nab)");
    EXPECT_EQ(all.uid, 7U);
    EXPECT_EQ(all.size, 5U);
    EXPECT_EQ(all.flags, std::vector<std::string>{"\\Seen"});
    EXPECT_EQ(all.internal_date, index::Time(std::chrono::seconds(1704357672)));
    EXPECT_EQ(all.body->text, "ab");
    EXPECT_TRUE(of("* 1 FETCH (UID 1 BODY[] NIL)").body->is_nil());
    for (auto const* odd :
         {"* 1 FETCH", "* 1 FETCH ()", "* 1 FETCH (UID)", "* 1 FETCH (UID 0)", "* 1 FETCH (UID 4294967296)",
          "* 1 FETCH (UID (7))", "* 1 FETCH NIL", "* 1 FETCH (FLAGS NIL)"}) {
        auto const none = of(odd);
        EXPECT_TRUE(!none.uid && !none.flags && !none.body) << odd;
    }
}

TEST(ImapWords, dates) {
    struct Row {
        char const* text;
        std::int64_t second; // 0: none
    };
    for (auto const& [text, second] : {Row{" 4-Jan-2024 10:11:12 +0000", 1704363072},
                                       {"04-jan-2024 10:11:12 -0130", 1704368472},
                                       {"29-Feb-2024 00:00:00 +0000", 1709164800},
                                       {"29-Feb-2023 00:00:00 +0000", 0},
                                       {"04-Jan-2024 24:00:00 +0000", 0},
                                       {"04-Jan-2024 10:11:12", 0},
                                       {"04-Jan-2024 10:11:12 GMT", 0},
                                       {"00-Jan-2024 10:11:12 +0000", 0},
                                       {"NIL", 0},
                                       {"", 0}}) {
        auto const read_as = parse_date_time(text);
        EXPECT_EQ(read_as.has_value(), second != 0) << text;
        if (read_as) EXPECT_EQ(*read_as, index::Time(std::chrono::seconds(second))) << text;
    }
}

TEST(ImapWords, sets_flags_and_states) {
    std::array<std::uint32_t, 6> const uids{1, 2, 3, 5, 7, 8};
    EXPECT_EQ(uid_set(uids), "1:3,5,7:8");
    EXPECT_EQ(quoted("a\"b\\"), "\"a\\\"b\\\\\"");
    EXPECT_FALSE(is_quotable("a\nb") || is_quotable("\xC3\xBC"));
    index::Time const at(std::chrono::seconds(5));
    auto const flags =
        read_flags({"\\SEEN", "\\Flagged", "$Forwarded", "$label1", "NonJunk", "$x", "Reise", "\\Recent"}, at);
    EXPECT_EQ(flags.marks, (index::Marks{.read = true,
                                         .flag_status = 2,
                                         .categories = {"Important", "Reise"},
                                         .last_verb = 3,
                                         .last_verb_time = at}));
    EXPECT_EQ(read_flags({"$Forwarded", "\\Answered"}, at).marks.last_verb, 1);
    EXPECT_TRUE(read_flags({"\\deleted"}, at).deleted && read_flags({"\\Draft"}, at).draft);
    CopyState const state{
        .validity = 4294967295, .last = 2, .recheck_until = 3, .folder = index::CollectionId(4), .failed = {5, 6}};
    EXPECT_EQ(decode_state(encode(state)), state);
    for (auto const* odd : {"", "1 2", "2 1 1 1 1", "1 1 1 1 x", "1 4294967296 1 1 1"})
        EXPECT_FALSE(decode_state(odd)) << odd;
    EXPECT_EQ(state_name("Mail.Example.org", "anna", "inbox"), state_name("mail.example.org", "anna", "INBOX"));
    EXPECT_NE(state_name("mail.example.org", "anna", "Work"), state_name("mail.example.org", "anna", "work"));
}

Mailbox box(std::string name, std::vector<std::string> attributes = {}, std::string delimiter = ".") {
    return {.name = std::move(name), .delimiter = std::move(delimiter), .attributes = std::move(attributes)};
}
std::string planned(std::vector<Mailbox> const& boxes, Namespaces const& spaces = {},
                    std::vector<std::string> const& only = {}) {
    std::string out;
    for (auto const& one : plan(boxes, spaces, only))
        out += (out.empty() ? "" : "; ") + one.shown() + (one.left_out.empty() ? "->" + shown_place(one, {}) : "!");
    return out;
}

TEST(ImapFolders, go_where_they_belong) {
    Namespaces const courier{.personal = {{"INBOX.", "."}}, .others = {}, .shared = {{"shared.", "."}}};
    Namespaces const plain{.personal = {{"", "."}}, .others = {{"user/", "/"}}, .shared = {{"", "."}}};
    EXPECT_EQ(planned({box("INBOX"), box("INBOX.Sent"), box("INBOX.Work.A"), box("shared.x"), box("shared")}, courier),
              "INBOX->Inbox; Sent->Sent Items; Work/A->Work/A; shared!; shared/x!");
    EXPECT_EQ(planned({box("INBOX"), box("INBOX.Sent"), box("INBOX.Work.A")}),
              "INBOX->Inbox; Sent->Sent Items; Work/A->Work/A")
        << "no NAMESPACE, and all is below INBOX";
    EXPECT_EQ(planned({box("Inbox"), box("INBOX.Work")}, plain), "INBOX->Inbox; INBOX/Work->INBOX/Work");
    EXPECT_EQ(planned({box("user/bert", {}, "/"), box("a/b", {}, "/")}, plain), "a/b->a/b; user/bert!");
    EXPECT_EQ(planned({box("a.b", {}, "")}), "a.b->a.b") << "NIL delimiter: a flat name";
    EXPECT_EQ(planned({box("..a..b.")}), "a/b->a/b");
    EXPECT_EQ(planned({box("Entw&APw-rfe"), box("R\xC3\xA9union"), box("a&b")}),
              "Entw\xC3\xBCrfe->Drafts; R\xC3\xA9union->R\xC3\xA9union; a&b->a&b");
    EXPECT_EQ(planned({box("x", {"\\Noselect"}), box("y", {"\\NonExistent"}), box("x.z"), box("x.z")}), "x/z->x/z");
    EXPECT_EQ(
        planned({box("Weg", {"\\Trash"}), box("Weg.2023"), box("M\xC3\xBCll", {"\\junk"}), box("Raus", {"\\Sent"})}),
        "M\xC3\xBCll->Junk Email; Raus->Sent Items; Weg->Deleted Items; Weg/2023->Deleted Items/2023");
    std::vector<Mailbox> const gmail{
        box("[Gmail]/All Mail", {"\\All"}, "/"), box("[Gmail]/Starred", {"\\Flagged"}, "/"),
        box("[Gmail]/Important", {"\\Important"}, "/"), box("Work", {}, "/"), box("INBOX", {}, "/")};
    EXPECT_EQ(planned(gmail),
              "INBOX->Inbox; Work->Work; [Gmail]/Important!; [Gmail]/Starred!; [Gmail]/All Mail->Archive");
    EXPECT_EQ(planned(gmail, {}, {"inbox", "[Gmail]/Starred"}),
              "INBOX->Inbox; Work!; [Gmail]/Important!; [Gmail]/Starred->[Gmail]/Starred; [Gmail]/All Mail!");
    EXPECT_EQ(planned({box("A"), box("A.B"), box("AB")}, {}, {"A"}), "A->A; A/B->A/B; AB!");
    EXPECT_EQ(planned({box(".")}), "_->_");
}

} // namespace
} // namespace godwit::source::imap
