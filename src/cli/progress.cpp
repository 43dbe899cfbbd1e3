#include "cli/progress.hpp"
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace godwit::cli {
namespace {

constexpr std::uint64_t bar_width = 30, step = 10;

}

Progress::Progress(std::string_view verb, std::uint64_t total)
    : Progress(verb, total, ::isatty(STDERR_FILENO) != 0, nullptr) {}
Progress::Progress(std::string_view verb, std::uint64_t total, bool terminal, std::string* sink)
    : verb_(verb), total_(total), terminal_(terminal), sink_(sink) {}

void Progress::put(std::string const& text) {
    if (sink_ != nullptr)
        *sink_ += text;
    else
        std::fputs(text.c_str(), stderr);
}

void Progress::at(std::uint64_t done, std::string_view note) {
    auto const percent = total_ == 0 ? 100 : std::min<std::uint64_t>(100, done * 100 / total_);
    if (terminal_) {
        auto const full = percent * bar_width / 100;
        put(fmt::format("\r{} [{:=<{}}{: <{}}] {:>3} %  {}\x1b[K", verb_, "", full, "", bar_width - full, percent,
                        note));
        drawn_ = true;
    } else if (percent / step > shown_ / step) {
        put(fmt::format("{} {} %  {}\n", verb_, percent, note));
    }
    shown_ = std::max(shown_, percent);
}

void Progress::done(std::string_view note) {
    at(total_, note);
    finish();
}

void Progress::finish() {
    if (drawn_) put("\n");
    drawn_ = false;
}

} // namespace godwit::cli
