// A model phone: it keeps what it is told and believes its keys, as the protocol wants, and complains about whatever a real one
// would be confused by: an Add of what it has, a Change of what it has not, a change told twice, its own change told back.
#pragma once
#include "sync/contents.hpp"
#include "sync/engine.hpp"
#include "sync/hierarchy.hpp"
#include "thing.hpp"
#include "words.hpp"
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

namespace godwit::sim {
using index::CollectionId;
using index::ItemId;
using index::Modseq;

struct Broken : std::logic_error { // a law is
    using logic_error::logic_error;
};

struct Copy { // of an item, as the phone has it
    index::Marks marks = {};
    std::string content = {};
    Modseq modseq = {};              // that it was told with, or that its own change made; None if unknown
    std::optional<Words> words = {}; // of a draft: as the user sees it, his own changes included
    bool mine = false;               // a draft that this phone has added: to be added again after a reset
    bool sending = false;            // a draft that is on its way out
    std::optional<Thing> thing = {}; // of another class than mail: as the user sees it
    bool partial = false;            // nobody has told the phone of what it did not say itself when it added the thing
    bool stale = false;              // what it said was refused, or has turned all upside down: it looks anew
};

struct Pending { // said by the user, not yet acknowledged
    enum class Kind { Add, Mark, Delete, Draft, Edit, Make, Change } kind = Kind::Add;
    std::string client_id = {}; // Add, Draft, Make
    std::string content = {};   // Add
    std::string hash = {};      // Add: of its content, once it has been said
    ItemId item = {};           // Mark, Delete, Edit, Change; of Make after a reset what it was
    bool read = false;          // Mark
    std::uint8_t flag = 0;
    Words words = {};                        // Draft: all of it; Edit: those of `fields`
    std::uint8_t fields = 0;                 // Edit
    bool send = false;                       // Draft, Edit
    bool saved = false;                      // Draft: it has been said without Send
    bool again = false;                      // Draft, Make: after a reset
    std::shared_ptr<Thing const> thing = {}; // Make, Change: what is said
    Wish wish = {};                          // Change: what is meant

    bool makes() const { return kind == Kind::Add || kind == Kind::Draft || kind == Kind::Make; }
};

// What the simulator, who sees everything, knows of a request's commands: the stamps that were this phone's own.
struct Outcome {
    sync::CollectionResult result;
    std::vector<Pending> said;
    std::map<ItemId, Modseq> own;
    std::map<ItemId, Words> words;  // of the drafts that are told
    std::map<ItemId, Thing> things; // of what is told and is no mail
};

// Commands that carry no item key: kept until answered, and said again word for word if the answer was lost.
struct FolderIntent {
    enum class Kind { Create, Update, Delete } kind = Kind::Create;
    std::string key = {};
    CollectionId folder = {}; // Update, Delete
    sync::FolderWish wish = {};
};
struct MoveIntent {
    ItemId item = {};
    CollectionId source = {}, destination = {};
    Modseq done = {};       // by the server, which the phone does not know
    bool disturbed = false; // the phone has asked for its source since
};

struct Letter { // by SendMail
    std::string client_id = {};
    Words words = {};
};

struct View { // one folder on the phone
    std::string key = "0";
    std::uint8_t filter = 0;
    bool filter_unsaid = true; // the Options block is still to be sent
    std::map<ItemId, Copy> items = {};
    std::vector<Pending> pending = {};
    std::vector<std::string> added = {}; // contents that it once added: to be added again after a reset
    std::set<ItemId> gone = {};          // it deleted them itself
    std::set<ItemId> doubtful = {};      // moved in or out by a command without a key: either thing may be said of it
    bool emptied = false;                // by such a command
    bool repeated = false;               // the last request was sent before: hearing something twice is right
    bool more = false;
};

class Phone {
public:
    Phone(std::string id, std::uint32_t window, eas::Version v) : version(v), id_(std::move(id)), window_(window) {}

    std::string const& id() const { return id_; }
    std::uint32_t window() const { return window_; }
    View& view(CollectionId c) { return views_[c]; }
    std::map<CollectionId, View>& views() { return views_; }
    std::map<CollectionId, index::Folder> const& folders() const { return folders_; }

    void receive(CollectionId, Outcome const&);
    void receive(sync::HierarchyResult const&);
    void reset(CollectionId, bool add_again);
    void becomes(eas::Version);              // of another version: it starts over with all its folders
    bool speaks_of(index::FolderType) const; // notes from 14.0 on (MS-ASNOTE_R114)
    std::uint8_t knows() const;              // the Aspects that it has heard of
    bool writes_drafts() const { return version >= eas::v16_0; }
    void receive(FolderIntent const&, sync::FolderEdit const&);
    void receive(MoveIntent const&, sync::MoveStatus);
    void doubt(MoveIntent const&);
    void emptied(CollectionId);
    eas::Version version;
    std::string hierarchy_key = "0";
    std::optional<FolderIntent> editing = {};
    std::vector<MoveIntent> moving = {};
    std::optional<Letter> letter = {};
    std::optional<CollectionId> drafts() const;

    std::string next_client_id() { return id_ + "-" + std::to_string(++client_ids_); }

private:
    void settle(View&, Outcome const&);
    static void settle_thing(View&, Pending const&, sync::CommandResult const&, Modseq stamp);
    void settle_draft(View&, Pending const&, sync::CommandResult const&, Modseq stamp);
    void say_again(View&, Pending);
    void take(View&, sync::ServerChange const&, Outcome const&);

    std::string id_;
    std::uint32_t window_;
    std::uint32_t client_ids_ = 0;
    std::map<CollectionId, View> views_;
    std::vector<Pending> refused_; // to be said again in another way
    std::map<CollectionId, index::Folder> folders_;
};

} // namespace godwit::sim
