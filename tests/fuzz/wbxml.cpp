// Any bytes through the reader, the XML view and back: nothing crashes, nothing is unbounded, and what the view shows is
// what it reads back. The first byte chooses: bytes as WBXML, or as XML.
#include "wbxml/wbxml.hpp"
#include "wbxml/xml.hpp"
#include <cstdlib>

namespace {

using namespace godwit::wbxml;

void must(bool holds) {
    if (!holds) std::abort();
}

// The view of what from_xml() made is stable.
void check_view(std::string const& xml) {
    auto wbxml = from_xml(xml);
    if (!wbxml) return;
    auto view = to_xml(*wbxml);
    must(is_clean(view));
    auto again = from_xml(view);
    must(again && *again == *wbxml);
}

void check_wbxml(std::string_view bytes) {
    Reader reader(bytes);
    std::size_t events = 0;
    while (reader.next().kind != Event::End) must(++events <= 2 * bytes.size());
    auto view = to_xml(bytes);
    must(is_clean(view));
    to_xml(bytes, {.redact = true, .max_text = 16});
    if (reader.failed() || view.contains("<!--")) return;
    auto back = from_xml(view);
    must(back && to_xml(*back) == view);
}

void check_fragment(std::string_view bytes) {
    Reader reader(bytes);
    if (reader.next().kind != Event::Open) return;
    Fragment fragment;
    if (!reader.fragment(fragment)) return;
    Writer writer;
    writer.open({0, 5});
    writer.splice(fragment);
    writer.close();
    auto document = std::move(writer).finish();
    Reader again(document);
    if (again.next().kind == Event::Empty) return must(fragment.empty());
    Fragment same;
    must(again.fragment(same) && same == fragment);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view bytes(reinterpret_cast<char const*>(data), size);
    if (bytes.front() == '<') {
        check_view(std::string(bytes));
    } else {
        check_wbxml(bytes);
        check_fragment(bytes);
    }
    return 0;
}
