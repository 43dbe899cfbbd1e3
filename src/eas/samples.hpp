// For tests: each command's request and response with everything filled in that one message may hold.
#pragma once
#include "eas/command.hpp"
#include "eas/compose_mail.hpp"
#include "eas/contacts.hpp"
#include "eas/email.hpp"
#include "eas/folders.hpp"
#include "eas/item_estimate.hpp"
#include "eas/item_operations.hpp"
#include "eas/meeting_response.hpp"
#include "eas/move_items.hpp"
#include "eas/ping.hpp"
#include "eas/provision.hpp"
#include "eas/settings.hpp"
#include "eas/sync.hpp"

namespace godwit::eas::samples {

using namespace std::chrono_literals;

inline DateTime moment() { return {std::chrono::sys_days(std::chrono::year(2024) / 5 / 31) + 9h + 15min}; }
inline CompactDateTime compact_moment() { return {moment().at}; }

inline Location location() {
    return {.display_name = "Room 4",
            .annotation = "2nd floor",
            .street = "Weg 1",
            .city = "Bern",
            .state = "BE",
            .country = "CH",
            .postal_code = "3000",
            .latitude = "46.95",
            .longitude = "7.44",
            .accuracy = "10",
            .altitude = "540",
            .altitude_accuracy = "5",
            .location_uri = "http://example.org/room4"};
}

inline MeetingRequest meeting_request() {
    return {.all_day_event = false,
            .start_time = moment(),
            .dt_stamp = moment(),
            .end_time = moment(),
            .instance_type = 1,
            .location = "Room 4",
            .structured_location = location(),
            .organizer = "max@example.org",
            .recurrence_id = moment(),
            .reminder = 900,
            .response_requested = true,
            .recurrences = {{{.type = 1,
                              .interval = 2,
                              .until = compact_moment(),
                              .occurrences = 5,
                              .week_of_month = 1,
                              .day_of_month = 3,
                              .day_of_week = 62,
                              .month_of_year = 5,
                              .calendar_type = 0,
                              .is_leap_month = 0,
                              .first_day_of_week = 1}}},
            .sensitivity = 0,
            .busy_status = 2,
            .time_zone = "AAAA",
            .global_object_id = "BAAAAIIA",
            .disallow_new_time_proposal = false,
            .meeting_message_type = 1,
            .uid = "uid-1",
            .proposed_start = compact_moment(),
            .proposed_end = compact_moment(),
            .forwardees = {{"ida@example.org", "Ida"}}};
}

inline Contact person() {
    return {.file_as = "Its FileAs \xC3\xA9",
            .title = "Its Title \xC3\xA9",
            .first_name = "Its FirstName \xC3\xA9",
            .middle_name = "Its MiddleName \xC3\xA9",
            .last_name = "Its LastName \xC3\xA9",
            .suffix = "Its Suffix \xC3\xA9",
            .yomi_first_name = "Its YomiFirstName \xC3\xA9",
            .yomi_last_name = "Its YomiLastName \xC3\xA9",
            .nick_name = "Its NickName \xC3\xA9",
            .company_name = "Its CompanyName \xC3\xA9",
            .yomi_company_name = "Its YomiCompanyName \xC3\xA9",
            .department = "Its Department \xC3\xA9",
            .job_title = "Its JobTitle \xC3\xA9",
            .office_location = "Its OfficeLocation \xC3\xA9",
            .manager_name = "Its ManagerName \xC3\xA9",
            .assistant_name = "Its AssistantName \xC3\xA9",
            .email_1_address = "Its Email1Address \xC3\xA9",
            .email_2_address = "Its Email2Address \xC3\xA9",
            .email_3_address = "Its Email3Address \xC3\xA9",
            .im_address = "Its IMAddress \xC3\xA9",
            .im_address_2 = "Its IMAddress2 \xC3\xA9",
            .im_address_3 = "Its IMAddress3 \xC3\xA9",
            .web_page = "Its WebPage \xC3\xA9",
            .mobile_phone_number = "Its MobilePhoneNumber \xC3\xA9",
            .home_phone_number = "Its HomePhoneNumber \xC3\xA9",
            .home_2_phone_number = "Its Home2PhoneNumber \xC3\xA9",
            .home_fax_number = "Its HomeFaxNumber \xC3\xA9",
            .business_phone_number = "Its BusinessPhoneNumber \xC3\xA9",
            .business_2_phone_number = "Its Business2PhoneNumber \xC3\xA9",
            .business_fax_number = "Its BusinessFaxNumber \xC3\xA9",
            .company_main_phone = "Its CompanyMainPhone \xC3\xA9",
            .assistant_phone_number = "Its AssistantPhoneNumber \xC3\xA9",
            .pager_number = "Its PagerNumber \xC3\xA9",
            .car_phone_number = "Its CarPhoneNumber \xC3\xA9",
            .radio_phone_number = "Its RadioPhoneNumber \xC3\xA9",
            .mms = "Its MMS \xC3\xA9",
            .spouse = "Its Spouse \xC3\xA9",
            .customer_id = "Its CustomerId \xC3\xA9",
            .government_id = "Its GovernmentId \xC3\xA9",
            .account_name = "Its AccountName \xC3\xA9",
            .picture = "AAAA"};
}

inline Contact contact() {
    auto out = person();
    out.home_address_street = "Its HomeAddressStreet \xC3\xA9";
    out.home_address_city = "Its HomeAddressCity \xC3\xA9";
    out.home_address_state = "Its HomeAddressState \xC3\xA9";
    out.home_address_postal_code = "Its HomeAddressPostalCode \xC3\xA9";
    out.home_address_country = "Its HomeAddressCountry \xC3\xA9";
    out.business_address_street = "Its BusinessAddressStreet \xC3\xA9";
    out.business_address_city = "Its BusinessAddressCity \xC3\xA9";
    out.business_address_state = "Its BusinessAddressState \xC3\xA9";
    out.business_address_postal_code = "Its BusinessAddressPostalCode \xC3\xA9";
    out.business_address_country = "Its BusinessAddressCountry \xC3\xA9";
    out.other_address_street = "Its OtherAddressStreet \xC3\xA9";
    out.other_address_city = "Its OtherAddressCity \xC3\xA9";
    out.other_address_state = "Its OtherAddressState \xC3\xA9";
    out.other_address_postal_code = "Its OtherAddressPostalCode \xC3\xA9";
    out.other_address_country = "Its OtherAddressCountry \xC3\xA9";
    out.birthday = DateTimeOrEmpty{moment().at};
    out.anniversary = DateTimeOrEmpty{moment().at};
    out.children = {{"Ida", "Max"}};
    out.categories = {{"Blue", "Red"}};
    out.body = Body{.estimated_data_size = 4, .truncated = false, .data = Content{"note"}};
    out.alias = "max";
    out.weighted_rank = 7;
    return out;
}

inline Email mail() {
    return {.to = "\"Erika Muster\" <erika@example.org>",
            .cc = "ida@example.org",
            .from = "max@example.org",
            .subject = "Z\xC3\xBCrich <&>",
            .reply_to = "max@example.org",
            .date_received = moment(),
            .display_to = "Erika Muster",
            .thread_topic = "Zurich",
            .importance = Importance::Normal,
            .read = false,
            .attachments = {{Attachment{.display_name = "may.csv",
                                        .file_reference = "1%3a7%3a0",
                                        .method = AttachmentMethod::Normal,
                                        .estimated_data_size = 2048,
                                        .content_id = "a@b",
                                        .content_location = "x.png",
                                        .is_inline = true}}},
            .body = Body{.type = BodyType::Html,
                         .estimated_data_size = 118,
                         .truncated = true,
                         .data = Content{"<p>See \xE2\x82\xAC</p>"},
                         .preview = "See"},
            .body_part =
                BodyPart{.estimated_data_size = 5, .truncated = false, .data = Content{"<p/>"}, .preview = "p"},
            .message_class = "IPM.Note",
            .meeting_request = meeting_request(),
            .internet_cpid = "65001",
            .flag = EmailFlag{.status = FlagStatus::Active,
                              .flag_type = "for Follow Up",
                              .start_date = moment(),
                              .utc_start_date = moment(),
                              .due_date = moment(),
                              .utc_due_date = moment(),
                              .reminder_set = true,
                              .reminder_time = moment()},
            .content_class = "urn:content-classes:message",
            .native_body_type = NativeBodyType::Html,
            .conversation_id = Opaque{std::string("\0\xFF\x10", 3)},
            .conversation_index = Opaque{"\x01\x02"},
            .last_verb_executed = LastVerb::Forward,
            .last_verb_execution_time = moment(),
            .received_as_bcc = false,
            .sender = "max@example.org",
            .categories = {{"Blue", "Red"}},
            .account_id = "5",
            .is_draft = false,
            .bcc = "archive@example.org"};
}

// The same draft as a client adds it.
inline Email draft() {
    return {.to = "max@example.org",
            .subject = "Notes",
            .attachments = {{AttachmentAdd{.client_id = "a-1",
                                           .content_type = "text/plain",
                                           .content = Opaque{"hello\n"},
                                           .display_name = "hello.txt",
                                           .content_id = "c",
                                           .is_inline = true},
                             AttachmentDelete{"6%3a1%3a0"}}},
            .body = Body{.data = Content{"Draft text"}},
            .bcc = "archive@example.org"};
}

inline SyncOptions options() {
    return {.item_class = "Email",
            .filter_type = FilterType::ThreeDays,
            .conflict = ConflictRule::ServerWins,
            .mime_support = MimeSupport::SignedOnly,
            .mime_truncation = MimeTruncation::To100K,
            .max_items = 10,
            .body_preferences = {{BodyType::Plain, 500, true, 100}, {BodyType::Html, 32'768, {}, {}}},
            .body_part_preferences = {{2, 500, {}, 10}},
            .rights_management_support = false};
}

inline SyncRequest sync_request(Version v) {
    return {.collections = {{{.item_class = "Email",
                              .sync_key = "5.7",
                              .collection_id = "1",
                              .supported = ElementNames{{contacts::FirstName, contacts2::NickName}},
                              .deletes_as_moves = true,
                              .get_changes = false,
                              .window_size = 100,
                              .conversation_mode = true,
                              .options = {options()},
                              .commands = {{ClientAdd{"Email", "d-1", encode_fragment(draft(), v), true},
                                            ClientChange{
                                                "1:7", "20240531T091500Z", encode_fragment(Email{.read = true}, v), {}},
                                            ClientDelete{"1:5", {}}, ClientFetch{"1:6"}}}}}},
            .wait = 10min,
            .heartbeat = 600s,
            .window_size = 512,
            .partial = true};
}

inline SyncResponse sync_response(Version v) {
    return {.collections = {
                {.sync_key = "5.8",
                 .collection_id = "1",
                 .more_available = true,
                 .responses = {AddResponse{"d-1", "1:9", SyncStatus::Success, {}, {}},
                               ChangeResponse{"1:7", {}, SyncStatus::Conflict, {}, {}},
                               DeleteResponse{"1:5", {}, SyncStatus::ObjectNotFound},
                               FetchResponse{"1:6", SyncStatus::Success, encode_fragment(Email{.subject = "x"}, v)}},
                 .commands = {ServerAdd{"1:10", encode_fragment(mail(), v), {}},
                              ServerAdd{"8:11", encode_fragment(contact(), v), {}},
                              ServerChange{"1:3", encode_fragment(Email{.read = true, .flag = EmailFlag{}}, v), {}},
                              ServerDelete{"1:4", {}}, ServerSoftDelete{"1:1"}}}}};
}

inline DeviceInformationSet device() {
    return {.model = "T1",
            .imei = "1",
            .friendly_name = "Phone",
            .os = "X 1",
            .os_language = "de",
            .phone_number = "1",
            .user_agent = "T/1",
            .enable_outbound_sms = false,
            .mobile_operator = "M"};
}

inline OofSettings oof() {
    return {.state = OofState::TimeBased,
            .start = moment(),
            .end = moment(),
            .messages = {{.internal = true, .enabled = true, .reply_message = "Away", .body_type = "Text"},
                         {.external_known = true, .enabled = false}}};
}

inline EmailAddresses addresses() { return {{"erika@example.org", "e@example.org"}, "erika@example.org"}; }

inline ProvisionDoc policy() {
    return {.device_password_enabled = true,
            .min_device_password_length = NumberOrEmpty{4},
            .max_inactivity_time_device_lock = NumberOrEmpty{900},
            .max_attachment_size = NumberOrEmpty{},
            .allow_bluetooth = 2,
            .max_email_body_truncation_size = -1,
            .unapproved_in_rom_applications = {{"game.exe"}},
            .approved_application_hashes = std::vector<std::string>{}};
}

// f(Command, is_request, value) for each.
template <class F> void for_each(Version v, F f) {
    f(Command::Sync, true, sync_request(v));
    f(Command::Sync, false, sync_response(v));
    f(Command::Sync, false, SyncResponse{.status = SyncStatus::InvalidInterval, .limit = 59});
    f(Command::Ping, true, PingRequest{480s, {{{"5", "Email"}, {"7", "Calendar"}}}});
    f(Command::Ping, false, PingResponse{PingStatus::Changes, {"5", "7"}, {}, {}});
    f(Command::Ping, false, PingResponse{PingStatus::TooManyFolders, {}, 200, {}});
    f(Command::Ping, false, PingResponse{PingStatus::BadHeartbeat, {}, {}, 60s});
    f(Command::FolderSync, true, FolderSyncRequest{"0"});
    f(Command::FolderSync, false,
      FolderSyncResponse{
          FolderStatus::Success, "1",
          FolderChanges{
              3, {{"2", "0", "Old", FolderType::UserMail}}, {{"3"}}, {{"1", "0", "Inbox", FolderType::Inbox}}}});
    f(Command::FolderCreate, true, FolderCreateRequest{"1", "0", "New", FolderType::UserMail});
    f(Command::FolderCreate, false, FolderCreateResponse{FolderStatus::Success, "2", "9"});
    f(Command::FolderUpdate, true, FolderUpdateRequest{"2", "9", "0", "Newer"});
    f(Command::FolderUpdate, false, FolderUpdateResponse{FolderStatus::Success, "3"});
    f(Command::FolderDelete, true, FolderDeleteRequest{"3", "9"});
    f(Command::FolderDelete, false, FolderDeleteResponse{FolderStatus::Success, "4"});
    f(Command::GetItemEstimate, true,
      GetItemEstimateRequest{{{"5.7", "1", "Email", FilterType::OneWeek, true, {options()}}}});
    f(Command::GetItemEstimate, false,
      GetItemEstimateResponse{{},
                              {{EstimateStatus::Success, EstimateCollection{"1", 7}},
                               {EstimateStatus::NotPrimed, EstimateCollection{"2", {}}}}});
    f(Command::ItemOperations, true,
      ItemOperationsRequest{
          {ItemFetch{.store = "Mailbox",
                     .server_id = "1:7",
                     .collection_id = "1",
                     .options = ItemFetchOptions{.properties = ElementNames{{email::Subject, airsyncbase::Body}},
                                                 .range = "0-99",
                                                 .mime_support = MimeSupport::Always,
                                                 .body_preferences = {{BodyType::Mime, 5'000, {}, {}}}}},
           EmptyFolderContents{"4", EmptyFolderOptions{true}},
           ItemFetch{.store = "Mailbox", .file_reference = "1%3a7%3a0"}}});
    f(Command::ItemOperations, false,
      ItemOperationsResponse{
          ItemOperationsStatus::Success,
          {EmptyFolderContentsResponse{ItemOperationsStatus::Success, "4"},
           ItemFetchResponse{.collection_id = "1",
                             .server_id = "1:7",
                             .item_class = "Email",
                             .properties = encode_fragment(mail(), v)},
           ItemFetchResponse{
               .file_reference = "1%3a7%3a0",
               .properties = encode_fragment(
                   FileProperties{.range = "0-99", .total = 2048, .content_type = "text/csv", .base64 = "YSxi"}, v)}}});
    f(Command::MoveItems, true, MoveItemsRequest{{{"1:7", "1", "4"}, {"1:8", "1", "4"}}});
    f(Command::MoveItems, false,
      MoveItemsResponse{{}, {{"1:7", MoveItemsStatus::Success, "4:7"}, {"1:8", MoveItemsStatus::InvalidSource, {}}}});
    f(Command::MeetingResponse, true,
      MeetingResponseRequest{{{UserResponse::Tentative,
                               "1",
                               "1:7",
                               {},
                               "2024-05-31T09:15:00.000Z",
                               SendResponse{Body{.data = Content{"ok"}}, "20240531T091500Z", "20240531T101500Z"}}}});
    f(Command::MeetingResponse, false,
      MeetingResponseResponse{{{"1:7", MeetingStatus::Success, "5:3", "2024-05-31T09:15:00.000Z"}}});
    f(Command::Provision, true,
      ProvisionRequest{DeviceInformationRequest{device()},
                       PolicyRequest{std::string(policy_type), "1", AcknowledgementStatus::Applied},
                       {},
                       WipeAcknowledgement{WipeStatus::Success},
                       WipeAcknowledgement{WipeStatus::Failed}});
    f(Command::Provision, false,
      ProvisionResponse{DeviceInformationResponse{}, ProvisionStatus::Success,
                        PolicyResponse{std::string(policy_type), PolicyStatus::Success, "1877341229", policy()}, true,
                        true});
    f(Command::Settings, true,
      SettingsRequest{{UserInformationRequest{true}, RightsManagementRequest{true}, OofRequest{OofGet{"Text"}, oof()},
                       DevicePasswordRequest{{"1234"}}, DeviceInformationRequest{device()}}});
    f(Command::Settings, false,
      SettingsResponse{
          SettingsStatus::Success,
          {DeviceInformationResponse{}, OofResponse{SettingsStatus::Success, oof()}, DevicePasswordResponse{},
           UserInformationResponse{SettingsStatus::Success,
                                   UserInformation{addresses(), {{{}, {}, "Erika Muster", false, addresses()}}}}}});
    if (v < v14_0) return;
    f(Command::ItemOperations, true,
      ItemOperationsRequest{{ConversationMove{Opaque{"\x01\x02"}, "4", ConversationMoveOptions{true}}}});
    f(Command::ItemOperations, false,
      ItemOperationsResponse{ItemOperationsStatus::Success,
                             {ConversationMoveResponse{ItemOperationsStatus::NotFound, Opaque{"\x01\x02"}}}});
    f(Command::SendMail, true, SendMailRequest{"m-1", "5", true, Opaque{"From: a@b\r\n\r\n\xFF"}, "t"});
    f(Command::SendMail, false, SendMailResponse{CommonStatus::MessagePreviouslySent});
    f(Command::SmartReply, true, SmartReplyRequest{"m-2", {"1", "1:7", {}, {}}, {}, true, true, Opaque{"x"}, {}});
    f(Command::SmartReply, false, SmartReplyResponse{CommonStatus::ItemNotFound});
    f(Command::SmartForward, true,
      SmartForwardRequest{"m-3",
                          {{}, {}, "long", "2024-05-31T09:15:00.000Z"},
                          {},
                          true,
                          true,
                          Opaque{"x"},
                          {},
                          Body{.data = Content{"fyi"}},
                          {{{"ida@example.org", "Ida"}}}});
    f(Command::SmartForward, false, SmartForwardResponse{CommonStatus::InvalidMIME});
}

} // namespace godwit::eas::samples
