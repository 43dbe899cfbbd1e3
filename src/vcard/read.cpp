#include "mime/charset.hpp"
#include "mime/circumflex.hpp"
#include "mime/header.hpp"
#include "vcard/card.hpp"
#include <algorithm>
#include <tuple>

namespace godwit::vcard {
namespace {

constexpr int most_nested = 5; // cards in AGENT of vCard 2.1

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '/';
}
bool is_name(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_name_char); }

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = char(c - 32);
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Where the separator stands outside of quotes; npos if nowhere. A quote that is never closed is a character.
std::size_t find_outside(std::string_view text, std::string_view separators, std::size_t from) {
    for (auto i = from; i < text.size(); ++i) {
        if (separators.contains(text[i])) return i;
        if (text[i] != '"') continue;
        auto const close = text.find('"', i + 1);
        if (close != text.npos) i = close;
    }
    return text.npos;
}

std::optional<Parameter> parameter_of(std::string_view text, Limits const& limits) {
    auto const equals = text.find('=');
    if (equals == text.npos || find_outside(text, "=", 0) != equals) return Parameter{{}, {std::string(trimmed(text))}};
    Parameter out{upper(trimmed(text.substr(0, equals))), {}};
    for (auto at = equals + 1; at <= text.size();) {
        auto const comma = std::min(find_outside(text, ",", at), text.size());
        auto value = trimmed(text.substr(at, comma - at));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        if (out.values.size() == limits.parameters) return std::nullopt;
        out.values.push_back(mime::circumflexes_undone(value));
        at = comma + 1;
    }
    return out;
}

enum class Parsed : unsigned char { Property, NoProperty, TooMany };

// group "." name *(";" parameter) ":" value
Parsed parse(std::string_view line, Property& out, Limits const& limits) {
    auto const colon = find_outside(line, ":", 0);
    if (colon == line.npos) return Parsed::NoProperty;
    auto const head = line.substr(0, colon);
    auto semicolon = std::min(find_outside(head, ";", 0), head.size());
    auto name = trimmed(head.substr(0, semicolon));
    if (auto const dot = name.find('.'); dot != name.npos) {
        if (!is_name(name.substr(0, dot))) return Parsed::NoProperty;
        out.group = name.substr(0, dot);
        name.remove_prefix(dot + 1);
    }
    if (!is_name(name)) return Parsed::NoProperty;
    out.name = upper(name);
    while (semicolon < head.size()) {
        auto const begin = semicolon + 1;
        semicolon = std::min(find_outside(head, ";", begin), head.size());
        auto const text = trimmed(head.substr(begin, semicolon - begin));
        if (text.empty()) continue;
        auto parameter = out.parameters.size() < limits.parameters ? parameter_of(text, limits) : std::nullopt;
        if (!parameter) return Parsed::TooMany;
        if (!parameter->name.empty() && !is_name(parameter->name)) continue; // nobody could write it again
        out.parameters.push_back(std::move(*parameter));
    }
    out.value = line.substr(colon + 1);
    return Parsed::Property;
}

bool is_encoded(Property const& property, std::string_view encoding) {
    return std::ranges::any_of(property.parameters, [&](Parameter const& p) {
        return (p.name.empty() || p.name == "ENCODING") && !p.values.empty() &&
               mime::equal_ignoring_case(p.values.front(), encoding);
    });
}

bool is_base64(Property const& property) { return is_encoded(property, "BASE64") || is_encoded(property, "B"); }

bool says_quoted_printable(std::string_view line) {
    auto const head = line.substr(0, find_outside(line, ":", 0));
    for (auto at = find_outside(head, ";", 0); at != head.npos; at = find_outside(head, ";", at + 1)) {
        auto const end = std::min(find_outside(head, ";", at + 1), head.size());
        auto const word = mime::lower(trimmed(head.substr(at + 1, end - at - 1)));
        if (word == "quoted-printable" || word == "encoding=quoted-printable") return true;
    }
    return false;
}

bool begins(std::string_view line) {
    return mime::equal_ignoring_case(trimmed(line).substr(0, 6), "BEGIN:") &&
           mime::equal_ignoring_case(trimmed(trimmed(line).substr(6)), "VCARD");
}
bool ends(std::string_view line) {
    return mime::equal_ignoring_case(trimmed(line).substr(0, 4), "END:") &&
           mime::equal_ignoring_case(trimmed(trimmed(line).substr(4)), "VCARD");
}
bool opens_agent(std::string_view line) {
    return mime::equal_ignoring_case(line.substr(0, 5), "AGENT") && trimmed(line).ends_with(':');
}

} // namespace

Parameter const* Property::parameter(std::string_view wanted) const {
    auto const found = std::ranges::find(parameters, wanted, &Parameter::name);
    return found == parameters.end() ? nullptr : &*found;
}

void Property::set_parameter(std::string_view wanted, std::string text) {
    auto const found = std::ranges::find(parameters, wanted, &Parameter::name);
    if (found != parameters.end())
        found->values = {std::move(text)};
    else
        parameters.push_back({std::string(wanted), {std::move(text)}});
}

void Property::drop_parameter(std::string_view wanted) {
    std::erase_if(parameters, [&](Parameter const& p) { return p.name == wanted; });
}

bool Property::has_type(std::string_view type) const {
    for (auto const& p : parameters)
        if (p.name == "TYPE")
            for (auto const& one : p.values)
                if (mime::equal_ignoring_case(one, type)) return true;
    return false;
}

Property const* Card::find(std::string_view name) const {
    auto const found = std::ranges::find(properties, name, &Property::name);
    return found == properties.end() ? nullptr : &*found;
}

Reader::Reader(std::string_view bytes, Limits limits) : rest_(bytes), limits_(limits) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        converted_ = mime::to_utf8(bytes, "utf-16");
        rest_ = converted_;
    }
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool Reader::line(std::string_view& out) {
    if (rest_.empty()) return false;
    ++number_;
    auto const end = std::min(rest_.find_first_of("\r\n"), rest_.size());
    out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (rest_.starts_with("\r\n"))
        rest_.remove_prefix(2);
    else if (!rest_.empty())
        rest_.remove_prefix(1);
    return true;
}

// With the lines that it is folded into (RFC 6350 3.2), or that quoted-printable breaks it into.
bool Reader::logical(std::string& out) {
    std::string_view one;
    if (!line(one)) return false;
    out = one;
    bool const quoted = says_quoted_printable(one);
    for (;;) {
        bool const soft = quoted && out.ends_with('=');
        if (!soft && !rest_.starts_with(' ') && !rest_.starts_with('\t')) return true;
        if (soft) out.pop_back();
        if (!line(one)) return true;
        if (out.size() <= limits_.card_bytes) out += soft ? one : one.substr(1);
    }
}

std::optional<std::expected<Card, Refusal>> Reader::next() {
    std::string text;
    while (logical(text))
        if (begins(text)) return card();
    return std::nullopt;
}

// After its BEGIN. A card that is refused is read to its end all the same, so that the next one is not.
std::expected<Card, Refusal> Reader::card() {
    Card out{.version = "", .properties = {}};
    Refusal refusal{number_, {}, {}};
    auto const refuse = [&](std::string_view reason) {
        if (refusal.reason.empty()) refusal.reason = reason;
    };
    std::string text;
    std::size_t size = 0;
    bool agent = false; // a card may begin here that is a value of this one
    for (int depth = 1;;) {
        auto const here = std::pair(rest_, number_);
        if (!logical(text)) break;
        size += text.size();
        if (size > limits_.card_bytes) refuse("larger than the limit");
        if (begins(text) && !agent) { // this one has lost its END; the next shall not be lost with it
            std::tie(rest_, number_) = here;
            break;
        }
        if (!trimmed(text).empty()) agent = opens_agent(text);
        if (begins(text) && ++depth > most_nested) refuse("cards within cards");
        if (ends(text) && --depth == 0) {
            if (refusal.reason.empty()) return out;
            return std::unexpected(std::move(refusal));
        }
        if (!refusal.reason.empty() || trimmed(text).empty()) continue;
        auto* last = out.properties.empty() ? nullptr : &out.properties.back();
        if (depth > 1 || ends(text)) { // the card of an agent: its lines are the value
            if (last) last->value += (last->value.empty() ? "" : "\\n") + text;
            continue;
        }
        Property property;
        auto const parsed = parse(text, property, limits_);
        if (parsed == Parsed::TooMany || out.properties.size() == limits_.properties) {
            refusal.reason = "more properties or parameters than the limit";
        } else if (parsed == Parsed::NoProperty) {
            // A line that somebody forgot to fold.
            if (last) last->value += is_base64(*last) ? std::string(trimmed(text)) : "\\n" + text;
        } else {
            if (property.name == "FN" && refusal.name.empty())
                refusal.name = mime::clean(property.value.substr(0, 200));
            if (property.name == "VERSION")
                out.version = trimmed(property.value);
            else if (property.name != "BEGIN" && property.name != "END")
                out.properties.push_back(std::move(property));
        }
    }
    refuse("it does not end (END:VCARD)");
    return std::unexpected(std::move(refusal));
}

std::expected<Card, std::string> read_card(std::string_view bytes) {
    auto first = Reader(bytes).next();
    if (!first) return std::unexpected("no vCard");
    if (!*first) return std::unexpected(std::move(first->error().reason));
    return std::move(**first);
}

} // namespace godwit::vcard
