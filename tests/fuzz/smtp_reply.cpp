// What a relay says: however its bytes are cut into pieces, the replies, the failure and what EHLO offered are the
// same, and memory stays within the bounds. The first byte seeds the cuts.
#include "delivery/smtp_reply.hpp"
#include <cstdint>
#include <cstdlib>

using namespace godwit::delivery;

namespace {

struct Heard {
    std::string all; // replies in their order, then the failure
    std::set<std::string> offered;
};

// `seed` decides where the bytes are cut; 0: nowhere.
Heard talk(std::string_view bytes, std::uint32_t seed) {
    SmtpReplies replies;
    Heard heard;
    while (!bytes.empty()) {
        auto const piece = bytes.substr(0, seed == 0 ? bytes.size() : 1 + (seed >> 16) % 40);
        if (seed != 0) seed = (seed * 1664525 + 1013904223) | 1;
        bytes.remove_prefix(piece.size());
        replies.feed(piece);
        while (auto const reply = replies.next()) {
            if (reply->size() < 3 || reply->find('\n') != std::string::npos) std::abort();
            if (reply->size() > max_reply_line) std::abort();
            take_keyword(*reply, heard.offered);
            heard.all += *reply + '\n';
        }
        if (replies.held_bytes() > max_reply_line) std::abort(); // no line is longer, and all whole ones are taken
    }
    heard.all += replies.failure();
    if (heard.offered.size() > max_keywords) std::abort();
    return heard;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const said(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    auto const cut = talk(said, bytes[0] + 1U);
    auto const whole = talk(said, 0);
    if (cut.all != whole.all || cut.offered != whole.offered) std::abort();
    return 0;
}
