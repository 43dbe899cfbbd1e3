#include "wbxml/base64.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/xml.hpp"
#include "wbxml/xml_names.hpp"
#include <vector>

namespace godwit::wbxml {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

std::string hex(unsigned n) { return {hex_digits[n >> 4 & 15], hex_digits[n & 15]}; }

void append_escaped(std::string& out, std::string_view text) {
    for (auto c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\r': out += "&#13;"; break; // a reader would make a line feed of it
        default: out += c;
        }
    }
}

// Cut where a character ends.
std::string_view cut(std::string_view text, std::size_t at) {
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return text.substr(0, at);
}

class View {
public:
    View(Reader reader, XmlOptions options) : reader_(reader), options_(options) {}

    void run() {
        for (auto event = reader_.next(); event.kind != Event::End; event = reader_.next()) {
            if (event.kind == Event::Close) {
                close();
            } else if (event.starts()) {
                open(event);
            } else {
                content_ += event.text;
                opaque_ = opaque_ || event.kind == Event::Opaque;
            }
        }
        while (!path_.empty()) close();
        if (reader_.failed()) line(0, "<!-- broken: " + std::string(reader_.failure()) + " -->");
    }

    std::string take() {
        if (root_end_ != 0) out_.insert(root_end_, declarations());
        return std::move(out_);
    }

private:
    std::string declarations() const {
        std::string out;
        for (auto page : pages_) {
            if (root_page_ == page) continue;
            out += page == unknown ? std::string(" xmlns:unknown=\"Unknown\"")
                                   : " xmlns:" + std::string(code_pages[page].prefix) + "=\"" +
                                         std::string(code_pages[page].name) + '"';
        }
        return out;
    }

    static constexpr std::size_t unknown = 0xFFFF, none = 0xFFFE;
    struct Frame {
        Tag tag;
        std::size_t depth;
        std::string name;
        bool has_elements = false;
    };

    static std::size_t page_of(Tag tag) { return tag.name.empty() ? unknown : tag.page; }

    std::string qualified(Tag tag) {
        auto page = page_of(tag);
        bool seen = false;
        for (auto p : pages_) seen = seen || p == page;
        if (!seen) pages_.push_back(page);
        auto local = tag.name.empty() ? "p" + hex(tag.page) + "t" + hex(tag.token) : std::string(tag.name);
        if (root_page_ == page) return local;
        return (page == unknown ? std::string("unknown") : std::string(code_pages[page].prefix)) + ':' + local;
    }

    void line(std::size_t depth, std::string_view text) {
        out_.append(2 * depth, ' ');
        out_ += text;
        out_ += '\n';
    }

    void open(Event const& event) {
        if (!path_.empty()) begin_children(path_.back());
        bool root = path_.empty() && root_page_ == none;
        if (root) root_page_ = page_of(event.tag);
        Frame frame{event.tag, path_.size(), qualified(event.tag)};
        out_.append(2 * frame.depth, ' ');
        out_ += '<' + frame.name;
        if (root) {
            out_ += " xmlns=\"" + (root_page_ == unknown ? "Unknown" : std::string(code_pages[root_page_].name)) + '"';
            root_end_ = out_.size();
        }
        path_.push_back(std::move(frame));
        content_.clear();
        opaque_ = false;
        if (event.kind == Event::Empty) close();
    }

    // The first child makes a container of what might have been a leaf.
    void begin_children(Frame& frame) {
        if (!frame.has_elements) out_ += ">\n";
        frame.has_elements = true;
        text_beside_elements(frame);
    }

    // EAS has no mixed content: it is told, not shown.
    void text_beside_elements(Frame const& frame) {
        if (!content_.empty())
            line(frame.depth + 1, "<!-- text beside elements, bytes: " + std::to_string(content_.size()) + " -->");
        content_.clear();
    }

    void close() {
        auto frame = std::move(path_.back());
        path_.pop_back();
        if (!opaque_ && !is_clean(content_)) content_ = cleaned(content_);
        if (frame.has_elements) {
            text_beside_elements(frame);
            line(frame.depth, "</" + frame.name + '>');
        } else if (content_.empty()) {
            out_ += "/>\n";
        } else if (options_.redact && !may_be_logged(frame.tag)) {
            out_ += " bytes=\"" + std::to_string(content_.size()) + "\"/>\n";
        } else {
            leaf(frame);
        }
        content_.clear();
        opaque_ = false;
    }

    void leaf(Frame const& frame) {
        auto usual = xml_content(frame.tag);
        bool clean = is_clean(content_);
        bool base64 = opaque_ && (usual == XmlContent::Base64 || !clean);
        if (opaque_ && !base64 && usual == XmlContent::Text) out_ += " opaque=\"text\"";
        if (base64 && usual != XmlContent::Base64) out_ += " opaque=\"base64\"";
        if (!opaque_ && usual != XmlContent::Text) out_ += " opaque=\"false\"";
        auto shown = base64 ? to_base64(content_) : content_;
        if (options_.max_text != 0 && shown.size() > options_.max_text) {
            out_ += " bytes=\"" + std::to_string(content_.size()) + '"';
            shown = std::string(cut(shown, options_.max_text)) + "...";
        }
        out_ += '>';
        append_escaped(out_, shown);
        out_ += "</" + frame.name + ">\n";
    }

    Reader reader_;
    XmlOptions options_;
    std::string out_;
    std::string content_; // of the innermost element, so far
    bool opaque_ = false;
    std::vector<Frame> path_;
    std::vector<std::size_t> pages_;
    std::size_t root_page_ = none;
    std::size_t root_end_ = 0; // where the declarations go
};

} // namespace

std::string to_xml(std::string_view wbxml, XmlOptions options) {
    View view(Reader(wbxml), options);
    view.run();
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + view.take();
}

std::string to_xml(Fragment const& children, XmlOptions options) {
    Writer writer;
    writer.open(airsync::ApplicationData);
    writer.splice(children);
    writer.close();
    return to_xml(std::move(writer).finish(), options);
}

} // namespace godwit::wbxml
