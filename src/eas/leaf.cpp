#include "eas/leaf.hpp"

namespace godwit::eas {

namespace {

// A cursor over fixed-width digits; any mismatch makes it fail for good.
struct Digits {
    std::string_view rest;
    bool ok = true;
    int number(std::size_t width) {
        int n = 0;
        if (!(ok = ok && rest.size() >= width)) return 0;
        for (auto c : rest.substr(0, width)) {
            if (c < '0' || c > '9') return ok = false, 0;
            n = n * 10 + (c - '0');
        }
        rest.remove_prefix(width);
        return n;
    }
    void skip(char c) {
        if (!(ok = ok && !rest.empty() && rest.front() == c)) return;
        rest.remove_prefix(1);
    }
    // .123 or .1234567: to the millisecond.
    int fraction() {
        if (!ok || rest.empty() || rest.front() != '.') return 0;
        rest.remove_prefix(1);
        int n = 0, scale = 100, seen = 0;
        while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
            n += (rest.front() - '0') * scale;
            scale /= 10, ++seen;
            rest.remove_prefix(1);
        }
        ok = seen > 0;
        return n;
    }
};

void append_digits(std::string& out, unsigned n, int width) {
    char digits[8];
    for (int i = width; i-- > 0; n /= 10) digits[i] = static_cast<char>('0' + n % 10);
    out.append(digits, static_cast<std::size_t>(width));
}

struct Parts {
    unsigned year, month, day, hour, minute, second, millisecond;
};

Parts parts(Instant at) {
    auto day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day date(day);
    std::chrono::hh_mm_ss time(at - day);
    // What lies outside 1 to 9999 cannot be written: it becomes the nearest that can.
    if (date.year() < std::chrono::year(1)) return {1, 1, 1, 0, 0, 0, 0};
    if (date.year() > std::chrono::year(9999)) return {9999, 12, 31, 23, 59, 59, 999};
    return {static_cast<unsigned>(static_cast<int>(date.year())),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            static_cast<unsigned>(time.hours().count()),
            static_cast<unsigned>(time.minutes().count()),
            static_cast<unsigned>(time.seconds().count()),
            static_cast<unsigned>(time.subseconds().count())};
}

} // namespace

std::optional<Instant> parse_time(std::string_view text) {
    bool compact = text.size() > 4 && text[4] != '-';
    Digits in{text};
    auto separator = [&](char c) {
        if (!compact) in.skip(c);
    };
    auto year = in.number(4);
    separator('-');
    auto month = in.number(2);
    separator('-');
    auto day = in.number(2);
    in.skip('T');
    auto hour = in.number(2);
    separator(':');
    auto minute = in.number(2);
    separator(':');
    auto second = in.number(2);
    auto millisecond = in.fraction();
    in.skip('Z');
    std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day))};
    if (!in.ok || !in.rest.empty() || year < 1 || !date.ok() || hour > 23 || minute > 59 || second > 59) return {};
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + std::chrono::milliseconds(millisecond);
}

void append_time(std::string& out, Instant at) {
    auto p = parts(at);
    append_digits(out, p.year, 4), out += '-', append_digits(out, p.month, 2), out += '-', append_digits(out, p.day, 2);
    out += 'T', append_digits(out, p.hour, 2), out += ':', append_digits(out, p.minute, 2);
    out += ':', append_digits(out, p.second, 2), out += '.', append_digits(out, p.millisecond, 3), out += 'Z';
}

void append_compact_time(std::string& out, Instant at) {
    auto p = parts(at);
    append_digits(out, p.year, 4), append_digits(out, p.month, 2), append_digits(out, p.day, 2), out += 'T';
    append_digits(out, p.hour, 2), append_digits(out, p.minute, 2), append_digits(out, p.second, 2), out += 'Z';
}

bool parse(std::string_view text, std::string& out) {
    if (wbxml::is_clean(text))
        out = text;
    else
        out = wbxml::cleaned(text);
    return true;
}

bool parse(std::string_view text, bool& out) {
    out = text != "0";
    return text.empty() || text == "0" || text == "1";
}

bool parse(std::string_view text, NumberOrEmpty& out) {
    out.value.reset();
    return text.empty() || parse(text, out.value.emplace());
}

bool parse(std::string_view text, DateTime& out) {
    auto at = parse_time(text);
    if (at) out.at = *at;
    return at.has_value();
}

bool parse(std::string_view text, CompactDateTime& out) {
    auto at = parse_time(text);
    if (at) out.at = std::chrono::floor<std::chrono::seconds>(*at);
    return at.has_value();
}

void append(std::string& out, bool value) { out += value ? '1' : '0'; }
void append(std::string& out, NumberOrEmpty number) {
    if (number.value) append(out, *number.value);
}
void append(std::string& out, DateTime value) { append_time(out, value.at); }
bool parse(std::string_view text, DateTimeOrEmpty& out) {
    out.at = parse_time(text);
    return out.at || text.empty();
}

void append(std::string& out, DateTimeOrEmpty value) {
    if (value.at) append_time(out, *value.at);
}
void append(std::string& out, CompactDateTime value) { append_compact_time(out, value.at); }

} // namespace godwit::eas
