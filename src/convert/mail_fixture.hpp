// Four mails and how a phone asks for their bodies, for the tests of this room.
#pragma once
#include "eas/airsyncbase.hpp"
#include <string>

namespace godwit::convert {

using eas::BodyPreference;
using eas::BodyType;
using eas::MimeSupport;

inline std::string const html_mail =
    "From: Max <max@example.org>\r\nTo: Erika <erika@example.org>, b@example.org\r\nReply-To: a@x, b@x\r\n"
    "Subject: Re: Figures\r\nMessage-ID: <m@x>\r\nDate: Sat, 21 Nov 2026 21:50:00 +0000\r\n"
    "Content-Type: text/html; charset=iso-8859-1\r\n\r\n<html><body><p>caf\xE9 one two three</p></body></html>";
inline std::string const plain_mail = "Subject: s\r\n\r\nh\xC3\xA9llo world";
inline std::string const both_mail =
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain text\r\n--b\r\n"
    "Content-Type: text/html\r\n\r\n<p>the html text</p>\r\n--b--\r\n";
inline std::string const signed_mail =
    "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n\r\n"
    "signed\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nSIG\r\n--b--\r\n";

inline BodyPreference const plain{}, html{.type = BodyType::Html}, mime{.type = BodyType::Mime},
    rtf{.type = BodyType::Rtf};
inline auto const limited = [](BodyPreference p, std::uint32_t size, bool all = false) {
    p.truncation_size = size;
    p.all_or_none = all;
    return p;
};

} // namespace godwit::convert
