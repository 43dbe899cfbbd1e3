#include "index/database.hpp"
#include "index/queries.hpp"
#include <gmock/gmock.h>
#include <string>

namespace godwit::index {
namespace {

using testing::HasSubstr;
using testing::Not;

class EveryQuery : public testing::TestWithParam<std::size_t> {};

// DESIGN section 3: each query reads what it returns, by its index.
TEST_P(EveryQuery, GoesByTheIndexThatItNamesAndReadsNoMore) {
    auto const& q = row(static_cast<Query>(GetParam()));
    Database db({}, true);
    auto const plan = db.explain(q.sql);
    if (q.sql.starts_with("INSERT") && q.sql.find("SELECT") == q.sql.npos) {
        EXPECT_THAT(plan, Not(HasSubstr("SCAN ")));
        return;
    }
    EXPECT_THAT(plan, Not(testing::ContainsRegex("SCAN [a-z_]+"))) << q.sql; // of a counted subquery is "SCAN (..."
    EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE"))) << q.sql;
    EXPECT_THAT(plan, Not(HasSubstr("AUTOMATIC"))) << q.sql;
    EXPECT_THAT(plan, HasSubstr("SEARCH ")) << q.sql;
    EXPECT_THAT(plan, testing::AnyOf(HasSubstr("INDEX " + std::string(q.by) + " "), HasSubstr("INDEX sqlite_autoindex"),
                                     HasSubstr("USING INTEGER PRIMARY KEY"), HasSubstr("USING PRIMARY KEY")))
        << q.sql << '\n'
        << plan;
    if (q.sql.find("(received, place)") != q.sql.npos)
        EXPECT_THAT(plan, HasSubstr("AND (received,place)>(?,?) AND (received,place)<(?,?)")) << plan;
}

INSTANTIATE_TEST_SUITE_P(Queries, EveryQuery, testing::Range(std::size_t{0}, query_count),
                         [](auto const& i) { return "Query" + std::to_string(i.param); });

TEST(Queries, EveryOneIsListedWithItsIndexAndItsCost) {
    for (std::size_t i = 0; i < query_count; ++i) {
        auto const& q = row(static_cast<Query>(i));
        EXPECT_FALSE(q.sql.empty() || q.by.empty() || q.cost.empty()) << i;
    }
}

} // namespace
} // namespace godwit::index
