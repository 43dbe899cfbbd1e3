// One table per element says everything about it: which children, of which type, in which order, under which rules,
// since which version, and where the specification says so. decode(), encode() and describe() are its only readers.
// Cardinality is the member's type and is written nowhere else:
//     T exactly one        optional<T> at most one        vector<T> any number        Present an empty element
//     optional<vector<T>> with in{Wrapper}: the wrapper may be absent, or there and empty
// The order of the rows is the order on the wire. Nothing here throws: a broken rule is a value, a Violation.
//
// What a request may hold that we do not expect, and what becomes of it:
//   - bytes that are no WBXML                                    Rule::Wbxml     -> status 102 (HTTP 400 up to 12.1)
//   - a token that no code page has                              Rule::Unknown   -> 102 too: MS-ASWBXML 2.1.2 has no
//   such tag
//   - a legacy token (2.5, never documented)                     read and ignored
//   - a known element where it may not stand, or not in the request's version; one that may stand once, twice;
//     a required one that is missing; a bad value; too many      the command's own protocol-error status
#pragma once
#include "eas/leaf.hpp"
#include "eas/version.hpp"
#include <array>
#include <climits>
#include <expected>
#include <optional>
#include <span>
#include <utility>
#include <variant>

namespace godwit::eas {

enum class Rule : std::uint8_t {
    Wbxml,        // not WBXML, or beyond the reader's limits
    Unknown,      // an element that no code page has
    Root,         // the document is another one
    Misplaced,    // known, but not allowed in this place
    Order,        // a child after one that it must precede
    Duplicate,    // twice where once is allowed
    Required,     // missing
    Type,         // content of another type
    Value,        // not among the enumeration's values
    Range,        // a number below or above its range
    Length,       // text too long, or empty where it may not be
    MaxItems,     // too many of them
    NotInVersion, // exists in other versions of the protocol only
};
std::string_view name(Rule rule);

// Which element broke which rule of which section. All three are static texts.
struct Violation {
    std::string_view element;
    Rule rule;
    std::string_view spec;
    bool operator==(Violation const&) const = default;
};
std::string to_string(Violation const& violation); // "Ping/Id breaks max_bytes (MS-ASCMD 2.2.3.78)"

template <class T> using Decoded = std::expected<T, Violation>;

// ---- the table: plain data -----------------------------------------------------------------------------------------
enum class Cardinality : std::uint8_t { One, Optional, Many, Flag };

struct Row;
struct Decoder; // a decode under way: the reader, the version, the first violation
struct Encoder; // an encode under way: the writer, the version

struct Shape {
    Tag tag;
    std::string_view spec;
    std::span<Row const> rows;
    bool ordered = false;
    Version since = v2_5, until = v16_1;
};

struct Row {
    Tag tag = {};                    // none for a choice
    std::optional<Tag> wrapper = {}; // <Folders> around <Folder>*
    Cardinality cardinality = Cardinality::One;
    bool optional_wrapper = false; // the member is optional<vector<T>>
    bool not_empty = false;
    bool anywhere = false; // in an ordered element: not bound by the order
    bool or_default = false;
    Version since = v2_5, until = v16_1;
    std::int64_t low = INT64_MIN, high = INT64_MAX;
    std::size_t max_bytes = SIZE_MAX, max_chars = SIZE_MAX;
    std::size_t max_items = 1000;
    bool surplus_dropped = false;                         // beyond max_items: read over, not refused
    Shape const* (*shape)() = nullptr;                    // of an element with children
    std::span<Shape const* const> (*choices)() = nullptr; // of a choice
    bool (*decode)(Row const&, void* owner, wbxml::Event const&, Decoder&) = nullptr;
    void (*encode)(Row const&, void const* owner, Encoder&) = nullptr;
    std::size_t (*count)(void const* owner) = nullptr; // how many there are
    bool (*wrapped)(void const* owner) = nullptr;      // with an optional wrapper: whether it is there
    void (*engage)(void* owner) = nullptr;             // with an optional wrapper: it is there
};

template <class T> inline constexpr auto schema = nullptr; // specialised once per element, below its struct
template <class T>
concept Element = !std::same_as<std::remove_cvref_t<decltype(schema<T>)>, std::nullptr_t>;

// ---- rules: plain data that adjusts a row ---------------------------------------------------------------------------
struct in { // inside this wrapper
    Tag wrapper;
    constexpr void adjust(Row& r) const { r.wrapper = wrapper; }
};
struct since { // first version that has it
    Version version;
    constexpr void adjust(Row& r) const { r.since = version; }
};
struct until { // last version that has it
    Version version;
    constexpr void adjust(Row& r) const { r.until = version; }
};
struct range { // of a number or a duration
    std::int64_t low, high;
    constexpr void adjust(Row& r) const { r.low = low, r.high = high; }
};
struct max_bytes {
    std::size_t count;
    constexpr void adjust(Row& r) const { r.max_bytes = count; }
};
struct max_items { // of a vector; 1000 unless told
    std::size_t count;
    constexpr void adjust(Row& r) const { r.max_items = count; }
};
// Reads one more than the handler may allow and drops the rest: the handler sees that they are too many, and its status
// for that (6 of Ping, 15 of Sync, 11 of ItemOperations) is sent rather than the one for bad XML.
struct handler_limits {
    std::size_t most; // that a handler allows
    constexpr void adjust(Row& r) const { r.max_items = most + 1, r.surplus_dropped = true; }
};
struct max_chars { // code points
    std::size_t count;
    constexpr void adjust(Row& r) const { r.max_chars = count; }
};
struct anywhere { // among ordered children
    constexpr void adjust(Row& r) const { r.anywhere = true; }
};
struct or_default { // must be there by the specification; who leaves it out means what the member is without it
    constexpr void adjust(Row& r) const { r.or_default = true; }
};
struct not_empty { // text of at least one byte
    constexpr void adjust(Row& r) const { r.not_empty = true; }
};

// ---- what the rows call ---------------------------------------------------------------------------------------------
// Each decode_... returns false when it noted a violation, and the decode is over.
bool decode_element(Shape const& shape, void* owner, wbxml::Event const& event, Decoder& d);
bool decode_present(Row const& row, wbxml::Event const& event, Decoder& d);
bool decode_fragment(Row const& row, Fragment& out, wbxml::Event const& event, Decoder& d);
bool decode_names(Row const& row, ElementNames& out, wbxml::Event const& event, Decoder& d);
// The content of a leaf, text cleaned, its lengths checked; nothing after a violation. Valid until the next call.
enum class LeafKind : std::uint8_t { Text, Bytes };
std::optional<std::string_view> leaf_content(Row const& row, wbxml::Event const& event, Decoder& d, LeafKind kind,
                                             bool& opaque);
bool broken(Decoder& d, Tag tag, Rule rule); // notes the violation
bool in_range(Row const& row, std::int64_t number, Decoder& d);

void encode_children(Shape const& shape, void const* owner, Encoder& e);
void encode_element(Tag tag, Shape const& shape, void const* owner, Encoder& e);
void encode_leaf(Tag tag, std::string_view text, Encoder& e);
void encode_value(Tag tag, Present value, Encoder& e);
void encode_value(Tag tag, std::string const& text, Encoder& e);
void encode_value(Tag tag, Opaque const& value, Encoder& e);
void encode_value(Tag tag, Content const& value, Encoder& e);
void encode_value(Tag tag, Fragment const& value, Encoder& e);
void encode_value(Tag tag, ElementNames const& value, Encoder& e);
bool spoken(Shape const& shape, Encoder const& e); // in this version

template <class T> inline constexpr Shape shape_of = schema<T>.shape();
template <class... T> inline constexpr std::array<Shape const*, sizeof...(T)> shapes_of{&shape_of<T>...};

template <class T> bool decode_leaf(Row const& row, T& out, wbxml::Event const& event, Decoder& d) {
    bool opaque = false;
    constexpr auto kind = std::same_as<T, Opaque> || std::same_as<T, Content> ? LeafKind::Bytes : LeafKind::Text;
    auto text = leaf_content(row, event, d, kind, opaque);
    if (!text) return false;
    if constexpr (std::same_as<T, Opaque>) {
        out.bytes = *text;
    } else if constexpr (std::same_as<T, Content>) {
        out.opaque = opaque && !text->empty();
        if (opaque)
            out.bytes = *text;
        else
            parse(*text, out.bytes);
    } else {
        if (!parse(*text, out)) return broken(d, row.tag, std::is_enum_v<T> ? Rule::Value : Rule::Type);
        return in_range(row, number(out), d);
    }
    return true;
}

template <class T> bool decode_one(Row const& row, T& out, wbxml::Event const& event, Decoder& d) {
    if constexpr (std::same_as<T, Present>) {
        out.value = true;
        return decode_present(row, event, d);
    } else if constexpr (std::same_as<T, Fragment>)
        return decode_fragment(row, out, event, d);
    else if constexpr (std::same_as<T, ElementNames>)
        return decode_names(row, out, event, d);
    else if constexpr (Element<T>)
        return decode_element(shape_of<T>, &out, event, d);
    else
        return decode_leaf(row, out, event, d);
}

template <class T> void encode_one(Tag tag, T const& value, Encoder& e) {
    if constexpr (Element<T>) {
        encode_element(tag, shape_of<T>, &value, e);
    } else if constexpr (
        requires { encode_value(tag, value, e); } && std::is_class_v<T> &&
        !requires(std::string& s) { append(s, value); }) {
        encode_value(tag, value, e);
    } else {
        std::string text;
        append(text, value);
        encode_leaf(tag, text, e);
    }
}

// ---- a member becomes a row
// -------------------------------------------------------------------------------------------
template <class M> struct Occurs {
    using type = M;
    static constexpr auto cardinality = std::same_as<M, Present> ? Cardinality::Flag : Cardinality::One;
    static constexpr bool optional_wrapper = false;
};
template <class T> struct Occurs<std::optional<T>> {
    using type = T;
    static constexpr auto cardinality = Cardinality::Optional;
    static constexpr bool optional_wrapper = false;
};
template <class T> struct Occurs<std::vector<T>> {
    using type = T;
    static constexpr auto cardinality = Cardinality::Many;
    static constexpr bool optional_wrapper = false;
};
template <class T> struct Occurs<std::optional<std::vector<T>>> {
    using type = T;
    static constexpr auto cardinality = Cardinality::Many;
    static constexpr bool optional_wrapper = true;
};
template <class> struct Member;
template <class O, class M> struct Member<M O::*> {
    using owner = O;
    using type = M;
};

// The list of a Many member: in an optional one, the list that is there.
template <auto member, class Owner> auto& list_of(Owner& owner) {
    if constexpr (Occurs<typename Member<decltype(member)>::type>::optional_wrapper)
        return *(owner.*member);
    else
        return owner.*member;
}

template <auto member> constexpr Row counting_row() {
    using Owner = typename Member<decltype(member)>::owner;
    using Shape = Occurs<typename Member<decltype(member)>::type>;
    Row row{.cardinality = Shape::cardinality, .optional_wrapper = Shape::optional_wrapper};
    row.count = [](void const* owner) -> std::size_t {
        auto const& m = static_cast<Owner const*>(owner)->*member;
        if constexpr (Shape::optional_wrapper)
            return m ? m->size() : 0;
        else if constexpr (Shape::cardinality == Cardinality::Many)
            return m.size();
        else if constexpr (Shape::cardinality == Cardinality::Optional)
            return m.has_value();
        else if constexpr (Shape::cardinality == Cardinality::Flag)
            return m.value;
        else
            return 1;
    };
    if constexpr (Shape::optional_wrapper) {
        row.wrapped = [](void const* owner) { return (static_cast<Owner const*>(owner)->*member).has_value(); };
        row.engage = [](void* owner) { (static_cast<Owner*>(owner)->*member).emplace(); };
    }
    return row;
}

// The one template: everything else reads plain Rows.
template <auto member, class... Rules> constexpr Row field(Tag tag, Rules... rules) {
    using Owner = typename Member<decltype(member)>::owner;
    using Kind = Occurs<typename Member<decltype(member)>::type>;
    Row row = counting_row<member>();
    row.tag = tag;
    if constexpr (Element<typename Kind::type>) row.shape = [] { return &shape_of<typename Kind::type>; };
    row.decode = [](Row const& r, void* owner, wbxml::Event const& event, Decoder& d) {
        auto& o = *static_cast<Owner*>(owner);
        if constexpr (Kind::cardinality == Cardinality::Many)
            return decode_one(r, list_of<member>(o).emplace_back(), event, d);
        else if constexpr (Kind::cardinality == Cardinality::Optional)
            return decode_one(r, (o.*member).emplace(), event, d);
        else
            return decode_one(r, o.*member, event, d);
    };
    row.encode = [](Row const& r, void const* owner, Encoder& e) {
        auto const& o = *static_cast<Owner const*>(owner);
        if constexpr (Kind::cardinality == Cardinality::Many)
            for (auto const& item : list_of<member>(o)) encode_one(r.tag, item, e);
        else if constexpr (Kind::cardinality == Cardinality::Optional)
            encode_one(r.tag, *(o.*member), e);
        else
            encode_one(r.tag, o.*member, e);
    };
    (rules.adjust(row), ...);
    return row;
}

template <class> struct Alternatives;
template <class... T> struct Alternatives<std::variant<T...>> {
    static constexpr std::span<Shape const* const> shapes() { return shapes_of<T...>; }
    template <class List> static bool decode(List& list, wbxml::Event const& event, Decoder& d) {
        bool ok = true;
        ((event.is(shape_of<T>.tag) &&
          (ok = decode_element(shape_of<T>, &list.emplace_back().template emplace<T>(), event, d), true)) ||
         ...);
        return ok;
    }
};

// Add, Change, Delete and Fetch in any order: a vector of variants, each alternative a struct with its own table.
// With in{Commands} they stand inside that wrapper, without it among the other children.
template <auto member, class... Rules> constexpr Row choice(Rules... rules) {
    using Owner = typename Member<decltype(member)>::owner;
    using Variant = typename Occurs<typename Member<decltype(member)>::type>::type;
    Row row = counting_row<member>();
    row.choices = [] { return Alternatives<Variant>::shapes(); };
    row.decode = [](Row const&, void* owner, wbxml::Event const& event, Decoder& d) {
        return Alternatives<Variant>::decode(list_of<member>(*static_cast<Owner*>(owner)), event, d);
    };
    row.encode = [](Row const&, void const* owner, Encoder& e) {
        for (auto const& item : list_of<member>(*static_cast<Owner const*>(owner)))
            std::visit(
                [&]<class T>(T const& t) {
                    if (spoken(shape_of<T>, e)) encode_one(shape_of<T>.tag, t, e);
                },
                item);
    };
    (rules.adjust(row), ...);
    return row;
}

struct Traits {
    bool ordered = false; // children out of the rows' order are a violation
    Version since = v2_5, until = v16_1;
};

template <std::size_t N> struct Table {
    Tag tag;
    std::string_view spec;
    Traits traits;
    std::array<Row, N> rows;
    constexpr Shape shape() const { return {tag, spec, rows, traits.ordered, traits.since, traits.until}; }
};
template <std::same_as<Row>... Rows> constexpr auto element(Tag tag, std::string_view spec, Rows... rows) {
    return Table<sizeof...(Rows)>{tag, spec, {}, {rows...}};
}
template <std::same_as<Row>... Rows>
constexpr auto element(Tag tag, std::string_view spec, Traits traits, Rows... rows) {
    return Table<sizeof...(Rows)>{tag, spec, traits, {rows...}};
}

// ---- the readers of the tables
// ------------------------------------------------------------------------------------------
std::optional<Violation> decode_document(Shape const& shape, void* out, std::string_view wbxml, Version version);
std::optional<Violation> decode_fragment(Shape const& shape, void* out, Fragment const& fragment, Version version);
std::string encode_document(Shape const& shape, void const* value, Version version);
Fragment encode_fragment(Shape const& shape, void const* value, Version version);

// The table of a document, compiled once: a header of documents ends with `extern template` for each, the file of the
// same name instantiates them. Whoever decodes or encodes one would otherwise compile all its rows again.
template <Element T> Shape const& document() { return shape_of<T>; }

template <Element T> Decoded<T> decode(std::string_view wbxml, Version version) {
    Decoded<T> out{};
    if (auto violation = decode_document(document<T>(), &*out, wbxml, version)) return std::unexpected(*violation);
    return out;
}
// The children of an element whose type is known only now: ApplicationData, Properties.
template <Element T> Decoded<T> decode(Fragment const& fragment, Version version) {
    Decoded<T> out{};
    if (auto violation = decode_fragment(document<T>(), &*out, fragment, version)) return std::unexpected(*violation);
    return out;
}
// A whole document; elements that the version does not have are left out.
template <Element T> std::string encode(T const& value, Version version) {
    return encode_document(document<T>(), &value, version);
}
template <Element T> Fragment encode_fragment(T const& value, Version version) {
    return encode_fragment(document<T>(), &value, version);
}
std::string describe(Shape const& shape); // a table in Markdown, for the manual

} // namespace godwit::eas
