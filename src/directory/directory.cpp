#include "directory/directory.hpp"
#include "directory/login.hpp"
#include "directory/memory.hpp"
#include "directory/secret.hpp"
#include "directory/table.hpp"
#include "net/mutex.hpp"
#include <algorithm>
#include <atomic>
#include <set>
#include <spdlog/spdlog.h>
#include <thread>

namespace godwit::directory {
namespace {

constexpr std::size_t max_marks = 50000;

struct Memory {
    Memory(Clock::duration cache, Clock::duration refusals)
        : verified(cache, max_marks), refused(refusals, max_marks) {}
    MarkSet verified, refused;
    Allowance for_unknown{10, 20};
};

// Lower-case addresses without repetition; absent if one is no address.
std::optional<std::vector<std::string>> normal_aliases(std::vector<std::string> const& aliases,
                                                       std::string const& address) {
    std::vector<std::string> result;
    std::set<std::string> seen{address};
    for (auto const& alias : aliases) {
        auto normal = normal_address(alias);
        if (!normal) return {};
        if (seen.insert(*normal).second) result.push_back(std::move(*normal));
    }
    return result;
}

// Hashes run one after the other in a lane, and lanes are fewer than threads: a storm of sign-ins leaves the pool to
// SQL, and two requests of one phone never compute the same hash twice.
std::size_t lane_count() { return std::max(1U, std::thread::hardware_concurrency() / 2); }

} // namespace

struct Directory::Parts {
    Parts(net::Pool& pool, std::filesystem::path const& directory, Limits limits)
        : table(directory), memory(limits.cache, limits.refusal_memory) {
        for (std::size_t i = 0; i < lane_count(); ++i) lanes.push_back(pool.strand());
        most_waiting = limits.waiting * lanes.size();
    }

    enum class Known { Nothing, Good, Bad };
    struct Attempt {
        std::string secret;
        std::string hash; // empty: there is no such account
        std::string good_mark, bad_mark;
    };
    Known recall(Attempt const& attempt);
    bool verify(Attempt const& attempt);
    std::expected<void, SigninFailure> prove(Attempt const& attempt);
    void waste_time(Attempt const& attempt);

    net::Guarded<Table> table;
    net::Guarded<Memory> memory;
    Marker marker;
    std::vector<net::Pool::Strand> lanes;
    std::atomic<std::uint64_t> hashes = 0;
    std::atomic<std::size_t> waiting = 0; // for a hash
    std::size_t most_waiting = 0;
};

namespace {
struct Waiting {
    explicit Waiting(std::atomic<std::size_t>& c) : count(c) { ++count; }
    ~Waiting() { --count; }
    Waiting(Waiting const&) = delete;
    std::atomic<std::size_t>& count;
};
} // namespace

Directory::Parts::Known Directory::Parts::recall(Attempt const& attempt) {
    auto const now = Clock::now();
    return memory.with([&](Memory& m) {
        if (!attempt.hash.empty() && m.verified.holds(attempt.good_mark, now)) return Known::Good;
        return m.refused.holds(attempt.bad_mark, now) ? Known::Bad : Known::Nothing;
    });
}

bool Directory::Parts::verify(Attempt const& attempt) {
    for (auto const& reading : readings(attempt.secret)) {
        ++hashes;
        if (fits(reading, attempt.hash)) return true;
    }
    return false;
}

// On a pool thread, in the account's lane: another request may have had the same question just before.
std::expected<void, SigninFailure> Directory::Parts::prove(Attempt const& attempt) {
    if (auto const known = recall(attempt); known == Known::Good)
        return {};
    else if (known == Known::Bad)
        return std::unexpected(SigninFailure::StillWrong);
    auto const good = verify(attempt);
    auto const now = Clock::now();
    memory.with([&](Memory& m) {
        if (good)
            m.verified.add(attempt.good_mark, now);
        else
            m.refused.add(attempt.bad_mark, now);
    });
    if (good) return {};
    return std::unexpected(SigninFailure::WrongSecret);
}

void Directory::Parts::waste_time(Attempt const& attempt) {
    auto const now = Clock::now();
    auto const allowed = memory.with([&](Memory& m) {
        m.refused.add(attempt.bad_mark, now);
        return m.for_unknown.take(now);
    });
    if (!allowed) return;
    ++hashes;
    waste_as_much_time(attempt.secret);
}

Directory::Directory(net::Pool& pool, std::filesystem::path directory, Limits limits)
    : parts_(std::make_unique<Parts>(pool, directory, limits)) {}
Directory::~Directory() = default;

net::awaitable<std::expected<User, SigninFailure>> Directory::sign_in(Credentials credentials, std::string device) {
    auto& parts = *parts_;
    auto const login = parse_login(is_utf8(credentials.login) ? credentials.login : from_latin1(credentials.login));
    auto resolved = parts.table.with([&](Table& table) { return table.by_login(login); });

    auto const hash = resolved.row ? resolved.row->hash : std::string();
    auto const owner = resolved.row ? resolved.row->user.address : login.domain + '\\' + login.user;
    Parts::Attempt const attempt{.secret = credentials.secret,
                                 .hash = hash,
                                 .good_mark = parts.marker.mark({owner, hash, credentials.secret}),
                                 .bad_mark = parts.marker.mark({device, owner, hash, credentials.secret})};
    auto const known = parts.recall(attempt);
    if (known == Parts::Known::Bad) co_return std::unexpected(SigninFailure::StillWrong);
    if (resolved.ambiguous) spdlog::warn("sign-in: the name '{}' belongs to accounts of several domains", login.user);

    auto const lane = parts.lanes[std::hash<std::string>()(owner) % parts.lanes.size()];
    if (!resolved.row) {
        co_await net::run_on(lane, [&parts, &attempt] { parts.waste_time(attempt); });
        co_return std::unexpected(SigninFailure::Unknown);
    }
    if (known == Parts::Known::Nothing) {
        if (parts.waiting >= parts.most_waiting) co_return std::unexpected(SigninFailure::Busy);
        Waiting const waiting(parts.waiting);
        auto const proof = co_await net::run_on(lane, [&parts, &attempt] { return parts.prove(attempt); });
        if (!proof) co_return std::unexpected(proof.error());
    }
    if (!resolved.row->user.enabled) co_return std::unexpected(SigninFailure::Disabled);
    co_return std::move(resolved.row->user);
}

std::optional<User> Directory::find(std::string_view address) const {
    auto const lowered = lower(address);
    auto row = parts_->table.with([&](Table& table) { return table.by_address(lowered); });
    if (!row) return {};
    return std::move(row->user);
}

std::optional<User> Directory::by_id(index::AccountId id) const {
    auto row = parts_->table.with([&](Table& table) { return table.by_id(id); });
    if (!row) return {};
    return std::move(row->user);
}

std::vector<User> Directory::list() const {
    return parts_->table.with([](Table& table) { return table.list(); });
}

bool Directory::serves(std::string_view domain) const {
    auto const lowered = lower(domain);
    return parts_->table.with([&](Table& table) { return table.serves(lowered); });
}

std::expected<User, AddResult> Directory::add(std::string_view address, std::string_view name,
                                              std::vector<std::string> aliases, std::string_view secret) {
    auto normal = normal_address(address);
    if (!normal) return std::unexpected(AddResult::BadAddress);
    auto others = normal_aliases(aliases, *normal);
    if (!others) return std::unexpected(AddResult::BadAddress);
    User user{{}, std::move(*normal), std::string(name), std::move(*others)};
    auto const hash = hash_secret(secret);
    return parts_->table.with([&](Table& table) { return table.add(std::move(user), hash); });
}

bool Directory::set(User const& user, std::optional<std::string_view> secret) {
    auto normal = normal_address(user.address);
    auto others = normal ? normal_aliases(user.aliases, *normal) : std::nullopt;
    if (!others) return false;
    auto changed = user;
    changed.address = std::move(*normal);
    changed.aliases = std::move(*others);
    // A new hash makes every mark of the old one worthless: cached sign-ins and remembered refusals go with it.
    auto const hash = secret ? std::optional(hash_secret(*secret)) : std::nullopt;
    return parts_->table.with([&](Table& table) { return table.set(changed, hash); });
}

bool Directory::remove(index::AccountId id) {
    return parts_->table.with([&](Table& table) { return table.remove(id); });
}

std::vector<index::AccountId> Directory::revoked() {
    return parts_->table.with([](Table& table) { return table.revoked(); });
}

std::uint64_t Directory::hashes() const { return parts_->hashes; }

} // namespace godwit::directory
