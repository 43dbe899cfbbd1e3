#include "mime/uudecode.hpp"

#include <algorithm>

namespace godwit::mime {

std::size_t UuDecoder::feed(std::string_view piece, char* out) {
    auto* const begin = out;
    for (char c : piece) {
        if (at_ == At::end) break;
        auto const u = static_cast<unsigned char>(c);
        if (c == '\n') {
            at_ = At::line;
        } else if (at_ == At::line) {
            if (c == '\r') continue;
            left_ = static_cast<std::uint8_t>((u - 0x20U) & 0x3F);
            held_ = 0;
            at_ = u < 0x20 || u > 0x60 ? At::rest : left_ == 0 ? At::end : At::text;
        } else if (at_ == At::text) {
            if (u < 0x20 || u > 0x60) continue;
            bits_ = bits_ << 6 | ((u - 0x20U) & 0x3F);
            held_ = static_cast<std::uint8_t>(held_ + 6);
            if (held_ < 8) continue;
            held_ = static_cast<std::uint8_t>(held_ - 8);
            *out++ = static_cast<char>(bits_ >> held_ & 0xFF);
            if (--left_ == 0) at_ = At::rest;
        }
    }
    return static_cast<std::size_t>(out - begin);
}

void UuBegin::feed(std::string_view piece) {
    constexpr std::string_view mark = "begin ";
    for (std::size_t i = 0; i < piece.size() && !behind_; ++i) {
        char c = piece[i];
        bool const found = matched_ == mark.size();
        if (c == '\n') {
            if (found) behind_ = passed_ + i + 1;
            matched_ = 0;
            may_match_ = true;
        } else if (!found) {
            may_match_ = may_match_ && c == mark[matched_];
            matched_ = may_match_ ? matched_ + 1 : 0;
        }
    }
    passed_ += piece.size();
}

} // namespace godwit::mime
