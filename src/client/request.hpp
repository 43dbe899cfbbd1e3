// What a phone writes: the WBXML bodies of its requests and the two forms of the request line (MS-ASHTTP 2.2.1.1.1).
#pragma once
#include "client/phone.hpp"

namespace godwit::client {

std::string provision_request(Settings const& settings);
std::string provision_acknowledgement(std::string_view policy_key);
std::string folder_sync_request(std::string_view key);
std::string sync_request(SyncAsk const& ask, Model const& model);
std::string ping_request(PingAsk const& ask);
std::string estimate_request(eas::Version version, std::string_view collection, std::string_view key, unsigned filter);
std::string fetch_request(FetchAsk const& ask);
std::string send_mail_request(std::string_view mime, std::string_view client_id, bool save);
std::string answer_request(AnswerAsk const& ask);
std::string move_request(std::vector<MoveAsk> const& moves);
std::string folder_create_request(std::string_view key, FolderAsk const& ask);
std::string folder_update_request(std::string_view key, FolderAsk const& ask);
std::string folder_delete_request(std::string_view key, std::string_view folder);
std::string empty_folder_request(std::string_view folder, bool sub_folders);
std::string device_request(Settings const& settings);
std::string user_request();
std::string autodiscover_request(std::string_view address);

// `multipart`: said by a header beside the plain query, by an option's bit in the base64 one.
std::string plain_query(Settings const& settings, eas::Command command, Parameters const& parameters);
// The bytes of the base64 query, before base64.
std::string binary_query(Settings const& settings, eas::Command command, std::string_view policy_key,
                         Parameters const& parameters, bool multipart = false);

} // namespace godwit::client
