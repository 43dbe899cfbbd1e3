// What a message's header says of the conversation that it belongs to; the index joins it to what it knows (NewItem).
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::source {

struct Lineage {
    // 16 bytes: from the first of References and In-Reply-To, else the own Message-ID, else (no such field at all) the
    // header itself.
    std::string thread;
    // The same of each Message-ID: its own, if it has one, then those that it names, the nearest first.
    std::vector<std::string> names;
};

// Of the ids in References the oldest and the last ones, and the first ones of In-Reply-To: what a stranger writes
// there costs no more rows than what a mail program does.
inline constexpr std::size_t max_references = 8, max_in_reply_to = 2, max_names = 1 + max_in_reply_to + max_references;

Lineage lineage(std::string_view message);

} // namespace godwit::source
