// What one phone has been told: folders, and in each the items with every property that it was given. Taking in an
// answer checks the laws of synchronisation, and a law that does not hold is a Breach:
//   - an item is added once, and only what is held is changed or deleted (law 3: nothing twice, no echo);
//   - whatever changed moves the key on, and a key is never the request's own again (MS-ASCMD 2.2.3.181.4);
//   - a primed collection (key 0) brings no item; only what was asked for answers, each collection once;
//   - MoreAvailable stands before Commands, and only when a window bound the answer (traps 10, 11);
//   - ids fit 64 characters (trap 36).
// An answer that never arrived is simply not taken in: the model then still holds what the old key means.
#pragma once
#include "client/document.hpp"
#include "client/failure.hpp"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace godwit::client {

using Properties = std::vector<Element>; // the children of ApplicationData, one of each name

struct Collection {
    std::string id = {}, parent = {}, name = {};
    unsigned type = 0; // MS-ASCMD 2.2.3.186.3
    std::string key = "0";
    bool more = false;                                                  // the last answer said MoreAvailable
    std::map<std::string, Properties> items = {};                       // by ServerId
    std::uint64_t adds = 0, changes = 0, deletes = 0, soft_deletes = 0; // told by the server, ever

    Properties const* item(std::string_view server_id) const;
    // The ServerIds of the items whose element has this text.
    std::vector<std::string> find(Tag name, std::string_view text) const;
};
Element const* property(Properties const& properties, Tag name);
std::string_view text_of(Properties const& properties, Tag name);

// What the phone itself does in a Sync.
struct Edit {
    enum Kind : std::uint8_t { Add, Change, Delete, Fetch } kind = Change;
    std::string id = {}; // ServerId, of an Add its ClientId
    Properties data = {};
    bool send = false;         // email2:Send, from 16.0
    std::string instance = {}; // InstanceId: of a series this occurrence alone, from 16.0
};

// One collection of one Sync request. What is absent here is absent on the wire.
struct Ask {
    std::string collection = {};
    std::string key = {}; // empty: the model's own
    std::optional<bool> deletes_as_moves = {}, get_changes = {};
    std::optional<unsigned> window = {};
    std::optional<Properties> options = {}; // the children of Options; empty is not absent
    std::vector<Edit> edits = {};
};

// What became of one collection.
struct Outcome {
    unsigned status = 0; // 0: the answer did not name it, nothing is new
    bool more = false;
    std::vector<std::string> added = {}, changed = {}, deleted = {}, soft_deleted = {};
    std::map<std::string, unsigned> edit_status = {}; // by Edit::id; what is not named here worked
    std::map<std::string, std::string> new_ids = {};  // ClientId to ServerId
    std::map<std::string, Properties> fetched = {};   // by ServerId
    std::map<std::string, Properties> answered = {};  // what came back to an Add or Change, by Edit::id
    std::size_t told() const { return added.size() + changed.size() + deleted.size() + soft_deleted.size(); }
};

class Model {
public:
    std::string folder_key = "0";
    std::map<std::string, Collection> collections = {}; // by CollectionId

    Collection& at(std::string_view id);
    Collection* of_type(unsigned type); // the first: 2 Inbox, 3 Drafts, 4 Trash, 5 Sent, 6 Outbox
    Collection* named(std::string_view name);

    // The Status of a FolderSync answer, whose changes it takes in.
    unsigned take_folders(Element const& answer, std::string_view asked_key);
    // The Status of a FolderCreate, FolderUpdate or FolderDelete. It moves the key on, so that the phone is not told of
    // it again: what the edit does, the phone does itself.
    unsigned take_folder_edit(Element const& answer, std::string_view asked_key);
    // By CollectionId. `windowed`: the request had a WindowSize for all.
    std::map<std::string, Outcome> take_sync(Element const& answer, std::vector<Ask> const& asked, bool windowed);
    // What the server forgot (a bad key): the phone begins again with key 0 and holds nothing.
    static void reset(Collection& collection);

private:
    Outcome take_collection(Element const& answer, Ask const& ask, bool windowed);
    static void take_commands(Element const& commands, Collection& collection, Outcome& outcome);
    static void take_responses(Element const& answer, Ask const& ask, Outcome& outcome);
    static void apply_edits(Collection& collection, Ask const& ask, Outcome const& outcome);
};

// Change: each element that came replaces the one of its name (MS-ASCMD 2.2.3.24).
void merge(Properties& held, Properties const& told);

} // namespace godwit::client
