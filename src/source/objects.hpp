// Items that are a standard's object with a UID: events, tasks, notes, cards. By its UID an object is found again, in
// whatever folder it lies: Item::thread is of it.
#pragma once
#include "index/transaction.hpp"

namespace godwit::source {

std::string digest(std::string_view text); // 16 bytes

std::string object_thread(index::ItemClass, std::string_view uid);
// Of all folders, Deleted Items too; the newest first, a few at most.
std::vector<index::Item> objects_of(index::Transaction&, index::ItemClass, std::string_view uid);
// In one folder.
std::optional<index::Item> object_in(index::Transaction&, index::CollectionId, index::ItemClass, std::string_view uid);

struct NewObject {
    index::ItemClass item_class = index::ItemClass::Calendar;
    std::string_view bytes = {}, uid = {};
    index::Time received = {}; // its place for a filter (sync/tell.hpp)
};
index::ItemId append_object(index::Transaction&, index::CollectionId folder, NewObject const&);

} // namespace godwit::source
