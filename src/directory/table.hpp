// The accounts in DIR/server.db. Another process (`godwit account add` beside a running server) may write to it at any
// time: what is kept in memory is dropped as soon as SQLite's data_version has moved.
#pragma once
#include "directory/directory.hpp"
#include "directory/login.hpp"
#include "directory/sql.hpp"
#include <unordered_map>

namespace godwit::directory {

struct Row {
    User user;
    std::string hash;
};
struct Resolved {
    std::optional<Row> row;
    bool ambiguous = false; // a bare user name that more than one account has
};

class Table {
public:
    explicit Table(std::filesystem::path const& directory); // empty: in memory

    Resolved by_login(Login const& login);
    std::optional<Row> by_address(std::string_view address); // lower case; exactly, or without its +subaddress
    std::optional<Row> by_id(index::AccountId id);
    std::vector<User> list();
    bool serves(std::string_view domain);

    std::expected<User, AddResult> add(User user, std::string_view hash);
    bool set(User const& user,
             std::optional<std::string> const& hash); // false: no such account, or an address is taken
    bool remove(index::AccountId id);
    std::vector<index::AccountId> revoked(); // see Directory

private:
    std::optional<Row> exact(std::string_view address);
    Resolved among(std::vector<std::pair<std::int64_t, std::string>> candidates, std::string_view domain);
    std::vector<std::pair<std::int64_t, std::string>> with_local_part(std::string_view user, bool primary);
    void put_addresses(User const& user);
    std::optional<std::int64_t> owner(std::string_view address);
    void notice_changes();
    void forget();

    Connection db_;
    std::unordered_map<std::string, Resolved> logins_; // what by_login found, while the file has not changed
    std::int64_t seen_version_ = -1;
    std::optional<std::unordered_map<std::int64_t, std::size_t>> may_sign_in_ = {}; // and a digest of hash and home
    bool changed_ = true;                                                           // since revoked() came last
    Statement data_version_, account_, aliases_, owner_, by_local_part_, all_, domain_, enabled_;
    Statement insert_account_, insert_address_, update_account_, update_hash_, delete_addresses_, delete_account_;
};

} // namespace godwit::directory
