// What the phone did, in the engine's words. An email may have its marks changed; it is not added here
// (MS-ASCMD_R755), but for drafts from 16.0 on, which will take the place of the refusals below.
#include "command/email_view.hpp"
#include "command/ids.hpp"
#include "command/sync_exchange.hpp"
#include "eas/email.hpp"

namespace godwit::command {
namespace {

using sync::Status;

struct Translate {
    ClientCommands& out;
    index::Folder const& folder;
    eas::Version version;

    void refuse(Status status) const { out.refused.emplace_back(status); }
    void pass(sync::Command command) const {
        out.commands.push_back(std::move(command));
        out.refused.emplace_back();
    }
    std::optional<index::ItemId> item(std::string_view server_id) const {
        auto id = parse_server_id(server_id);
        return id && id->folder == folder.id ? std::optional(id->item) : std::nullopt;
    }

    void operator()(eas::ClientAdd const& add) const {
        (void)add;
        refuse(folder.type == index::FolderType::RecipientCache ? Status::ProtocolError
                                                                : Status::ConversionError); // R756
    }
    void operator()(eas::ClientChange const& change) const {
        auto id = item(change.server_id);
        if (!id) return refuse(Status::ObjectNotFound);
        // An instance is a calendar's; to send a draft is not yet offered.
        if (change.instance_id || change.send || !change.application_data) return refuse(Status::ConversionError);
        auto wanted = eas::decode<eas::Email>(*change.application_data, version);
        if (!wanted) return refuse(Status::ConversionError);
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
        if (remove.instance_id) return refuse(Status::ConversionError);
        pass(sync::DeleteCommand{*id});
    }
    void operator()(eas::ClientFetch const& fetch) const {
        auto id = item(fetch.server_id);
        if (!id) return refuse(Status::ObjectNotFound);
        pass(sync::FetchCommand{*id});
    }
};

} // namespace

ClientCommands to_engine(std::vector<eas::ClientCommand> const& commands, index::Folder const& folder,
                         eas::Version version) {
    ClientCommands out;
    for (auto const& command : commands) std::visit(Translate{out, folder, version}, command);
    return out;
}

} // namespace godwit::command
