#include "mime/encode.hpp"
#include "source/imap_client.hpp"
#include <sstream>

// From nothing to a signed-in connection: address, TLS, greeting, capabilities, password.
namespace godwit::source::imap {
awaitable<void> Client::connect() {
    auto const where = account_.host + " port " + std::to_string(account_.port);
    auto connected = co_await net::Stream::connect(account_.host, account_.port, account_.patience);
    if (!connected) {
        auto const error = connected.error();
        fail(error == net::StreamError::Unknown    ? Failure::Resolve
             : error == net::StreamError::TimedOut ? Failure::TimedOut
                                                   : Failure::Connect,
             "connecting to " + where + ": " + std::string(net::name(error)));
    }
    stream_ = std::move(*connected);
}

awaitable<void> Client::secure() {
    if (!account_.tls)
        account_.tls = std::make_shared<net::TlsContext>(net::TlsContext::client(net::TlsContext::Verify::System));
    stream_.deadline(account_.patience);
    auto agreed = co_await stream_.connect_tls(*account_.tls, account_.host);
    if (!agreed) {
        auto const problem = stream_.peer_certificate_problem();
        fail(agreed.error() == net::StreamError::TimedOut ? Failure::TimedOut : Failure::Tls,
             "TLS with " + account_.host + ": " + (problem.empty() ? std::string(net::name(agreed.error())) : problem));
    }
}

awaitable<void> Client::start_tls() {
    co_await learn_capabilities();
    if (!can("STARTTLS")) fail(Failure::Tls, account_.host + " offers no STARTTLS");
    std::vector<Word> const words{{"STARTTLS"}};
    auto done = co_await command(words, {});
    if (done.condition != Condition::Ok) fail(Failure::Tls, account_.host + " refuses STARTTLS: " + done.text);
    // What stands in clear behind the OK was put there by somebody in between (CVE-2011-0411 and its like).
    if (!ahead_.empty() || reader_.held_bytes() > 0) fail(Failure::Tls, "unencrypted text behind STARTTLS");
    known_ = false;
    capabilities_.clear();
    co_await secure();
}

void Client::note_capabilities(Response const& response) {
    known_ = true;
    capabilities_.clear();
    if (response.word == "CAPABILITY") {
        for (auto const& value : response.values) capabilities_.push_back(value.text);
        return;
    }
    std::istringstream words(response.code); // [CAPABILITY IMAP4rev1 ...]
    std::string word;
    words >> word;
    while (words >> word) capabilities_.push_back(word);
}

awaitable<void> Client::learn_capabilities() {
    if (known_) co_return;
    std::vector<Word> const words{{"CAPABILITY"}};
    auto done = co_await command(words, {}); // answer() notes them
    if (done.condition != Condition::Ok) fail(Failure::Protocol, "the server does not say what it can: " + done.text);
}

// One message of ours; the answer is the command's end, or a challenge, which tells of a failure.
awaitable<Response> Client::authenticate(std::string mechanism, std::string message) {
    auto const token = mime::base64(message);
    auto const tag = "g" + std::to_string(++tags_);
    if (can("SASL-IR")) {
        co_await send(tag + " AUTHENTICATE " + mechanism + " " + token + "\r\n");
    } else {
        co_await send(tag + " AUTHENTICATE " + mechanism + "\r\n");
        auto go_on = co_await continuation(tag);
        if (go_on.tag == tag) co_return go_on;
        co_await send(token + "\r\n");
    }
    auto done = co_await continuation(tag);
    if (done.tag == tag) co_return done;
    co_await send(mechanism == "OAUTHBEARER" ? "AQ==\r\n" : "\r\n"); // heard (RFC 7628 3.2.3)
    auto refused = co_await answer(tag, {});
    co_return refused;
}

// Handles any byte of a login or a password, where LOGIN is for ASCII.
awaitable<Response> Client::authenticate_plain() {
    auto done = co_await authenticate("PLAIN", '\0' + account_.login + '\0' + account_.password);
    co_return done;
}

// RFC 7628 3.1, or what Google and Microsoft had before it.
awaitable<Response> Client::authenticate_bearer() {
    auto const bearer = "\1auth=Bearer " + account_.token + "\1\1";
    if (can("AUTH=OAUTHBEARER")) {
        std::string name; // RFC 5801 4
        for (char const c : account_.login) name += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
        auto const where = "\1host=" + account_.host + "\1port=" + std::to_string(account_.port);
        auto done = co_await authenticate("OAUTHBEARER", "n,a=" + name + "," + where + bearer);
        co_return done;
    }
    if (!can("AUTH=XOAUTH2")) fail(Failure::Login, account_.host + " takes no OAuth token");
    auto done = co_await authenticate("XOAUTH2", "user=" + account_.login + bearer);
    co_return done;
}

awaitable<void> Client::sign_in() {
    co_await learn_capabilities();
    Response done;
    if (!account_.token.empty()) {
        done = co_await authenticate_bearer();
    } else if (can("AUTH=PLAIN")) {
        done = co_await authenticate_plain();
    } else if (can("LOGINDISABLED")) {
        fail(Failure::Login, account_.host + " takes no password on this connection; with TLS it may");
    } else {
        std::vector<Word> const words{{"LOGIN"}, {account_.login, false}, {account_.password, false}};
        done = co_await command(words, {});
    }
    if (done.condition != Condition::Ok)
        fail(is_temporary(done) ? Failure::Cut : Failure::Login,
             account_.host + " refuses the login " + account_.login + ": " + done.text);
    known_ = false; // there may be more of them now
    if (same_word(done.code.substr(0, 10), "CAPABILITY")) note_capabilities(done);
    co_await learn_capabilities();
}

awaitable<void> Client::open() {
    close();
    co_await connect();
    if (account_.security == Security::Tls) co_await secure();
    auto greeting = co_await next();
    if (greeting.tag != "*" || greeting.condition == Condition::None)
        fail(Failure::Protocol, account_.host + " does not greet as an IMAP server does");
    if (greeting.condition != Condition::Ok && greeting.condition != Condition::Preauth)
        fail(Failure::Cut, account_.host + " turns us away: " + greeting.text);
    if (same_word(greeting.code.substr(0, 10), "CAPABILITY")) note_capabilities(greeting);
    bool const known_already = greeting.condition == Condition::Preauth;
    // Signed in already, STARTTLS is not to be had any more (RFC 9051 11.2): the way to keep a client in the clear.
    if (account_.security == Security::StartTls && known_already)
        fail(Failure::Tls, account_.host + " signs in before TLS begins");
    if (account_.security == Security::StartTls) co_await start_tls();
    if (known_already)
        co_await learn_capabilities();
    else
        co_await sign_in();
}

} // namespace godwit::source::imap
