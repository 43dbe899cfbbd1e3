#pragma once
// Header fields: where they lie in the bytes, and what their values mean. Views only; nothing is copied until decoded.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::mime {

struct Field {
    std::string_view name;  // as written, without the colon
    std::string_view value; // raw: still folded and encoded, without the last line end
    std::string_view whole; // the field's bytes with its line ends
};

/// A block of header fields and what follows it; lines that are no field are skipped. What comes behind `max_fields` or
/// `max_header_bytes` is kept only if it is the first field of a name that the server asks for (header.cpp).
class HeaderBlock {
public:
    static constexpr std::size_t max_fields = 2000;
    static constexpr std::size_t max_header_bytes = 1 << 20;

    HeaderBlock() = default;
    /// Reads the block at the beginning of `bytes`. If the first line is no field at all there is no header: the body
    /// is everything.
    explicit HeaderBlock(std::string_view bytes, std::size_t fields_at_most = max_fields,
                         std::size_t bytes_at_most = max_header_bytes);

    std::vector<Field> const& fields() const { return fields_; }
    /// Raw value of the first field of that name (any case).
    std::optional<std::string_view> raw(std::string_view name) const;
    /// Bytes from the beginning to the body, the empty line included.
    std::size_t length() const { return length_; }

private:
    std::vector<Field> fields_;
    std::size_t length_ = 0;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string lower(std::string_view text);
std::string unfold(std::string_view raw);
/// Line breaks and tabs become spaces; blanks at both ends go.
std::string on_one_line(std::string text);

/// Unstructured text: unfolded, RFC 2047 words decoded (adjacent ones joined before conversion, as broken senders
/// need), raw 8-bit read as UTF-8, else in `fallback_charset`, else guessed. Clean UTF-8 on one line.
std::string decode_text(std::string_view raw, std::string_view fallback_charset = {});

/// `value; name=value...` of Content-Type and Content-Disposition, RFC 2231 (charset, continuations) and the RFC 2047
/// words that senders wrongly put there.
struct Parameterised {
    std::string value;                                           // lower-case, without parameters and comments
    std::vector<std::pair<std::string, std::string>> parameters; // names lower-case, values decoded to clean UTF-8
    std::string_view find(std::string_view name) const;          // empty if absent
};
Parameterised parse_parameterised(std::string_view raw);

/// All `<id>` of a Message-ID, References or In-Reply-To value, without the brackets; a bare word counts too. At most
/// 1000.
std::vector<std::string> message_ids(std::string_view raw);

} // namespace godwit::mime
