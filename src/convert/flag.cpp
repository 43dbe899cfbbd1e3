#include "convert/flag.hpp"

#include <array>
#include <charconv>

namespace godwit::convert {
namespace {

struct TextMember {
    char key;
    std::optional<std::string> eas::EmailFlag::* member;
};
struct TimeMember {
    char key;
    std::optional<eas::DateTime> eas::EmailFlag::* member;
};
constexpr std::array texts{
    TextMember{'T', &eas::EmailFlag::flag_type},
    TextMember{'S', &eas::EmailFlag::subject},
    TextMember{'o', &eas::EmailFlag::sub_ordinal_date},
};
constexpr std::array times{
    TimeMember{'c', &eas::EmailFlag::complete_time}, TimeMember{'C', &eas::EmailFlag::date_completed},
    TimeMember{'b', &eas::EmailFlag::start_date},    TimeMember{'B', &eas::EmailFlag::utc_start_date},
    TimeMember{'d', &eas::EmailFlag::due_date},      TimeMember{'D', &eas::EmailFlag::utc_due_date},
    TimeMember{'r', &eas::EmailFlag::reminder_time}, TimeMember{'O', &eas::EmailFlag::ordinal_date},
};

void put(std::string& out, char key, std::string_view value) { // T11:for follow up
    out += key;
    out += std::to_string(value.size());
    out += ':';
    out += value;
}

} // namespace

std::string write_flag(eas::EmailFlag const& flag) {
    std::string out;
    for (auto const& [key, member] : texts) {
        if (flag.*member) put(out, key, *(flag.*member));
    }
    for (auto const& [key, member] : times) {
        if (!(flag.*member)) continue;
        std::string text;
        eas::append_time(text, (flag.*member)->at);
        put(out, key, text);
    }
    if (flag.reminder_set) put(out, 'R', *flag.reminder_set ? "1" : "0");
    return out;
}

eas::EmailFlag read_flag(std::string_view stored) {
    eas::EmailFlag flag;
    while (!stored.empty()) {
        char key = stored.front();
        std::size_t length = 0;
        auto [end, error] = std::from_chars(stored.data() + 1, stored.data() + stored.size(), length);
        if (error != std::errc{} || end == stored.data() + stored.size() || *end != ':') break;
        stored.remove_prefix(static_cast<std::size_t>(end - stored.data()) + 1);
        if (length > stored.size()) break;
        auto value = stored.substr(0, length);
        stored.remove_prefix(length);
        for (auto const& [k, member] : texts) {
            if (k == key) flag.*member = std::string(value);
        }
        for (auto const& [k, member] : times) {
            if (k != key) continue;
            if (auto at = eas::parse_time(value)) flag.*member = eas::DateTime{*at};
        }
        if (key == 'R') flag.reminder_set = value == "1";
    }
    return flag;
}

std::string_view broken_rule(eas::EmailFlag const& flag) {
    int dates = flag.start_date.has_value() + flag.due_date.has_value() + flag.utc_start_date.has_value() +
                flag.utc_due_date.has_value();
    if (dates != 0 && dates != 4)
        return "a flag has all of StartDate, DueDate, UtcStartDate, UtcDueDate or none (MS-ASEMAIL_R408)";
    if (dates == 4 && flag.due_date->at < flag.start_date->at) return "DueDate is before StartDate (MS-ASEMAIL_R406)";
    if (dates == 4 && flag.utc_due_date->at < flag.utc_start_date->at)
        return "UtcDueDate is before UtcStartDate (MS-ASEMAIL_R850)";
    if (flag.date_completed && !flag.complete_time) return "DateCompleted without CompleteTime (MS-ASEMAIL_R359)";
    if (flag.status == eas::FlagStatus::Complete && !(flag.complete_time && flag.date_completed))
        return "a flag is completed without CompleteTime and DateCompleted (MS-ASEMAIL_R92)";
    if (flag.reminder_set.value_or(false) && !flag.reminder_time)
        return "ReminderSet without ReminderTime (MS-ASEMAIL_R702)";
    return {};
}

} // namespace godwit::convert
