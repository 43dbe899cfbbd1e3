#include "eas/time_zone.hpp"

#include "wbxml/base64.hpp"
#include "wbxml/utf8.hpp"

namespace godwit::eas {
namespace {

constexpr std::size_t size = 172, name_at = 4, date_at = 68, bias_at = 84, daylight = 84;
constexpr std::int32_t day_minutes = 24 * 60;

std::uint16_t word(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) | static_cast<unsigned char>(bytes[at + 1])
                                                                                  << 8);
}
std::int32_t number(std::string_view bytes, std::size_t at) {
    return static_cast<std::int32_t>(word(bytes, at) | static_cast<std::uint32_t>(word(bytes, at + 2)) << 16);
}
void put_word(std::string& out, std::size_t at, std::uint16_t value) {
    out[at] = static_cast<char>(value & 0xFF);
    out[at + 1] = static_cast<char>(value >> 8);
}
void put_number(std::string& out, std::size_t at, std::int32_t value) {
    put_word(out, at, static_cast<std::uint16_t>(static_cast<std::uint32_t>(value) & 0xFFFF));
    put_word(out, at + 2, static_cast<std::uint16_t>(static_cast<std::uint32_t>(value) >> 16));
}

std::string name(std::string_view bytes, std::size_t at) {
    std::string out;
    char buffer[4];
    for (std::size_t i = 0; i < 32; ++i) {
        std::uint32_t unit = word(bytes, at + 2 * i);
        if (unit == 0) break;
        if (unit >= 0xD800 && unit < 0xDC00 && i + 1 < 32) {
            std::uint32_t low = word(bytes, at + 2 * i + 2);
            if (low >= 0xDC00 && low < 0xE000) unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), ++i;
        }
        if (unit >= 0x20) out += wbxml::to_utf8(unit, buffer);
    }
    return out;
}

TransitionDate date(std::string_view bytes, std::size_t at) {
    return {word(bytes, at),     word(bytes, at + 2),  word(bytes, at + 4),  word(bytes, at + 6),
            word(bytes, at + 8), word(bytes, at + 10), word(bytes, at + 12), word(bytes, at + 14)};
}
void put_date(std::string& out, std::size_t at, TransitionDate const& date) {
    for (auto value :
         {date.year, date.month, date.day_of_week, date.day, date.hour, date.minute, date.second, date.milliseconds}) {
        put_word(out, at, value);
        at += 2;
    }
}

bool is_date(TransitionDate const& d) {
    if (d.month == 0) return true;
    bool clock = d.hour < 24 && d.minute < 60 && d.second < 60 && d.milliseconds < 1000;
    bool day = d.day >= 1 && d.day <= (d.year == 0 ? 5 : 31) && d.day_of_week < 7;
    return d.month <= 12 && clock && day && (d.year == 0 || (d.year >= 1601 && d.year <= 9999));
}

bool is_bias(std::int32_t minutes) { return minutes > -day_minutes && minutes < day_minutes; }

} // namespace

std::optional<TimeZone> parse_time_zone(std::string_view base64) {
    if (base64.size() > 1024) return std::nullopt;
    auto bytes = wbxml::from_base64(base64);
    if (!bytes || bytes->size() != size) return std::nullopt;
    TimeZone out{.bias = number(*bytes, 0),
                 .standard_date = date(*bytes, date_at),
                 .standard_bias = number(*bytes, bias_at),
                 .daylight_date = date(*bytes, date_at + daylight),
                 .daylight_bias = number(*bytes, bias_at + daylight),
                 .standard_name = name(*bytes, name_at),
                 .daylight_name = name(*bytes, name_at + daylight)};
    if (!is_bias(out.bias) || !is_bias(out.standard_bias) || !is_bias(out.daylight_bias)) return std::nullopt;
    if (!is_bias(out.bias + out.standard_bias) || !is_bias(out.bias + out.daylight_bias)) return std::nullopt;
    if (!is_date(out.standard_date) || !is_date(out.daylight_date)) return std::nullopt;
    return out;
}

std::string to_base64(TimeZone const& zone) {
    std::string out(size, '\0');
    put_number(out, 0, zone.bias);
    put_date(out, date_at, zone.standard_date);
    put_number(out, bias_at, zone.standard_bias);
    put_date(out, date_at + daylight, zone.daylight_date);
    put_number(out, bias_at + daylight, zone.daylight_bias);
    return wbxml::to_base64(out);
}

bool same_rules(TimeZone const& a, TimeZone const& b) {
    if (a.has_daylight_time() != b.has_daylight_time()) return false;
    if (a.bias + a.standard_bias != b.bias + b.standard_bias) return false;
    if (!a.has_daylight_time()) return true;
    return a.bias + a.daylight_bias == b.bias + b.daylight_bias && a.standard_date == b.standard_date &&
           a.daylight_date == b.daylight_date;
}

} // namespace godwit::eas
