#include "sync/folder_name.hpp"
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

namespace godwit::sync {
namespace {

constexpr std::int32_t max_characters = 256;
constexpr std::size_t max_bytes = 4 * max_characters;

icu::Normalizer2 const* casefold() {
    auto status = U_ZERO_ERROR;
    auto const* found = icu::Normalizer2::getNFKCCasefoldInstance(status);
    return U_SUCCESS(status) ? found : nullptr;
}

} // namespace

bool is_folder_name(std::string_view name) {
    if (name.size() > max_bytes) return false;
    auto const text =
        icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<std::int32_t>(name.size())));
    std::string back;
    text.toUTF8String(back);
    if (back != name || text.countChar32() > max_characters) return false; // what is no UTF-8 does not come back
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
        if (u_charType(text.char32At(at)) == U_CONTROL_CHAR) return false;
    return !folded_name(name).empty();
}

std::string folded_name(std::string_view name) {
    auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<std::int32_t>(name.size())));
    if (auto const* form = casefold()) {
        auto status = U_ZERO_ERROR;
        auto folded = form->normalize(text, status);
        if (U_SUCCESS(status)) text = std::move(folded);
    }
    text.trim(); // blanks at the ends are not seen either
    std::string out;
    text.toUTF8String(out);
    return out;
}

} // namespace godwit::sync
