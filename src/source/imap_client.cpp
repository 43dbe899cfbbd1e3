#include "source/imap_client.hpp"
#include "net/time.hpp"
#include <algorithm>
#include <array>

namespace godwit::source::imap {
namespace {

constexpr std::size_t chunk = 65536;       // what a server must bring within its patience
constexpr unsigned max_idle_answers = 100; // "* OK still here" without anything else
constexpr std::size_t max_mailboxes = 20000;

// Reading never waits with this buffer in use, so that one serves every connection of a thread.
std::span<char> shared_buffer() {
    static thread_local std::array<char, chunk> buffer;
    return buffer;
}

Failure::Kind kind_of(net::StreamError error) {
    switch (error) {
    case net::StreamError::TimedOut: return Failure::TimedOut;
    case net::StreamError::Tls: return Failure::Tls;
    case net::StreamError::Unknown: return Failure::Resolve;
    case net::StreamError::Eof:
    case net::StreamError::Canceled:
    case net::StreamError::Broken: break;
    }
    return Failure::Cut;
}

std::string said(Response const& response) {
    return response.code.empty() ? response.text : "[" + response.code + "] " + response.text;
}

std::optional<std::uint32_t> small_number(std::string_view digits) {
    auto const value = number_of(digits);
    if (!value || *value > UINT32_MAX) return {};
    return static_cast<std::uint32_t>(*value);
}

// "UIDVALIDITY 17" of a response code.
void note_code(std::string_view code, Counts& counts) {
    auto const space = std::min(code.find(' '), code.size());
    auto const word = code.substr(0, space);
    auto const value = small_number(code.substr(std::min(space + 1, code.size())));
    if (same_word(word, "UIDVALIDITY")) counts.uid_validity = value;
    if (same_word(word, "UIDNEXT")) counts.uid_next = value;
    if (same_word(word, "UIDNOTSTICKY")) counts.uids_last = false;
}

void note_status(Response const& response, Counts& counts) {
    if (response.word != "STATUS" || response.values.size() < 2) return;
    auto const& items = response.values[1].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        auto const value = small_number(items[i + 1].text);
        if (same_word(items[i].text, "MESSAGES")) counts.messages = value;
        if (same_word(items[i].text, "UIDVALIDITY")) counts.uid_validity = value;
        if (same_word(items[i].text, "UIDNEXT")) counts.uid_next = value;
    }
}

std::vector<Namespace> namespace_list(Value const& value) {
    std::vector<Namespace> out;
    for (auto const& one : value.items)
        if (one.items.size() >= 2)
            out.push_back(
                {one.items[0].is_nil() ? "" : one.items[0].text, one.items[1].is_nil() ? "" : one.items[1].text});
    return out;
}

} // namespace

bool is_temporary(Response const& no) {
    auto const word = no.code.substr(0, no.code.find(' '));
    return std::ranges::any_of(std::array{"UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "THROTTLED"},
                               [&](auto const* known) { return same_word(word, known); });
}

bool Mailbox::has(std::string_view attribute) const {
    return std::ranges::any_of(attributes, [&](auto const& one) { return same_word(one, attribute); });
}

bool Client::can(std::string_view capability) const {
    return std::ranges::any_of(capabilities_, [&](auto const& one) { return same_word(one, capability); });
}

void Client::fail(Failure::Kind kind, std::string const& what) {
    close();
    throw Failure(kind, what);
}

void Client::close() {
    stream_.close();
    reader_ = Reader(account_.limits);
    ahead_.clear();
    ahead_at_ = 0;
    known_ = false;
    capabilities_.clear();
}

// ---- bytes

awaitable<void> Client::send(std::string bytes) {
    stream_.deadline(account_.patience);
    auto written = co_await stream_.write_all(bytes);
    if (!written) fail(kind_of(written.error()), "sending: " + std::string(net::name(written.error())));
}

std::optional<Response> Client::take_ready() {
    if (!reader_.ready() && ahead_at_ < ahead_.size()) {
        ahead_at_ += reader_.feed(std::string_view(ahead_).substr(ahead_at_));
        if (ahead_at_ == ahead_.size()) ahead_.clear(), ahead_at_ = 0;
    }
    if (!reader_.failure().empty()) fail(Failure::Protocol, "the server sends " + reader_.failure());
    if (!reader_.ready()) return {};
    return reader_.take();
}

awaitable<Response> Client::next() {
    stream_.deadline(account_.patience);
    for (std::size_t since = 0;;) {
        if (auto ready = take_ready()) co_return std::move(*ready);
        auto readable = co_await stream_.wait_readable();
        if (!readable) fail(kind_of(readable.error()), "waiting: " + std::string(net::name(readable.error())));
        auto const buffer = shared_buffer();
        auto const got = stream_.read_now(buffer);
        if (!got) fail(kind_of(got.error()), "reading: " + std::string(net::name(got.error())));
        since += *got;
        if (since >= chunk) stream_.deadline(account_.patience), since = 0;
        std::string_view const bytes(buffer.data(), *got);
        auto const taken = reader_.feed(bytes);
        if (taken < bytes.size()) ahead_ = bytes.substr(taken);
    }
}

// ---- commands

awaitable<Response> Client::answer(std::string tag, Heard heard) {
    for (unsigned idle = 0;;) {
        auto response = co_await next();
        if (response.tag == tag && response.condition != Condition::None) co_return response;
        if (response.tag != "*") fail(Failure::Protocol, "the server answers what nobody asked");
        if (response.condition == Condition::Bye) fail(Failure::Cut, "the server says goodbye: " + said(response));
        if (same_word(response.word, "CAPABILITY")) note_capabilities(response);
        idle = response.condition == Condition::None ? 0 : idle + 1;
        if (idle > max_idle_answers) fail(Failure::Protocol, "the server says nothing but OK");
        if (heard) heard(std::move(response));
    }
}

// "+ go on", or the command's end where the server does not want the rest.
awaitable<Response> Client::continuation(std::string tag) {
    for (unsigned others = 0;; ++others) {
        auto response = co_await next();
        if (response.tag == "+" || response.tag == tag) co_return response;
        if (response.tag != "*") fail(Failure::Protocol, "the server answers what nobody asked");
        if (response.condition == Condition::Bye) fail(Failure::Cut, "the server says goodbye: " + said(response));
        if (same_word(response.word, "CAPABILITY")) note_capabilities(response);
        if (others > max_idle_answers) fail(Failure::Protocol, "the server says anything but what it was asked");
    }
}

awaitable<Response> Client::command(std::vector<Word> words, Heard heard) {
    auto const tag = "g" + std::to_string(++tags_);
    std::string line = tag;
    for (auto const& word : words) {
        line += ' ';
        if (word.raw || is_quotable(word.text)) {
            line += word.raw ? word.text : imap::quoted(word.text);
            continue;
        }
        if (word.text.contains('\0')) throw Failure(Failure::Protocol, "a name that holds a NUL");
        co_await send(line + "{" + std::to_string(word.text.size()) + "}\r\n");
        auto go_on = co_await continuation(tag);
        if (go_on.tag == tag) co_return go_on;
        line = word.text;
    }
    co_await send(line + "\r\n");
    auto done = co_await answer(tag, std::move(heard));
    co_return done;
}

awaitable<void> Client::log_out() {
    if (!stream_.is_open()) co_return;
    try {
        co_await send("bye LOGOUT\r\n"); // the answer says nothing that matters
    } catch (Failure const&) {
    }
    close();
}

awaitable<Namespaces> Client::namespaces() {
    Namespaces out;
    if (!can("NAMESPACE")) co_return out;
    auto hear = [&out](Response&& response) {
        if (response.word != "NAMESPACE" || response.values.size() < 3) return;
        out.personal = namespace_list(response.values[0]);
        out.others = namespace_list(response.values[1]);
        out.shared = namespace_list(response.values[2]);
    };
    std::vector<Word> const words{{"NAMESPACE"}};
    auto done = co_await command(words, hear);
    if (done.condition != Condition::Ok) out = {};
    co_return out;
}

awaitable<std::vector<Mailbox>> Client::list() {
    std::vector<Mailbox> out;
    auto hear = [&out](Response&& response) {
        if (response.word != "LIST" || response.values.size() < 3 || out.size() >= max_mailboxes) return;
        auto& values = response.values;
        Mailbox mailbox{.name = std::move(values[2].text)};
        if (!values[1].is_nil()) mailbox.delimiter = values[1].text;
        for (auto& attribute : values[0].items) mailbox.attributes.push_back(std::move(attribute.text));
        if (!mailbox.name.empty() && values[2].kind != Value::Kind::Skipped) out.push_back(std::move(mailbox));
    };
    std::vector<Word> plain{{"LIST \"\" \"*\""}}, more{{"LIST \"\" \"*\" RETURN (SPECIAL-USE)"}};
    bool const extended = can("SPECIAL-USE") && can("LIST-EXTENDED"); // RFC 6154, RFC 5258
    auto done = co_await command(extended ? more : plain, hear);
    if (extended && done.condition != Condition::Ok) {
        out.clear();
        done = co_await command(plain, hear);
    }
    if (done.condition != Condition::Ok) fail(Failure::Cut, "the server lists no folders: " + said(done));
    if (out.size() >= max_mailboxes) fail(Failure::Cut, "the server lists more folders than anybody has");
    co_return out;
}

awaitable<std::expected<Counts, std::string>> Client::status(std::string name) {
    Counts counts;
    auto hear = [&counts](Response&& response) { note_status(response, counts); };
    std::vector<Word> const words{{"STATUS"}, {name, false}, {"(MESSAGES UIDNEXT UIDVALIDITY)"}};
    auto done = co_await command(words, hear);
    if (done.condition != Condition::Ok) co_return std::unexpected(said(done));
    co_return counts;
}

awaitable<std::expected<Counts, std::string>> Client::examine(std::string name) {
    Counts counts;
    auto hear = [&counts](Response&& response) {
        if (response.condition == Condition::Ok || response.condition == Condition::No)
            note_code(response.code, counts);
        if (response.word == "EXISTS") counts.messages = response.number;
    };
    std::vector<Word> const words{{"EXAMINE"}, {name, false}};
    auto done = co_await command(words, hear);
    if (is_temporary(done)) fail(Failure::Cut, "the server asks for patience: " + said(done));
    if (done.condition != Condition::Ok) co_return std::unexpected(said(done));
    note_code(done.code, counts);
    co_return counts;
}

awaitable<std::expected<void, std::string>> Client::fetch(std::string set, std::string items,
                                                          std::function<void(Fetched&&)> heard) {
    auto hear = [&heard](Response&& response) {
        if (response.word == "FETCH") heard(fetched(std::move(response)));
    };
    std::vector<Word> const words{{"UID FETCH"}, {set}, {items}};
    auto done = co_await command(words, hear);
    if (done.condition == Condition::Ok) co_return std::expected<void, std::string>();
    if (is_temporary(done)) fail(Failure::Cut, "the server asks for patience: " + said(done));
    co_return std::unexpected(said(done));
}

} // namespace godwit::source::imap
