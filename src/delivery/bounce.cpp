#include "delivery/bounce.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include <algorithm>
#include <optional>

namespace godwit::delivery {
namespace {

constexpr std::size_t max_returned_header = 65536;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The enhanced code (RFC 3463) of "550 5.1.1 text", else the general one of its class.
std::string status_code(std::string_view reply) {
    auto const space = reply.find(' ');
    if (reply.size() > 3 && is_digit(reply[0]) && space == 3) {
        auto const rest = reply.substr(4);
        auto const code = rest.substr(0, rest.find(' '));
        auto const dots = std::ranges::count(code, '.');
        auto const fits = std::ranges::all_of(code, [](char c) { return c == '.' || is_digit(c); });
        if (dots == 2 && fits && code.size() <= 9 && (code.starts_with("5.") || code.starts_with("4.")))
            return "5" + std::string(code.substr(1)); // it has failed by now, whatever it was at first
    }
    return "5.0.0";
}

std::string one_line(std::string_view text) {
    std::string line;
    for (auto const c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    return line.substr(0, 900);
}

std::string explanation(Bounce const& bounce) {
    std::string text = "This is the mail system at " + bounce.hostname + ".\r\n\r\n" +
                       "Your message could not be delivered to:\r\n\r\n";
    for (auto const& one : bounce.failed)
        text += "    " + one_line(one.address) + "\r\n        " + one_line(one.reply) + "\r\n";
    return text + "\r\nIts header follows. The message itself is in your sent items if your phone keeps them.\r\n";
}

std::string delivery_status(Bounce const& bounce) {
    auto text = "Reporting-MTA: dns; " + bounce.hostname + "\r\n";
    for (auto const& one : bounce.failed)
        text += "\r\nFinal-Recipient: rfc822; " + one_line(one.address) +
                "\r\nAction: failed\r\nStatus: " + status_code(one.reply) + "\r\nDiagnostic-Code: smtp; " +
                one_line(one.reply) + "\r\n";
    return text;
}

} // namespace

std::string compose_bounce(Bounce const& bounce) {
    mime::HeaderBlock const header(bounce.original);
    auto const message_id = header.raw("Message-ID");
    auto const boundary = "godwit-" + bounce.id;
    auto const part = [&](std::string_view type, std::string_view body) {
        return "--" + boundary + "\r\nContent-Type: " + std::string(type) + "\r\n\r\n" + std::string(body) + "\r\n";
    };
    auto const returned = bounce.original.substr(0, std::min(header.length(), max_returned_header));
    auto text = "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@" + bounce.hostname + ">\r\nTo: <" +
                bounce.to + ">\r\nSubject: Undelivered mail returned to sender\r\nDate: " +
                mime::format_date(std::chrono::floor<std::chrono::seconds>(bounce.when)) + "\r\nMessage-ID: <" +
                bounce.id + "@" + bounce.hostname + ">\r\n";
    if (message_id) { // the phone shows it in the conversation of what failed
        auto const ids = mime::message_ids(*message_id);
        if (!ids.empty()) text += "References: <" + one_line(ids.front()) + ">\r\n";
    }
    text += "MIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\nContent-Type: multipart/report; "
            "report-type=delivery-status;\r\n\tboundary=\"" +
            boundary + "\"\r\n\r\n";
    text += part("text/plain; charset=utf-8", explanation(bounce));
    text += part("message/delivery-status", delivery_status(bounce));
    text += part("text/rfc822-headers", returned);
    return text + "--" + boundary + "--\r\n";
}

} // namespace godwit::delivery
