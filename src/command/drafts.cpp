#include "command/drafts.hpp"
#include "command/compose_mail.hpp"
#include "command/email_view.hpp"
#include "convert/draft.hpp"
#include "delivery/outbox.hpp"
#include "eas/status.hpp"
#include "source/lineage.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace godwit::command {
namespace {

using sync::Status;
constexpr std::uint64_t most_compared = 1 << 20; // bytes of a draft that is there

constexpr Status wire(eas::CommonStatus status) { return Status(std::to_underlying(status)); }

convert::Author author(SyncContext const& context, std::string_view client_id, std::uint64_t fingerprint) {
    auto const* box = context.postbox;
    auto at = box ? box->user.address.rfind('@') : std::string::npos;
    auto host = at == std::string::npos ? std::string("localhost") : box->user.address.substr(at + 1);
    auto when = context.now.time_since_epoch().count();
    auto who = sync::fingerprint(fmt::format("{}\n{}\n{}", context.device, client_id, when));
    convert::Author out{.from = {}, .message_id = fmt::format("{:016x}.{:016x}@{}", who, fingerprint, host)};
    if (box) out.from = {.name = box->user.name, .address = box->user.address};
    return out;
}

Status draft_status(delivery::SendResult result) {
    using delivery::SendResult;
    switch (result) {
    case SendResult::Sent:
    case SendResult::PreviouslySent: return Status::Success; // the one effect that it is to have
    case SendResult::NoRecipients:
    case SendResult::BadRecipient: return wire(eas::CommonStatus::InvalidRecipients); // MS-ASCMD_R7472
    case SendResult::Failed: return Status::ServerError;
    default: return wire(*status_of(result));
    }
}

// `name` is what the sending is remembered by; no ClientId of SendMail begins with a control character.
Status send(index::Transaction& tx, SyncContext& context, std::string_view name, std::string_view draft,
            std::uint64_t frees) {
    if (!context.postbox) return Status::ServerError;
    if (!convert::has_good_recipients(draft)) return wire(eas::CommonStatus::InvalidRecipients);
    auto& box = *context.postbox;
    delivery::Sending sending{.user = box.user,
                              .device = context.device,
                              .client_id = "\x01" + std::string(name),
                              .mime = convert::undated(draft),
                              .save_in_sent = true,
                              .frees = frees};
    auto status = draft_status(delivery::hand_in(tx, sending, box.config, box.directory));
    box.used |= status == Status::Success;
    return status;
}

using Made = std::expected<index::NewItem, Status>;
Made make(index::Transaction& tx, SyncContext& context, std::string const& client_id, DraftSaid const& said) {
    auto draft = convert::new_draft(*said.email, author(context, client_id, said.fingerprint));
    auto wanted = convert::draft_marks(*said.email);
    if (!draft || !wanted) return std::unexpected(Status::ConversionError);
    if (said.send) {
        auto name = fmt::format("add:{}:{:016x}", client_id, said.fingerprint);
        return std::unexpected(send(tx, context, name, *draft, 0)); // Success too: there is no item then
    }
    if (!tx.has_room(draft->size())) return std::unexpected(wire(eas::CommonStatus::MailboxQuotaExceeded));
    auto kin = source::lineage(*draft);
    return index::NewItem{.received = context.now,
                          .content = tx.put_content(*draft),
                          .size = draft->size(),
                          .thread = std::move(kin.thread),
                          .names = std::move(kin.names),
                          .marks = with({.read = true}, std::move(*wanted))};
}

using Edited = std::expected<sync::Edit, Status>;
Edited edit(index::Transaction& tx, SyncContext& context, index::Item const& held, DraftSaid const& said) {
    static eas::Email const nothing;
    auto const& email = said.email ? *said.email : nothing;
    auto wanted = convert::draft_marks(email);
    if (!wanted) return std::unexpected(Status::ConversionError);
    sync::Edit out{.marks = with(held.marks, std::move(*wanted))};
    if (!said.send && convert::only_marks(email)) return out;
    std::string before;
    try {
        before = source::fetch(tx, held);
    } catch (index::StoreBroken const&) { // this item's affair (law 4)
        return std::unexpected(Status::ServerError);
    }
    auto after = convert::changed_draft(before, email);
    if (!after) return std::unexpected(Status::ConversionError);
    if (said.send) {
        auto name = fmt::format("draft:{}", std::to_underlying(held.id));
        if (auto status = send(tx, context, name, *after, held.size); status != Status::Success)
            return std::unexpected(status);
        tx.remove_item(held.id); // the server's own doing: the phone is told that it has gone
        return sync::Edit{.marks = held.marks};
    }
    if (!tx.has_room(after->size() - std::min(after->size(), before.size())))
        return std::unexpected(wire(eas::CommonStatus::MailboxQuotaExceeded));
    if (*after != before) out.rewrite = sync::Rewrite{tx.put_content(*after), after->size(), held.received};
    return out;
}

bool is_same(index::Transaction& tx, index::Item const& held, eas::Email const& said) {
    try {
        return held.size <= most_compared && convert::is_same_draft(source::fetch(tx, held), said);
    } catch (index::StoreBroken const&) { // that item's affair (law 4)
        return false;
    }
}

} // namespace

sync::AddCommand add_draft(SyncContext& context, std::string client_id, DraftSaid said) {
    auto make_it = [&context, client_id, said](index::Transaction& tx) { return make(tx, context, client_id, said); };
    sync::AddCommand add{std::move(client_id), said.fingerprint, std::move(make_it)};
    if (!said.send && said.email)
        add.same = [email = said.email](index::Transaction& tx, index::Item const& held) {
            return is_same(tx, held, *email);
        };
    return add;
}

sync::ChangeCommand change_draft(SyncContext& context, index::ItemId item, DraftSaid said) {
    auto edit_it = [&context, said](index::Transaction& tx, index::Item const& held) {
        return edit(tx, context, held, said);
    };
    return {item, said.fingerprint, std::move(edit_it)};
}

} // namespace godwit::command
