// Each status of MS-ASCMD 2.2.3.177, MS-ASPROV 2.2.2.54 and MS-ASCMD 2.2.4 is in a conversation, or stands here with
// the reason why a phone cannot provoke it. And nothing stands here that a conversation has.
#include "config/config.hpp"
#include "conversation.hpp"
#include "eas/item_estimate.hpp"
#include "eas/item_operations.hpp"
#include "eas/meeting_response.hpp"
#include "eas/move_items.hpp"
#include "eas/status.hpp"
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

namespace godwit::transcripts {
namespace {

using Seen = std::map<std::string, std::set<unsigned>>; // by command

struct Own {
    std::string_view command;
    std::vector<unsigned> statuses; // of its own list
};
Own const lists[]{
    {"FolderCreate", {1, 2, 3, 5, 6, 9, 10, 11, 12}},
    {"FolderDelete", {1, 3, 4, 6, 9, 10, 11}},
    {"FolderSync", {1, 6, 9, 10, 11, 12}},
    {"FolderUpdate", {1, 2, 3, 4, 5, 6, 9, 10, 11}},
    {"GetItemEstimate", {1, 2, 3, 4}},
    {"ItemOperations", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18}},
    {"MeetingResponse", {1, 2, 3, 4}},
    {"MoveItems", {1, 2, 3, 4, 5, 7}},
    {"Ping", {1, 2, 3, 4, 5, 6, 7, 8}},
    {"Provision", {1, 2, 3, 4, 5}},
    {"Settings", {1, 2, 3, 4, 5, 6, 7}},
    {"Sync", {1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16}},
};

// The common ones that each command which sends is able to say, and therefore says in a conversation of its own.
Own const of_sending[]{
    {"SendMail", {103, 107, 113, 115, 116, 118, 119, 120, 122, 166, 168}},
    {"SmartReply", {103, 104, 105, 106, 107, 113, 115, 116, 118, 119, 120, 121, 122, 146, 147, 150, 166, 168}},
    {"SmartForward",
     {103, 104, 105, 106, 107, 113, 115, 116, 118, 119, 120, 121, 122, 146, 147, 150, 166, 168, 178, 179}},
};

struct Reason {
    std::string_view command; // empty: a common status
    std::vector<unsigned> statuses;
    std::string_view why;
};
constexpr std::string_view no_library = "there is no document library",
                           said_better = "6 or 111 says whether to come back",
                           recipient_cache = "it is shown to nobody";
Reason const unprovoked[]{
    {"FolderCreate", {3}, recipient_cache},
    {"FolderUpdate", {3}, recipient_cache},
    {"FolderCreate", {11, 12}, said_better},
    {"FolderDelete", {11}, said_better},
    {"FolderSync", {11, 12}, said_better},
    {"FolderUpdate", {11}, said_better},
    {"ItemOperations", {4, 5, 7, 16, 18}, no_library},
    {"ItemOperations", {10}, "a file without bytes is a file"},
    {"ItemOperations", {12}, "14 says it of what is stored here"},
    {"ItemOperations", {17}, "an operation is done or it is not"},
    {"MeetingResponse", {4}, "3 says it: what fails is the mailbox"},
    {"Provision", {4}, "the policy is made anew for each answer"},
    {"Settings", {3, 6}, "nothing that is offered can be refused so"},
    {"Sync", {9}, "a full store is HTTP 503: the phone keeps its key and comes back"},
    {"Sync", {16}, "each conflict is settled at once"},
    {"",
     {117, 123, 124, 125, 127, 128, 129, 130, 131},
     "sign-in says it by HTTP 401 or 403, or nothing of the kind is"},
    {"", {112, 114, 126}, "there is no directory or store but our own"},
    {"", {132, 133, 134, 135, 136, 149}, "a key that is not known is the command's own status"},
    {"", {137, 138}, "HTTP 501 or 505 says it before a document is looked at"},
    {"", {141, 143}, "142 and 144 say it"},
    {"", {148}, "nothing is proxied"},
    {"", {152}, "a mailbox has its ten folders"},
    {"", {153, 154}, "a conversation is moved by no one"},
    {"", {160, 161, 162, 163, 173, 174, 175}, "ResolveRecipients and Search are not offered"},
    {"", {167}, "no account but the primary one is named"},
    {"", {169, 170, 171, 172}, "168 says that there is no rights management"},
    {"", {176}, "a body part is a message's own"},
    {"", {184}, "a calendar's exceptions are saved with it or not at all"},
};

void read_statuses(std::string const& text, std::set<unsigned>& out) {
    constexpr std::string_view before = "Status>";
    for (auto at = text.find(before); at != text.npos; at = text.find(before, at)) {
        at += before.size();
        unsigned value = 0;
        auto const [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
        if (error == std::errc{} && *end == '<') out.insert(value);
    }
}

Seen statuses_of_all_conversations() {
    Seen seen;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(GODWIT_TRANSCRIPTS)) {
        if (entry.path().extension() != ".eas") continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        std::map<std::string, std::string> asked; // by the name of what is left waiting
        for (auto const& step : read_steps(text.str()))
            if (step.name == "request")
                asked[step.attribute("held")] = step.attribute("command");
            else if (step.name == "response")
                read_statuses(step.text, seen[asked[step.attribute("of")]]);
    }
    return seen;
}

bool stands_here(std::string_view command, unsigned status) {
    return std::ranges::any_of(unprovoked, [&](Reason const& reason) {
        return reason.command == command && std::ranges::find(reason.statuses, status) != reason.statuses.end();
    });
}

TEST(Statuses, EachIsInAConversationOrStandsHereWithItsReason) {
    auto seen = statuses_of_all_conversations();
    std::set<unsigned> common;
    for (auto const& [command, statuses] : seen) common.insert(statuses.begin(), statuses.end());
    for (auto const& list : lists)
        for (auto const status : list.statuses)
            EXPECT_NE(seen[std::string(list.command)].contains(status), stands_here(list.command, status))
                << list.command << ' ' << status;
    for (auto const& list : of_sending)
        for (auto const status : list.statuses)
            EXPECT_TRUE(seen[std::string(list.command)].contains(status)) << list.command << ' ' << status;
    constexpr unsigned first = 101, last = 184;
    for (auto status = first; status <= last; ++status) {
        if (!eas::is_common(status)) continue;
        EXPECT_NE(common.contains(status), stands_here("", status)) << "common " << status;
    }
}

template <class F> void each_row(char const* file, F f) {
    std::ifstream in(std::string(GODWIT_SHARED "/spec/") + file);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::vector<std::string> row{""};
        for (char c : line) c == '\t' ? void(row.emplace_back()) : row.back().push_back(c);
        row.resize(9);
        f(row);
    }
}

// The rules of status-rules.tsv whose status stands in no command's own list, and why nobody here says it.
struct Unsaid {
    std::string_view command, status;
    std::string_view why;
};
Unsaid const unsaid[]{
    {"", "0", "the Status of a follow-up flag, no answer"},
    {"GetItemEstimate", "110", "the server does not fail there"},
    {"SendMail,SmartForward,SmartReply", "167", "no account but the primary one is named"},
    {"SmartForward", "171", "168 says that there is no rights management"},
    {"SmartForward", "172", "168 says that there is no rights management"},
    {"SmartReply", "171", "168 says that there is no rights management"},
    {"SmartReply", "172", "168 says that there is no rights management"},
};

TEST(Statuses, EachRuleOfTheSpecificationIsSaid) {
    if (!std::filesystem::exists(GODWIT_SHARED "/spec/status-rules.tsv")) GTEST_SKIP() << "no ../shared";
    constexpr std::string_view not_offered[]{"Autodiscover",      "Find",   "GetHierarchy",
                                             "ResolveRecipients", "Search", "ValidateCert"};
    auto seen = statuses_of_all_conversations();
    std::set<unsigned> any;
    for (auto const& [command, statuses] : seen) any.insert(statuses.begin(), statuses.end());
    std::size_t said = 0;
    each_row("status-rules.tsv", [&](std::vector<std::string> const& row) {
        auto const &command = row[0], &status = row[1];
        unsigned value = 0;
        std::from_chars(status.data(), status.data() + status.size(), value);
        bool client = row[7] == "client", elsewhere = std::ranges::find(not_offered, command) != std::end(not_offered);
        if (status.empty() || client || elsewhere) return;
        if (std::ranges::any_of(unsaid,
                                [&](auto const& one) { return one.command == command && one.status == status; }))
            return;
        ++said;
        EXPECT_TRUE((command.empty() ? any : seen[command]).contains(value) || stands_here(command, value))
            << command << ' ' << status << ' ' << row[6] << ": " << row[3];
    });
    EXPECT_GE(said, 100U);
}

TEST(Statuses, EachLimitOfTheSpecificationIsKept) {
    if (!std::filesystem::exists(GODWIT_SHARED "/spec/limits.tsv")) GTEST_SKIP() << "no ../shared";
    config::Config const usual;
    struct Kept {
        std::string_view command, what;
        std::uint64_t ours;
        std::string_view why; // where it is not the specification's default
    };
    Kept const limits[]{
        {"GetItemEstimate", "Collection", eas::estimate_collections, ""},
        {"ItemOperations", "sum of EmptyFolderContents, Fetch, Move", eas::max_item_operations, ""},
        {"MeetingResponse", "Request", eas::max_meeting_responses, ""},
        {"MoveItems", "Move", eas::max_moves, ""},
        {"Sync", "sum of Add, Change, Delete, Fetch", usual.sync.max_sync_commands, "trap 75: Gmail sends hundreds"},
    };
    auto seen = statuses_of_all_conversations();
    std::size_t found = 0;
    each_row("limits.tsv", [&](std::vector<std::string> const& row) {
        auto const limit =
            std::ranges::find_if(limits, [&](auto const& one) { return one.command == row[0] && one.what == row[1]; });
        if (limit == std::end(limits)) return;
        ++found;
        EXPECT_TRUE(std::to_string(limit->ours) == row[2] || !limit->why.empty()) << row[0] << ' ' << row[1];
        EXPECT_GE(limit->ours, std::stoul(row[3])) << row[0];
        EXPECT_LE(limit->ours, std::stoul(row[4])) << row[0];
        EXPECT_TRUE(seen[row[0]].contains(unsigned(std::stoul(row[5].substr(row[5].find(' '))))))
            << row[0] << ": " << row[5];
    });
    EXPECT_EQ(found, std::size(limits));
}

} // namespace
} // namespace godwit::transcripts
