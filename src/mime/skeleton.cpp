#include "mime/skeleton.hpp"

#include "mime/uudecode.hpp"

#include <algorithm>
#include <gmime/gmime.h>
#include <optional>

namespace godwit::mime {
namespace {

constexpr std::size_t first_room = 1 << 20; // the header of the message; longer ones are not read this way
constexpr std::size_t part_room = 1 << 16;  // a line of dashes, the header of a part
constexpr std::size_t most_kept = 4 << 20;

} // namespace

void Skeleton::keep(std::string_view bytes) {
    if (bytes.empty()) return;
    if (kept_.size() + bytes.size() > most_kept) {
        ok_ = false;
        return;
    }
    bool const follows =
        !stretches_.empty() && stretches_.back().original + (kept_.size() - stretches_.back().kept) == passed_;
    if (!follows) stretches_.push_back({kept_.size(), passed_});
    kept_ += bytes;
}

// A line of dashes may be a boundary: it is kept, with the line end before it, and what follows may be a header.
void Skeleton::line_begins(std::string_view rest) {
    if (!rest.starts_with("--")) return;
    if (!dropped_.empty()) {
        auto const tail = std::exchange(dropped_, {});
        passed_ -= tail.size();
        keep(tail);
        passed_ += tail.size();
    }
    room_ = std::max(room_, part_room);
}

void Skeleton::feed(std::string_view piece) {
    if (!ok_) return;
    if (!std::exchange(begun_, true)) room_ = first_room;
    std::string joined;
    if (!dash_.empty()) {
        joined = std::exchange(dash_, {}).append(piece);
        piece = joined;
    }
    while (!piece.empty() && ok_) {
        if (line_start_ && piece == "-") { // whether a second one follows is seen with the next piece
            dash_ = piece;
            return;
        }
        if (line_start_) line_begins(piece);
        auto const end = std::min(piece.find('\n'), piece.size() - 1) + 1;
        auto const line = piece.substr(0, end);
        line_start_ = line.back() == '\n';
        auto const keeping = std::min(room_, line.size());
        keep(line.substr(0, keeping));
        room_ -= keeping;
        passed_ += line.size();
        if (keeping < line.size()) {
            dropped_ += line.substr(line.size() - std::min<std::size_t>(2, line.size() - keeping));
            if (dropped_.size() > 2) dropped_.erase(0, dropped_.size() - 2);
        } else {
            dropped_.clear();
        }
        piece.remove_prefix(end);
    }
}

std::uint64_t Skeleton::original_begin(std::size_t kept) const {
    auto after = std::ranges::lower_bound(stretches_, std::max<std::size_t>(kept, 1), {}, &Stretch::kept);
    auto const& stretch = *std::prev(after);
    return stretch.original + (kept - stretch.kept);
}

std::uint64_t Skeleton::original_end(std::size_t kept) const {
    if (kept == kept_.size()) return passed_;
    auto after = std::ranges::upper_bound(stretches_, kept, {}, &Stretch::kept);
    auto const& stretch = *std::prev(after);
    return stretch.original + (kept - stretch.kept);
}

void Skeleton::finish() {
    if (!dash_.empty()) {
        line_start_ = false;
        auto const dash = std::exchange(dash_, {});
        keep(dash);
        passed_ += dash.size();
    }
    if (stretches_.empty()) ok_ = false;
}

std::optional<Located> Skeleton::locate(Message const& message, Part const& part) {
    if (part.header.size() >= (&part == &message.root() ? first_room : part_room) / 2) { // not all of it is here
        ok_ = false;
        return std::nullopt;
    }
    auto const begin = static_cast<std::size_t>(part.body.data() - kept_.data());
    Located found{.type = part.type, .encoding = part.encoding, .header = std::string(part.header)};
    bool const opaque = part.is_multipart() || part.type.starts_with("message/"); // as content() has it
    if (opaque && found.encoding != Encoding::base64) found.encoding = Encoding::identity;
    found.begin = original_begin(begin);
    found.end = std::max(found.begin, original_end(begin + part.body.size()));
    return found;
}

std::optional<Located> Skeleton::find(std::string_view path) {
    finish();
    if (path.starts_with("0.")) ok_ = false; // named by its bytes
    if (!ok_) return std::nullopt;
    auto const message = Message::parse(kept_);
    auto const* part = message.find(path);
    return part ? locate(message, *part) : std::nullopt;
}

std::vector<Located> Skeleton::parts() {
    finish();
    std::vector<Located> out;
    if (!ok_) return out;
    auto const message = Message::parse(kept_);
    for (auto const& part : message.parts()) {
        if (part.is_multipart() || part.parent == UINT32_MAX) continue;
        if (auto found = locate(message, part)) out.push_back(std::move(*found));
    }
    return out;
}

// ---- content

struct PieceDecoder::State {
    GMimeEncoding encoding = {};
    bool identity = true;
    std::optional<UuDecoder> uuencoded = {};
    std::string out = {};
};

PieceDecoder::PieceDecoder(Encoding encoding) : state_(std::make_unique<State>()) {
    state_->identity = encoding == Encoding::identity;
    if (encoding == Encoding::uuencode) state_->uuencoded.emplace();
    g_mime_encoding_init_decode(&state_->encoding, encoding == Encoding::base64
                                                       ? GMIME_CONTENT_ENCODING_BASE64
                                                       : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
}
PieceDecoder::~PieceDecoder() = default;

std::string_view PieceDecoder::feed(std::string_view piece) {
    if (state_->identity) return piece;
    auto& out = state_->out;
    out.resize(piece.size() + 64); // no decoder gives more than it takes, but for what it held back
    if (state_->uuencoded) {
        out.resize(state_->uuencoded->feed(piece, out.data()));
        return out;
    }
    out.resize(g_mime_encoding_step(&state_->encoding, piece.data(), piece.size(), out.data()));
    return out;
}

std::string_view PieceDecoder::finish() {
    if (state_->identity || state_->uuencoded) return {};
    auto& out = state_->out;
    out.resize(64);
    out.resize(g_mime_encoding_flush(&state_->encoding, "", 0, out.data()));
    return out;
}

} // namespace godwit::mime
