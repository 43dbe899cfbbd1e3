#include "command/organizer.hpp"
#include "delivery/host_name.hpp"
#include "delivery/outbox.hpp"
#include "delivery/report.hpp"
#include "delivery/scheduling.hpp"
#include "itip/compose.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "sync/blob.hpp"
#include <spdlog/spdlog.h>

namespace godwit::command {
namespace {

// Who is asked anew, and the event's revision, are the server's to write: the phone is told of it like of any change.
void keep_revised(index::Transaction& tx, std::string_view stored, ical::Component const& revised,
                  std::vector<std::string> const& owner) {
    auto const found = std::ranges::find(revised.components, "VEVENT", &ical::Component::name);
    if (found == revised.components.end()) return;
    auto const event = delivery::find_event(tx, ical::text(found->value("UID")));
    if (event && ical::write(event->calendar) == stored)
        delivery::keep_event(tx, event, {}, revised, itip::Outcome::Place::keep);
    else
        spdlog::warn("scheduling: {}: the event that was changed is not found", owner.front());
}

// Who would have got it: the organizer reads it in his Inbox, if that has room.
void report_unsent(index::Transaction& tx, Postbox const& box, itip::Mail const& mail, std::string_view bytes) {
    delivery::Report report{.hostname = delivery::host_name(box.config),
                            .to = box.user.address,
                            .original = bytes,
                            .recipients = {},
                            .when = net::Clock::utc(),
                            .id = delivery::random_id()};
    for (auto const& one : mail.to)
        report.recipients.push_back(
            {one.address, "you have sent mail to more people today than this server takes", {}});
    auto const text = delivery::compose_report(report);
    if (!report.recipients.empty() && tx.has_room(text.size()))
        source::append(tx, source::special_folder(tx, source::Special::Inbox), text, {}, net::Clock::utc());
}

delivery::Sending sending_of(Postbox const& box, std::string const& device, itip::Mail const& mail) {
    auto bytes = itip::write(mail);
    auto const name = std::to_string(sync::hash_of(bytes));
    return {
        .user = box.user, .device = device, .client_id = "\x03" + name, .mime = std::move(bytes), .save_in_sent = true};
}

// The change stays whatever becomes of its mails, as it does when Exchange cannot send. Who cannot be reached is no
// reason to leave the others without theirs, and all of them are one report. An account without room sends all the
// same, without a copy: the others would come to what has been called off.
void send(EventEdit const& edit, Postbox& box, std::string const& device, itip::Mail mail) {
    std::vector<mime::Address> to, others;
    for (auto& one : mail.to)
        (delivery::why_unreachable(one, box.config, box.directory) ? others : to).push_back(std::move(one));
    mail.to = std::move(to);
    if (!mail.to.empty()) {
        auto sending = sending_of(box, device, mail);
        auto result = delivery::hand_in(edit.tx, sending, box.config, box.directory);
        if (result == delivery::SendResult::QuotaExceeded) {
            sending.save_in_sent = false;
            result = delivery::hand_in(edit.tx, sending, box.config, box.directory);
        }
        box.used |= result == delivery::SendResult::Sent;
        if (result == delivery::SendResult::SendQuota) report_unsent(edit.tx, box, mail, sending.mime);
        if (result != delivery::SendResult::Sent)
            spdlog::warn("scheduling: account {}: {} not sent: {}", static_cast<std::int64_t>(box.user.id),
                         itip::name_of(mail.method), static_cast<int>(result));
    }
    mail.to = std::move(others);
    if (!mail.to.empty()) delivery::return_unsent(edit.tx, sending_of(box, device, mail), box.config, box.directory);
}

void heard(EventEdit const& edit, Postbox& box, std::string const& device) {
    if (edit.voice.version < eas::v16_0) return;
    auto const owner = delivery::addresses_of(box.user);
    auto const before = delivery::calendar_of(edit.before);
    auto after = delivery::calendar_of(edit.after);
    auto const* word = itip::organizers_word(before ? &*before : nullptr, after ? &*after : nullptr);
    if (!word || !itip::organizes(owner, *word)) return; // law 9
    if (before && after) {
        auto revised = itip::revised(*before, *after);
        if (revised != *after) keep_revised(edit.tx, ical::write(*after), revised, owner);
        after = std::move(revised);
    }
    auto const now = std::chrono::floor<std::chrono::seconds>(edit.voice.now);
    auto const mails =
        itip::mails_of_change(before ? &*before : nullptr, after ? &*after : nullptr, owner, box.user.name, now);
    for (auto const& mail : mails) send(edit, box, device, mail);
}

} // namespace

std::string organizer_revision(std::string_view before, std::string_view after, Voice const& voice) {
    auto const old = voice.version < eas::v16_0 ? std::nullopt : delivery::calendar_of(before);
    auto const fresh = old ? delivery::calendar_of(after) : std::nullopt;
    auto const* word = fresh ? itip::organizers_word(&*old, &*fresh) : nullptr;
    if (!word || !itip::organizes(voice.holder.addresses, *word)) return std::string(after); // law 9
    return ical::write(itip::revised(*old, *fresh));
}

EventHeard organizer_mails(Postbox& box, std::string const& device) {
    return [&box, &device](EventEdit const& edit) { heard(edit, box, device); };
}

} // namespace godwit::command
