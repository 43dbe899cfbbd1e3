// How a message is cut into parts: one pass over its lines (RFC 2046 5.1), a stack of open boundaries, no recursion.
#include "mime/message.hpp"

#include <algorithm>
#include <cstring>

namespace godwit::mime {
namespace {

std::string_view trim_end(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r' || line.back() == '\n'))
        line.remove_suffix(1);
    return line;
}

Encoding encoding_of(std::string_view raw) {
    auto name = lower(trim_end(unfold(raw)));
    name.erase(0, std::min(name.find_first_not_of(" \t\""), name.size()));
    if (name.starts_with("base64")) return Encoding::base64;
    if (name.starts_with("quoted-printable")) return Encoding::quoted_printable;
    if (name.starts_with("x-uu") || name.starts_with("uuencode")) return Encoding::uuencode;
    return Encoding::identity;
}

} // namespace

class StructureReader {
public:
    StructureReader(Message& message, Limits limits) : message_(message), bytes_(message.bytes_), limits_(limits) {}

    void read() {
        Part root;
        root.header = bytes_.substr(0, message_.header_.length());
        root.body = bytes_.substr(root.header.size());
        describe(root, message_.header_, "text/plain");
        root.path = root.is_multipart() ? "" : "1";
        message_.parts_.push_back(std::move(root));
        open(0);
        auto at = static_cast<std::size_t>(message_.parts_[0].body.data() - bytes_.data());
        while (!stack_.empty() && at < bytes_.size()) at = line(at);
        close_above(0, bytes_.size());
        childless();
    }

private:
    struct Frame {
        std::uint32_t part;
        std::string boundary;
        bool started = false; // a delimiter was seen: children may be added until the last one
        bool ended = false;
    };

    // Looks at the line that begins at `at`; where the next one begins.
    std::size_t line(std::size_t at) {
        if (bytes_.substr(at, 2) != "--") return next_line(at);
        auto end = next_line(at);
        auto text = trim_end(bytes_.substr(at + 2, end - at - 2));
        for (std::size_t depth = stack_.size(); depth-- > 0;) {
            auto& frame = stack_[depth];
            if (frame.ended || !text.starts_with(frame.boundary)) continue;
            auto tail = text.substr(frame.boundary.size());
            if (!tail.empty() && tail != "--") continue;
            close_above(depth + 1, at);
            close_child(frame, at);
            if (tail.empty()) return begin_part(depth, end);
            frame.ended = true;
            return end;
        }
        return end;
    }

    std::size_t next_line(std::size_t at) const {
        auto found = std::memchr(bytes_.data() + at, '\n', bytes_.size() - at);
        return found ? static_cast<std::size_t>(static_cast<char const*>(found) - bytes_.data()) + 1 : bytes_.size();
    }

    // The line end before a delimiter belongs to the delimiter.
    void end_body(Part& part, std::size_t at) {
        auto begin = static_cast<std::size_t>(part.body.data() - bytes_.data());
        auto end = std::max(at, begin);
        if (end > begin && end < bytes_.size() && bytes_[end - 1] == '\n') --end;
        if (end > begin && end < bytes_.size() && bytes_[end] == '\n' && bytes_[end - 1] == '\r') --end;
        part.body = bytes_.substr(begin, end - begin);
    }

    void close_child(Frame& frame, std::size_t at) {
        auto& siblings = message_.parts_[frame.part].children;
        if (frame.started && !frame.ended && !siblings.empty()) end_body(message_.parts_[siblings.back()], at);
    }

    void close_above(std::size_t depth, std::size_t at) {
        while (stack_.size() > depth) {
            close_child(stack_.back(), at);
            stack_.pop_back();
        }
    }

    std::size_t begin_part(std::size_t depth, std::size_t at) {
        auto& frame = stack_[depth];
        frame.started = true;
        if (message_.parts_.size() >= limits_.parts) {
            message_.cut_by_limits_ = true;
            frame.ended = true;
            return at;
        }
        HeaderBlock header(bytes_.substr(at));
        Part part;
        part.header = bytes_.substr(at, header.length());
        part.body = bytes_.substr(at + header.length());
        part.parent = frame.part;
        auto& parent = message_.parts_[frame.part];
        part.path = parent.path + (parent.path.empty() ? "" : ".") + std::to_string(parent.children.size() + 1);
        describe(part, header, parent.is("multipart/digest") ? "message/rfc822" : "text/plain");
        auto index = static_cast<std::uint32_t>(message_.parts_.size());
        parent.children.push_back(index);
        message_.parts_.push_back(std::move(part));
        open(index);
        return at + header.length();
    }

    void open(std::uint32_t index) {
        auto& part = message_.parts_[index];
        if (!part.is_multipart()) return;
        auto boundary = std::move(boundary_);
        if (boundary.empty()) return;
        if (stack_.size() >= limits_.depth) {
            message_.cut_by_limits_ = true;
            part.type = "application/octet-stream";
            return;
        }
        stack_.push_back({index, std::move(boundary)});
    }

    // A multipart in which no delimiter was found is the text that it looks like.
    void childless() {
        for (auto& part : message_.parts_) {
            if (part.is_multipart() && part.children.empty()) part.type = "text/plain";
        }
        auto& root = message_.parts_.front();
        if (root.children.empty()) root.path = "1";
    }

    void describe(Part& part, HeaderBlock const& header, std::string_view default_type) {
        part.type = default_type;
        boundary_.clear();
        if (auto raw = header.raw("Content-Type")) describe_type(part, *raw, default_type);
        if (auto raw = header.raw("Content-Transfer-Encoding"); raw && !part.is_multipart())
            part.encoding = encoding_of(*raw);
        if (auto raw = header.raw("Content-Disposition")) {
            auto disposition = parse_parameterised(*raw);
            part.attachment = disposition.value == "attachment";
            part.inline_disposition = disposition.value == "inline";
            part.named = part.named || !disposition.find("filename").empty();
        }
        part.has_id = header.raw("Content-ID") || header.raw("Content-Location");
    }

    void describe_type(Part& part, std::string_view raw, std::string_view default_type) {
        auto type = parse_parameterised(raw);
        auto slash = type.value.find('/');
        if (slash != std::string::npos && slash > 0 && slash + 1 < type.value.size())
            part.type = type.value;
        else if (type.value == "text" || type.value.empty())
            part.type = default_type; // RFC 2045 5.2
        else
            part.type = "application/octet-stream";
        part.charset = type.find("charset");
        part.flowed = equal_ignoring_case(type.find("format"), "flowed");
        part.delsp = equal_ignoring_case(type.find("delsp"), "yes");
        part.named = !type.find("name").empty();
        boundary_ = trim_end(type.find("boundary"));
        if (part.is_text() && message_.fallback_charset_.empty()) message_.fallback_charset_ = part.charset;
    }

    Message& message_;
    std::string_view bytes_;
    Limits limits_;
    std::vector<Frame> stack_;
    std::string boundary_; // of the part that describe() saw last
};

void read_structure(Message& message, Limits limits) { StructureReader(message, limits).read(); }

} // namespace godwit::mime
