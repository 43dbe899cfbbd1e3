#include "sync/folder_name.hpp"
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

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
    std::int32_t characters = 0, at = 0;
    auto const size = static_cast<std::int32_t>(name.size());
    while (at < size) {
        UChar32 c = 0;
        U8_NEXT(name.data(), at, size, c);
        if (c < 0 || u_charType(c) == U_CONTROL_CHAR || ++characters > max_characters) return false;
    }
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
