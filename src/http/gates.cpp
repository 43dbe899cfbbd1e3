#include "http/gates.hpp"
#include "http/credentials.hpp"
#include <charconv>

namespace godwit::http {
using command::Reply;

namespace {
// Longer nobody waits for his turn: clients give an answer half a minute and more, and the work itself takes time too.
constexpr std::chrono::seconds patience{15};

std::string_view why(directory::SigninFailure failure) {
    switch (failure) {
    case directory::SigninFailure::Unknown: return "unknown-user";
    case directory::SigninFailure::WrongSecret: return "wrong-secret";
    case directory::SigninFailure::StillWrong: return "still-wrong";
    case directory::SigninFailure::Disabled: return "disabled";
    case directory::SigninFailure::Busy: return "busy";
    }
    return "";
}

// MS-ASHTTP 2.2.2.1.2.6: all further requests belong there. Only to a home that the administrator named (incident 2.6).
Reply moved(std::string const& home) {
    auto reply = plain(451, "The mailbox lies on another server now.");
    reply.headers.emplace_back("X-MS-Location", home + "/Microsoft-Server-ActiveSync");
    return reply;
}

Reply unauthorized() {
    auto reply = plain(401, "Sign in with the account's address and password.");
    reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Godwit\"");
    return reply;
}

// Of the plain query alone: enough to tell one phone's wrong secret from another's before the line is parsed.
std::string device_hint(Request const& request, net::Stream const& stream) {
    auto const line = eas::parse_query(request.query());
    return line && !line->misnamed ? eas::canonical_device_id(line->device_id) : stream.peer();
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}
} // namespace

Reply plain(unsigned status, std::string_view text) {
    return {.http_status = status, .content_type = "text/plain; charset=utf-8", .body = std::string(text) + "\n"};
}

Reply unavailable(Server::Parts& server) {
    auto reply = plain(503, "Busy: try again later.");
    reply.headers.emplace_back("Retry-After", std::to_string(server.retries.next(net::Clock::now()).count()));
    return reply;
}

std::optional<Reply> method_gate(Request const& request, Route route) {
    auto const& m = request.method;
    bool const post = m == "POST", options = m == "OPTIONS", get = m == "GET", head = m == "HEAD";
    if (!post && !options && !get && !head) return plain(501, "This method is not implemented."); // MS-ASHTTP_R186
    std::string_view allowed;
    switch (route) {
    case Route::ActiveSync: break; // told after sign-in only
    case Route::AutodiscoverXml: allowed = options ? "GET, HEAD, POST" : ""; break;
    case Route::AutodiscoverJson:
    case Route::Health: allowed = get || head ? "" : "GET, HEAD"; break;
    case Route::Nowhere: return plain(404, "There is nothing here.");
    }
    if (allowed.empty()) return {};
    auto reply = plain(405, "This method is not for this address.");
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

std::optional<Reply> overload_gate(Server::Parts& server) {
    if (server.line.expected() <= patience && server.held.fits()) return {};
    return unavailable(server);
}

net::awaitable<std::optional<Reply>> sign_in_gate(Connection& c, Request const& request, Admitted& admitted,
                                                  Record& record) {
    auto credentials = basic_credentials(request.header("authorization"));
    if (!credentials) co_return unauthorized();
    auto device = device_hint(request, c.stream);
    auto const login = credentials->login;
    auto user = co_await c.server.rooms.directory.sign_in(std::move(*credentials), device);
    if (user) {
        record.user = user->address;
        admitted.user = std::move(*user);
        co_return std::nullopt;
    }
    record.notes.emplace_back("signin", why(user.error()));
    if (user.error() == directory::SigninFailure::Busy) co_return unavailable(c.server);
    // The same wrong secret of the same phone counts once (incident 2.10): fail2ban must not ban an office for one phone.
    if (user.error() != directory::SigninFailure::StillWrong)
        c.server.log.refused_sign_in(c.stream.peer(), login, device, why(user.error()));
    co_return user.error() == directory::SigninFailure::Disabled ? plain(403, "This account is disabled.")
                                                                 : unauthorized();
}

std::optional<Reply> device_gate(Request const& request, Admitted& admitted, Record& record) {
    auto line = eas::parse_query(request.query());
    if (!line) {
        record.notes.emplace_back("query", eas::name(line.error()));
        return plain(static_cast<unsigned>(eas::http_code(line.error())), eas::name(line.error()));
    }
    admitted.line = std::move(*line);
    record.command = eas::name(admitted.line.command);
    record.device = admitted.line.device_id;
    auto const header = request.header("ms-asprotocolversion");
    auto version = admitted.line.version;
    if (!header.empty())
        version = eas::parse_version(header); // MS-ASHTTP_R283: the header is what the phone will be held to
    if (!version) {
        record.notes.emplace_back("version", header.empty() ? "none" : header);
        auto reply = plain(400, "This protocol version is not spoken here."); // MS-ASCMD_R7559
        reply.headers.emplace_back("MS-ASProtocolVersions", eas::protocol_versions_header);
        return reply;
    }
    admitted.version = *version;
    record.version = eas::name(*version);
    if (auto const misnamed = admitted.line.misnamed) { // MS-ASCMD_R7461: from 14.0 on dispatch says 108 or 109
        record.notes.emplace_back("query", eas::name(*misnamed));
        if (*version < eas::v14_0) return plain(static_cast<unsigned>(eas::http_code(*misnamed)), eas::name(*misnamed));
    }
    auto const key = request.header("x-ms-policykey");
    if (!key.empty()) admitted.line.policy_key = number(key); // one that is no number is no key
    if (same_text(request.header("ms-asacceptmultipart"), "T")) admitted.line.accept_multipart = true;
    return {};
}

net::awaitable<std::optional<Reply>> admit(Connection& c, Request const& request, Admitted& admitted, Record& record) {
    admitted.route = route(request.path());
    record.command = request.method;
    if (admitted.route != Route::ActiveSync) record.command += " " + std::string(request.path());
    if (auto refused = method_gate(request, admitted.route)) co_return refused;
    if (admitted.route == Route::Health || admitted.route == Route::AutodiscoverJson) co_return std::nullopt;
    if (auto refused = overload_gate(c.server)) co_return refused;
    auto refused = co_await sign_in_gate(c, request, admitted, record);
    if (!refused && admitted.route == Route::ActiveSync && !admitted.user.home.empty())
        co_return moved(admitted.user.home);
    if (refused || admitted.route != Route::ActiveSync || request.method == "OPTIONS") co_return refused;
    if (request.method == "POST") co_return device_gate(request, admitted, record);
    auto reply = plain(405, "ActiveSync is spoken here: POST and OPTIONS.");
    reply.headers.emplace_back("Allow", "OPTIONS, POST");
    co_return reply;
}

} // namespace godwit::http
