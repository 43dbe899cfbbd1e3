// Events: one VCALENDAR for each UID in the store, MS-ASCAL on the wire. The translation takes and gives bytes
// (convert/calendar.hpp).
#include "command/item_kind.hpp"
#include "convert/calendar.hpp"
#include "convert/email.hpp"
#include "convert/text_body.hpp"
#include "eas/calendar.hpp"
#include "mime/header.hpp"
#include "source/objects.hpp"
#include "wbxml/hex.hpp"
#include <algorithm>

namespace godwit::command {
namespace {

using eas::Calendar;

convert::CalendarOwner owner(Voice const& voice, index::ItemId item = {}) {
    auto const& holder = voice.holder;
    return {.item = std::to_underlying(item),
            .addresses = holder.addresses,
            .name = holder.name,
            .zone = holder.zone,
            .last_day_as_rule = holder.last_day_as_rule};
}

convert::EventRules event_rules(Voice const& voice, std::string_view uid = {}) {
    return {.version = voice.version,
            .supported = voice.supported,
            .body = voice.body,
            .now = std::chrono::floor<std::chrono::seconds>(voice.now),
            .uid = uid};
}

// Its end; what has none, or never ends, is never filtered.
std::optional<index::Time> place_of(std::string_view stored, Voice const& voice) {
    auto span = convert::event_span(stored, owner(voice));
    return span && span->last ? index::Time(*span->last) : index::Time::max();
}

Merged becomes(convert::EditedEvent edited, Voice const& voice, bool passed_over = false) {
    if (!edited) {
        auto why = edited.error();
        bool none = why == convert::no_occurrence;
        return std::unexpected(Refusal(why, none ? eas::SyncStatus::ObjectNotFound : eas::SyncStatus::ConversionError));
    }
    auto place = place_of(*edited, voice);
    return Becomes{std::move(*edited), place, passed_over};
}

std::unexpected<Refusal> malformed(eas::Violation const& violation) { return std::unexpected(Refusal(violation)); }

// From 16.0 on the organizer of what nobody else has called is the user (MS-ASCAL_R2169, R2175). He is told and not
// stored: an appointment is no meeting, and stays none when a phone says it again.
void name_organizer(Calendar& event, Holder const& holder) {
    bool const received = (event.meeting_status.value_or(0) & 2) != 0;
    if (received || event.organizer_email || holder.addresses.empty()) return;
    event.organizer_email = holder.addresses.front();
    if (!holder.name.empty()) event.organizer_name = holder.name;
}

eas::Fragment show(index::ItemId item, std::string_view bytes, Voice const& voice, std::string& isolated) {
    auto told = convert::to_calendar(bytes, owner(voice, item), voice.body, voice.version);
    if (voice.version >= eas::v16_0 && told.isolated.empty()) name_organizer(told.event, voice.holder);
    isolated = std::move(told.isolated);
    return eas::encode_fragment(told.event, voice.version);
}

eas::Fragment lost(eas::Version version) {
    auto event = convert::to_calendar({}, {}, {}, version).event;
    event.body = convert::text_body(convert::content_is_lost, {}, version);
    return eas::encode_fragment(event, version);
}

Merged make(eas::Fragment const& said, Voice const& voice, std::string_view uid) {
    auto event = eas::decode<Calendar>(said, voice.version);
    if (!event) return malformed(event.error());
    return becomes(convert::new_event(*event, owner(voice), event_rules(voice, uid)), voice);
}

Merged merge(std::string_view stored, eas::Fragment const& said, Voice const& voice) {
    auto event = eas::decode<Calendar>(said, voice.version);
    if (!event) return malformed(event.error());
    bool passed_over = false;
    auto after = convert::changed_event(stored, *event, owner(voice), event_rules(voice), &passed_over);
    return becomes(std::move(after), voice, passed_over);
}

Merged merge_one(std::string_view stored, eas::Instant instance, eas::Fragment const* said, Voice const& voice) {
    if (!said) return becomes(convert::deleted_occurrence(stored, instance, owner(voice), event_rules(voice)), voice);
    auto event = eas::decode<Calendar>(*said, voice.version);
    if (!event) return malformed(event.error());
    bool passed_over = false;
    auto after = convert::changed_occurrence(stored, instance, *event, owner(voice), event_rules(voice), &passed_over);
    return becomes(std::move(after), voice, passed_over);
}

bool same(std::string_view stored, eas::Fragment const& said, Voice const& voice) {
    auto event = eas::decode<Calendar>(said, voice.version);
    if (!event) return false;
    event->attachments.reset(); // to add a file again says nothing of the event
    auto after = convert::changed_event(stored, *event, owner(voice), event_rules(voice));
    return after && *after == stored;
}

std::string key(Calendar const& event) {
    auto out = mime::lower(event.subject.value_or(""));
    if (event.start_time) eas::append(out += '\n', *event.start_time);
    return out;
}
std::string key_of(std::string_view stored) { return key(convert::to_calendar(stored, {}, {}, eas::v14_1).event); }
std::string key_said(eas::Fragment const& said, Voice const& voice) {
    auto event = eas::decode<Calendar>(said, voice.version);
    return event ? key(*event) : std::string();
}

// Up to 14.1 the phone makes it (MS-ASCAL_R2219). From 16.0 the server does: out of the ClientUid, which says whether
// the event is there already (R2061, R2062).
std::string uid_said(eas::Fragment const& said, Voice const& voice) {
    auto event = eas::decode<Calendar>(said, voice.version);
    if (!event) return {};
    if (voice.version < eas::v16_0) return event->uid.value_or("");
    if (!event->client_uid || event->client_uid->empty()) return {};
    auto const& addresses = voice.holder.addresses;
    return wbxml::to_hex(source::digest((addresses.empty() ? "" : addresses.front()) + '\n' + *event->client_uid));
}

bool uid_is_enough(Voice const& voice) { return voice.version >= eas::v16_0; }

std::optional<eas::Fragment> answer(index::ItemId item, std::string_view stored, eas::Fragment const& said, bool is_new,
                                    Voice const& voice) {
    if (voice.version < eas::v16_0) return std::nullopt;
    auto event = eas::decode<Calendar>(said, voice.version);
    auto brought = event ? convert::uploaded(*event) : std::vector<convert::Uploaded>();
    if (!is_new && brought.empty()) return std::nullopt;
    auto out = convert::event_answer(stored, owner(voice, item), brought, is_new);
    return eas::encode_fragment(out, voice.version);
}

std::optional<ItemFile> file(std::string_view stored, std::string_view part) {
    auto found = convert::event_attachment(stored, part);
    if (!found) return std::nullopt;
    return ItemFile{std::move(found->name), std::move(found->type), std::move(found->content)};
}

} // namespace

constinit ItemKind const calendar_kind{.item_class = index::ItemClass::Calendar,
                                       .name = "Calendar",
                                       .show = show,
                                       .lost = lost,
                                       .make = make,
                                       .merge = merge,
                                       .same = same,
                                       .key_of = key_of,
                                       .key_said = key_said,
                                       .uid_of = convert::event_uid,
                                       .uid_said = uid_said,
                                       .place_of = place_of,
                                       .merge_one = merge_one,
                                       .answer = answer,
                                       .file = file,
                                       .uid_is_enough = uid_is_enough};

} // namespace godwit::command
