// The handlers, one file each: cite, check, do, answer (STYLE). Who defines one includes its documents.
#pragma once
#include "command/reply.hpp"
#include "command/table.hpp"

namespace godwit::eas {
struct DeviceInformationSet;
struct FolderCreateRequest;
struct FolderCreateResponse;
struct FolderDeleteRequest;
struct FolderDeleteResponse;
struct FolderSyncRequest;
struct FolderSyncResponse;
struct FolderUpdateRequest;
struct FolderUpdateResponse;
struct GetItemEstimateRequest;
struct GetItemEstimateResponse;
struct ItemOperationsRequest;
struct ItemOperationsResponse;
struct MeetingResponseRequest;
struct MeetingResponseResponse;
struct MoveItemsRequest;
struct MoveItemsResponse;
struct PingRequest;
struct PingResponse;
struct ProvisionRequest;
struct ProvisionResponse;
struct SendMailRequest;
struct SendMailResponse;
struct SettingsRequest;
struct SettingsResponse;
struct SmartForwardRequest;
struct SmartForwardResponse;
struct SmartReplyRequest;
struct SmartReplyResponse;
struct SyncRequest;
struct SyncResponse;
} // namespace godwit::eas

namespace godwit::command {
using net::awaitable;

awaitable<eas::ProvisionResponse> provision(Session& s, eas::ProvisionRequest request);
awaitable<eas::SettingsResponse> settings(Session& s, eas::SettingsRequest request);
awaitable<eas::FolderSyncResponse> folder_sync(Session& s, eas::FolderSyncRequest request);
awaitable<eas::FolderCreateResponse> folder_create(Session& s, eas::FolderCreateRequest request);
awaitable<eas::FolderUpdateResponse> folder_update(Session& s, eas::FolderUpdateRequest request);
awaitable<eas::FolderDeleteResponse> folder_delete(Session& s, eas::FolderDeleteRequest request);
awaitable<eas::MoveItemsResponse> move_items(Session& s, eas::MoveItemsRequest request);
awaitable<eas::MeetingResponseResponse> meeting_response(Session& s, eas::MeetingResponseRequest request);
awaitable<std::optional<eas::SyncResponse>> sync(Session& s, eas::SyncRequest request);
awaitable<eas::GetItemEstimateResponse> get_item_estimate(Session& s, eas::GetItemEstimateRequest request);
awaitable<std::optional<eas::PingResponse>> ping(Session& s, eas::PingRequest request); // none: Session::held
awaitable<WithParts<eas::ItemOperationsResponse>> item_operations(Session& s, eas::ItemOperationsRequest request);
awaitable<std::optional<eas::SendMailResponse>> send_mail(Session& s, eas::SendMailRequest request);
awaitable<std::optional<eas::SmartReplyResponse>> smart_reply(Session& s, eas::SmartReplyRequest request);
awaitable<std::optional<eas::SmartForwardResponse>> smart_forward(Session& s, eas::SmartForwardRequest request);

// Up to 12.1: no document, the file is the answer.
awaitable<Reply> get_attachment(Session& s, Row const& row, std::string body);

// SendMail, SmartReply and SmartForward up to 12.1: the body is the message, the options are in the query.
awaitable<Reply> send_mime(Session& s, Row const& row, std::string mime);

// DeviceInformation, by Settings or Provision: kept, and never a reason to fail (KB2851708).
void store_description(index::Transaction& tx, std::string_view device, eas::DeviceInformationSet const& set);

unsigned smart_forward_malformed(eas::Violation const& violation);
unsigned sync_malformed(eas::Violation const& violation);
unsigned move_items_malformed(eas::Violation const& violation);

} // namespace godwit::command
