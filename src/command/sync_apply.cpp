// What the phone did, in the engine's words. An email may have its marks changed; it is not added here
// (MS-ASCMD_R755), but for drafts from 16.0 on (drafts.cpp).
#include "command/drafts.hpp"
#include "command/email_view.hpp"
#include "command/ids.hpp"
#include "command/sync_exchange.hpp"
#include "command/sync_items.hpp"
#include "command/sync_options.hpp"
#include "eas/email.hpp"

namespace godwit::command {
namespace {

using sync::Status;

struct Translate {
    ClientCommands& out;
    index::Folder const& folder;
    SyncContext& context;
    ItemKind const* kind; // of the folder; null: mail
    std::shared_ptr<Voice const> voice;

    void refuse(Status status) const { out.refused.emplace_back(status); }
    void pass(sync::Command command) const {
        out.commands.push_back(std::move(command));
        out.refused.emplace_back();
    }
    std::optional<index::ItemId> item(std::string_view server_id) const {
        auto id = parse_server_id(server_id);
        return id && id->folder == folder.id ? std::optional(id->item) : std::nullopt;
    }
    bool holds_drafts() const { return folder.type == index::FolderType::Drafts && context.version >= eas::v16_0; }
    // What is said of a draft, noted as such; nullopt: not to be understood.
    std::optional<DraftSaid> draft(std::optional<eas::Fragment> const& data, bool send) const {
        DraftSaid said{.email = nullptr, .fingerprint = sync::fingerprint(data ? data->bytes : ""), .send = send};
        if (send) said.fingerprint = ~said.fingerprint; // saved and sent are two things
        auto& brought = out.drafts[out.refused.size()];
        if (!data) return said;
        auto email = eas::decode<eas::Email>(*data, context.version);
        if (!email) return std::nullopt;
        brought = convert::uploaded(*email);
        said.email = std::make_shared<eas::Email const>(std::move(*email));
        return said;
    }

    // MS-ASCMD_R6238, R6420: of a series one occurrence.
    void occurrence(index::ItemId id, std::string const& instance, std::optional<eas::Fragment> const& said,
                    bool remove = false) const {
        auto at = eas::parse_time(instance);
        if (!kind || !kind->merge_one || !at || (!remove && !said)) return refuse(Status::ConversionError);
        pass(change_occurrence(context, *kind, id, *at, said, voice));
    }

    void operator()(eas::ClientAdd const& add) const {
        if (folder.type == index::FolderType::RecipientCache) return refuse(Status::ProtocolError); // R756
        if (kind && add.item_class.value_or(std::string(kind->name)) == kind->name)
            return pass(add_item(context, *kind, folder, add, voice));
        bool email = add.item_class.value_or("Email") == "Email";
        if (!holds_drafts() || !email) return refuse(Status::ConversionError);
        auto said = draft(add.application_data, add.send.value);
        if (!said) return refuse(Status::ConversionError);
        pass(add_draft(context, add.client_id, std::move(*said)));
    }
    void operator()(eas::ClientChange const& change) const {
        auto id = item(change.server_id);
        if (!id) return refuse(Status::ObjectNotFound);
        if (change.instance_id) return occurrence(*id, *change.instance_id, change.application_data);
        if (kind) {
            if (change.send || !change.application_data) return refuse(Status::ConversionError);
            return pass(change_item(context, *kind, *id, *change.application_data, voice));
        }
        if (class_of(folder.type) != "Email") return refuse(Status::ConversionError); // not offered yet
        if (holds_drafts()) {
            auto said = draft(change.application_data, change.send.value);
            if (!said || (!said->email && !said->send)) return refuse(Status::ConversionError);
            return pass(change_draft(context, *id, std::move(*said)));
        }
        if (change.send || !change.application_data) return refuse(Status::ConversionError);
        auto wanted = eas::decode<eas::Email>(*change.application_data, context.version);
        if (!wanted) return refuse(Status::ConversionError);
        // Of a draft the rest is no echo of what was told, but a wish that is not granted below 16.0.
        if (folder.type == index::FolderType::Drafts && !convert::only_marks(*wanted))
            return refuse(Status::ConversionError);
        auto edit = [wanted = std::move(*wanted)](index::Transaction&,
                                                  index::Item const& held) -> std::expected<sync::Edit, Status> {
            auto marks = changed_marks(held.marks, wanted);
            if (!marks) return std::unexpected(Status::ConversionError);
            return sync::Edit{.marks = std::move(*marks)};
        };
        pass(sync::ChangeCommand{*id, sync::fingerprint(change.application_data->bytes), std::move(edit)});
    }
    void operator()(eas::ClientDelete const& remove) const {
        auto id = item(remove.server_id);
        if (!id) return refuse(Status::ObjectNotFound);
        if (remove.instance_id) return occurrence(*id, *remove.instance_id, std::nullopt, true);
        if (kind) return pass(delete_item(context, *kind, *id, voice));
        pass(sync::DeleteCommand{*id});
    }
    void operator()(eas::ClientFetch const& fetch) const {
        auto id = item(fetch.server_id);
        if (!id) return refuse(Status::ObjectNotFound);
        pass(sync::FetchCommand{*id});
    }
};

} // namespace

Voice voice_of(SyncContext const& context, sync::Options const& options) {
    auto sticky = from_engine(options);
    return {.version = context.version,
            .supported = std::move(sticky.supported),
            .body = body_options(sticky.block),
            .device_type = context.device_type,
            .user_agent = context.user_agent,
            .now = context.now,
            .holder = context.holder};
}

ClientCommands to_engine(std::vector<eas::ClientCommand> const& commands, index::Folder const& folder,
                         sync::Options const& options, SyncContext& context) {
    ClientCommands out;
    Translate translate{
        .out = out, .folder = folder, .context = context, .kind = kind_of(folder.type), .voice = nullptr};
    if (translate.kind && !commands.empty())
        translate.voice = std::make_shared<Voice const>(voice_of(context, options));
    for (auto const& command : commands) std::visit(translate, command);
    return out;
}

} // namespace godwit::command
