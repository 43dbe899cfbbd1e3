#include "eas/validate.hpp"
#include "eas/compose_mail.hpp"
#include "eas/contacts.hpp"
#include "eas/email.hpp"
#include "eas/folders.hpp"
#include "eas/item_estimate.hpp"
#include "eas/item_operations.hpp"
#include "eas/meeting_response.hpp"
#include "eas/move_items.hpp"
#include "eas/notes.hpp"
#include "eas/ping.hpp"
#include "eas/provision.hpp"
#include "eas/settings.hpp"
#include "eas/sync.hpp"
#include <algorithm>

namespace godwit::eas {

using wbxml::Event;

namespace {

using Check = std::optional<Violation> (*)(std::string_view, Version);

template <class T> std::optional<Violation> violation_of(std::string_view wbxml, Version version) {
    auto decoded = decode<T>(wbxml, version);
    return decoded ? std::nullopt : std::optional(decoded.error());
}

struct Entry {
    Command command;
    Shape const& (*request)();
    Shape const& (*response)();
    Check check_request;
    Check check_response;
    bool may_be_empty = false; // the response
};

template <class Request, class Response> constexpr Entry entry(Command command, bool may_be_empty = false) {
    return {command,     document<Request>, document<Response>, violation_of<Request>, violation_of<Response>,
            may_be_empty};
}

constexpr std::array entries{
    entry<SyncRequest, SyncResponse>(Command::Sync, true),
    entry<SendMailRequest, SendMailResponse>(Command::SendMail, true),
    entry<SmartForwardRequest, SmartForwardResponse>(Command::SmartForward, true),
    entry<SmartReplyRequest, SmartReplyResponse>(Command::SmartReply, true),
    entry<FolderSyncRequest, FolderSyncResponse>(Command::FolderSync),
    entry<FolderCreateRequest, FolderCreateResponse>(Command::FolderCreate),
    entry<FolderDeleteRequest, FolderDeleteResponse>(Command::FolderDelete),
    entry<FolderUpdateRequest, FolderUpdateResponse>(Command::FolderUpdate),
    entry<MoveItemsRequest, MoveItemsResponse>(Command::MoveItems),
    entry<GetItemEstimateRequest, GetItemEstimateResponse>(Command::GetItemEstimate),
    entry<MeetingResponseRequest, MeetingResponseResponse>(Command::MeetingResponse),
    entry<SettingsRequest, SettingsResponse>(Command::Settings),
    entry<PingRequest, PingResponse>(Command::Ping),
    entry<ItemOperationsRequest, ItemOperationsResponse>(Command::ItemOperations),
    entry<ProvisionRequest, ProvisionResponse>(Command::Provision),
};

Entry const* find(Command command) {
    auto at = std::ranges::find(entries, command, &Entry::command);
    return at == entries.end() ? nullptr : &*at;
}

constexpr Violation no_wbxml{"WBXML", Rule::Wbxml, "MS-ASWBXML 2.1"};

// No table yet: the bytes must be WBXML of known elements all the same.
std::optional<Violation> check_tokens(std::string_view wbxml) {
    wbxml::Reader reader(wbxml);
    for (;;) {
        auto event = reader.next();
        if (event.kind == Event::End) return reader.failed() ? std::optional(no_wbxml) : std::nullopt;
        if (event.starts() && event.tag.name.empty())
            return Violation{"unknown token", Rule::Unknown, "MS-ASWBXML 2.1.2"};
    }
}

bool is_email_page(std::uint8_t page) { return page == email::Subject.page || page == email2::Sender.page; }
bool is_contacts_page(std::uint8_t page) { return page == contacts::FileAs.page || page == contacts2::NickName.page; }

// The class of ApplicationData is nowhere in the response from 14.0 on: an element of the class's own pages among its
// children tells it.
std::optional<Violation> check_properties(Fragment const& properties, bool file, Version version) {
    wbxml::Reader reader(properties);
    bool of_email = false, of_contacts = false, of_notes = false, of_file = false;
    for (;;) {
        auto event = reader.next();
        if (event.kind == Event::End) break;
        if (!event.starts()) continue;
        if (event.tag.name.empty()) return Violation{"unknown token", Rule::Unknown, "MS-ASWBXML 2.1.2"};
        of_email = of_email || is_email_page(event.tag.page);
        of_contacts = of_contacts || is_contacts_page(event.tag.page);
        of_notes = of_notes || event.tag.page == notes::Subject.page;
        of_file = of_file || event.tag == itemoperations::Data || event.tag == itemoperations::Total ||
                  event.tag == itemoperations::Part;
        if (event.kind == Event::Open && !reader.skip()) break;
    }
    if (reader.failed()) return no_wbxml;
    if (of_email) {
        auto decoded = decode<Email>(properties, version);
        if (!decoded) return decoded.error();
    } else if (of_contacts) {
        auto decoded = decode<Contact>(properties, version);
        if (!decoded) return decoded.error();
    } else if (of_notes) {
        auto decoded = decode<Note>(properties, version);
        if (!decoded) return decoded.error();
    } else if (file && of_file) {
        auto decoded = decode<FileProperties>(properties, version);
        if (!decoded) return decoded.error();
    }
    return {};
}

std::optional<Violation> check_sync_items(std::string_view wbxml, Version version) {
    auto response = decode<SyncResponse>(wbxml, version);
    if (!response) return response.error();
    std::optional<Violation> violation;
    auto check = [&]<class T>(T const& item) {
        if (violation) return;
        if constexpr (std::same_as<T, ServerAdd> || std::same_as<T, ServerChange>)
            violation = check_properties(item.application_data, false, version);
        else if constexpr (requires { item.application_data->bytes; })
            if (item.application_data) violation = check_properties(*item.application_data, false, version);
    };
    for (auto const& collection : response->collections) {
        for (auto const& command : collection.commands) std::visit(check, command);
        for (auto const& answer : collection.responses) std::visit(check, answer);
    }
    return violation;
}

std::optional<Violation> check_fetched_items(std::string_view wbxml, Version version) {
    auto response = decode<ItemOperationsResponse>(wbxml, version);
    if (!response) return response.error();
    for (auto const& answer : response->responses) {
        auto const* fetch = std::get_if<ItemFetchResponse>(&answer);
        if (!fetch || !fetch->properties) continue;
        if (auto violation = check_properties(*fetch->properties, true, version)) return violation;
    }
    return {};
}

} // namespace

std::optional<Violation> validate_response(std::string_view wbxml, Command command, Version version) {
    if (command == Command::GetAttachment) return {}; // the file itself (MS-ASCMD_R164)
    auto const* e = find(command);
    if (wbxml.empty()) return e && e->may_be_empty ? std::nullopt : std::optional(no_wbxml);
    if (!e) return check_tokens(wbxml);
    if (command == Command::Sync) return check_sync_items(wbxml, version);
    if (command == Command::ItemOperations) return check_fetched_items(wbxml, version);
    return e->check_response(wbxml, version);
}

std::optional<Violation> validate_request(std::string_view wbxml, Command command, Version version) {
    auto const* e = find(command);
    return e ? e->check_request(wbxml, version) : check_tokens(wbxml);
}

Shape const* request_shape(Command command) {
    auto const* e = find(command);
    return e ? &e->request() : nullptr;
}

Shape const* response_shape(Command command) {
    auto const* e = find(command);
    return e ? &e->response() : nullptr;
}

} // namespace godwit::eas
