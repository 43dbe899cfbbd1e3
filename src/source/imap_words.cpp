#include "source/imap_words.hpp"
#include "mime/charset.hpp"
#include "source/utf7.hpp"
#include <algorithm>
#include <array>
#include <charconv>

namespace godwit::source::imap {
namespace {

constexpr std::size_t max_categories = 300, max_category = 255; // MS-ASEMAIL 2.2.2.9, 2.2.2.10

constexpr std::array<std::string_view, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                  "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

// Takes 1 to `most` digits and then `after` (if any) off the text.
std::optional<unsigned> take_number(std::string_view& text, std::size_t most, char after) {
    unsigned value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + std::min(most, text.size()), value);
    if (error != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (after == 0) return value;
    if (!text.starts_with(after)) return {};
    text.remove_prefix(1);
    return value;
}

std::vector<std::string> flag_list(Value const& list) {
    std::vector<std::string> flags;
    flags.reserve(list.items.size());
    for (auto const& flag : list.items) flags.push_back(flag.text);
    return flags;
}

// What programs keep for themselves, without a meaning for people.
bool is_private(std::string_view flag) {
    constexpr std::array<std::string_view, 8> known{"NonJunk",    "Junk",      "NotJunk", "Forwarded",
                                                    "Redirected", "unknown-0", "Old",     "has_cal"};
    return flag.starts_with('\\') || flag.starts_with('$') ||
           std::ranges::any_of(known, [&](auto word) { return same_word(word, flag); });
}

std::string category_of(std::string_view flag) {
    constexpr std::array<std::string_view, 5> labels{"Important", "Work", "Personal", "To Do", "Later"};
    if (flag.size() == 7 && same_word(flag.substr(0, 6), "$label") && flag[6] >= '1' && flag[6] <= '5')
        return std::string(labels.at(static_cast<std::size_t>(flag[6] - '1')));
    if (flag.empty() || is_private(flag)) return {};
    auto name = mime::clean(from_utf7(flag));
    std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    return std::string(mime::cut_characters(name, max_category));
}

} // namespace

Fetched fetched(Response&& response) {
    Fetched out;
    if (response.values.empty()) return out;
    auto& items = response.values.front().items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        auto const& name = items[i].text;
        auto& value = items[i + 1];
        if (same_word(name, "UID")) {
            auto const uid = number_of(value.text);
            if (uid && *uid > 0 && *uid <= UINT32_MAX) out.uid = static_cast<std::uint32_t>(*uid);
        } else if (same_word(name, "RFC822.SIZE")) {
            out.size = number_of(value.text);
        } else if (same_word(name, "FLAGS") && value.kind == Value::Kind::List) {
            out.flags = flag_list(value);
        } else if (same_word(name, "INTERNALDATE")) {
            out.internal_date = parse_date_time(value.text);
        } else if (same_word(name, "BODY[]") || same_word(name, "RFC822")) {
            out.body = std::move(value);
        }
    }
    return out;
}

std::optional<index::Time> parse_date_time(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    auto const day = take_number(text, 2, '-');
    auto const month = std::ranges::find(months, upper(text.substr(0, 3))) - months.begin();
    if (!day || text.size() < 4 || text[3] != '-' || month >= 12) return {};
    text.remove_prefix(4);
    auto const year = take_number(text, 4, ' ');
    auto const hour = take_number(text, 2, ':'), minute = take_number(text, 2, ':'), second = take_number(text, 2, ' ');
    if (!year || !hour || !minute || !second || text.size() != 5) return {};
    bool const west = text[0] == '-';
    if (!west && text[0] != '+') return {};
    text.remove_prefix(1);
    auto const zone = take_number(text, 4, 0);
    using namespace std::chrono;
    year_month_day const date{std::chrono::year(static_cast<int>(*year)),
                              std::chrono::month(static_cast<unsigned>(month) + 1), std::chrono::day(*day)};
    if (!zone || !text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) return {};
    auto const offset = hours(*zone / 100) + minutes(*zone % 100);
    return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second) - (west ? -offset : offset);
}

std::string uid_set(std::span<std::uint32_t const> uids) {
    std::string out;
    for (std::size_t i = 0; i < uids.size();) {
        auto last = i;
        while (last + 1 < uids.size() && uids[last + 1] == uids[last] + 1) ++last;
        if (!out.empty()) out += ',';
        out += std::to_string(uids[i]);
        if (last > i) out.append(":").append(std::to_string(uids[last]));
        i = last + 1;
    }
    return out;
}

bool is_quotable(std::string_view text) {
    return text.size() < 1000 && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

FlagsRead read_flags(std::vector<std::string> const& flags, index::Time received) {
    FlagsRead out;
    bool forwarded = false;
    for (auto const& flag : flags) {
        if (same_word(flag, "\\Seen"))
            out.marks.read = true;
        else if (same_word(flag, "\\Flagged"))
            out.marks.flag_status = 2;
        else if (same_word(flag, "\\Answered"))
            out.marks.last_verb = 1;
        else if (same_word(flag, "\\Deleted"))
            out.deleted = true;
        else if (same_word(flag, "\\Draft"))
            out.draft = true;
        else if (same_word(flag, "$Forwarded") || same_word(flag, "Forwarded"))
            forwarded = true;
        else if (auto category = category_of(flag);
                 !category.empty() && out.marks.categories.size() < max_categories &&
                 std::ranges::find(out.marks.categories, category) == out.marks.categories.end())
            out.marks.categories.push_back(std::move(category));
    }
    if (forwarded && out.marks.last_verb == 0) out.marks.last_verb = 3;
    if (out.marks.last_verb != 0) out.marks.last_verb_time = received;
    return out;
}

} // namespace godwit::source::imap
