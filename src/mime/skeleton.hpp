#pragma once
// Where a part of a message lies, found while its bytes pass by, and its content decoded the same way: for messages
// that are too large to be held. What cannot be in the structure (the long middle of a body) is left out, and what
// is left is read like any message; so both ways agree on what the parts are.
#include "mime/message.hpp"

#include <functional>

namespace godwit::mime {

struct Located {
    std::string type;
    Encoding encoding = Encoding::identity; // of its content as it is given out
    std::uint64_t begin = 0, end = 0;       // of its raw body in the message
    std::string header = {};                // raw
};

class Skeleton {
public:
    void feed(std::string_view piece);
    // Nothing: there is no such part, or (ok() is false) it cannot be said without the whole message.
    std::optional<Located> find(std::string_view path);
    // All parts within the root, for who looks for one by its bytes; ok() as above.
    std::vector<Located> parts();
    bool ok() const { return ok_; }

private:
    struct Stretch { // kept bytes from `kept` on are the message's from `original` on
        std::size_t kept;
        std::uint64_t original;
    };
    void line_begins(std::string_view rest);
    void keep(std::string_view bytes);
    void finish();
    std::optional<Located> locate(Message const& message, Part const& part);
    std::uint64_t original_begin(std::size_t kept) const;
    std::uint64_t original_end(std::size_t kept) const;

    std::string kept_;
    std::vector<Stretch> stretches_;
    std::uint64_t passed_ = 0; // bytes of the message so far
    std::size_t room_ = 0;     // that may be kept before the next line of dashes
    std::string dropped_;      // the last two bytes that were left out, if the last ones were
    std::string dash_;         // one dash at the end of a piece: the line's first
    bool begun_ = false, line_start_ = true, ok_ = true;
};

// Decodes what it is fed, piece by piece.
class PieceDecoder {
public:
    explicit PieceDecoder(Encoding encoding);
    ~PieceDecoder();
    PieceDecoder(PieceDecoder const&) = delete;
    std::string_view feed(std::string_view piece); // good until the next call
    std::string_view finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace godwit::mime
