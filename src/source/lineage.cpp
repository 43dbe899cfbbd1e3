#include "source/lineage.hpp"
#include "mime/header.hpp"
#include "source/objects.hpp"
#include <algorithm>
#include <ranges>

namespace godwit::source {
namespace {

// Hashes. Without brackets it is an id only if it looks like one: old programs wrote "Your message of Monday". Blanks
// are no part of an id (RFC 5322 3.6.4): somebody folded it in the middle.
std::vector<std::string> ids(mime::HeaderBlock const& header, std::string_view field) {
    std::vector<std::string> found;
    auto const raw = header.raw(field);
    if (!raw) return found;
    for (auto& id : mime::message_ids(*raw)) {
        std::erase_if(id, [](char c) { return c == ' ' || c == '\t'; });
        if (!id.empty() && (raw->contains('<') || id.contains('@'))) found.push_back(digest(id));
    }
    return found;
}

} // namespace

Lineage lineage(std::string_view message) {
    mime::HeaderBlock const header(message);
    auto const own = ids(header, "Message-ID");
    auto const answered = ids(header, "In-Reply-To");
    auto const references = ids(header, "References");
    Lineage found;
    auto name = [&found](std::string const& id) {
        if (std::ranges::find(found.names, id) == found.names.end()) found.names.push_back(id);
    };
    if (!own.empty()) name(own.front());
    for (auto const& id : answered | std::views::take(max_in_reply_to)) name(id);
    for (auto const& id : references | std::views::reverse | std::views::take(max_references - 1)) name(id);
    if (!references.empty()) name(references.front());
    for (auto const* list : {&references, &answered, &own}) {
        if (list->empty()) continue;
        found.thread = list->front();
        return found;
    }
    found.thread = digest(message.substr(0, header.length() ? header.length() : 4096));
    return found;
}

} // namespace godwit::source
