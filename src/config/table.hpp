// The configuration's Table: of every setting its section, name, range, unit and sentence; the default is what Config
// says. parse.cpp reads it to understand a file, text.cpp to write the example file and the manual. A setting that is
// not here does not exist; table_test.cpp holds that the two pages of the repository are what this table says today.
#pragma once
#include "config/config.hpp"
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace godwit::config {

using Slot = std::variant<std::string*, bool*, std::uint16_t*, std::uint32_t*, std::uint64_t*, seconds*>;

enum class Form : std::uint8_t { Text, Address, File, Choice, Flag, Number }; // Address: ADDR:PORT, or empty

struct Setting {
    std::string_view section; // empty: before the first [section]
    std::string_view name;
    Form form = Form::Text;
    std::string_view unit; // of a number; of a Choice the words allowed, separated by '|'
    std::uint64_t min = 0, max = 0;
    std::string_view sentence;
    Slot (*slot)(Config&) = nullptr;
};
struct Section {
    std::string_view name, sentence;
};

std::span<Setting const> settings(); // in the order of the manual: a section's settings stand together
std::span<Section const> sections();
Setting const* find_setting(std::string_view section, std::string_view name);

std::string value_text(Setting const&, Config const&); // as it stands in a file: 60, true, "text"
std::string range_text(Setting const&);                // "60 to 3540 seconds", "none, starttls or tls"; empty: any text

} // namespace godwit::config
