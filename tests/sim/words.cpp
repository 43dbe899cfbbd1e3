#include "words.hpp"
#include "eas/email.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"

namespace godwit::sim {
namespace {

std::string trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos
               ? std::string()
               : std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

} // namespace

void merge(Words& into, Words const& said, std::uint8_t fields) {
    if (fields & To) into.to = said.to;
    if (fields & Subject) into.subject = said.subject;
    if (fields & Text) into.text = said.text;
}

bool agree(Words const& a, Words const& b, std::uint8_t fields) {
    return (!(fields & To) || a.to == b.to) && (!(fields & Subject) || a.subject == b.subject) &&
           (!(fields & Text) || a.text == b.text);
}

Words words_of(std::string_view message) {
    Words words;
    for (auto const& one : mime::recipients(message).to) words.to += (words.to.empty() ? "" : ",") + one.address;
    mime::HeaderBlock const header(message);
    words.subject = trimmed(header.raw("Subject").value_or(""));
    auto const end = message.find("\r\n\r\n");
    words.text = trimmed(end == std::string_view::npos ? std::string_view() : message.substr(end));
    return words;
}

eas::Fragment fragment_of(Words const& words, std::uint8_t fields, eas::Version version) {
    eas::Email email;
    if (fields & To) email.to = words.to;
    if (fields & Subject) email.subject = words.subject;
    if (fields & Text) email.body = eas::Body{.data = eas::Content{words.text, false}};
    return eas::encode_fragment(email, version);
}

std::string text_of(Words const& words) { return words.to + "\n" + words.subject + "\n" + words.text; }

std::string mime_of(Words const& words, std::string_view message_id) {
    return "From: anna@example.org\r\nTo: " + words.to + "\r\nSubject: " + words.subject + "\r\nMessage-ID: <" +
           std::string(message_id) + "@phone>\r\n\r\n" + words.text + "\r\n";
}

} // namespace godwit::sim
