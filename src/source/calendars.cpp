#include "source/calendars.hpp"
#include "ical/file.hpp"
#include "ical/object.hpp"
#include "mime/header.hpp"
#include <fstream>

namespace godwit::source {
namespace fs = std::filesystem;
namespace {

index::ItemClass class_of(ical::Kind kind) {
    switch (kind) {
    case ical::Kind::event: return index::ItemClass::Calendar;
    case ical::Kind::task: return index::ItemClass::Tasks;
    case ical::Kind::note: return index::ItemClass::Notes;
    }
    return index::ItemClass::Calendar;
}

} // namespace

bool is_ics(fs::path const& file) {
    auto const extension = file.extension().string();
    return mime::equal_ignoring_case(extension, ".ics") || mime::equal_ignoring_case(extension, ".ical");
}

bool read_calendars(fs::path const& file, std::uint64_t max_bytes, Taker const& taker) {
    auto complain = [&](std::string origin, std::string reason) {
        taker.complaint({std::move(origin), std::move(reason)});
        return true;
    };
    std::error_code error;
    auto const size = fs::file_size(file, error);
    if (error) return complain(file.string(), error.message());
    if (size > max_bytes) return complain(file.string(), "larger than the limit");
    std::string bytes(size, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    if (!in && size > 0) return complain(file.string(), "cannot be read");
    auto read = ical::parse_file(bytes);
    auto at = [&](std::size_t line) {
        return line > 0 ? file.string() + " at line " + std::to_string(line) : file.string();
    };
    if (!read) return complain(at(read.error().line), std::string(read.error().reason));
    for (auto const& broken : read->broken) complain(at(broken.line) + ", " + broken.name, std::string(broken.reason));
    auto split = ical::split(std::move(read->calendars));
    if (split.objects.empty() && split.refused.empty() && read->broken.empty())
        return complain(file.string(), "no calendar in it");
    for (auto const& refused : split.refused)
        complain(file.string() + ", " + refused.name, std::string(refused.reason));
    for (auto& object : split.objects) {
        Found found{.bytes = ical::write(object.calendar),
                    .item_class = class_of(object.kind),
                    .origin = file.string() + ", " + object.uid,
                    .uid = object.uid};
        if (!taker.message(std::move(found))) return false;
    }
    return true;
}

} // namespace godwit::source
