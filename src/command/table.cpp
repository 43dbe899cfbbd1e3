// The only list of commands. Sections are those of MS-ASCMD unless they say otherwise.
#include "command/table.hpp"
#include "command/bind.hpp"
#include "command/gate.hpp"
#include "command/handlers.hpp"
#include "eas/compose_mail.hpp"
#include "eas/folders.hpp"
#include "eas/item_estimate.hpp"
#include "eas/item_operations.hpp"
#include "eas/meeting_response.hpp"
#include "eas/move_items.hpp"
#include "eas/ping.hpp"
#include "eas/provision.hpp"
#include "eas/settings.hpp"
#include "eas/sync.hpp"
#include <algorithm>

namespace godwit::command {
namespace {

using eas::Command;
constexpr unsigned invalid_xml = std::to_underlying(eas::CommonStatus::InvalidXML);
constexpr unsigned invalid_content = std::to_underlying(eas::CommonStatus::InvalidContent);
constexpr unsigned invalid_wbxml = std::to_underlying(eas::CommonStatus::InvalidWBXML);
constexpr unsigned retry = std::to_underlying(eas::CommonStatus::ServerErrorRetryLater);

constexpr std::array rows{
    bind<provision>({.command = Command::Provision,
                     .spec = "MS-ASPROV 3.2.5.1",
                     .malformed = 2,
                     .failed = 3,
                     .needs_policy_key = false,
                     .may_be_empty = true}),
    bind<settings>({.command = Command::Settings, .spec = "2.2.1.18", .malformed = 2, .failed = 4}),
    bind<folder_sync>({.command = Command::FolderSync, .spec = "2.2.1.5", .malformed = 10, .failed = 6}),
    bind<folder_create>({.command = Command::FolderCreate, .spec = "2.2.1.3", .malformed = 10, .failed = 6}),
    bind<folder_delete>({.command = Command::FolderDelete, .spec = "2.2.1.4", .malformed = 10, .failed = 6}),
    bind<folder_update>({.command = Command::FolderUpdate, .spec = "2.2.1.6", .malformed = 10, .failed = 6}),
    bind<move_items>({.command = Command::MoveItems,
                      .spec = "2.2.1.12",
                      .malformed = invalid_xml,
                      .failed = retry,
                      .budget = Budget::Items,
                      .malformed_as = move_items_malformed}),
    bind<meeting_response>({.command = Command::MeetingResponse,
                            .spec = "2.2.1.11",
                            .malformed = 2,
                            .failed = 4,
                            .budget = Budget::Items}),
    bind<sync>({.command = Command::Sync,
                .spec = "2.2.1.21",
                .malformed = 4,
                .failed = 5,
                .may_be_empty = true,
                .budget = Budget::Held,
                .malformed_as = sync_malformed}),
    bind<get_item_estimate>(
        {.command = Command::GetItemEstimate, .spec = "2.2.1.9", .malformed = invalid_xml, .failed = retry}),
    // PROV_R61103: Ping comes without a policy key (trap 22).
    bind<ping>({.command = Command::Ping,
                .spec = "2.2.1.13",
                .malformed = 4,
                .failed = 8,
                .needs_policy_key = false,
                .may_be_empty = true,
                .budget = Budget::Held}),
    bind<item_operations>(
        {.command = Command::ItemOperations, .spec = "2.2.1.10", .malformed = 2, .failed = 3, .budget = Budget::Items}),
    Row{.command = Command::GetAttachment,
        .spec = "2.2.1.7",
        .malformed = invalid_xml,
        .failed = retry,
        .may_be_empty = true,
        .budget = Budget::Items,
        .run = get_attachment,
        .status_only = [](unsigned, eas::Version) { return std::string(); }},
    bind<send_mail>({.command = Command::SendMail,
                     .spec = "2.2.1.17",
                     .malformed = invalid_xml,
                     .failed = retry,
                     .budget = Budget::Items}),
    bind<smart_reply>({.command = Command::SmartReply,
                       .spec = "2.2.1.20",
                       .malformed = invalid_xml,
                       .failed = retry,
                       .budget = Budget::Items}),
    bind<smart_forward>({.command = Command::SmartForward,
                         .spec = "2.2.1.19",
                         .malformed = invalid_xml,
                         .failed = retry,
                         .budget = Budget::Items,
                         .malformed_as = smart_forward_malformed}),
};

} // namespace

std::span<Row const> table() { return rows; }

Row const* find(Command command) {
    auto found = std::ranges::find(rows, command, &Row::command);
    return found == rows.end() ? nullptr : &*found;
}

std::string protocol_commands() {
    std::string out;
    for (auto const& row : rows) {
        if (!out.empty()) out += ',';
        out += eas::name(row.command);
    }
    return out;
}

Reply status_reply(Session const& session, Row const& row, unsigned status) {
    bool const no_document = row.command == Command::GetAttachment;
    if (eas::is_common(status) && (session.version < eas::v14_0 || no_document)) {
        auto const code = unsigned(eas::http_code(eas::CommonStatus(status), row.command));
        return code == 503 ? retry_later(usual_wait) : http_reply(code);
    }
    return wbxml_reply(row.status_only(status, session.version));
}

Reply malformed_reply(Session& session, Row const& row, eas::Violation const& violation) {
    note(session, "malformed", eas::to_string(violation));
    count_failure(session);
    switch (violation.rule) {
    case eas::Rule::Wbxml: // MS-ASCMD 2.2.2: 102 is what could not be decoded, 101 what was never meant to be (R4813)
    case eas::Rule::Unknown: return status_reply(session, row, session.text_body ? invalid_content : invalid_wbxml);
    case eas::Rule::Root: return status_reply(session, row, invalid_xml);
    case eas::Rule::Required: // MS-ASCMD_R4812: the body itself is missing; who has a status of his own says that
        if (violation.element.empty() && row.malformed == invalid_xml)
            return status_reply(session, row, invalid_content);
        break;
    default: break;
    }
    return status_reply(session, row, row.malformed_as ? row.malformed_as(violation) : row.malformed);
}

} // namespace godwit::command
