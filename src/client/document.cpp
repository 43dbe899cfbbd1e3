#include "client/document.hpp"
#include <algorithm>
#include <charconv>

namespace godwit::client {

Element const* Element::child(Tag name) const {
    auto at = std::ranges::find(children, name, &Element::tag);
    return at == children.end() ? nullptr : &*at;
}

std::vector<Element const*> Element::all(Tag name) const {
    std::vector<Element const*> found;
    for (auto const& c : children)
        if (c.tag == name) found.push_back(&c);
    return found;
}

std::optional<unsigned> Element::to_number(std::string_view text) {
    unsigned n = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return n;
}

std::expected<Element, std::string> parse_document(std::string_view bytes) {
    wbxml::Reader reader(bytes, {.max_depth = 32, .max_elements = 2'000'000});
    Element root;
    std::vector<Element*> open; // from the root down; siblings are only added to the last, so pointers stay good
    bool seen = false;
    for (;;) {
        auto event = reader.next();
        switch (event.kind) {
        case wbxml::Event::Open:
        case wbxml::Event::Empty: {
            if (open.empty() && seen) return std::unexpected("two root elements");
            seen = true;
            auto& element = open.empty() ? root : open.back()->children.emplace_back();
            element.tag = event.tag;
            if (event.kind == wbxml::Event::Open) open.push_back(&element);
            break;
        }
        case wbxml::Event::Close: open.pop_back(); break;
        case wbxml::Event::Opaque: open.back()->opaque = true; [[fallthrough]];
        case wbxml::Event::Text: open.back()->text += event.text; break;
        case wbxml::Event::End:
            if (reader.failed()) return std::unexpected(std::string(reader.failure()));
            if (!seen) return std::unexpected("no element");
            return root;
        }
    }
}

void leaf(wbxml::Writer& w, Tag tag, std::string_view text) {
    w.open(tag);
    w.text(text);
    w.close();
}

void leaf(wbxml::Writer& w, Tag tag, unsigned number) { leaf(w, tag, std::to_string(number)); }

void copy(wbxml::Writer& w, Element const& element) {
    w.open(element.tag);
    if (element.opaque)
        w.opaque(element.text);
    else if (!element.text.empty())
        w.text(element.text);
    for (auto const& c : element.children) copy(w, c);
    w.close();
}

} // namespace godwit::client
