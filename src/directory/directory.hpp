// Who a user is (DESIGN section 4). The server file DIR/server.db holds the local accounts: address, aliases, name,
// Argon2id hash. Sign-in names: `user`, `user@domain`, `DOMAIN\user`, in any letter case. A verified secret is kept (as
// a keyed hash) for a short time, so that a request costs no Argon2; the same wrong secret of the same device counts
// once and is refused without hashing (incident 2.10). All public functions are safe to call from any thread.
#pragma once
#include "index/types.hpp"
#include "net/pool.hpp"
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::directory {

struct User {
    index::AccountId id = {};
    std::string address;              // primary SMTP address, lower case
    std::string name;                 // display name
    std::vector<std::string> aliases; // further addresses whose mail is the user's
    bool enabled = true;
    std::string home = {}; // base URL of the server that has the mailbox now, as https://eas.example; empty: this one
};
enum class AddResult { Added, Exists, BadAddress, AliasTaken };
enum class SigninFailure {
    Unknown,
    WrongSecret,
    StillWrong,
    Disabled,
    Busy
}; // StillWrong: refused from memory, no hash computed; Busy: not looked at, too many wait for a hash already

struct Credentials { // from the Authorization header, bytes as sent
    std::string login, secret;
};

class Directory {
public:
    struct Limits {
        std::chrono::seconds cache{300}, refusal_memory{900};
        // For a hash, in each lane. After a restart every account's first request needs one, a tenth of a second: so
        // nobody waits longer than 15.
        std::size_t waiting = 150;
    };
    // An empty directory keeps the accounts in memory (tests).
    Directory(net::Pool&, std::filesystem::path directory, Limits);
    ~Directory();

    // Tries the secret as UTF-8, then as Latin-1. `device` is the DeviceId or the peer's address when there is none.
    net::awaitable<std::expected<User, SigninFailure>> sign_in(Credentials, std::string device);

    std::optional<User> find(std::string_view address) const; // by address or alias, any case; subaddress user+x@ too
    std::optional<User> by_id(index::AccountId) const;
    std::vector<User> list() const;
    std::expected<User, AddResult> add(std::string_view address, std::string_view name,
                                       std::vector<std::string> aliases, std::string_view secret);
    bool set(User const&, std::optional<std::string_view> secret); // a new secret forgets cached sign-ins and refusals
    bool remove(index::AccountId);
    // Who was removed, disabled, moved or given another secret since the last call, by whatever process: a sign-in of
    // before may not be good any more. The first call finds nobody. Cheap while nothing changes.
    std::vector<index::AccountId> revoked();
    bool serves(std::string_view domain) const; // some account has an address there

    std::uint64_t hashes() const; // Argon2 computations of sign_in() so far

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace godwit::directory
