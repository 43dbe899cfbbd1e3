#include "eas/request_line.hpp"
#include "wbxml/hex.hpp"
#include <algorithm>

namespace godwit::eas {

namespace {

constexpr std::size_t max_query = 8192;
constexpr std::size_t max_id = 32;        // as the phone has it (MS-ASHTTP_R102)
constexpr std::size_t max_id_as_hex = 64; // bytes made readable

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }
bool alphanumeric(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'); }
bool printable(std::string_view s) {
    return std::ranges::all_of(s, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    auto l = lower(c);
    if (l >= 'a' && l <= 'f') return static_cast<unsigned>(l - 'a' + 10);
    return {};
}

// A stray '%' stays itself. In a plain query '+' is a space; in base64 it is a digit.
std::string percent_decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (high && low) {
                out += static_cast<char>(*high << 4 | *low);
                i += 2;
                continue;
            }
        }
        out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
    return out;
}

int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-' || c == ' ') return 62; // the URL-safe alphabet; ' ' is what a proxy makes of '+'
    if (c == '/' || c == '_') return 63;
    return -1;
}

// With or without padding.
std::optional<std::string> base64_decoded(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    if (text.size() % 4 == 1) return {};
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (auto c : text) {
        auto digit = base64_digit(c);
        if (digit < 0) return {};
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held);
    }
    return out;
}

// An id of bytes that are no id becomes hexadecimal: a GUID of 16 bytes gives 32 digits, as other servers have it.
std::string readable_id(std::string_view bytes) {
    if (std::ranges::all_of(bytes, alphanumeric)) return std::string(bytes);
    return wbxml::to_hex(bytes);
}

RequestLine checked(RequestLine line) {
    if (!is_device_type(line.device_type)) line.misnamed = QueryError::DeviceTypeInvalid;
    if (!is_device_id(line.device_id)) line.misnamed = QueryError::DeviceIdInvalid;
    if (line.misnamed) line.device_id.clear(), line.device_type.clear();
    return line;
}

// ---- plain: Cmd=Sync&User=...&DeviceId=...&DeviceType=... (MS-ASHTTP 2.2.1.1.1.2)
// -------------------------------------------
struct Plain {
    std::optional<std::string> command = {}, device_id = {}, device_type = {}, save_in_sent = {};
    RequestLine line = {};

    std::optional<std::string>* slot(std::string_view name) {
        struct Slot {
            std::string_view name;
            std::optional<std::string>* value;
        };
        for (auto const& s : {
                 Slot{"Cmd", &command},
                 Slot{"DeviceId", &device_id},
                 Slot{"DeviceType", &device_type},
                 Slot{"SaveInSent", &save_in_sent},
                 Slot{"User", &line.user},
                 Slot{"CollectionId", &line.collection_id},
                 Slot{"ItemId", &line.item_id},
                 Slot{"LongId", &line.long_id},
                 Slot{"Occurrence", &line.occurrence},
                 Slot{"AttachmentName", &line.attachment_name},
             })
            if (same(name, s.name)) return s.value;
        return nullptr;
    }
};

std::expected<RequestLine, QueryError> parse_plain(std::string_view query) {
    Plain plain;
    for (;;) {
        auto end = query.find('&');
        auto parameter = query.substr(0, end);
        auto equals = parameter.find('=');
        auto* slot = plain.slot(percent_decoded(parameter.substr(0, equals), true));
        if (slot && !slot->has_value())
            *slot = equals == parameter.npos ? "" : percent_decoded(parameter.substr(equals + 1), true);
        if (end == query.npos) break;
        query.remove_prefix(end + 1);
    }
    if (!plain.command || plain.command->empty()) return std::unexpected(QueryError::CommandMissing);
    auto command = parse_command(*plain.command);
    if (!command) return std::unexpected(QueryError::UnknownCommand);
    plain.line.command = *command;
    plain.line.device_id = plain.device_id.value_or("");
    if (plain.line.device_id.size() > max_id) plain.line.device_id.clear();
    plain.line.device_type = plain.device_type.value_or("");
    plain.line.save_in_sent = plain.save_in_sent && same(*plain.save_in_sent, "T");
    return checked(std::move(plain.line));
}

// ---- base64 (MS-ASHTTP 2.2.1.1.1.1)
// ------------------------------------------------------------------------------------------
struct Bytes {
    std::string_view rest;
    bool ok = true;

    std::string_view take(std::size_t n) {
        if (!(ok = ok && n <= rest.size())) return {};
        auto out = rest.substr(0, n);
        rest.remove_prefix(n);
        return out;
    }
    std::uint32_t little_endian(std::size_t width) {
        std::uint32_t n = 0;
        int shift = 0;
        for (auto c : take(width)) n |= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << shift, shift += 8;
        return n;
    }
    std::string_view counted() { return take(little_endian(1)); }
};

enum class Parameter : std::uint8_t {
    AttachmentName = 0,
    CollectionId = 1,
    ItemId = 3,
    LongId = 4,
    Occurrence = 6,
    Options = 7,
    User = 8,
};
constexpr unsigned save_in_sent_flag = 0x01, accept_multipart_flag = 0x02;

bool put(RequestLine& line, std::uint32_t tag, std::string_view value) {
    auto keep = [&](std::optional<std::string>& slot) {
        if (!slot) slot = std::string(value);
        return true;
    };
    switch (static_cast<Parameter>(tag)) {
    case Parameter::AttachmentName: return keep(line.attachment_name);
    case Parameter::CollectionId: return keep(line.collection_id);
    case Parameter::ItemId: return keep(line.item_id);
    case Parameter::LongId: return keep(line.long_id);
    case Parameter::Occurrence: return keep(line.occurrence);
    case Parameter::User: return keep(line.user);
    case Parameter::Options:
        if (value.size() != 1) return false;
        line.save_in_sent = line.save_in_sent || (static_cast<unsigned char>(value[0]) & save_in_sent_flag);
        line.accept_multipart = line.accept_multipart || (static_cast<unsigned char>(value[0]) & accept_multipart_flag);
        return true;
    }
    return true; // tags of older documents (5, ParentId) and of newer ones
}

std::expected<RequestLine, QueryError> parse_base64(std::string_view query) {
    auto decoded = base64_decoded(percent_decoded(query, false));
    if (!decoded) return std::unexpected(QueryError::Malformed);
    Bytes in{*decoded};
    RequestLine line;
    auto version = in.little_endian(1), code = in.little_endian(1);
    line.locale = static_cast<std::uint16_t>(in.little_endian(2));
    auto device_id = in.counted();
    auto key_length = in.little_endian(1);
    if (key_length != 0 && key_length != 4) in.ok = false;
    if (in.ok && key_length == 4) line.policy_key = in.little_endian(4);
    auto device_type = in.counted();
    if (!in.ok) return std::unexpected(QueryError::Malformed);
    while (in.ok && !in.rest.empty()) {
        auto tag = in.little_endian(1);
        auto value = in.counted();
        if (in.ok && !put(line, tag, value)) return std::unexpected(QueryError::UnsupportedOption);
    }
    if (!in.ok) return std::unexpected(QueryError::Malformed);
    line.version = version_of_byte(static_cast<std::uint8_t>(version));
    if (!line.version) return std::unexpected(QueryError::UnknownVersion);
    auto command = command_of_code(static_cast<std::uint8_t>(code));
    if (!command) return std::unexpected(QueryError::UnknownCommand);
    line.command = *command;
    if (device_id.size() <= max_id) line.device_id = readable_id(device_id);
    line.device_type = std::string(device_type);
    return checked(std::move(line));
}

} // namespace

int http_code(QueryError error) { return error == QueryError::UnknownCommand ? 501 : 400; }

std::string_view name(QueryError error) {
    switch (error) {
    case QueryError::Malformed: return "the query is malformed";
    case QueryError::CommandMissing: return "no command";
    case QueryError::UnknownCommand: return "an unknown command";
    case QueryError::UnknownVersion: return "an unknown protocol version";
    case QueryError::DeviceIdInvalid: return "the device id is missing or invalid";
    case QueryError::DeviceTypeInvalid: return "the device type is missing or invalid";
    case QueryError::UnsupportedOption: return "malformed options";
    }
    return "?";
}

std::expected<RequestLine, QueryError> parse_query(std::string_view query) {
    if (query.empty()) return std::unexpected(QueryError::CommandMissing);
    if (query.size() > max_query) return std::unexpected(QueryError::Malformed);
    // Base64 has '=' only as padding, at its end; a plain query has at least Cmd=...
    auto content = query.substr(0, query.find_last_not_of('=') + 1);
    bool plain = content.find('=') != content.npos || content.find('&') != content.npos;
    return plain ? parse_plain(query) : parse_base64(query);
}

bool is_device_id(std::string_view id) {
    constexpr std::string_view separators = ",;:&=?#/\\\"'<>%+";
    return !id.empty() && id.size() <= max_id_as_hex && printable(id) && id.find_first_of(separators) == id.npos;
}

bool is_device_type(std::string_view type) {
    return !type.empty() && type.size() <= 64 &&
           std::ranges::all_of(type, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string canonical_device_id(std::string_view id) {
    std::string out(id);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

} // namespace godwit::eas
