// One LMTP conversation (RFC 2033) as a pure state machine: bytes in, replies and finished messages out; no socket, no
// clock. However the bytes are cut into pieces, the same bytes give the same replies. Memory is bounded by Rules: a
// line beyond max_line_bytes is answered 500 and dropped, a message beyond max_message_bytes is counted and dropped.
// Only CRLF.CRLF ends a message; a bare LF is content (nothing can be smuggled), while commands may end in a bare LF.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::delivery {

struct LmtpRules {
    std::string hostname = "localhost";
    std::uint64_t max_message_bytes = 50 << 20;
    std::size_t max_line_bytes = 4096; // of a command
    std::size_t max_recipients = 1000; // RFC 5321 4.5.3.1.8 demands 100
    unsigned max_errors = 50;          // bad commands after which the conversation ends
};
enum class RecipientVerdict { Ok, Unknown, Disabled, TryLater };
// Asked once for each RCPT; the address without < >, as sent.
using RecipientCheck = std::function<RecipientVerdict(std::string_view address)>;

struct Envelope {
    std::string greeting;                // the client's name in LHLO
    std::string sender;                  // without < >; empty: the null sender
    std::vector<std::string> recipients; // accepted ones, in order, as sent
    bool utf8 = false;                   // SMTPUTF8
};
struct Arrival {
    Envelope envelope;
    std::string bytes; // without dot-stuffing and the final dot, else as sent
};
enum class Verdict {
    Stored,
    TooLarge,
    NoSpace,
    UnknownRecipient,
    TryLater
}; // of one recipient: 250, 552, 452, 550, 451

class LmtpSession {
public:
    LmtpSession(LmtpRules rules, RecipientCheck check);

    // Takes bytes and returns how many: fewer when a message has arrived, which must be answered first.
    std::size_t feed(std::string_view bytes);
    // Replies so far, ready to send, the greeting first; empties them.
    std::string take_replies();

    bool arrived() const { return state_ == State::Arrived; }
    Arrival take_arrival();
    // One verdict for each recipient of the arrival, in order (RFC 2033 4.2).
    void answer(std::vector<Verdict> const& verdicts);

    bool closed() const { return state_ == State::Closed; }
    bool in_data() const { return state_ == State::Data; }
    // Between feeds: the reply 421, and closed.
    void end(std::string_view reason); // "4.4.2 too slow"
    // The message that is coming in is not wanted any more: its rest is dropped, its recipients get this verdict.
    void drop_message(Verdict verdict);
    std::size_t held_bytes() const { return bytes_.size(); }

private:
    enum class State { Command, Data, Arrived, Closed };
    enum class Dot { LineStart, Middle, CarriageReturn, AfterDot, AfterDotCarriageReturn };

    std::size_t feed_command(std::string_view bytes);
    std::size_t feed_data(std::string_view bytes);
    void keep(std::string_view content);
    void command(std::string_view line);
    void lhlo(std::string_view argument);
    void mail(std::string_view argument);
    void rcpt(std::string_view argument);
    void start_data();
    void end_of_data();
    void reset();
    void reply(std::string_view text);
    void refuse(std::string_view text); // a reply that counts as an error

    LmtpRules rules_;
    RecipientCheck check_;
    State state_ = State::Command;
    Dot dot_ = Dot::LineStart;
    bool greeted_ = false, has_sender_ = false;
    bool line_too_long_ = false;
    std::optional<Verdict> dropped_;
    unsigned errors_ = 0;
    std::string line_;
    std::string replies_;
    Envelope envelope_;
    std::string bytes_;
};

} // namespace godwit::delivery
