#include "mime/text_writer.hpp"

#include <algorithm>

namespace godwit::mime {
namespace {

constexpr unsigned most_spaces = 32, most_quotes = 10, most_lines = 3;
constexpr std::string_view ruler_text = "----------";

} // namespace

void TextWriter::put(char c) {
    flush();
    out_ += c;
}

void TextWriter::append(std::string_view more) { out_ += more; }

void TextWriter::blank() {
    if (after_blank_ || (!open_ && spaces_ == 0) || out_.size() == mark_end_) return;
    spaces_ = std::min(spaces_ + 1, most_spaces);
    after_blank_ = true;
}

void TextWriter::hard_space() {
    spaces_ = std::min(spaces_ + 1, most_spaces);
    hard_ = true;
    after_blank_ = false;
}

void TextWriter::end_line() {
    leave_line();
    lines_ = std::min(lines_ + 1, most_lines);
}

void TextWriter::end_block(bool paragraph) {
    if (out_.size() == mark_end_ && open_) return; // the first paragraph of a list item stays beside its mark
    bool empty_line = !open_ && hard_;             // as people and programs make one: <p>&nbsp;</p>
    if (open_ || empty_line) lines_ = std::min(lines_ + 1, most_lines);
    leave_line();
    if (paragraph) lines_ = std::max(lines_, 2U);
}

void TextWriter::end_cell() {
    cell_ = open_;
    spaces_ = 0;
    hard_ = after_blank_ = false;
}

void TextWriter::ruler() {
    end_block(false);
    if (out_.empty() || out_.size() == ruler_end_) return;
    flush();
    out_ += ruler_text;
    ruler_end_ = out_.size();
    end_block(false);
}

void TextWriter::mark(std::string_view text, bool apart) {
    if (!apart) tighten();
    flush();
    out_ += text;
    mark_end_ = out_.size();
}

void TextWriter::tighten() { lines_ = std::min(lines_, 1U); }

void TextWriter::quote(bool deeper) { quotes_ = deeper ? quotes_ + 1 : quotes_ - (quotes_ > 0 ? 1 : 0); }

std::string TextWriter::finish() {
    leave_line();
    while (out_.ends_with(' ') || out_.ends_with('\t')) out_.pop_back();
    if (signature_) out_ += ' ';
    if (!out_.empty()) out_ += "\r\n";
    return std::move(out_);
}

void TextWriter::flush() {
    if (lines_ > 0 && !out_.empty())
        new_lines(lines_);
    else if (!open_)
        margin();
    else if (cell_)
        out_ += '\t';
    out_.append(spaces_, ' ');
    lines_ = spaces_ = 0;
    hard_ = after_blank_ = cell_ = false;
    open_ = true;
}

void TextWriter::leave_line() {
    if (open_) signature_ = spaces_ > 0 && std::string_view(out_).substr(line_begin_) == "--";
    open_ = hard_ = after_blank_ = cell_ = false;
    spaces_ = 0;
}

void TextWriter::new_lines(unsigned count) {
    while (out_.ends_with(' ') || out_.ends_with('\t')) out_.pop_back();
    if (signature_) out_ += ' ';
    signature_ = false;
    auto between = std::min({quotes_, line_quotes_, most_quotes}); // an empty line belongs to both its neighbours
    for (unsigned i = 0; i < count; ++i) {
        out_ += "\r\n";
        for (unsigned q = 0; i + 1 < count && q < between; ++q) out_ += q > 0 ? " >" : ">";
    }
    margin();
}

void TextWriter::margin() {
    for (unsigned i = 0; i < std::min(quotes_, most_quotes); ++i) out_ += "> ";
    line_begin_ = out_.size();
    line_quotes_ = quotes_;
}

} // namespace godwit::mime
