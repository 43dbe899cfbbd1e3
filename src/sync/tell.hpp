// What must a phone be told, that holds what this token says? Four steps, each only if there is room left after the
// one before: what changed since; what a rising filter floor lets go (SoftDelete); the download; and, once that is
// through, what a lower floor lets in, as a new download.
#pragma once
#include "sync/token.hpp"
#include <unordered_map>
#include <unordered_set>

namespace godwit::sync {

struct PageLimit {
    std::size_t changes = 100;
    std::uint64_t bytes = 0, item_bytes = 0;
};

// The floor that a FilterType asks for in this hour (MS-ASCMD 2.2.3.68.2). `received` is an item's place for it: of a
// message when it came, of an event when it ends for the last time (Time::max(): never), of a task when it was made,
// but before `all_completed` once it is complete. Contacts and notes are never filtered (MS-ASCMD_R3078).
inline constexpr Time all_completed = Time(std::chrono::sys_days(std::chrono::year(1800) / 1 / 1));
Position wanted_floor(std::uint8_t filter, index::FolderType, Time now);

// What one event of Transaction::changes means to a phone that holds what `token` says.
enum class Meaning : std::uint8_t { Nothing, Add, Change, Delete, SoftDelete, OwnDelete };
// The event is of the folder.
Meaning meaning(Token const&, index::FolderType, index::Change const&);
// What a phone that syncs the folder is not shown: contacts and the like that lie in Deleted Items (MS-ASCMD_R934).
bool foreign(index::FolderType, index::ItemClass);
// Of an event that has been told or passed: what else will not need telling when its turn comes.
void told(Token&, index::Change const&, Meaning);

class Teller {
public:
    Teller(index::Transaction&, index::Folder const&, Token& token, PageLimit);

    void tell(Position wanted); // advances the token
    bool more() const { return more_; }
    bool moved() const { return moved_; } // rows were passed, told or not
    std::vector<ServerChange> take();

    // Instead of telling: how many there are to tell. The token is spoilt afterwards.
    std::uint64_t count(Position wanted);

private:
    bool changes();
    bool change(index::Change const&);
    bool say(index::Change const&, Meaning);
    bool raise_floor(Position wanted);
    bool dismiss();
    bool put_right();
    bool download();
    bool push(ServerChange);
    std::uint64_t count_download();
    bool outlasts(ItemId);
    bool is_news(Modseq mark) const;
    MarksTold marks(index::Item const&) const;
    bool full() const { return told_ >= limit_.changes || bytes_ >= limit_.bytes; }
    ServerChange* pending(ItemId);
    void drop(ItemId);

    index::Transaction& tx_;
    index::Folder const& folder_;
    Token& token_;
    PageLimit limit_;
    std::vector<std::optional<ServerChange>> page_;
    std::unordered_map<ItemId, std::size_t> place_;
    std::unordered_set<ItemId> doubtful_; // moved by the phone itself: it may hold it here already, or still, or not
    std::size_t told_ = 0;
    std::uint64_t bytes_ = 0;
    bool more_ = false, moved_ = false, counting_ = false;
    std::uint64_t counted_ = 0;
};

} // namespace godwit::sync
