// The XML view of WBXML: what logs and tests show, what `godwit wbxml` prints and reads. Indented by two spaces; the
// root's page is the default namespace, every other page has its prefix: <Sync xmlns="AirSync" xmlns:email="Email">.
// Opaque bytes are base64 in the elements that always hold bytes (ConversationId, Content ...) and text in Mime; where
// the wire differs from what is usual there, an attribute says so: opaque="text", "base64" or "false".
#pragma once
#include "wbxml/wbxml.hpp"
#include <expected>

namespace godwit::wbxml {

struct XmlOptions {
    // Law 10: the content of bodies, subjects, addresses, names, passwords and opaque bytes is replaced by its length,
    // <Subject bytes="18"/>.
    bool redact = false;
    std::size_t max_text = 0; // 0: whole; else longer text is cut, and its length told
};

// The view of any bytes. A document that is broken is shown as far as it goes, with the reason as a last comment;
// so it never fails. Unknown tokens are <p17:t3F>. Opaque content carries opaque="true" unless its element is always
// opaque.
std::string to_xml(std::string_view wbxml, XmlOptions options = {});
std::string to_xml(Fragment const& children, XmlOptions options = {}); // inside an <ApplicationData>

// The way back; what is wrong with the text otherwise, with its line. Takes the subset of XML that to_xml() writes,
// plus the declaration, comments, character references, CDATA and other prefixes; no DTD.
std::expected<std::string, std::string> from_xml(std::string_view xml, Limits limits = {});

} // namespace godwit::wbxml
