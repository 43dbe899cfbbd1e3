// Maildir and Maildir++ (https://cr.yp.to/proto/maildir.html; folders as Courier and Dovecot lay them: `.Archive.2024`
// beside cur, names in IMAP's modified UTF-7; also directories of Maildirs, one in the other).
#pragma once
#include "source/found.hpp"
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace godwit::source {

bool is_maildir(std::filesystem::path const& directory); // has cur or new
// Every message of the Maildir, its Maildir++ folders and the Maildirs below it, in the order of their names.
// Returns false if the taker stopped.
bool read_maildir(std::filesystem::path const& directory, std::uint64_t max_bytes, Taker const& taker);

// `:2,FRS` of a file name: letters S R F D T P; letters that are unknown are ignored.
void read_flags(std::string_view file_name, Found& found);
std::string flag_letters(index::Marks const& marks, bool draft); // in ASCII order, as the format demands

FolderPath folder_of_directory(std::string_view name);   // ".Archive.2024" -> Archive, 2024
std::string directory_of_folder(FolderPath const& path); // the reverse; "." and "/" in a name are encoded

} // namespace godwit::source
