#include "source/maildir.hpp"
#include "source/utf7.hpp"
#include <algorithm>
#include <charconv>
#include <fstream>

namespace godwit::source {
namespace fs = std::filesystem;
namespace {

constexpr int max_depth = 20;

std::vector<fs::path> sorted_entries(fs::path const& directory) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
        entries.push_back(it->path());
    std::ranges::sort(entries);
    return entries;
}

index::Time file_time(fs::path const& file) {
    std::error_code error;
    auto const written = fs::last_write_time(file, error);
    if (error) return {};
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::file_clock::to_sys(written));
}

// The name begins with the second of the delivery.
index::Time time_of(fs::path const& file) {
    auto const name = file.filename().string();
    std::int64_t second = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), second);
    if (error == std::errc() && second > 0 && second < 253402300800 && end != name.data() + name.size() && *end == '.')
        return index::Time(std::chrono::seconds(second));
    return file_time(file);
}

class Reader {
public:
    Reader(std::uint64_t max_bytes, Taker const& taker) : max_bytes_(max_bytes), taker_(taker) {}

    bool directory(fs::path const& at, FolderPath const& folder, int depth) {
        for (auto const* part : {"cur", "new"})
            for (auto const& file : sorted_entries(at / part))
                if (!message(file, folder)) return false;
        if (depth >= max_depth) return true;
        for (auto const& entry : sorted_entries(at))
            if (!below(entry, folder, depth)) return false;
        return true;
    }

private:
    // A Maildir++ folder is `.Name` beside cur; other layouts put one directory into the other. Links could go round in
    // circles.
    bool below(fs::path const& entry, FolderPath folder, int depth) {
        std::error_code error;
        auto const name = entry.filename().string();
        if (name == "cur" || name == "new" || name == "tmp" || !fs::is_directory(fs::symlink_status(entry, error)))
            return true;
        if (name.starts_with('.')) {
            if (!is_maildir(entry)) return true;
            for (auto& part : folder_of_directory(name)) folder.push_back(std::move(part));
        } else {
            folder.push_back(from_utf7(name));
        }
        return directory(entry, folder, depth + 1);
    }

    bool message(fs::path const& file, FolderPath const& folder) {
        auto const name = file.filename().string();
        std::error_code error;
        if (name.starts_with('.') || !fs::is_regular_file(file, error)) return true;
        Found found{.folder = folder, .origin = file.string()};
        auto const size = fs::file_size(file, error);
        if (error || size > max_bytes_) {
            taker_.complaint({file.string(), error ? error.message() : "larger than the limit"});
            return true;
        }
        found.bytes.resize(size);
        std::ifstream in(file, std::ios::binary);
        in.read(found.bytes.data(), static_cast<std::streamsize>(size));
        if (!in && size > 0) {
            taker_.complaint({file.string(), "cannot be read"});
            return true;
        }
        found.received = time_of(file);
        read_flags(name, found);
        return taker_.message(std::move(found));
    }

    std::uint64_t max_bytes_;
    Taker const& taker_;
};

} // namespace

bool is_maildir(fs::path const& directory) {
    std::error_code error;
    return fs::is_directory(directory / "cur", error) || fs::is_directory(directory / "new", error);
}

bool read_maildir(fs::path const& directory, std::uint64_t max_bytes, Taker const& taker) {
    return Reader(max_bytes, taker).directory(directory, {}, 0);
}

void read_flags(std::string_view file_name, Found& found) {
    auto const mark = file_name.rfind(":2,");
    if (mark == std::string_view::npos) return;
    auto const letters = file_name.substr(mark + 3);
    auto has = [&](char letter) { return letters.find(letter) != std::string_view::npos; };
    found.marks.read = has('S');
    found.marks.flag_status = has('F') ? 2 : 0;
    found.marks.last_verb = has('R') ? 1 : has('P') ? 3 : 0;
    if (found.marks.last_verb != 0) found.marks.last_verb_time = found.received.value_or(index::Time{});
    found.trashed = has('T');
    found.draft = has('D');
}

std::string flag_letters(index::Marks const& marks, bool draft) {
    std::string letters;
    if (draft) letters += 'D';
    if (marks.flag_status == 2) letters += 'F';
    if (marks.last_verb == 3) letters += 'P';
    if (marks.last_verb == 1 || marks.last_verb == 2) letters += 'R';
    if (marks.read) letters += 'S';
    return letters;
}

FolderPath folder_of_directory(std::string_view name) {
    FolderPath path;
    while (!name.empty()) {
        auto const dot = std::min(name.find('.'), name.size());
        if (dot > 0) path.push_back(from_utf7(name.substr(0, dot)));
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return path;
}

std::string directory_of_folder(FolderPath const& path) {
    std::string name;
    for (auto const& part : path) name.append(".").append(to_utf7(part, "./"));
    return name;
}

} // namespace godwit::source
