#include "http/request.hpp"
#include <algorithm>

namespace godwit::http {

namespace {
char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

// Takes what stands before the next `separator` off the front.
std::string_view cut(std::string_view& rest, char separator) {
    auto const at = std::min(rest.find(separator), rest.size());
    auto const piece = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return trimmed(piece);
}
} // namespace

bool same_text(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower_case, lower_case); }

std::string_view Request::header(std::string_view name) const {
    for (auto const& [field, value] : fields)
        if (field == name) return value;
    return {};
}

std::string_view Request::path() const { return std::string_view(target).substr(0, target.find('?')); }

std::string_view Request::query() const {
    auto const at = target.find('?');
    return at == target.npos ? std::string_view() : std::string_view(target).substr(at + 1);
}

Route route(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (same_text(path, "/Microsoft-Server-ActiveSync")) return Route::ActiveSync;
    if (same_text(path, "/Autodiscover/Autodiscover.xml")) return Route::AutodiscoverXml;
    constexpr std::string_view json = "/autodiscover/autodiscover.json";
    auto const begins = same_text(path.substr(0, json.size()), json);
    if (begins && (path.size() == json.size() || path[json.size()] == '/')) return Route::AutodiscoverJson;
    return path == "/healthz" ? Route::Health : Route::Nowhere;
}

bool accepts_gzip(std::string_view list) {
    bool gzip = false, any = false;
    while (!list.empty()) {
        auto item = cut(list, ',');
        auto const coding = cut(item, ';');
        auto const weight = cut(item, ';');
        bool const refused = weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == weight.npos;
        if (same_text(coding, "gzip") || same_text(coding, "x-gzip")) {
            if (refused) return false;
            gzip = true;
        }
        if (coding == "*" && !refused) any = true;
    }
    return gzip || any;
}

} // namespace godwit::http
