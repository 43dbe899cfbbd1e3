#include "cli/bench_measure.hpp"
#include "cli/outcome.hpp"
#include "net/time.hpp"
#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace godwit::cli {

std::chrono::nanoseconds cpu_time(int pid) {
    std::uint64_t total = 0;
    std::error_code error;
    for (auto const& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
        std::ifstream file(task.path() / "schedstat");
        std::uint64_t on_cpu = 0;
        file >> on_cpu;
        total += on_cpu;
    }
    if (error || total == 0) throw Stop{Exit::NotFound, fmt::format("no process {} to measure", pid)};
    return std::chrono::nanoseconds(total);
}

double pss_bytes(int pid) {
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("Pss:")) return std::strtod(line.c_str() + 4, nullptr) * 1024;
    throw Stop{Exit::NotFound, fmt::format("the memory of process {} cannot be read", pid)};
}

double percentile(std::vector<double> values, double p) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1) + 0.5);
    return values[at];
}

double fsyncs_per_second(std::string const& directory, std::chrono::milliseconds time) {
    auto path = directory + "/bench-fsync";
    int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) throw Stop{Exit::Failure, path + " cannot be written"};
    std::string const block(4096, 'x');
    auto begun = net::Clock::now();
    std::size_t count = 0;
    while (net::Clock::now() - begun < time) {
        if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) || ::fdatasync(file) != 0)
            break;
        ++count;
    }
    auto seconds = std::chrono::duration<double>(net::Clock::now() - begun).count();
    ::close(file);
    ::unlink(path.c_str());
    return static_cast<double>(count) / seconds;
}

void report(Figure const& f) {
    boost::json::object line{{"row", f.row},       {"what", f.what},         {"unit", f.unit}, {"value", f.value},
                             {"target", f.target}, {"at_least", f.at_least}, {"note", f.note}};
    fmt::print("{}\n", boost::json::serialize(line));
    std::fflush(stdout);
    auto target = f.target > 0 ? fmt::format(" (target {} {:g})", f.at_least ? ">=" : "<=", f.target) : "";
    fmt::print(stderr, "  {}: {:.4g} {}{}{}{}\n", f.what, f.value, f.unit, target, f.note.empty() ? "" : ", ", f.note);
}

} // namespace godwit::cli
