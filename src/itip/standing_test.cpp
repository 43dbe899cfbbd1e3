#include "itip/standing.hpp"

#include "itip/own_answer.hpp"
#include "itip/schedule_fixture.hpp"

namespace godwit::itip {
namespace {

std::string request(std::string const& more) {
    return "From: ann@a.test\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"
           "BEGIN:VEVENT\r\nUID:u\r\nORGANIZER:mailto:ann@a.test\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@b."
           "test\r\n" +
           more + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}
Message read_request(std::string const& more) {
    auto const text = request(more);
    return std::move(in_mail(mime::Message::parse(text)).value().value());
}

// MS-ASEMAIL_R536, R1070.
TEST(Standing, IsOfWhatIsKnownWhenItComes) {
    std::string const ten = "DTSTART:20261207T100000Z\r\nDTEND:20261207T110000Z\r\nRRULE:FREQ=WEEKLY\r\n";
    std::string const first = ten + "SEQUENCE:1\r\nDTSTAMP:20261120T100000Z\r\n";
    auto const taken = accept_invitation(nullptr, read_request(first), bob);
    ASSERT_EQ(taken.effect, Outcome::Effect::changed);
    auto const answered_by_bob =
        answered(taken.calendar, {.answer = Answer::accepted, .now = *ical::instant("20261121T100000Z")}, bob);
    ASSERT_TRUE(answered_by_bob);
    struct {
        char const* what;
        std::string said;
        Standing standing, unanswered;
    } const rows[]{
        {"the same again", first, Standing::plain, Standing::plain},
        {"another place", ten + "LOCATION:Room\r\nSEQUENCE:2\r\nDTSTAMP:20261122T100000Z\r\n", Standing::informational,
         Standing::plain}, // there is something to answer yet
        {"another place, by its stamp alone", ten + "LOCATION:Room\r\nSEQUENCE:1\r\nDTSTAMP:20261122T100000Z\r\n",
         Standing::informational, Standing::plain},
        {"another hour",
         "DTSTART:20261207T120000Z\r\nDTEND:20261207T130000Z\r\nRRULE:FREQ=WEEKLY\r\nSEQUENCE:2\r\n"
         "DTSTAMP:20261122T100000Z\r\n",
         Standing::plain, Standing::plain},
        {"another rule",
         "DTSTART:20261207T100000Z\r\nDTEND:20261207T110000Z\r\nRRULE:FREQ=DAILY\r\nSEQUENCE:2\r\n"
         "DTSTAMP:20261122T100000Z\r\n",
         Standing::plain, Standing::plain},
        {"what was said before", ten + "SEQUENCE:0\r\nDTSTAMP:20261119T100000Z\r\n", Standing::outdated,
         Standing::outdated},
        {"of one occurrence",
         "RECURRENCE-ID:20261214T100000Z\r\nDTSTART:20261214T100000Z\r\nSEQUENCE:2\r\nDTSTAMP:20261122T100000Z\r\n",
         Standing::plain, Standing::plain},
    };
    for (auto const& row : rows) {
        EXPECT_EQ(standing(*answered_by_bob, read_request(row.said), bob), row.standing) << row.what;
        EXPECT_EQ(standing(taken.calendar, read_request(row.said), bob), row.unanswered) << row.what;
    }
}

TEST(Standing, IsReadWhereOnlyDeliveryWrites) {
    for (auto one : {Standing::informational, Standing::outdated}) {
        auto const mail = standing_field(one) + request("");
        EXPECT_EQ(standing_of(mime::Message::parse(mail)), one);
        auto const forged = "Received: by x\r\n" + mail;
        EXPECT_EQ(standing_of(mime::Message::parse(forged)), Standing::plain);
    }
    EXPECT_EQ(standing_field(Standing::plain), "");
    EXPECT_EQ(standing_of(mime::Message::parse("")), Standing::plain);
    std::string const odd = "X-Godwit-Meeting-Message-Type: 6\r\n\r\n";
    EXPECT_EQ(standing_of(mime::Message::parse(odd)), Standing::plain);
}

} // namespace
} // namespace godwit::itip
