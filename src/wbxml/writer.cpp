#include "wbxml/global.hpp"
#include "wbxml/wbxml.hpp"

namespace godwit::wbxml {

namespace {
void append_multibyte(std::string& out, std::uint64_t n) {
    char bytes[10];
    std::size_t at = sizeof bytes;
    bytes[--at] = static_cast<char>(n & 0x7F);
    while (n >>= 7) bytes[--at] = static_cast<char>(0x80 | (n & 0x7F));
    out.append(bytes + at, sizeof bytes - at);
}

// Before much is added: what comes behind it shall not make the string double and copy itself.
void make_room(std::string& out, std::size_t more) {
    constexpr std::size_t much = 64 << 10;
    if (more > much && out.capacity() - out.size() < more + much) out.reserve(out.size() + more + much);
}
} // namespace

Writer::Writer() : out_("\x03\x01\x6A\x00", 4) {} // WBXML 1.3, no public id, UTF-8, no string table

Writer Writer::fragment() { return Writer(FragmentMark{}); }

void Writer::open(Tag t) {
    tag(t, content_bit);
    open_at_ = out_.size() - 1;
}

void Writer::empty(Tag t) { tag(t, 0); }

void Writer::close() {
    if (open_at_ == std::string::npos) {
        out_ += static_cast<char>(end);
    } else { // nothing inside: an empty element, which needs no end
        out_[open_at_] = static_cast<char>(out_[open_at_] & ~content_bit);
        open_at_ = std::string::npos;
    }
}

void Writer::text(std::string_view text) {
    auto start = out_.size();
    make_room(out_, text.size());
    out_ += static_cast<char>(str_i);
    append_cleaned(out_, text);
    if (out_.size() == start + 1) {
        out_.pop_back();
        return;
    }
    out_ += '\0';
    open_at_ = std::string::npos;
}

void Writer::opaque(std::string_view bytes) {
    if (bytes.empty()) return;
    make_room(out_, bytes.size());
    out_ += static_cast<char>(opaque_token);
    append_multibyte(out_, bytes.size());
    out_ += bytes;
    open_at_ = std::string::npos;
}

void Writer::splice(Fragment const& children) {
    if (children.empty()) return;
    if (page_ == unknown_page) {
        first_page_ = children.first_page;
    } else if (page_ != children.first_page) {
        out_ += '\0';
        out_ += static_cast<char>(children.first_page);
    }
    make_room(out_, children.bytes.size());
    out_ += children.bytes;
    page_ = children.last_page;
    open_at_ = std::string::npos;
}

std::string Writer::finish() && { return std::move(out_); }

Fragment Writer::finish_fragment() && {
    if (page_ == unknown_page) return {};
    return {std::move(out_), first_page_, static_cast<std::uint8_t>(page_)};
}

void Writer::tag(Tag t, std::uint8_t bits) {
    if (page_ == unknown_page) {
        first_page_ = t.page;
    } else if (t.page != page_) {
        out_ += '\0';
        out_ += static_cast<char>(t.page);
    }
    page_ = t.page;
    out_ += static_cast<char>(t.token | bits);
    open_at_ = std::string::npos;
}

} // namespace godwit::wbxml
