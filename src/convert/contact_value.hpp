#pragma once
// The values of contacts' elements against those of a card's properties.
#include "convert/contact_table.hpp"
#include "eas/leaf.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace godwit::convert {

/// As the element shows it: clean, lines ending with \r\n, of bounded length.
std::string shown_value(vcard::Property const& property, Form form, int part);
/// The property says this from now on; its parameters stay as far as they are still true.
void set_value(vcard::Property& property, Form form, int part, std::string_view text);
bool says_nothing(vcard::Property const& property); // a compound of which nothing is left, too

/// The day of a BDAY or ANNIVERSARY. A day without a year is one of 1604, as Apple writes it; less than a day is none.
std::optional<std::chrono::year_month_day> day_of(std::string_view value);
std::string date_value(std::chrono::year_month_day day);
/// The day that a phone means by a time: midnight somewhere, or noon (clients.md, Birthday).
std::chrono::year_month_day day_meant(eas::Instant at, bool local_midnight);

} // namespace godwit::convert
