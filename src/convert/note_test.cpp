#include "convert/note.hpp"

#include <gtest/gtest.h>
#include <random>

namespace godwit::convert {
namespace {

using eas::Note;

NoteRules rules(int second = 0, eas::Version version = eas::v16_1) {
    return {.version = version, .now = std::chrono::sys_seconds(std::chrono::seconds(1'768'478'400 + second))};
}
ical::Component made(Note const& said, eas::Version version = eas::v16_1) {
    auto note = new_note(said, rules(0, version), "uid-1");
    EXPECT_TRUE(note) << note.error();
    auto again = ical::parse(ical::write(*note)); // as it is stored
    EXPECT_EQ(again->at(0), *note);
    return *note;
}
ical::Component changed(ical::Component const& note, Note const& said, int second = 60) {
    auto after = changed_note(note, said, rules(second));
    EXPECT_TRUE(after) << after.error();
    return *after;
}
Note shown(ical::Component const& note, eas::Version version = eas::v16_1) { return *to_note(note, {}, version); }
eas::Body text(std::string bytes) {
    auto size = std::uint32_t(bytes.size());
    return {.estimated_data_size = size, .data = eas::Content{std::move(bytes)}};
}

// Every subset of the elements, at every version that has notes.
TEST(Note, ComesBackAsItWasSaid) {
    for (auto version : {eas::v14_0, eas::v14_1, eas::v16_0, eas::v16_1})
        for (unsigned set = 0; set < 16; ++set) {
            Note said;
            if (set & 1) said.subject = "Milk, eggs; \\ \xC3\xA9";
            if (set & 2) said.body = text("one\r\ntwo, three\r\n");
            if (set & 4) said.message_class = "IPM.StickyNote.Mine";
            if (set & 8) said.categories = {{"Blue", "a,b"}};
            auto note = made(said, version);
            auto expected = said;
            if (!expected.subject) expected.subject = "";
            if (!expected.body) expected.body = text("");
            if (!expected.message_class) expected.message_class = "IPM.StickyNote";
            expected.last_modified_date = "20260115T120000Z";
            EXPECT_EQ(shown(note, version), expected) << ical::write(note);
            EXPECT_EQ(changed(note, shown(note, version)), note); // said back, it changes nothing
            EXPECT_TRUE(is_same_note(note, said, rules()));
        }
}

TEST(Note, AnEditKeepsAllElse) {
    auto calendar = ical::parse("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-A:b\r\nBEGIN:VJOURNAL\r\nUID:u\r\nX-ODD;P=q:z\r\n"
                                "SUMMARY;LANGUAGE=de:Alt\r\nCLASS:PRIVATE\r\nDESCRIPTION:text\r\nCATEGORIES:Blue\r\n"
                                "BEGIN:X-PART\r\nX-C:d\r\nEND:X-PART\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n")
                        ->at(0);
    auto said = shown(calendar);
    said.body = text("new");
    auto bytes = ical::write(changed(calendar, said));
    for (auto const* kept : {"X-A:b", "X-ODD;P=q:z", "SUMMARY;LANGUAGE=de:Alt", "CLASS:PRIVATE", "CATEGORIES:Blue",
                             "X-C:d", "DESCRIPTION:new", "LAST-MODIFIED:20260115T120100Z"})
        EXPECT_TRUE(bytes.contains(kept)) << kept << '\n' << bytes;
}

TEST(Note, WhatIsLeftOut) { // MS-ASNOTE_R112, R113, R10003
    auto note = made({.subject = "s", .body = text("b"), .categories = {{"Blue"}}});
    auto after = shown(changed(note, {.message_class = "IPM.StickyNote"}));
    EXPECT_EQ(after.subject, "s");
    EXPECT_EQ(after.body, text("b"));
    EXPECT_FALSE(after.categories);
    EXPECT_EQ(after.last_modified_date, "20260115T120100Z"); // the server's time, whatever the phone says (R209)
    after = shown(changed(note, {.subject = "", .body = text(""), .last_modified_date = "19990101T000000Z"}));
    EXPECT_EQ(after.subject, "");
    EXPECT_EQ(after.body, text(""));
    EXPECT_EQ(after.last_modified_date, "20260115T120100Z");
}

// One that came from elsewhere and has no LAST-MODIFIED: what was not changed keeps its time (MS-ASNOTE_R209).
TEST(Note, SaidBackItKeepsItsTime) {
    for (auto const* stamp :
         {"LAST-MODIFIED:20200102T030405Z", "DTSTAMP:20200102T030405Z", "CREATED:20200102T030405Z"}) {
        auto calendar = ical::parse("BEGIN:VCALENDAR\r\nBEGIN:VJOURNAL\r\nSUMMARY:a\\nb\r\n" + std::string(stamp) +
                                    "\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n")
                            ->at(0);
        auto said = shown(calendar);
        EXPECT_EQ(said.last_modified_date, "20200102T030405Z") << stamp;
        EXPECT_EQ(said.subject, "a\r\nb");
        EXPECT_EQ(changed(calendar, said), calendar) << stamp;
        said.subject = "c";
        EXPECT_EQ(shown(changed(calendar, said)).last_modified_date, "20260115T120100Z") << stamp;
    }
}

TEST(Note, Refusals) {
    for (auto const* kind : {"", "IPM.Note", "IPM.StickyNotes", "IPM.StickyNote."}) // MS-ASNOTE_R119
        EXPECT_FALSE(new_note({.message_class = kind}, rules(), "u")) << kind;
    EXPECT_FALSE(new_note({.body = eas::Body{.type = eas::BodyType::Rtf, .data = eas::Content{"x"}}}, rules(), "u"));
    auto event = ical::parse("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")->at(0);
    EXPECT_FALSE(to_note(event, {}, eas::v16_1));
    EXPECT_FALSE(changed_note(event, {}, rules()));
    EXPECT_EQ(note_stand_in("Why.").message_class, "IPM.StickyNote");
}

TEST(Note, ACutTextSaidBackIsNoChange) {
    auto note = made({.body = text("0123456789")});
    auto cut = rules(60);
    cut.body = {.preferences = {{.type = eas::BodyType::Plain, .truncation_size = 4}}};
    auto said = *to_note(note, cut.body, eas::v16_1);
    EXPECT_EQ(said.body->data->bytes, "0123");
    EXPECT_EQ(*changed_note(note, said, cut), note);
}

} // namespace
} // namespace godwit::convert
