#include "command/sync_items.hpp"
#include "delivery/scheduling.hpp"
#include "eas/status.hpp"
#include "source/local.hpp"
#include "source/objects.hpp"
#include <algorithm>
#include <fmt/format.h>

namespace godwit::command {
namespace {

using sync::Status;
constexpr std::size_t most_looked_at = 20'000, rows_at_once = 200; // items of a folder, to find what was added before
constexpr std::uint64_t largest_looked_at = 1 << 20;               // bytes of one of them
constexpr index::Position lowest{index::Time::min(), index::ItemId(0)};

// Below 14.0 there is no status for it (trap 43).
Status no_room(eas::Version version) {
    return version < eas::v14_0 ? Status::ServerError
                                : Status(std::to_underlying(eas::CommonStatus::MailboxQuotaExceeded));
}

// What cannot be read is that item's affair (law 4).
std::optional<std::string> content(index::Transaction& tx, index::Item const& item) {
    try {
        return source::fetch(tx, item);
    } catch (index::StoreBroken const&) {
        return std::nullopt;
    }
}

// UID of what has none yet: what it is called wherever it goes. Another request of the same phone has another time.
std::string new_uid(SyncContext const& context, std::string const& client_id, std::uint64_t fingerprint) {
    auto when = context.now.time_since_epoch().count();
    auto who = sync::fingerprint(fmt::format("{}\n{}\n{}", context.device, client_id, when));
    return fmt::format("{:016x}{:016x}", who, fingerprint);
}

// Every item of the folder by its key; made once in a request, and only if a phone adds again after a reset.
ItemKeys const& keys_of(SyncContext& context, index::Transaction& tx, ItemKind const& kind,
                        index::CollectionId folder) {
    auto [found, fresh] = context.keys.try_emplace(folder);
    if (!fresh) return found->second;
    std::optional<index::Position> from;
    for (std::size_t seen = 0; seen < most_looked_at; seen += rows_at_once) {
        auto const items = tx.walk(folder, from, lowest, rows_at_once);
        for (auto const& item : items) {
            if (item.item_class != kind.item_class || item.size > largest_looked_at) continue;
            if (auto bytes = content(tx, item)) found->second.emplace(kind.key_of(*bytes), item.id);
        }
        if (items.size() < rows_at_once) break;
        from = index::Position{items.back().received, items.back().id};
    }
    return found->second;
}

std::unexpected<Status> refused(SyncContext& context, Refusal const& refusal) {
    context.refusals.push_back(refusal.why);
    return std::unexpected(Status(std::to_underlying(refusal.status)));
}

// What becomes of an event is told to who listens.
sync::Heard heard(SyncContext& context, ItemKind const& kind, SharedVoice const& voice) {
    if (kind.item_class != index::ItemClass::Calendar || !context.event_heard) return {};
    return [&context, voice](index::Transaction& tx, index::Item const* before, index::Item const* after) {
        auto bytes = [&](index::Item const* item) { return item ? content(tx, *item).value_or("") : std::string(); };
        auto was = bytes(before), is = bytes(after);
        if (was != is) context.event_heard({tx, was, is, *voice});
    };
}

std::string without_stamps(std::string const& bytes) {
    auto calendar = delivery::calendar_of(bytes);
    if (!calendar) return bytes;
    for (auto& one : calendar->components) one.remove("DTSTAMP");
    return ical::write(*calendar);
}

// What only others see of an edit is written with it: iOS stops at its own change when it comes back (clients.md 4.1).
// What the phone sees as well is news to it, and comes by way of who listens; but for a DtStamp that is a second later
// than the phone's, as the edit before was made in the same second: no reason for a conflict with the edit after it.
void revise(SyncContext& context, ItemKind const& kind, index::Item const& held, std::string const& before,
            Becomes& after, Voice const& voice) {
    if (kind.item_class != index::ItemClass::Calendar || !context.event_revised || after.bytes == before) return;
    auto revised = context.event_revised(before, after.bytes, voice);
    if (revised == after.bytes) return;
    std::string isolated;
    auto shown = [&](std::string const& bytes) {
        return kind.show(held.id, without_stamps(bytes), voice, isolated).bytes;
    };
    if (shown(revised) == shown(after.bytes)) after.bytes = std::move(revised);
}

using Edited = std::expected<sync::Edit, Status>;
// `merge` makes of the stored bytes what they become.
template <class Merge> Edited edited(SyncContext& context, ItemKind const& kind, index::Transaction& tx,
                                     index::Item const& held, Voice const& voice, Merge merge) {
    if (held.item_class != kind.item_class) return std::unexpected(Status::ConversionError);
    auto before = content(tx, held);
    if (!before) return std::unexpected(Status::ServerError);
    Merged after = merge(*before);
    if (!after) return refused(context, after.error());
    revise(context, kind, held, *before, *after, voice);
    if (!tx.has_room(after->bytes.size() - std::min(after->bytes.size(), before->size())))
        return std::unexpected(no_room(context.version));
    sync::Edit out{.marks = held.marks, .passed_over = after->passed_over};
    auto received = after->received.value_or(held.received);
    if (after->bytes != *before || received != held.received)
        out.rewrite = sync::Rewrite{tx.put_content(after->bytes), after->bytes.size(), received};
    return out;
}

struct Adding { // an Add, kept until it is carried out
    SyncContext& context;
    ItemKind const& kind;
    index::CollectionId folder;
    std::string client_id;
    eas::Fragment said;
    SharedVoice voice;
    std::string uid; // that the phone says; empty: none

    std::expected<index::NewItem, Status> make(index::Transaction& tx) const {
        auto made =
            kind.make(said, *voice, uid.empty() ? new_uid(context, client_id, sync::fingerprint(said.bytes)) : uid);
        if (!made) return refused(context, made.error());
        if (!tx.has_room(made->bytes.size())) return std::unexpected(no_room(context.version));
        return index::NewItem{.item_class = kind.item_class,
                              .received = made->received.value_or(context.now),
                              .content = tx.put_content(made->bytes),
                              .size = made->bytes.size(),
                              .thread = source::object_thread(kind.item_class, kind.uid_of(made->bytes))};
    }
    bool same(index::Transaction& tx, index::Item const& item) const {
        auto bytes = content(tx, item);
        return bytes && kind.same(*bytes, said, *voice);
    }
    std::vector<index::ItemId> candidates(index::Transaction& tx) const {
        std::vector<index::ItemId> items;
        auto [begin, end] = keys_of(context, tx, kind, folder).equal_range(kind.key_said(said, *voice));
        for (; begin != end; ++begin) items.push_back(begin->second);
        return items;
    }
    std::optional<index::ItemId> known(index::Transaction& tx) const {
        if (uid.empty()) return std::nullopt;
        auto item = source::object_in(tx, folder, kind.item_class, uid);
        if (!item) return std::nullopt;
        return item->id;
    }
    // One UID is one item for ever (docs/meetings.md): an invitation has come before the phone's own copy, say.
    Edited edit(index::Transaction& tx, index::Item const& item) const {
        return edited(context, kind, tx, item, *voice,
                      [&](std::string const& before) { return kind.merge(before, said, *voice); });
    }
};

} // namespace

sync::AddCommand add_item(SyncContext& context, ItemKind const& kind, index::Folder const& folder,
                          eas::ClientAdd const& add, SharedVoice voice) {
    auto const& said = add.application_data;
    auto const adding = std::make_shared<Adding const>(
        Adding{context, kind, folder.id, add.client_id, said, voice, kind.uid_said(said, *voice)});
    sync::AddCommand out{
        .client_id = add.client_id,
        .fingerprint = sync::fingerprint(said.bytes),
        .make = [adding](index::Transaction& tx) { return adding->make(tx); },
        .same = [adding](index::Transaction& tx, index::Item const& item) { return adding->same(tx, item); },
        .candidates = [adding](index::Transaction& tx) { return adding->candidates(tx); },
        .known = [adding](index::Transaction& tx) { return adding->known(tx); },
        .heard = heard(context, kind, voice)};
    if (!kind.uid_is_enough(*voice))
        out.edit = [adding](index::Transaction& tx, index::Item const& item) { return adding->edit(tx, item); };
    return out;
}

sync::ChangeCommand change_item(SyncContext& context, ItemKind const& kind, index::ItemId item,
                                eas::Fragment const& said, SharedVoice voice) {
    auto edit = [&context, &kind, said, voice](index::Transaction& tx, index::Item const& held) -> Edited {
        return edited(context, kind, tx, held, *voice,
                      [&](std::string const& before) { return kind.merge(before, said, *voice); });
    };
    return {item, sync::fingerprint(said.bytes), std::move(edit), heard(context, kind, voice)};
}

sync::ChangeCommand change_occurrence(SyncContext& context, ItemKind const& kind, index::ItemId item,
                                      eas::Instant instance, std::optional<eas::Fragment> const& said,
                                      SharedVoice voice) {
    auto edit = [&context, &kind, instance, said, voice](index::Transaction& tx, index::Item const& held) -> Edited {
        return edited(context, kind, tx, held, *voice, [&](std::string const& before) {
            return kind.merge_one(before, instance, said ? &*said : nullptr, *voice);
        });
    };
    auto what = fmt::format("{} {}", said ? "change" : "delete", instance.time_since_epoch().count());
    return {item, sync::fingerprint(what + (said ? said->bytes : "")), std::move(edit), heard(context, kind, voice)};
}

sync::DeleteCommand delete_item(SyncContext& context, ItemKind const& kind, index::ItemId item, SharedVoice voice) {
    return {item, heard(context, kind, voice)};
}

} // namespace godwit::command
