#include "source/imap_ledger.hpp"
#include <algorithm>
#include <charconv>

namespace godwit::source::imap {
namespace {

constexpr std::uint8_t seen = 1, flagged = 2, draft = 4, verb_shift = 3; // the verb in two bits
constexpr std::size_t entry_bytes = 13;
constexpr std::uint64_t max_entries = std::uint64_t{1} << 24; // as many UIDs are looked at

void put(std::string& out, std::uint64_t number, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i));
}

std::uint64_t get(std::string_view text, std::size_t bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i) number |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    return number;
}

std::string encode(std::span<Entry const> entries) {
    std::string out;
    for (auto const& entry : entries) {
        put(out, entry.uid, 4);
        put(out, static_cast<std::uint64_t>(entry.item), 8);
        out += static_cast<char>(entry.flags);
    }
    return out;
}

} // namespace

std::uint8_t flag_bits(FlagsRead const& flags) {
    return static_cast<std::uint8_t>((flags.marks.read ? seen : 0) | (flags.marks.flag_status == 2 ? flagged : 0) |
                                     (flags.draft ? draft : 0) | (flags.marks.last_verb & 3) << verb_shift);
}

index::Marks changed_marks(index::Marks marks, std::uint8_t before, FlagsRead const& now, index::Time when) {
    auto const differs = static_cast<std::uint8_t>(before ^ flag_bits(now));
    if ((differs & seen) != 0) marks.read = now.marks.read;
    if ((differs & flagged) != 0 && (marks.flag_status == 2) != (now.marks.flag_status == 2)) {
        marks.flag_status = now.marks.flag_status;
        marks.flag = {}; // whose dates were of another flag
    }
    if ((differs >> verb_shift) != 0 && marks.last_verb != now.marks.last_verb) {
        marks.last_verb = now.marks.last_verb;
        marks.last_verb_time = now.marks.last_verb == 0 ? index::Time{} : when;
    }
    return marks;
}

// "validity count"; of another validity it counts for nothing, and its blocks are written over.
std::uint64_t Ledger::count(index::Transaction& tx) const {
    auto const text = tx.setting(head()).value_or("");
    std::uint64_t validity = 0, count = 0;
    auto const* const end = text.data() + text.size();
    auto const first = std::from_chars(text.data(), end, validity);
    if (validity_ == 0 || validity != validity_ || first.ptr == end) return 0;
    std::from_chars(first.ptr + 1, end, count);
    return std::min(count, max_entries);
}

std::size_t Ledger::blocks(index::Transaction& tx) const { return (count(tx) + block_entries - 1) / block_entries; }

std::vector<Entry> Ledger::block(index::Transaction& tx, std::size_t number) const {
    auto const all = count(tx);
    std::vector<Entry> entries;
    if (number * block_entries >= all) return entries;
    auto const text = tx.setting(block_name(number)).value_or("");
    auto const here = std::min<std::uint64_t>({text.size() / entry_bytes, block_entries, all - number * block_entries});
    for (std::size_t i = 0; i < here; ++i) {
        auto const one = std::string_view(text).substr(i * entry_bytes, entry_bytes);
        entries.push_back({.uid = static_cast<std::uint32_t>(get(one, 4)),
                           .item = index::ItemId(static_cast<std::int64_t>(get(one.substr(4), 8))),
                           .flags = static_cast<std::uint8_t>(one[12])});
    }
    return entries;
}

void Ledger::add(index::Transaction& tx, std::span<Entry const> entries) {
    auto all = count(tx);
    if (validity_ == 0 || entries.empty() || all + entries.size() > max_entries) return;
    while (!entries.empty()) {
        auto const number = all / block_entries;
        auto held = block(tx, number);
        held.resize(all % block_entries); // as counted, whatever was kept
        auto const more = std::min(entries.size(), block_entries - held.size());
        held.insert(held.end(), entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(more));
        tx.put_setting(block_name(number), encode(held));
        entries = entries.subspan(more);
        all += more;
    }
    tx.put_setting(head(), std::to_string(validity_) + ' ' + std::to_string(all));
}

void Ledger::replace(index::Transaction& tx, std::size_t number, std::span<Entry const> entries) {
    tx.put_setting(block_name(number), encode(entries));
}

} // namespace godwit::source::imap
