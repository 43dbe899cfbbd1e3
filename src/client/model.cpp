#include "client/model.hpp"
#include <algorithm>
#include <set>

namespace godwit::client {
namespace airsync = wbxml::airsync;
namespace hierarchy = wbxml::folderhierarchy;

namespace {

[[noreturn]] void breach(std::string const& what) { throw Breach(what); }

std::string short_id(Element const& element, Tag tag, std::string_view where) {
    auto text = element.value(tag);
    if (text.empty() || text.size() > 64)
        breach(std::string(where) + ": an id that is empty or longer than 64 characters");
    return std::string(text);
}

Properties properties_of(Element const& command) {
    auto const* data = command.child(airsync::ApplicationData);
    return data ? data->children : Properties{};
}

unsigned status_of(Element const& element, Tag tag) {
    auto status = element.number(tag);
    if (!status) breach("a Status that is not a number");
    return *status;
}

} // namespace

Properties const* Collection::item(std::string_view server_id) const {
    auto at = items.find(std::string(server_id));
    return at == items.end() ? nullptr : &at->second;
}

std::vector<std::string> Collection::find(Tag wanted, std::string_view text) const {
    std::vector<std::string> found;
    for (auto const& [server_id, properties] : items) {
        auto const* p = property(properties, wanted);
        if (p && p->text == text) found.push_back(server_id);
    }
    return found;
}

Element const* property(Properties const& properties, Tag name) {
    auto at = std::ranges::find(properties, name, &Element::tag);
    return at == properties.end() ? nullptr : &*at;
}

std::string_view text_of(Properties const& properties, Tag name) {
    auto const* p = property(properties, name);
    return p ? std::string_view(p->text) : std::string_view{};
}

void merge(Properties& held, Properties const& told) {
    for (auto const& element : told) {
        auto at = std::ranges::find(held, element.tag, &Element::tag);
        if (at == held.end())
            held.push_back(element);
        else
            *at = element;
    }
}

Collection& Model::at(std::string_view id) {
    auto found = collections.find(std::string(id));
    if (found == collections.end()) throw std::out_of_range("the phone knows no folder " + std::string(id));
    return found->second;
}

Collection* Model::of_type(unsigned type) {
    for (auto& [id, c] : collections)
        if (c.type == type) return &c;
    return nullptr;
}

Collection* Model::named(std::string_view name) {
    for (auto& [id, c] : collections)
        if (c.name == name) return &c;
    return nullptr;
}

void Model::reset(Collection& collection) {
    collection.key = "0";
    collection.more = false;
    collection.items.clear();
}

// ---- FolderSync ----------------------------------------------------------------------------------------------------
unsigned Model::take_folders(Element const& answer, std::string_view asked_key) {
    auto status = status_of(answer, hierarchy::Status);
    if (status != 1) return status;
    auto key = short_id(answer, hierarchy::SyncKey, "FolderSync SyncKey");
    auto const* changes = answer.child(hierarchy::Changes);
    if (!changes) breach("FolderSync: Status 1 without Changes");
    std::map<std::string, Collection> held;
    if (asked_key != "0") held = collections;
    for (auto const& change : changes->children) {
        if (change.tag == hierarchy::Count) continue;
        auto id = short_id(change, hierarchy::ServerId, "FolderSync ServerId");
        if (change.tag == hierarchy::Delete) {
            if (!held.erase(id)) breach("FolderSync deletes folder " + id + ", which the phone does not have");
            continue;
        }
        bool adds = change.tag == hierarchy::Add;
        if (adds == held.contains(id))
            breach("FolderSync " + std::string(adds ? "adds a known" : "updates an unknown") + " folder " + id);
        // A hierarchy that begins anew does not make the phone forget items of folders that keep their id (trap 6).
        auto old = collections.find(id);
        Collection folder = adds ? old == collections.end() ? Collection{} : old->second : held[id];
        folder.id = id;
        folder.parent = change.value(hierarchy::ParentId);
        folder.name = change.value(hierarchy::DisplayName);
        if (auto type = change.number(hierarchy::Type)) folder.type = *type;
        held[id] = std::move(folder);
    }
    auto told = std::ranges::count_if(changes->children, [](auto const& c) { return c.tag != hierarchy::Count; });
    if (changes->number(hierarchy::Count) != static_cast<unsigned>(told))
        breach("FolderSync: Count is not the number of changes");
    if (told && key == asked_key) breach("FolderSync: changes that do not move the key on");
    collections = std::move(held);
    folder_key = key;
    return 1;
}

unsigned Model::take_folder_edit(Element const& answer, std::string_view asked_key) {
    auto status = status_of(answer, hierarchy::Status);
    if (status != 1) return status;
    auto key = short_id(answer, hierarchy::SyncKey, "the SyncKey of a folder's edit");
    if (key == asked_key || key == "0") breach("a folder's edit that does not move the key on");
    folder_key = key;
    return 1;
}

// ---- Sync ----------------------------------------------------------------------------------------------------------
std::map<std::string, Outcome> Model::take_sync(Element const& answer, std::vector<Ask> const& asked, bool windowed) {
    std::map<std::string, Outcome> outcomes;
    auto const* list = answer.child(airsync::Collections);
    if (!list) return outcomes;
    if (list->children.empty()) breach("Sync: an empty Collections (it crashes iOS; clients.md 4.1)");
    for (auto const& collection : list->children) {
        auto id = short_id(collection, airsync::CollectionId, "Sync CollectionId");
        auto ask = std::ranges::find(asked, id, &Ask::collection);
        if (ask == asked.end()) breach("Sync answers for collection " + id + ", which was not asked for");
        if (outcomes.contains(id)) breach("Sync answers twice for collection " + id);
        outcomes[id] = take_collection(collection, *ask, windowed);
    }
    return outcomes;
}

Outcome Model::take_collection(Element const& answer, Ask const& ask, bool windowed) {
    Outcome outcome{.status = status_of(answer, airsync::Status)};
    auto& collection = collections[ask.collection];
    collection.id = ask.collection;
    if (outcome.status != 1) return outcome;
    auto key = short_id(answer, airsync::SyncKey, "Sync SyncKey");
    auto const& asked_key = ask.key.empty() ? collection.key : ask.key;
    auto const* commands = answer.child(airsync::Commands);
    auto const* more = answer.child(airsync::MoreAvailable);
    if (commands && commands->children.empty()) breach("Sync: an empty Commands");
    if (key == "0") breach("Sync: the answer's key is 0");
    if (asked_key == "0" && (commands || more)) breach("Sync: a primed collection brings items");
    auto count = commands ? commands->children.size() : 0;
    if (more && commands && more > commands) breach("Sync: MoreAvailable stands behind Commands");
    if (more && !windowed && !ask.window && count < 100) breach("Sync: MoreAvailable though no window was asked for");
    auto window = ask.window.value_or(512);
    if (count > (window == 0 || window > 512 ? 512 : window)) breach("Sync: more commands than the window holds");
    take_responses(answer, ask, outcome);
    // What was refused, or only fetched, has changed nothing.
    bool const edited = std::ranges::any_of(ask.edits, [&](Edit const& edit) {
        auto const status = outcome.edit_status.find(edit.id);
        return edit.kind != Edit::Fetch && (status == outcome.edit_status.end() || status->second == 1);
    });
    if ((commands || more || asked_key == "0" || edited) && key == asked_key)
        breach("Sync: changes that do not move the key " + key + " on");
    if (asked_key == "0") reset(collection);
    apply_edits(collection, ask, outcome);
    if (commands) take_commands(*commands, collection, outcome);
    for (auto const& edit : ask.edits) // what both sides deleted is gone, whoever was first
        if (edit.kind == Edit::Delete && edit.instance.empty()) collection.items.erase(edit.id);
    outcome.more = collection.more = more != nullptr;
    collection.key = key;
    return outcome;
}

void Model::take_commands(Element const& commands, Collection& c, Outcome& outcome) {
    for (auto const& command : commands.children) {
        auto id = short_id(command, airsync::ServerId, "Sync ServerId");
        bool held = c.items.contains(id);
        if (command.tag == airsync::Add) {
            if (held) breach("Sync adds item " + id + " twice");
            c.items[id] = properties_of(command);
            outcome.added.push_back(id), ++c.adds;
        } else if (!held) {
            breach("Sync: " + std::string(command.tag.name) + " of item " + id + ", which the phone does not hold");
        } else if (command.tag == airsync::Change) {
            merge(c.items[id], properties_of(command));
            outcome.changed.push_back(id), ++c.changes;
        } else {
            c.items.erase(id);
            bool soft = command.tag == airsync::SoftDelete;
            (soft ? outcome.soft_deleted : outcome.deleted).push_back(id);
            ++(soft ? c.soft_deletes : c.deletes);
        }
    }
}

void Model::take_responses(Element const& answer, Ask const& ask, Outcome& outcome) {
    auto const* responses = answer.child(airsync::Responses);
    if (!responses) return;
    if (responses->children.empty()) breach("Sync: an empty Responses (it crashes Windows Phone; clients.md 4.4)");
    for (auto const& response : responses->children) {
        bool adds = response.tag == airsync::Add;
        auto id = short_id(response, adds ? airsync::ClientId : airsync::ServerId, "Sync Responses");
        if (std::ranges::find(ask.edits, id, &Edit::id) == ask.edits.end())
            breach("Sync responds to " + id + ", which the phone did not send");
        auto status = status_of(response, airsync::Status);
        outcome.edit_status[id] = status;
        if (adds && status == 1) outcome.new_ids[id] = short_id(response, airsync::ServerId, "Sync Responses Add");
        if (status != 1) continue;
        auto& held = response.tag == airsync::Fetch ? outcome.fetched : outcome.answered;
        held[id] = properties_of(response);
    }
}

void Model::apply_edits(Collection& c, Ask const& ask, Outcome const& outcome) {
    for (auto const& edit : ask.edits) {
        if (!edit.instance.empty()) continue; // what becomes of the series it sees when it fetches it
        auto status = outcome.edit_status.find(edit.id);
        bool worked = status == outcome.edit_status.end() || status->second == 1;
        switch (edit.kind) {
        case Edit::Add:
            if (status == outcome.edit_status.end()) breach("Sync does not respond to the Add " + edit.id);
            if (worked) c.items[outcome.new_ids.at(edit.id)] = edit.data;
            break;
        case Edit::Change:
            if (worked && c.items.contains(edit.id)) merge(c.items[edit.id], edit.data);
            break;
        case Edit::Delete:
            if (worked) c.items.erase(edit.id);
            break;
        case Edit::Fetch:
            if (status == outcome.edit_status.end()) breach("Sync does not respond to the Fetch of " + edit.id);
            break;
        }
    }
}

} // namespace godwit::client
