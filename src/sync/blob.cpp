#include "sync/blob.hpp"

namespace godwit::sync {
namespace {
constexpr std::size_t checksum_bytes = 4;

std::string checksum(std::string_view bytes) {
    auto const sum = static_cast<std::uint32_t>(hash_of(bytes, 0x600d));
    std::string text;
    for (unsigned shift = 0; shift < 32; shift += 8) text += static_cast<char>(sum >> shift & 0xff);
    return text;
}
} // namespace

std::uint64_t hash_of(std::string_view bytes, std::uint64_t seed) {
    std::uint64_t hash = 0xcbf29ce484222325 ^ seed;
    for (char const c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93; // FNV mixes its high bits poorly
    return hash ^ (hash >> 32);
}

void BlobWriter::number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) bytes_ += static_cast<char>(n | 0x80);
    bytes_ += static_cast<char>(n);
}

void BlobWriter::text(std::string_view text) {
    number(text.size());
    bytes_ += text;
}

void BlobWriter::time(index::Time t) { // zigzag: times before 1970 and the very first are short too
    auto const n = static_cast<std::uint64_t>(t.time_since_epoch().count());
    number((n << 1) ^ (n >> 63 ? ~std::uint64_t{0} : 0));
}

std::string BlobWriter::finish() && {
    bytes_ += checksum(bytes_);
    return std::move(bytes_);
}

BlobReader::BlobReader(std::string_view bytes, std::uint8_t version) {
    if (bytes.size() < 1 + checksum_bytes) return;
    auto const body = bytes.substr(0, bytes.size() - checksum_bytes);
    if (static_cast<std::uint8_t>(body[0]) != version || checksum(body) != bytes.substr(body.size())) return;
    rest_ = body.substr(1);
    ok_ = true;
}

std::uint64_t BlobReader::number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
        auto const byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        n |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return n;
    }
    ok_ = false;
    return 0;
}

std::string BlobReader::text(std::size_t max_bytes) {
    auto const size = number();
    if (!ok_ || size > max_bytes || size > rest_.size()) {
        ok_ = false;
        return {};
    }
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
}

index::Time BlobReader::time() {
    auto const n = number();
    return index::Time(
        std::chrono::microseconds(static_cast<std::int64_t>((n >> 1) ^ (n & 1 ? ~std::uint64_t{0} : 0))));
}

std::size_t BlobReader::count(std::size_t at_most) {
    auto const n = number();
    if (!ok_ || n > at_most || n > rest_.size()) ok_ = false;
    return ok_ ? static_cast<std::size_t>(n) : 0;
}

} // namespace godwit::sync
