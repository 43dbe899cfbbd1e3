#include "convert/contact_value.hpp"

#include "convert/text_body.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include "vcard/value.hpp"

#include <charconv>

namespace godwit::convert {
namespace {

using std::chrono::year_month_day;

constexpr std::size_t longest = 32 * 1024; // of an element
constexpr std::string_view display_name = "X-DISPLAY-NAME";
constexpr int year_unknown = 1604; // a leap year, and after 1601, where Windows begins to count

bool is_uri(vcard::Property const& p) { return p.name == "URL" || p.name == "IMPP"; }

std::string text_of(vcard::Property const& p) {
    auto const* kind = p.parameter("VALUE");
    bool const number = p.name == "TEL" && kind && !kind->values.empty() &&
                        mime::equal_ignoring_case(kind->values[0], "uri") &&
                        mime::equal_ignoring_case(p.value.substr(0, 4), "tel:");
    if (number) return p.value.substr(4);
    return is_uri(p) ? p.value : vcard::unescaped(p.value);
}

std::string without_lines(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c == '\n' || c == '\r') c = ' ';
    return out;
}

// `"Anna" <anna@example.org>`, `Anna <...>`, or the address alone.
std::pair<std::string, std::string> name_and_address(std::string_view text) {
    auto const open = text.rfind('<');
    if (open == text.npos || !text.ends_with('>')) return {"", without_lines(text)};
    auto name = text.substr(0, open);
    while (name.ends_with(' ')) name.remove_suffix(1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    bool const quoted = name.size() >= 2 && name.starts_with('"') && name.ends_with('"');
    std::string plain;
    for (auto rest = quoted ? name.substr(1, name.size() - 2) : name; !rest.empty(); rest.remove_prefix(1)) {
        if (quoted && rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        plain += rest.front();
    }
    return {without_lines(plain), without_lines(text.substr(open + 1, text.size() - open - 2))};
}

std::string shown_address(vcard::Property const& p) {
    auto const* name = p.parameter(display_name);
    auto address = vcard::unescaped(p.value);
    if (!name || name->values.empty() || name->values[0].empty()) return address;
    std::string out = "\"";
    for (char c : name->values[0]) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\" <" + address + ">";
}

} // namespace

std::string shown_value(vcard::Property const& p, Form form, int part) {
    auto text = form == Form::Email ? shown_address(p)
                : part < 0          ? text_of(p)
                                    : vcard::component(p.value, std::size_t(part));
    text = mime::clean(mime::to_crlf(text));
    text.resize(mime::cut_bytes(text, longest).size());
    return text;
}

void set_value(vcard::Property& p, Form form, int part, std::string_view said) {
    auto const text = with_plain_lines(said);
    if (form == Form::Email) {
        auto [name, address] = name_and_address(text);
        p.value = vcard::escaped(address);
        p.drop_parameter(display_name);
        if (!name.empty()) p.set_parameter(display_name, std::move(name));
    } else if (part >= 0) {
        p.value = vcard::with_component(p.value, std::size_t(part), text);
        p.drop_parameter("LABEL"); // it told the old one
    } else if (is_uri(p)) {
        p.value = without_lines(text);
        p.drop_parameter("VALUE");
    } else {
        p.value = vcard::escaped(text);
        if (p.name == "TEL") p.drop_parameter("VALUE");
    }
}

bool says_nothing(vcard::Property const& p) { return p.value.find_first_not_of(';') == p.value.npos; }

std::optional<year_month_day> day_of(std::string_view value) {
    std::string digits;
    if (value.starts_with("--")) digits = std::to_string(year_unknown), value.remove_prefix(2);
    for (char c : value.substr(0, value.find_first_of("T "))) {
        if (c == '-') continue;
        if (c < '0' || c > '9') return std::nullopt;
        digits += c;
    }
    if (digits.size() != 8) return std::nullopt;
    auto number = [&](std::size_t at, std::size_t size) {
        int n = 0;
        std::from_chars(digits.data() + at, digits.data() + at + size, n);
        return n;
    };
    year_month_day day{std::chrono::year(number(0, 4)), std::chrono::month(unsigned(number(4, 2))),
                       std::chrono::day(unsigned(number(6, 2)))};
    return day.ok() && number(0, 4) > 0 ? std::optional(day) : std::nullopt;
}

std::string date_value(year_month_day day) {
    auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    auto const year = std::to_string(int(day.year()));
    auto out = int(day.year()) == year_unknown ? std::string("--")
                                               : std::string(4 - std::min<std::size_t>(4, year.size()), '0') + year;
    return out + two(unsigned(day.month())) + two(unsigned(day.day()));
}

// A midnight west of Greenwich is a time before noon of the same day, one east of it a time after noon of the day
// before; noon itself is a phone's that wants to be safe from both. iOS says midnight and nothing else, and New
// Zealand, which is twelve and thirteen hours ahead, has more people than the places ten hours and more behind.
year_month_day day_meant(eas::Instant at, bool local_midnight) {
    auto const day = std::chrono::floor<std::chrono::days>(at);
    auto const latest = std::chrono::hours(local_midnight ? 10 : 12);
    return year_month_day(at - day > latest ? day + std::chrono::days(1) : day);
}

} // namespace godwit::convert
