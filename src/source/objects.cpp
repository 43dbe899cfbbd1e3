#include "source/objects.hpp"
#include <algorithm>
#include <openssl/sha.h>

namespace godwit::source {
namespace {

constexpr std::size_t most = 100; // that lie in different folders: in one there is one
constexpr index::Position lowest{index::Time::min(), index::ItemId(0)};

} // namespace

std::string digest(std::string_view text) {
    std::string result(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(result.data()));
    result.resize(16);
    return result;
}

// No Message-ID has a line break, so no conversation has this name.
std::string object_thread(index::ItemClass item_class, std::string_view uid) {
    return digest(std::to_string(int(item_class)) + '\n' + std::string(uid));
}

std::vector<index::Item> objects_of(index::Transaction& tx, index::ItemClass item_class, std::string_view uid) {
    auto items = tx.in_thread(object_thread(item_class, uid), std::nullopt, lowest, most);
    std::erase_if(items, [&](index::Item const& item) { return item.item_class != item_class; });
    return items;
}

std::optional<index::Item> object_in(index::Transaction& tx, index::CollectionId folder, index::ItemClass item_class,
                                     std::string_view uid) {
    auto items = objects_of(tx, item_class, uid);
    auto const found = std::ranges::find(items, folder, &index::Item::folder);
    return found == items.end() ? std::nullopt : std::optional(std::move(*found));
}

index::ItemId append_object(index::Transaction& tx, index::CollectionId folder, NewObject const& object) {
    return tx.add_item({.folder = folder,
                        .item_class = object.item_class,
                        .received = object.received,
                        .content = tx.put_content(object.bytes),
                        .size = object.bytes.size(),
                        .thread = object.uid.empty() ? "" : object_thread(object.item_class, object.uid)});
}

} // namespace godwit::source
