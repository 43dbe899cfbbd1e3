// Ann organizes, Bob is invited (as Robert): two phones on one server, at 14.1, where phones send the mails of
// scheduling, or at 16.1, where the server does. Max organizes elsewhere; his mails arrive by LMTP.
#pragma once
#include "server.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::e2e {

using client::BlockingPhone;
using client::Edit;
using client::Element;
using client::element;
using client::Properties;
using client::property;
using client::text_of;
namespace cal = wbxml::calendar;
namespace meeting = wbxml::meetingresponse;

inline constexpr unsigned inbox = 2, trash = 4, sent = 5, calendar = 8; // MS-ASCMD 2.2.3.186.3

// A mail of scheduling as a phone or another server composes it. `events`: VEVENTs.
inline std::string scheduling_mail(std::string const& method, std::string const& from, std::string const& to,
                                   std::string const& events) {
    std::string out = "From: " + from + "\nTo: " + to + "\nSubject: " + method +
                      "\nMIME-Version: 1.0\nContent-Type: text/calendar; charset=utf-8; method=" + method +
                      "\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\nMETHOD:" + method + "\n" + events +
                      "END:VCALENDAR\n";
    std::string crlf;
    for (char const c : out) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return crlf;
}
inline std::string vevent(std::string const& uid, std::string const& organizer, std::string const& lines) {
    return "BEGIN:VEVENT\nUID:" + uid + "\nORGANIZER:mailto:" + organizer + "\n" + lines + "END:VEVENT\n";
}

class MeetingsOf : public testing::TestWithParam<eas::Version> {
protected:
    static constexpr char const* max = "max@sample.invalid";

    void SetUp() override {
        server.account("ann@example.org", {"--name", "Ann"});
        server.account("bob@example.org", {"--name", "Bob", "--alias", "robert@example.org"});
        for (auto* phone : {&ann, &bob}) {
            ASSERT_EQ(phone->enrol(), 1U);
            for (auto type : {inbox, calendar, trash, sent}) ASSERT_EQ(phone->sync_all(id_of(*phone, type)), 1U);
        }
    }
    static bool server_sends() { return GetParam() >= eas::v16_0; }
    static std::string id_of(BlockingPhone& phone, unsigned type) { return phone.model().of_type(type)->id; }
    static client::Collection& held(BlockingPhone& phone, unsigned type) { return *phone.model().of_type(type); }

    // Looked at as seldom as a phone may without being taken for a runaway (law 8).
    template <class Condition> static bool sometime(Condition condition) {
        for (int i = 0; i < 100; ++i) {
            if (condition()) return true;
            usleep(200'000);
        }
        return false;
    }
    // What is new in the folder, once something is; the laws of the model are checked on the way.
    static client::Outcome news(BlockingPhone& phone, unsigned type = calendar) {
        client::Outcome out;
        auto const folder = id_of(phone, type);
        auto look = [&] {
            out = phone.sync({.collections = {{.collection = folder}}}).of(folder);
            return out.told() > 0;
        };
        EXPECT_TRUE(sometime(look)) << "nothing new";
        return out;
    }
    static std::size_t look(BlockingPhone& phone, unsigned type) { // how many there are
        EXPECT_EQ(phone.sync_all(id_of(phone, type)), 1U);
        return held(phone, type).items.size();
    }
    static bool grows_to(BlockingPhone& phone, unsigned type, std::size_t count) {
        return sometime([&] { return look(phone, type) == count; });
    }
    static client::Outcome edit(BlockingPhone& phone, Edit one) {
        auto const folder = id_of(phone, calendar);
        auto out = phone.sync({.collections = {{.collection = folder, .get_changes = false, .edits = {one}}}});
        return out.of(folder);
    }
    // The one event that the phone holds.
    static std::string event_id(BlockingPhone& phone) {
        auto const& items = held(phone, calendar).items;
        EXPECT_EQ(items.size(), 1U);
        return items.empty() ? std::string() : items.begin()->first;
    }
    static Properties const& event(BlockingPhone& phone) {
        static Properties const none;
        auto const* found = held(phone, calendar).item(event_id(phone));
        return found ? *found : none;
    }
    static std::string_view value(BlockingPhone& phone, client::Tag name) { return text_of(event(phone), name); }
    static std::vector<Element> exceptions(BlockingPhone& phone) {
        auto const* all = property(event(phone), cal::Exceptions);
        return all ? all->children : std::vector<Element>();
    }
    static std::vector<Element> attendees(BlockingPhone& phone) {
        auto const* all = property(event(phone), cal::Attendees);
        return all ? all->children : std::vector<Element>();
    }
    // The newest mail of a folder, as it came.
    static std::string mail(BlockingPhone& phone, unsigned type) {
        auto const& items = held(phone, type).items;
        if (items.empty()) return {};
        auto newest =
            std::ranges::max_element(items, {}, [](auto const& one) { return std::pair(one.first.size(), one.first); });
        auto const got = phone.fetch({.collection = id_of(phone, type), .server_id = newest->first, .body_type = 4});
        return got.body() ? std::string(got.body()->value(wbxml::airsyncbase::Data)) : std::string();
    }

    static Properties times(std::string const& start, std::string const& end) {
        Properties out;
        if (!server_sends()) out.push_back(element(cal::Timezone, std::string(230, 'A') + "=="));
        out.push_back(element(cal::AllDayEvent, "0"));
        out.push_back(element(cal::StartTime, start));
        out.push_back(element(cal::EndTime, end));
        return out;
    }
    static void add(Properties& to, Properties const& more) { to.insert(to.end(), more.begin(), more.end()); }
    static Element robert() {
        return element(cal::Attendee, Properties{element(cal::Email, "robert@example.org"),
                                                 element(cal::Name, "Robert"), element(cal::AttendeeType, "1")});
    }
    // Ann's phone makes the event, and sees to it that Robert hears of it.
    void organize(Properties data, std::string const& lines) {
        add(data, {element(cal::MeetingStatus, "1"), element(cal::Attendees, Properties{robert()})});
        if (!server_sends()) data.push_back(element(cal::UID, "m1"));
        auto const made = edit(ann, {.kind = Edit::Add, .id = "c1", .data = data});
        ASSERT_EQ(made.edit_status.at("c1"), 1U);
        organizers_phone_mails("REQUEST", vevent("m1", "ann@example.org", lines + invited));
        ASSERT_EQ(news(bob).added.size(), 1U);
        ASSERT_TRUE(grows_to(bob, inbox, 1)); // one invitation, whoever sent it
        look(ann, calendar);
    }
    // Mondays at ten, four times.
    void organize_weekly() {
        auto data = times("20270201T100000Z", "20270201T110000Z");
        add(data, {element(cal::Subject, "Weekly"),
                   element(cal::Recurrence, Properties{element(cal::Type, "1"), element(cal::Interval, "1"),
                                                       element(cal::DayOfWeek, "2"), element(cal::Occurrences, "4")})});
        organize(std::move(data), weekly("SEQUENCE:0\nDTSTAMP:20261122T100000Z\n"));
    }
    static std::string weekly(std::string const& more) {
        return "SUMMARY:Weekly\nDTSTART:20270201T100000Z\nDTEND:20270201T110000Z\nRRULE:FREQ=WEEKLY;COUNT=4\n" + more;
    }
    // What the phone says of the second occurrence of it: embedded up to 14.1, by InstanceId from 16.0 on.
    static Edit of_second(BlockingPhone& phone, Properties said) {
        std::string const second = "20270208T100000Z";
        Edit out{.kind = Edit::Change, .id = event_id(phone)};
        if (server_sends()) {
            out.data = std::move(said);
            out.instance = second;
            return out;
        }
        said.insert(said.begin(), element(cal::ExceptionStartTime, second));
        out.data = event(phone);
        std::erase_if(out.data, [](Element const& one) {
            return one.tag == cal::Exceptions || one.tag == cal::ResponseType || one.tag == cal::AppointmentReplyTime ||
                   one.tag == wbxml::airsyncbase::NativeBodyType || one.tag == wbxml::airsyncbase::Body;
        });
        out.data.push_back(element(cal::Exceptions, Properties{element(cal::Exception, std::move(said))}));
        return out;
    }
    // Up to 14.1 it is the phone that sends what the server does from 16.0 on.
    void organizers_phone_mails(std::string const& method, std::string const& events) {
        if (server_sends()) return;
        auto const mime = scheduling_mail(method, "ann@example.org", "robert@example.org", events);
        EXPECT_EQ(ann.send_mail(mime, "mail" + std::to_string(++mails_sent)), 1U);
    }
    void from_outside(std::string const& method, std::string const& lines, std::string const& from = max) {
        auto const mime = scheduling_mail(method, from, "bob@example.org", vevent("out", max, lines + invited));
        EXPECT_EQ(server.deliver("bob@example.org", mime, from), std::vector{250U});
    }
    struct Answer {
        unsigned status = 0;
        std::string calendar_id;
    };
    // MeetingResponse; from 16.0 on with SendResponse. `about`: in which folder the item lies.
    Answer answer(std::string const& item, unsigned about, unsigned response, Properties send = {},
                  std::string const& instance = "") {
        return answer_of(bob, item, about, response, std::move(send), instance);
    }
    static Answer answer_of(BlockingPhone& phone, std::string const& item, unsigned about, unsigned response,
                            Properties send, std::string const& instance = "") {
        Properties request{element(meeting::UserResponse, std::to_string(response)),
                           element(meeting::CollectionId, id_of(phone, about)), element(meeting::RequestId, item)};
        if (!instance.empty()) request.push_back(element(meeting::InstanceId, instance));
        if (server_sends()) request.push_back(element(meeting::SendResponse, std::move(send)));
        wbxml::Writer writer;
        client::copy(writer,
                     element(meeting::MeetingResponse, Properties{element(meeting::Request, std::move(request))}));
        auto const reply = phone.command(eas::Command::MeetingResponse, std::move(writer).finish());
        auto const* result = reply.document ? reply.document->child(meeting::Result) : nullptr;
        if (!result) return {};
        return {result->number(meeting::Status).value_or(0), std::string(result->value(meeting::CalendarId))};
    }
    static std::string only_mail(BlockingPhone& phone) { return held(phone, inbox).items.begin()->first; }

    static inline std::string const invited =
        "ATTENDEE;CN=Robert;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:robert@example.org\n";
    // What goes to Max waits in the outbox: there is nobody at that port.
    Server server{{.config = "[delivery]\nrelay_host = \"127.0.0.1\"\nrelay_port = 9\nrelay_tls = \"none\"\n"}};
    BlockingPhone ann{server.settings("ann@example.org", "ANN", GetParam())};
    BlockingPhone bob{server.settings("bob@example.org", "BOB", GetParam())};
    int mails_sent = 0;
};

} // namespace godwit::e2e
