// Contacts in files: .vcf with any number of vCards of any version in, vCard 4 out.
#pragma once
#include "source/found.hpp"
#include <cstdint>
#include <filesystem>

namespace godwit::source {

bool is_vcf(std::filesystem::path const& file); // by its name
// Each card as it is stored; one that is refused is named, with its line and the reason. Returns false if the taker
// stopped.
bool read_cards(std::filesystem::path const& file, std::uint64_t max_bytes, Taker const& taker);

} // namespace godwit::source
