#include "vcard/value.hpp"

namespace godwit::vcard {

std::string unescaped(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            out += value[i];
            continue;
        }
        char const next = value[++i];
        out += next == 'n' || next == 'N' ? '\n' : next;
    }
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n') out += "\\n";
        } else if (text[i] == '\n') {
            out += "\\n";
        } else {
            if (text[i] == '\\' || text[i] == ',' || text[i] == ';') out += '\\';
            out += text[i];
        }
    }
    return out;
}

std::vector<std::string> split(std::string_view value, char separator) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == separator) {
            out.emplace_back();
            continue;
        }
        out.back() += value[i];
        if (value[i] == '\\' && i + 1 < value.size()) out.back() += value[++i];
    }
    return out;
}

std::string join(std::vector<std::string> const& pieces, char separator) {
    std::string out;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i > 0) out += separator;
        out += pieces[i];
    }
    return out;
}

std::string component(std::string_view value, std::size_t n) {
    auto pieces = split(value, ';');
    return n < pieces.size() ? unescaped(pieces[n]) : std::string();
}

std::string with_component(std::string_view value, std::size_t n, std::string_view text) {
    auto pieces = split(value, ';');
    if (pieces.size() <= n) pieces.resize(n + 1);
    pieces[n] = escaped(text);
    return join(pieces, ';');
}

} // namespace godwit::vcard
