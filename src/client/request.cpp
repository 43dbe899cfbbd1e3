#include "client/request.hpp"

namespace godwit::client {
namespace airsync = wbxml::airsync;
namespace airsyncbase = wbxml::airsyncbase;
namespace composemail = wbxml::composemail;
namespace estimates = wbxml::getitemestimate;
namespace hierarchy = wbxml::folderhierarchy;
namespace moving = wbxml::move;
namespace operations = wbxml::itemoperations;
namespace pings = wbxml::ping;
namespace policies = wbxml::provision;
namespace settings_page = wbxml::settings;
using wbxml::Writer;

namespace {

void device_information(Writer& w, Settings const& settings) {
    w.open(settings_page::DeviceInformation);
    w.open(settings_page::Set);
    leaf(w, settings_page::Model, settings.device_type);
    leaf(w, settings_page::FriendlyName, "Godwit's own client");
    leaf(w, settings_page::OS, "Godwit 1");
    leaf(w, settings_page::UserAgent, settings.user_agent);
    w.close();
    w.close();
}

void edit(Writer& w, Edit const& e) {
    static constexpr std::array tags{airsync::Add, airsync::Change, airsync::Delete, airsync::Fetch};
    w.open(tags[e.kind]);
    leaf(w, e.kind == Edit::Add ? airsync::ClientId : airsync::ServerId, e.id);
    if (!e.instance.empty()) leaf(w, wbxml::airsyncbase::InstanceId, e.instance);
    if (e.kind == Edit::Add || (e.kind == Edit::Change && !(e.send && e.data.empty()))) {
        w.open(airsync::ApplicationData);
        for (auto const& property : e.data) copy(w, property);
        w.close();
    }
    if (e.send) w.empty(wbxml::email2::Send);
    w.close();
}

// The children stand in strict order (trap 13).
void collection(Writer& w, Ask const& ask, Model const& model) {
    w.open(airsync::Collection);
    auto known = model.collections.find(ask.collection);
    auto key = !ask.key.empty() ? ask.key : known == model.collections.end() ? "0" : known->second.key;
    leaf(w, airsync::SyncKey, key);
    leaf(w, airsync::CollectionId, ask.collection);
    if (ask.deletes_as_moves) leaf(w, airsync::DeletesAsMoves, *ask.deletes_as_moves ? 1u : 0u);
    if (ask.get_changes) leaf(w, airsync::GetChanges, *ask.get_changes ? 1u : 0u);
    if (ask.window) leaf(w, airsync::WindowSize, *ask.window);
    if (ask.options) {
        w.open(airsync::Options);
        for (auto const& option : *ask.options) copy(w, option);
        w.close();
    }
    if (!ask.edits.empty()) {
        w.open(airsync::Commands);
        for (auto const& e : ask.edits) edit(w, e);
        w.close();
    }
    w.close();
}

} // namespace

std::string provision_request(Settings const& settings) {
    Writer w;
    w.open(policies::Provision);
    // Required from 14.1, not allowed before (MS-ASPROV 2.2.2.53).
    if (settings.version >= eas::v14_1) device_information(w, settings);
    w.open(policies::Policies);
    w.open(policies::Policy);
    leaf(w, policies::PolicyType, "MS-EAS-Provisioning-WBXML");
    for (int i = 0; i < 3; ++i) w.close();
    return std::move(w).finish();
}

std::string provision_acknowledgement(std::string_view policy_key) {
    Writer w;
    w.open(policies::Provision);
    w.open(policies::Policies);
    w.open(policies::Policy);
    leaf(w, policies::PolicyType, "MS-EAS-Provisioning-WBXML");
    leaf(w, policies::PolicyKey, policy_key);
    leaf(w, policies::Status, 1);
    for (int i = 0; i < 3; ++i) w.close();
    return std::move(w).finish();
}

std::string folder_sync_request(std::string_view key) {
    Writer w;
    w.open(hierarchy::FolderSync);
    leaf(w, hierarchy::SyncKey, key);
    w.close();
    return std::move(w).finish();
}

std::string sync_request(SyncAsk const& ask, Model const& model) {
    if (ask.repeat) return {};
    Writer w;
    w.open(airsync::Sync);
    if (!ask.collections.empty()) {
        w.open(airsync::Collections);
        for (auto const& c : ask.collections) collection(w, c, model);
        w.close();
    }
    if (ask.wait) leaf(w, airsync::Wait, *ask.wait);
    if (ask.heartbeat) leaf(w, airsync::HeartbeatInterval, *ask.heartbeat);
    if (ask.window) leaf(w, airsync::WindowSize, *ask.window);
    if (ask.partial) w.empty(airsync::Partial);
    w.close();
    return std::move(w).finish();
}

std::string ping_request(PingAsk const& ask) {
    if (!ask.heartbeat && ask.folders.empty()) return {};
    Writer w;
    w.open(pings::Ping);
    if (ask.heartbeat) leaf(w, pings::HeartbeatInterval, *ask.heartbeat);
    if (!ask.folders.empty()) {
        w.open(pings::Folders);
        for (auto const& [id, item_class] : ask.folders) {
            w.open(pings::Folder);
            leaf(w, pings::Id, id);
            leaf(w, pings::Class, item_class);
            w.close();
        }
        w.close();
    }
    w.close();
    return std::move(w).finish();
}

std::string estimate_request(eas::Version version, std::string_view collection, std::string_view key, unsigned filter) {
    Writer w;
    w.open(estimates::GetItemEstimate);
    w.open(estimates::Collections);
    w.open(estimates::Collection);
    if (version < eas::v14_0) { // Class and FilterType stand in the Collection (trap 5)
        leaf(w, estimates::Class, "Email");
        leaf(w, estimates::CollectionId, collection);
        leaf(w, airsync::FilterType, filter);
        leaf(w, airsync::SyncKey, key);
    } else {
        leaf(w, airsync::SyncKey, key);
        leaf(w, estimates::CollectionId, collection);
        w.open(airsync::Options);
        leaf(w, airsync::FilterType, filter);
        leaf(w, airsync::Class, "Email");
        w.close();
    }
    for (int i = 0; i < 3; ++i) w.close();
    return std::move(w).finish();
}

std::string fetch_request(FetchAsk const& ask) {
    Writer w;
    w.open(operations::ItemOperations);
    w.open(operations::Fetch);
    leaf(w, operations::Store, "Mailbox");
    if (!ask.server_id.empty()) {
        leaf(w, airsync::ServerId, ask.server_id);
        leaf(w, airsync::CollectionId, ask.collection);
    }
    if (!ask.long_id.empty()) leaf(w, wbxml::search::LongId, ask.long_id);
    if (!ask.file_reference.empty()) leaf(w, airsyncbase::FileReference, ask.file_reference);
    bool body = ask.file_reference.empty();
    if (body || !ask.range.empty()) {
        w.open(operations::Options);
        if (!ask.range.empty()) leaf(w, operations::Range, ask.range);
        if (body && ask.body_type == 4) leaf(w, airsync::MIMESupport, 2);
        if (body) {
            w.open(airsyncbase::BodyPreference);
            leaf(w, airsyncbase::Type, ask.body_type);
            if (ask.truncation) leaf(w, airsyncbase::TruncationSize, *ask.truncation);
            w.close();
        }
        w.close();
    }
    w.close();
    w.close();
    return std::move(w).finish();
}

std::string send_mail_request(std::string_view mime, std::string_view client_id, bool save) {
    Writer w;
    w.open(composemail::SendMail);
    leaf(w, composemail::ClientId, client_id);
    if (save) w.empty(composemail::SaveInSentItems);
    w.open(composemail::Mime);
    w.opaque(mime);
    w.close();
    w.close();
    return std::move(w).finish();
}

std::string answer_request(AnswerAsk const& ask) {
    Writer w;
    w.open(ask.forward ? composemail::SmartForward : composemail::SmartReply);
    leaf(w, composemail::ClientId, ask.client_id);
    w.open(composemail::Source);
    auto name = [&](Tag tag, std::string const& id) {
        if (!id.empty()) leaf(w, tag, id);
    };
    name(composemail::FolderId, ask.original.collection_id);
    name(composemail::ItemId, ask.original.item_id);
    name(composemail::LongId, ask.original.long_id);
    name(composemail::InstanceId, ask.original.occurrence);
    w.close();
    if (ask.save) w.empty(composemail::SaveInSentItems);
    if (ask.replace_mime) w.empty(composemail::ReplaceMime);
    w.open(composemail::Mime);
    w.opaque(ask.mime);
    w.close();
    w.close();
    return std::move(w).finish();
}

std::string move_request(std::vector<MoveAsk> const& moves) {
    Writer w;
    w.open(moving::MoveItems);
    for (auto const& move : moves) {
        w.open(moving::Move);
        leaf(w, moving::SrcMsgId, move.item);
        leaf(w, moving::SrcFldId, move.from);
        leaf(w, moving::DstFldId, move.to);
        w.close();
    }
    w.close();
    return std::move(w).finish();
}

std::string folder_create_request(std::string_view key, FolderAsk const& ask) {
    Writer w;
    w.open(hierarchy::FolderCreate);
    leaf(w, hierarchy::SyncKey, key);
    leaf(w, hierarchy::ParentId, ask.parent);
    leaf(w, hierarchy::DisplayName, ask.name);
    leaf(w, hierarchy::Type, ask.type);
    w.close();
    return std::move(w).finish();
}

std::string folder_update_request(std::string_view key, FolderAsk const& ask) {
    Writer w;
    w.open(hierarchy::FolderUpdate);
    leaf(w, hierarchy::SyncKey, key);
    leaf(w, hierarchy::ServerId, ask.id);
    leaf(w, hierarchy::ParentId, ask.parent);
    leaf(w, hierarchy::DisplayName, ask.name);
    w.close();
    return std::move(w).finish();
}

std::string folder_delete_request(std::string_view key, std::string_view folder) {
    Writer w;
    w.open(hierarchy::FolderDelete);
    leaf(w, hierarchy::SyncKey, key);
    leaf(w, hierarchy::ServerId, folder);
    w.close();
    return std::move(w).finish();
}

std::string empty_folder_request(std::string_view folder, bool sub_folders) {
    Writer w;
    w.open(operations::ItemOperations);
    w.open(operations::EmptyFolderContents);
    leaf(w, airsync::CollectionId, folder);
    if (sub_folders) {
        w.open(operations::Options);
        w.empty(operations::DeleteSubFolders);
        w.close();
    }
    w.close();
    w.close();
    return std::move(w).finish();
}

std::string device_request(Settings const& settings) {
    Writer w;
    w.open(settings_page::Settings);
    device_information(w, settings);
    w.close();
    return std::move(w).finish();
}

std::string user_request() {
    Writer w;
    w.open(settings_page::Settings);
    w.open(settings_page::UserInformation);
    w.empty(settings_page::Get);
    w.close();
    w.close();
    return std::move(w).finish();
}

std::string autodiscover_request(std::string_view address) {
    std::string safe;
    for (char c : address) {
        if (c == '<')
            safe += "&lt;";
        else if (c == '&')
            safe += "&amp;";
        else
            safe += c;
    }
    static constexpr std::string_view schema = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/";
    return R"(<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns=")" + std::string(schema) +
           R"(requestschema/2006"><Request><EMailAddress>)" + safe + "</EMailAddress><AcceptableResponseSchema>" +
           std::string(schema) + "responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>";
}

namespace {

// MS-ASHTTP 2.2.1.1.1.1.3 and 2.2.1.1.1.2.4: the name in the plain query, the tag in the base64 one.
struct Parameter {
    std::string_view name;
    unsigned tag;
    std::string Parameters::* value;
};
constexpr std::array named_parameters{
    Parameter{"AttachmentName", 0, &Parameters::attachment_name},
    Parameter{"CollectionId", 1, &Parameters::collection_id}, Parameter{"ItemId", 3, &Parameters::item_id},
    Parameter{"LongId", 4, &Parameters::long_id}, Parameter{"Occurrence", 6, &Parameters::occurrence}};

} // namespace

std::string plain_query(Settings const& settings, eas::Command command, Parameters const& parameters) {
    std::string q = "Cmd=" + std::string(name(command)) + "&User=" + percent_encoded(settings.login) +
                    "&DeviceId=" + percent_encoded(settings.device_id) +
                    "&DeviceType=" + percent_encoded(settings.device_type);
    for (auto const& [parameter, tag, value] : named_parameters)
        if (!(parameters.*value).empty()) q.append("&").append(parameter) += '=' + percent_encoded(parameters.*value);
    if (parameters.save_in_sent) q += "&SaveInSent=T";
    return q;
}

std::string binary_query(Settings const& settings, eas::Command command, std::string_view policy_key,
                         Parameters const& parameters, bool multipart) {
    std::string out;
    auto byte = [&](unsigned n) { out += static_cast<char>(n); };
    auto counted = [&](std::string_view text) {
        byte(static_cast<unsigned>(text.size()));
        out += text;
    };
    byte(static_cast<unsigned>(settings.version));
    byte(static_cast<unsigned>(command));
    byte(0x09), byte(0x04); // en-US, low byte first
    counted(settings.device_id);
    if (auto key = Element::to_number(policy_key)) {
        byte(4);
        for (int shift = 0; shift < 32; shift += 8) byte(*key >> shift & 0xFF);
    } else {
        byte(0);
    }
    counted(settings.device_type);
    byte(8), counted(settings.login);
    for (auto const& [parameter, tag, value] : named_parameters)
        if (!(parameters.*value).empty()) byte(tag), counted(parameters.*value);
    if (parameters.save_in_sent || multipart)
        byte(7), byte(1), byte((parameters.save_in_sent ? 1u : 0u) | (multipart ? 2u : 0u));
    return out;
}

} // namespace godwit::client
