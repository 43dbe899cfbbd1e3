// What the load generator measures with: the server's CPU time and memory from /proc, percentiles, the disk's fsync.
#pragma once
#include <chrono>
#include <string>
#include <vector>

namespace godwit::cli {
using std::chrono::microseconds;

// Of all threads of the process, to the nanosecond (/proc/PID/task/*/schedstat). Threads that ended are not counted.
std::chrono::nanoseconds cpu_time(int pid);
// Proportional set size (/proc/PID/smaps_rollup).
double pss_bytes(int pid);

// p from 0 to 1 of the sorted values; 0 for none.
double percentile(std::vector<double> values, double p);

// fdatasync after each of many 4 KB appends to a file in `directory`, for this long.
double fsyncs_per_second(std::string const& directory, std::chrono::milliseconds time);

// One line of JSON on stdout for bench/run, one line for people on stderr.
struct Figure {
    std::string row, what, unit;
    double value = 0, target = 0; // target 0: none, it is told for comparison
    bool at_least = false;        // the target is a floor, not a ceiling
    std::string note = {};
};
void report(Figure const& figure);

} // namespace godwit::cli
