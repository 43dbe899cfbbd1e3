// The sheets of the specification (../shared/spec), for the tests that hold our tables against them.
#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace godwit::eas {

inline std::filesystem::path spec_sheet(std::string const& name) {
    return std::filesystem::path(GODWIT_SHARED) / "spec" / name;
}

inline std::vector<std::string> split(std::string const& line, char separator) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, separator);) out.push_back(cell);
    return out;
}

/// Calls f with each row's cells, 24 of them; not with the heading.
template <class F> void each_row(std::filesystem::path const& sheet, F f) {
    constexpr std::size_t most_cells = 24;
    std::ifstream in(sheet);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        auto row = split(line, '\t');
        row.resize(most_cells);
        f(row);
    }
}

} // namespace godwit::eas
