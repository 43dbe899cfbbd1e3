// Reads one HTTP/1.0 or 1.1 request out of bytes as they come, within bounds. Boost.Beast's parser stands behind it.
// The head is complete first, so that the gates decide before a body is read; what follows the request is left to the
// next one.
#pragma once
#include "http/request.hpp"
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace godwit::http {

class Parser {
public:
    struct Limits {
        std::uint32_t head_bytes = 32768;
        std::uint64_t body_bytes = 64 << 20;
        unsigned fields = 100;
    };
    enum class State { Head, Body, Done, Failed };

    explicit Parser(Limits limits);
    ~Parser();

    // Takes from the front what it can use, gives how much; stops behind the head, then behind the body.
    std::size_t put(std::string_view bytes);
    State state() const;
    bool begun() const;                                  // the request's first byte is there
    void fail(unsigned status, std::string_view reason); // for what its reader finds wrong; `reason` is a literal
    unsigned status() const;                             // when Failed: 400, 413, 417, 431, 501 or 505
    std::string_view reason() const;                     // when Failed: for the log
    std::optional<std::uint64_t> body_left() const;      // of a body not yet read; nothing when chunked
    Request& request();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace godwit::http
