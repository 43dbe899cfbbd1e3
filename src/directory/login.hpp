// Names and secrets as phones send them: `user`, `user@domain`, `DOMAIN\user`, in UTF-8 or, from older ones, in
// Latin-1.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::directory {

struct Login {
    std::string user;   // lower case; with its domain if it was written as an address
    std::string domain; // what stood before the backslash
    bool is_address() const { return user.find('@') != std::string::npos; }
};
Login parse_login(std::string_view text);

std::string lower(std::string_view text); // ASCII only
// `local@domain` in lower case, if it can be an address of ours.
std::optional<std::string> normal_address(std::string_view text);
std::string_view local_part(std::string_view address);
std::string_view domain_part(std::string_view address);

bool is_utf8(std::string_view bytes);
std::string from_latin1(std::string_view bytes);
// What the sent bytes may mean, likeliest first: UTF-8, then Latin-1 (only where the two differ).
std::vector<std::string> readings(std::string_view sent);

} // namespace godwit::directory
