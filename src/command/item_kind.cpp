#include "command/item_kind.hpp"
#include "command/email_view.hpp"
#include "command/sync_exchange.hpp"
#include <array>

namespace godwit::command {
namespace {

constexpr std::array kinds{&calendar_kind, &contact_kind, &note_kind, &task_kind};

} // namespace

ItemKind const* kind_of(index::ItemClass item) {
    for (auto const* kind : kinds)
        if (kind->item_class == item) return kind;
    return nullptr;
}

ItemKind const* kind_of(index::FolderType folder) {
    for (auto const* kind : kinds)
        if (kind->name == class_of(folder)) return kind;
    return nullptr;
}

std::optional<index::Time> place_of(index::ItemClass item, std::string_view stored, Voice const& voice) {
    auto const* kind = kind_of(item);
    return kind ? kind->place_of(stored, voice) : std::nullopt;
}

Holder holder_of(directory::User const& user, config::Config const& config) {
    return {.addresses = addresses_of(user),
            .name = user.name,
            .zone = config.calendar.zone,
            .last_day_as_rule = config.calendar.last_day_as_rule};
}

void add_own(Holder& holder, index::Transaction& tx) {
    if (auto zone = tx.time_zone()) holder.zone = std::move(*zone);
}

} // namespace godwit::command
