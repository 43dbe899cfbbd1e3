// What the tests of this room share: two accounts in memory (or in a directory), a loop, a pool.
#pragma once
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "directory/directory.hpp"
#include "net/loop.hpp"
#include "source/local.hpp"
#include <gtest/gtest.h>

namespace godwit::delivery {

struct Post : testing::Test {
    net::Loop loop;
    net::Pool pool{2};
    index::Accounts accounts{pool, {}, {}};
    directory::Directory directory{pool, {}, {}};
    LocalDelivery local{accounts, directory};
    config::Delivery config;
    directory::User anna, bert;

    void SetUp() override {
        anna = directory.add("anna@x.org", "Anna", {"a.berg@x.org"}, "x").value();
        bert = directory.add("bert@x.org", "Bert", {}, "x").value();
        accounts.create(anna.id);
        accounts.create(bert.id);
        config.hostname = "mx.x.org";
    }
    void TearDown() override {
        net::Clock::frozen.reset();
        net::Clock::frozen_utc.reset();
    }
    std::vector<std::string> mail_of(directory::User const& user, index::FolderType type = index::FolderType::Inbox) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) {
            std::vector<std::string> found;
            for (auto const& item : tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 10000))
                found.push_back(source::fetch(tx, item));
            return found;
        });
    }
    std::vector<index::Outgoing> rows_of(directory::User const& user) {
        return accounts.read_now(user.id, [](index::Transaction& tx) { return tx.outbox(); });
    }
};

} // namespace godwit::delivery
