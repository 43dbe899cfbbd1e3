#include "handset.hpp"

namespace godwit::sim {
namespace {

bool is_mine(Held const& held) { return (held.calendar().meeting_status.value_or(0) & 3) == 1; }

} // namespace

eas::SyncRequest Handset::request(std::string const& folder) const {
    eas::SyncCollectionRequest collection{.sync_key = key, .collection_id = folder, .window_size = window};
    if (version < eas::v14_0) collection.item_class = "Calendar";
    if (key != "0" && !pending.empty()) collection.commands = pending;
    return {.collections = std::vector{std::move(collection)}};
}

void Handset::refused(std::string const& server_id) {
    if (auto const held = view.find(server_id); held != view.end()) held->second.stale = true;
}

void Handset::take(eas::CommandResponse const& response) {
    if (auto const* added = std::get_if<eas::AddResponse>(&response)) {
        auto mine = view.extract(added->client_id);
        if (mine.empty()) return; // heard before
        if (added->status != eas::SyncStatus::Success) throw Broken("a meeting is refused: " + id);
        auto const marked = unmailed.extract(added->client_id);
        if (!marked.empty()) unmailed.insert(*added->server_id);
        mine.key() = *added->server_id;
        if (!view.insert(std::move(mine)).inserted) throw Broken("a meeting is there twice: " + id);
    }
    if (auto const* changed = std::get_if<eas::ChangeResponse>(&response))
        if (changed->status != eas::SyncStatus::Success) refused(changed->server_id);
    if (auto const* deleted = std::get_if<eas::DeleteResponse>(&response))
        if (deleted->status != eas::SyncStatus::Success) refused(deleted->server_id);
}

void Handset::hold(std::string const& server_id, eas::Fragment const& said, bool known) {
    auto event = thing_of(index::ItemClass::Calendar, said, version);
    if (!event) throw Broken("what is told of an event cannot be read: " + id);
    if (view.contains(server_id) != known && !repeated)
        throw Broken(id + (known ? " is told to change what it has not" : " is told to add what it has"));
    view[server_id] = {.event = std::move(*event)};
}

void Handset::take(eas::ServerCommand const& command) {
    if (auto const* add = std::get_if<eas::ServerAdd>(&command)) hold(add->server_id, add->application_data, false);
    if (auto const* change = std::get_if<eas::ServerChange>(&command))
        hold(change->server_id, change->application_data, true);
    if (auto const* gone = std::get_if<eas::ServerDelete>(&command)) view.erase(gone->server_id);
    if (auto const* gone = std::get_if<eas::ServerSoftDelete>(&command)) view.erase(gone->server_id);
}

void Handset::receive(eas::SyncResponse const& response) {
    if (!response.collections.empty()) {
        auto const& said = response.collections.front();
        if (said.status != eas::SyncStatus::Success)
            throw Broken(id + " is refused its calendar: " + std::to_string(std::to_underlying(said.status)));
        for (auto const& one : said.responses) take(one);
        for (auto const& one : said.commands) take(one);
        key = said.sync_key;
    }
    pending.clear();
    repeated = false;
    std::erase_if(unmailed, [&](std::string const& server_id) {
        auto const held = view.find(server_id);
        return held != view.end() && !is_mine(held->second);
    });
}

} // namespace godwit::sim
