// An IMAP server for tests: mailboxes in memory, and answers that no server should give.
#pragma once
#include "net/listener.hpp"
#include "net/tls.hpp"
#include "source/imap_response.hpp"
#include <array>
#include <map>
#include <optional>
#include <sstream>

namespace godwit::source::imap {

struct FakeMessage {
    std::string bytes, flags = "", date = "04-Jan-2024 10:11:12 +0000";
};
struct FakeMailbox {
    std::string attributes = "";
    std::uint32_t validity = 1, next = 1;
    std::map<std::uint32_t, FakeMessage> messages = {};
    void add(std::string bytes, std::string flags = "") { messages[next++] = {std::move(bytes), std::move(flags)}; }
};

class FakeServer {
public:
    explicit FakeServer(net::Loop& loop) : listener_(loop, "127.0.0.1:0", 10) {
        listener_.start([this](net::Stream stream) { return serve(std::move(stream)); });
    }
    std::uint16_t port() const { return listener_.port(); }
    void close() { listener_.close(); }

    std::map<std::string, FakeMailbox> boxes = {{"INBOX", {}}};
    std::string greeting = "* OK hi\r\n", capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR";
    std::string own_space = "((\"\" \".\")) NIL NIL";
    // What is sent in place of the ordinary answer: TAG stands for the command's tag, an EOT ends the connection.
    std::function<std::optional<std::string>(std::string const& command)> odd = {};
    std::vector<std::string> heard = {}; // commands without their tags
    unsigned connections = 0;
    net::TlsContext* tls = nullptr; // of STARTTLS, or from the start
    bool tls_first = false;

    std::size_t count(std::string_view begin) const {
        std::size_t n = 0;
        for (auto const& one : heard) n += one.starts_with(begin) ? 1 : 0;
        return n;
    }

private:
    net::awaitable<void> serve(net::Stream stream) {
        ++connections;
        std::string selected;
        if (tls_first) {
            auto agreed = co_await stream.accept_tls(*tls);
            if (!agreed) co_return;
        }
        std::string held, hello = greeting;
        auto greeted = co_await stream.write_all(hello);
        bool open = greeted.has_value() && !hello.contains('\x04');
        while (open) {
            auto line = co_await command(stream, held);
            auto const space = line.find(' ');
            if (space == std::string::npos) break;
            auto const tag = line.substr(0, space), text = line.substr(space + 1);
            heard.push_back(text);
            auto out = answer(text, selected);
            for (auto at = out.find("TAG"); at != std::string::npos; at = out.find("TAG", at)) out.replace(at, 3, tag);
            auto const end = out.find('\x04');
            open = end == std::string::npos;
            out = out.substr(0, end);
            auto sent = co_await stream.write_all(out);
            open = open && sent.has_value();
            if (open && out.starts_with("+ ")) { // a challenge; whatever is answered, the sign-in fails
                auto const rest = co_await command(stream, held);
                heard.push_back(rest);
                auto const no = tag + " NO [AUTHENTICATIONFAILED] no\r\n";
                auto refused = co_await stream.write_all(no);
                open = refused.has_value();
            }
            if (text == "STARTTLS" && tls != nullptr && open) {
                auto agreed = co_await stream.accept_tls(*tls);
                open = agreed.has_value();
            }
        }
        co_await stream.shutdown();
    }

    // A line with its literals; empty at the end.
    net::awaitable<std::string> command(net::Stream& stream, std::string& held) {
        std::string out;
        for (;;) {
            auto const end = held.find("\r\n");
            if (end != std::string::npos) {
                out += held.substr(0, end);
                held.erase(0, end + 2);
                if (!out.ends_with('}')) co_return out;
                auto const size = number_of(out.substr(out.rfind('{') + 1, out.size() - out.rfind('{') - 2));
                std::string const go = "+ go\r\n";
                auto sent = co_await stream.write_all(go);
                while (sent && held.size() < *size) {
                    auto more = co_await read(stream, held);
                    if (!more) co_return "";
                }
                out += held.substr(0, *size);
                held.erase(0, *size);
                continue;
            }
            auto more = co_await read(stream, held);
            if (!more) co_return "";
        }
    }
    static net::awaitable<bool> read(net::Stream& stream, std::string& held) {
        std::array<char, 4096> buffer;
        auto got = co_await stream.read_some(buffer);
        if (got) held.append(buffer.data(), *got);
        co_return got.has_value();
    }

    static std::string unquoted(std::string const& word) {
        if (word.starts_with('{')) return word.substr(word.find('}') + 1);
        return word.starts_with('"') ? word.substr(1, word.rfind('"') - 1) : word;
    }

    std::string answer(std::string const& text, std::string& selected) {
        if (odd)
            if (auto strange = odd(text)) return *strange;
        if (text == "CAPABILITY") return "* CAPABILITY " + capabilities + "\r\nTAG OK\r\n";
        if (text == "NAMESPACE") return "* NAMESPACE " + own_space + "\r\nTAG OK\r\n";
        if (text == "LOGOUT") return "* BYE\r\nTAG OK\r\n\x04";
        if (text.starts_with("LIST")) {
            std::string out;
            for (auto const& [name, box] : boxes) out += "* LIST (" + box.attributes + ") \".\" \"" + name + "\"\r\n";
            return out + "TAG OK\r\n";
        }
        if (text.starts_with("STATUS")) return status(text);
        if (text.starts_with("EXAMINE")) return examine(text, selected);
        if (text.starts_with("UID FETCH")) return fetch(text, boxes[selected]);
        return "TAG OK\r\n";
    }
    std::string status(std::string const& text) {
        auto const name = unquoted(text.substr(7, text.rfind(" (") - 7));
        auto const& box = boxes[name];
        return "* STATUS \"x\" (MESSAGES " + std::to_string(box.messages.size()) + " UIDNEXT " +
               std::to_string(box.next) + " UIDVALIDITY " + std::to_string(box.validity) + ")\r\nTAG OK\r\n";
    }
    std::string examine(std::string const& text, std::string& selected) {
        selected = unquoted(text.substr(8));
        if (!boxes.contains(selected)) return "TAG NO [NONEXISTENT] no such mailbox\r\n";
        auto const& box = boxes[selected];
        auto out = "* " + std::to_string(box.messages.size()) + " EXISTS\r\n";
        if (box.validity != 0) out += "* OK [UIDVALIDITY " + std::to_string(box.validity) + "] ok\r\n";
        return out + "* OK [UIDNEXT " + std::to_string(box.next) + "] ok\r\nTAG OK [READ-ONLY] ok\r\n";
    }
    static std::string fetch(std::string const& text, FakeMailbox const& box) {
        std::istringstream words(text);
        std::string word, set;
        words >> word >> word >> set;
        bool const bodies = text.contains("BODY.PEEK[]"), heads = text.contains("FLAGS");
        std::string out;
        unsigned number = 0;
        for (auto const& [uid, message] : box.messages) {
            ++number;
            if (!contains(set, uid, box.messages.rbegin()->first)) continue;
            out += "* " + std::to_string(number) + " FETCH (UID " + std::to_string(uid);
            if (heads)
                out += " FLAGS (" + message.flags + ") INTERNALDATE \"" + message.date + "\" RFC822.SIZE " +
                       std::to_string(message.bytes.size());
            if (bodies) out += " BODY[] {" + std::to_string(message.bytes.size()) + "}\r\n" + message.bytes;
            out += ")\r\n";
        }
        return out + "TAG OK\r\n";
    }
    static bool contains(std::string const& set, std::uint32_t uid, std::uint32_t newest) {
        std::istringstream parts(set);
        for (std::string part; std::getline(parts, part, ',');) {
            auto const colon = part.find(':');
            auto low = static_cast<std::uint32_t>(std::stoul(part)), high = low;
            if (colon != std::string::npos)
                high = part.substr(colon + 1) == "*" ? newest
                                                     : static_cast<std::uint32_t>(std::stoul(part.substr(colon + 1)));
            if (uid >= std::min(low, high) && uid <= std::max(low, high)) return true;
        }
        return false;
    }

    net::Listener listener_;
};

} // namespace godwit::source::imap
