#include "eas/command.hpp"
#include <algorithm>
#include <array>

namespace godwit::eas {

namespace {

struct Entry {
    Command command;
    std::string_view name;
    Version since = v12_1, until = v16_1;
};

// In the order of MS-ASProtocolCommands (MS-ASHTTP_R246).
constexpr std::array entries{
    Entry{Command::Sync, "Sync"},
    Entry{Command::SendMail, "SendMail"},
    Entry{Command::SmartForward, "SmartForward"},
    Entry{Command::SmartReply, "SmartReply"},
    Entry{Command::GetAttachment, "GetAttachment", v2_5, v12_1}, // MS-ASCMD_R5124
    Entry{Command::GetHierarchy, "GetHierarchy", v2_5, v12_1},
    Entry{Command::FolderSync, "FolderSync"},
    Entry{Command::FolderCreate, "FolderCreate"},
    Entry{Command::FolderDelete, "FolderDelete"},
    Entry{Command::FolderUpdate, "FolderUpdate"},
    Entry{Command::MoveItems, "MoveItems"},
    Entry{Command::GetItemEstimate, "GetItemEstimate"},
    Entry{Command::MeetingResponse, "MeetingResponse"},
    Entry{Command::Search, "Search"},
    Entry{Command::Settings, "Settings"},
    Entry{Command::Ping, "Ping"},
    Entry{Command::ItemOperations, "ItemOperations"},
    Entry{Command::Provision, "Provision"},
    Entry{Command::ResolveRecipients, "ResolveRecipients"},
    Entry{Command::ValidateCert, "ValidateCert"},
    Entry{Command::Find, "Find", v16_1},
};

constexpr auto commands = [] {
    std::array<Command, entries.size()> out{};
    std::ranges::transform(entries, out.begin(), &Entry::command);
    return out;
}();

Entry const* find(Command command) {
    auto at = std::ranges::find(entries, command, &Entry::command);
    return at == entries.end() ? nullptr : &*at;
}

bool same(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

} // namespace

std::string_view name(Command command) {
    auto const* entry = find(command);
    return entry ? entry->name : "?";
}

std::optional<Command> parse_command(std::string_view text) {
    for (auto const& entry : entries)
        if (same(entry.name, text)) return entry.command;
    return {};
}

std::optional<Command> command_of_code(std::uint8_t code) {
    auto command = static_cast<Command>(code);
    return command != Command::GetHierarchy && find(command) ? std::optional(command) : std::nullopt;
}

bool exists_in(Command command, Version version) {
    auto const* entry = find(command);
    return entry && version >= entry->since && version <= entry->until;
}

std::span<Command const> all_commands() { return commands; }

bool has_mime_body(Command command, Version version) {
    return version <= v12_1 &&
           (command == Command::SendMail || command == Command::SmartForward || command == Command::SmartReply);
}

} // namespace godwit::eas
