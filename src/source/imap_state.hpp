// How far the copy of one mailbox has come: kept in the account's index and committed together with the messages that
// it speaks of (law 7), so that a copy which was killed goes on exactly behind the last of them.
#pragma once
#include "index/types.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::source::imap {

struct CopyState {
    std::uint32_t validity = 0;      // UIDVALIDITY; 0: the server's UIDs do not last
    std::uint32_t last = 0;          // all UIDs up to here are dealt with
    std::uint32_t recheck_until = 0; // up to here messages are known by their content, as UIDVALIDITY has changed
    index::CollectionId folder = {}; // where they go, whatever its name is by now
    std::vector<std::uint32_t> failed = {}; // not taken in: the next run tries them again
    bool operator==(CopyState const&) const = default;
};

std::string encode(CopyState const& state);
std::optional<CopyState> decode_state(std::string_view text);
// The setting under which it is kept. By host and login and not by port: the same mailbox over another kind of TLS.
std::string state_name(std::string_view host, std::string_view login, std::string_view mailbox);
// 32 hexadecimal digits that stand for these bytes in this mailbox.
std::string content_key(std::string_view state_name, std::string_view bytes);
std::string content_hash(std::string_view bytes); // as the index's

} // namespace godwit::source::imap
