// One HTTP request as it was read, and where it is bound for.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::http {

struct Request {
    std::string method;
    std::string target;                                      // path and query; the absolute form is cut down to them
    unsigned minor = 1;                                      // HTTP/1.minor
    std::vector<std::pair<std::string, std::string>> fields; // names in lower case
    std::string body;
    bool keep_alive = true;
    bool wants_continue = false;

    std::string_view header(std::string_view lower_case_name) const; // the first of that name, empty if none
    std::string_view path() const;
    std::string_view query() const; // what follows '?', empty if none
};

enum class Route { ActiveSync, AutodiscoverXml, AutodiscoverJson, Health, Nowhere };
Route route(std::string_view path); // any case: phones write /Autodiscover as they like

bool same_text(std::string_view a, std::string_view b); // ASCII letters of either case
// Whether a comma separated list with weights (RFC 9110 12.5.3) takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace godwit::http
