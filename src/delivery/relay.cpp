#include "delivery/relay.hpp"
#include "delivery/relay_line.hpp"
#include "mime/ascii.hpp"
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <unicode/uidna.h>

namespace godwit::delivery {
namespace {

// With its domain as the DNS knows it (RFC 5891); the local part stays, and may need SMTPUTF8.
std::string on_the_wire(std::string const& address) {
    auto const at = address.rfind('@');
    if (mime::is_ascii(address) || at == std::string::npos) return address;
    auto failure = U_ZERO_ERROR;
    auto const close = [](UIDNA* idna) { uidna_close(idna); };
    std::unique_ptr<UIDNA, decltype(close)> const idna(uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &failure),
                                                       close);
    UIDNAInfo found = UIDNA_INFO_INITIALIZER;
    char domain[256];
    auto const from = std::string_view(address).substr(at + 1);
    if (U_FAILURE(failure)) return address;
    auto const size = uidna_nameToASCII_UTF8(idna.get(), from.data(), static_cast<int32_t>(from.size()), domain,
                                             sizeof domain, &found, &failure);
    if (U_FAILURE(failure) || found.errors != 0) return address;
    return address.substr(0, at + 1) + std::string(domain, static_cast<std::size_t>(size));
}

// RFC 3461 4
std::string xtext(std::string_view text) {
    std::string out;
    for (auto const c : text)
        out += c > 0x20 && c < 0x7F && c != '+' && c != '=' ? std::string(1, c)
                                                            : fmt::format("+{:02X}", static_cast<unsigned char>(c));
    return out;
}

RelayReply judged(std::string const& line) {
    // It wants TLS or another login first (RFC 3207 4, RFC 4954 6): nothing about the message or who it is for.
    for (auto const* code : {"530", "534", "535", "538"})
        if (line.starts_with(code)) return {Fate::TryLater, line};
    auto const fate = line.starts_with('2') ? Fate::Accepted : line.starts_with('5') ? Fate::Refused : Fate::TryLater;
    return {fate, line};
}

// It does not understand a parameter, whatever it has offered (RFC 5321 4.2.2).
bool is_about_parameters(std::string_view line) {
    return line.starts_with("501") || line.starts_with("504") || line.starts_with("555");
}

class Submission {
public:
    Submission(RelayLine& line, RelayEnvelope const& envelope, std::vector<std::optional<RelayReply>>& replies)
        : line_(line), envelope_(envelope), replies_(replies), dsn_(line.offers("DSN")),
          asked_(envelope.recipients.size(), dsn_ && envelope.receipt) {}

    void run(mime::Rope const& message) {
        if (!introduce(message)) return;
        bool anybody = false;
        for (std::size_t i = 0; i < envelope_.recipients.size(); ++i) anybody |= name_recipient(i);
        if (!anybody) return;
        auto const ready = line_.say("DATA");
        if (!ready.starts_with('3')) // and a success now would be a lie
            return settle(ready.starts_with('2') ? RelayReply{Fate::TryLater, ready} : judged(ready));
        send(message);
        settle(judged(line_.hear()));
    }

private:
    void settle(RelayReply const& reply) { // for all who have none yet
        for (std::size_t i = 0; i < replies_.size(); ++i) {
            if (replies_[i]) continue;
            replies_[i] = reply;
            replies_[i]->reports = reply.fate == Fate::Accepted && asked_[i];
        }
    }

    bool introduce(mime::Rope const& message) {
        auto const sender = on_the_wire(envelope_.sender);
        auto command = "MAIL FROM:<" + sender + ">";
        if (line_.offers("SIZE")) command += " SIZE=" + std::to_string(message.size());
        if (line_.offers("8BITMIME") && !std::ranges::all_of(message.pieces(), mime::is_ascii)) // RFC 6152 2
            command += " BODY=8BITMIME";
        auto const beyond = [](std::string const& address) { return !mime::is_ascii(on_the_wire(address)); };
        if (beyond(sender) || std::ranges::any_of(envelope_.recipients, beyond)) { // RFC 6531 3.4
            if (line_.offers("SMTPUTF8"))
                command += " SMTPUTF8";
            else if (beyond(sender))
                return settle({Fate::Refused, "550 5.6.7 the relay takes ASCII addresses only"}), false;
        }
        auto said = line_.say(command + (dsn_ ? " RET=HDRS ENVID=" + xtext(envelope_.id) : ""));
        if (dsn_ && is_about_parameters(said)) {
            dsn_ = false;
            asked_.assign(asked_.size(), false);
            said = line_.say(command);
        }
        if (said.starts_with('2')) return true;
        settle(judged(said));
        return false;
    }

    bool name_recipient(std::size_t number) {
        auto const& address = envelope_.recipients[number];
        auto const there = on_the_wire(address);
        auto const plain = mime::is_ascii(there);
        if (!plain && !line_.offers("SMTPUTF8")) {
            replies_[number] = {Fate::Refused, "550 5.6.7 the relay takes ASCII addresses only"};
            return false;
        }
        auto const command = "RCPT TO:<" + there + ">";
        std::string wish;
        if (dsn_ && envelope_.receipt) wish = " NOTIFY=SUCCESS,FAILURE,DELAY";
        if (dsn_ && plain) wish += " ORCPT=rfc822;" + xtext(there); // another form for UTF-8 (RFC 6533 3): left out
        auto said = line_.say(command + wish);
        if (!wish.empty() && is_about_parameters(said)) {
            asked_[number] = false;
            said = line_.say(command);
        }
        if (said.starts_with('2')) return true;
        replies_[number] = judged(said);
        return false;
    }

    // RFC 5321 4.5.2: a dot that begins a line is doubled. A bare LF leaves as CRLF (2.3.8): what the next hop takes
    // for the end of a line must be one here, or a message could smuggle in another.
    void send(mime::Rope const& message) {
        mime::RopeReader reader(message);
        std::string in(1 << 16, '\0'), out;
        char last = '\n';
        bool ended = true; // the last line, with CRLF
        while (auto const count = reader.read(in)) {
            out.clear();
            for (auto rest = std::string_view(in).substr(0, count); !rest.empty();) {
                if (last == '\n' && rest.front() == '.') out += '.';
                auto const end = rest.find('\n');
                auto const text = rest.substr(0, end);
                out += text;
                if (!text.empty()) last = text.back();
                if (end != std::string_view::npos) {
                    out += last == '\r' ? "\n" : "\r\n";
                    last = '\n';
                }
                rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            }
            ended = last == '\n';
            line_.send(out);
        }
        line_.send(ended ? ".\r\n" : "\r\n.\r\n");
    }

    RelayLine& line_;
    RelayEnvelope const& envelope_;
    std::vector<std::optional<RelayReply>>& replies_;
    bool dsn_;
    std::vector<bool> asked_; // for a report of success, by recipient
};

} // namespace

std::vector<RelayReply> submit(config::Delivery const& config, RelayEnvelope const& envelope, mime::Rope const& message,
                               std::atomic<bool> const& stop) {
    static auto const started = curl_global_init(CURL_GLOBAL_ALL); // once, whichever thread comes first
    if (started != CURLE_OK) throw std::runtime_error("libcurl does not start");
    std::vector<std::optional<RelayReply>> replies(envelope.recipients.size());
    std::string lost;
    try {
        RelayLine line(config, message.size(), stop);
        Submission(line, envelope, replies).run(message);
    } catch (RelayLost const& error) {
        lost = error.what();
    }
    std::vector<RelayReply> known;
    for (auto& reply : replies) known.push_back(reply.value_or(RelayReply{Fate::TryLater, lost}));
    return known;
}

} // namespace godwit::delivery
