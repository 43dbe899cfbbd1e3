#include "delivery/lmtp_session.hpp"
#include <algorithm>
#include <charconv>
#include <utility>

namespace godwit::delivery {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    return std::ranges::equal(a, b, [&](char x, char y) { return upper(x) == upper(y); });
}

bool is_text(std::string_view line) { // no control characters, no NUL
    return std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string_view take_word(std::string_view& text) {
    auto const begin = std::min(text.find_first_not_of(' '), text.size());
    auto const end = std::min(text.find(' ', begin), text.size());
    auto const word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
}

struct Path {
    std::string address;
    std::string_view parameters;
};

// `FROM:<path> parameters` (RFC 5321 4.1.2): a source route is dropped (appendix C), blanks after the colon and a
// missing < > are forgiven, as most servers do. The closing > is the first one outside of quotes.
std::optional<Path> parse_path(std::string_view text, std::string_view keyword) {
    if (text.size() < keyword.size() || !equal_ignoring_case(text.substr(0, keyword.size()), keyword)) return {};
    text.remove_prefix(keyword.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (!text.starts_with('<')) {
        auto const address = take_word(text);
        if (address.empty() || address.find_first_of("<>") != std::string_view::npos) return {};
        return Path{std::string(address), text};
    }
    bool quoted = false;
    std::size_t end = 1;
    for (; end < text.size() && (quoted || text[end] != '>'); ++end) {
        if (text[end] == '"')
            quoted = !quoted;
        else if (quoted && text[end] == '\\')
            ++end;
    }
    if (end >= text.size()) return {};
    auto address = text.substr(1, end - 1);
    if (address.starts_with('@')) {
        auto const colon = address.find(':');
        if (colon == std::string_view::npos) return {};
        address.remove_prefix(colon + 1);
    }
    auto const rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ' ') return {};
    if (address.find_first_of("<> ") != std::string_view::npos && !address.starts_with('"')) return {};
    return Path{std::string(address), rest};
}

enum class ParameterFault { None, Syntax, Unknown, TooLarge };
struct MailParameters {
    ParameterFault fault = ParameterFault::None;
    bool utf8 = false;
};

MailParameters parse_mail_parameters(std::string_view text, std::uint64_t max_bytes) {
    MailParameters result;
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
        auto const equals = std::min(word.find('='), word.size());
        auto const name = word.substr(0, equals), value = word.substr(std::min(equals + 1, word.size()));
        if (equal_ignoring_case(name, "SIZE")) { // RFC 1870
            std::uint64_t size = 0;
            auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
            if (error == std::errc::result_out_of_range)
                size = UINT64_MAX;
            else if (error != std::errc() || end != value.data() + value.size())
                return {ParameterFault::Syntax};
            if (size > max_bytes) return {ParameterFault::TooLarge};
        } else if (equal_ignoring_case(name, "BODY")) { // RFC 6152
            if (!equal_ignoring_case(value, "7BIT") && !equal_ignoring_case(value, "8BITMIME"))
                return {ParameterFault::Syntax};
        } else if (equal_ignoring_case(name, "SMTPUTF8") && value.empty()) { // RFC 6531
            result.utf8 = true;
        } else {
            return {ParameterFault::Unknown};
        }
    }
    return result;
}

std::string_view reply_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::Stored: return "250 2.1.5 ";
    case Verdict::TooLarge: return "552 5.3.4 message too large for ";
    case Verdict::NoSpace: return "452 4.3.1 no room now for ";
    case Verdict::UnknownRecipient: return "550 5.1.1 no such user: ";
    case Verdict::TryLater: return "451 4.3.0 try again later: ";
    }
    return "451 4.3.0 ";
}

} // namespace

LmtpSession::LmtpSession(LmtpRules rules, RecipientCheck check) : rules_(std::move(rules)), check_(std::move(check)) {
    reply("220 " + rules_.hostname + " LMTP Godwit");
}

std::size_t LmtpSession::feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        auto const rest = bytes.substr(taken);
        if (state_ == State::Command)
            taken += feed_command(rest);
        else if (state_ == State::Data)
            taken += feed_data(rest);
        else
            break;
    }
    return state_ == State::Closed ? bytes.size() : taken; // after QUIT nothing is listened to
}

std::string LmtpSession::take_replies() { return std::exchange(replies_, {}); }

std::size_t LmtpSession::feed_command(std::string_view bytes) {
    auto const end = bytes.find('\n');
    auto const part = bytes.substr(0, end);
    if (line_.size() + part.size() > rules_.max_line_bytes) line_too_long_ = true;
    if (!line_too_long_) line_ += part;
    if (end == std::string_view::npos) return bytes.size();
    auto line = std::exchange(line_, {});
    if (line.ends_with('\r')) line.pop_back();
    if (std::exchange(line_too_long_, false))
        refuse("500 5.5.2 line too long");
    else
        command(line);
    return end + 1;
}

void LmtpSession::command(std::string_view line) {
    if (!is_text(line)) return refuse("500 5.5.2 control characters in a command");
    auto argument = line;
    auto const verb = take_word(argument);
    argument.remove_prefix(std::min(argument.find_first_not_of(' '), argument.size()));
    auto is = [&](std::string_view name) { return equal_ignoring_case(verb, name); };
    if (is("LHLO")) return lhlo(argument);
    if (is("MAIL")) return mail(argument);
    if (is("RCPT")) return rcpt(argument);
    if (is("DATA")) return start_data();
    if (is("RSET")) return reset(), reply("250 2.0.0 ok");
    if (is("NOOP")) return reply("250 2.0.0 ok");
    if (is("VRFY")) return reply("252 2.5.2 send the mail and see");
    if (is("QUIT")) {
        reply("221 2.0.0 bye");
        state_ = State::Closed;
        return;
    }
    if (is("HELO") || is("EHLO")) return refuse("500 5.5.1 this is LMTP: say LHLO"); // RFC 2033 4.1
    refuse("500 5.5.1 unknown command");
}

void LmtpSession::lhlo(std::string_view argument) {
    if (argument.empty()) return refuse("501 5.5.4 LHLO needs a name");
    reset();
    greeted_ = true;
    envelope_.greeting = argument.substr(0, 255);
    reply("250-" + rules_.hostname);
    for (auto const* extension : {"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"})
        reply(std::string("250-") + extension);
    reply("250 SIZE " + std::to_string(rules_.max_message_bytes));
}

void LmtpSession::mail(std::string_view argument) {
    if (!greeted_) return refuse("503 5.5.1 say LHLO first");
    if (has_sender_) return refuse("503 5.5.1 a sender was given already");
    auto path = parse_path(argument, "FROM:");
    if (!path) return refuse("501 5.1.7 MAIL FROM:<address>");
    auto const parameters = parse_mail_parameters(path->parameters, rules_.max_message_bytes);
    switch (parameters.fault) {
    case ParameterFault::None: break;
    case ParameterFault::Syntax: return refuse("501 5.5.4 bad parameter");
    case ParameterFault::Unknown: return refuse("555 5.5.4 unknown parameter");
    case ParameterFault::TooLarge: return reply("552 5.3.4 message too large");
    }
    envelope_.sender = std::move(path->address);
    envelope_.utf8 = parameters.utf8;
    has_sender_ = true;
    reply("250 2.1.0 ok");
}

void LmtpSession::rcpt(std::string_view argument) {
    if (!has_sender_) return refuse("503 5.5.1 say MAIL first");
    auto path = parse_path(argument, "TO:");
    if (!path || path->address.empty()) return refuse("501 5.1.3 RCPT TO:<address>");
    if (path->parameters.find_first_not_of(' ') != std::string_view::npos) return refuse("555 5.5.4 unknown parameter");
    if (envelope_.recipients.size() >= rules_.max_recipients) return reply("452 4.5.3 too many recipients");
    switch (check_(path->address)) {
    case RecipientVerdict::Ok: break;
    case RecipientVerdict::Unknown: return reply("550 5.1.1 no such user");
    case RecipientVerdict::Disabled: return reply("550 5.2.1 mailbox disabled");
    case RecipientVerdict::TryLater: return reply("451 4.3.0 try again later");
    }
    envelope_.recipients.push_back(std::move(path->address));
    reply("250 2.1.5 ok");
}

void LmtpSession::start_data() {
    if (!has_sender_) return refuse("503 5.5.1 say MAIL first");
    if (envelope_.recipients.empty()) return refuse("503 5.5.1 no valid recipients"); // RFC 2033 4.2
    state_ = State::Data;
    dot_ = Dot::LineStart;
    dropped_.reset();
    reply("354 end with CRLF.CRLF");
}

// RFC 5321 4.5.2: a dot that begins a line is not content; alone on its line it ends the message.
std::size_t LmtpSession::feed_data(std::string_view bytes) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        if (dot_ == Dot::Middle) { // the long way in one step
            auto const carriage = std::min(bytes.find('\r', i), bytes.size());
            keep(bytes.substr(i, carriage - i));
            i = carriage;
            if (i == bytes.size()) break;
            dot_ = Dot::CarriageReturn;
            keep(bytes.substr(i++, 1));
            continue;
        }
        auto const c = bytes[i];
        if (dot_ == Dot::LineStart && c == '.') {
            dot_ = Dot::AfterDot;
            ++i;
        } else if (dot_ == Dot::AfterDot && c == '\r') {
            dot_ = Dot::AfterDotCarriageReturn;
            ++i;
        } else if (dot_ == Dot::AfterDotCarriageReturn && c == '\n') {
            end_of_data();
            return i + 1;
        } else if (dot_ == Dot::AfterDotCarriageReturn) {
            keep("\r"); // the dot was stuffing after all
            dot_ = Dot::CarriageReturn;
        } else if (dot_ == Dot::CarriageReturn && c == '\n') {
            keep("\n");
            dot_ = Dot::LineStart;
            ++i;
        } else {
            dot_ = Dot::Middle;
        }
    }
    return i;
}

void LmtpSession::keep(std::string_view content) {
    if (!dropped_ && content.size() > rules_.max_message_bytes - bytes_.size()) drop_message(Verdict::TooLarge);
    if (!dropped_) bytes_ += content;
}

void LmtpSession::end_of_data() {
    state_ = State::Arrived;
    if (dropped_) answer(std::vector(envelope_.recipients.size(), *dropped_));
}

void LmtpSession::drop_message(Verdict verdict) {
    if (state_ != State::Data || dropped_) return;
    dropped_ = verdict;
    bytes_ = {};
}

Arrival LmtpSession::take_arrival() { return {.envelope = envelope_, .bytes = std::exchange(bytes_, {})}; }

void LmtpSession::answer(std::vector<Verdict> const& verdicts) {
    for (std::size_t i = 0; i < envelope_.recipients.size(); ++i) {
        auto const verdict = i < verdicts.size() ? verdicts[i] : Verdict::TryLater;
        reply(std::string(reply_of(verdict)) + "<" + envelope_.recipients[i] + ">");
    }
    reset();
    state_ = State::Command;
}

void LmtpSession::reset() {
    envelope_ = {.greeting = std::move(envelope_.greeting), .sender = {}, .recipients = {}};
    has_sender_ = false;
    bytes_ = {};
}

void LmtpSession::end(std::string_view reason) {
    reply(std::string("421 ").append(reason));
    state_ = State::Closed;
}

void LmtpSession::reply(std::string_view text) { replies_.append(text).append("\r\n"); }

void LmtpSession::refuse(std::string_view text) {
    reply(text);
    if (++errors_ < rules_.max_errors) return;
    reply("421 4.7.0 too many errors");
    state_ = State::Closed;
}

} // namespace godwit::delivery
