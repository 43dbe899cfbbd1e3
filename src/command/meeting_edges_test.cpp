// Meetings at their edges: other addresses, mail that cannot leave, what is gone, a phone that stops at echoes.
#include "command/meeting_fixture.hpp"

namespace godwit::command {
namespace {

using testing::HasSubstr;

// clients.md 4.1: iOS has stopped at a server that answers its edit with the same event. What rises for the others'
// sake (SEQUENCE) is no news to it; that the answers are void is.
TEST_P(Meetings, QuirkIosHearsNothingBackOfItsOwnEdit) {
    if (!server_sends()) GTEST_SKIP() << "the phone writes SEQUENCE nowhere, and nor does the server";
    organize();
    auto const sequence = [&] { return std::string(calendar(ann)->components.front().value("SEQUENCE")); };
    auto const commands = [](eas::SyncResponse const& answer) {
        return answer.collections.empty() ? 0U : answer.collections.front().commands.size();
    };
    auto const before = sequence();
    auto const answer_to_delete =
        say(ann, {eas::ClientDelete{.server_id = server_id(ann), .instance_id = "20261214T100000Z"}});
    EXPECT_EQ(commands(answer_to_delete), 0U);
    EXPECT_NE(sequence(), before); // it has risen all the same
    EXPECT_EQ(commands(say(ann, {})), 0U);
    EXPECT_EQ(mails(bob, index::FolderType::Inbox).size(), 2U);
    later(60);
    answer(server_id(bob), UserResponse::Accepted);
    EXPECT_EQ(shown(ann).attendees->front().status, 3);
    say(ann, {}); // she hears that he comes
    eas::Calendar const moved{.end_time = at("20261207T130000Z"), .start_time = at("20261207T120000Z")};
    EXPECT_EQ(commands(say(ann, {eas::ClientChange{.server_id = server_id(ann),
                                                   .application_data = eas::encode_fragment(moved, GetParam())}})),
              1U);
    EXPECT_EQ(shown(ann).attendees->front().status, 5);
}

// Incident 1.3 where the phone sends: it knows one address of its user's, and was invited by another.
TEST_P(Meetings, APhoneMayAnswerAsWhoItSignsIn) {
    organize();
    auto const mime = "From: Bob <bob@x.org>\r\nTo: ann@x.org\r\nSubject: Accepted\r\nContent-Type: text/calendar; "
                      "method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:" +
                      std::string(ical::text(calendar(ann)->components.at(0).value("UID"))) +
                      "\r\nORGANIZER:mailto:ann@x.org\r\nDTSTAMP:20261120T000000Z\r\nSEQUENCE:9\r\n"
                      "DTSTART:20261207T100000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@x.org\r\nEND:VEVENT\r\n"
                      "END:VCALENDAR\r\n";
    delivery::Sending sending{.user = bob, .device = "phone", .client_id = "r1", .mime = mime, .save_in_sent = true};
    EXPECT_EQ(loop.wait_for(outbox.send(std::move(sending))), delivery::SendResult::Sent);
    ASSERT_EQ(shown(ann).attendees->size(), 1U) << stored(ann);
    EXPECT_EQ(shown(ann).attendees->front().email, "robert@x.org");
    EXPECT_EQ(shown(ann).attendees->front().status, 3);
}

// There is no relay here: what cannot be told outside is done here all the same, and its doer hears that it was not.
TEST_P(Meetings, WhatCannotLeaveIsKeptAndComesBack) {
    if (!server_sends()) GTEST_SKIP() << "the phone sends, and is told 120";
    auto const invitation_mail =
        "From: max@y.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
        "UID:out\r\nDTSTAMP:20261101T000000Z\r\nORGANIZER:mailto:max@y.org\r\nATTENDEE:mailto:bob@x.org\r\n"
        "DTSTART:20261207T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    delivery::Parcel parcel{.bytes = std::make_shared<mime::Rope const>(std::string(invitation_mail)),
                            .received = net::Clock::utc()};
    EXPECT_EQ(loop.wait_for(local.deliver(bob.id, std::move(parcel))), delivery::Delivered::Stored);
    auto const mail = invitation(bob);
    for (int i = 0; i < 3; ++i) { // however often it is said
        EXPECT_EQ(answer(mail, UserResponse::Accepted).status, MeetingStatus::Success);
        EXPECT_EQ(shown(bob).response_type, 3);
        auto const told = mails(bob, index::FolderType::Inbox);
        ASSERT_EQ(told.size(), 1U);
        EXPECT_THAT(told.front(), HasSubstr("Final-Recipient: rfc822; max@y.org"));
    }
    EXPECT_TRUE(mails(bob, index::FolderType::SentItems).empty());
    // And of an invitation to two, one of them outside, the other gets his.
    eas::Calendar event{.end_time = at("20261207T110000Z"),
                        .subject = "Both",
                        .start_time = at("20261207T100000Z"),
                        .meeting_status = 1};
    event.attendees = {{.email = "bob@x.org", .name = "Bob"}, {.email = "max@y.org", .name = "Max"}};
    say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
    EXPECT_EQ(mails(bob, index::FolderType::Inbox).size(), 2U);
    ASSERT_EQ(mails(ann, index::FolderType::Inbox).size(), 1U);
    EXPECT_THAT(mails(ann, index::FolderType::Inbox).front(), HasSubstr("Final-Recipient: rfc822; max@y.org"));
    EXPECT_EQ(shown(ann).attendees->size(), 2U);
}

// However many are out of reach: the others have one mail, with one copy in Sent, and she one report.
TEST_P(Meetings, AllWhoCannotBeReachedAreOneReport) {
    if (!server_sends()) GTEST_SKIP() << "the phone sends, and is told 120";
    eas::Calendar event{.end_time = at("20261207T110000Z"),
                        .subject = "Many",
                        .start_time = at("20261207T100000Z"),
                        .meeting_status = 1};
    event.attendees.emplace();
    for (int i = 0; i < 50; ++i)
        event.attendees->push_back({.email = "guest" + std::to_string(i) + "@y.org", .name = "Guest"});
    event.attendees->push_back({.email = "bob@x.org", .name = "Bob"});
    event.attendees->push_back({.email = "carl", .name = "Carl"});
    event.attendees->push_back({.email = "v1@y.org,v2@y.org", .name = "Two"}); // no address, and kept as none
    say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
    auto const told = mails(ann, index::FolderType::Inbox), sent = mails(ann, index::FolderType::SentItems);
    ASSERT_EQ(told.size(), 1U);
    for (int i = 0; i < 50; ++i)
        EXPECT_THAT(told[0], HasSubstr("    guest" + std::to_string(i) +
                                       "@y.org\r\n        this server sends no mail to others\r\n"));
    EXPECT_THAT(told[0], HasSubstr("    carl\r\n        this is no address\r\n"));
    EXPECT_THAT(told[0], testing::Not(HasSubstr("bob@x.org")));
    EXPECT_THAT(stored(ann) + told[0], testing::Not(HasSubstr("v1@y.org")));
    ASSERT_EQ(sent.size(), 1U);
    auto const invited = mails(bob, index::FolderType::Inbox);
    ASSERT_EQ(invited.size(), 1U);
    auto const to = mime::recipients(invited[0]).all();
    EXPECT_EQ(to, std::vector<std::string>{"bob@x.org"});
}

// By whichever of her phones: it may not have heard yet that the other has called the meeting off.
TEST_P(Meetings, AForwardOfWhatHasBeenCalledOffInvitesNobody) {
    if (!server_sends()) GTEST_SKIP() << "there are no Forwardees";
    organize();
    auto const mine = server_id(ann);
    auto forward = [&](directory::User const& user, std::string const& item, std::string const& client_id) {
        auto s = session(user);
        eas::SmartForwardRequest request{.client_id = client_id,
                                         .source = {.folder_id = item.substr(0, item.find(':')), .item_id = item},
                                         .forwardees = std::vector{eas::Forwardee{.email = "eve@x.org"}}};
        auto const told = loop.wait_for(smart_forward(s, std::move(request)));
        loop.wait_for(outbox.run_once());
        return told ? unsigned(told->status.value_or(eas::CommonStatus{})) : 0U; // 0: it was sent
    };
    auto const eve = directory.add("eve@x.org", "Eve", {}, "x").value();
    accounts.create(eve.id);
    // A guest's forward, said again as its answer was lost: the organizer is told once (law 1).
    EXPECT_EQ(forward(bob, server_id(bob), "f1"), 0U);
    EXPECT_EQ(forward(bob, server_id(bob), "f1"), unsigned(eas::CommonStatus::MessagePreviouslySent));
    EXPECT_EQ(mails(eve, index::FolderType::Inbox).size(), 1U);
    EXPECT_EQ(mails(ann, index::FolderType::Inbox).size(), 1U);
    say(ann, {eas::ClientDelete{.server_id = mine}});
    EXPECT_EQ(forward(ann, mine, "f2"), unsigned(eas::CommonStatus::MessageReplyFailed));
    EXPECT_EQ(mails(eve, index::FolderType::Inbox).size(), 1U);
}

// The mail is there, and what it invited to is cancelled; then it is gone as well.
TEST_P(Meetings, WhatIsGoneCannotBeAnswered) {
    organize();
    auto const mail = invitation(bob), event = server_id(bob);
    auto const cancelled = *calendar(ann);
    later(60);
    say(ann, {eas::ClientDelete{.server_id = server_id(ann)}});
    phone_mails(&cancelled, true);
    EXPECT_EQ(shown(bob).meeting_status, 7);
    auto s = session(bob);
    auto ask = [&](std::vector<std::string> const& ids) {
        std::vector<eas::MeetingReply> replies;
        replies.reserve(ids.size());
        for (auto const& id : ids)
            replies.push_back({.response = UserResponse::Accepted, .collection_id = "1", .request_id = id});
        s.notes.clear();
        auto const out = loop.wait_for(meeting_response(s, {.replies = replies}));
        std::vector<unsigned> told;
        told.reserve(ids.size());
        for (auto const& one : out.results) told.push_back(unsigned(one.status));
        return told;
    };
    EXPECT_EQ(ask({mail, event}), (std::vector<unsigned>{2, 2}));
    ASSERT_EQ(s.notes.size(), 1U);
    EXPECT_THAT(s.notes[0].second, HasSubstr("2: a meeting that is cancelled"));
    auto const invited = *event_item(bob);
    accounts.write_now(bob.id, [&](index::Transaction& tx) {
        tx.remove_item(invited.id);
        tx.remove_item(parse_server_id(mail)->item);
    });
    EXPECT_EQ(ask({mail, event}), (std::vector<unsigned>{2, 2}));
    EXPECT_THAT(s.notes.at(0).second, HasSubstr("2: a meeting that is gone"));
}

// The invitation to one occurrence is answered for that one, whoever knows the series.
TEST_P(Meetings, TheMailOfOneOccurrenceAnswersThatOne) {
    organize();
    auto const known = std::string(ical::text(calendar(ann)->components.at(0).value("UID")));
    auto const mail = [&](std::string const& uid) {
        return "From: ann@x.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"
               "BEGIN:VEVENT\r\nUID:" +
               uid +
               "\r\nDTSTAMP:20261118T120000Z\r\nSEQUENCE:1\r\nORGANIZER:mailto:ann@x.org\r\n"
               "RECURRENCE-ID:20261214T100000Z\r\nDTSTART:20261214T140000Z\r\nDTEND:20261214T150000Z\r\n"
               "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:robert@x.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    };
    auto const arrives = [&](std::string const& uid) {
        later(60);
        delivery::Parcel parcel{.bytes = std::make_shared<mime::Rope const>(mail(uid)), .received = net::Clock::utc()};
        EXPECT_EQ(loop.wait_for(local.deliver(bob.id, std::move(parcel))), delivery::Delivered::Stored);
        return invitation(bob);
    };
    auto const word = [&] {
        std::string out;
        auto const all = calendar(bob);
        for (auto const& event : all->components)
            if (event.name == "VEVENT")
                out += std::string(event.find("RECURRENCE-ID") ? " one " : "all ") +
                       std::string(itip::attendee(event, "robert@x.org")->parameter("PARTSTAT"));
        return out;
    };
    auto const in_deleted = [&] {
        return event_item(bob)->folder == *parse_collection(folder(bob, index::FolderType::DeletedItems));
    };
    auto const id = arrives(known);
    EXPECT_EQ(answer(id, UserResponse::Accepted).status, MeetingStatus::Success);
    EXPECT_EQ(word(), "all NEEDS-ACTION one ACCEPTED");
    later(60);
    EXPECT_EQ(answer(id, UserResponse::Declined).status, MeetingStatus::Success); // from Deleted Items, where it is now
    EXPECT_EQ(word(), "all NEEDS-ACTION");
    EXPECT_THAT(stored(bob), HasSubstr("EXDATE:20261214T100000Z"));
    EXPECT_FALSE(in_deleted());
    auto const sent = mails(bob, index::FolderType::SentItems);
    EXPECT_EQ(sent.size(), server_sends() ? 2U : 0U);
    for (auto const& one : sent) EXPECT_THAT(one, HasSubstr("RECURRENCE-ID:20261214T100000Z"));
    if (server_sends()) {
        ASSERT_TRUE(shown(ann).exceptions);
        EXPECT_EQ(shown(ann).attendees->front().status, 5); // of the series he has said nothing
    }
    auto const series = *event_item(bob); // of another one only the occurrence is known
    accounts.write_now(bob.id, [&](index::Transaction& tx) { tx.remove_item(series.id); });
    auto const alone = arrives("alone");
    EXPECT_EQ(answer(alone, UserResponse::Declined).status, MeetingStatus::Success);
    EXPECT_TRUE(in_deleted());
}

// For each occurrence that a mail speaks of a mail would leave.
TEST_P(Meetings, AMailOfManyOccurrencesIsNotAnsweredAtOnce) {
    std::string const head =
        "From: ann@x.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n";
    for (int const count : {2, 21}) {
        std::string events;
        for (int i = 0; i < count; ++i) {
            auto const when = "202612" + std::to_string(10 + i) + "T100000Z\r\n";
            events += "BEGIN:VEVENT\r\nUID:" + std::to_string(count) +
                      "\r\nDTSTAMP:20261118T120000Z\r\nORGANIZER:mailto:ann@x.org\r\nATTENDEE:mailto:robert@x.org\r\n"
                      "RECURRENCE-ID:" +
                      when + "DTSTART:" + when + "END:VEVENT\r\n";
        }
        later(60);
        delivery::Parcel parcel{.bytes = std::make_shared<mime::Rope const>(head + events + "END:VCALENDAR\r\n"),
                                .received = net::Clock::utc()};
        EXPECT_EQ(loop.wait_for(local.deliver(bob.id, std::move(parcel))), delivery::Delivered::Stored);
        auto const status = answer(invitation(bob), UserResponse::Accepted).status;
        EXPECT_EQ(status, count == 2 ? MeetingStatus::Success : MeetingStatus::InvalidRequest) << count;
        EXPECT_EQ(mails(bob, index::FolderType::SentItems).size(), server_sends() ? 2U : 0U) << count;
    }
}

// However little room there is: either all of an answer is done, or nothing.
TEST_P(Meetings, AnAnswerWithoutRoomIsNone) {
    organize();
    later(60);
    auto const mail = invitation(bob), before = stored(bob);
    std::string const words(2000, 'w');
    unsigned refused = 0;
    auto status = MeetingStatus::MailboxError;
    for (std::uint64_t room = 0; room < 40'000 && status != MeetingStatus::Success; room += 200) {
        accounts.write_now(bob.id, [&](index::Transaction& tx) { tx.set_quota(tx.used() + room); });
        status = answer(mail, UserResponse::Tentative, "", words).status;
        if (status == MeetingStatus::Success) break;
        ++refused;
        EXPECT_EQ(unsigned(status), unsigned(eas::CommonStatus::MailboxQuotaExceeded)) << room;
        EXPECT_EQ(stored(bob), before) << room;
        EXPECT_EQ(invitation(bob), mail) << room;
        EXPECT_TRUE(mails(bob, index::FolderType::SentItems).empty()) << room;
        EXPECT_TRUE(mails(ann, index::FolderType::Inbox).empty()) << room;
    }
    EXPECT_EQ(status, MeetingStatus::Success);
    EXPECT_GT(refused, 2U);
    EXPECT_NE(stored(bob), before);
    EXPECT_EQ(mails(bob, index::FolderType::SentItems).size(), server_sends() ? 1U : 0U);
}

} // namespace
} // namespace godwit::command
