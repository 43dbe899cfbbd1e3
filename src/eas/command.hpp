// The commands (MS-ASHTTP 2.2.1.1.1.2.2): code in the base64 query, name in the plain one, and the versions that have
// them.
#pragma once
#include "eas/version.hpp"
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace godwit::eas {

enum class Command : std::uint8_t { // the value is the code
    Sync = 0,
    SendMail = 1,
    SmartForward = 2,
    SmartReply = 3,
    GetAttachment = 4, // up to 12.1 (MS-ASCMD_R5124)
    FolderSync = 9,
    FolderCreate = 10,
    FolderDelete = 11,
    FolderUpdate = 12,
    MoveItems = 13,
    GetItemEstimate = 14,
    MeetingResponse = 15,
    Search = 16,
    Settings = 17,
    Ping = 18,
    ItemOperations = 19,
    Provision = 20,
    ResolveRecipients = 21,
    ValidateCert = 22,
    Find = 23,          // from 16.1
    GetHierarchy = 100, // up to 12.1; has no code, stands in the plain query only
};

std::string_view name(Command command);
std::optional<Command> parse_command(std::string_view name); // any case
std::optional<Command> command_of_code(std::uint8_t code);
bool exists_in(Command command, Version version);
std::span<Command const> all_commands(); // those of any spoken version

// Whether the body is a bare MIME message instead of WBXML: SendMail, SmartForward and SmartReply up to 12.1.
bool has_mime_body(Command command, Version version);

} // namespace godwit::eas
