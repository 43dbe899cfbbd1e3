// One request and its answer: gates, body, command, answer, log line.
#include "http/autodiscover.hpp"
#include "http/gates.hpp"
#include "http/gzip.hpp"
#include "http/response.hpp"
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace godwit::http {
using command::Reply;

namespace {
constexpr std::size_t worth_packing = 1024;
constexpr std::size_t off_the_loop = 64 << 10;  // packing more than this would keep others waiting
constexpr std::size_t piece_size = 64 << 10;    // of an answer: its deadline is renewed for each
constexpr std::size_t with_head = 16 << 10;     // an answer that goes out with its head
constexpr std::size_t unknown_length = 1 << 20; // what a chunked body is counted as until it is there

// While a command is at work the connection is watched: a phone that has gone frees its poll.
void attend(Connection& c) {
    c.hangup = {.gone = false, .stopping = c.server.stopping, .flooded = false};
    c.stream.no_deadline();
    if (c.in.empty()) std::string().swap(c.in);
    watch(c);
}

std::string server_url(Request const& request, std::string const& configured) {
    if (!configured.empty())
        return configured.ends_with('/') ? configured.substr(0, configured.size() - 1) : configured;
    auto const host = request.header("host");
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    bool const sound = !host.empty() && host.find_first_not_of(allowed) == host.npos;
    return sound ? "https://" + std::string(host) : std::string();
}

Reply options(Server::Parts const& server) {
    return {.headers = {{"MS-ASProtocolVersions", std::string(eas::protocol_versions_header)}, // MS-ASHTTP_R1107
                        {"MS-ASProtocolCommands", server.commands},
                        {"Allow", "OPTIONS,POST"},
                        {"Public", "OPTIONS,POST"}}};
}

Reply health(Server::Parts const& server) {
    return {.content_type = "application/json",
            .body = fmt::format("{{\"status\":\"{}\",\"connections\":{},\"requests_in_flight\":{}}}\n",
                                server.stopping ? "stopping" : "ok", server.connections.size(), server.in_flight)};
}

Reply autodiscover(Connection& c, Request const& request, Admitted const& admitted) {
    auto const& home = admitted.user.home;
    auto const url = server_url(request, home.empty() ? c.server.rooms.config.public_url : home);
    if (url.empty()) return plain(400, "The Host header is missing or malformed.");
    if (admitted.route == Route::AutodiscoverJson) {
        auto answer = autodiscover_json(
            request.path().substr(std::string_view("/autodiscover/autodiscover.json").size()), request.query(), url);
        return {.http_status = answer.status,
                .content_type = "application/json; charset=utf-8",
                .body = std::move(answer.body)};
    }
    auto const day = net::Clock::utc().time_since_epoch() % std::chrono::days(1);
    auto const time = fmt::format("{:%T}", fmt::gmtime(std::chrono::duration_cast<std::chrono::seconds>(day).count()));
    return {.content_type = "text/xml; charset=utf-8",
            .body = autodiscover_xml(request.body, url + "/Microsoft-Server-ActiveSync", admitted.user.address,
                                     admitted.user.name, time)};
}

// What a command gets, out of what the gates have found. It is all that a held poll keeps of its request.
[[gnu::noinline]] std::unique_ptr<command::Session> session_of(Connection& c, std::unique_ptr<Admitted> admitted,
                                                               Request const& request, Record const& record) {
    bool const multipart = admitted->line.accept_multipart;
    auto const type = request.header("content-type");
    auto is = [&](std::string_view family) { return same_text(type.substr(0, family.size()), family); };
    return std::unique_ptr<command::Session>(
        new command::Session{.rooms = c.server.rooms,
                             .user = std::move(admitted->user),
                             .line = std::move(admitted->line),
                             .version = admitted->version,
                             .user_agent = std::string(request.header("user-agent")),
                             .multipart = multipart,
                             .request_id = record.request_id,
                             .hangup = c.hangup,
                             .text_body = is("text/") || is("message/")});
}

// A compressed body becomes what it was; a refusal when it is none, or too much.
net::awaitable<std::optional<Reply>> unpack(Connection& c, Request& request) {
    auto const coding = request.header("content-encoding");
    if (coding.empty() || same_text(coding, "identity")) co_return std::nullopt;
    if (!same_text(coding, "gzip") && !same_text(coding, "x-gzip") && !same_text(coding, "deflate"))
        co_return plain(415, "Only gzip is understood as Content-Encoding.");
    auto const limit = c.server.rooms.config.http.max_body_bytes;
    auto work = [&request, limit] { return inflate(request.body, limit); };
    auto inflated = co_await c.server.rooms.pool.run(work);
    if (!inflated) {
        bool const bomb = inflated.error() == InflateError::TooBig;
        co_return plain(bomb ? 413 : 400, bomb ? "The body is too large." : "The gzip body is broken.");
    }
    request.body = std::move(*inflated);
    co_return std::nullopt;
}

net::awaitable<std::optional<Reply>> take_body(Connection& c, Parser& parser, Record& record, Charge& charge) {
    auto& request = parser.request();
    if (parser.state() == Parser::State::Body) {
        if (!charge.reserve(parser.body_left().value_or(unknown_length))) co_return unavailable(c.server);
        if (request.wants_continue && request.minor > 0 && c.in.empty()) {
            constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            auto sent = co_await c.stream.write_all(go_on);
            if (!sent) co_return plain(400, "gone");
        }
        auto read = co_await read_body(c, parser, &charge);
        if (!read) parser.fail(400, "body cut short");
        if (parser.state() == Parser::State::Failed && parser.status() == no_room) co_return unavailable(c.server);
    }
    record.bytes_in = request.body.size();
    if (parser.state() == Parser::State::Failed) co_return plain(parser.status(), parser.reason());
    auto refused = co_await unpack(c, request);
    bool const room = charge.reserve(request.body.size()); // it was packed, perhaps
    charge.set(request.body.size());
    if (!refused && !room) refused = unavailable(c.server);
    co_return refused;
}

// A refusal's line says why, where no gate has said it better.
void explain(Record& record, Reply const& refused) {
    if (record.notes.empty()) record.notes.emplace_back("why", refused.body.substr(0, refused.body.find('\n')));
}

// What comes before a command, in a frame of its own that a held poll does not keep. True: run the command; else
// `reply` is the answer already.
net::awaitable<bool> prepare(Connection& c, Parser& parser, Admitted& admitted, Record& record, Manners& manners,
                             Charge& charge, Reply& reply) {
    auto& request = parser.request();
    std::optional<Reply> refused;
    refused = co_await admit(c, request, admitted, record);
    if (refused) {
        auto read = co_await drain(c, parser); // a 401 may not leave half a request on the connection
        manners.keep_alive = manners.keep_alive && read;
        explain(record, *refused);
        reply = std::move(*refused);
        co_return false;
    }
    if (admitted.route == Route::Health || admitted.route == Route::AutodiscoverJson) { // anybody's: no body is taken
        auto read = co_await drain(c, parser);
        manners.keep_alive = manners.keep_alive && read;
        reply = admitted.route == Route::Health ? health(c.server) : autodiscover(c, request, admitted);
        co_return false;
    }
    charge.belongs_to(admitted.user.id);
    refused = co_await take_body(c, parser, record, charge);
    if (refused) {
        manners.keep_alive = manners.keep_alive && parser.state() == Parser::State::Done;
        explain(record, *refused);
        reply = std::move(*refused);
        co_return false;
    }
    if (admitted.route == Route::ActiveSync && request.method != "OPTIONS") co_return true;
    reply = admitted.route == Route::ActiveSync ? options(c.server) : autodiscover(c, request, admitted);
    co_return false;
}

net::awaitable<void> pack(Connection& c, Reply& reply) {
    if (reply.body.size() <= worth_packing) co_return;
    std::string packed;
    if (reply.body.size() > off_the_loop) {
        auto work = [&reply] { return deflate(reply.body); };
        auto done = co_await c.server.rooms.pool.run(work);
        packed = std::move(done);
    } else {
        packed = deflate(reply.body);
    }
    if (packed.size() >= reply.body.size()) co_return;
    reply.body = std::move(packed);
    reply.headers.emplace_back("Content-Encoding", "gzip");
}

net::awaitable<net::Outcome<void>> send(Connection& c, Reply& reply, Manners manners, Record& record) {
    auto const timeout = c.server.rooms.config.http.body_timeout;
    auto head = head_of(reply, manners, record.request_id, net::Clock::utc());
    if (manners.head_only) reply.body.clear();
    if (reply.body.size() <= with_head) head += std::exchange(reply.body, {});
    record.bytes_out = reply.body.size() + head.size();
    c.stream.deadline(timeout);
    auto sent = co_await c.stream.write_all(head);
    for (std::string_view rest = reply.body; sent && !rest.empty();) {
        auto const piece = rest.substr(0, piece_size);
        c.stream.deadline(timeout);
        auto more = co_await c.stream.write_all(piece);
        sent = more;
        rest.remove_prefix(piece.size());
    }
    co_return sent;
}

// Sends the answer and writes the line.
net::awaitable<Next> finish(Connection& c, Reply& reply, Manners manners, Record& record) {
    c.stream.unwatch();
    if (c.server.stopping) manners.keep_alive = false;
    record.status = reply.http_status;
    if (manners.gzip) co_await pack(c, reply);
    auto sent = co_await send(c, reply, manners, record);
    if (!sent) record.notes.emplace_back("unsent", net::name(sent.error()));
    c.server.log.request(record, c.stream.peer());
    bool const flooded = c.hangup.flooded && c.hangup.gone;
    bool const goes_on = sent.has_value() && manners.keep_alive && !flooded;
    co_return goes_on ? Next::Request : Next::End;
}

Manners manners_of(Request const& request) {
    return {.keep_alive = request.keep_alive,
            .gzip = accepts_gzip(request.header("accept-encoding")),
            .head_only = request.method == "HEAD",
            .minor = request.minor};
}

Record begin_record(Server::Parts& server) {
    return {.began = net::Clock::now(), .request_id = fmt::format("{:016x}", server.seed + server.requests)};
}

// What the log says of a command, whether it was held or not.
void describe(Record& record, command::Session const& s, command::Hangup const& hangup) {
    record.notes.insert(record.notes.end(), s.notes.begin(), s.notes.end());
    if (hangup.gone) record.notes.emplace_back("gone", "1");
}

Record record_of(Poll const& poll) {
    auto const& s = *poll.session;
    return {.began = poll.began,
            .request_id = s.request_id,
            .command = std::string(eas::name(s.line.command)),
            .user = s.user.address,
            .device = s.line.device_id,
            .version = std::string(eas::name(s.version)),
            .bytes_in = poll.bytes_in};
}

// Law 5: whatever was thrown is 503, and one line in the log.
Reply failed(Connection& c, std::string_view request_id, std::string_view what, Manners& manners) {
    c.server.log.failure(request_id, what);
    manners.keep_alive = false;
    return unavailable(c.server);
}

// One request from its head on; empty: it is held.
net::awaitable<std::optional<Reply>> answer(Connection& c, std::unique_ptr<Parser> parser, Counted& in_flight,
                                            Charge& charge, Record& record, Manners& manners) {
    if (parser->state() == Parser::State::Failed) {
        record.command = parser->request().method;
        record.notes.emplace_back("why", parser->reason());
        co_return plain(parser->status(), parser->reason());
    }
    manners = manners_of(parser->request());
    auto admitted = std::make_unique<Admitted>();
    Reply reply;
    auto ready = co_await prepare(c, *parser, *admitted, record, manners, charge, reply);
    if (!ready) co_return std::move(reply);
    auto session = session_of(c, std::move(admitted), parser->request(), record);
    if (c.server.line.is_full_for(session->user.id)) co_return unavailable(c.server);
    attend(c);
    auto const place = co_await c.server.line.enter(session->user.id);
    auto work = c.server.dispatch(*session, std::move(parser->request().body));
    parser.reset(); // nothing of the request is kept while the command works
    reply = co_await std::move(work);
    if (session->held) {
        c.poll.reset(new Poll{std::move(session), std::move(in_flight), record.began, record.bytes_in, manners});
        co_return std::nullopt;
    }
    describe(record, *session, c.hangup);
    co_return std::move(reply);
}
} // namespace

net::awaitable<Next> exchange(Connection& c) {
    auto parser = co_await read_head(c);
    if (!parser) co_return Next::End;
    Counted in_flight(c.server.in_flight);
    ++c.server.requests;
    Charge charge(c.server.held);
    auto record = begin_record(c.server);
    Manners manners;
    std::optional<Reply> reply;
    try {
        reply = co_await answer(c, std::move(parser), in_flight, charge, record, manners);
        if (!reply) co_return Next::Held;
    } catch (std::exception const& e) {
        reply = failed(c, record.request_id, e.what(), manners);
    }
    charge.set(reply->body.size());
    auto next = co_await finish(c, *reply, manners, record);
    co_return next;
}

net::awaitable<Next> look_again(Connection& c) {
    auto record = record_of(*c.poll);
    auto manners = c.poll->manners;
    std::optional<Reply> reply;
    try {
        auto& session = *c.poll->session;
        reply = co_await command::look_again(session);
        if (!reply) co_return Next::Held;
        describe(record, session, c.hangup);
    } catch (std::exception const& e) {
        reply = failed(c, record.request_id, e.what(), manners);
    }
    auto const poll = std::move(c.poll); // still in flight, until the answer is sent
    poll->session.reset();
    Charge charge(c.server.held);
    charge.set(reply->body.size());
    auto next = co_await finish(c, *reply, manners, record);
    co_return next;
}

} // namespace godwit::http
