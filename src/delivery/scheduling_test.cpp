// What arrives goes into the calendar, in the mail's own transaction, and never in its way.
#include "delivery/delivery_fixture.hpp"
#include "delivery/free_busy.hpp"
#include "delivery/scheduling.hpp"
#include "source/objects.hpp"
#include <gmock/gmock.h>

namespace godwit::delivery {
namespace {

using testing::HasSubstr, testing::IsEmpty, testing::SizeIs;

struct Scheduling : Post {
    std::string mail(std::string const& method, std::string const& lines, std::string const& from = "carl@y.org") {
        return "From: " + from +
               "\r\nTo: anna@x.org\r\nSubject: Meeting\r\nContent-Type: text/calendar; method=" + method +
               "\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:m1\r\nDTSTAMP:20261101T000000Z\r\n"
               "ORGANIZER:mailto:carl@y.org\r\nATTENDEE:mailto:a.berg@x.org\r\n" +
               lines + "END:VEVENT\r\nEND:VCALENDAR\r\n";
    }
    Delivered arrive(std::string const& bytes, std::string const& id = "") {
        Parcel parcel{
            .bytes = std::make_shared<mime::Rope const>(bytes), .received = net::Clock::utc(), .delivery_id = id};
        return loop.wait_for(local.deliver(anna.id, std::move(parcel)));
    }
    std::vector<std::string> events(index::FolderType folder = index::FolderType::Calendar) {
        return mail_of(anna, folder);
    }
    std::string const when = "DTSTART:20261207T100000Z\r\nDTEND:20261207T110000Z\r\n";
};

TEST_F(Scheduling, an_invitation_is_mail_and_a_tentative_event) {
    EXPECT_EQ(arrive(mail("REQUEST", when)), Delivered::Stored);
    EXPECT_THAT(mail_of(anna), SizeIs(1));
    ASSERT_THAT(events(), SizeIs(1));
    EXPECT_THAT(events().front(), HasSubstr("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"));
    EXPECT_EQ(arrive(mail("REQUEST", when)), Delivered::Stored); // sent twice
    EXPECT_THAT(mail_of(anna), SizeIs(2));
    EXPECT_THAT(events(), SizeIs(1));
}

TEST_F(Scheduling, one_uid_is_one_item_for_ever) { // incident 1.7
    auto id = [&] {
        return accounts.read_now(anna.id, [](index::Transaction& tx) { return find_event(tx, "m1")->item.id; });
    };
    arrive(mail("REQUEST", when));
    auto const first = id();
    arrive(mail("REQUEST", "SEQUENCE:1\r\nDTSTART:20261208T100000Z\r\nDTEND:20261208T110000Z\r\n"));
    EXPECT_EQ(id(), first);
    EXPECT_THAT(events().front(), HasSubstr("DTSTART:20261208"));
    arrive(mail("CANCEL", "SEQUENCE:2\r\n"));
    EXPECT_EQ(id(), first);
    EXPECT_THAT(events().front(), HasSubstr("STATUS:CANCELLED"));
    accounts.write_now(anna.id, [&](index::Transaction& tx) {
        tx.move_item(first, tx.folder_of(index::FolderType::DeletedItems)->id);
    });
    arrive(mail("REQUEST", when)); // the old one again: it stays where it was put
    EXPECT_THAT(events(), IsEmpty());
    arrive(mail("REQUEST", "SEQUENCE:3\r\n" + when)); // called anew
    EXPECT_EQ(id(), first);
    EXPECT_THAT(events(), SizeIs(1));
}

TEST_F(Scheduling, a_mail_says_how_it_stood_to_what_was_known) { // MS-ASEMAIL_R531, R1070
    auto front = [&](std::string const& bytes) {
        auto const before = mail_of(anna);
        EXPECT_EQ(arrive(bytes), Delivered::Stored);
        for (auto const& one : mail_of(anna))
            if (std::ranges::find(before, one) == before.end()) return one.substr(0, one.find('\r'));
        return std::string("nothing new");
    };
    auto const old = mail("REQUEST", "SEQUENCE:0\r\nLOCATION:None\r\n" + when);
    EXPECT_EQ(front(mail("REQUEST", "SEQUENCE:1\r\n" + when)), "From: carl@y.org");
    EXPECT_EQ(front(old), "X-Godwit-Meeting-Message-Type: 4");
    EXPECT_EQ(front(mail("REQUEST", "SEQUENCE:2\r\nLOCATION:Room\r\n" + when)),
              "From: carl@y.org"); // nobody has answered
    accounts.write_now(anna.id, [&](index::Transaction& tx) {
        auto const stored = find_event(tx, "m1");
        auto answered = stored->calendar;
        for (auto& event : answered.components)
            if (auto* self = itip::attendee(event, "a.berg@x.org")) self->set_parameter("PARTSTAT", "ACCEPTED");
        keep_event(tx, stored, "m1", answered, itip::Outcome::Place::keep);
    });
    EXPECT_EQ(front(mail("REQUEST", "SEQUENCE:3\r\nLOCATION:Hall\r\n" + when)), "X-Godwit-Meeting-Message-Type: 3");
    EXPECT_EQ(front(mail("CANCEL", "SEQUENCE:4\r\n")), "From: carl@y.org");
}

TEST_F(Scheduling, what_could_not_be_read_back_is_not_kept) {
    arrive(mail("REQUEST", when));
    auto const before = events();
    struct {
        char const* what;
        std::size_t lines, bytes;
        Kept kept;
    } const rows[]{{"an honest one", 20'000, 100, Kept::Kept},
                   {"too many lines", 1'000'001, 1, Kept::TooLarge},
                   {"too long a line", 1, 33 << 20, Kept::TooLarge}};
    for (auto const& row : rows)
        accounts.write_now(anna.id, [&](index::Transaction& tx) {
            auto const stored = find_event(tx, "m1");
            auto large = stored->calendar;
            ical::Property const more{.name = "X-A", .value = std::string(row.bytes, 'a')};
            auto& all = large.components.front().properties;
            all.insert(all.end(), row.lines, more);
            EXPECT_EQ(keep_event(tx, stored, "m1", large, itip::Outcome::Place::keep), row.kept) << row.what;
            EXPECT_TRUE(find_event(tx, "m1")) << row.what;
        });
    EXPECT_THAT(events(), SizeIs(before.size()));
}

TEST_F(Scheduling, a_cancellation_that_comes_first_is_kept_aside) {
    arrive(mail("CANCEL", "SEQUENCE:1\r\n"));
    EXPECT_THAT(events(), IsEmpty());
    arrive(mail("REQUEST", when));
    ASSERT_THAT(events(), SizeIs(1));
    EXPECT_THAT(events().front(), HasSubstr("STATUS:CANCELLED"));
}

TEST_F(Scheduling, what_cannot_be_read_or_is_a_strangers_leaves_the_mail_alone) {
    arrive(mail("REQUEST", when));
    auto const before = events();
    for (auto const& bytes : {
             mail("CANCEL", "SEQUENCE:1\r\n", "eve@e.test"),
             mail("REQUEST", "SEQUENCE:1\r\nDTSTART:20261208T100000Z\r\n", "eve@e.test"),
             mail("REQUEST", "DTSTART:nonsense\r\n"),
             mail("JUMP", when),
             std::string(
                 "From: carl@y.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN"),
             std::string("From: carl@y.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n") +
                 std::string(1000, '\0'),
             std::string("From: carl@y.org\r\n\r\nabout text/calendar\r\n"),
         })
        EXPECT_EQ(arrive(bytes), Delivered::Stored);
    EXPECT_THAT(mail_of(anna), SizeIs(8));
    EXPECT_EQ(events(), before);
}

TEST_F(Scheduling, a_mailbox_without_room_for_the_event_has_the_mail) {
    auto const bytes = mail("REQUEST", when);
    accounts.write_now(anna.id, [&](index::Transaction& tx) { tx.set_quota(bytes.size() + 10); });
    EXPECT_EQ(arrive(bytes), Delivered::Stored);
    EXPECT_THAT(mail_of(anna), SizeIs(1));
    EXPECT_THAT(events(), IsEmpty());
}

TEST_F(Scheduling, who_speaks_is_whom_it_is_from) { // incident 1.3
    auto owns = [](std::string_view address) { return address == "a.berg@x.org"; };
    EXPECT_EQ(speaker_of(mail("REPLY", when), owns), "a.berg@x.org");
    EXPECT_EQ(speaker_of(mail("COUNTER", when), owns), "a.berg@x.org");
    EXPECT_EQ(speaker_of(mail("REQUEST", when), owns), ""); // it is Carl's
    EXPECT_EQ(speaker_of(mail("REQUEST", when), [](auto address) { return address == "carl@y.org"; }), "carl@y.org");
    EXPECT_EQ(speaker_of("Subject: x\r\n\r\nno text/calendar", owns), "");
}

TEST_F(Scheduling, who_answers_as_another_of_his_own_counts_as_invited) { // incident 1.3
    auto const lines = "UID:m2\r\nDTSTAMP:20261101T000000Z\r\nORGANIZER:mailto:bert@x.org\r\n" + when;
    auto const bytes = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + lines +
                       "ATTENDEE:mailto:a.berg@x.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    accounts.write_now(bert.id, [&](index::Transaction& tx) {
        source::append_object(tx, tx.folder_of(index::FolderType::Calendar)->id, {.bytes = bytes, .uid = "m2"});
    });
    auto reply = [&](std::string const& from) {
        auto const mail = "From: " + from +
                          "\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" +
                          lines + "ATTENDEE;PARTSTAT=ACCEPTED:mailto:" + from + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        Parcel parcel{.bytes = std::make_shared<mime::Rope const>(mail), .received = net::Clock::utc()};
        EXPECT_EQ(loop.wait_for(local.deliver(bert.id, std::move(parcel))), Delivered::Stored);
        return mail_of(bert, index::FolderType::Calendar).front();
    };
    EXPECT_THAT(reply("eve@y.org"), HasSubstr("X-GODWIT-UNINVITED")); // nobody of ours
    auto const after = reply("anna@x.org");
    EXPECT_THAT(after, HasSubstr("PARTSTAT=ACCEPTED"));
    EXPECT_THAT(after, testing::Not(HasSubstr("anna@x.org")));
}

TEST_F(Scheduling, free_and_busy_is_one_query) {
    auto at = [](char const* text) { return *ical::instant(text); };
    itip::Range const day{at("20261207T000000Z"), at("20261208T000000Z")};
    auto ask = [&](std::size_t most = 10'000) {
        return accounts.read_now(anna.id, [&](index::Transaction& tx) { return free_busy(tx, day, "", most); });
    };
    EXPECT_THAT(ask().times, IsEmpty());
    arrive(mail("REQUEST", when));
    std::vector<itip::BusyTime> const reserved{{at("20261207T100000Z"), at("20261207T110000Z"), itip::Busy::tentative}};
    EXPECT_EQ(ask().times, reserved);
    auto put = [&](std::string const& uid, std::string const& lines, index::FolderType folder) {
        accounts.write_now(anna.id, [&](index::Transaction& tx) {
            auto bytes = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\n" + lines +
                         "END:VEVENT\r\nEND:VCALENDAR\r\n";
            source::append_object(tx, tx.folder_of(folder)->id,
                                  {.bytes = bytes, .uid = uid, .received = index::Time(at("20261207T120000Z"))});
        });
    };
    put("deleted", "DTSTART:20261207T060000Z\r\nDURATION:PT1H\r\n", index::FolderType::DeletedItems);
    put("broken", "DTSTART:nonsense\r\n", index::FolderType::Calendar);
    put("noon", "DTSTART:20261207T103000Z\r\nDURATION:PT1H\r\n", index::FolderType::Calendar);
    auto with_noon = reserved;
    with_noon[0].end = at("20261207T103000Z");
    with_noon.push_back({at("20261207T103000Z"), at("20261207T113000Z"), itip::Busy::busy});
    EXPECT_EQ(ask().times, with_noon);
    EXPECT_TRUE(ask().whole);
    for (int i = 0; i < 250; ++i)
        put("n" + std::to_string(i), "DTSTART:20261207T103000Z\r\n", index::FolderType::Calendar);
    EXPECT_TRUE(ask().whole);
    EXPECT_EQ(ask().times, with_noon);
    EXPECT_FALSE(ask(100).whole); // told, not hidden
    arrive(mail("CANCEL", "SEQUENCE:1\r\n"));
    EXPECT_EQ(ask().times, (std::vector{itip::BusyTime{with_noon[1].start, with_noon[1].end, itip::Busy::busy}}));
}

} // namespace
} // namespace godwit::delivery
