#include "http/response.hpp"
#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iterator>

namespace godwit::http {

namespace {
void field(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ");
    std::ranges::copy_if(value, std::back_inserter(head), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
    head.append("\r\n");
}
} // namespace

std::string_view phrase(unsigned status) {
    switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 431: return "Request Header Fields Too Large";
    case 449: return "Retry With";
    case 451: return "Redirect";
    case 456: return "Blocked";
    case 457: return "Expired Password";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Proxy Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Disk Space";
    default: return "Status";
    }
}

std::string head_of(command::Reply const& reply, Manners const& manners, std::string_view request_id, net::Time now) {
    auto head = fmt::format("HTTP/1.1 {} {}\r\n", reply.http_status, phrase(reply.http_status));
    head.reserve(512);
    auto const seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    field(head, "Date", fmt::format("{:%a, %d %b %Y %T} GMT", fmt::gmtime(static_cast<std::time_t>(seconds))));
    field(head, "Server", "Godwit");
    field(head, "Cache-Control", "private");
    field(head, "MS-Server-ActiveSync", "16.1");
    field(head, "X-AspNet-Version", "4.0.30319"); // Nine upgrades its protocol version only when it sees this
    field(head, "request-id", request_id);
    for (auto const& [name, value] : reply.headers) field(head, name, value);
    if (!reply.content_type.empty()) field(head, "Content-Type", reply.content_type);
    field(head, "Content-Length", std::to_string(reply.body.size())); // MS-ASHTTP_R199: always
    if (!manners.keep_alive)
        field(head, "Connection", "close");
    else if (manners.minor == 0)
        field(head, "Connection", "keep-alive");
    return head + "\r\n";
}

} // namespace godwit::http
