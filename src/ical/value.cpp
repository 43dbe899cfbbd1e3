#include "ical/value.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

namespace godwit::ical {
namespace {

using namespace std::chrono;

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
    int out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
}

std::optional<local_days> day_of(std::string_view digits) {
    if (digits.size() != 8 || !all_digits(digits)) return std::nullopt;
    year_month_day date{year(number(digits.substr(0, 4))), month(static_cast<unsigned>(number(digits.substr(4, 2)))),
                        day(static_cast<unsigned>(number(digits.substr(6, 2))))};
    if (!date.ok() || date.year() < year(1)) return std::nullopt;
    return local_days(date);
}

template <class Days> std::string date_text(Days days) {
    year_month_day date{days};
    char out[16];
    std::snprintf(out, sizeof out, "%04d%02u%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()));
    return out;
}

template <class Time> std::string time_text(Time at) {
    auto days = floor<std::chrono::days>(at);
    hh_mm_ss<seconds> time{at - days};
    char out[16];
    std::snprintf(out, sizeof out, "T%02d%02d%02d", static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return date_text(days) + out;
}

// A backslash takes the character behind it with it.
std::string unescape(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            out += raw[i];
            continue;
        }
        char c = raw[++i];
        if (c == 'n' || c == 'N')
            out += '\n';
        else if (c == '\\' || c == ';' || c == ',' || c == ':' || c == '"')
            out += c;
        else
            (out += '\\') += c;
    }
    return out;
}

constexpr std::size_t longest_address = 320; // RFC 5321 4.5.3.1.1, 4.5.3.1.2

// What may stand in either half of an address unquoted, as strictly as needed for it to be one in To as well.
bool is_plain(std::string_view half, std::string_view but_not) {
    return !half.empty() && std::ranges::all_of(half, [&](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && !but_not.contains(c);
    });
}

// Of "local"@domain, where the quotes end; 0: nowhere.
std::size_t quoted_length(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\') ++i;
    }
    return 0;
}

// One address, or nothing. A list in its place would make strangers of a hostile invitation's choice recipients of what
// is written to one person. What has no @ reaches nobody, and is only kept from being a list: Exchange's /O=ORG/CN=ANN.
std::string_view one_address(std::string_view text) {
    constexpr std::string_view specials = "()<>[]:;,\\\"@", list = "<>;,\"";
    bool const quoted = text.starts_with('"');
    auto const at = quoted ? quoted_length(text) : text.find('@');
    if (!quoted && at == text.npos) return text.find_first_of(list) == text.npos ? text : std::string_view();
    if (at == 0 || at >= text.size() || text[at] != '@') return {};
    auto const local = text.substr(0, at);
    text = trimmed(text.substr(0, text.find('?', at))); // ?subject= (RFC 6068 2)
    auto const domain = text.substr(at + 1);
    bool const literal = domain.size() > 2 && domain.starts_with('[') && domain.ends_with(']');
    if (literal ? !is_plain(domain.substr(1, domain.size() - 2), "()<>[];,\\\"@") : !is_plain(domain, specials))
        return {};
    if (!is_plain(local, quoted ? "<>" : specials)) return {}; // To can hold no blank in quotes, nor these
    return text.size() <= longest_address ? text : std::string_view();
}

} // namespace

std::string text(std::string_view raw) { return unescape(raw); }

std::string escaped(std::string_view utf8) {
    std::string out;
    out.reserve(utf8.size() + 16);
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        char c = utf8[i];
        if (c == '\r') {
            if (i + 1 < utf8.size() && utf8[i + 1] == '\n') continue;
            out += "\\n";
        } else if (c == '\n') {
            out += "\\n";
        } else {
            if (c == '\\' || c == ';' || c == ',') out += '\\';
            out += c;
        }
    }
    return out;
}

std::vector<std::string> text_list(std::string_view raw) {
    std::vector<std::string> out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= raw.size(); ++i) {
        if (i < raw.size() && raw[i] == '\\') {
            ++i;
        } else if (i >= raw.size() || raw[i] == ',') {
            out.push_back(unescape(raw.substr(begin, std::min(i, raw.size()) - begin)));
            begin = i + 1;
        }
    }
    if (begin < raw.size()) out.push_back(unescape(raw.substr(begin)));
    return out;
}

std::optional<Moment> moment(std::string_view raw, std::string_view zone) {
    raw = trimmed(raw);
    auto days = day_of(raw.substr(0, 8));
    if (!days) return std::nullopt;
    if (raw.size() == 8) return Moment{Moment::Kind::date, Local(*days), {}};
    auto time = raw.substr(8);
    bool utc = time.ends_with('Z') || time.ends_with('z');
    if (utc) time.remove_suffix(1);
    if (time.size() != 7 || (time[0] != 'T' && time[0] != 't') || !all_digits(time.substr(1))) return std::nullopt;
    int h = number(time.substr(1, 2)), m = number(time.substr(3, 2)), s = number(time.substr(5, 2));
    if (h > 24 || m > 59 || s > 60 || (h == 24 && m + s > 0)) return std::nullopt;
    Moment out{Moment::Kind::floating, *days + hours(h) + minutes(m) + seconds(s), {}};
    if (utc)
        out.kind = Moment::Kind::utc;
    else if (!zone.empty())
        out.kind = Moment::Kind::zoned, out.zone = zone;
    return out;
}

std::optional<Moment> moment(Property const& property) { return moment(property.value, property.parameter("TZID")); }

std::vector<Moment> moments(Property const& property, std::size_t most) {
    std::vector<Moment> out;
    auto zone = property.parameter("TZID");
    std::string_view rest = property.value;
    while (!rest.empty() && out.size() < most) {
        auto comma = std::min(rest.find(','), rest.size());
        auto one = rest.substr(0, comma);
        if (auto found = moment(one.substr(0, one.find('/')), zone)) out.push_back(std::move(*found));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return out;
}

std::string raw(Moment const& moment) {
    if (moment.is_date()) return date_text(floor<days>(moment.at));
    return time_text(moment.at) + (moment.kind == Moment::Kind::utc ? "Z" : "");
}

Property property(std::string_view name, Moment const& moment) {
    Property out{.name = std::string(name), .value = raw(moment)};
    if (moment.is_date()) out.set_parameter("VALUE", "DATE");
    if (moment.kind == Moment::Kind::zoned) out.set_parameter("TZID", moment.zone);
    return out;
}

std::string raw(Instant at) { return time_text(at) + "Z"; }

std::optional<Instant> instant(std::string_view raw) {
    auto found = moment(raw);
    if (!found || found->kind != Moment::Kind::utc) return std::nullopt;
    return Instant(found->at.time_since_epoch());
}

std::optional<seconds> duration(std::string_view raw) {
    constexpr seconds most = std::chrono::days(36525);
    raw = trimmed(raw);
    bool negative = raw.starts_with('-');
    if (negative || raw.starts_with('+')) raw.remove_prefix(1);
    if (!raw.starts_with('P') || raw.size() < 3) return std::nullopt;
    raw.remove_prefix(1);
    bool time = false;
    seconds sum{0};
    while (!raw.empty()) {
        if (raw.front() == 'T') {
            if (std::exchange(time, true)) return std::nullopt;
            raw.remove_prefix(1);
        }
        std::int64_t n = 0;
        auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), n);
        if (error != std::errc{} || n < 0 || n > 4'000'000'000 || end == raw.data() + raw.size()) return std::nullopt;
        switch (*end) {
        case 'W': sum += weeks(n); break;
        case 'D': sum += days(n); break;
        case 'H': sum += hours(n); break;
        case 'M': sum += minutes(n); break;
        case 'S': sum += seconds(n); break;
        default: return std::nullopt;
        }
        if (sum > most || (time != (*end == 'H' || *end == 'M' || *end == 'S'))) return std::nullopt;
        raw.remove_prefix(static_cast<std::size_t>(end + 1 - raw.data()));
    }
    return negative ? -sum : sum;
}

std::string raw_duration(seconds duration) {
    std::string out = duration < seconds(0) ? "-P" : "P";
    auto left = duration < seconds(0) ? -duration : duration;
    auto whole = floor<days>(left);
    hh_mm_ss<seconds> time{left - whole};
    if (whole.count() > 0) out += std::to_string(whole.count()) + "D";
    if (time.to_duration() == seconds(0)) return whole.count() > 0 ? out : out + "T0S";
    out += 'T';
    if (time.hours().count()) out += std::to_string(time.hours().count()) + "H";
    if (time.minutes().count()) out += std::to_string(time.minutes().count()) + "M";
    if (time.seconds().count()) out += std::to_string(time.seconds().count()) + "S";
    return out;
}

std::optional<seconds> utc_offset(std::string_view raw) {
    raw = trimmed(raw);
    if (raw.size() != 5 && raw.size() != 7) return std::nullopt;
    if ((raw[0] != '+' && raw[0] != '-') || !all_digits(raw.substr(1))) return std::nullopt;
    seconds out = hours(number(raw.substr(1, 2))) + minutes(number(raw.substr(3, 2)));
    if (raw.size() == 7) out += seconds(number(raw.substr(5, 2)));
    if (out >= days(1)) return std::nullopt;
    return raw[0] == '-' ? -out : out;
}

std::string_view mail_address(Property const& property) {
    std::string_view value = trimmed(property.value);
    constexpr std::string_view scheme = "mailto:";
    if (value.size() >= scheme.size() && same_name(value.substr(0, scheme.size()), scheme))
        return one_address(trimmed(value.substr(scheme.size())));
    if (auto told = property.parameter("EMAIL"); !told.empty()) return one_address(trimmed(told));
    bool bare = value.contains('@') && !value.contains(':') && !value.contains('/');
    return bare ? one_address(value) : std::string_view();
}

} // namespace godwit::ical
