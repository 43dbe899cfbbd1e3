// The only file that knows Boost.Beast.
#include "http/parser.hpp"
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace godwit::http {
namespace beast = boost::beast;
namespace asio = boost::asio;
using beast::http::error;
using boost::system::error_code;
using sv = beast::string_view;

namespace {
constexpr std::size_t reserve_at_most = 1 << 20; // a declared length is only a promise

// Two of one of these that differ are a contradiction, not a list: nobody may choose one (request smuggling).
constexpr std::array single{"authorization", "content-encoding",     "content-length", "content-type",        "host",
                            "expect",        "ms-asprotocolversion", "x-ms-policykey", "ms-asacceptmultipart"};

std::string_view view(sv s) { return {s.data(), s.size()}; }

std::string lower(sv name) {
    std::string out(name.data(), name.size());
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// GET http://host/path (RFC 9112 3.2.2) means GET /path.
std::string origin_form(std::string_view target) {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!same_text(target.substr(0, scheme.size()), scheme)) continue;
        auto const slash = target.find_first_of("/?", scheme.size());
        if (slash == target.npos) return "/";
        return (target[slash] == '?' ? "/" : "") + std::string(target.substr(slash));
    }
    return std::string(target);
}

class Machine final : public beast::http::basic_parser<true> {
public:
    explicit Machine(Parser::Limits limits) : limits_(limits) {
        header_limit(limits.head_bytes);
        body_limit(limits.body_bytes);
        eager(false);
    }
    Request request;
    unsigned status = 0;
    std::string_view reason;

    void fail(unsigned with, std::string_view why) {
        if (status == 0) status = with, reason = why;
    }

    std::size_t head_bytes() const { return limits_.head_bytes; }

private:
    void refuse(unsigned with, std::string_view why, error_code& ec) {
        fail(with, why);
        ec = error::bad_value;
    }

    void on_request_impl(beast::http::verb, sv method, sv target, int version, error_code& ec) override {
        if (version != 10 && version != 11) return refuse(505, "HTTP version", ec);
        request.method = view(method);
        request.target = origin_form(view(target));
        request.minor = static_cast<unsigned>(version - 10);
    }

    void on_field_impl(beast::http::field which, sv name, sv value, error_code& ec) override {
        if (is_header_done()) return; // a trailer: nothing that it could say is wanted after the gates
        if (request.fields.size() >= limits_.fields) return refuse(431, "too many headers", ec);
        auto key = lower(name);
        bool const alone = std::ranges::find(single, key) != single.end();
        if (which == beast::http::field::transfer_encoding) {
            if (!request.header(key).empty()) return refuse(400, "two Transfer-Encoding headers", ec);
            if (!same_text(view(value), "chunked")) return refuse(501, "unknown Transfer-Encoding", ec);
        }
        for (auto const& [other, before] : request.fields) {
            if (!alone || other != key) continue;
            if (before != view(value)) return refuse(400, "one header with two values", ec);
            return;
        }
        if (which == beast::http::field::expect) {
            if (!same_text(view(value), "100-continue")) return refuse(417, "unknown expectation", ec);
            request.wants_continue = true;
        }
        request.fields.emplace_back(std::move(key), view(value));
    }

    void on_response_impl(int, sv, int, error_code&) override {}
    void on_header_impl(error_code&) override { request.keep_alive = keep_alive(); }

    void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override {
        if (length) request.body.reserve(std::min<std::uint64_t>(*length, reserve_at_most));
    }
    std::size_t on_body_impl(sv bytes, error_code&) override {
        request.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, sv, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, sv bytes, error_code& ec) override { return on_body_impl(bytes, ec); }
    void on_finish_impl(error_code&) override {}

    Parser::Limits limits_;
};

std::pair<unsigned, std::string_view> verdict_on(error_code ec) {
    if (ec == error::header_limit || ec == error::buffer_overflow) return {431, "the head is too large"};
    if (ec == error::body_limit) return {413, "the body is too large"};
    if (ec == error::bad_version) return {505, "HTTP version"};
    return {400, "malformed HTTP"};
}
} // namespace

struct Parser::Parts {
    explicit Parts(Limits limits) : machine(limits) {}

    // One piece; false when no more can be done with these bytes.
    bool step(std::string_view bytes, std::size_t& used) {
        bool const had_head = machine.is_header_done();
        error_code ec;
        auto const n = machine.put(asio::buffer(bytes.substr(used)), ec);
        used += n;
        if (ec && ec != error::need_more) {
            auto const [status, reason] = verdict_on(ec);
            machine.fail(status, reason);
            return false;
        }
        // Stop behind the head, even when the body is there already.
        return ec != error::need_more && !machine.is_done() && machine.is_header_done() == had_head &&
               used < bytes.size();
    }

    Machine machine;
};

Parser::Parser(Limits limits) : parts_(std::make_unique<Parts>(limits)) {}
Parser::~Parser() = default;

std::size_t Parser::put(std::string_view bytes) {
    std::size_t used = 0;
    // RFC 9112 2.2: empty lines before a request are ignored.
    if (!begun())
        while (used < bytes.size() && (bytes[used] == '\r' || bytes[used] == '\n')) ++used;
    if (state() == State::Done || state() == State::Failed || used == bytes.size()) return used;
    bool const in_body = state() == State::Body;
    while (parts_->step(bytes, used)) {
    }
    // Beast bounds the head and the body, but not what stands between chunks.
    if (in_body && used == 0 && bytes.size() > parts_->machine.head_bytes())
        fail(400, "endless chunk header or trailer");
    return used;
}

Parser::State Parser::state() const {
    if (parts_->machine.status != 0) return State::Failed;
    if (parts_->machine.is_done()) return State::Done;
    return parts_->machine.is_header_done() ? State::Body : State::Head;
}

bool Parser::begun() const { return parts_->machine.got_some(); }
void Parser::fail(unsigned status, std::string_view reason) { parts_->machine.fail(status, reason); }
unsigned Parser::status() const { return parts_->machine.status; }
std::string_view Parser::reason() const { return parts_->machine.reason; }

std::optional<std::uint64_t> Parser::body_left() const {
    auto const left = parts_->machine.content_length_remaining();
    return left ? std::optional(*left) : std::nullopt;
}

Request& Parser::request() { return parts_->machine.request; }

} // namespace godwit::http
