#include "command/reply.hpp"
#include <algorithm>

namespace godwit::command {
namespace {

void put(std::string& out, std::uint64_t number) {
    for (int shift = 0; shift < 32; shift += 8) out += char((number >> shift) & 0xFF);
}

} // namespace

Reply wbxml_reply(std::string document) {
    if (document.empty()) return {};
    return {.content_type = std::string(wbxml_type), .body = std::move(document)};
}

Reply http_reply(unsigned status) { return {.http_status = status}; }

Reply retry_later(std::chrono::seconds wait) {
    return {.http_status = 503, .headers = {{"Retry-After", std::to_string(wait.count())}}};
}

void note(Session& session, std::string_view key, std::string_view value) { session.notes.emplace_back(key, value); }

std::string multipart_body(std::string const& document, std::vector<std::string> parts) {
    std::string before, out;
    std::uint64_t offset = 4 + 8 * (parts.size() + 1);
    put(before, parts.size() + 1);
    auto entry = [&](std::string const& part) {
        put(before, offset), put(before, part.size());
        offset += part.size();
    };
    entry(document);
    for (auto const& part : parts) entry(part);
    before += document;
    auto const largest = std::ranges::max_element(parts, {}, &std::string::size);
    for (auto part = parts.begin(); part != largest; ++part) before += *part;
    if (largest == parts.end()) return before;
    out = std::move(*largest);
    out.insert(0, before);
    out.reserve(offset);
    for (auto part = largest + 1; part != parts.end(); ++part) out += *part;
    return out;
}

std::string_view first_part(std::string_view multipart) {
    auto number = [&](std::size_t at) {
        std::size_t n = 0;
        for (std::size_t i = 4; i-- > 0;) n = n << 8 | std::uint8_t(multipart.at(at + i));
        return n;
    };
    return multipart.substr(number(4), number(8));
}

} // namespace godwit::command
