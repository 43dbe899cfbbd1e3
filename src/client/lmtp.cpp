#include "client/lmtp.hpp"
#include <algorithm>
#include <array>
#include <charconv>

namespace godwit::client {
using net::awaitable;

Lmtp::Lmtp(std::string host, std::uint16_t port, milliseconds patience)
    : host_(std::move(host)), port_(port), patience_(patience) {}

awaitable<void> Lmtp::open() {
    auto connected = co_await net::Stream::connect(host_, port_, patience_);
    if (!connected) throw Failure(Failure::Connect, "LMTP: " + std::string(net::name(connected.error())));
    stream_ = std::move(*connected);
    ahead_.clear();
    auto greeting = co_await reply();
    if (greeting.code != 220) throw Failure(Failure::Http, "LMTP greets with " + std::to_string(greeting.code));
    co_await say("LHLO client.invalid\r\n");
    auto hello = co_await reply();
    if (hello.code != 250) throw Failure(Failure::Http, "LMTP answers LHLO with " + std::to_string(hello.code));
}

awaitable<void> Lmtp::say(std::string lines) {
    stream_.deadline(patience_);
    auto written = co_await stream_.write_all(lines);
    if (!written) throw Failure(Failure::Cut, "LMTP: " + std::string(net::name(written.error())));
}

awaitable<Lmtp::Reply> Lmtp::reply() {
    Reply out;
    for (bool last = false; !last;) {
        auto end = ahead_.find("\r\n");
        while (end == std::string::npos) {
            std::array<char, 1024> buffer;
            stream_.deadline(patience_);
            auto got = co_await stream_.read_some(buffer);
            if (!got || ahead_.size() > 65536) {
                stream_.close();
                throw Failure(Failure::Cut, "LMTP: the connection ended before the answer");
            }
            ahead_.append(buffer.data(), *got);
            end = ahead_.find("\r\n");
        }
        if (end < 3) throw Failure(Failure::Cut, "LMTP: not a reply");
        std::from_chars(ahead_.data(), ahead_.data() + 3, out.code);
        last = end == 3 || ahead_[3] != '-';
        out.text = end > 4 ? ahead_.substr(4, end - 4) : "";
        ahead_.erase(0, end + 2);
    }
    co_return out;
}

awaitable<std::vector<unsigned>> Lmtp::deliver(std::string from, std::vector<std::string> to, std::string message) {
    if (!stream_.is_open()) co_await open();
    std::string envelope = "MAIL FROM:<" + from + ">\r\n";
    for (auto const& recipient : to) envelope += "RCPT TO:<" + recipient + ">\r\n";
    envelope += "DATA\r\n";
    co_await say(std::move(envelope));
    auto mail = co_await reply();
    std::vector<unsigned> codes;
    for (std::size_t i = 0; i < to.size(); ++i) {
        auto answer = co_await reply();
        codes.push_back(answer.code);
    }
    auto data = co_await reply();
    if (data.code != 354) {
        for (auto& code : codes) // the envelope failed as a whole
            if (code == 250) code = data.code;
        if (mail.code != 250) codes.assign(to.size(), mail.code);
        co_await say("RSET\r\n");
        auto reset = co_await reply();
        if (reset.code != 250) stream_.close();
        co_return codes;
    }
    co_await say(dot_stuffed(message) + ".\r\n");
    for (auto& code : codes) {
        if (code != 250) continue;
        auto answer = co_await reply();
        code = answer.code;
    }
    co_return codes;
}

std::string dot_stuffed(std::string_view message) {
    std::string out;
    out.reserve(message.size() + 64);
    while (!message.empty()) {
        auto line = message.substr(0, message.find('\n'));
        message.remove_prefix(std::min(message.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with('.')) out += '.';
        out += line;
        out += "\r\n";
    }
    return out;
}

} // namespace godwit::client
