#include "source/mbox.hpp"
#include "mime/header.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <utility>

namespace godwit::source {
namespace {

constexpr std::size_t piece_bytes = 65536; // a longer line comes in pieces

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(std::string_view line) { return line == "\n" || line == "\r\n"; }

// `hh:mm` somewhere, as every From_ line but few sentences have it.
bool has_time(std::string_view line) {
    for (std::size_t i = 1; i + 2 < line.size(); ++i)
        if (line[i] == ':' && is_digit(line[i - 1]) && is_digit(line[i + 1]) && is_digit(line[i + 2])) return true;
    return false;
}

bool looks_like_field(std::string_view line) {
    auto const colon = line.find(':');
    auto const name = line.substr(0, colon);
    return colon != std::string_view::npos && colon > 0 &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127; });
}

// `From sender Thu Jan  1 00:00:00 2024`: only what follows the sender counts; the zone is not said and taken as UTC.
std::optional<index::Time> time_of(std::string const& line) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (auto space = line.find(' '); space != std::string::npos; space = line.find(' ', space + 1)) {
        std::array<char, 4> month{};
        unsigned day = 0, hour = 0, minute = 0, second = 0;
        int year = 0;
        auto const* rest = line.c_str() + space + 1;
        if (std::sscanf(rest, "%*3s %3s %2u %2u:%2u:%2u %4d", month.data(), &day, &hour, &minute, &second, &year) != 6)
            continue;
        auto const place = months.find(month.data());
        std::chrono::year_month_day const date{
            std::chrono::year(year), std::chrono::month(static_cast<unsigned>(place / 3 + 1)), std::chrono::day(day)};
        if (place == std::string_view::npos || !date.ok() || hour > 23 || minute > 59 || second > 60) continue;
        return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
               std::chrono::seconds(second);
    }
    return {};
}

// Status and X-Status of mbox programs, X-Mozilla-Status of Thunderbird (bits of nsMsgMessageFlags).
void read_status(Found& found) {
    mime::HeaderBlock const header(found.bytes);
    auto const status = header.raw("Status").value_or(""), more = header.raw("X-Status").value_or("");
    auto has = [](std::string_view letters, char letter) { return letters.find(letter) != std::string_view::npos; };
    found.marks.read = has(status, 'R');
    found.marks.flag_status = has(more, 'F') ? 2 : 0;
    found.marks.last_verb = has(more, 'A') ? 1 : 0;
    found.trashed = has(more, 'D');
    found.draft = has(more, 'T');
    if (auto mozilla = header.raw("X-Mozilla-Status")) {
        auto const text = mozilla->substr(std::min(mozilla->find_first_not_of(" \t"), mozilla->size()));
        unsigned bits = 0;
        std::from_chars(text.data(), text.data() + text.size(), bits, 16);
        if (bits & 0x0001) found.marks.read = true;
        if (bits & 0x0002)
            found.marks.last_verb = 1;
        else if (bits & 0x1000)
            found.marks.last_verb = 3;
        if (bits & 0x0004) found.marks.flag_status = 2;
        if (bits & 0x0008) found.trashed = true;
    }
    if (found.marks.last_verb != 0) found.marks.last_verb_time = found.received.value_or(index::Time{});
}

// Lines, or pieces of very long ones, with their line ends.
class Lines {
public:
    explicit Lines(std::istream& in) : in_(in) {}
    bool next() {
        starts_ = ended_;
        piece_.clear();
        for (int c; piece_.size() < piece_bytes && (c = in_.rdbuf()->sbumpc()) != std::char_traits<char>::eof();) {
            piece_ += static_cast<char>(c);
            if (c == '\n') break;
        }
        ended_ = piece_.ends_with('\n');
        return !piece_.empty();
    }
    std::string const& piece() const { return piece_; }
    bool starts_a_line() const { return starts_; }

private:
    std::istream& in_;
    std::string piece_;
    bool starts_ = true, ended_ = true;
};

class Splitter {
public:
    Splitter(std::string const& origin, Quoting quoting, std::uint64_t max_bytes, Taker const& taker)
        : origin_(origin), quoting_(quoting), max_bytes_(max_bytes), taker_(taker) {}

    bool read(std::istream& in) {
        Lines lines(in);
        while (lines.next())
            if (!take(lines.piece(), lines.starts_a_line())) return false;
        if (!doubtful_.empty()) keep(std::exchange(doubtful_, {}));
        return finish();
    }

private:
    bool take(std::string const& piece, bool starts) {
        if (!doubtful_.empty()) { // a From_ line without a time: what follows decides
            auto const line = std::exchange(doubtful_, {});
            if (looks_like_field(piece)) {
                if (!separator(line)) return false;
            } else {
                content(line, true);
            }
        }
        if (starts && after_blank_ && piece.starts_with("From ")) {
            if (!in_message_ || has_time(piece)) return separator(piece);
            doubtful_ = piece;
            return true;
        }
        content(piece, starts);
        return true;
    }

    bool separator(std::string const& line) {
        auto const more = finish();
        in_message_ = true;
        received_ = time_of(line);
        after_blank_ = false;
        return more;
    }

    void content(std::string const& piece, bool starts) {
        if (!in_message_) return; // what stands before the first From_ line
        if (starts && is_blank(piece)) {
            if (header_over_) { // perhaps the one that belongs to the next From_ line
                keep(std::exchange(blank_, piece));
            } else {
                header_over_ = true;
                keep(piece);
            }
            after_blank_ = true;
            return;
        }
        keep(std::exchange(blank_, {}));
        if (starts) after_blank_ = false;
        keep(starts && is_quoted(piece) ? std::string_view(piece).substr(1) : std::string_view(piece));
    }

    bool is_quoted(std::string_view line) const {
        if (quoting_ == Quoting::o) return line.starts_with(">From ");
        auto const bare = line.find_first_not_of('>');
        return bare != 0 && bare != std::string_view::npos && line.substr(bare).starts_with("From ");
    }

    void keep(std::string_view text) {
        too_large_ = too_large_ || bytes_.size() + text.size() > max_bytes_;
        if (too_large_)
            bytes_ = {};
        else
            bytes_ += text;
    }

    bool finish() {
        blank_.clear();
        if (!in_message_) return true;
        ++count_;
        auto origin = origin_ + ": message " + std::to_string(count_);
        auto const too_large = std::exchange(too_large_, false);
        Found found{.bytes = std::exchange(bytes_, {}), .received = received_, .origin = std::move(origin)};
        in_message_ = header_over_ = false;
        if (too_large) {
            taker_.complaint({found.origin, "larger than the limit"});
            return true;
        }
        read_status(found);
        return taker_.message(std::move(found));
    }

    std::string const& origin_;
    Quoting quoting_;
    std::uint64_t max_bytes_;
    Taker const& taker_;
    bool in_message_ = false, header_over_ = false, after_blank_ = true, too_large_ = false;
    std::string bytes_, blank_, doubtful_;
    std::optional<index::Time> received_;
    std::uint64_t count_ = 0;
};

} // namespace

bool is_mbox(std::filesystem::path const& file) {
    std::array<char, 5> begin{};
    std::ifstream in(file, std::ios::binary);
    in.read(begin.data(), begin.size());
    return in && std::string_view(begin.data(), begin.size()) == "From ";
}

bool read_mbox(std::istream& in, std::string const& origin, Quoting quoting, std::uint64_t max_bytes,
               Taker const& taker) {
    return Splitter(origin, quoting, max_bytes, taker).read(in);
}

} // namespace godwit::source
