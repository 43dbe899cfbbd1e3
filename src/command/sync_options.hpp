// The Options of a collection: which are allowed, and how they are kept (sync::Options) until a new block replaces
// them.
#pragma once
#include "convert/body_options.hpp"
#include "eas/sync.hpp"
#include "sync/engine.hpp"
#include <expected>

namespace godwit::command {

// Kept whole with the collection: the block for the folder's own class, and what Supported said at key 0.
struct StickyOptions {
    eas::SyncOptions block = {};
    std::optional<eas::ElementNames> supported = {}; // absent, empty and listed differ (trap 23)
};

// Only mail and SMS are synchronised together (MS-ASCMD_R934, R935, R907, R3600): of two blocks in a folder of mail one
// is for SMS and the other for mail. Of one block everything is true.
bool classes_go_together(std::vector<eas::SyncOptions> const& options, bool mail);
// nullopt: in order; otherwise the status that the whole request gets.
std::optional<unsigned> refuse_options(std::vector<eas::SyncOptions> const& options);
// The block for the class of the folder: the one that names it, or names none.
eas::SyncOptions const* own_block(std::vector<eas::SyncOptions> const& options);
bool filter_allowed(eas::FilterType filter, index::FolderType folder); // MS-ASCMD_R3035 to R3061

sync::Options to_engine(StickyOptions const& sticky);
StickyOptions from_engine(sync::Options const& options); // what is not ours is ignored
convert::BodyOptions body_options(eas::SyncOptions const& block);

} // namespace godwit::command
