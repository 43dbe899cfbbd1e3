#include "command/drafts.hpp"
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/organizer.hpp"
#include "convert/calendar.hpp"
#include "delivery/scheduling.hpp"
#include "itip/compose.hpp"
#include "office.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <cstdio>

// What passes between phones, the server and other people's mailboxes.
namespace godwit::sim {
namespace {

std::string brief(std::string const& mime) {
    std::string out;
    for (std::string_view const name : {"METHOD", "UID", "RECURRENCE-ID", "DTSTART", "SEQUENCE", "DTSTAMP", "RRULE"})
        for (auto at = mime.find("\n" + std::string(name)); at != std::string::npos;
             at = mime.find("\n" + std::string(name), at + 1))
            if (auto const sign = mime[at + 1 + name.size()]; sign == ':' || sign == ';')
                out += " " + mime.substr(at + 1, mime.find('\r', at) - at - 1);
    return out;
}

} // namespace

// ---- Sync

// For --trace.
void People::tell(Handset const& phone) {
    auto facts = [&](eas::Fragment const& said) {
        std::string out;
        auto const thing = thing_of(index::ItemClass::Calendar, said, phone.version);
        for (auto const& [path, text] : thing ? facts_of(*thing, phone.version) : Facts())
            out += " " + path + "=" + text.substr(0, 40);
        return out;
    };
    for (auto const& one : phone.pending) {
        std::string words;
        if (auto const* add = std::get_if<eas::ClientAdd>(&one)) words = "Add" + facts(add->application_data);
        if (auto const* change = std::get_if<eas::ClientChange>(&one))
            words = "Change " + change->server_id + " " + change->instance_id.value_or("") +
                    facts(*change->application_data);
        if (auto const* gone = std::get_if<eas::ClientDelete>(&one))
            words = "Delete " + gone->server_id + " " + gone->instance_id.value_or("");
        std::fprintf(stderr, "    says %s\n", words.c_str());
    }
}

eas::SyncResponse People::serve(Handset const& phone, eas::SyncRequest const& request) {
    auto const& user = users_[phone.person];
    command::Postbox box{.user = user, .config = Office::config().delivery, .directory = Office::directory()};
    command::SyncContext context{.device = phone.id,
                                 .version = phone.version,
                                 .now = now_,
                                 .postbox = &box,
                                 .holder = command::holder_of(user, Office::config()),
                                 .event_heard = command::organizer_mails(box, phone.id)};
    auto answer = write(phone.person, [&](index::Transaction& tx) { return command::exchange(tx, context, request); });
    for (auto const& why : context.refusals)
        if (traced) std::fprintf(stderr, "    refused: %.*s\n", int(why.size()), why.data());
    return answer;
}

bool People::sync_once(Handset& phone, std::uint32_t pick) {
    auto const folder = read(phone.person, [](index::Transaction& tx) {
        return command::format(tx.folder_of(index::FolderType::Calendar)->id);
    });
    auto const request = phone.request(folder);
    auto const key = phone.key;
    auto const fate = fate_of(pick);
    if (fate == Fate::TwiceSecond || fate == Fate::AnswerLost || fate == Fate::DiesAfter) phone.repeated = true;
    auto const answer = deliver(pick, [&] { return serve(phone, request); });
    if (traced)
        std::fprintf(stderr, "  %s, key %s, says %zu: %s\n", phone.id.c_str(), key.c_str(), phone.pending.size(),
                     answer ? "hears" : "hears nothing");
    if (traced) tell(phone);
    if (!answer) return true;
    phone.receive(*answer);
    refresh(phone);
    mail_changes(phone);
    return phone.key != key;
}

Thing People::shown(index::Transaction& tx, Handset const& phone, index::Item const& item) const {
    command::Voice const voice{
        .version = phone.version, .now = now_, .holder = command::holder_of(users_[phone.person], Office::config())};
    std::string isolated;
    auto const fragment = command::kind_of(item.item_class)->show(item.id, source::fetch(tx, item), voice, isolated);
    auto thing = thing_of(item.item_class, fragment, phone.version);
    if (!thing || !isolated.empty()) throw Broken("what lies in the store cannot be shown: " + isolated);
    return std::move(*thing);
}

// By ItemOperations.
void People::refresh(Handset& phone) {
    for (auto& [server_id, held] : phone.view) {
        auto const id = held.stale ? command::parse_server_id(server_id) : std::nullopt;
        if (!id) continue;
        read(phone.person, [&](index::Transaction& tx) {
            auto const item = tx.item(id->item);
            if (item && item->folder == id->folder) held = {.event = shown(tx, phone, *item)};
        });
        held.stale = false;
    }
}

command::Session People::session(Handset const& phone) {
    command::Session out{.rooms = office_->rooms,
                         .user = users_[phone.person],
                         .line = {},
                         .version = phone.version,
                         .user_agent = "",
                         .request_id = "",
                         .hangup = office_->hangup};
    out.device = phone.id;
    return out;
}

// ---- answers

void People::send_answer(Handset& phone, std::uint32_t pick) {
    auto const said = *phone.answering;
    auto const serve = [&] {
        if (dies_) throw Crash(); // it writes all in one transaction: nothing of it is there
        auto asking = session(phone);
        return office_->loop.wait_for(command::meeting_response(asking, {.replies = {said.reply}}));
    };
    auto const answer = deliver(pick, serve);
    if (traced)
        std::fprintf(stderr, "  %s answers %d to %s %s: %d\n", phone.id.c_str(), int(said.reply.response),
                     said.reply.request_id->c_str(), said.reply.instance_id.value_or("").c_str(),
                     answer ? int(answer->results.front().status) : -1);
    if (!answer) return;
    answered(phone, answer->results.front());
    phone.answering.reset();
}

// Up to 14.1 the phone tells the organizer; it counts nothing, so its SEQUENCE is 0.
void People::answered(Handset& phone, eas::MeetingResult const& result) {
    auto const& said = *phone.answering;
    if (result.status != eas::MeetingStatus::Success) return;
    if (said.occurrence && said.reply.response == eas::UserResponse::Declined)
        for (auto* all : {&removed_, &declined_}) (*all)[{said.uid, phone.person}].insert(*said.occurrence);
    if (!phone.mails()) return;
    constexpr std::string_view words[]{"", "ACCEPTED", "TENTATIVE", "DECLINED"};
    auto const& user = users_[phone.person];
    auto const client_id = phone.next_client_id();
    auto const now = ical::raw(std::chrono::floor<std::chrono::seconds>(now_));
    std::string mime = "From: " + user.name + " <" + user.address + ">\r\nTo: <" + said.organizer +
                       ">\r\nMessage-ID: <" + client_id +
                       "@phone>\r\nSubject: My answer\r\nMIME-Version: 1.0\r\n"
                       "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n"
                       "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//phone//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:" +
                       said.uid + "\r\nSEQUENCE:0\r\nDTSTAMP:" + now + "\r\nORGANIZER:mailto:" + said.organizer +
                       "\r\nATTENDEE;PARTSTAT=" + std::string(words[std::to_underlying(said.reply.response)]) +
                       ":mailto:" + user.address + "\r\n";
    if (said.occurrence) mime += "RECURRENCE-ID:" + ical::raw(*said.occurrence) + "\r\n";
    phone.letters.push_back({client_id, mime + "END:VEVENT\r\nEND:VCALENDAR\r\n"});
}

// ---- what a phone mails itself

namespace {

// The phone counts the revisions of what it mails: no server tells it of them.
ical::Component as_mailed(ical::Component const& before, ical::Component after) {
    auto const master = std::ranges::find(before.components, "VEVENT", &ical::Component::name);
    for (auto& event : after.components) {
        if (event.name != "VEVENT") continue;
        auto const same = [&](ical::Component const& one) {
            return one.name == "VEVENT" && one.value("RECURRENCE-ID") == event.value("RECURRENCE-ID");
        };
        auto const was = std::ranges::find_if(before.components, same);
        auto const& from = was == before.components.end() ? *master : *was;
        if (from.find("SEQUENCE")) event.set("SEQUENCE", std::string(from.value("SEQUENCE")));
    }
    return itip::revised(before, std::move(after));
}

} // namespace

void People::mail_changes(Handset& phone) {
    if (!phone.mails()) return;
    for (auto const& id : std::exchange(phone.unmailed, {})) {
        auto const held = phone.view.find(id);
        if (held == phone.view.end()) continue;
        auto const& event = held->second.calendar();
        auto const own = addresses(phone.person);
        auto const uid = event.uid.value_or("");
        auto const bytes = convert::new_event(
            event, {.addresses = own, .name = users_[phone.person].name},
            {.version = phone.version, .now = std::chrono::floor<std::chrono::seconds>(now_), .uid = uid});
        if (!bytes) throw Broken("a phone cannot write its own meeting: " + std::string(bytes.error()));
        auto after = ical::parse(*bytes)->front();
        auto const before = phone.mailed.find(uid);
        if (before != phone.mailed.end()) after = as_mailed(before->second, std::move(after));
        write_letters(phone, before == phone.mailed.end() ? nullptr : &before->second, &after);
        phone.mailed[uid] = std::move(after);
    }
}

void People::write_letters(Handset& phone, ical::Component const* before, ical::Component const* after) {
    auto const own = addresses(phone.person);
    auto const now = std::chrono::floor<std::chrono::seconds>(now_);
    for (auto const& mail : itip::mails_of_change(before, after, own, users_[phone.person].name, now)) {
        auto const client_id = phone.next_client_id();
        phone.letters.push_back({client_id, "Message-ID: <" + client_id + "@phone>\r\n" + itip::write(mail)});
    }
}

void People::send_letters(Handset& phone, std::uint32_t pick) {
    auto const letter = phone.letters.front();
    auto const serve = [&] {
        return write(phone.person, [&](index::Transaction& tx) {
            delivery::Sending const sending{.user = users_[phone.person],
                                            .device = phone.id,
                                            .client_id = phone.version < eas::v14_0 ? std::string() : letter.client_id,
                                            .mime = letter.mime,
                                            .save_in_sent = true};
            return delivery::hand_in(tx, sending, Office::config().delivery, Office::directory());
        });
    };
    auto const sent = deliver(pick, serve);
    if (!sent) return;
    if (*sent != delivery::SendResult::Sent && *sent != delivery::SendResult::PreviouslySent)
        throw Broken("a phone's mail is refused: " + phone.id + ", " + std::to_string(int(*sent)));
    phone.letters.pop_front();
}

// ---- mail

void People::collect() {
    for (std::size_t i = 0; i < users_.size(); ++i) {
        if (read(i, [](index::Transaction& tx) { return tx.outbox().empty(); })) continue;
        auto const mails = office_->accounts.write_now(users_[i].id, [&](index::Transaction& tx) {
            std::vector<InTransit> out;
            for (auto const& row : tx.outbox()) {
                for (auto const& address : row.recipients)
                    if (auto const to = person_of(address)) out.push_back({i, *to, tx.content(row.content)});
                tx.remove_outgoing(row.id);
            }
            return out;
        });
        for (auto const& mail : mails) note(mail);
        transit_.insert(transit_.end(), mails.begin(), mails.end());
    }
}

// What the laws want to know of it: who has been told what, and who has answered what.
void People::note(InTransit const& mail) {
    auto const message = mime::Message::parse(mail.mime);
    auto const reading = itip::in_mail(message);
    if (traced)
        std::fprintf(stderr, "    %s mails %s:%s\n", users_[mail.from].name.c_str(), users_[mail.to].name.c_str(),
                     brief(mail.mime).c_str());
    if (!reading || !*reading) throw Broken("a mail schedules nothing");
    auto calendar = (*reading)->calendar;
    auto const& uid = (*reading)->uid;
    auto what = uid + " " + std::to_string(int((*reading)->method)) + " to " + std::to_string(mail.to) + " from " +
                std::to_string(mail.from);
    for (auto const& event : calendar.components) {
        if (event.name != "VEVENT") continue;
        auto const* id = event.find("RECURRENCE-ID");
        std::optional<ical::Instant> at;
        if (auto const moment = id ? ical::moment(*id) : std::nullopt)
            at = ical::Instant(moment->at.time_since_epoch());
        auto const revision = itip::revision_of(event);
        what += "\n" + (at ? ical::raw(*at) : "") + " " + std::to_string(revision.sequence) + " " +
                ical::raw(revision.stamp);
        if ((*reading)->method == itip::Method::reply)
            replies_[{uid, mail.from}].emplace_back(
                at,
                Reply{std::string(itip::attendee(event, users_[mail.from].address)->parameter("PARTSTAT")), revision});
        else
            told_[{uid, mail.to}] = std::max(told_[{uid, mail.to}], revision.sequence);
    }
    if (!mailed_.insert(what).second && !forwarded_.contains({uid, mail.to})) throw Broken("mailed twice: " + what);
}

void People::arrive(InTransit const& mail) {
    auto const& user = users_[mail.to];
    if (traced)
        std::fprintf(stderr, "  to %s from %s:%s\n", user.name.c_str(), users_[mail.from].name.c_str(),
                     brief(mail.mime).c_str());
    write(mail.to, [&](index::Transaction& tx) {
        mime::Rope message;
        message.view(std::string_view(mail.mime));
        source::append(tx, source::special_folder(tx, source::Special::Inbox), message, {}, now_);
        delivery::schedule(tx, message, user, Office::directory());
    });
}

} // namespace godwit::sim
