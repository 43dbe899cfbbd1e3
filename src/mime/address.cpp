#include "mime/address.hpp"
#include "mime/ascii.hpp"
#include "mime/encode.hpp"
#include "mime/recipient.hpp"

#include "mime/charset.hpp"
#include "mime/header.hpp"

#include <algorithm>

namespace godwit::mime {
namespace {

constexpr std::size_t max_value = 1 << 20;

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }

// Where the quoted string that begins the address ends, behind its quote; 0 if there is none.
std::size_t quoted_end(std::string_view address) {
    if (!address.starts_with('"')) return 0;
    for (std::size_t i = 1; i < address.size(); ++i) {
        if (address[i] == '"') return i + 1;
        if (address[i] == '\\') ++i;
    }
    return 0;
}

// Without what ends an address or a line.
std::string printable(std::string_view address) {
    std::string out(address);
    std::erase_if(out, [](char c) { return is_control(c) || c == '<' || c == '>'; });
    out.erase(0, std::min(out.find_first_not_of(' '), out.size()));
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

// Blanks belong to a quoted local part only.
std::string without_space(std::string_view address) {
    auto out = printable(address);
    auto const bare = out.begin() + static_cast<std::ptrdiff_t>(quoted_end(out));
    out.erase(std::remove(bare, out.end(), ' '), out.end());
    return out;
}

// One pass over the value; each separator ends an entry.
class AddressReader {
public:
    AddressReader(std::string_view raw, std::string_view fallback, bool strict = false)
        : text_(unfold(raw.substr(0, max_value))), fallback_(fallback), strict_(strict) {
        last_sign_ = text_.find_last_of(";@");
    }

    std::vector<Address> read() {
        while (at_ < text_.size() && list_.size() < max_addresses) {
            char c = text_[at_];
            if (c == '"')
                quoted();
            else if (c == '(')
                comment();
            else if (c == '<')
                angle();
            else if (c == ',' || c == ';')
                flush(c == ',');
            else if (c == ':' && begins_group())
                raw_.clear(), shown_.clear();
            else
                raw_ += c, shown_ += c;
            ++at_;
        }
        flush(false);
        return std::move(list_);
    }

private:
    // "Friends: a@b, c@d;" but not the colons of mailto:a@b or [IPv6:::1].
    bool begins_group() const {
        if (has_angle_ || raw_.size() > 1000 || last_sign_ == std::string::npos || at_ > last_sign_) return false;
        return !raw_.contains('@') && !raw_.contains('[') && !equal_ignoring_case(raw_, "mailto");
    }

    void quoted() { // at the opening quote; ends at the closing one
        auto begin = at_;
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            shown_ += text_[at_];
        }
        raw_.append(text_, begin, at_ - begin + 1);
        quoted_ = true;
    }

    void comment() {
        int depth = 0;
        for (; at_ < text_.size(); ++at_) {
            char c = text_[at_];
            if (c == '\\' && at_ + 1 < text_.size()) {
                comment_ += text_[++at_];
            } else if (c == '(') {
                if (depth++ > 0) comment_ += c;
            } else if (c == ')') {
                if (--depth == 0) return;
                comment_ += c;
            } else {
                comment_ += c;
            }
        }
    }

    void angle() {
        auto end = text_.find('>', at_);
        if (end == std::string::npos) end = std::min(text_.find_first_of(",;", at_), text_.size());
        angle_ = text_.substr(at_ + 1, end - at_ - 1);
        if (angle_.starts_with('@')) angle_.erase(0, angle_.rfind(':') + 1); // a source route, obsolete since RFC 2822
        has_angle_ = true;
        at_ = end < text_.size() && text_[end] == '>' ? end : end - 1;
    }

    void flush(bool comma) {
        Address entry;
        if (has_angle_) {
            entry.address = angle_;
            entry.name = decode_text(shown_, fallback_);
            if (entry.name.empty()) entry.name = decode_text(comment_, fallback_);
        } else if (auto sign = raw_.find('@'); sign != std::string::npos) {
            bare_address(sign, entry);
        } else {
            entry.name = decode_text(shown_, fallback_);
        }
        entry.address = to_utf8(strict_ ? printable(entry.address) : without_space(entry.address), fallback_);
        // Doe, John <john@doe.org>: a comma that should have been quoted.
        bool name_only = entry.address.empty();
        if (half_name_ && !name_only && !entry.name.empty() && !quoted_) {
            list_.back().name += ", " + entry.name;
            list_.back().address = std::move(entry.address);
        } else if (!entry.name.empty() || !entry.address.empty()) {
            list_.push_back(std::move(entry));
        }
        half_name_ = name_only && comma && !quoted_ && !shown_.empty() && !list_.empty();
        raw_.clear(), shown_.clear(), comment_.clear(), angle_.clear();
        has_angle_ = quoted_ = false;
    }

    // John Doe john@doe.org (John): the word with the sign is the address.
    void bare_address(std::size_t sign, Address& entry) {
        auto begin = sign, end = sign;
        while (begin > 0 && !is_space(raw_[begin - 1])) --begin;
        while (end < raw_.size() && !is_space(raw_[end])) ++end;
        if (auto quote = raw_.find('"'); quote < begin && sign > 0 && raw_[sign - 1] == '"') begin = quote;
        if (begin == sign || end == sign + 1 || strict_) { // a @ b
            begin = raw_.find_first_not_of(' ');
            end = raw_.size();
        }
        entry.address = raw_.substr(begin, end - begin);
        if (entry.address.starts_with("mailto:")) entry.address.erase(0, 7);
        entry.name = decode_text(comment_, fallback_);
        if (entry.name.empty()) entry.name = decode_text(raw_.substr(0, begin) + raw_.substr(end), fallback_);
    }

    std::string text_;
    std::string_view fallback_;
    bool strict_ = false;
    std::size_t at_ = 0, last_sign_ = 0;
    std::string raw_, shown_, comment_, angle_; // of the entry that is being read
    bool has_angle_ = false, quoted_ = false, half_name_ = false;
    std::vector<Address> list_;
};

std::string quoted_name(std::string_view name) {
    std::string out = "\"";
    for (char c : name) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

template <class Print>
std::string join(std::vector<Address> const& list, std::string_view separator, std::size_t max_bytes, Print print) {
    std::string out;
    for (auto const& entry : list) {
        std::string text = print(entry);
        if (text.empty()) continue;
        if (out.size() + separator.size() + text.size() > max_bytes) break;
        if (!out.empty()) out += separator;
        out += text;
    }
    return out;
}

} // namespace

std::vector<Address> parse_addresses(std::string_view raw_value, std::string_view fallback_charset) {
    return AddressReader(raw_value, fallback_charset).read();
}

std::vector<Address> parse_recipients(std::string_view raw_value) { return AddressReader(raw_value, {}, true).read(); }

bool is_recipient(std::string_view address) {
    constexpr std::size_t longest = 320; // RFC 5321 4.5.3.1: 64 and 255, and the sign
    auto const local = quoted_end(address);
    auto const at = address.find('@', local);
    bool const whole = at != std::string_view::npos && at > 0 && at + 1 < address.size() && (local == 0 || at == local);
    if (!whole || address.size() > longest || std::ranges::any_of(address, is_control)) return false;
    if (address.substr(0, local).find_first_of("<>") != std::string_view::npos) return false;
    return address.substr(local).find_first_of(" <>,;\"") == std::string_view::npos &&
           address.find('@', at + 1) == std::string_view::npos;
}

std::string format(Address const& address) {
    if (address.name.empty()) return address.address;
    if (address.address.empty()) return quoted_name(address.name);
    return quoted_name(address.name) + " <" + address.address + ">";
}

std::string format(std::vector<Address> const& list, std::string_view separator, std::size_t max_bytes) {
    return join(list, separator, max_bytes, [](Address const& a) { return format(a); });
}

std::string display_names(std::vector<Address> const& list, std::size_t max_bytes) {
    return join(list, "; ", max_bytes, [](Address const& a) { return a.name.empty() ? a.address : a.name; });
}

std::string encode_mailbox(Address const& address) {
    auto name = on_one_line(address.name);
    auto bare = printable(address.address);
    if (name.empty()) return bare;
    bool ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) return quoted_name(name) + " <" + bare + ">";
    return encoded_words(name, 45) + " <" + bare + ">"; // a word is at most 75 bytes (RFC 2047 2)
}

} // namespace godwit::mime
