#include "eas/schema.hpp"
#include "wbxml/tokens.hpp"
#include <bitset>

namespace godwit::eas {

using wbxml::Event, wbxml::Reader, wbxml::Writer;

namespace {
constexpr std::size_t max_rows = 128;
constexpr std::string_view wbxml_spec = "MS-ASWBXML 2.1";
} // namespace

struct Decoder {
    Reader reader;
    Version version;
    std::string_view spec; // of the element whose children are read now
    std::optional<Violation> violation = {};
    std::string text = {};
};

struct Encoder {
    Writer writer;
    Version version;
};

// ---- decode
// ------------------------------------------------------------------------------------------------------------
namespace {

bool stands_for(Row const& row, Tag tag) {
    if (!row.choices) return row.tag == tag;
    for (auto const* shape : row.choices())
        if (shape->tag == tag) return true;
    return false;
}

std::optional<std::size_t> row_for(Shape const& shape, Tag tag) {
    for (std::size_t i = 0; i < shape.rows.size(); ++i) {
        auto const& row = shape.rows[i];
        if (row.wrapper ? *row.wrapper == tag : stands_for(row, tag)) return i;
    }
    return {};
}

bool not_wbxml(Decoder& d) {
    if (!d.violation) d.violation = {"WBXML", Rule::Wbxml, wbxml_spec};
    return false;
}

bool broken_at(Decoder& d, Tag tag, Rule rule, std::string_view spec) {
    if (!d.violation) d.violation = {tag.name, rule, spec};
    return false;
}

// An element that the table does not have.
bool unexpected(Decoder& d, Event const& event) {
    if (event.tag.kind == wbxml::legacy) return event.kind == Event::Empty || d.reader.skip() || not_wbxml(d);
    if (event.tag.name.empty()) return broken_at(d, {.name = "unknown token"}, Rule::Unknown, "MS-ASWBXML 2.1.2");
    return broken(d, event.tag, Rule::Misplaced);
}

bool in_version(Version version, Version since, Version until) { return version >= since && version <= until; }

bool decode_item(Row const& row, void* owner, Event const& event, Decoder& d) {
    if (row.cardinality == Cardinality::Many && row.count(owner) >= row.max_items) {
        if (!row.surplus_dropped) return broken(d, event.tag, Rule::MaxItems);
        return event.kind == Event::Empty || d.reader.skip() || not_wbxml(d);
    }
    return row.decode(row, owner, event, d);
}

bool decode_wrapped(Row const& row, void* owner, Event const& wrapper, Decoder& d) {
    if (row.engage) row.engage(owner);
    if (wrapper.kind == Event::Empty) return true;
    // What is wrong inside is told by the section of what belongs there.
    auto outer = std::exchange(d.spec, row.shape ? row.shape()->spec : d.spec);
    bool single = row.cardinality != Cardinality::Many, seen = false;
    for (;;) {
        auto event = d.reader.next();
        if (event.kind == Event::Close) return d.spec = outer, true;
        if (event.kind == Event::End) return not_wbxml(d);
        if (!event.starts()) return broken(d, *row.wrapper, Rule::Type);
        if (!stands_for(row, event.tag)) {
            if (!unexpected(d, event)) return false;
            continue;
        }
        if (single && std::exchange(seen, true)) return broken(d, event.tag, Rule::Duplicate);
        if (!decode_item(row, owner, event, d)) return false;
    }
}

// The state of one element's children while they are read.
struct Children {
    std::bitset<max_rows> seen = {};
    std::size_t latest = 0; // row, of those that are ordered
};

bool decode_child(Shape const& shape, void* owner, Event const& event, Children& children, Decoder& d) {
    auto at = row_for(shape, event.tag);
    if (!at) return unexpected(d, event);
    auto const& row = shape.rows[*at];
    if (!in_version(d.version, row.since, row.until)) return broken(d, event.tag, Rule::NotInVersion);
    if (shape.ordered && !row.anywhere) {
        if (*at < children.latest) return broken(d, event.tag, Rule::Order);
        children.latest = *at;
    }
    bool repeats = row.cardinality == Cardinality::Many && !row.wrapper;
    if (children.seen[*at] && !repeats) return broken(d, event.tag, Rule::Duplicate);
    children.seen.set(*at);
    return row.wrapper ? decode_wrapped(row, owner, event, d) : decode_item(row, owner, event, d);
}

bool complete(Shape const& shape, Children const& children, Decoder& d) {
    for (std::size_t i = 0; i < shape.rows.size(); ++i) {
        auto const& row = shape.rows[i];
        bool wanted = row.cardinality == Cardinality::One && !row.or_default;
        if (wanted && !children.seen[i] && in_version(d.version, row.since, row.until))
            return broken(d, row.tag, Rule::Required);
    }
    return true;
}

// Up to the element's Close, or, for a fragment, to the end.
bool decode_children(Shape const& shape, void* owner, Decoder& d, bool to_the_end) {
    Children children;
    for (;;) {
        auto event = d.reader.next();
        if (event.kind == Event::Close) break;
        if (event.kind == Event::End) {
            if (d.reader.failed() || !to_the_end) return not_wbxml(d);
            break;
        }
        if (!event.starts()) return broken(d, shape.tag, Rule::Type); // text beside elements
        if (!decode_child(shape, owner, event, children, d)) return false;
    }
    return complete(shape, children, d);
}

std::size_t count_chars(std::string_view text) {
    std::size_t n = 0;
    for (auto c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return n;
}

} // namespace

bool broken(Decoder& d, Tag tag, Rule rule) { return broken_at(d, tag, rule, d.spec); }

bool decode_element(Shape const& shape, void* owner, Event const& event, Decoder& d) {
    if (!in_version(d.version, shape.since, shape.until)) return broken(d, shape.tag, Rule::NotInVersion);
    auto outer = std::exchange(d.spec, shape.spec);
    bool ok = event.kind == Event::Empty ? complete(shape, {}, d) : decode_children(shape, owner, d, false);
    d.spec = outer;
    return ok;
}

bool decode_present(Row const& row, Event const& event, Decoder& d) {
    if (event.kind == Event::Empty) return true;
    // Content where none belongs (SaveInSentItems with "1") does not change what it says; elements do not belong there.
    if (d.reader.text(d.text)) return true;
    return d.reader.failed() ? not_wbxml(d) : broken(d, row.tag, Rule::Type);
}

bool decode_fragment(Row const& row, Fragment& out, Event const& event, Decoder& d) {
    if (event.kind == Event::Empty || d.reader.fragment(out)) return true;
    return d.reader.failed() ? not_wbxml(d) : broken(d, row.tag, Rule::Type);
}

bool decode_names(Row const& row, ElementNames& out, Event const& event, Decoder& d) {
    if (event.kind == Event::Empty) return true;
    for (;;) {
        auto child = d.reader.next();
        if (child.kind == Event::Close) return true;
        if (child.kind == Event::End) return not_wbxml(d);
        if (!child.starts()) return broken(d, row.tag, Rule::Type);
        if (child.tag.name.empty() || child.tag.kind == wbxml::legacy) {
            if (!unexpected(d, child)) return false;
            continue;
        }
        if (out.tags.size() >= row.max_items) return broken(d, row.tag, Rule::MaxItems);
        out.tags.push_back(child.tag);
        if (child.kind == Event::Open && !d.reader.skip()) return not_wbxml(d);
    }
}

std::optional<std::string_view> leaf_content(Row const& row, Event const& event, Decoder& d, LeafKind kind,
                                             bool& opaque) {
    auto refuse = [&](bool) { return std::optional<std::string_view>{}; };
    d.text.clear();
    if (event.kind == Event::Open && !d.reader.text(d.text, opaque))
        return refuse(d.reader.failed() ? not_wbxml(d) : broken(d, row.tag, Rule::Type));
    if (kind == LeafKind::Text && !wbxml::is_clean(d.text)) d.text = wbxml::cleaned(d.text);
    bool too_long = d.text.size() > row.max_bytes ||
                    (row.max_chars != SIZE_MAX && d.text.size() > row.max_chars && count_chars(d.text) > row.max_chars);
    if (too_long || (row.not_empty && d.text.empty())) return refuse(broken(d, row.tag, Rule::Length));
    return d.text;
}

bool in_range(Row const& row, std::int64_t number, Decoder& d) {
    return (number >= row.low && number <= row.high) || broken(d, row.tag, Rule::Range);
}

std::optional<Violation> decode_document(Shape const& shape, void* out, std::string_view bytes, Version version) {
    Decoder d{Reader(bytes), version, shape.spec};
    auto root = d.reader.next();
    if (!root.starts()) return not_wbxml(d), d.violation;
    if (!root.is(shape.tag)) return Violation{shape.tag.name, Rule::Root, shape.spec};
    if (decode_element(shape, out, root, d) && (d.reader.next().kind != Event::End || d.reader.failed())) not_wbxml(d);
    return d.violation;
}

std::optional<Violation> decode_fragment(Shape const& shape, void* out, Fragment const& fragment, Version version) {
    Decoder d{Reader(fragment), version, shape.spec};
    decode_children(shape, out, d, true);
    return d.violation;
}

// ---- encode
// ------------------------------------------------------------------------------------------------------------
bool spoken(Shape const& shape, Encoder const& e) { return in_version(e.version, shape.since, shape.until); }

void encode_children(Shape const& shape, void const* owner, Encoder& e) {
    for (auto const& row : shape.rows) {
        if (!in_version(e.version, row.since, row.until)) continue;
        bool there = row.wrapped ? row.wrapped(owner) : row.count(owner) > 0;
        if (!there) continue;
        if (row.wrapper) e.writer.open(*row.wrapper);
        if (row.count(owner) > 0) row.encode(row, owner, e);
        if (row.wrapper) e.writer.close();
    }
}

void encode_element(Tag tag, Shape const& shape, void const* owner, Encoder& e) {
    if (!spoken(shape, e)) return;
    e.writer.open(tag);
    encode_children(shape, owner, e);
    e.writer.close();
}

void encode_leaf(Tag tag, std::string_view text, Encoder& e) {
    e.writer.open(tag);
    e.writer.text(text);
    e.writer.close();
}

void encode_value(Tag tag, Present value, Encoder& e) {
    if (value) e.writer.empty(tag);
}

void encode_value(Tag tag, std::string const& text, Encoder& e) { encode_leaf(tag, text, e); }

void encode_value(Tag tag, Opaque const& value, Encoder& e) {
    e.writer.open(tag);
    e.writer.opaque(value.bytes);
    e.writer.close();
}

void encode_value(Tag tag, Content const& value, Encoder& e) {
    e.writer.open(tag);
    if (value.opaque)
        e.writer.opaque(value.bytes);
    else
        e.writer.text(value.bytes);
    e.writer.close();
}

void encode_value(Tag tag, Fragment const& value, Encoder& e) {
    e.writer.open(tag);
    e.writer.splice(value);
    e.writer.close();
}

void encode_value(Tag tag, ElementNames const& value, Encoder& e) {
    e.writer.open(tag);
    for (auto const& name : value.tags) e.writer.empty(name);
    e.writer.close();
}

std::string encode_document(Shape const& shape, void const* value, Version version) {
    Encoder e{Writer(), version};
    e.writer.open(shape.tag);
    encode_children(shape, value, e);
    e.writer.close();
    return std::move(e.writer).finish();
}

Fragment encode_fragment(Shape const& shape, void const* value, Version version) {
    Encoder e{Writer::fragment(), version};
    encode_children(shape, value, e);
    return std::move(e.writer).finish_fragment();
}

} // namespace godwit::eas
