#include "index/database.hpp"
#include "index/transaction.hpp"
#include <limits>
#include <memory>
#include <openssl/evp.h>
#include <openssl/sha.h>

// Content is immutable and kept once per account, by its SHA-256. A hash that is `loose` may have nobody who names it:
// with generation 0 it was named and a name went; with a later one it was put then, and its first name may still be to
// come.
namespace godwit::index {
namespace {

std::string digest(std::span<std::string_view const> pieces) {
    std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })> const sum(EVP_MD_CTX_new());
    std::string hash(SHA256_DIGEST_LENGTH, '\0');
    bool ok = sum && EVP_DigestInit_ex(sum.get(), EVP_sha256(), nullptr) == 1;
    for (auto piece : pieces) ok = ok && EVP_DigestUpdate(sum.get(), piece.data(), piece.size()) == 1;
    ok = ok && EVP_DigestFinal_ex(sum.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr) == 1;
    if (!ok) throw std::runtime_error("no SHA-256");
    return hash;
}

} // namespace

std::string Transaction::put_content(std::string_view bytes) { return put_content(std::span(&bytes, 1)); }

std::string Transaction::put_content(std::span<std::string_view const> pieces) {
    constexpr std::size_t worth_a_reservation = 1 << 20; // below, SQLite's own copy is cheaper than writing twice
    std::uint64_t size = 0;
    for (auto piece : pieces) size += piece.size();
    auto const hash = digest(pieces);
    bool const there = db_.number(Query::ContentFind, Blob{hash}).has_value();
    if (!there && size < worth_a_reservation) {
        std::string whole;
        if (pieces.size() > 1)
            for (auto piece : pieces) whole += piece;
        db_.execute(Query::ContentAdd, Blob{hash}, Blob{pieces.size() == 1 ? pieces.front() : whole});
    } else if (!there) {
        db_.execute(Query::ContentReserve, Blob{hash}, size);
        db_.write_blob(db_.last_row(), pieces);
    }
    db_.execute(Query::LooseKeep, Blob{hash}, sweep_ + 1);
    return hash;
}

std::string Transaction::content(std::string_view hash) {
    return content_range(hash, 0, std::numeric_limits<std::uint64_t>::max());
}

std::string Transaction::content_range(std::string_view hash, std::uint64_t offset, std::uint64_t length) {
    auto const row = db_.number(Query::ContentFind, Blob{hash});
    if (!row) throw StoreBroken("a content that an item names is missing");
    return db_.read_blob(*row, offset, length);
}

void Transaction::content_pieces(std::string_view hash, std::uint64_t offset, std::uint64_t length,
                                 std::function<void(std::string_view)> const& take) {
    auto const row = db_.number(Query::ContentFind, Blob{hash});
    if (!row) throw StoreBroken("a content that an item names is missing");
    db_.stream_blob(*row, offset, length, take);
}

std::size_t Transaction::sweep_content(std::size_t at_most) {
    std::vector<std::string> due;
    for (auto rows = db_.select(Query::LooseDue, sweep_, at_most); rows.step();) due.push_back(rows.text(0));
    std::size_t dropped = 0;
    for (auto const& hash : due) {
        bool const named =
            db_.number(Query::ContentNamedByItem, Blob{hash}) || db_.number(Query::ContentNamedByOutbox, Blob{hash});
        if (!named) {
            db_.execute(Query::ContentDelete, Blob{hash});
            ++dropped;
        }
        db_.execute(Query::LooseDelete, Blob{hash});
    }
    if (due.size() < at_most && db_.number(Query::LooseLater, sweep_)) {
        ++sweep_;
        counted_ = true;
    }
    return dropped;
}

} // namespace godwit::index
