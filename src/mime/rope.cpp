#include "mime/rope.hpp"

#include <algorithm>
#include <cstring>

namespace godwit::mime {

void Rope::add(std::string text) {
    if (!text.empty()) view(std::string_view(own_.emplace_back(std::move(text))));
}

void Rope::view(std::string_view outside) {
    if (outside.empty()) return;
    pieces_.push_back(outside);
    size_ += outside.size();
}

void Rope::view(Rope const& outside) {
    for (auto piece : outside.pieces_) view(piece);
}

void Rope::keep(std::shared_ptr<void const> owner) { kept_.push_back(std::move(owner)); }

std::string Rope::head(std::size_t at_most) const {
    std::string out;
    out.reserve(std::min(at_most, size_));
    for (auto piece : pieces_) {
        out += piece.substr(0, at_most - out.size());
        if (out.size() == at_most) break;
    }
    return out;
}

std::size_t RopeReader::read(std::span<char> into) {
    std::size_t done = 0;
    while (done < into.size() && !rest_.empty()) {
        auto piece = rest_.front().substr(at_, into.size() - done);
        std::memcpy(into.data() + done, piece.data(), piece.size());
        done += piece.size();
        at_ += piece.size();
        if (at_ == rest_.front().size()) rest_ = rest_.subspan(1), at_ = 0;
    }
    return done;
}

} // namespace godwit::mime
