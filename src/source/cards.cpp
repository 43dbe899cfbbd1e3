#include "source/cards.hpp"
#include "mime/header.hpp"
#include "vcard/card.hpp"
#include <fstream>

namespace godwit::source {
namespace fs = std::filesystem;

bool is_vcf(fs::path const& file) { return mime::equal_ignoring_case(file.extension().string(), ".vcf"); }

bool read_cards(fs::path const& file, std::uint64_t max_bytes, Taker const& taker) {
    std::error_code error;
    auto const size = fs::file_size(file, error);
    auto complain = [&](std::string reason) {
        taker.complaint({file.string(), std::move(reason)});
        return true;
    };
    if (error) return complain(error.message());
    if (size > max_bytes) return complain("larger than the limit");
    std::string bytes(size, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    if (!in && size > 0) return complain("cannot be read");
    vcard::Reader reader(bytes);
    std::size_t count = 0;
    for (auto card = reader.next(); card; card = reader.next()) {
        ++count;
        auto origin = file.string() + ", card " + std::to_string(count);
        if (!*card) {
            auto const& refusal = card->error();
            auto name = refusal.name.empty() ? std::string() : " (" + refusal.name + ")";
            taker.complaint({origin + name + " at line " + std::to_string(refusal.line), refusal.reason});
            continue;
        }
        Found found{.bytes = vcard::write(vcard::upgraded(std::move(**card))), .origin = std::move(origin)};
        found.item_class = index::ItemClass::Contacts;
        if (!taker.message(std::move(found))) return false;
    }
    return count > 0 ? true : complain("no vCard in it");
}

} // namespace godwit::source
