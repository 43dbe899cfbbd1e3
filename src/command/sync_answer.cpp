// What the engine says, in the phone's words. Items are converted here, inside the transaction and on its thread; one
// that cannot be converted is left out, noted and counted, and the rest goes on (law 4).
#include "command/email_view.hpp"
#include "command/ids.hpp"
#include "command/sync_exchange.hpp"
#include "command/sync_options.hpp"
#include "eas/email.hpp"
#include "source/local.hpp"

namespace godwit::command {
namespace {

using eas::SyncStatus;

SyncStatus wire(sync::Status status) { return SyncStatus(std::to_underlying(status)); }

void isolate(Told const& to, index::Item const& item, std::string reason) {
    to.tx.isolate({.item = item.id, .folder = item.folder, .reason = std::move(reason), .when = to.context.now});
    ++to.context.isolated;
}

// None: the store does not give it, which is isolated.
std::optional<std::string> content(Told const& to, index::Item const& item) {
    try {
        return source::fetch(to.tx, item);
    } catch (index::StoreBroken const& broken) {
        isolate(to, item, broken.what());
        return std::nullopt;
    }
}

// The whole item; what there is no way to show goes out as a stand-in.
eas::Fragment whole(Told const& to, index::Item const& item, Voice const& voice) {
    auto version = to.context.version;
    auto const bytes = content(to, item);
    std::string isolated;
    if (auto const* kind = kind_of(item.item_class)) {
        if (!bytes) return kind->lost(version);
        auto fragment = kind->show(item.id, *bytes, voice, isolated);
        if (!isolated.empty()) isolate(to, item, std::move(isolated));
        return fragment;
    }
    auto state = email_state(item, to.folder.type == index::FolderType::Drafts, to.context.holder.addresses);
    if (!bytes) return eas::encode_fragment(convert::lost_content(state, version), version);
    auto email = whole_email(*bytes, state, voice.body, version, isolated);
    if (!email) isolated = email.error();
    if (!isolated.empty()) isolate(to, item, isolated); // what is shown is a stand-in already, or is made here
    return eas::encode_fragment(email ? *email : convert::stand_in(state, "Its content cannot be read.", version),
                                version);
}

eas::Fragment properties(Told const& to, sync::ServerChange const& change, Voice const& voice) {
    bool marks = change.item->item_class == index::ItemClass::Email &&
                 change.kind == sync::ServerChange::Kind::Change && !change.content;
    if (!marks) return whole(to, *change.item, voice);
    auto state = email_state(*change.item, to.folder.type == index::FolderType::Drafts);
    return eas::encode_fragment(
        convert::marks_only(state, to.context.version, {change.marks.read, change.marks.flag, change.marks.categories}),
        to.context.version);
}

void tell_change(Told const& to, sync::ServerChange const& change, Voice const& voice,
                 eas::SyncCollectionResponse& out) {
    using Kind = sync::ServerChange::Kind;
    auto id = format(ServerId{to.folder.id, change.id});
    if (change.kind == Kind::Delete) return void(out.commands.emplace_back(eas::ServerDelete{id}));
    if (change.kind == Kind::SoftDelete) return void(out.commands.emplace_back(eas::ServerSoftDelete{id}));
    auto data = properties(to, change, voice);
    // The Class is the folder's own, so it is not said (MS-ASCMD_R942).
    if (change.kind == Kind::Add)
        out.commands.emplace_back(eas::ServerAdd{id, std::move(data)});
    else
        out.commands.emplace_back(eas::ServerChange{id, std::move(data)});
}

// A Fetch wants what truncation had cut off (MS-ASCMD_R2955, R2956).
Voice untruncated(Voice voice) {
    for (auto& preference : voice.body.preferences) preference.truncation_size.reset();
    voice.body.mime_truncation.reset();
    return voice;
}

struct Tell {
    Told const& to;
    sync::CommandResult const& result;
    Voice const& voice;
    std::vector<convert::Uploaded> const* draft; // what it brought, if it spoke of a draft
    std::vector<eas::CommandResponse>& out;

    void operator()(eas::ClientAdd const& add) const { // always answered (R759)
        eas::AddResponse response{.client_id = add.client_id, .status = wire(result.status)};
        bool made = result.status == sync::Status::Success && result.item != index::ItemId{}; // not what was sent
        if (made) response.server_id = format(ServerId{to.folder.id, result.item});
        if (made && draft) response.application_data = drafted(true);
        if (made && !draft) response.application_data = answered(add.application_data, true);
        out.emplace_back(std::move(response));
    }
    void operator()(eas::ClientChange const& change) const { // only what failed, or brought attachments (R759)
        bool done = result.status == sync::Status::Success;
        eas::ChangeResponse response{
            .server_id = change.server_id, .instance_id = change.instance_id, .status = wire(result.status)};
        if (done && draft && !draft->empty() && !change.send) response.application_data = drafted(false);
        if (done && !draft && change.application_data)
            response.application_data = answered(*change.application_data, false);
        if (!done || response.application_data) out.emplace_back(std::move(response));
    }
    void operator()(eas::ClientDelete const& remove) const { // only what failed
        if (result.status == sync::Status::Success) return;
        out.emplace_back(eas::DeleteResponse{
            .server_id = remove.server_id, .instance_id = remove.instance_id, .status = wire(result.status)});
    }
    void operator()(eas::ClientFetch const& fetch) const {
        eas::FetchResponse response{.server_id = fetch.server_id, .status = wire(result.status)};
        if (result.fetched) read(*result.fetched, response);
        out.emplace_back(std::move(response));
    }

private:
    // MS-ASAIRS_R1336: where its attachments lie; MS-ASEMAIL_R1184, R1190: of a new one its conversation.
    std::optional<eas::Fragment> drafted(bool is_new) const {
        auto item = to.tx.item(result.item);
        if (!item) return std::nullopt; // a repetition, and gone since
        auto email = convert::draft_answer(email_state(*item, true), *draft, is_new);
        return eas::encode_fragment(email, to.context.version);
    }
    std::optional<eas::Fragment> answered(eas::Fragment const& said, bool is_new) const {
        auto item = to.tx.item(result.item);
        auto const* kind = item ? kind_of(item->item_class) : nullptr;
        if (!kind || !kind->answer) return std::nullopt;
        try {
            return kind->answer(item->id, source::fetch(to.tx, *item), said, is_new, voice);
        } catch (index::StoreBroken const&) { // that item's affair (law 4)
            return std::nullopt;
        }
    }
    void read(index::Item const& item, eas::FetchResponse& response) const {
        auto& context = to.context;
        response.status = SyncStatus::ServerError; // the answer is full: asked for alone, it comes
        if (context.fetches.spent()) return;
        auto data = whole(to, item, untruncated(voice));
        if (!context.fetches.take(data.bytes.size())) return;
        context.fetched += data.bytes.size();
        response.status = SyncStatus::Success;
        response.application_data = std::move(data);
    }
};

} // namespace

void tell_results(Told const& to, std::vector<eas::ClientCommand> const& commands, ClientCommands const& given,
                  std::vector<sync::CommandResult> const& results, eas::SyncCollectionResponse& out) {
    auto const voice = voice_of(to.context, to.options);
    auto next = results.begin();
    for (std::size_t i = 0; i < commands.size(); ++i) {
        sync::CommandResult own{.status = given.refused[i].value_or(sync::Status::ServerError)};
        bool engines = !given.refused[i] && next != results.end();
        auto const& result = engines ? *next++ : own;
        if (result.status != sync::Status::Success) ++to.context.failed[std::to_underlying(wire(result.status))];
        auto draft = given.drafts.find(i);
        auto const* brought = draft == given.drafts.end() ? nullptr : &draft->second;
        std::visit(Tell{to, result, voice, brought, out.responses}, commands[i]);
    }
}

void tell_changes(Told const& to, std::vector<sync::ServerChange> const& changes, eas::SyncCollectionResponse& out) {
    auto const voice = voice_of(to.context, to.options);
    for (auto const& change : changes) tell_change(to, change, voice, out);
}

std::string_view class_of(index::FolderType type) {
    using enum index::FolderType;
    switch (type) {
    case Calendar:
    case UserCalendar: return "Calendar";
    case Contacts:
    case UserContacts:
    case RecipientCache: return "Contacts";
    case Tasks:
    case UserTasks: return "Tasks";
    case Notes:
    case UserNotes: return "Notes";
    default: return "Email";
    }
}

} // namespace godwit::command
