#pragma once
// Plain text as it is put together from HTML: words and what lies between them. Blanks and breaks are remembered and
// written before the next word, so that there are none too many.
#include <cstddef>
#include <string>
#include <string_view>

namespace godwit::mime {

class TextWriter {
public:
    explicit TextWriter(std::size_t enough) : enough_(enough) {}

    bool full() const { return out_.size() > enough_; }
    std::size_t size() const { return out_.size(); }
    std::string_view since(std::size_t at) const { return std::string_view(out_).substr(at); }

    void put(char c);                   // of a word
    void append(std::string_view more); // behind the last word, whatever lies between
    void blank();                       // of which many are one, and none at the edges of a line
    void hard_space();                  // a space that stays, but for those at the end of a line
    void end_line();                    // <br>: a second one leaves an empty line
    void end_block(bool paragraph); // the line ends if something is on it; a paragraph keeps an empty line around it
    void end_cell();                // what follows on the same line stands behind a tab
    void ruler();
    void mark(std::string_view text, bool apart); // of a list item; `apart`: an empty line before it may stay
    void tighten();                               // no empty line here
    void quote(bool deeper);
    std::string finish();

private:
    void flush();
    void leave_line();
    void new_lines(unsigned count);
    void margin();

    std::string out_;
    std::size_t enough_;
    std::size_t line_begin_ = 0, mark_end_ = 0, ruler_end_ = 0;
    unsigned lines_ = 0;  // ends of lines to be written
    unsigned spaces_ = 0; // to be written if the line goes on
    unsigned quotes_ = 0, line_quotes_ = 0;
    bool open_ = false;        // something is on the line
    bool hard_ = false;        // some of the spaces are hard
    bool after_blank_ = false; // the last of the spaces is a blank
    bool cell_ = false;
    bool signature_ = false; // the line is "-- ", whose space stays (RFC 3676 4.3)
};

} // namespace godwit::mime
