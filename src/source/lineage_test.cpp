// One conversation is one thread, in whatever order its messages come.
#include "source/lineage.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <numeric>
#include <random>

namespace godwit::source {
namespace {

using index::Transaction;
using testing::SizeIs;
using Mails = std::vector<std::string>;

constexpr index::AccountId account{1};
constexpr index::CollectionId inbox{1};

// The threads of messages that come in this order into an empty account, by the number of the first that has it.
std::vector<std::size_t> threads(Mails const& arriving) {
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
    accounts.create(account);
    return accounts.write_now(account, [&](Transaction& tx) {
        std::map<std::string, std::size_t> first;
        std::vector<std::size_t> found;
        for (auto const& mail : arriving) {
            auto const id = append(tx, inbox, mail, {}, index::Time(std::chrono::seconds(1)));
            found.push_back(first.try_emplace(tx.item(id)->thread, found.size()).first->second);
        }
        return found;
    });
}

std::string mail(std::string_view id, std::string_view references = {}, std::string_view in_reply_to = {}) {
    auto text = "Subject: s\r\nMessage-ID: <" + std::string(id) + ">\r\n";
    if (!references.empty()) text += "References: " + std::string(references) + "\r\n";
    if (!in_reply_to.empty()) text += "In-Reply-To: " + std::string(in_reply_to) + "\r\n";
    return text + "\r\nx";
}
auto const a = mail("a@x"), b = mail("b@x", "<a@x>", "<a@x>"), c = mail("c@x", "<a@x> <b@x>", "<b@x>");
auto const b_only = mail("b@x", "", "<a@x>"), c_only = mail("c@x", "", "<b@x>");

struct Row {
    char const* name;
    Mails arriving;
    std::vector<std::size_t> threads;
};
std::string many_references(std::size_t count) {
    std::string text = "<a@x>";
    for (std::size_t i = 0; i < count; ++i) text += "\r\n <" + std::to_string(i) + "@x>";
    return text;
}
std::vector<Row> const rows{
    {"ParentFirst", {a, b, c}, {0, 0, 0}},
    {"ChildFirst", {c, b, a}, {0, 0, 0}},
    {"MiddleLast", {a, c, b}, {0, 0, 0}},
    {"MiddleMissing", {a, c}, {0, 0}},
    {"MiddleMissingChildFirst", {c, a}, {0, 0}},
    {"InReplyToOnly", {a, b_only, c_only}, {0, 0, 0}},
    {"InReplyToOnlyBackwards", {c_only, b_only, a}, {0, 0, 0}},
    {"InReplyToOnlyFromTheMiddle", {b_only, c_only, a}, {0, 0, 0}},
    {"InReplyToOnlyMiddleMissing", {a, c_only}, {0, 1}}, // nothing says so
    {"InReplyToOnlyMiddleLast",
     {a, c_only, b_only},
     {0, 1, 1}}, // two become one: each stays, the middle joins its child
    {"AnswerWithoutReferencesToTheMiddle", {a, b, c_only}, {0, 0, 0}},
    {"SiblingsOfAMissingParent", {mail("d@x", "", "<p@x>"), mail("e@x", "", "<p@x>"), a}, {0, 0, 2}},
    {"Strangers", {a, mail("z@x"), mail("y@x", "<w@x>")}, {0, 1, 2}},
    {"SeveralInReplyTo", {a, mail("d@x", "", "<u@x> <a@x>")}, {0, 0}},
    {"CaseCounts", {a, mail("d@x", "<A@x>")}, {0, 1}},
    {"Folded", {a, b, mail("d@x", "<q@x>\r\n\t<a@x>\r\n <b@x>")}, {0, 0, 0}},
    {"FoldedInsideAnId", {a, mail("d@x", "<a@\r\n x>")}, {0, 0}},
    {"CommentsBetween", {a, mail("d@x", "(why) <a@x> (not)")}, {0, 0}},
    {"VeryManyReferences", {a, mail("d@x", many_references(30'000)), mail("e@x", "", "<d@x>")}, {0, 0, 0}},
    {"VeryManyReferencesFirst", {mail("d@x", many_references(900)), a, mail("899@x")}, {0, 0, 0}},
    {"VeryLongId", {mail(std::string(100'000, 'i')), mail("d@x", "", '<' + std::string(100'000, 'i') + '>')}, {0, 0}},
    {"GarbageIsNoName", {mail("d@x", "", "Your message of Monday"), mail("e@x", "", "Your message of Friday")}, {0, 1}},
    {"EmptyIsNoName", {mail("d@x", "<>", "< >"), mail("e@x", "<>", "<>"), mail(""), mail(" ")}, {0, 1, 2, 3}},
    {"ABareIdIsOne", {a, mail("d@x", "", "a@x")}, {0, 0}},
    {"NeverClosed", {a, mail("d@x", "<b@x> <a@x")}, {0, 0}},
    {"Bytes", {mail("\xFF\xFE@x"), mail("d@x", "<\xFF\xFE@x>"), mail("e@x", std::string("<\0>", 3))}, {0, 0, 2}},
    {"TheSameTwice", {b, a, b, mail("b@x", "<v@x>")}, {0, 0, 0, 0}},
    {"NoIdJoinsAllTheSame", {a, "In-Reply-To: <a@x>\r\n\r\n1", "References: <a@x>\r\n\r\n2"}, {0, 0, 0}},
    {"NoIdAtAll", {"Subject: 1\r\n\r\n", "Subject: 2\r\n\r\n", "Subject: 1\r\n\r\n", "", "no header"}, {0, 1, 0, 3, 4}},
    {"NamesItself", {mail("d@x", "<d@x>", "<d@x>"), mail("e@x", "<d@x>")}, {0, 0}},
};

class Arriving : public testing::TestWithParam<Row> {};
TEST_P(Arriving, InThisOrder) { EXPECT_EQ(threads(GetParam().arriving), GetParam().threads); }
INSTANTIATE_TEST_SUITE_P(Rows, Arriving, testing::ValuesIn(rows), [](auto const& i) { return i.param.name; });

TEST(Lineage, NamesAreFewTheNearestFirstAndTheOldest) {
    auto const it = lineage(mail("d@x", many_references(900), "<899@x> <i@x> <j@x>"));
    auto hash = [](std::string_view id) { return lineage(mail(id)).thread; };
    std::vector<std::string> expected{hash("d@x"), hash("899@x"), hash("i@x")};
    for (auto const* id : {"898@x", "897@x", "896@x", "895@x", "894@x", "893@x", "a@x"}) expected.push_back(hash(id));
    EXPECT_EQ(it.names, expected);
    EXPECT_LE(it.names.size(), max_names);
    EXPECT_EQ(it.thread, hash("a@x"));
    EXPECT_THAT(it.thread, SizeIs(16));
    EXPECT_THAT(lineage("").thread, SizeIs(16));
}

// A conversation as a tree: message i answers parent[i].
struct Conversation {
    std::vector<std::size_t> parent;
    explicit Conversation(std::size_t size, std::mt19937& random) : parent(size) {
        for (std::size_t i = 1; i < size; ++i) parent[i] = random() % i;
    }
    static std::string id(std::size_t i) { return "m" + std::to_string(i) + "@x"; }
    std::string chain(std::size_t i) const { // from the first message to the parent
        std::string ids;
        while (i != 0) ids = '<' + id(i = parent[i]) + "> " + ids;
        return ids;
    }
    std::string with_chain(std::size_t i) const { return mail(id(i), chain(i)); }
    std::string with_parent(std::size_t i) const {
        return mail(id(i), "", i == 0 ? std::string() : '<' + id(parent[i]) + '>');
    }
};

void expect_one(std::vector<std::size_t> const& threads, unsigned seed) {
    EXPECT_TRUE(std::ranges::all_of(threads, [](auto first) { return first == 0; }))
        << "seed " << seed << ": " << testing::PrintToString(threads);
}

TEST(Lineage, WhoNamesTheWholeChainIsInOneThreadInAnyOrder) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        Conversation const talk(2 + random() % 30, random);
        std::vector<std::size_t> order(talk.parent.size());
        std::iota(order.begin(), order.end(), 0);
        std::ranges::shuffle(order, random);
        Mails arriving;
        for (auto const i : order) arriving.push_back(talk.with_chain(i));
        expect_one(threads(arriving), seed);
    }
}

// Each message but the first one answers, or is answered by, one that is there: nothing is split by construction.
TEST(Lineage, WhoNamesItsParentOnlyIsInOneThreadWhileWhatHasComeHangsTogether) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        Conversation const talk(2 + random() % 30, random);
        auto const size = talk.parent.size();
        std::vector<bool> there(size);
        Mails arriving;
        for (auto next = random() % size; arriving.size() < size; next = random() % size) {
            bool touches = arriving.empty() || (next != 0 && there[talk.parent[next]]);
            for (std::size_t i = 1; i < size; ++i) touches = touches || (there[i] && talk.parent[i] == next);
            if (there[next] || !touches) continue;
            there[next] = true;
            arriving.push_back(talk.with_parent(next));
        }
        expect_one(threads(arriving), seed);
    }
}

TEST(Lineage, AllOrdersOfASmallConversation) {
    std::mt19937 random(1);
    for (unsigned tree = 0; tree < 6; ++tree) {
        Conversation const talk(4, random);
        std::vector<std::size_t> order{0, 1, 2, 3};
        do {
            Mails arriving;
            for (auto const i : order) arriving.push_back(talk.with_chain(i));
            expect_one(threads(arriving), tree);
        } while (std::ranges::next_permutation(order).found);
    }
}

} // namespace
} // namespace godwit::source
