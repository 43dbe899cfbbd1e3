// Contacts in files: .vcf with any number of vCards of any version in, vCard 4 out.
#pragma once
#include "index/transaction.hpp"
#include "source/found.hpp"
#include <cstdint>
#include <filesystem>

namespace godwit::source {

bool is_vcf(std::filesystem::path const& file); // by its name
// Each card as it is stored; one that is refused is named, with its line and the reason. Returns false if the taker
// stopped.
bool read_cards(std::filesystem::path const& file, std::uint64_t max_bytes, Taker const& taker);

// The account's contacts; with a path the folder of contacts that its last part names, made where missing.
index::CollectionId contacts_folder(index::Transaction& tx, FolderPath const& path);
index::ItemId append_card(index::Transaction& tx, index::CollectionId folder, std::string_view card,
                          index::Time received);

} // namespace godwit::source
