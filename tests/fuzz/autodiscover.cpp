// Both forms of Autodiscover: whatever is asked, the answer is one document and tells of nobody but who signed in.
#include "http/autodiscover.hpp"
#include <cstdint>
#include <cstdlib>
#include <libxml/parser.h>

using namespace godwit;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void check_xml(std::string_view request) {
    auto const answer = http::autodiscover_xml(request, "https://mail.example.org/Microsoft-Server-ActiveSync",
                                               "anna@example.org", "Anna & \"Co\" <a>", "12:00:00.0000000");
    auto* document = xmlReadMemory(answer.data(), int(answer.size()), nullptr, nullptr, XML_PARSE_NONET);
    must(document != nullptr);
    xmlFreeDoc(document);
    must(answer.size() < 4096);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view const all(reinterpret_cast<char const*>(bytes), size);
    check_xml(all);
    auto const cut = all.find('?');
    auto const answer = http::autodiscover_json(all.substr(0, cut), cut == all.npos ? "" : all.substr(cut + 1),
                                                "https://mail.example.org");
    must(answer.status >= 200 && answer.status < 500);
    return 0;
}
