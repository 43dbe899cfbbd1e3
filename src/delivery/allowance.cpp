#include "delivery/allowance.hpp"
#include <charconv>
#include <map>

namespace godwit::delivery {
namespace {

constexpr char const* name = "sent_by_hour"; // "492912:3 492913:10"
constexpr std::int64_t hours_kept = 24;

using ByHour = std::map<std::int64_t, std::uint64_t>;

std::int64_t hour_of(index::Time now) { return std::chrono::floor<std::chrono::hours>(now).time_since_epoch().count(); }

// What is not as we write it is skipped: at worst an allowance begins anew.
ByHour read(index::Transaction& tx, index::Time now) {
    ByHour hours;
    auto const kept = tx.setting(name).value_or("");
    auto const* at = kept.data();
    auto const* const end = at + kept.size();
    while (at < end) {
        std::int64_t hour = 0;
        std::uint64_t count = 0;
        auto const colon = std::from_chars(at, end, hour);
        if (colon.ec != std::errc{} || colon.ptr == end || *colon.ptr != ':') break;
        auto const space = std::from_chars(colon.ptr + 1, end, count);
        if (space.ec != std::errc{}) break;
        if (hour <= hour_of(now) && hour > hour_of(now) - hours_kept) hours[hour] = count;
        at = space.ptr + (space.ptr < end);
    }
    return hours;
}

std::uint64_t sum(ByHour const& hours) {
    std::uint64_t all = 0;
    for (auto const& [hour, count] : hours) all += count;
    return all;
}

} // namespace

std::uint64_t recipients_lately(index::Transaction& tx, index::Time now) { return sum(read(tx, now)); }

bool use_allowance(index::Transaction& tx, std::uint64_t recipients, std::uint64_t most, index::Time now) {
    auto hours = read(tx, now);
    if (auto const used = sum(hours); most > 0 && (recipients > most || used > most - recipients)) return false;
    hours[hour_of(now)] += recipients; // counted without a limit too: `godwit account show` tells it
    std::string kept;
    for (auto const& [hour, count] : hours)
        kept += (kept.empty() ? "" : " ") + std::to_string(hour) + ":" + std::to_string(count);
    tx.put_setting(name, kept);
    return true;
}

} // namespace godwit::delivery
