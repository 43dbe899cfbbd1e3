#include "sync/engine.hpp"
#include "sync/apply.hpp"
#include "sync/tell.hpp"
#include "sync/token.hpp"
#include <algorithm>
#include <ranges>

namespace godwit::sync {
namespace {

constexpr std::uint32_t most_changes = 512; // MS-ASCMD 2.2.3.199 WindowSize: 0 and more than 512 count as 512

struct Found {
    Token const* base = nullptr;
    bool repeats = false; // the older key: the answer to it was lost
};

Found find_base(CollectionState const& state, std::string_view key) {
    auto const parts = parse_key(key);
    if (!parts || parts->epoch != state.epoch) return {};
    for (auto const& token : state.current)
        if (token.n == parts->n) return {&token, false};
    if (state.previous && state.previous->n == parts->n) return {&*state.previous, true};
    return {};
}

std::optional<CollectionState> load(index::Transaction& tx, DeviceKey device, CollectionId folder) {
    auto const blob = tx.collection_state(device, folder);
    return blob ? decode_state(*blob) : std::nullopt;
}

void save(index::Transaction& tx, DeviceKey device, CollectionId folder, CollectionState const& state) {
    tx.put_collection_state(device, folder, encode(state), state.oldest());
}

CollectionResult refuse(Status status, CollectionRequest const& request) {
    CollectionResult result;
    result.status = status;
    result.key = request.key;
    result.news = true;
    return result;
}

bool is_command(Command const& c) { return !std::holds_alternative<FetchCommand>(c); }

// Key 0. A second one while a first download runs joins it: what runs stays good beside it. Otherwise a new epoch begins,
// in which no older key can fit; what the phone added before is remembered, for it may well add it again.
CollectionResult begin(index::Transaction& tx, DeviceKey device, CollectionRequest const& request,
                       index::Folder const& folder, Time now) {
    if (request.get_changes.value_or(false) || std::ranges::any_of(request.commands, is_command))
        return refuse(Status::ProtocolError, request); // MS-ASCMD_R3128
    auto const options = request.options.value_or(Options{});
    Token token{.since = folder.contents,
                .caught_up = folder.contents,
                .download = Download{.cursor = top, .snapshot = folder.contents},
                .floor = wanted_floor(options.filter, folder.type, now),
                .options = options};
    auto state = load(tx, device, folder.id);
    bool const runs =
        state && std::ranges::any_of(state->current, [](Token const& t) { return t.download.has_value(); });
    CollectionResult result;
    result.news = true;
    result.options = options;
    if (runs)
        for (auto const& t : state->current)
            if (t.holds_nothing() && t.options == options) {
                result.key = key_text(state->epoch, t.n);
                state->reset =
                    folder.contents; // it starts over once more: what it has added meanwhile, it may add again
                state->reset_at = now;
                save(tx, device, folder.id, *state);
                return result;
            }
    CollectionState next;
    if (state) {
        next.added = state->added;
        next.reset = folder.contents;
        next.reset_at = now;
    }
    if (runs) {
        next.epoch = state->epoch;
        next.next = state->next;
        next.previous = state->previous;
        next.current = state->current;
        if (next.current.size() >= max_current) next.current.erase(next.current.begin());
    } else {
        next.epoch = draw_epoch(tx, now);
    }
    token.n = next.next++;
    next.current.push_back(token);
    save(tx, device, folder.id, next);
    result.key = key_text(next.epoch, token.n);
    return result;
}

// The phone is told something: a new key, and what it was told before becomes the generation before.
std::uint32_t turn(CollectionState& state, Token const& base, bool repeats, Token token) {
    if (repeats) {
        auto const same = [&](Token const& other) { return other.same_but_for_n(token); };
        if (auto const at = std::ranges::find_if(state.current, same); at != state.current.end()) {
            std::rotate(at, at + 1, state.current.end()); // it is the newest again
            return state.current.back().n;                // the same answer: the same key
        }
        if (state.current.size() >= max_current) state.current.erase(state.current.begin());
    } else {
        auto previous = base;
        // Its Adds alone are still good for something: a phone that repeats one in spite of the acknowledgement.
        std::erase_if(previous.done, [](Done const& d) { return d.fingerprint == 0; });
        state.previous = std::move(previous);
        state.current.clear();
    }
    token.n = state.next++;
    state.current.push_back(std::move(token));
    return state.current.back().n;
}

// What changes nothing that the phone holds may be noted under the key that it has. That it shows a newest key proves
// that it holds no other of them.
bool note_quietly(CollectionState& state, Token const& base, bool repeats, Token const& token, bool moved) {
    bool const worth = moved || token.download != base.download || token.known != base.known ||
                       token.owed != base.owed || token.options != base.options ||
                       (!repeats && state.current.size() > 1);
    if (!worth) return false;
    if (repeats)
        state.previous = token;
    else
        state.current = {token};
    return true;
}

} // namespace

CollectionResult exchange(index::Transaction& tx, DeviceKey device, CollectionRequest const& request, Time now) {
    auto const folder = tx.folder(request.collection);
    if (!folder) return refuse(Status::ObjectNotFound, request);
    if (request.options && request.options->rest.size() > max_rest) return refuse(Status::ProtocolError, request);
    if (request.key == "0") return begin(tx, device, request, *folder, now);
    auto state = load(tx, device, folder->id);
    if (!state) return refuse(Status::InvalidSyncKey, request);
    auto const [found, repeats] = find_base(*state, request.key);
    if (!found || found->since < folder->swept) return refuse(Status::InvalidSyncKey, request);

    auto const base = *found;
    auto token = base;
    token.done.clear();
    if (request.options) token.options = *request.options;
    CollectionResult result;
    auto const attempts = repeats ? state->current : std::vector<Token>{};
    Applier applier(tx, *folder, *state, attempts, base, token, now);
    for (auto const& command : request.commands) result.results.push_back(applier.apply(command, request));
    token.done = applier.take_done();

    auto const window = request.window == 0 ? most_changes : std::min(request.window, most_changes);
    Teller teller(tx, *folder, token, {window, request.max_bytes, request.max_item_bytes});
    if (request.get_changes.value_or(true)) teller.tell(wanted_floor(token.options.filter, folder->type, now));
    result.changes = teller.take();
    result.more = teller.more();
    result.options = token.options;
    bool const said = std::ranges::any_of(request.commands, is_command);
    result.news = said || result.more || !result.changes.empty() || !request.commands.empty();
    result.key = request.key;
    if (said || result.more || !result.changes.empty()) {
        result.key = key_text(state->epoch, turn(*state, base, repeats, std::move(token)));
        save(tx, device, folder->id, *state);
    } else {
        // A late request, perhaps: what an attempt added and somebody took away is news to the phone that repeats it.
        bool const attempted = std::ranges::any_of(attempts, [](Token const& t) { return !t.done.empty(); });
        auto quiet = attempted ? base : token;
        quiet.done = base.done;
        quiet.options = token.options;
        if (note_quietly(*state, base, repeats, quiet, teller.moved() && !attempted))
            save(tx, device, folder->id, *state);
    }
    return result;
}

Estimate estimate(index::Transaction& tx, DeviceKey device, CollectionId collection, std::string_view key,
                  std::optional<Options> const& options, Time now, std::uint64_t at_most) {
    auto const folder = tx.folder(collection);
    if (!folder) return {EstimateStatus::InvalidCollection, 0};
    auto const state = load(tx, device, folder->id);
    if (!state || key == "0") return {EstimateStatus::NotPrimed, 0};
    auto const [found, repeats] = find_base(*state, key);
    if (!found || found->since < folder->swept) return {EstimateStatus::InvalidSyncKey, 0};
    auto token = *found;
    auto const filter = options ? options->filter : token.options.filter;
    Teller teller(tx, *folder, token, {at_most, std::numeric_limits<std::uint64_t>::max(), 0});
    return {EstimateStatus::Success, std::min(at_most, teller.count(wanted_floor(filter, folder->type, now)))};
}

std::optional<Options> sticky_options(index::Transaction& tx, DeviceKey device, CollectionId collection) {
    auto const state = load(tx, device, collection);
    return state ? std::optional(state->current.back().options) : std::nullopt;
}

} // namespace godwit::sync
