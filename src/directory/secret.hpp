// Secrets at rest: Argon2id in its own text form, so that parameters may change without a migration. 19 MiB, 2 passes,
// 1 lane: OWASP's recommendation that costs least memory; a server with 2 threads must survive a morning on which all
// phones sign in.
#pragma once
#include <string>
#include <string_view>

namespace godwit::directory {

std::string hash_secret(std::string_view secret);
bool fits(std::string_view secret, std::string const& hash); // false for a hash that cannot be read
void waste_as_much_time(std::string_view secret);            // what fits() costs, for a login that does not exist

} // namespace godwit::directory
