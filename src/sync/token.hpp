// What a phone holds of one folder, in a few numbers (DESIGN section 3). Of a Token it holds exactly: the items that were in the
// folder at `since`, at or above `floor`, and, while the download runs, not below its cursor unless they entered after it
// began; and besides, what it made itself (`own`, `known`).
// A CollectionState is what is kept per device and folder: the generation before (law 2) and the newest ones. There is more than
// one newest if the phone repeated the older key and was answered differently, because the world had moved on: until it shows
// a key, it may hold any of them.
#pragma once
#include "sync/engine.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::sync {
using index::Modseq;
using index::Position;
class BlobReader;
class BlobWriter;

inline constexpr Position top{Time::max(), ItemId(std::numeric_limits<std::int64_t>::max())};
inline constexpr Position bottom{Time::min(), ItemId(0)};

// Stamps that need no telling: the phone caused them itself, or was told ahead. Sorted, disjoint ranges.
class Stamps {
public:
    struct Range {
        std::int64_t first, end;
        bool operator==(Range const&) const = default;
    };
    void add(Modseq first, Modseq last);
    void add(Modseq one) { add(one, one); }
    bool contains(Modseq) const;
    void forget_until(Modseq);
    bool empty() const { return ranges_.empty(); }
    std::vector<Range> const& ranges() const { return ranges_; }
    bool operator==(Stamps const&) const = default;

private:
    std::vector<Range> ranges_;
};

// The initial download, or that of what a wider filter lets in: newest first, strictly below `cursor` is to come.
struct Download {
    Position cursor = top;
    Modseq snapshot = {}; // what entered later comes as a change instead
    bool operator==(Download const&) const = default;
};

// A command that was carried out: recognised when the phone repeats it.
struct Done {
    std::uint64_t what = 0;        // of an Add its ClientId, of the others the command and the item
    std::uint64_t fingerprint = 0; // of an Add what it says; of a Change 0, `refused` or `passed_over`
    ItemId item = {};
    Modseq stamp = {}; // that it gave; None if it changed nothing
    bool operator==(Done const&) const = default;
};

struct Token {
    std::uint32_t n = 0; // the key's number
    Modseq since = {};
    Modseq caught_up = {}; // `since` when nothing was left to tell: later content is new to the phone
    std::optional<Download> download = {};
    Position floor = bottom;
    Stamps own = {};                // later than `since`
    Stamps moved = {};              // later than `since`: by the phone's MoveItems, whose answer it may not have seen
    std::vector<ItemId> known = {}; // below the cursor, and yet the phone holds them; sorted
    std::vector<ItemId> owed = {};  // the phone has made of them what they are not: to be told again; sorted
    Options options = {};
    std::vector<Done> done = {}; // by the request that was answered with this key

    bool holds(ItemId, Position, Modseq entered) const;
    void know(ItemId);          // from now on it is among the known, if there is room
    void owe(ItemId);           // likewise
    bool holds_nothing() const; // as answered to key 0
    // The same holding and the same memory: one key will do for both.
    bool same_but_for_n(Token const&) const;
};

struct CollectionState {
    std::uint64_t epoch = 0;
    std::uint32_t next = 1;
    std::optional<Token> previous = {};
    std::vector<Token> current = {}; // newest last
    std::vector<Done> added = {};    // the last Adds, remembered beyond a reset
    Modseq reset = {};               // the phone started over by its own will at this stamp ...
    Time reset_at = Time::min();     // ... and time

    Modseq oldest() const; // tombstones after it are still needed
};

void write(BlobWriter&, Stamps const&);
Stamps read_stamps(BlobReader&);

inline constexpr std::uint64_t refused = 1, passed_over = 2;
inline constexpr std::size_t max_current = 4, max_added = 16, max_known = 1024, max_done = 5000, max_ranges = 4000,
                             max_rest = 4096;

std::string encode(CollectionState const&);
std::optional<CollectionState> decode_state(std::string_view); // nothing if damaged or of another version

std::string key_text(std::uint64_t epoch, std::uint32_t n);
struct KeyParts {
    std::uint64_t epoch = 0;
    std::uint32_t n = 0;
};
std::optional<KeyParts> parse_key(std::string_view); // nothing if it was never one of ours

// The epoch of a state that begins now: never used before in this account, nor by a copy of it that a backup brought back.
std::uint64_t draw_epoch(index::Transaction&, Time now);

} // namespace godwit::sync
