// RFC 6868: what iCalendar and vCard write into a parameter's value in place of a line's end, a quote and a circumflex.
#pragma once
#include <string>
#include <string_view>

namespace godwit::mime {

/// Appends the two characters that stand for `c`; false, and nothing is appended: it needs none.
inline bool append_circumflexed(std::string& out, char c) {
    if (c != '\n' && c != '"' && c != '^') return false;
    out += '^';
    out += c == '\n' ? 'n' : c == '"' ? '\'' : '^';
    return true;
}

/// The value as it was meant; a circumflex before anything else is one.
inline std::string circumflexes_undone(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const next = text[i] == '^' && i + 1 < text.size() ? text[i + 1] : '\0';
        bool const escape = next == 'n' || next == '\'' || next == '^';
        out += next == 'n' ? '\n' : next == '\'' ? '"' : text[i];
        i += escape;
    }
    return out;
}

} // namespace godwit::mime
