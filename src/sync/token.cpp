#include "sync/token.hpp"
#include "sync/blob.hpp"
#include <algorithm>
#include <charconv>

namespace godwit::sync {
namespace {

constexpr std::uint8_t version = 3, without_debts = 2, without_moves = 1;

void write(BlobWriter& w, Position const& p) {
    w.time(p.received);
    w.number(p.id);
}
Position read_position(BlobReader& r) {
    auto const received = r.time();
    return {received, r.as<ItemId>()};
}

void write(BlobWriter& w, std::vector<Done> const& done) {
    w.number(done.size());
    for (auto const& d : done) {
        w.number(d.what);
        w.number(d.fingerprint);
        w.number(d.item);
        w.number(d.stamp);
    }
}
std::vector<Done> read_done(BlobReader& r) {
    std::vector<Done> done;
    for (auto n = r.count(max_done); n > 0 && r.ok(); --n) {
        auto const what = r.number(), fingerprint = r.number();
        auto const item = r.as<ItemId>();
        done.push_back({what, fingerprint, item, r.as<Modseq>()});
    }
    return done;
}

void write(BlobWriter& w, std::vector<ItemId> const& sorted) {
    w.number(sorted.size());
    std::int64_t last = 0;
    for (auto const id : sorted) {
        w.number(std::uint64_t(std::int64_t(id) - last));
        last = std::int64_t(id);
    }
}
std::vector<ItemId> read_items(BlobReader& r) {
    std::vector<ItemId> sorted;
    std::int64_t last = 0;
    for (auto n = r.count(max_known); n > 0 && r.ok(); --n) {
        auto const step = r.as<std::int64_t>();
        if (step > std::numeric_limits<std::int64_t>::max() - last)
            r.refuse();
        else
            sorted.push_back(ItemId(last += step));
    }
    return sorted;
}

void insert(std::vector<ItemId>& sorted, ItemId id) {
    auto const place = std::ranges::lower_bound(sorted, id);
    if (sorted.size() < max_known && (place == sorted.end() || *place != id)) sorted.insert(place, id);
}

void write(BlobWriter& w, Token const& t) {
    w.number(t.n);
    w.number(t.since);
    w.number(t.caught_up);
    w.number(std::uint64_t{t.download.has_value()} | std::uint64_t{t.options.client_wins} << 1 |
             std::uint64_t{t.floor == bottom} << 2);
    if (t.download) {
        write(w, t.download->cursor);
        w.number(t.download->snapshot);
    }
    if (t.floor != bottom) write(w, t.floor);
    w.number(t.options.filter);
    w.text(t.options.rest);
    write(w, t.own);
    write(w, t.moved);
    write(w, t.known);
    write(w, t.owed);
    write(w, t.done);
}

Token read_token(BlobReader& r, std::uint8_t layout) {
    Token t{.n = r.as<std::uint32_t>(), .since = r.as<Modseq>()};
    t.caught_up = r.as<Modseq>();
    auto const bits = r.number();
    if (bits & 1) {
        auto const cursor = read_position(r);
        t.download = Download{cursor, r.as<Modseq>()};
    }
    if (!(bits & 4)) t.floor = read_position(r);
    t.options.client_wins = bits & 2;
    t.options.filter = r.as<std::uint8_t>();
    t.options.rest = r.text(max_rest);
    t.own = read_stamps(r);
    if (layout > without_moves) t.moved = read_stamps(r);
    t.known = read_items(r);
    if (layout >= version) t.owed = read_items(r);
    t.done = read_done(r);
    return t;
}

std::optional<CollectionState> read_state(std::string_view bytes, std::uint8_t layout) {
    BlobReader r(bytes, layout);
    CollectionState state;
    state.epoch = r.number();
    state.next = r.as<std::uint32_t>();
    state.reset = r.as<Modseq>();
    state.reset_at = r.time();
    state.added = read_done(r);
    if (r.number()) state.previous = read_token(r, layout);
    for (auto n = r.count(max_current); n > 0 && r.ok(); --n) state.current.push_back(read_token(r, layout));
    if (!r.at_end() || state.current.empty()) return std::nullopt;
    return state;
}

} // namespace

void write(BlobWriter& w, Stamps const& stamps) {
    w.number(stamps.ranges().size());
    for (auto const& range : stamps.ranges()) {
        w.number(std::uint64_t(range.first));
        w.number(std::uint64_t(range.end - range.first));
    }
}

Stamps read_stamps(BlobReader& r) {
    Stamps stamps;
    for (auto n = r.count(max_ranges); n > 0 && r.ok(); --n) {
        auto const first = r.as<std::int64_t>(), size = r.as<std::int64_t>();
        if (size < 1 || first >= std::numeric_limits<std::int64_t>::max() - size)
            r.refuse();
        else
            stamps.add(Modseq(first), Modseq(first + size - 1));
    }
    return stamps;
}

void Stamps::add(Modseq first, Modseq last) {
    Range added{std::int64_t(first), std::int64_t(last) + 1};
    if (added.first >= added.end) return;
    auto const from = std::ranges::find_if(ranges_, [&](Range const& r) { return r.end >= added.first; });
    auto to = from;
    for (; to != ranges_.end() && to->first <= added.end; ++to)
        added = {std::min(added.first, to->first), std::max(added.end, to->end)};
    ranges_.insert(ranges_.erase(from, to), added);
    if (ranges_.size() > max_ranges) ranges_.erase(ranges_.begin()); // bounded: the worst is to be told once more
}

bool Stamps::contains(Modseq stamp) const {
    auto const at = std::int64_t(stamp);
    auto const after = std::ranges::upper_bound(ranges_, at, {}, &Range::first);
    return after != ranges_.begin() && at < std::prev(after)->end;
}

void Stamps::forget_until(Modseq since) {
    std::erase_if(ranges_, [since](Range const& r) { return r.end - 1 <= std::int64_t(since); });
}

bool Token::holds(ItemId id, Position at, Modseq entered) const {
    if (own.contains(entered) || moved.contains(entered) || std::ranges::binary_search(known, id)) return true;
    if (entered > since || at < floor) return false;
    return !download || entered > download->snapshot || at >= download->cursor;
}

void Token::know(ItemId id) { insert(known, id); }
void Token::owe(ItemId id) { insert(owed, id); }

bool Token::holds_nothing() const {
    return download && download->cursor == top && since == download->snapshot && done.empty() && own.empty() &&
           moved.empty() && known.empty() && owed.empty();
}

bool Token::same_but_for_n(Token const& t) const {
    return since == t.since && caught_up == t.caught_up && download == t.download && floor == t.floor && own == t.own &&
           moved == t.moved && known == t.known && owed == t.owed && options == t.options && done == t.done;
}

Modseq CollectionState::oldest() const {
    auto oldest = previous ? previous->since : Modseq::Max;
    for (auto const& token : current) oldest = std::min(oldest, token.since);
    return oldest;
}

std::string encode(CollectionState const& state) {
    BlobWriter w(version);
    w.number(state.epoch);
    w.number(state.next);
    w.number(state.reset);
    w.time(state.reset_at);
    write(w, state.added);
    w.number(state.previous ? 1U : 0U);
    if (state.previous) write(w, *state.previous);
    w.number(state.current.size());
    for (auto const& token : state.current) write(w, token);
    return std::move(w).finish();
}

std::optional<CollectionState> decode_state(std::string_view bytes) {
    for (auto const layout : {version, without_debts, without_moves})
        if (auto state = read_state(bytes, layout)) return state;
    return std::nullopt;
}

std::string key_text(std::uint64_t epoch, std::uint32_t n) { return std::to_string(epoch) + '.' + std::to_string(n); }

std::optional<KeyParts> parse_key(std::string_view text) {
    KeyParts parts;
    auto const* end = text.data() + text.size();
    auto const epoch = std::from_chars(text.data(), end, parts.epoch);
    if (epoch.ec != std::errc{} || epoch.ptr == end || *epoch.ptr != '.') return std::nullopt;
    auto const n = std::from_chars(epoch.ptr + 1, end, parts.n);
    if (n.ec != std::errc{} || n.ptr != end || key_text(parts.epoch, parts.n) != text) return std::nullopt;
    return parts;
}

std::uint64_t draw_epoch(index::Transaction& tx, Time now) {
    std::uint64_t last = 0;
    auto const kept = tx.setting("sync.epoch").value_or("0");
    std::from_chars(kept.data(), kept.data() + kept.size(), last);
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    auto const epoch = std::max(last + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 1)));
    tx.put_setting("sync.epoch", std::to_string(epoch));
    return epoch;
}

} // namespace godwit::sync
