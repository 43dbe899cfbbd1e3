#include "eas/status.hpp"
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace godwit::eas {
namespace {

struct Code {
    CommonStatus status;
    Command command;
    int http;
};

// Trap 43.
constexpr Code codes[] = {
    {CommonStatus::InvalidContent, Command::Sync, 400},
    {CommonStatus::InvalidXML, Command::Sync, 400},
    {CommonStatus::InvalidIDs, Command::Sync, 400},
    {CommonStatus::InvalidIDs, Command::SendMail, 500},
    {CommonStatus::ServerError, Command::Sync, 500},
    {CommonStatus::ServerErrorRetryLater, Command::Sync, 503},
    {CommonStatus::ActiveDirectoryAccessDenied, Command::Sync, 403},
    {CommonStatus::MailboxQuotaExceeded, Command::Sync, 507},
    {CommonStatus::UserPrincipalCouldNotBeFound, Command::Sync, 403},
    {CommonStatus::UserDisabledForSync, Command::Sync, 403},
    {CommonStatus::SyncStateNotFound, Command::Sync, 403},
    {CommonStatus::SyncStateNotFound, Command::Provision, 500},
    {CommonStatus::CommandNotSupported, Command::Find, 501},
    {CommonStatus::VersionNotSupported, Command::Sync, 400},
    {CommonStatus::RemoteWipeRequested, Command::Sync, 449},
    {CommonStatus::LegacyDeviceOnStrictPolicy, Command::Sync, 449},
    {CommonStatus::DeviceNotProvisioned, Command::Sync, 449},
    {CommonStatus::PolicyRefresh, Command::Sync, 449},
    {CommonStatus::InvalidPolicyKey, Command::Sync, 449},
    {CommonStatus::UnexpectedItemClass, Command::Sync, 501},
};

TEST(Status, HttpCodeForOldPhones) {
    for (auto const& c : codes) EXPECT_EQ(http_code(c.status, c.command), c.http) << name(c.status);
}

TEST(Status, EveryValueHasItsNameAndVersionInTheSpecification) {
    std::ifstream in(GODWIT_SHARED "/spec/status-codes.tsv");
    if (!in) GTEST_SKIP() << "no ../shared";
    int rows = 0;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> cells;
        std::istringstream row(line);
        for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
        if (cells.at(0) != "(common)") continue;
        ++rows;
        auto status = static_cast<CommonStatus>(std::stoi(cells.at(4)));
        std::erase(cells.at(5), '_');
        EXPECT_TRUE(is_valid(status)) << line;
        EXPECT_EQ(name(status), cells.at(5));
        EXPECT_TRUE(cells.at(9).starts_with(name(first_version(status)))) << line;
        auto stated = cells.at(10);
        if (stated.empty() || stated.contains("no policy key")) continue;
        EXPECT_TRUE(stated.contains("HTTP " + std::to_string(http_code(status, Command::Sync)))) << line;
    }
    EXPECT_EQ(rows, 78);
    int valid = 0;
    for (unsigned n = 0; n < 1000; ++n) valid += is_common(n);
    EXPECT_EQ(valid, rows);
}

} // namespace
} // namespace godwit::eas
