#include "mime/answer.hpp"

#include "mime/build.hpp"
#include "mime/html.hpp"
#include "mime/quote.hpp"
#include "mime/splice.hpp"

#include <algorithm>
#include <set>

namespace godwit::mime {
namespace {

constexpr std::size_t max_references = 30; // the first and the newest
constexpr std::size_t max_id = 250;        // so that a field of them fits
constexpr std::size_t max_attachments = 1000;

bool is_sealed(Kind kind) { // its structure means something
    switch (kind) {
    case Kind::multipart_signed:
    case Kind::smime_opaque:
    case Kind::smime_receipt:
    case Kind::pgp_signed:
    case Kind::pgp_encrypted: return true;
    case Kind::note:
    case Kind::non_delivery:
    case Kind::delivery_receipt:
    case Kind::delayed:
    case Kind::read_receipt:
    case Kind::not_read_receipt: return false;
    }
    return false;
}

std::string safe_id(std::string_view id) {
    bool fits = !id.empty() && id.size() <= max_id &&
                std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F && c != '<' && c != '>'; });
    return fits ? "<" + std::string(id) + ">" : std::string();
}

// RFC 5322 3.6.4, where the phone does not say it itself: most do not.
std::string thread_fields(HeaderBlock const& written, HeaderBlock const& original) {
    std::string out;
    auto ids_of = [&](std::string_view field) { return message_ids(original.raw(field).value_or("")); };
    auto const own = ids_of("Message-ID");
    auto const id = own.empty() ? std::string() : safe_id(own.front());
    if (id.empty()) return out;
    if (!written.raw("In-Reply-To")) out += "In-Reply-To: " + id + "\r\n";
    if (written.raw("References")) return out;
    auto chain = ids_of("References");
    if (chain.empty()) chain = ids_of("In-Reply-To");
    chain.push_back(own.front());
    out += "References:";
    for (std::size_t i = 0; i < chain.size(); ++i) {
        if (i > 0 && i + max_references <= chain.size()) continue;
        if (auto const one = safe_id(chain[i]); !one.empty()) out += (i == 0 ? " " : "\r\n ") + one;
    }
    return (out.ends_with(':') ? out.substr(0, out.rfind("References:")) : out + "\r\n");
}

std::string with_thread(std::string header, HeaderBlock const& original, std::string_view thread_index) {
    HeaderBlock const block(header);
    auto added = thread_fields(block, original);
    if (!thread_index.empty() && !block.raw("Thread-Index"))
        added.append("Thread-Index: ").append(thread_index).append("\r\n");
    return header + added;
}

// The fields of what the phone wrote that are not about its body.
std::string without_content(std::string_view header) {
    std::string out;
    for (auto const& field : HeaderBlock(header, SIZE_MAX, SIZE_MAX).fields()) {
        if (lower(field.name.substr(0, 8)) == "content-" || equal_ignoring_case(field.name, "MIME-Version")) continue;
        out += field.whole;
    }
    return out;
}

class AnswerWriter {
public:
    AnswerWriter(Message const& written, Message const& original, Answering const& how)
        : written_(written), original_(original), how_(how) {}

    // The Content- fields go to the header, what they describe into the rope.
    std::string write(Rope& rope) {
        collect();
        auto const top = !mixed_.empty() || whole_ ? Level::mixed
                         : !related_.empty()       ? Level::related
                         : html_ || invites()      ? Level::alternative
                                                   : Level::plain;
        if (top == Level::plain) {
            auto entity = plain();
            rope.add(std::move(entity.body));
            return entity.header.substr(0, entity.header.size() - 2); // its empty line
        }
        body(rope, top);
        return type_of(top);
    }

private:
    enum class Level : std::uint8_t { mixed, related, alternative, plain };

    bool forward() const { return how_.verb == Verb::forward; }
    bool to_one() const { return forward() && !whole_ && how_.invitation; }
    bool other_invitation() const { return to_one() && !written_.calendar(); }
    bool invites() const { return !calendars_.empty() || other_invitation(); }

    void collect() {
        whole_ = forward() && travels_whole(original_, how_.max_quoted);
        html_ = written_.is_html() || (!whole_ && original_.is_html());
        std::set<std::string> ids;
        for (auto const& a : written_.attachments()) place(a, true, ids);
        if (written_.calendar()) calendars_.push_back(written_.calendar());
        if (whole_) return;
        for (auto const& a : original_.attachments())
            if (!is_invitations_copy(*a.part)) place(a, false, ids);
        bool const brings = forward() && !to_one() && original_.calendar() && calendars_.empty();
        if (brings) calendars_.push_back(original_.calendar());
        std::erase_if(calendars_,
                      [&](Part const* part) { return std::ranges::find(mixed_, part, &Placed::part) != mixed_.end(); });
    }

    bool is_invitations_copy(Part const& part) const {
        bool const calendar = part.is("text/calendar") || part.is("application/ics");
        return calendar && to_one() && (&part == original_.calendar() || how_.invitation->is_copy(part));
    }

    void place(Attachment const& a, bool own, std::set<std::string>& ids) {
        bool shown = html_ && a.is_inline && ids.insert(a.part->content_id()).second;
        if (shown)
            related_.push_back({a.part, Place::inline_or_alternative});
        else if (own || forward()) // what the phone has attached is attached as it wanted it
            mixed_.push_back({a.part, own ? Place::inline_or_alternative : Place::attached});
    }

    std::string boundary(Level level) const {
        return "gw" + std::to_string(static_cast<unsigned>(level)) + "-" + how_.token;
    }
    std::string type_of(Level level) const {
        auto const* name = level == Level::mixed ? "mixed" : level == Level::related ? "related" : "alternative";
        auto const* type = level == Level::related && (html_) ? "; type=\"multipart/alternative\"" : "";
        return "Content-Type: multipart/" + std::string(name) + type + ";\r\n boundary=\"" + boundary(level) + "\"\r\n";
    }
    void delimit(Rope& rope, Level level) const { rope.add("--" + boundary(level) + "\r\n"); }

    void body(Rope& rope, Level level) {
        if (level == Level::alternative) {
            alternatives(rope);
        } else {
            auto const inner = level == Level::mixed && !related_.empty() ? Level::related
                               : level == Level::related                  ? Level::alternative
                               : html_ || invites()                       ? Level::alternative
                                                                          : Level::plain;
            delimit(rope, level);
            if (inner == Level::plain) {
                auto entity = plain();
                rope.add(entity.header + entity.body);
            } else {
                rope.add(type_of(inner) + "\r\n");
                body(rope, inner);
            }
            rope.add("\r\n");
            for (auto const& [part, where] : level == Level::mixed ? mixed_ : related_) {
                delimit(rope, level);
                splice(rope, *part, where);
                rope.add("\r\n");
            }
            if (level == Level::mixed && whole_) {
                delimit(rope, level);
                splice_message(rope, original_.bytes());
                rope.add("\r\n");
            }
        }
        rope.add("--" + boundary(level) + "--\r\n");
    }

    void alternatives(Rope& rope) {
        auto add = [&](Entity const& entity) {
            delimit(rope, Level::alternative);
            rope.add(entity.header + entity.body + "\r\n");
        };
        add(plain());
        if (html_) add(html());
        for (auto const* part : calendars_) {
            delimit(rope, Level::alternative);
            splice(rope, *part, Place::inline_or_alternative);
            rope.add("\r\n");
        }
        if (other_invitation()) add(how_.invitation->entity);
    }

    Entity plain() const {
        auto text = written_.plain();
        return text_entity("text/plain", whole_ ? text : plain_below(std::move(text), original_, how_));
    }
    Entity html() const {
        auto text = written_.html();
        return text_entity("text/html", whole_ ? text : html_below(std::move(text), original_, how_));
    }

    Message const& written_;
    Message const& original_;
    Answering const& how_;
    bool html_ = false, whole_ = false;
    struct Placed {
        Part const* part;
        Place where;
    };
    std::vector<Placed> mixed_, related_;
    std::vector<Part const*> calendars_;
};

} // namespace

bool travels_whole(Message const& original, std::size_t max_quoted) {
    std::size_t text = 0;
    for (auto const& piece : original.pieces())
        text += (piece.html ? piece.html->body.size() : 0) + (piece.plain ? piece.plain->body.size() : 0);
    return is_sealed(original.kind()) || original.cut_by_limits() || text > max_quoted ||
           original.attachments().size() > max_attachments;
}

Manuscript answer(std::string_view written_bytes, std::string_view original_bytes, Answering const& how) {
    auto const written = Message::parse(written_bytes);
    auto const original = Message::parse(original_bytes);
    bool const as_it_is = is_sealed(written.kind()) || written.root().is("multipart/report");
    if (as_it_is) return answer_as_written(written_bytes, original_bytes, how.thread_index);
    auto out = read_manuscript(written_bytes);
    out.header = with_thread(without_content(out.header), original.header(), how.thread_index);
    out.body = Rope();
    auto const content = AnswerWriter(written, original, how).write(out.body);
    out.header += "MIME-Version: 1.0\r\n" + content;
    return out;
}

Manuscript answer_as_written(std::string_view written, std::string_view original_header,
                             std::string_view thread_index) {
    auto out = read_manuscript(written);
    out.header = with_thread(std::move(out.header), HeaderBlock(original_header), thread_index);
    return out;
}

} // namespace godwit::mime
