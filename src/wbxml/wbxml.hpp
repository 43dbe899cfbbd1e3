// WBXML 1.3 as MS-ASWBXML 2.1 profiles it: tags, text, opaque bytes, code-page switches; no attributes, no processing
// instructions, no literal tags, no extensions. The Reader takes what any correct encoder may send (string tables,
// entities, any charset label that means UTF-8) and fails, never throws, on everything else: a failure is sticky, and
// next() then says End for ever. It allocates nothing. The Writer appends to one string and
// cannot write what is not well-formed: text leaves as valid UTF-8 without characters that XML forbids, empty elements
// are written as empty, pages are switched only when they change. Neither knows a command.
#pragma once
#include "wbxml/tag.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::wbxml {

struct Limits {
    std::size_t max_depth = 32;         // EAS itself nests 12 deep
    std::size_t max_elements = 200'000; // tags in a document
};

struct Event {
    enum Kind : std::uint8_t {
        Open,  // an element with content: a Close follows
        Empty, // an element without content: no Close follows
        Close,
        Text,   // bytes between NULs, of the string table or of an entity; valid until the next call
        Opaque, // bytes with a length
        End,    // of the document, or a failure: see Reader::failure()
    } kind = End;
    Tag tag = {}; // of Open and Empty; its name is empty when no code page has it
    std::string_view text = {};

    bool starts() const { return kind == Open || kind == Empty; }
    bool is(Tag t) const { return starts() && tag == t; }
};

// The children of an element, kept as bytes until their type is known. Owns its bytes; never refers to a string table.
// `bytes` holds whole elements only and starts with a tag of `first_page` (not with a page switch); empty when there
// are none.
struct Fragment {
    std::string bytes = {};
    std::uint8_t first_page = 0;
    std::uint8_t last_page = 0; // the page in force after the bytes
    bool operator==(Fragment const&) const = default;
    bool empty() const { return bytes.empty(); }
};

class Reader {
public:
    explicit Reader(std::string_view document, Limits limits = {});
    explicit Reader(Fragment const& children, Limits limits = {}); // the fragment must outlive the reader
    Event next();
    // Each of these follows an Open and consumes its Close; after a `false` the reader is of no more use.
    bool skip();                               // everything inside
    bool text(std::string& out);               // the text and opaque content of a leaf; `false` when it has elements
    bool text(std::string& out, bool& opaque); // and whether any of it was opaque
    bool fragment(Fragment& out);              // the child elements; `false` when it has text of its own

    bool failed() const { return failure_ != nullptr; }
    // What was wrong with the bytes, or "".
    std::string_view failure() const { return failure_ ? failure_ : ""; }

private:
    Event fail(char const* why);
    Event tag_event(std::uint8_t byte);
    Event entity();
    Event from_table();
    bool header();
    bool byte(std::uint8_t& out);
    bool multibyte(std::uint32_t& out);
    bool take(std::size_t count, std::string_view& out);
    bool until_nul(std::string_view& out);

    std::string_view in_;
    std::string_view strings_; // the string table
    char const* failure_ = nullptr;
    Limits limits_;
    std::size_t depth_ = 0;
    std::size_t elements_ = 0;
    std::uint8_t page_ = 0;
    bool whole_document_ = true; // one root and nothing after it
    bool root_seen_ = false;
    char entity_[4] = {};
};

class Writer {
public:
    Writer(); // a whole document
    void open(Tag tag);
    void empty(Tag tag);
    void close();
    void text(std::string_view text); // cleaned: see clean()
    void opaque(std::string_view bytes);
    void splice(Fragment const& children);
    std::string finish() &&; // after the last close()

    // A writer of children only, for a Fragment.
    static Writer fragment();
    Fragment finish_fragment() &&;

private:
    struct FragmentMark {};
    explicit Writer(FragmentMark) : page_(unknown_page) {}
    void tag(Tag tag, std::uint8_t bits);
    static constexpr std::uint16_t unknown_page = 0x100; // no byte is
    std::string out_;
    std::size_t open_at_ = std::string::npos; // of the tag just opened, while it has no content
    std::uint16_t page_ = 0;
    std::uint8_t first_page_ = 0;
};

// Text as it may leave: valid UTF-8 (a broken sequence becomes U+FFFD) without what XML 1.0 forbids (controls other
// than tab, line feed and carriage return; U+FFFE, U+FFFF; NUL), which is dropped.
bool is_clean(std::string_view text);
std::string cleaned(std::string_view text);
void append_cleaned(std::string& out, std::string_view text);

} // namespace godwit::wbxml
