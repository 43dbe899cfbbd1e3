#include "command/item_kind.hpp"
#include "command/sync_exchange.hpp"
#include <array>

namespace godwit::command {
namespace {

constexpr std::array kinds{&contact_kind, &note_kind};

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

} // namespace godwit::command
