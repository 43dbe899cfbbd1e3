// The leaf types of the protocol (MS-ASDTYPE): each has parse() from an element's content and append() to the text that
// leaves. Numbers, durations, enumerations (with is_valid()), text, bytes and times.
#pragma once
#include "wbxml/wbxml.hpp"
#include <charconv>
#include <chrono>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace godwit::eas {

using wbxml::Fragment;
using wbxml::Tag;

// An element without content: there or not.
struct Present {
    bool value = false;
    constexpr Present() = default;
    constexpr Present(bool v) : value(v) {}
    constexpr explicit operator bool() const { return value; }
    bool operator==(Present const&) const = default;
};

// Bytes that travel as WBXML opaque data: MIME, ConversationId, attachment content.
struct Opaque {
    std::string bytes = {};
    bool operator==(Opaque const&) const = default;
};

// Body data travels as text, but MIME with raw 8-bit content must travel as opaque bytes: this remembers which.
struct Content {
    std::string bytes = {};
    bool opaque = false;
    bool operator==(Content const&) const = default;
};

// Names of elements only, as in <Supported> and <Schema>: each child empty, in the order given.
struct ElementNames {
    std::vector<Tag> tags = {};
    bool operator==(ElementNames const&) const = default;
};

// A policy's number that may be there and empty: "no limit" (MS-ASPROV 2.2.2, unsignedIntOrEmpty).
struct NumberOrEmpty {
    std::optional<std::uint32_t> value = {};
    bool operator==(NumberOrEmpty const&) const = default;
};

// 2024-05-31T09:15:00.000Z (MS-ASDTYPE 2.3). Either form is read, each type writes its own.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
struct DateTime {
    Instant at = {};
    bool operator==(DateTime const&) const = default;
};
// 20240531T091500Z (MS-ASDTYPE 2.7.2).
struct CompactDateTime {
    Instant at = {};
    bool operator==(CompactDateTime const&) const = default;
};

// A date that may be there and empty: "none any more".
struct DateTimeOrEmpty {
    std::optional<Instant> at = {};
    bool operator==(DateTimeOrEmpty const&) const = default;
};

std::optional<Instant> parse_time(std::string_view text); // both forms; years 1 to 9999
void append_time(std::string& out, Instant at);
void append_compact_time(std::string& out, Instant at);

// ---- parse and append --------------------------------------------------------------------------------------------
// Text that came in is cleaned at once, so that what is stored, compared and sent back is the same (clients.md 4.3).
bool parse(std::string_view text, std::string& out);
bool parse(std::string_view text, bool& out); // 0 or 1; an empty element is 1 (MS-ASDTYPE_R5, R6)
bool parse(std::string_view text, NumberOrEmpty& out);
bool parse(std::string_view text, DateTime& out);
bool parse(std::string_view text, CompactDateTime& out);
bool parse(std::string_view text, DateTimeOrEmpty& out);
template <std::integral T> bool parse(std::string_view text, T& out) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}
template <class R, class P> bool parse(std::string_view text, std::chrono::duration<R, P>& out) {
    std::uint32_t n = 0;
    return parse(text, n) && (out = std::chrono::duration<R, P>(n), true);
}
template <class E>
    requires std::is_enum_v<E>
bool parse(std::string_view text, E& out) {
    std::underlying_type_t<E> n{};
    return parse(text, n) && is_valid(E(n)) && (out = E(n), true);
}

void append(std::string& out, bool value);
void append(std::string& out, NumberOrEmpty value);
void append(std::string& out, DateTime value);
void append(std::string& out, CompactDateTime value);
void append(std::string& out, DateTimeOrEmpty value);
template <std::integral T> void append(std::string& out, T value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}
template <class R, class P> void append(std::string& out, std::chrono::duration<R, P> value) {
    append(out, value.count());
}
template <class E>
    requires std::is_enum_v<E>
void append(std::string& out, E value) {
    append(out, static_cast<std::underlying_type_t<E>>(value));
}

template <class T> constexpr std::int64_t number(T const&) { return 0; }
template <std::integral T> constexpr std::int64_t number(T const& n) { return static_cast<std::int64_t>(n); }
template <class R, class P> constexpr std::int64_t number(std::chrono::duration<R, P> const& d) { return d.count(); }

} // namespace godwit::eas
