#pragma once
// A message put together from fields, a text and attachments: what a phone says of a draft, beside what an older
// version of it already holds, which stays byte for byte. The same input gives the same bytes, so that a draft that a
// phone sends again unchanged is no change.
#include "mime/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::mime {

/// A MIME part as bytes: its header with the empty line, and its body as it travels.
struct Entity {
    std::string header;
    std::string body;
};

struct NewAttachment {
    std::string name = {};
    std::string type = {}; // empty or nonsense: from the name, or application/octet-stream
    std::string content_id = {}, content_location = {};
    bool is_inline = false;
    bool is_message = false; // message/rfc822
    std::string_view content = {};
};
Entity attachment_entity(NewAttachment const& attachment);
Entity text_entity(std::string_view type, std::string_view text); // in UTF-8, pure ASCII, no line too long
Entity plain_entity(std::string_view text);                       // text/plain in UTF-8
Entity html_entity(std::string_view html); // multipart/alternative: the same as text, and the HTML
Entity alternative(Entity const& plain, Entity const& html);
Entity entity_of(Part const& part);             // as it is; of the root only what says how it is to be read
std::string lasting_path(Entity const& entity); // as mime::lasting_path(Part const&) would give
/// The same of a part whose bytes pass by: its header, then its body.
class LastingPath {
public:
    void feed(std::string_view bytes);
    std::string path() const;

private:
    std::uint64_t hash_ = 0xCBF29CE484222325; // FNV-1a
};

/// `Name: value` with its line end: encoded (RFC 2047) and folded.
std::string text_field(std::string_view name, std::string_view utf8);
std::string address_field(std::string_view name, std::vector<Address> const& list); // empty if the list is

struct Assembly {
    std::string fields = {};          // whole fields, each with its line end; MIME-Version and Content-* are added
    Entity text = {};                 // what is shown
    std::vector<Entity> related = {}; // what the shown HTML holds
    std::vector<Entity> mixed = {};   // what is attached
};
std::string assemble(Assembly const& assembly);

struct FieldChange {
    std::string_view name;
    std::string whole; // with its line end; empty: the field goes
};
/// The message with other fields, each where the first of its name was, new ones in front; the body stays as it is.
std::string with_fields(std::string_view message, std::vector<FieldChange> const& changes);
/// Those fields alone, without all Content-* and MIME-Version.
std::string plain_fields(std::string_view message, std::vector<FieldChange> const& changes = {});

} // namespace godwit::mime
