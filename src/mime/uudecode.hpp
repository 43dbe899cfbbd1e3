#pragma once
// uuencode, read in pieces of any size. (GMime's reader loses its place where a piece ends between CR and LF.)
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace godwit::mime {

// What stands behind the "begin" line, up to the line of length 0. Lines that cannot be of it are left out.
class UuDecoder {
public:
    // Gives no more bytes than it takes; `out` has room for them. Returns how many.
    std::size_t feed(std::string_view piece, char* out);

private:
    enum class At : std::uint8_t { line, text, rest, end };
    At at_ = At::line;
    std::uint8_t left_ = 0, held_ = 0; // bytes that the line still has; bits in bits_
    std::uint32_t bits_ = 0;
};

// Looks for the "begin" line, without which the text begins at once.
class UuBegin {
public:
    void feed(std::string_view piece);
    std::optional<std::uint64_t> behind() const { return behind_; } // bytes before the text

private:
    std::uint64_t passed_ = 0;
    std::size_t matched_ = 0; // of "begin ", in this line
    bool may_match_ = true;
    std::optional<std::uint64_t> behind_;
};

} // namespace godwit::mime
