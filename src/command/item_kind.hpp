// What Sync, ItemOperations and their like need of a class that is no mail: one row each, so that none of them knows a
// class by name. Content is a standard's (vCard, iCalendar); the class translates, and what a phone says is merged
// into what is stored. To add a class: its row in item_kind.cpp, made from a View in a file of its own (item_view.hpp,
// contact_view.cpp).
#pragma once
#include "convert/body_options.hpp"
#include "eas/sync.hpp"
#include "index/types.hpp"
#include <expected>

namespace godwit::command {

// How the phone that speaks means what it says.
struct Voice {
    eas::Version version = eas::v16_1;
    std::optional<eas::ElementNames> supported = {};
    convert::BodyOptions body = {};
    std::string device_type = {}, user_agent = {};
    index::Time now = {};
};

// What an item becomes: its content, and its place in the walk (sync/tell.hpp) if that is not when it came.
struct Becomes {
    std::string bytes;
    std::optional<index::Time> received = {};
};
using Merged = std::expected<Becomes, std::string_view>; // the error is for the log; on the wire it is status 6

struct ItemKind {
    index::ItemClass item_class;
    std::string_view name; // Class on the wire
    // Total (law 4): where it cannot, `isolated` has the reason, and something that names the item is shown.
    eas::Fragment (*show)(std::string_view bytes, convert::BodyOptions const&, eas::Version, std::string& isolated);
    eas::Fragment (*lost)(eas::Version); // what is shown of one whose content the store does not give
    Merged (*make)(eas::Fragment const& said, Voice const&, std::string_view uid);
    Merged (*merge)(std::string_view stored, eas::Fragment const& said, Voice const&);
    // Incident 2.7: whether the item is what the phone says. Only those of the same key are looked at.
    bool (*same)(std::string_view stored, eas::Fragment const& said, Voice const&);
    std::string (*key_of)(std::string_view stored);
    std::string (*key_said)(eas::Fragment const& said, Voice const&);
};

ItemKind const* kind_of(index::ItemClass item); // null: mail, or a class that is not offered yet
ItemKind const* kind_of(index::FolderType folder);

// ---- the rows
extern ItemKind const contact_kind, note_kind;

} // namespace godwit::command
