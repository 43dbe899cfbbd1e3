// A WBXML answer as the client reads it: a tree of elements. The product itself never builds one (STYLE, "The schema,
// said once"); the client does so on purpose: it is the second, independent reading of the wire, so that a mistake in
// the server's tables is not made twice. The tables judge the same bytes separately (eas::validate_response).
#pragma once
#include "wbxml/tokens.hpp"
#include "wbxml/wbxml.hpp"
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::client {
using wbxml::Tag;

struct Element {
    Tag tag = {};
    std::string text = {}; // text and opaque content
    bool opaque = false;
    std::vector<Element> children = {};

    Element const* child(Tag name) const; // the first of that name, or nullptr
    template <class... More> Element const* child(Tag name, More... deeper) const {
        auto const* found = child(name);
        return found ? found->child(deeper...) : nullptr;
    }
    bool has(Tag name) const { return child(name) != nullptr; }
    // The text of a child; empty when it is absent. Where the difference counts, ask has().
    template <class... Path> std::string_view value(Path... path) const {
        auto const* found = child(path...);
        return found ? std::string_view(found->text) : std::string_view{};
    }
    template <class... Path> std::optional<unsigned> number(Path... path) const { return to_number(value(path...)); }
    std::vector<Element const*> all(Tag name) const;

    static std::optional<unsigned> to_number(std::string_view text);
};

// What was wrong with the bytes otherwise.
std::expected<Element, std::string> parse_document(std::string_view wbxml);

// Requests are written straight through: leaf(w, airsync::SyncKey, "0").
void leaf(wbxml::Writer& w, Tag tag, std::string_view text);
void leaf(wbxml::Writer& w, Tag tag, unsigned number);
// A whole element again, for requests that carry what an answer held.
void copy(wbxml::Writer& w, Element const& element);

} // namespace godwit::client
