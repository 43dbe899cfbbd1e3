// Each status of MS-ASCMD 2.2.3.177, MS-ASPROV 2.2.2.54 and MS-ASCMD 2.2.4 is in a conversation, or stands here with
// the reason why a phone cannot provoke it. And nothing stands here that a conversation has.
#include "conversation.hpp"
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
     {101, 117, 123, 124, 125, 127, 128, 129, 130, 131},
     "sign-in says it by HTTP 401 or 403, or nothing of the kind is"},
    {"", {109}, "a DeviceType is anything"},
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
    constexpr unsigned first = 101, last = 184;
    for (auto status = first; status <= last; ++status) {
        if (!eas::is_common(status)) continue;
        EXPECT_NE(common.contains(status), stands_here("", status)) << "common " << status;
    }
}

} // namespace
} // namespace godwit::transcripts
