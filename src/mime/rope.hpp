#pragma once
// Bytes in pieces. What is composed from a stored message, or edited in its header only, names the message's bytes
// instead of copying them: a large attachment lies in memory once on its way from the store into a new message.
#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::mime {

class Rope {
public:
    Rope() = default;
    explicit Rope(std::string text) { add(std::move(text)); }
    Rope(Rope&&) noexcept = default;
    Rope& operator=(Rope&&) noexcept = default;
    Rope(Rope const&) = delete;
    Rope& operator=(Rope const&) = delete;

    void add(std::string text);             // becomes the rope's own
    void view(std::string_view outside);    // not copied: must outlive the rope, see keep()
    void view(Rope const& outside);         // its pieces, likewise
    void keep(std::shared_ptr<void const>); // lives as long as the rope

    std::span<std::string_view const> pieces() const { return pieces_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::string head(std::size_t at_most) const; // a copy of the first bytes
    std::string flat() const { return head(size_); }

private:
    std::vector<std::string_view> pieces_;
    std::deque<std::string> own_; // a deque: its strings stay where they are
    std::vector<std::shared_ptr<void const>> kept_;
    std::size_t size_ = 0;
};

/// Reads on where the last read ended.
class RopeReader {
public:
    explicit RopeReader(Rope const& rope) : rest_(rope.pieces()) {}
    std::size_t read(std::span<char> into); // 0 at the end

private:
    std::span<std::string_view const> rest_;
    std::size_t at_ = 0; // in the first of them
};

} // namespace godwit::mime
