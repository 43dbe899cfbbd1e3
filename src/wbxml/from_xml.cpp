#include "wbxml/base64.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/utf8.hpp"
#include "wbxml/xml.hpp"
#include "wbxml/xml_names.hpp"
#include <algorithm>
#include <utility>
#include <vector>

namespace godwit::wbxml {

namespace {

bool space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool blank(std::string_view s) { return std::ranges::all_of(s, space); }
bool ends_name(char c) { return space(c) || c == '>' || c == '/' || c == '=' || c == '<'; }

struct Failure {
    std::string why;
};

// A parser of the XML that the view has, straight into a Writer. Throws Failure inside this file only.
class Parser {
public:
    Parser(std::string_view xml, Limits limits) : xml_(xml), limits_(limits) {}

    std::string run() {
        if (xml_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        prolog();
        if (!starts("<")) fail("no element");
        element();
        prolog();
        if (at_ != xml_.size()) fail("something after the document");
        return std::move(writer_).finish();
    }

    std::size_t line() const {
        return 1 + static_cast<std::size_t>(std::ranges::count(xml_.substr(0, std::min(at_, xml_.size())), '\n'));
    }

private:
    struct Attribute {
        std::string_view name;
        std::string value;
    };
    struct Start {
        std::string_view name;
        std::vector<Attribute> attributes = {};
        bool empty = false;
    };
    struct Frame {
        std::string_view name;
        Tag tag;
        XmlContent content;
        std::size_t namespaces; // how many were declared outside
        std::string text = {};
        bool has_elements = false;
    };

    [[noreturn]] void fail(std::string why) { throw Failure{std::move(why)}; }
    bool starts(std::string_view s) const { return xml_.substr(at_).starts_with(s); }
    void skip_space() {
        while (at_ < xml_.size() && space(xml_[at_])) ++at_;
    }
    std::string_view until(std::string_view mark) {
        auto end = xml_.find(mark, at_);
        if (end == xml_.npos) fail("no " + std::string(mark));
        auto out = xml_.substr(at_, end - at_);
        at_ = end + mark.size();
        return out;
    }

    // White space, comments and the declaration.
    void prolog() {
        for (;;) {
            skip_space();
            if (starts("<?"))
                until("?>");
            else if (starts("<!--"))
                until("-->");
            else if (starts("<!"))
                fail("a document type is not taken");
            else
                return;
        }
    }

    // The document's elements, by a stack of our own: deep nesting costs no stack of the machine's.
    void element() {
        open(start_tag());
        while (!path_.empty()) {
            auto& frame = path_.back();
            auto end = xml_.find('<', at_);
            if (end == xml_.npos) fail("the document ends inside " + std::string(frame.name));
            append_unescaped(frame.text, xml_.substr(at_, end - at_));
            at_ = end;
            if (starts("<!--"))
                until("-->");
            else if (starts("<![CDATA["))
                at_ += 9, frame.text += until("]]>");
            else if (starts("</"))
                end_tag();
            else if (starts("<!") || starts("<?"))
                fail("a declaration inside an element");
            else
                open(start_tag());
        }
    }

    std::string_view name_here() {
        auto start = at_;
        while (at_ < xml_.size() && !ends_name(xml_[at_])) ++at_;
        if (start == at_) fail("a name is missing");
        return xml_.substr(start, at_ - start);
    }

    Start start_tag() {
        ++at_;
        Start start{name_here()};
        for (;;) {
            skip_space();
            if (starts("/>")) return at_ += 2, start.empty = true, start;
            if (starts(">")) return at_ += 1, start;
            if (start.attributes.size() >= 64) fail("too many attributes");
            Attribute attribute{name_here(), {}};
            skip_space();
            if (!starts("=")) fail("an attribute without a value");
            ++at_;
            skip_space();
            if (!starts("\"") && !starts("'")) fail("a value without quotes");
            auto quote = xml_.substr(at_++, 1);
            append_unescaped(attribute.value, until(quote));
            start.attributes.push_back(std::move(attribute));
        }
    }

    void open(Start start) {
        if (++elements_ > limits_.max_elements) fail("too many elements");
        if (path_.size() >= limits_.max_depth) fail("nested too deeply");
        if (!path_.empty()) {
            if (!blank(path_.back().text)) fail("text beside elements in " + std::string(path_.back().name));
            path_.back().text.clear();
            path_.back().has_elements = true;
        }
        auto outside = namespaces_.size();
        for (auto& [name, value] : start.attributes) {
            if (name == "xmlns")
                namespaces_.emplace_back("", value);
            else if (name.starts_with("xmlns:"))
                namespaces_.emplace_back(name.substr(6), value);
        }
        if (namespaces_.size() > 256) fail("too many namespaces");
        auto tag = resolve(start.name);
        auto content = xml_content(tag);
        for (auto const& [name, value] : start.attributes) {
            if (name == "bytes") fail("redacted content cannot be read back");
            if (name == "opaque")
                content = value == "text"     ? XmlContent::OpaqueText
                          : value == "base64" ? XmlContent::Base64
                                              : XmlContent::Text;
        }
        writer_.open(tag);
        path_.push_back({start.name, tag, content, outside});
        if (start.empty) close();
    }

    void end_tag() {
        at_ += 2;
        auto name = name_here();
        skip_space();
        if (!starts(">")) fail("a malformed end tag");
        ++at_;
        if (name != path_.back().name) fail("</" + std::string(name) + "> ends " + std::string(path_.back().name));
        close();
    }

    void close() {
        auto& frame = path_.back();
        if (frame.has_elements) {
            if (!blank(frame.text)) fail("text beside elements in " + std::string(frame.name));
        } else if (frame.content == XmlContent::Base64) {
            auto bytes = from_base64(frame.text);
            if (!bytes) fail("no base64 in " + std::string(frame.name));
            writer_.opaque(*bytes);
        } else if (frame.content == XmlContent::OpaqueText) {
            writer_.opaque(frame.text);
        } else {
            writer_.text(frame.text);
        }
        writer_.close();
        namespaces_.resize(frame.namespaces);
        path_.pop_back();
    }

    Tag resolve(std::string_view name) {
        auto colon = name.find(':');
        auto prefix = colon == name.npos ? std::string_view{} : name.substr(0, colon);
        auto local = colon == name.npos ? name : name.substr(colon + 1);
        auto declared = std::ranges::find(namespaces_.rbegin(), namespaces_.rend(), prefix, &Namespace::first);
        if (declared == namespaces_.rend()) fail("no namespace for " + std::string(name));
        std::string_view page = declared->second;
        if (page.ends_with(':')) page.remove_suffix(1); // as libwbxml and older documents write it
        if (page == "Unknown") return unknown(local);
        auto const* tag = find_tag(page, local);
        if (!tag) fail("no element " + std::string(local) + " in " + std::string(page));
        return *tag;
    }

    // p11t3F
    Tag unknown(std::string_view local) {
        auto digit = [&](std::size_t i) {
            auto value = std::string_view("0123456789ABCDEF").find(local[i]);
            if (value == std::string_view::npos) fail("no element " + std::string(local));
            return static_cast<unsigned>(value);
        };
        if (local.size() != 6 || local[0] != 'p' || local[3] != 't') fail("no element " + std::string(local));
        auto page = digit(1) << 4 | digit(2), token = digit(4) << 4 | digit(5);
        if (token < 5 || token > 0x3F) fail("no token " + std::string(local));
        return {static_cast<std::uint8_t>(page), static_cast<std::uint8_t>(token)};
    }

    void append_unescaped(std::string& out, std::string_view text) {
        for (;;) {
            auto amp = text.find('&');
            out += text.substr(0, amp);
            if (amp == text.npos) return;
            text.remove_prefix(amp + 1);
            auto end = text.find(';');
            if (end == text.npos || end > 10) fail("a stray &");
            out += character(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
    }

    std::string character(std::string_view reference) {
        constexpr std::pair<std::string_view, char> names[] = {
            {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
        for (auto [name, c] : names)
            if (name == reference) return {c};
        bool hexadecimal = reference.starts_with("#x");
        if (!reference.starts_with('#')) fail("an unknown reference &" + std::string(reference) + ';');
        auto digits = reference.substr(hexadecimal ? 2 : 1);
        std::uint32_t value = 0;
        if (digits.empty()) fail("an empty reference");
        for (auto c : digits) {
            auto lower = static_cast<char>(c | 0x20);
            auto digit = c >= '0' && c <= '9'                          ? c - '0'
                         : lower >= 'a' && lower <= 'f' && hexadecimal ? lower - 'a' + 10
                                                                       : -1;
            if (digit < 0 || value > 0x10FFFF) fail("a malformed reference");
            value = value * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit);
        }
        char buffer[4];
        auto out = to_utf8(value, buffer);
        if (out.empty()) fail("a reference to no character");
        return std::string(out);
    }

    using Namespace = std::pair<std::string_view, std::string>;
    std::string_view xml_;
    Limits limits_;
    std::size_t at_ = 0;
    std::size_t elements_ = 0;
    Writer writer_;
    std::vector<Frame> path_;
    std::vector<Namespace> namespaces_;
};

} // namespace

std::expected<std::string, std::string> from_xml(std::string_view xml, Limits limits) {
    Parser parser(xml, limits);
    try {
        return parser.run();
    } catch (Failure const& failure) {
        return std::unexpected("line " + std::to_string(parser.line()) + ": " + failure.why);
    }
}

} // namespace godwit::wbxml
