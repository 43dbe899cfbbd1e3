// Versions 2.1 and 3.0 said in the words of 4.0 (RFC 6350 appendix A).
#include "mime/charset.hpp"
#include "mime/header.hpp"
#include "vcard/card.hpp"
#include "vcard/value.hpp"
#include <algorithm>
#include <array>

namespace godwit::vcard {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

std::string quoted_printable_undone(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int const high = text[i] == '=' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        int const low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) {
            out += text[i];
            continue;
        }
        out += char(high * 16 + low);
        i += 2;
    }
    return out;
}

struct Coding {
    std::string encoding, charset;
};

// A bare word of 2.1 becomes the parameter that it means; types come together in one list.
Coding sorted_out(Property& property) {
    Coding coding;
    std::vector<Parameter> kept;
    std::vector<std::string> types;
    bool preferred = false;
    for (auto& p : property.parameters) {
        auto const first = p.values.empty() ? std::string() : mime::lower(p.values.front());
        bool const bare = p.name.empty();
        if (p.name == "ENCODING" || (bare && is_one_of(first, {"quoted-printable", "base64", "8bit", "7bit"}))) {
            coding.encoding = first;
        } else if (p.name == "CHARSET") {
            coding.charset = first;
        } else if (bare && is_one_of(first, {"url", "uri"})) {
            kept.push_back({"VALUE", {"uri"}});
        } else if (bare || p.name == "TYPE") {
            for (auto const& list : p.values)
                for (auto const& one : split(mime::lower(list), ',')) { // TYPE="work,voice"
                    auto const type = mime::clean(one);
                    if (type == "pref")
                        preferred = true;
                    else if (!type.empty() && std::ranges::find(types, type) == types.end())
                        types.push_back(type);
                }
        } else {
            for (auto& value : p.values) value = mime::to_utf8(value, "");
            kept.push_back(std::move(p));
        }
    }
    if (property.name == "EMAIL") std::erase(types, "internet"); // what else
    if (!types.empty()) kept.insert(kept.begin(), {"TYPE", std::move(types)});
    property.parameters = std::move(kept);
    if (preferred && !property.parameter("PREF")) property.set_parameter("PREF", "1");
    return coding;
}

std::string media_type(Property const& property, std::string_view base64) {
    struct Kind {
        std::string_view type, media, begins; // of base64
    };
    static constexpr std::array kinds{
        Kind{"jpeg", "image/jpeg", "/9j/"},      Kind{"png", "image/png", "iVBORw"},
        Kind{"gif", "image/gif", "R0lGOD"},      Kind{"bmp", "image/bmp", "Qk"},
        Kind{"jpg", "image/jpeg", "-"},          Kind{"x509", "application/pkix-cert", "-"},
        Kind{"pgp", "application/pgp-keys", "-"}};
    for (auto const& kind : kinds)
        if (base64.starts_with(kind.begins)) return std::string(kind.media);
    for (auto const& kind : kinds)
        if (property.has_type(kind.type) || property.has_type(kind.media)) return std::string(kind.media);
    return "application/octet-stream";
}

void to_embedded(Property& property) {
    std::erase_if(property.value, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\\'; });
    auto media = media_type(property, property.value);
    property.drop_parameter("TYPE");
    property.drop_parameter("VALUE");
    property.value.insert(0, "data:" + media + ";base64,");
}

// 1980-03-22T10:00:00Z is 19800322T100000Z in version 4.0 (RFC 6350 4.3).
std::string basic_date(std::string_view text) {
    auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    bool const extended = text.size() >= 10 && digit(0) && digit(3) && text[4] == '-' && digit(5) && text[7] == '-';
    if (!extended) return std::string(text);
    std::string out(text.substr(0, 4));
    out.append(text.substr(5, 2)).append(text.substr(8, 2));
    for (char c : text.substr(10))
        if (c != ':') out += c;
    return out;
}

std::string text_again(std::string_view value, std::string_view separators) {
    if (separators.empty()) return escaped(unescaped(value));
    auto pieces = split(value, separators.front());
    for (auto& piece : pieces) piece = text_again(piece, separators.substr(1));
    return join(pieces, separators.front());
}

// What the card was before: in 2.1 a comma separates nothing in a compound.
enum class Was : unsigned char { Two, Three, Four };

// The value of an older version, in UTF-8 already, with the escapes of the newest.
void rewrite(Property& property, Was was, bool literal) {
    auto& value = property.value;
    auto const& name = property.name;
    if (is_one_of(name, {"N", "ADR", "ORG"})) {
        value = text_again(value, was == Was::Two ? ";" : ";,");
    } else if (is_one_of(name, {"CATEGORIES", "NICKNAME"})) {
        value = text_again(value, ",");
    } else if (is_one_of(name, {"URL", "SOURCE", "FBURL", "CALURI", "CALADRURI", "IMPP"})) {
        value = unescaped(value);
        std::erase(value, '\n');
    } else if (is_one_of(name,
                         {"BDAY", "ANNIVERSARY", "X-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY"})) {
        value = basic_date(value);
        property.drop_parameter("VALUE");
    } else if (name == "GEO" && value.contains(';')) {
        value = "geo:" + value.replace(value.find(';'), 1, ",");
    } else if (is_one_of(name, {"FN", "TEL", "EMAIL", "TITLE", "ROLE", "NOTE", "LABEL", "SORT-STRING"}) || literal) {
        value = escaped(unescaped(value));
    }
}

void to_four(Property& property, Was was) {
    auto const coding = sorted_out(property);
    bool const binary = is_one_of(coding.encoding, {"base64", "b"});
    if (binary && is_one_of(property.name, {"PHOTO", "LOGO", "SOUND", "KEY"})) {
        to_embedded(property);
    } else if (coding.encoding == "quoted-printable") {
        auto text = mime::to_utf8(quoted_printable_undone(property.value), coding.charset);
        // The breaks of lines were hidden by the encoding; semicolons still separate.
        std::string lines;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n')
                lines += "\\n";
            else if (text[i] != '\r')
                lines += text[i];
        property.value = std::move(lines);
        rewrite(property, was, true);
        return;
    } else if (binary) {
        property.set_parameter("ENCODING", "b");
    }
    property.value = mime::to_utf8(property.value, coding.charset);
    if (was != Was::Four && !binary) rewrite(property, was, false);
}

} // namespace

std::string formatted_name(Card const& card) {
    if (auto const* n = card.find("N")) {
        std::string out;
        for (std::size_t i : {3, 1, 2, 0, 4}) {
            auto const part = component(n->value, i);
            if (!part.empty()) out += (out.empty() ? "" : " ") + part;
        }
        if (!out.empty()) return escaped(out);
    }
    if (auto const* org = card.find("ORG"))
        if (auto const company = component(org->value, 0); !company.empty()) return escaped(company);
    for (auto const* name : {"EMAIL", "TEL"})
        if (auto const* one = card.find(name)) return escaped(unescaped(one->value));
    return {};
}

Card upgraded(Card card) {
    auto const was = card.version == "4.0" ? Was::Four : card.version == "3.0" ? Was::Three : Was::Two;
    for (auto& property : card.properties) to_four(property, was);
    card.version = "4.0";
    if (!card.find("FN"))
        card.properties.insert(card.properties.begin(), {.name = "FN", .value = formatted_name(card)});
    return card;
}

} // namespace godwit::vcard
