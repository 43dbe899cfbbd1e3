// Which message of a mailbox became which item, and with which flags: what a later run needs to bring over what has
// changed on the server, and nothing that has not. In blocks of settings in the account's index, in the order of
// copying; written in the transactions that they speak of.
#pragma once
#include "index/transaction.hpp"
#include "source/imap_words.hpp"
#include <span>

namespace godwit::source::imap {

struct Entry {
    std::uint32_t uid = 0;
    index::ItemId item = {};
    std::uint8_t flags = 0; // as the server had them when we last looked; flag_bits()
    bool operator==(Entry const&) const = default;
};

// \Seen, \Flagged, \Draft; answered or forwarded.
std::uint8_t flag_bits(FlagsRead const& flags);
// What differs between `before` and `now` is done to `marks`; what does not stays as somebody here has made it.
index::Marks changed_marks(index::Marks marks, std::uint8_t before, FlagsRead const& now, index::Time when);

// Of one mailbox, by the name of its state, while its UIDs mean the same; 0: they never do, and nothing is kept.
class Ledger {
public:
    static constexpr std::size_t block_entries = 500;

    Ledger(std::string state_name, std::uint32_t validity) : name_(std::move(state_name)), validity_(validity) {}

    std::size_t blocks(index::Transaction& tx) const;
    std::vector<Entry> block(index::Transaction& tx, std::size_t number) const; // empty where there is none
    void add(index::Transaction& tx, std::span<Entry const> entries);
    void replace(index::Transaction& tx, std::size_t number, std::span<Entry const> entries); // as many as there were

private:
    std::string head() const { return name_ + " flags"; }
    std::string block_name(std::size_t number) const { return head() + ' ' + std::to_string(number); }
    std::uint64_t count(index::Transaction& tx) const;

    std::string name_;
    std::uint32_t validity_;
};

} // namespace godwit::source::imap
