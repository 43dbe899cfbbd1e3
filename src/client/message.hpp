// HTTP/1.1 from the client's side: requests as text, answers from a bounded parser that takes bytes as they come.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::client {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "POST";
    std::string target = "/";
    Headers headers = {}; // Host, Connection and Content-Length are added by head_of()
    std::string body = {};
};
std::string head_of(HttpRequest const& request, std::string_view host); // ends with the empty line

struct HttpResponse {
    unsigned status = 0;
    Headers headers = {};
    std::string body = {};

    // The first header of that name, in any case; empty when absent.
    std::string_view header(std::string_view name) const;
    bool keeps_alive() const;
};

struct ResponseLimits {
    std::size_t max_head = 64 << 10;
    std::uint64_t max_body = std::uint64_t{256} << 20;
};

// Feed it until done(); what follows the response stays in the caller's hands. A failure is sticky and told in a
// sentence.
class ResponseParser {
public:
    explicit ResponseParser(ResponseLimits limits = {}, bool has_body = true)
        : limits_(limits), may_have_body_(has_body) {}

    std::size_t feed(std::string_view bytes); // how many it took
    void end_of_stream();                     // the peer closed: ends a body without a length, breaks any other
    bool done() const { return state_ == State::Done; }
    bool failed() const { return !failure_.empty(); }
    bool started() const { return state_ != State::Head || !line_.empty(); }
    bool in_body() const { return state_ != State::Head; }
    std::string const& failure() const { return failure_; }
    HttpResponse take() { return std::move(response_); }

private:
    enum class State : std::uint8_t { Head, Body, ChunkSize, Chunk, ChunkEnd, Trailer, UntilClose, Done };
    std::size_t head(std::string_view bytes);
    void parse_head();
    void choose_body();
    std::size_t line(std::string_view bytes); // collects line_ up to LF
    std::size_t content(std::string_view bytes, State next);
    void chunk_size();
    void fail(std::string why);

    ResponseLimits limits_;
    bool may_have_body_;
    State state_ = State::Head;
    std::string line_ = {};
    bool line_complete_ = false;
    std::uint64_t left_ = 0;
    HttpResponse response_ = {};
    std::string failure_ = {};
};

// gzip and zlib, bounded; nothing when the bytes are broken or grow beyond the limit.
std::optional<std::string> inflate_bytes(std::string_view compressed, std::size_t max_bytes);
std::string gzip_bytes(std::string_view plain);

std::string base64(std::string_view bytes);
std::string percent_encoded(std::string_view text);     // for a query value
bool same_name(std::string_view a, std::string_view b); // ASCII, any case

} // namespace godwit::client
