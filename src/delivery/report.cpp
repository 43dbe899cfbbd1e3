#include "delivery/report.hpp"
#include "mime/ascii.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include <algorithm>
#include <optional>

namespace godwit::delivery {
namespace {

constexpr std::size_t max_returned_header = 65536;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
struct Words {
    std::string_view action, subject, first, last;
    char status_class; // RFC 3463 2: it may have been another at first
};
Words words(Action action) {
    switch (action) {
    case Action::Failed: break;
    case Action::Delayed:
        return {"delayed", "Delayed mail", "Your message has not reached yet:",
                "It is tried again until it is delivered or returned. There is nothing that you must do.", '4'};
    case Action::Relayed:
        return {"relayed", "Mail passed on",
                "Your message has left, for a system that sends no delivery receipts, on its way to:",
                "Whether it has arrived will not be told, unless it fails.", '2'};
    case Action::Delivered:
        return {"delivered", "Delivered mail",
                "Your message lies in the mailbox of:", "Whether it has been read is not known here.", '2'};
    }
    return {"failed", "Undelivered mail returned to sender", "Your message could not be delivered to:",
            "The message itself is in your sent items if your phone keeps them.", '5'};
}

// The enhanced code (RFC 3463) of "550 5.1.1 text", else the general one of its class.
std::string status_code(std::string_view reply, char status_class) {
    auto const space = reply.find(' ');
    if (reply.size() > 3 && is_digit(reply[0]) && space == 3) {
        auto const rest = reply.substr(4);
        auto const code = rest.substr(0, rest.find(' '));
        auto const dots = std::ranges::count(code, '.');
        auto const fits = std::ranges::all_of(code, [](char c) { return c == '.' || is_digit(c); });
        auto const known = code.starts_with("2.") || code.starts_with("4.") || code.starts_with("5.");
        if (dots == 2 && fits && code.size() <= 9 && known) return status_class + std::string(code.substr(1));
    }
    return status_class + std::string(".0.0");
}

std::string one_line(std::string_view text) {
    std::string line;
    for (auto const c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    line = mime::to_utf8(std::move(line), ""); // what a relay replies has no charset
    return std::string(mime::cut_bytes(line, 900));
}

std::string date(index::Time when) { return mime::format_date(std::chrono::floor<std::chrono::seconds>(when)); }

std::string explanation(Report const& report) {
    auto const said = words(report.action);
    std::string text =
        "This is the mail system at " + report.hostname + ".\r\n\r\n" + std::string(said.first) + "\r\n\r\n";
    for (auto const& one : report.recipients) {
        text += "    " + one_line(one.address.empty() ? one.name : one.address) + "\r\n";
        if (!one.reply.empty()) text += "        " + one_line(one.reply) + "\r\n";
    }
    if (report.action == Action::Delayed)
        text += "\r\nIt is returned to you if it has not left by " + date(report.retry_until) + ".\r\n";
    return text + "\r\n" + std::string(said.last) + " Its header follows.\r\n";
}

// Each has a group of his own, also who has but a name (RFC 3464 2.3), by an address type that is nobody else's.
std::string final_recipient(ReportedRecipient const& one) {
    if (one.address.empty()) return "x-display-name; " + one_line(one.name);
    return (mime::is_ascii(one.address) ? "rfc822; " : "utf-8; ") + one_line(one.address);
}

std::string delivery_status(Report const& report) {
    auto const said = words(report.action);
    auto text = "Reporting-MTA: dns; " + report.hostname + "\r\n";
    for (auto const& one : report.recipients) {
        text += "\r\nFinal-Recipient: " + final_recipient(one) + "\r\nAction: " + std::string(said.action) +
                "\r\nStatus: " + status_code(one.reply, said.status_class) + "\r\n";
        if (!one.reply.empty()) text += "Diagnostic-Code: smtp; " + one_line(one.reply) + "\r\n";
        if (report.action == Action::Delayed) text += "Will-Retry-Until: " + date(report.retry_until) + "\r\n";
    }
    return text;
}

} // namespace

std::string compose_report(Report const& report) {
    mime::HeaderBlock const header(report.original);
    auto const message_id = header.raw("Message-ID");
    auto const boundary = "godwit-" + report.id;
    auto const status = delivery_status(report);
    auto const returned = report.original.substr(0, std::min(header.length(), max_returned_header));
    bool const plain = mime::is_ascii(status) && mime::is_ascii(returned);
    auto const part = [&](std::string_view type, std::string_view body) {
        return "--" + boundary + "\r\nContent-Type: " + std::string(type) +
               (mime::is_ascii(body) ? "" : "\r\nContent-Transfer-Encoding: 8bit") + "\r\n\r\n" + std::string(body) +
               "\r\n";
    };
    auto text = "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@" + report.hostname + ">\r\nTo: <" +
                report.to + ">\r\nSubject: " + std::string(words(report.action).subject) +
                "\r\nDate: " + date(report.when) + "\r\nMessage-ID: <" + report.id + "@" + report.hostname + ">\r\n";
    if (message_id) { // the phone shows it in the conversation of what failed
        auto const ids = mime::message_ids(*message_id);
        if (!ids.empty()) text += "References: <" + one_line(ids.front()) + ">\r\n";
    }
    text += "MIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n";
    if (!plain) text += "Content-Transfer-Encoding: 8bit\r\n";
    text += "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" + boundary + "\"\r\n\r\n";
    text += part("text/plain; charset=utf-8", explanation(report));
    text += part(mime::is_ascii(status) ? "message/delivery-status" : "message/global-delivery-status", status);
    bool const global = !mime::is_ascii(returned) && mime::is_utf8(returned);
    text += part(global ? "message/global-headers" : "text/rfc822-headers", returned);
    return text + "--" + boundary + "--\r\n";
}

bool wants_receipt(std::string_view header) { return mime::HeaderBlock(header).raw("Return-Receipt-To").has_value(); }

} // namespace godwit::delivery
