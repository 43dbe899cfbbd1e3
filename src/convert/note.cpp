#include "convert/note.hpp"

#include "convert/note_parts.hpp"
#include "convert/text_body.hpp"
#include "eas/pages.hpp"
#include "ical/value.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"

#include <algorithm>
#include <array>

namespace godwit::convert {
namespace {

using eas::Note;
using ical::Component;

constexpr std::string_view usual_class = "IPM.StickyNote";
constexpr std::size_t longest_subject = 32 * 1024; // of a subject
constexpr std::size_t most_categories = 300;

Component const* journal_of(Component const& calendar) {
    auto const found = std::ranges::find(calendar.components, "VJOURNAL", &Component::name);
    return found == calendar.components.end() ? nullptr : &*found;
}

std::string text_of(Component const& journal, std::string_view property) {
    return mime::clean(ical::text(journal.value(property)));
}

std::string subject_of(Component const& journal) {
    auto text = mime::to_crlf(text_of(journal, "SUMMARY"));
    text.resize(mime::cut_bytes(text, longest_subject).size());
    return text;
}

std::vector<std::string> categories_of(Component const& journal) {
    std::vector<std::string> out;
    for (auto const& property : journal.properties) {
        if (property.name != "CATEGORIES") continue;
        for (auto& one : ical::text_list(property.value))
            if (auto text = mime::clean(std::move(one)); !text.empty() && out.size() < most_categories)
                out.push_back(std::move(text));
    }
    return out;
}

bool is_note_class(std::string_view text) { // MS-ASNOTE_R57
    return text == usual_class || (text.starts_with("IPM.StickyNote.") && text.size() > usual_class.size() + 1);
}

void put(Component& journal, std::string_view property, std::string const& text) {
    if (text.empty())
        journal.remove(property);
    else
        journal.set(property, ical::escaped(text));
}

std::string joined(std::vector<std::string> const& list) {
    std::string out;
    for (auto const& one : list)
        if (!one.empty()) out += (out.empty() ? "" : ",") + ical::escaped(one);
    return out;
}

// ---- the table's functions: of what is absent, a write removes
void read_subject(NoteView const& v, Note& out) { out.subject = subject_of(v.journal); }
std::string_view write_subject(NoteEditor& e, Note const& said, Note const& shown) {
    auto now = with_plain_lines(said.subject.value_or(""));
    if (now != with_plain_lines(shown.subject.value_or(""))) put(e.journal, "SUMMARY", now);
    return {};
}

void read_body(NoteView const& v, Note& out) {
    out.body = text_body(text_of(v.journal, "DESCRIPTION"), v.options, v.version);
}
std::string_view write_body(NoteEditor& e, Note const& said, Note const& shown) {
    auto text = said_text(*said.body, shown.body, text_of(e.journal, "DESCRIPTION"));
    if (!text) return text.error();
    if (*text) put(e.journal, "DESCRIPTION", **text);
    return {};
}

void read_class(NoteView const& v, Note& out) {
    auto kind = text_of(v.journal, "X-MESSAGE-CLASS");
    out.message_class = is_note_class(kind) ? kind : std::string(usual_class);
}
std::string_view write_class(NoteEditor& e, Note const& said, Note const& shown) {
    if (!is_note_class(*said.message_class)) return "MessageClass of no note (MS-ASNOTE_R119)";
    if (said.message_class != shown.message_class)
        put(e.journal, "X-MESSAGE-CLASS", *said.message_class == usual_class ? std::string() : *said.message_class);
    return {};
}

void read_modified(NoteView const& v, Note& out) {
    for (auto const* stamp : {"LAST-MODIFIED", "DTSTAMP", "CREATED"})
        if (auto at = ical::instant(v.journal.value(stamp)); at && !out.last_modified_date)
            out.last_modified_date = ical::raw(*at);
    if (!out.last_modified_date) out.last_modified_date = ical::raw(ical::Instant()); // required (MS-ASNOTE_R125)
}

void read_categories(NoteView const& v, Note& out) {
    auto list = categories_of(v.journal);
    if (!list.empty()) out.categories = std::move(list);
}
std::string_view write_categories(NoteEditor& e, Note const& said, Note const& shown) {
    auto const now = said.categories.value_or(std::vector<std::string>());
    if (now == shown.categories.value_or(std::vector<std::string>())) return {};
    e.journal.remove("CATEGORIES");
    if (auto list = joined(now); !list.empty()) e.journal.set("CATEGORIES", list);
    return {};
}

template <auto member> constexpr bool says(Note const& note) { return (note.*member).has_value(); }
using N = Note;
namespace names = eas::notes;
// What is left out says nothing (MS-ASNOTE_R113, R10003), but for categories, which go (R112).
constexpr std::array note_rows{
    NoteRow{names::MessageClass, "X-MESSAGE-CLASS", true, says<&N::message_class>, read_class, write_class},
    NoteRow{names::Subject, "SUMMARY", true, says<&N::subject>, read_subject, write_subject},
    NoteRow{eas::airsyncbase::Body, "DESCRIPTION", true, says<&N::body>, read_body, write_body},
    NoteRow{names::LastModifiedDate, "LAST-MODIFIED DTSTAMP CREATED", true, says<&N::last_modified_date>, read_modified,
            nullptr}, // the server's to say (R209)
    NoteRow{names::Categories, "CATEGORIES", false, says<&N::categories>, read_categories, write_categories},
};

std::string_view apply(Component& journal, Note const& shown, Note const& said) {
    NoteEditor editor{journal};
    for (auto const& row : note_rows)
        if (row.write && (row.said(said) || !row.silence_keeps))
            if (auto wrong = row.write(editor, said, shown); !wrong.empty()) return wrong;
    return {};
}

} // namespace

std::span<NoteRow const> note_table() { return note_rows; }

bool holds_note(Component const& calendar) { return journal_of(calendar) != nullptr; }

std::string note_uid(Component const& calendar) {
    auto const* journal = journal_of(calendar);
    return journal ? ical::text(journal->value("UID")) : std::string();
}

std::optional<Note> to_note(Component const& calendar, BodyOptions const& options, eas::Version version) {
    auto const* journal = journal_of(calendar);
    if (!journal) return std::nullopt;
    Note out;
    for (auto const& row : note_rows) row.read({*journal, options, version}, out);
    return out;
}

std::expected<Component, std::string_view> new_note(Note const& said, NoteRules const& rules, std::string_view uid) {
    Component journal{.name = "VJOURNAL"};
    journal.set("UID", ical::escaped(uid));
    for (auto const* stamp : {"DTSTAMP", "LAST-MODIFIED"}) journal.set(stamp, ical::raw(rules.now));
    Component calendar{.name = "VCALENDAR"};
    calendar.set("VERSION", "2.0");
    calendar.set("PRODID", "-//Godwit//EN");
    calendar.components.push_back(std::move(journal));
    return changed_note(std::move(calendar), said, rules);
}

std::expected<Component, std::string_view> changed_note(Component calendar, Note const& said, NoteRules const& rules) {
    auto const shown = to_note(calendar, rules.body, rules.version);
    if (!shown) return std::unexpected("what is stored is no note");
    auto& journal = *std::ranges::find(calendar.components, "VJOURNAL", &Component::name);
    auto const before = journal;
    if (auto wrong = apply(journal, *shown, said); !wrong.empty()) return std::unexpected(wrong);
    if (journal != before) journal.set("LAST-MODIFIED", ical::raw(rules.now));
    return calendar;
}

bool is_same_note(Component const& calendar, Note const& said, NoteRules const& rules) {
    auto const shown = to_note(calendar, rules.body, rules.version);
    if (!shown) return false;
    bool const body = !said.body || !said.body->data || said.body->type != eas::BodyType::Plain || !shown->body->data ||
                      with_plain_lines(said.body->data->bytes) == with_plain_lines(shown->body->data->bytes);
    return body &&
           said.categories.value_or(std::vector<std::string>()) ==
               shown->categories.value_or(std::vector<std::string>()) &&
           with_plain_lines(said.subject.value_or("")) == with_plain_lines(shown->subject.value_or(""));
}

std::string note_key(Note const& note) { return mime::lower(with_plain_lines(note.subject.value_or(""))); }

Note note_stand_in(std::string_view reason) {
    auto const text = "It is safe on the server. " + std::string(reason);
    return {.subject = "(This note could not be shown)",
            .body = text_body(text, {}, eas::v14_0),
            .message_class = std::string(usual_class),
            .last_modified_date = ical::raw(ical::Instant())};
}

} // namespace godwit::convert
