// Which kind of message this is: from the root's type alone, as MS-ASEMAIL 2.2.2.49 has a class for each.
#include "mime/content.hpp"
#include "mime/message.hpp"

namespace godwit::mime {
namespace {

Parameterised type_of(Part const& part) {
    HeaderBlock header(part.header);
    return parse_parameterised(header.raw("Content-Type").value_or(""));
}

Part const* child_of_type(Message const& message, std::string_view type) {
    for (auto index : message.root().children) {
        if (message.parts()[index].is(type)) return &message.parts()[index];
    }
    return nullptr;
}

// RFC 3464 2.3.3
Kind delivery_report(Message const& message) {
    auto status = child_of_type(message, "message/delivery-status");
    if (!status) status = child_of_type(message, "message/global-delivery-status");
    if (!status) return Kind::non_delivery;
    auto text = lower(content(*status, 0, 1 << 16));
    auto at = text.find("action:");
    if (at == text.npos) return Kind::non_delivery;
    auto action = std::string_view(text).substr(at + 7, 40);
    action.remove_prefix(std::min(action.find_first_not_of(" \t"), action.size()));
    if (action.starts_with("delayed")) return Kind::delayed;
    if (action.starts_with("delivered") || action.starts_with("relayed") || action.starts_with("expanded"))
        return Kind::delivery_receipt;
    return Kind::non_delivery;
}

// RFC 8098 3.2.6
Kind disposition_report(Message const& message) {
    auto notification = child_of_type(message, "message/disposition-notification");
    if (!notification) return Kind::read_receipt;
    auto text = lower(content(*notification, 0, 1 << 16));
    auto at = text.find("disposition:");
    auto line = at == text.npos ? std::string() : text.substr(at, text.find('\n', at) - at);
    return line.contains("deleted") ? Kind::not_read_receipt : Kind::read_receipt;
}

constexpr std::size_t most_original = 1 << 20; // of an original that is looked at to tell what it is

bool holds(std::string_view calendar, std::string_view words) { return lower(calendar).contains(words); }

// RFC 5546 3.2: by the method, an answer by what it says.
About meeting(Part const& calendar) {
    auto method = lower(type_of(calendar).find("method"));
    auto text = content(calendar, 0, 1 << 16);
    if (method == "request" || (method.empty() && holds(text, "method:request"))) return About::meeting_request;
    if (method == "cancel" || (method.empty() && holds(text, "method:cancel"))) return About::meeting_cancelled;
    if (method != "reply" && !holds(text, "method:reply")) return About::note;
    if (holds(text, "partstat=accepted")) return About::meeting_accepted;
    return holds(text, "partstat=tentative") ? About::meeting_tentative : About::note;
}

} // namespace

About Message::about() const {
    auto original = child_of_type(*this, "message/rfc822");
    for (auto type : {"text/rfc822-headers", "message/global", "message/global-headers"})
        if (!original) original = child_of_type(*this, type);
    if (!original) return About::note;
    auto bytes = content(*original, 0, most_original);
    auto message = parse(bytes, {.depth = 8, .parts = 100});
    if (message.kind() == Kind::multipart_signed) return About::multipart_signed;
    if (message.kind() == Kind::smime_opaque) return About::smime_opaque;
    return message.calendar() ? meeting(*message.calendar()) : About::note;
}

Kind Message::kind() const {
    auto const& part = root();
    if (part.is("application/pkcs7-mime") || part.is("application/x-pkcs7-mime")) {
        return lower(type_of(part).find("smime-type")) == "signed-receipt" ? Kind::smime_receipt : Kind::smime_opaque;
    }
    if (part.is("application/octet-stream") && lower(part.file_name()).ends_with(".p7m")) return Kind::smime_opaque;
    if (part.is("multipart/signed")) {
        auto protocol = lower(type_of(part).find("protocol"));
        bool smime = protocol.contains("pkcs7") || child_of_type(*this, "application/pkcs7-signature") ||
                     child_of_type(*this, "application/x-pkcs7-signature");
        return smime ? Kind::multipart_signed : Kind::pgp_signed;
    }
    if (part.is("multipart/encrypted")) return Kind::pgp_encrypted;
    if (!part.is("multipart/report")) return Kind::note;
    auto report = lower(type_of(part).find("report-type"));
    if (report == "disposition-notification" || child_of_type(*this, "message/disposition-notification"))
        return disposition_report(*this);
    if (report == "delivery-status" || child_of_type(*this, "message/delivery-status")) return delivery_report(*this);
    return Kind::note;
}

bool Message::is_smime() const {
    switch (kind()) {
    case Kind::multipart_signed:
    case Kind::smime_opaque:
    case Kind::smime_receipt: return true;
    case Kind::note:
    case Kind::pgp_signed:
    case Kind::pgp_encrypted:
    case Kind::non_delivery:
    case Kind::delivery_receipt:
    case Kind::delayed:
    case Kind::read_receipt:
    case Kind::not_read_receipt: return false;
    }
    return false;
}

} // namespace godwit::mime
