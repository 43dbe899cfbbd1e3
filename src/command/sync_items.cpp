#include "command/sync_items.hpp"
#include "eas/status.hpp"
#include "source/local.hpp"
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

// UID of a new card or event: what it is called wherever it goes. Another request of the same phone has another time.
std::string uid_of(SyncContext const& context, std::string const& client_id, std::uint64_t fingerprint) {
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

} // namespace

sync::AddCommand add_item(SyncContext& context, ItemKind const& kind, index::Folder const& folder,
                          eas::ClientAdd const& add, Voice const& voice) {
    auto const said = std::make_shared<eas::Fragment const>(add.application_data);
    sync::AddCommand out{.client_id = add.client_id, .fingerprint = sync::fingerprint(said->bytes), .make = {}};
    out.make = [&context, &kind, said, voice, id = out.client_id,
                print = out.fingerprint](index::Transaction& tx) -> std::expected<index::NewItem, Status> {
        auto made = kind.make(*said, voice, uid_of(context, id, print));
        if (!made) return std::unexpected(Status::ConversionError);
        if (!tx.has_room(made->bytes.size())) return std::unexpected(no_room(voice.version));
        return index::NewItem{.item_class = kind.item_class,
                              .received = made->received.value_or(context.now),
                              .content = tx.put_content(made->bytes),
                              .size = made->bytes.size()};
    };
    out.same = [&kind, said, voice](index::Transaction& tx, index::Item const& item) {
        auto bytes = content(tx, item);
        return bytes && kind.same(*bytes, *said, voice);
    };
    out.candidates = [&context, &kind, said, voice, id = folder.id](index::Transaction& tx) {
        std::vector<index::ItemId> items;
        auto [begin, end] = keys_of(context, tx, kind, id).equal_range(kind.key_said(*said, voice));
        for (; begin != end; ++begin) items.push_back(begin->second);
        return items;
    };
    return out;
}

sync::ChangeCommand change_item(ItemKind const& kind, index::ItemId item, eas::Fragment const& said,
                                Voice const& voice) {
    auto edit = [&kind, said, voice](index::Transaction& tx,
                                     index::Item const& held) -> std::expected<sync::Edit, Status> {
        if (held.item_class != kind.item_class) return std::unexpected(Status::ConversionError);
        auto before = content(tx, held);
        if (!before) return std::unexpected(Status::ServerError);
        auto after = kind.merge(*before, said, voice);
        if (!after) return std::unexpected(Status::ConversionError);
        if (!tx.has_room(after->bytes.size() - std::min(after->bytes.size(), before->size())))
            return std::unexpected(no_room(voice.version));
        sync::Edit out{.marks = held.marks};
        auto received = after->received.value_or(held.received);
        if (after->bytes != *before || received != held.received)
            out.rewrite = sync::Rewrite{tx.put_content(after->bytes), after->bytes.size(), received};
        return out;
    };
    return {item, sync::fingerprint(said.bytes), std::move(edit)};
}

} // namespace godwit::command
