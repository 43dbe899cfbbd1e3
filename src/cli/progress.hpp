// How far a long work is, on stderr: one line that redraws itself on a terminal, else a line for every ten percent.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace godwit::cli {

class Progress {
public:
    Progress(std::string_view verb, std::uint64_t total);
    Progress(std::string_view verb, std::uint64_t total, bool terminal, std::string* sink); // tests
    void at(std::uint64_t done, std::string_view note);
    void done(std::string_view note); // all of it, however little of that was counted on the way; then finish()
    void finish();                    // leaves the line, so that what follows stands below it

private:
    void put(std::string const& text);
    std::string verb_;
    std::uint64_t total_;
    bool terminal_;
    std::string* sink_;
    std::uint64_t shown_ = 0; // percent
    bool drawn_ = false;
};

} // namespace godwit::cli
