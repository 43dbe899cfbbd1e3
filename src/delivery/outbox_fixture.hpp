// An Outbox over accounts in memory, and an SMTP server that does as it is told.
#pragma once
#include "delivery/delivery_fixture.hpp"
#include "delivery/outbox_parts.hpp"
#include "net/listener.hpp"
#include <map>

namespace godwit::delivery {
using namespace std::chrono_literals;

struct FakeRelay {
    std::map<std::string, std::string> rcpt_reply; // of a recipient; 250 where absent
    std::string data_reply = "250 2.0.0 taken";
    bool drop_in_data = false, silent = false;
    std::string rubbish = {}; // said in place of every reply from this command on ...
    std::string rubbish_from = {};
    bool talks_rubbish = false, drop_after_taking = false;
    std::string offers = "250 SIZE\r\n"; // the rest of its reply to EHLO
    std::string refuses;                 // 555 for a command that holds this
    struct Taken {
        std::string from;
        std::vector<std::string> to;
        std::string bytes;
    };
    std::vector<Taken> taken;
    std::vector<std::string> commands;

    explicit FakeRelay(net::Loop& loop) : listener(loop, "127.0.0.1:0", 100) {
        listener.start([this](net::Stream stream) { return serve(std::move(stream)); });
    }
    net::awaitable<void> serve(net::Stream stream) {
        stream.deadline(20s);
        std::string held;
        std::vector<char> buffer(65536);
        Taken now;
        bool in_data = false;
        std::string reply = silent ? "" : "220 relay\r\n";
        for (;;) {
            if (talks_rubbish) reply = rubbish;
            if (!reply.empty()) {
                auto const sent = co_await stream.write_all(reply);
                if (!sent) co_return;
            }
            reply.clear();
            auto const n = co_await stream.read_some(buffer);
            if (!n) co_return;
            held.append(buffer.data(), *n);
            if (in_data && drop_in_data) co_return;
            for (auto end = held.find(in_data ? "\r\n.\r\n" : "\r\n"); end != std::string::npos && reply.empty();
                 end = std::string::npos) {
                auto const line = held.substr(0, end);
                held.erase(0, end + (in_data ? 5 : 2));
                if (in_data) {
                    now.bytes = line + "\r\n";
                    if (data_reply.starts_with('2')) taken.push_back(std::exchange(now, {}));
                    in_data = false;
                    if (drop_after_taking) co_return;
                    reply = data_reply + "\r\n";
                } else {
                    reply = command(line, now);
                    in_data = reply.starts_with('3');
                }
            }
        }
    }
    std::string command(std::string const& line, Taken& now) {
        commands.push_back(line);
        if (!rubbish_from.empty() && line.starts_with(rubbish_from)) talks_rubbish = true;
        auto const path = line.substr(std::min(line.find('<'), line.size()), line.rfind('>') - line.find('<') + 1);
        if (line.starts_with("EHLO")) return "250-relay\r\n" + offers;
        if (!refuses.empty() && line.contains(refuses)) return "555 5.5.4 what is that\r\n";
        if (line.starts_with("MAIL")) return now = {.from = path, .to = {}, .bytes = {}}, "250 ok\r\n";
        if (line.starts_with("RCPT")) {
            auto const found = rcpt_reply.find(path);
            if (found != rcpt_reply.end()) return found->second + "\r\n";
            now.to.push_back(path);
            return "250 ok\r\n";
        }
        if (line.starts_with("DATA")) return "354 go\r\n";
        return line.starts_with("QUIT") ? "221 bye\r\n" : "250 ok\r\n";
    }
    net::Listener listener;
};

inline std::string letter(std::string to, std::string more = {}) {
    return "From: Anna <anna@x.org>\r\nTo: " + to +
           "\r\nSubject: hi\r\nMessage-ID: <1@phone>\r\nDate: Mon, 13 Nov 2023 10:00:00 +0000\r\n" + more +
           "\r\nhello\r\n..\r\n";
}

struct OutboxTest : Post {
    FakeRelay relay{loop};
    std::unique_ptr<Outbox> outbox;

    void SetUp() override {
        Post::SetUp();
        net::Clock::frozen_utc = net::Time(std::chrono::seconds(1'768'478'400)); // 2026-01-15 12:00:00
        config.relay_host = "127.0.0.1";
        config.relay_port = relay.listener.port();
        config.relay_tls = "none";
        config.relay_timeout = 2s;
        restart();
    }
    void TearDown() override {
        outbox.reset();
        Post::TearDown();
    }
    void restart() { outbox = std::make_unique<Outbox>(config, pool, accounts, directory, local); }
    void without_relay() {
        config.relay_host.clear();
        restart();
    }
    SendResult send(std::string mime, std::string client_id = "c1", bool save = true) {
        return loop.wait_for(outbox->send({.user = anna,
                                           .device = "phone",
                                           .client_id = std::move(client_id),
                                           .mime = std::move(mime),
                                           .save_in_sent = save}));
    }
    std::size_t run_once() { return loop.wait_for(outbox->run_once()); }
    void let_it_be_due() { // the time for the next attempt comes
        for (auto const& row : rows_of(anna))
            net::Clock::frozen_utc = std::max(*net::Clock::frozen_utc, row.next_attempt);
    }
};

} // namespace godwit::delivery
