#pragma once
// An RFC 5322 message as a phone's mail reader sees it: a flat list of parts that are views into the caller's bytes,
// and the choice of what is shown as the body and what is an attachment. Parsing is total (any bytes give a Message),
// one pass, and bounded by Limits: what lies deeper or comes later stays an opaque part. The bytes must outlive the
// Message. The structure is read here and not by GMime: GMime compares every line that begins with "--" with all
// boundaries of up to 1024 levels (3 MB of dashes cost it 10 s) and returns nothing for mail without a header. Its
// decoders and dates are used.
#include "mime/address.hpp"
#include "mime/header.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::mime {

struct Limits {
    std::size_t depth = 32;
    std::size_t parts = 10'000;
};

enum class Encoding : std::uint8_t { identity, base64, quoted_printable, uuencode };

struct Part {
    std::string path; // "1", "2.1": position among the siblings, counted from 1; stable, as the bytes never change
    std::string type = "text/plain"; // lower-case
    std::string charset;             // as the sender says; empty if he does not
    Encoding encoding = Encoding::identity;
    bool attachment = false;            // Content-Disposition: attachment
    bool inline_disposition = false;    // Content-Disposition: inline
    bool named = false;                 // has a file name
    bool has_id = false;                // has a Content-ID or Content-Location
    bool flowed = false, delsp = false; // RFC 3676
    std::string_view header;            // raw bytes of its header block; empty for the root of a message without one
    std::string_view body;              // raw, still encoded, without the line end that belongs to the boundary
    std::uint32_t parent = UINT32_MAX;  // index in Message::parts()
    std::vector<std::uint32_t> children = {};

    bool is(std::string_view full_type) const { return type == full_type; }
    bool is_multipart() const { return type.starts_with("multipart/"); }
    bool is_text() const { return type.starts_with("text/"); }

    std::string file_name() const;  // decoded, no path, no control characters; empty if there is none
    std::string content_id() const; // without < >
    std::string content_location() const;
};

/// One stretch of the message as it is shown; a message has several when text and attachments alternate.
struct Piece {
    Part const* plain = nullptr; // text/plain, or another text type shown as it is
    Part const* html = nullptr;
    // HTML that an earlier piece's plain text already says (Apple Mail puts a mixed into an alternative).
    bool text_is_elsewhere = false;
};

enum class Method : std::uint8_t { normal = 1, embedded_message = 5, ole = 6 }; // MS-ASAIRS 2.2.2.31.2

struct Attachment {
    Part const* part = nullptr;
    std::string name; // never empty
    Method method = Method::normal;
    bool is_inline = false; // belongs to the HTML body (multipart/related, or referred to by a Content-ID)
    std::size_t estimated_size = 0;
};

enum class Kind : std::uint8_t {
    note,
    multipart_signed, // S/MIME clear-signed
    smime_opaque,     // application/pkcs7-mime, encrypted or opaque-signed
    smime_receipt,
    pgp_signed,
    pgp_encrypted,
    non_delivery,
    delivery_receipt,
    delayed,
    read_receipt,
    not_read_receipt,
};

/// What a report is about, as far as a phone has a word for it (MS-ASEMAIL 2.2.2.49).
enum class About : std::uint8_t {
    note,
    multipart_signed,
    smime_opaque,
    meeting_request,
    meeting_accepted,
    meeting_tentative,
    meeting_cancelled,
};

enum class Importance : std::uint8_t { low = 0, normal = 1, high = 2 };

/// Names the part by its bytes ("0.", then a number): it holds while the parts around it come and go, as in a draft.
std::string lasting_path(Part const& part);

class Message {
public:
    static Message parse(std::string_view bytes, Limits limits = {});

    Message(Message&&) noexcept = default;
    Message& operator=(Message&&) noexcept = default;
    Message(Message const&) = delete;
    Message& operator=(Message const&) = delete;

    std::string_view bytes() const { return bytes_; }
    HeaderBlock const& header() const { return header_; }

    std::string text(std::string_view field) const; // decoded, empty if absent
    std::string subject() const { return text("Subject"); }
    std::vector<Address> addresses(std::string_view field) const; // of all fields of that name
    std::optional<std::chrono::sys_seconds> date() const;
    std::string message_id() const;              // without < >
    std::vector<std::string> references() const; // References, then In-Reply-To if not among them
    Importance importance() const;               // Importance, X-MSMail-Priority, X-Priority, Priority
    std::string content_class() const { return text("Content-Class"); }
    std::string thread_topic() const; // Thread-Topic, or the subject without Re:, Fwd:, AW: ...

    std::vector<Part> const& parts() const {
        return parts_;
    } // in the order of the bytes; never empty; [0] is the whole
    Part const& root() const { return parts_.front(); }
    Part const* find(std::string_view path) const; // by its place or by its lasting_path()

    std::vector<Piece> const& pieces() const { return pieces_; }
    std::vector<Attachment> attachments() const;
    bool has_attachments() const { return !attached_.empty(); }
    Part const* calendar() const { return calendar_; } // text/calendar that is an alternative of the body
    /// 16 bytes that all messages of a thread share: from its first References, or its own id.
    std::string conversation() const;
    Kind kind() const;
    bool is_smime() const;
    About about() const; // of a report: what it is about, as told by the original that it brings back
    bool cut_by_limits() const { return cut_by_limits_; } // something was left opaque

    /// The body as plain text or as HTML, from whatever pieces there are, at least `enough` bytes of it if there are
    /// that many (conversion stops soon after). Clean UTF-8.
    std::string plain(std::size_t enough = SIZE_MAX) const;
    std::string html(std::size_t enough = SIZE_MAX) const;
    bool is_html() const; // some piece has HTML: the body's native type

private:
    friend class StructureReader;
    friend class BodyChoice;
    struct Attached {
        Part const* part;
        bool related;
    };
    Message() = default;

    std::string_view bytes_;
    HeaderBlock header_;
    std::vector<Part> parts_;
    std::vector<Piece> pieces_;
    std::vector<Attached> attached_;
    Part const* calendar_ = nullptr;
    bool cut_by_limits_ = false;
    std::string fallback_charset_; // of raw 8-bit header fields: the first charset that a text part names
};

} // namespace godwit::mime
