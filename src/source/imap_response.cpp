#include "source/imap_response.hpp"
#include <algorithm>
#include <charconv>

namespace godwit::source::imap {
namespace {

constexpr int max_parentheses = 20;
constexpr std::size_t max_values = 65536, max_literals = 1000;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

Condition condition_of(std::string_view word) {
    if (same_word(word, "OK")) return Condition::Ok;
    if (same_word(word, "NO")) return Condition::No;
    if (same_word(word, "BAD")) return Condition::Bad;
    if (same_word(word, "BYE")) return Condition::Bye;
    if (same_word(word, "PREAUTH")) return Condition::Preauth;
    return Condition::None;
}

std::string_view take_word(std::string_view& line) {
    auto const word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    return word;
}

// "[UIDVALIDITY 17] now go on": the code and the text.
void read_condition(std::string_view rest, Response& into) {
    auto const close = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
    if (close != std::string_view::npos) {
        into.code = rest.substr(1, close - 1);
        rest.remove_prefix(std::min(close + (rest.substr(close).starts_with("] ") ? 2 : 1), rest.size()));
    }
    into.text = rest;
}

// {12}, {12+}, ~{12} at the end of a line (RFC 3501 4.3, RFC 7888, RFC 3516).
struct Announced {
    std::size_t at = 0;
    std::optional<std::uint64_t> size = {};
};
std::optional<Announced> announced(std::string_view line) {
    if (!line.ends_with('}')) return {};
    auto at = line.rfind('{');
    if (at == std::string_view::npos) return {};
    auto digits = line.substr(at + 1, line.size() - at - 2);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return {};
    if (at > 0 && line[at - 1] == '~') --at;
    return Announced{at, number_of(digits)};
}

} // namespace

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return upper(c); });
    return out;
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return {};
    return value;
}

bool Value::is_nil() const { return kind == Kind::Atom && same_word(text, "NIL"); }

// ---- bytes into a line and its literals

std::size_t Reader::held_bytes() const { return line_.size() + kept_; }

std::size_t Reader::feed_literal(std::string_view bytes) {
    auto const piece = bytes.substr(0, std::min<std::uint64_t>(due_, bytes.size()));
    due_ -= piece.size();
    auto& literal = literals_.back();
    if (!literal.skipped) literal.bytes.append(piece);
    return piece.size();
}

std::size_t Reader::feed(std::string_view const bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !ready_ && failure_.empty()) {
        auto const rest = bytes.substr(taken);
        if (due_ > 0) {
            taken += feed_literal(rest);
            continue;
        }
        auto const end = rest.find('\n');
        auto const piece = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
        if (line_.size() + piece.size() > limits_.line) {
            failure_ = "a line longer than " + std::to_string(limits_.line) + " bytes";
            break;
        }
        line_.append(piece);
        taken += piece.size();
        if (piece.ends_with('\n')) end_of_line();
    }
    return taken;
}

// A condition's text is for people and may end in anything, "{5}" too.
bool Reader::is_condition() const {
    std::string_view rest = line_;
    auto const tag = take_word(rest);
    return tag == "+" || condition_of(take_word(rest)) != Condition::None;
}

void Reader::end_of_line() {
    line_.pop_back();
    if (line_.ends_with('\r')) line_.pop_back();
    auto const open = announced(line_);
    if (!open || open->at < from_ || (literals_.empty() && is_condition())) {
        ready_ = true;
        return;
    }
    if (!open->size || *open->size > limits_.skipped || literals_.size() >= max_literals) {
        failure_ = "a literal that is too long";
        return;
    }
    begin_literal(open->at, *open->size);
}

void Reader::begin_literal(std::size_t at, std::uint64_t size) {
    bool const skipped = kept_ + size > limits_.literal;
    from_ = line_.size();
    literals_.push_back({.at = at, .skipped = skipped});
    if (skipped)
        literals_.back().bytes = std::to_string(size);
    else
        literals_.back().bytes.reserve(size), kept_ += size; // untouched pages cost nothing until bytes come
    due_ = size;
}

// ---- a line and its literals into values

class Parser {
public:
    explicit Parser(Reader& reader) : line_(reader.line_), literals_(reader.literals_) {}

    // False: unbalanced, too deep, too many.
    bool values(std::size_t from, std::vector<Value>& into) {
        at_ = from;
        return list(into, 0) && at_ >= line_.size();
    }

private:
    // Up to the end or a closing parenthesis, which stays.
    bool list(std::vector<Value>& into, int depth) {
        for (;;) {
            while (at_ < line_.size() && line_[at_] == ' ') ++at_;
            if (at_ >= line_.size() || line_[at_] == ')') return true;
            if (++count_ > max_values) return false;
            Value next;
            if (!value(next, depth)) return false;
            into.push_back(std::move(next));
        }
    }

    bool value(Value& into, int depth) {
        if (next_literal_ < literals_.size() && at_ == literals_[next_literal_].at) return literal(into);
        if (line_[at_] == '"') return quoted(into);
        if (line_[at_] != '(') return atom(into);
        if (depth >= max_parentheses) return false;
        ++at_;
        into.kind = Value::Kind::List;
        if (!list(into.items, depth + 1) || at_ >= line_.size()) return false;
        ++at_;
        return true;
    }

    bool literal(Value& into) {
        auto& held = literals_[next_literal_++];
        into.kind = held.skipped ? Value::Kind::Skipped : Value::Kind::String;
        into.text = std::move(held.bytes);
        at_ = line_.find('}', at_) + 1;
        return true;
    }

    bool quoted(Value& into) {
        into.kind = Value::Kind::String;
        for (++at_; at_ < line_.size() && line_[at_] != '"'; ++at_) {
            if (line_[at_] == '\\' && at_ + 1 < line_.size()) ++at_;
            into.text += line_[at_];
        }
        return at_++ < line_.size();
    }

    // BODY[HEADER.FIELDS (Date)] is one atom.
    bool atom(Value& into) {
        auto const begin = at_;
        while (at_ < line_.size() && line_[at_] != ' ' && line_[at_] != '(' && line_[at_] != ')') {
            if (next_literal_ < literals_.size() && at_ == literals_[next_literal_].at) break;
            auto const section = line_[at_] == '[' ? section_end() : 0;
            at_ = section > 0 ? section : at_ + 1;
        }
        into.text = line_.substr(begin, at_ - begin);
        return true;
    }

    // Behind the next "]"; 0 if there is none before the next literal. What was found is kept: a line of brackets is
    // searched once.
    std::size_t section_end() {
        if (close_ < at_) close_ = line_.find(']', at_);
        bool const crosses = next_literal_ < literals_.size() && close_ > literals_[next_literal_].at;
        return close_ == std::string_view::npos || crosses ? 0 : close_ + 1;
    }

    std::string_view line_;
    std::vector<Reader::Literal>& literals_;
    std::size_t at_ = 0, close_ = 0, next_literal_ = 0, count_ = 0;
};

Response Reader::take() {
    Response out;
    std::string_view rest = line_;
    out.tag = take_word(rest);
    if (out.tag == "+") {
        out.text = rest;
    } else {
        auto word = take_word(rest);
        out.condition = condition_of(word);
        if (out.condition != Condition::None) {
            read_condition(rest, out);
        } else {
            if (auto const number = number_of(word); number && *number <= UINT32_MAX) {
                out.number = static_cast<std::uint32_t>(*number);
                word = take_word(rest);
            }
            if (Parser(*this).values(line_.size() - rest.size(), out.values))
                out.word = upper(word);
            else
                out.values.clear();
        }
    }
    line_.clear();
    literals_.clear();
    kept_ = 0;
    from_ = 0;
    ready_ = false;
    return out;
}

} // namespace godwit::source::imap
