// How state is written down: a version, variable-length numbers, texts with their length, a checksum. A reader of a damaged or
// foreign blob fails as a whole (`ok` turns false and stays so) and never reads past the end or allocates more than it holds.
#pragma once
#include "index/types.hpp"
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace godwit::sync {

std::uint64_t hash_of(std::string_view bytes,
                      std::uint64_t seed = 0); // 64 bits, stable across versions (FNV-1a, mixed)

class BlobWriter {
public:
    explicit BlobWriter(std::uint8_t version) : bytes_(1, static_cast<char>(version)) {}
    void number(std::uint64_t);
    void text(std::string_view);
    template <class E>
        requires std::is_enum_v<E>
    void number(E e) {
        number(static_cast<std::uint64_t>(e));
    }
    void time(index::Time t);
    std::string finish() &&; // with its checksum

private:
    std::string bytes_;
};

class BlobReader {
public:
    BlobReader(std::string_view bytes, std::uint8_t version);
    bool ok() const { return ok_; }
    bool at_end() const { return ok_ && rest_.empty(); }
    std::uint64_t number();
    std::string text(std::size_t max_bytes);
    index::Time time();
    // A number that its type cannot hold fails the reader.
    template <class E> E as() {
        auto const n = number();
        if (n > largest<E>()) refuse();
        return static_cast<E>(ok_ ? n : 0);
    }
    void refuse() { ok_ = false; }
    // A count of things that each take at least one byte; false fails the reader.
    std::size_t count(std::size_t at_most);

private:
    template <class E> static constexpr std::uint64_t largest() {
        if constexpr (std::is_enum_v<E>)
            return largest<std::underlying_type_t<E>>();
        else
            return static_cast<std::uint64_t>(std::numeric_limits<E>::max());
    }

    std::string_view rest_;
    bool ok_ = false;
};

} // namespace godwit::sync
