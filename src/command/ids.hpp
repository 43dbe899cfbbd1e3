// Ids as they stand on the wire, none longer than 64 characters (trap 36).
//   CollectionId   the folder's number; "0" is the root of the hierarchy
//   ServerId       <folder>:<item> (DESIGN section 3): an item has another one after a move
//   LongId         m<item>: good wherever the item lies
#pragma once
#include "index/types.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace godwit::command {

struct ServerId {
    index::CollectionId folder = {};
    index::ItemId item = {};
    bool operator==(ServerId const&) const = default;
};

std::string format(index::CollectionId id);
std::string format(ServerId id);
std::string format_long(index::ItemId id);
std::optional<index::CollectionId> parse_collection(std::string_view text);
std::optional<ServerId> parse_server_id(std::string_view text);
std::optional<index::ItemId> parse_long_id(std::string_view text);

} // namespace godwit::command
