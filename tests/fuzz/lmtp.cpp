// The LMTP session: however the bytes are cut into pieces, the replies and the messages are the same, and memory
// stays bounded. The first byte seeds the cuts.
#include "delivery/lmtp_session.hpp"
#include <cstdint>
#include <cstdlib>

using namespace godwit::delivery;

namespace {

struct Heard {
    std::string all; // replies and messages in the order in which they came
    bool closed = false;
};

// `seed` decides where the bytes are cut; 0: nowhere.
Heard talk(std::string_view bytes, std::uint32_t seed) {
    LmtpRules const rules{
        .hostname = "fuzz", .max_message_bytes = 300, .max_line_bytes = 100, .max_recipients = 5, .max_errors = 20};
    LmtpSession session(rules, [](std::string_view address) {
        return address.size() % 3 == 0 ? RecipientVerdict::Unknown : RecipientVerdict::Ok;
    });
    Heard heard;
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, seed == 0 ? bytes.size() : 1 + (seed >> 16) % 40);
        if (seed != 0) seed = (seed * 1664525 + 1013904223) | 1;
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            piece.remove_prefix(session.feed(piece));
            if (session.held_bytes() > rules.max_message_bytes) std::abort();
            heard.all += session.take_replies();
            if (!session.arrived()) continue;
            auto const arrival = session.take_arrival();
            heard.all += "\nfrom " + arrival.envelope.sender + "\n" + arrival.bytes + "\n";
            if (arrival.envelope.recipients.empty() || arrival.envelope.recipients.size() > rules.max_recipients)
                std::abort();
            session.answer(std::vector(arrival.envelope.recipients.size(), Verdict::Stored));
        }
    }
    heard.all += session.take_replies();
    heard.closed = session.closed();
    return heard;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const said(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    auto const cut = talk(said, bytes[0] + 1U);
    auto const whole = talk(said, 0);
    if (cut.all != whole.all || cut.closed != whole.closed) std::abort();
    return 0;
}
