// An account of ours, a server that misbehaves as told, and the copy between them.
#pragma once
#include "net/loop.hpp"
#include "source/imap_fake.hpp"
#include "source/imap_import.hpp"
#include "source/local.hpp"
#include <gtest/gtest.h>

namespace godwit::source {
using namespace std::chrono_literals;
using imap::Failure;
using imap::FakeServer;
using index::Transaction;

struct ImapImport : testing::Test {
    net::Loop loop;
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
    index::AccountId anna{1};
    FakeServer server{loop};
    ImapOptions options{.pause = 1ms, .tries = 12};
    ImapReport last;

    ImapImport() { accounts.create(anna); }
    ~ImapImport() override {
        server.close();
        loop.wait_for(net::sleep_for(5ms)); // its connections see the end
    }

    imap::Account account() {
        return {.host = "127.0.0.1",
                .port = server.port(),
                .security = imap::Security::Plain,
                .login = "anna",
                .password = "sec ret\"",
                .patience = 5s};
    }
    ImapReport run(ImapProgress progress = {}) {
        last = loop.wait_for(import_imap(accounts, anna, account(), options, std::move(progress)));
        return last;
    }
    imap::FakeMailbox& fill(std::string const& name, int count) {
        auto& box = server.boxes[name];
        for (int i = 0; i < count; ++i) box.add("Subject: " + name + " " + std::to_string(i) + "\r\n\r\nx\r\n");
        return box;
    }
    // Folder -> its messages' bytes and marks, in any order.
    std::multimap<std::string, std::string> mail() {
        return accounts.read_now(anna, [](Transaction& tx) {
            std::multimap<std::string, std::string> found;
            for (auto const& folder : tx.folders())
                for (auto const& item : tx.walk(folder.id, {}, {index::Time::min(), index::ItemId(0)}, 10000))
                    found.emplace(folder.name, fetch(tx, item));
            return found;
        });
    }
    std::size_t in(std::string const& folder) { return mail().count(folder); }
    Failure::Kind failure() {
        try {
            run();
        } catch (Failure const& one) {
            return one.kind;
        }
        ADD_FAILURE() << "no failure";
        return {};
    }
};

} // namespace godwit::source
