// What a mail reader shows of a message and what it lists below it.
#include "mime/message.hpp"

#include <algorithm>
#include <utility>

namespace godwit::mime {

class BodyChoice {
public:
    explicit BodyChoice(Message& message) : message_(message) {}

    void choose() {
        visit(message_.parts_.front());
        message_.pieces_ = std::move(pieces_);
    }

private:
    Part const& child(Part const& part, std::size_t i) const { return message_.parts_[part.children[i]]; }
    void attach(Part const& part, bool related = false) { message_.attached_.push_back({&part, related}); }

    void visit(Part const& part) { // as deep as Limits::depth
        if (part.children.empty()) return leaf(part);
        if (part.is("multipart/alternative")) return alternative(part);
        if (part.is("multipart/related")) return related(part);
        if (part.is("multipart/encrypted")) return attach_all(part, 0);
        if (part.is("multipart/signed") || part.is("multipart/report")) {
            visit(child(part, 0));
            return attach_all(part, 1);
        }
        for (auto index : part.children) visit(message_.parts_[index]);
    }

    void attach_all(Part const& part, std::size_t from) {
        for (std::size_t i = from; i < part.children.size(); ++i) attach(child(part, i));
    }

    void leaf(Part const& part) {
        bool is_root = &part == &message_.parts_.front();
        bool readable =
            part.is("text/plain") || part.is("text/html") || part.is("text/enriched") || part.is("text/richtext");
        if (is_root && part.is_text() && !part.is("text/calendar") && !part.named) readable = true;
        bool shown = readable && !part.attachment && (!part.named || pieces_.empty());
        if (part.is("text/calendar") && !message_.calendar_) message_.calendar_ = &part;
        if (!shown) return attach(part);
        if (part.is("text/html"))
            pieces_.push_back({.html = &part});
        else
            pieces_.push_back({.plain = &part});
    }

    // The last of the kinds that can be shown is the best (RFC 2046 5.1.4).
    void alternative(Part const& part) {
        Piece chosen;
        Part const* unknown_text = nullptr;
        std::vector<Piece> rest; // what follows the first HTML inside an alternative that is itself mixed
        for (auto index : part.children) {
            auto const& option = message_.parts_[index];
            if (!option.children.empty()) {
                auto outer = std::exchange(pieces_, {});
                visit(option);
                auto inner = std::exchange(pieces_, std::move(outer));
                if (inner.empty()) continue;
                if (inner.front().html) chosen.html = inner.front().html;
                if (inner.front().plain && !chosen.plain) chosen.plain = inner.front().plain;
                rest.assign(inner.begin() + 1, inner.end());
            } else if (option.attachment) {
                attach(option);
            } else if (option.is("text/plain")) {
                chosen.plain = &option;
            } else if (option.is("text/html")) {
                chosen.html = &option;
            } else if (option.is("text/calendar")) {
                message_.calendar_ = &option;
            } else if (option.is_text()) {
                unknown_text = &option;
            } else {
                attach(option);
            }
        }
        if (!chosen.plain && !chosen.html) chosen.plain = unknown_text;
        if (chosen.plain || chosen.html) pieces_.push_back(chosen);
        for (auto piece : rest) {
            piece.text_is_elsewhere = chosen.plain != nullptr;
            pieces_.push_back(piece);
        }
    }

    // The root is named by `start` or comes first (RFC 2387 3.2); the others belong to it.
    void related(Part const& part) {
        HeaderBlock header(part.header);
        std::string start;
        if (auto raw = header.raw("Content-Type")) start = parse_parameterised(*raw).find("start");
        std::erase_if(start, [](char c) { return c == '<' || c == '>'; });
        std::size_t root = 0;
        for (std::size_t i = 0; !start.empty() && i < part.children.size(); ++i) {
            if (child(part, i).has_id && child(part, i).content_id() == start) root = i;
        }
        visit(child(part, root));
        for (std::size_t i = 0; i < part.children.size(); ++i) {
            if (i == root) continue;
            if (child(part, i).children.empty())
                attach(child(part, i), true);
            else
                visit(child(part, i));
        }
    }

    Message& message_;
    std::vector<Piece> pieces_;
};

void choose_body(Message& message) { BodyChoice(message).choose(); }

} // namespace godwit::mime
