#pragma once
// A reply or a forward: what the phone has written, and below it the original, which the phone has not sent along
// (MS-ASCMD 2.2.1.19, 2.2.1.20).
//   - Plain text below plain text; if either has HTML, both as HTML, and beside it the same as plain text.
//   - A header of From, Sent, To, Cc and Subject stands above the original. A reply sets off what it quotes.
//   - The original's inline images come along where its HTML comes along; a forward brings all its attachments, and the
//     invitation that the original is.
//   - What is signed or encrypted, and what is too large or too broken to quote, is forwarded as an attached message:
//     byte for byte, but without its Bcc.
//   - A reply that is itself signed, encrypted or a report stays as the phone made it.
//   - References and In-Reply-To name the original, if the phone does not say otherwise; Thread-Index grows.
// Total and bounded: any bytes may be the original. Attachments are views into the bytes of the two messages.
#include "mime/build.hpp"
#include "mime/compose.hpp"
#include "mime/message.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::mime {

enum class Verb : std::uint8_t { reply, forward };

struct Answering {
    Verb verb = Verb::reply;
    std::string token = {};           // for the boundaries: nobody can guess it
    std::size_t max_quoted = 1 << 20; // bytes of the original's text; of more, a reply quotes the beginning
    // Forwarded in place of the original's invitation, unless the phone brings one itself, and of its copies among the
    // attachments. What has to travel whole keeps its own.
    struct Invitation {
        Entity entity;
        std::function<bool(Part const& calendar)> is_copy; // of an attached calendar: the same meeting
    };
    std::optional<Invitation> invitation = {};
    std::string when = {}, where = {}; // of the meeting that is answered: they stand above what is quoted
    std::string thread_index = {};     // for Thread-Index, folded, if the phone has not written its own; empty: none
};

/// Whether a forward of it is the attached message: it cannot be taken apart, or not within bounds.
bool travels_whole(Message const& original, std::size_t max_quoted = Answering{}.max_quoted);

/// `written` and `original` must outlive the result.
Manuscript answer(std::string_view written, std::string_view original, Answering const& how);

/// Without quoting: the fields that make it an answer to the original are added, nothing else (ReplaceMime).
Manuscript answer_as_written(std::string_view written, std::string_view original_header,
                             std::string_view thread_index = {});

} // namespace godwit::mime
