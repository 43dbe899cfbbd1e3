// Issue 4: random elements that a phone says of an event, stored, told again: the same elements. All types of
// recurrence; exceptions embedded up to 14.1, by InstanceId from 16.0 on.
#include "convert/calendar_fixture.hpp"
#include "convert/calendar_parts.hpp"
#include "convert/phone_reading.hpp"

#include <array>
#include <cctype>
#include <utility>

namespace godwit::convert {
namespace {

constexpr std::uint8_t lunar_types[]{6, 8, 14, 15, 20}, sun_types[]{0, 2, 7, 9, 12}; // MS-ASCAL 2.2.2.10

struct Said {
    eas::Calendar event;
    std::vector<eas::Exception> later = {}; // from 16.0 each is said on its own
    std::vector<eas::Exception> meant = {}; // with the times of all
};

class Speaker {
public:
    Speaker(std::mt19937& random, eas::Version version)
        : random_(random), version_(version), new_form_(version >= eas::v16_0) {
        char const* zones[]{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu",
                            "America/Caracas"};
        zone_ = ical::Zone::named(zones[pick(0, 4)]).value();
        all_day_ = pick(0, 3) == 0;
        local_ =
            local_days(2024y / January / 1) + days(pick(0, 700)) + (all_day_ ? minutes(0) : minutes(15 * pick(16, 95)));
        length_ = all_day_ ? minutes(1440 * pick(1, 3)) : minutes(15 * pick(0, 100));
    }

    Said say() {
        Said out;
        auto& said = out.event;
        if (maybe()) said.recurrence = recurrence();
        said.all_day_event = all_day_;
        said.busy_status = static_cast<std::int8_t>(pick(0, new_form_ ? 4 : 3));
        said.sensitivity = static_cast<std::uint8_t>(pick(0, 3));
        said.subject = "Subject, with; marks\\ and \xC3\xA4 " + std::to_string(pick(0, 999));
        if (!(all_day_ && new_form_)) said.time_zone = eas::to_base64(structure_of(zone_, zone_.to_utc(local_)));
        said.start_time = on_wire(local_);
        said.end_time = on_wire(local_ + length_);
        if (maybe()) said.reminder = eas::NumberOrEmpty{static_cast<std::uint32_t>(pick(0, 5000))};
        if (maybe()) said.categories = std::vector<std::string>{"Blue, dark", "B"};
        if (maybe() && !new_form_) said.location = "Room\n2";
        if (maybe() && new_form_)
            said.structured_location =
                eas::Location{.display_name = "Room 2", .city = "Bonn", .latitude = "50.7", .longitude = "7.1"};
        said.body = text(maybe() ? "Line 1\r\nLine 2\r\n" : "");
        if (pick(0, 3) == 0)
            said.body = eas::Body{.type = eas::BodyType::Html, .data = eas::Content{"<p>Line <b>1</b></p>", false}};
        if (pick(0, 2) == 0) said.attendees = guests();
        if (said.attendees && version_ >= eas::v14_0) said.response_requested = maybe();
        if (maybe() && version_ >= eas::v14_0) said.disallow_new_time_proposal = maybe();
        (new_form_ ? said.client_uid : said.uid) = "uid-" + std::to_string(pick(0, 1'000'000));
        if (maybe() && new_form_) {
            auto content = "file " + std::to_string(pick(0, 9));
            said.attachments.emplace().emplace_back(eas::AttachmentAdd{.client_id = "f",
                                                                       .content_type = "text/plain",
                                                                       .content = eas::Opaque{std::move(content)},
                                                                       .display_name = "a, b.txt"});
        }
        if (said.recurrence) out.later = exceptions_of(said);
        out.meant = out.later;
        for (auto& one : out.meant) {
            auto const at = clock_at((one.instance_id ? one.instance_id : one.exception_start_time)->at);
            if (!one.start_time) one.start_time = on_wire(at), one.end_time = on_wire(at + length_);
        }
        if (!new_form_ && !out.later.empty()) said.exceptions = std::exchange(out.later, {});
        return out;
    }

private:
    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    bool maybe() { return pick(0, 1) == 1; }
    static eas::Body text(std::string words) { return {.data = eas::Content{std::move(words), false}}; }
    eas::CompactDateTime on_wire(ical::Local at) {
        auto utc = all_day_ && new_form_ ? ical::Instant(at.time_since_epoch()) : zone_.to_utc(at);
        return {eas::Instant(utc)};
    }
    ical::Local clock_at(eas::Instant at) {
        auto const utc = floor<seconds>(at);
        return all_day_ && new_form_ ? ical::Local(utc.time_since_epoch()) : zone_.to_local(utc);
    }
    std::vector<eas::Attendee> guests() {
        std::vector<eas::Attendee> out{{.email = "bob@x.org", .name = "Bob", .type = 1},
                                       {.email = "room@x.org", .name = "Room: 1, big", .type = 3}};
        if (!new_form_) out[0].status = 3, out[1].status = 5;
        if (maybe()) out.push_back({.email = "eve@x.org", .name = "Eve", .type = 2});
        return out;
    }

    // The first occurrence is one: the phone shows the event on that day.
    eas::Recurrence recurrence() {
        auto out = random_recurrence(random_, local_, version_);
        for (int i = 0; i < 4000 && !occurs(out, floor<days>(local_), floor<days>(local_)); ++i) local_ += days(1);
        if (*out.type == 6) out.month_of_year = static_cast<std::uint8_t>(month_of(local_));
        if (out.until) {
            auto const day = floor<days>(local_) + days(pick(0, 2000));
            out.until = on_wire(day + (local_ - floor<days>(local_)));
            if (maybe()) out.occurrences = static_cast<std::uint16_t>(pick(1, 999)); // then that holds (R53911)
        }
        if (*out.type >= 2 && version_ >= eas::v14_0) {
            bool const lunar = pick(0, 5) == 0 && out.day_of_month && *out.day_of_month <= 29;
            out.calendar_type = lunar ? lunar_types[pick(0, 4)] : sun_types[pick(0, 4)];
            if (lunar && *out.type == 5 && *out.calendar_type != 6 && maybe()) out.is_leap_month = true;
        }
        return out;
    }
    static unsigned month_of(ical::Local at) { return unsigned(year_month_day(floor<days>(at)).month()); }

    std::vector<eas::Exception> exceptions_of(eas::Calendar const& series) {
        auto const& rule = *series.recurrence;
        std::vector<eas::Exception> out;
        if (rule.calendar_type && std::ranges::find(lunar_types, *rule.calendar_type) != std::end(lunar_types))
            return out;
        auto const clock = [&](ical::Local at) {
            return all_day_ && new_form_ ? ical::Instant(at.time_since_epoch()) : zone_.to_utc(at);
        };
        auto const all = phone_reading(rule, local_, local_ + years(3), clock);
        for (std::size_t i = 0; i < all.size() && i < 8; ++i) {
            if (pick(0, 2) != 0) continue;
            if (zone_.to_local(zone_.to_utc(all[i])) != all[i]) continue; // the clock jumps over it
            out.push_back(exception(series, all[i]));
        }
        return out;
    }
    eas::Exception exception(eas::Calendar const& series, ical::Local at) {
        eas::Exception out;
        (new_form_ ? out.instance_id : out.exception_start_time) = on_wire(at);
        if (pick(0, 3) == 0) {
            out.deleted = true;
            return out;
        }
        out.subject = "Other " + std::to_string(pick(0, 999)); // what says nothing would be no exception
        if (maybe()) {
            auto const moved = at + (all_day_ ? minutes(0) : minutes(15 * pick(-8, 8)));
            out.start_time = on_wire(moved);
            out.end_time = on_wire(moved + length_ + (all_day_ ? minutes(1440) : minutes(15 * pick(0, 8))));
        }
        if (maybe()) out.body = text(maybe() ? "Other words\r\n" : "");
        if (maybe() && !new_form_) out.location = maybe() ? "Elsewhere" : "";
        if (maybe() && new_form_) out.structured_location = eas::Location{.display_name = "Elsewhere"};
        if (maybe()) out.categories = maybe() ? std::vector<std::string>{"Red"} : std::vector<std::string>{};
        if (maybe()) out.sensitivity = static_cast<std::uint8_t>(pick(0, 3));
        if (maybe()) out.busy_status = static_cast<std::int8_t>(pick(0, 3));
        if (maybe())
            out.reminder = maybe() ? eas::NumberOrEmpty{static_cast<std::uint32_t>(pick(0, 99))} : eas::NumberOrEmpty{};
        if (series.attendees && version_ >= eas::v14_0 && pick(0, 2) == 0) out.attendees = guests();
        return out;
    }

    std::mt19937& random_;
    eas::Version version_;
    bool new_form_;
    ical::Zone zone_ = ical::Zone::utc();
    bool all_day_ = false;
    ical::Local local_ = {};
    minutes length_ = {};
};

// The one form in which the server tells what can be said in several.
eas::Recurrence as_told(eas::Recurrence said, eas::Version version) {
    if (said.occurrences) said.until.reset();
    if (*said.type == 0 && said.day_of_week) { // by weekdays it is a weekly one (MS-ASCAL_R3892312)
        said.type = 1;
        if (version >= eas::v14_1) said.first_day_of_week = said.first_day_of_week.value_or(1);
    }
    bool const nth_of_all = said.day_of_week == 127 && said.week_of_month && *said.week_of_month < 5;
    if (*said.type >= 3 && nth_of_all) { // of all days the second is the second
        said.type = *said.type == 3 ? 2 : 5;
        said.day_of_month = said.week_of_month;
        said.day_of_week.reset(), said.week_of_month.reset();
    }
    return said;
}

std::vector<std::string> people(std::optional<std::vector<eas::Attendee>> const& list) {
    std::vector<std::string> out;
    for (auto const& one : list.value_or(std::vector<eas::Attendee>()))
        out.push_back(one.email + "/" + one.name + "/" + std::to_string(one.type.value_or(0)));
    return out;
}

std::string words(std::optional<eas::Body> const& body) { return body && body->data ? body->data->bytes : ""; }
// Of what was said in HTML, and is told as text.
std::string letters(std::string const& text) {
    std::string out;
    bool tag = false;
    for (char const c : text) {
        tag |= c == '<';
        if (!tag && !std::isspace(static_cast<unsigned char>(c))) out += c;
        tag &= c != '>';
    }
    return out;
}

// An occurrence as the phone shows it: what its exception does not say is as in the series (MS-ASCAL_R543), its times
// as `meant`.
eas::Calendar resolved(eas::Calendar const& series, eas::Exception const& one, eas::Exception const& meant) {
    auto out = calendar_parts::lifted(one);
    auto inherit = [&](auto member) {
        if (!(out.*member)) out.*member = series.*member;
    };
    inherit(&eas::Calendar::subject), inherit(&eas::Calendar::body), inherit(&eas::Calendar::location);
    inherit(&eas::Calendar::structured_location), inherit(&eas::Calendar::categories);
    inherit(&eas::Calendar::sensitivity), inherit(&eas::Calendar::busy_status), inherit(&eas::Calendar::reminder);
    inherit(&eas::Calendar::attendees), inherit(&eas::Calendar::all_day_event);
    if (!out.start_time) out.start_time = meant.start_time;
    if (!out.end_time) out.end_time = meant.end_time;
    return out;
}

void expect_same(eas::Calendar const& back, eas::Calendar const& said) {
    EXPECT_EQ(back.all_day_event, said.all_day_event);
    EXPECT_EQ(shown(back.start_time), shown(said.start_time));
    EXPECT_EQ(shown(back.end_time), shown(said.end_time));
    EXPECT_EQ(back.subject, said.subject);
    EXPECT_EQ(back.busy_status, said.busy_status);
    EXPECT_EQ(back.sensitivity, said.sensitivity);
    EXPECT_EQ(back.reminder.value_or(eas::NumberOrEmpty()), said.reminder.value_or(eas::NumberOrEmpty()));
    EXPECT_EQ(back.categories.value_or(std::vector<std::string>()),
              said.categories.value_or(std::vector<std::string>()));
    EXPECT_EQ(back.location.value_or(""), said.location.value_or(""));
    EXPECT_EQ(back.structured_location, said.structured_location);
    bool const rich = said.body && said.body->type == eas::BodyType::Html;
    EXPECT_EQ(rich ? letters(words(back.body)) : words(back.body), rich ? letters(words(said.body)) : words(said.body));
    EXPECT_EQ(people(back.attendees), people(said.attendees));
}

void expect_exceptions(eas::Calendar const& back, eas::Calendar const& series,
                       std::vector<eas::Exception> const& said) {
    auto const when = [](eas::Exception const& e) {
        return (e.instance_id ? e.instance_id : e.exception_start_time)->at;
    };
    auto told = back.exceptions.value_or(std::vector<eas::Exception>());
    std::ranges::sort(told, {}, when);
    ASSERT_EQ(told.size(), said.size());
    for (std::size_t i = 0; i < said.size(); ++i) {
        SCOPED_TRACE(ical::raw(floor<seconds>(when(said[i]))));
        ASSERT_EQ(when(told[i]), when(said[i]));
        ASSERT_EQ(told[i].deleted.value_or(false), said[i].deleted.value_or(false));
        if (!said[i].deleted) expect_same(resolved(back, told[i], said[i]), resolved(series, said[i], said[i]));
    }
}

// The series as it was said, then, from 16.0 on, its occurrences one by one.
std::string stored_of(Said const& said, eas::Version version) {
    auto stored = new_event(over_the_wire(said.event, version), owner, rules(version));
    EXPECT_TRUE(stored) << stored.error();
    for (auto const& one : said.later) {
        if (!stored) break;
        auto const at = one.instance_id->at;
        auto const words = over_the_wire(calendar_parts::lifted(one), version);
        stored = one.deleted ? deleted_occurrence(*stored, at, owner, rules(version))
                             : changed_occurrence(*stored, at, words, owner, rules(version));
        EXPECT_TRUE(stored) << stored.error();
    }
    return stored.value_or("");
}

// What only some versions know, or are told in another form.
void expect_all_else(std::string const& stored, eas::Calendar const& said, eas::Version version) {
    auto const back = told(stored, version);
    if (version >= eas::v14_0) {
        EXPECT_EQ(back.response_requested, said.attendees ? said.response_requested : std::nullopt);
        EXPECT_EQ(back.disallow_new_time_proposal, said.disallow_new_time_proposal.value_or(false));
    }
    EXPECT_EQ(client_uid(stored), said.client_uid.value_or(""));
    if (said.body->type == eas::BodyType::Html) {
        BodyOptions rich;
        rich.preferences = {{.type = eas::BodyType::Html}};
        EXPECT_TRUE(words(to_calendar(stored, owner, rich, version).event.body).contains(words(said.body)));
    }
    ASSERT_EQ(back.attachments.has_value(), said.attachments.has_value());
    if (!said.attachments) return;
    auto const& file = std::get<eas::AttachmentAdd>(said.attachments->front());
    auto const brought = uploaded(said);
    ASSERT_EQ(brought.size(), 1U);
    EXPECT_EQ(event_attachment(stored, brought[0].part),
              (EventAttachment{file.display_name, "text/plain", file.content->bytes}));
    EXPECT_EQ(std::get<eas::Attachment>(back.attachments->front()).display_name, file.display_name);
}

TEST(CalendarAsSaid, IsToldTheSame) {
    std::mt19937 random(7);
    std::array<int, 7> types{};
    int exceptions = 0, leaps = 0;
    for (int round = 0; round < 600; ++round) {
        auto const version = eas::spoken_versions[static_cast<std::size_t>(round) % eas::spoken_versions.size()];
        auto const said = Speaker(random, version).say();
        auto const& event = said.event;
        auto const stored = stored_of(said, version);
        auto const back = told(stored, version);
        SCOPED_TRACE(std::string(eas::name(version)) + "\n" + stored);
        expect_same(back, event);
        EXPECT_EQ(back.time_zone.has_value(), event.time_zone.has_value());
        if (event.time_zone && back.time_zone)
            EXPECT_TRUE(
                eas::same_rules(*eas::parse_time_zone(*back.time_zone), *eas::parse_time_zone(*event.time_zone)));
        ASSERT_EQ(back.recurrence.has_value(), event.recurrence.has_value());
        if (event.recurrence) EXPECT_EQ(*back.recurrence, as_told(*event.recurrence, version));
        EXPECT_EQ(back.meeting_status, event.attendees ? 1 : 0);
        EXPECT_EQ(back.uid, event.uid ? *event.uid : "new-uid");
        if (event.attendees) {
            for (std::size_t i = 0; i < event.attendees->size(); ++i) // from 16.0 answers are the server's
                EXPECT_EQ((*back.attendees)[i].status,
                          version < eas::v16_0 ? (*event.attendees)[i].status.value_or(5) : 5);
            EXPECT_EQ(back.organizer_email, "anna@x.org");
        }
        expect_all_else(stored, event, version);
        expect_exceptions(back, event, said.meant);
        EXPECT_EQ(changed(stored, as_said(over_the_wire(back, version), version), version), stored);
        if (HasFailure()) return;
        exceptions += static_cast<int>(said.meant.size());
        if (event.recurrence) ++types[*event.recurrence->type], leaps += event.recurrence->is_leap_month.has_value();
    }
    for (std::size_t type = 0; type < types.size(); ++type)
        EXPECT_TRUE(type == 4 || types[type] > 15) << type; // there is no type 4 (MS-ASCAL_R453)
    EXPECT_GT(exceptions, 200);
    EXPECT_GT(leaps, 0);
}

} // namespace
} // namespace godwit::convert
