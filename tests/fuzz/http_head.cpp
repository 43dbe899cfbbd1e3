// The HTTP head and what frames a body: any bytes, in any cut, end in the same request or the same refusal.
#include "http/credentials.hpp"
#include "http/parser.hpp"
#include <cstdint>
#include <cstdlib>

using namespace godwit::http;

namespace {
constexpr Parser::Limits limits{.head_bytes = 4096, .body_bytes = 16384, .fields = 20};

void feed(Parser& parser, std::string_view bytes, std::size_t step) {
    std::string held;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        held += bytes.substr(at, step);
        for (bool more = true; more;) {
            auto const used = parser.put(held);
            if (used > held.size()) std::abort();
            held.erase(0, used);
            more = used > 0 && !held.empty();
        }
        // Bounded: what is kept unparsed stays below the head's limit and one piece.
        if (parser.state() < Parser::State::Done && held.size() > limits.head_bytes + step) std::abort();
    }
}

void require(bool holds) {
    if (!holds) std::abort();
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    Parser whole(limits), cut(limits);
    feed(whole, bytes, bytes.size() + 1);
    feed(cut, bytes, 3);
    require(whole.request().body.size() <= limits.body_bytes);
    require(whole.request().fields.size() <= limits.fields);
    if (whole.state() == Parser::State::Done) {
        require(cut.state() == Parser::State::Done);
        require(cut.request().body == whole.request().body);
        require(cut.request().target == whole.request().target);
        require(cut.request().fields == whole.request().fields);
    }
    if (whole.state() == Parser::State::Failed) require(whole.status() >= 400);
    auto const credentials = basic_credentials(whole.request().header("authorization"));
    require(!credentials || !credentials->login.empty());
    route(whole.request().path());
    accepts_gzip(whole.request().header("accept-encoding"));
    return 0;
}
