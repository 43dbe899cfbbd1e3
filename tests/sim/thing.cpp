#include "thing.hpp"
#include "eas/time_zone.hpp"
#include "ical/value.hpp"
#include <algorithm>

namespace godwit::sim {
namespace {

using namespace std::chrono;
using eas::Calendar, eas::Contact, eas::Exception, eas::Note, eas::Task;

constexpr eas::Instant some_day = sys_days(year(2024) / 10 / 1);

std::string word(char const* what, std::uint32_t number) { return what + (" " + std::to_string(number)); }
eas::Body body_of(std::string text) { return {.data = eas::Content{std::move(text), false}}; }
eas::CompactDateTime wire(eas::Instant at) { return {at}; }
seconds time_of_day(std::uint32_t number) { return minutes(number % 1380); }

// ---- what a user wants

void apply_to_times(std::optional<eas::CompactDateTime>& start, std::optional<eas::CompactDateTime>& end,
                    eas::Instant day, Wish const& wish) {
    start = wire(floor<days>(day) + time_of_day(wish.number));
    end = wire(start->at + minutes(30));
}

template <class Event> void apply_words(Event& event, Wish const& wish) {
    auto const n = wish.number;
    if (wish.aspects & Title) event.subject = word("title", n);
    if (wish.aspects & Body) event.body = body_of(word("text", n));
    if (wish.aspects & Labels) event.categories = {{word("label", n)}};
    if constexpr (requires { event.location; }) {
        if (wish.aspects & Place) {
            event.location = word("place", n);
            event.structured_location = eas::Location{.display_name = word("place", n)};
        }
        if (wish.aspects & Extra) event.reminder = eas::NumberOrEmpty{n};
    }
}

eas::Instant of(Exception const& exception) {
    return (exception.exception_start_time ? exception.exception_start_time : exception.instance_id)->at;
}

Exception& exception_of(Calendar& event, eas::Instant occurrence) {
    if (!event.exceptions) event.exceptions.emplace();
    auto found = std::ranges::find(*event.exceptions, occurrence, of);
    if (found != event.exceptions->end()) return *found;
    return event.exceptions->emplace_back(
        Exception{.exception_start_time = wire(occurrence), .instance_id = wire(occurrence)});
}

struct Apply {
    Wish const& wish;

    void operator()(Calendar& event) const {
        bool const all_day = event.all_day_event.value_or(false);
        if (!wish.occurrence) {
            apply_words(event, wish);
            if ((wish.aspects & When) && !all_day)
                apply_to_times(event.start_time, event.end_time, event.start_time->at, wish);
            return;
        }
        auto& one = exception_of(event, *wish.occurrence);
        if (wish.remove || one.deleted.value_or(false))
            one = {.exception_start_time = wire(*wish.occurrence), .instance_id = wire(*wish.occurrence)};
        one.deleted = wish.remove ? std::optional(true) : std::nullopt;
        if (wish.remove) return;
        apply_words(one, wish);
        if ((wish.aspects & When) && !all_day) apply_to_times(one.start_time, one.end_time, *wish.occurrence, wish);
    }
    void operator()(Contact& contact) const {
        auto const n = wish.number;
        if (wish.aspects & Title) contact.job_title = word("title", n);
        if (wish.aspects & Body) contact.body = body_of(word("text", n));
        if (wish.aspects & Labels) contact.categories = {{word("label", n)}};
        if (wish.aspects & Place) contact.mobile_phone_number = word("+49", n);
        if (wish.aspects & When) contact.birthday = eas::DateTimeOrEmpty{some_day - days(n % 20'000)};
        if (wish.aspects & Extra) contact.nick_name = n % 3 == 0 ? "" : word("nick", n);
    }
    void operator()(Task& task) const {
        auto const n = wish.number;
        apply_words(task, wish);
        if (wish.aspects & Place) task.importance = n % 3;
        if (wish.aspects & When) task.due_date = task.utc_due_date = eas::DateTime{some_day + days(n % 300)};
        if (!(wish.aspects & Extra)) return;
        task.complete = n % 2 == 1;
        task.date_completed = n % 2 == 1 ? std::optional(eas::DateTime{some_day}) : std::nullopt;
    }
    void operator()(Note& note) const { apply_words(note, wish); }
};

// ---- what a phone sends

Calendar whole_of(Calendar event, std::uint8_t known, eas::Version version) {
    event.dt_stamp.reset(), event.response_type.reset(), event.appointment_reply_time.reset();
    event.native_body_type.reset();
    if (event.exceptions)
        for (auto& one : *event.exceptions) one.response_type.reset(), one.appointment_reply_time.reset();
    if (version >= eas::v16_0) event.exceptions.reset(), event.uid.reset();
    if (!(known & Body)) event.body.reset();
    if (!(known & Labels)) event.categories.reset();
    return event;
}

Contact whole_of(Contact contact, std::uint8_t known, eas::Version version) {
    bool const silent = known != All || version >= eas::v16_0; // who says nothing takes it away
    if (silent && contact.nick_name == "") contact.nick_name.reset();
    if (known == All) return contact;
    return {.file_as = contact.file_as,
            .first_name = contact.first_name,
            .last_name = contact.last_name,
            .nick_name = contact.nick_name,
            .job_title = contact.job_title,
            .birthday = contact.birthday};
}

Task whole_of(Task task, std::uint8_t known, eas::Version) {
    if (!(known & Body)) task.body.reset();
    if (!(known & Labels)) task.categories.reset();
    return task;
}

Note whole_of(Note note, std::uint8_t, eas::Version) { return note; }

Thing changed_only(Calendar const& after, Wish const& wish) {
    Calendar said;
    if (!wish.occurrence && (wish.aspects & When)) { // up to 14.1 who says its times says its rule
        said.start_time = after.start_time, said.end_time = after.end_time;
        said.all_day_event = after.all_day_event, said.recurrence = after.recurrence;
    }
    if (!wish.occurrence) {
        apply_words(said, wish);
        return said;
    }
    apply_words(said, wish);
    if ((wish.aspects & When) && !after.all_day_event.value_or(false))
        apply_to_times(said.start_time, said.end_time, *wish.occurrence, wish);
    return said;
}
template <class Other> Thing changed_only(Other const&, Wish const& wish) {
    Other said;
    Apply{wish}(said);
    return said;
}

// ---- facts

bool counts(std::string_view name) {
    static constexpr std::string_view others[]{"DtStamp", "UID",           "ClientUid",        "LastModifiedDate",
                                               "Preview", "DateCompleted", "EstimatedDataSize"};
    return std::ranges::find(others, name) == std::end(others);
}

void read(wbxml::Reader& reader, std::string const& path, Facts& out) {
    std::map<std::string_view, int> seen;
    std::string text;
    for (auto event = reader.next(); event.kind != wbxml::Event::End && event.kind != wbxml::Event::Close;
         event = reader.next()) {
        if (event.kind == wbxml::Event::Text || event.kind == wbxml::Event::Opaque) text += event.text;
        if (event.kind != wbxml::Event::Open) continue;
        auto const name = event.tag.name;
        auto const which = seen[name]++;
        if (counts(name))
            read(reader, path + "/" + std::string(name) + (which ? "#" + std::to_string(which) : ""), out);
        else
            reader.skip();
    }
    text.erase(text.find_last_not_of("\r\n ") + 1);
    if (!text.empty()) out[path] = text;
}

template <class T> void read_facts(T const& said, eas::Version version, std::string const& path, Facts& out) {
    auto const fragment = eas::encode_fragment(said, version);
    wbxml::Reader reader(fragment);
    read(reader, path, out);
}

// As the user sees it: what the exception does not say is as in the series.
Calendar resolved(Calendar const& series, Exception const& one) {
    auto either = [](auto const& own, auto const& inherited) { return own ? own : inherited; };
    auto const length = series.end_time->at - series.start_time->at;
    Calendar out{.all_day_event = either(one.all_day_event, series.all_day_event),
                 .busy_status = either(one.busy_status, series.busy_status),
                 .end_time = one.end_time,
                 .location = either(one.location, series.location),
                 .structured_location = either(one.structured_location, series.structured_location),
                 .reminder = either(one.reminder, series.reminder),
                 .sensitivity = either(one.sensitivity, series.sensitivity),
                 .subject = either(one.subject, series.subject),
                 .start_time = one.start_time ? one.start_time : wire(of(one)),
                 .categories = either(one.categories, series.categories),
                 .body = either(one.body, series.body)};
    if (!out.end_time) out.end_time = wire(out.start_time->at + length);
    return out;
}

} // namespace

void fulfil(Thing& thing, Wish const& wish) { std::visit(Apply{wish}, thing); }

std::optional<eas::Instant> some_occurrence(Thing const& thing, std::uint32_t pick) {
    auto const* event = std::get_if<Calendar>(&thing);
    if (!event || !event->recurrence || event->recurrence->type != 0) return std::nullopt;
    auto const count = event->recurrence->occurrences.value_or(20);
    auto const at = event->start_time->at + days(pick % count * event->recurrence->interval.value_or(1));
    for (auto const& one : event->exceptions.value_or(std::vector<Exception>()))
        if (of(one) == at && one.deleted.value_or(false)) return std::nullopt;
    return at;
}

Thing whole(Thing const& thing, std::uint8_t known, eas::Version version) {
    return std::visit([&](auto const& one) { return Thing(whole_of(one, known, version)); }, thing);
}

Thing only(Thing const& after, Wish const& wish) {
    return std::visit([&](auto const& one) { return changed_only(one, wish); }, after);
}

eas::ElementNames names_of(index::ItemClass item_class, std::uint8_t) {
    using enum index::ItemClass;
    namespace c = eas::calendar;
    if (item_class == Contacts)
        return {{eas::contacts::FileAs, eas::contacts::FirstName, eas::contacts::LastName, eas::contacts::JobTitle,
                 eas::contacts2::NickName, eas::contacts::Birthday}};
    if (item_class == Tasks) return {{eas::tasks::Subject, eas::tasks::DueDate, eas::tasks::UtcDueDate}};
    return {{c::Subject, c::Location, c::Reminder, c::StartTime, c::EndTime, c::Sensitivity}};
}

eas::Fragment fragment_of(Thing const& thing, eas::Version version) {
    return std::visit([&](auto const& one) { return eas::encode_fragment(one, version); }, thing);
}

std::optional<Thing> thing_of(index::ItemClass item_class, eas::Fragment const& fragment, eas::Version version) {
    auto decoded = [&]<class T>(std::type_identity<T>) -> std::optional<Thing> {
        auto element = eas::decode<T>(fragment, version);
        return element ? std::optional<Thing>(std::move(*element)) : std::nullopt;
    };
    switch (item_class) {
    case index::ItemClass::Calendar: return decoded(std::type_identity<Calendar>());
    case index::ItemClass::Contacts: return decoded(std::type_identity<Contact>());
    case index::ItemClass::Tasks: return decoded(std::type_identity<Task>());
    case index::ItemClass::Notes: return decoded(std::type_identity<Note>());
    default: return std::nullopt;
    }
}

Facts facts_of(Thing const& thing, eas::Version version) {
    Facts out;
    auto const* event = std::get_if<Calendar>(&thing);
    if (!event) {
        std::visit([&](auto const& one) { read_facts(one, version, "", out); }, thing);
        return out;
    }
    auto series = *event;
    series.exceptions.reset();
    read_facts(series, version, "", out);
    for (auto const& one : event->exceptions.value_or(std::vector<Exception>())) {
        auto const path = ical::raw(floor<seconds>(of(one)));
        if (one.deleted.value_or(false))
            out[path] = "deleted";
        else
            read_facts(resolved(series, one), version, path, out);
    }
    return out;
}

std::string difference(Facts const& held, Facts const& told, bool partial) {
    auto text_at = [](Facts const& facts, std::string const& path) {
        auto const found = facts.find(path);
        return found == facts.end() ? std::string("nothing") : found->second;
    };
    auto differs = [&](std::string const& path) {
        std::string out = path;
        (out += " is ") += text_at(held, path);
        return (out += " instead of ") += text_at(told, path);
    };
    for (auto const& [path, text] : held)
        if (text_at(told, path) != text) return differs(path);
    if (partial) return {};
    for (auto const& [path, text] : told)
        if (!held.contains(path)) return differs(path);
    return {};
}

bool holds(Thing const& stored, Wish const& wish, eas::Version version) {
    auto wanted = stored;
    fulfil(wanted, wish);
    return facts_of(wanted, version) == facts_of(stored, version);
}

} // namespace godwit::sim
