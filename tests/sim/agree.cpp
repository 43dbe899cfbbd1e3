#include "command/ids.hpp"
#include "delivery/scheduling.hpp"
#include "ical/object.hpp"
#include "ical/rule.hpp"
#include "itip/record.hpp"
#include "office.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "source/objects.hpp"
#include "sync/tell.hpp"
#include <algorithm>

// The laws of meetings, at rest: all mail has arrived, all phones have asked. What the organizer's store says is so;
// who is invited has the same once, and who is not has nothing that he would go to.
namespace godwit::sim {
namespace {

using ical::Component, ical::Instant;

constexpr std::size_t most_occurrences = 60;

struct Shown { // one occurrence, as its owner sees it
    ical::Instant start = {}, end = {};
    std::string subject = {}, place = {};
    bool cancelled = false;
    bool operator==(Shown const&) const = default;
};

std::string text_of(Shown const& one) {
    return ical::raw(one.start) + " to " + ical::raw(one.end) + ", " + one.subject + ", " + one.place +
           (one.cancelled ? ", cancelled" : "");
}

bool is_cancelled(Component const& event) { return ical::same_name(event.value("STATUS"), "CANCELLED"); }

// Who has answered unasked is listed too.
bool is_guest(Component const& event, std::string_view address) {
    auto const* one = itip::attendee(event, address);
    return one && one->parameter("X-GODWIT-UNINVITED").empty();
}

std::string partstat(Component const& event, std::string_view address) {
    auto const* guest = itip::attendee(event, address);
    if (!guest) return {};
    auto const said = ical::upper(guest->parameter("PARTSTAT"));
    return said.empty() ? "NEEDS-ACTION" : said;
}

std::uint32_t number(std::string_view text) {
    std::uint32_t out = 0;
    for (auto const c : text) {
        if (c < '0' || c > '9') break;
        out = out * 10 + std::uint32_t(c - '0');
    }
    return out;
}

// When everybody was asked anew, as the organizer's event says.
itip::Revision asked_at(Component const& event) {
    auto const text = event.value("X-GODWIT-ASKED");
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    return {number(text), ical::instant(text.substr(slash + 1)).value_or(Instant())};
}

} // namespace

// Read without a thought of how scheduling keeps it.
struct People::View {
    std::string bytes = {};
    Component calendar = {};
    Component const* master = nullptr; // absent: only occurrences are known
    std::map<Instant, Component const*> overrides = {};
    std::map<Instant, Shown> occurrences = {}; // by when they would begin
    std::uint32_t sequence = 0;                // the highest that it has heard of
    bool aside = false;                        // in Deleted Items
    bool off = true;                           // all of it is cancelled

    View(std::string text, bool lies_aside) : bytes(std::move(text)), aside(lies_aside) {
        calendar = ical::parse(bytes)->front();
        for (auto const& one : calendar.components) hear(one);
        if (master) expand();
        for (auto const& [at, one] : overrides) occurrences[at] = shown(*one, {});
        for (auto const& [at, one] : occurrences) off &= one.cancelled;
    }
    View(View const&) = delete;

    // What holds for an occurrence; null: neither it nor the series is known.
    Component const* event_at(std::optional<Instant> at) const {
        auto const own = at ? overrides.find(*at) : overrides.end();
        return own != overrides.end() ? own->second : master;
    }

private:
    void hear(Component const& one) {
        if (one.name == "VEVENT") {
            sequence = std::max(sequence, number(one.value("SEQUENCE")));
            if (auto const* id = one.find("RECURRENCE-ID"))
                overrides[itip::Record::instant_of(calendar, *id)] = &one;
            else
                master = &one;
        }
        for (auto const* name : {"X-GODWIT-SAID", "X-GODWIT-CANCELLED"})
            sequence = std::max(sequence, number(one.value(name)));
    }
    Shown shown(Component const& event, std::chrono::seconds later) {
        auto const times = itip::times_of(calendar, event);
        return {times.start + later, times.end + later, ical::text(event.value("SUMMARY")),
                ical::text(event.value("LOCATION")), is_cancelled(event)};
    }
    void expand() { // all zones are UTC here
        auto const first = itip::times_of(calendar, *master).start;
        auto const local = ical::Local(first.time_since_epoch());
        auto const rule = ical::parse_rule(master->value("RRULE"));
        auto all =
            rule ? ical::expand(*rule, local, {local + std::chrono::years(1), most_occurrences}) : std::vector{local};
        for (auto const& one : master->properties)
            for (auto const& date : one.name == "RDATE" ? ical::moments(one) : std::vector<ical::Moment>())
                all.push_back(date.at);
        for (auto const at : all) occurrences[Instant(at.time_since_epoch())] = shown(*master, at - local);
        for (auto const& one : master->properties)
            for (auto const& date : one.name == "EXDATE" ? ical::moments(one) : std::vector<ical::Moment>())
                occurrences.erase(Instant(date.at.time_since_epoch()));
    }
};

namespace {

[[noreturn]] void broken(std::string const& law, std::string const& about, std::string const& one,
                         std::string const& other) {
    throw Broken(law + ": " + about + "\n" + one + (other.empty() ? "" : "\nagainst\n") + other);
}

} // namespace

void People::check() {
    std::map<std::string, std::optional<std::size_t>> organizers; // by UID
    for (std::size_t i = 0; i < users_.size(); ++i)
        read(i, [&](index::Transaction& tx) {
            std::set<std::string> seen;
            for (auto const& folder : tx.folders())
                for (auto const& item : tx.walk(folder.id, {}, sync::bottom, 10'000)) {
                    if (item.item_class != index::ItemClass::Calendar) continue;
                    auto const bytes = source::fetch(tx, item);
                    View const view(bytes, false);
                    auto const* any = view.event_at({});
                    if (!any && !view.overrides.empty()) any = view.overrides.begin()->second;
                    auto const uid = any ? ical::text(any->value("UID")) : std::string();
                    if (!any) continue; // a cancellation that waits for its invitation
                    if (!seen.insert(uid).second) broken("a meeting is there twice", users_[i].name, bytes, {});
                    if (auto const by = person_of(itip::organizer_of(*any))) organizers[uid] = by;
                }
        });
    for (auto const& [uid, by] : organizers)
        if (by) check_meeting(uid, *by);
    for (auto const& phone : phones_) check_phone(phone);
}

void People::check_meeting(std::string const& uid, std::size_t organizer) {
    auto const seen_by = [&](std::size_t person) {
        return read(person, [&](index::Transaction& tx) -> std::unique_ptr<View const> {
            auto const stored = delivery::find_event(tx, uid);
            if (!stored) return nullptr;
            auto const trash = source::special_folder(tx, source::Special::Trash);
            auto view = std::make_unique<View const>(source::fetch(tx, stored->item), stored->item.folder == trash);
            return view->master || !view->overrides.empty() ? std::move(view) : nullptr;
        });
    };
    auto const own = seen_by(organizer);
    bool const over = !own || own->aside || own->off;
    for (std::size_t guest = 0; guest < users_.size(); ++guest) {
        if (guest == organizer) continue;
        auto const theirs = seen_by(guest);
        auto const& address = users_[guest].address;
        bool const invited = !over && own->master && is_guest(*own->master, address);
        if (!invited) {
            bool const listed = !over && own->master && itip::attendee(*own->master, address);
            if (listed && counts_himself(*own)) continue; // the phone takes whoever answers for invited
            check_alone(uid, over ? nullptr : own.get(), theirs.get(), guest);
            continue;
        }
        if (!theirs)
            broken("somebody who is invited does not have it", uid + ", " + users_[guest].name, own->bytes, {});
        check_guest(uid, *own, *theirs, guest);
        check_answers(uid, *own, *theirs, guest);
    }
}

// Who is not invited to the series has the occurrences that he is invited to, as they are, and no other.
void People::check_alone(std::string const& uid, View const* own, View const* theirs, std::size_t guest) {
    auto fail = [&](std::string const& law) {
        broken(law, uid + ", " + users_[guest].name, own ? own->bytes : "", theirs ? theirs->bytes : "");
    };
    // Up to 14.1 the organizer's phone invites to the series alone, whoever stands in an exception that answers made.
    bool const by_phone = own && counts_himself(*own);
    auto const invited = [&](Instant at) {
        if (by_phone) return false;
        auto const* one = own && own->overrides.contains(at) ? own->overrides.at(at) : nullptr;
        return one && !is_cancelled(*one) && is_guest(*one, users_[guest].address);
    };
    bool any = false;
    for (auto const& [at, one] : own ? own->overrides : decltype(View::overrides)()) {
        if (!invited(at)) continue;
        any = true;
        auto const there = theirs ? theirs->occurrences.find(at) : decltype(theirs->occurrences.end())();
        if (!theirs || there == theirs->occurrences.end()) {
            if (!removed_[{uid, guest}].contains(at)) fail("an occurrence is not there: " + ical::raw(at));
        } else if (there->second != own->occurrences.at(at)) {
            fail("another occurrence: " + ical::raw(at));
        }
    }
    if (!theirs) return;
    for (auto const& [at, one] : theirs->occurrences)
        if (!theirs->aside && !one.cancelled && !invited(at))
            fail("somebody has a meeting that he is not invited to: " + ical::raw(at));
    if (any) check_answers(uid, *own, *theirs, guest);
}

// Up to 14.1 the organizer's phone counts SEQUENCE in its mails, and the server does not hear of it.
bool People::counts_himself(View const& own) const {
    auto const by = person_of(itip::organizer_of(*own.master));
    return std::ranges::any_of(phones_,
                               [&](Handset const& one) { return one.person == by && one.organizes && one.mails(); });
}

// Start, end, words, place, rule and exceptions; what he has taken out of his calendar himself need not be there.
void People::check_guest(std::string const& uid, View const& own, View const& theirs, std::size_t guest) {
    auto const who = uid + ", " + users_[guest].name;
    auto fail = [&](std::string const& law) { broken(law, who, own.bytes, theirs.bytes); };
    if (!theirs.master) fail("the series is not there");
    if (own.master->value("RRULE") != theirs.master->value("RRULE")) fail("another rule");
    if (theirs.sequence > own.sequence && !counts_himself(own)) fail("a SEQUENCE that was never said");
    if (theirs.sequence != told_[{uid, guest}]) fail("another SEQUENCE than he was told");
    auto const& removed = removed_[{uid, guest}];
    for (auto const& [at, one] : theirs.occurrences) {
        auto const there = own.occurrences.find(at);
        auto const* event = own.event_at(at);
        bool const invited = there != own.occurrences.end() && is_guest(*event, users_[guest].address);
        if (!invited && !one.cancelled) fail("an occurrence that is none: " + ical::raw(at));
        if (invited && there->second != one)
            fail("another occurrence: " + ical::raw(at) + ": " + text_of(there->second) + " and " + text_of(one));
    }
    for (auto const& [at, one] : own.occurrences) {
        bool const invited = is_guest(*own.event_at(at), users_[guest].address);
        if (invited && !one.cancelled && !theirs.occurrences.contains(at) && !removed.contains(at))
            fail("an occurrence is lost: " + ical::raw(at));
    }
}

// What he has answered is what the organizer sees. What he was asked anew has no answer, unless he gave one before he
// heard of that: then the organizer may have either.
void People::check_answers(std::string const& uid, View const& own, View const& theirs, std::size_t guest) {
    auto const& address = users_[guest].address;
    std::set<std::optional<Instant>> asked{std::nullopt};
    auto const &removed = removed_[{uid, guest}], &declined = declined_[{uid, guest}];
    asked.insert(declined.begin(), declined.end());
    for (auto const* view : {&own, &theirs})
        for (auto const& [at, one] : view->overrides) asked.insert(at);
    for (auto const& at : asked) {
        if (at && !own.occurrences.contains(*at)) continue;
        bool const gone = at && !theirs.occurrences.contains(*at) && declined.contains(*at) && !counts_himself(own);
        if (at && removed.contains(*at) && !gone) continue;
        auto const *mine = own.event_at(at), *his = theirs.event_at(at);
        if (!is_guest(*mine, address)) continue;
        auto const known = partstat(*mine, address), given = gone ? "DECLINED" : partstat(*his, address);
        if (known == given) continue;
        auto const anew = asked_at(*mine);
        bool const by_phone = counts_himself(own); // who carries exceptions along when the series is moved
        auto const said = [&](auto const& one) {
            auto const& [answer, revision] = one.second;
            bool const overtaken = revision.sequence < anew.sequence && revision.stamp <= anew.stamp;
            return answer == known && !overtaken && (by_phone || !one.first || one.first == at);
        };
        if (given == "NEEDS-ACTION" && std::ranges::any_of(replies_[{uid, guest}], said)) continue;
        broken("another answer",
               uid + ", " + users_[guest].name + (at ? ", " + ical::raw(*at) : "") + ": " + known + " instead of " +
                   given,
               own.bytes, theirs.bytes);
    }
}

void People::check_phone(Handset const& phone) {
    read(phone.person, [&](index::Transaction& tx) {
        auto const folder = tx.folder_of(index::FolderType::Calendar)->id;
        auto const items = tx.walk(folder, {}, sync::bottom, 10'000);
        if (items.size() != phone.view.size()) throw Broken("another number of events: " + phone.id);
        for (auto const& item : items) {
            auto const held = phone.view.find(command::format(command::ServerId{folder, item.id}));
            if (held == phone.view.end()) throw Broken("an event is lost: " + phone.id);
            auto const told = facts_of(shown(tx, phone, item), phone.version);
            auto const& one = held->second;
            if (auto const what = difference(facts_of(one.event, phone.version), told, one.partial); !what.empty())
                broken("another event on the phone", phone.id + ", " + held->first + ": " + what,
                       source::fetch(tx, item), {});
        }
    });
}

} // namespace godwit::sim
