// One connection to an IMAP server: sign in, ask, hear. A command's untagged answers go one by one to whoever asked, so
// that nothing is gathered that the caller does not want; NO and BAD are values, what ends the connection is a Failure.
// Waiting holds no buffer. A server has `patience` for every answer, and for every 64 KB of a long one. Lives on one
// loop; a command at a time. Also what a live backend stands on: nothing here knows why it asks.
#pragma once
#include "net/async.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"
#include "source/imap_words.hpp"
#include <functional>
#include <memory>
#include <stdexcept>

namespace godwit::source::imap {
using net::awaitable;
using std::chrono::milliseconds;

struct Failure : std::runtime_error {
    enum Kind : std::uint8_t {
        Resolve,  // no such host
        Connect,  // refused, unreachable
        Tls,      // no agreement, a certificate that nobody vouches for, no STARTTLS
        Login,    // the server does not take the login
        TimedOut, // nothing for `patience`
        Cut,      // the connection ended, or the server asks for another time
        Protocol, // what came is not IMAP
    } kind;
    Failure(Kind k, std::string const& what) : std::runtime_error(what), kind(k) {}
};

enum class Security : std::uint8_t { Tls, StartTls, Plain };

struct Account {
    std::string host = {};
    std::uint16_t port = 993;
    Security security = Security::Tls;
    std::string login = {}, password = {};
    std::string token = {};                    // OAuth 2.0 bearer token in place of the password (RFC 7628)
    std::shared_ptr<net::TlsContext> tls = {}; // absent: the system's authorities
    milliseconds patience = std::chrono::seconds(60);
    Limits limits = {};
};

struct Mailbox {                // one answer to LIST
    std::string name = {};      // as the server writes it
    std::string delimiter = {}; // empty: NIL, a flat name
    std::vector<std::string> attributes = {};
    bool has(std::string_view attribute) const;
};
struct Namespace {
    std::string prefix = {}, delimiter = {};
};
struct Namespaces { // RFC 2342
    std::vector<Namespace> personal = {}, others = {}, shared = {};
};
struct Counts { // of STATUS and EXAMINE; absent: not said
    std::optional<std::uint32_t> messages = {}, uid_validity = {}, uid_next = {};
    bool uids_last = true; // false: UIDNOTSTICKY
};

using Heard = std::function<void(Response&&)>; // an untagged answer, in order

class Client {
public:
    explicit Client(Account account) : account_(std::move(account)) {}

    awaitable<void> open(); // connects and signs in
    bool is_open() const { return stream_.is_open(); }
    void close();
    awaitable<void> log_out();

    bool can(std::string_view capability) const;
    // `words` may hold arguments that come from outside: each element is sent as it is if `raw`, else quoted or as a
    // literal.
    struct Word {
        std::string text;
        bool raw = true;
    };
    awaitable<Response> command(std::vector<Word> words, Heard heard);

    awaitable<Namespaces> namespaces();
    awaitable<std::vector<Mailbox>> list();
    awaitable<std::expected<Counts, std::string>> status(std::string name);
    awaitable<std::expected<Counts, std::string>> examine(std::string name); // read only
    // UID FETCH; the error is the server's NO or BAD, what was heard before it stands.
    awaitable<std::expected<void, std::string>> fetch(std::string set, std::string items,
                                                      std::function<void(Fetched&&)> heard);

    Account const& account() const { return account_; }

private:
    awaitable<void> connect();
    awaitable<void> start_tls();
    awaitable<void> secure();
    awaitable<void> sign_in();
    awaitable<void> learn_capabilities();
    awaitable<Response> authenticate_plain();
    awaitable<Response> authenticate_bearer();
    awaitable<Response> authenticate(std::string mechanism, std::string message);
    awaitable<void> send(std::string bytes);
    awaitable<Response> next(); // any response
    awaitable<Response> answer(std::string tag, Heard heard);
    awaitable<Response> continuation(std::string tag);
    void note_capabilities(Response const& response);
    std::optional<Response> take_ready();
    [[noreturn]] void fail(Failure::Kind kind, std::string const& what);

    Account account_;
    net::Stream stream_ = {};
    Reader reader_{};
    std::string ahead_ = {}; // read, but not the reader's yet
    std::size_t ahead_at_ = 0;
    unsigned tags_ = 0;
    bool known_ = false; // capabilities were said
    std::vector<std::string> capabilities_ = {};
};

// The server asks for patience rather than refusing (RFC 5530 UNAVAILABLE, LIMIT ...; OVERQUOTA and THROTTLED of the
// large hosts): worth another try later.
bool is_temporary(Response const& no);

} // namespace godwit::source::imap
