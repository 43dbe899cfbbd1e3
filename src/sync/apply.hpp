// What the phone says: its commands, carried out once each, however often it repeats them (law 1).
#pragma once
#include "sync/token.hpp"
#include <map>
#include <optional>
#include <span>
#include <unordered_map>

namespace godwit::sync {

class Applier {
public:
    // `attempts`: what earlier answers to the same key did; empty unless the phone repeats the older key.
    Applier(index::Transaction&, index::Folder const&, CollectionState&, std::span<Token const> attempts,
            Token const& base, Token& token, Time now);

    CommandResult apply(Command const&, CollectionRequest const&);
    std::vector<Done> take_done() { return std::move(done_); }

private:
    CommandResult add(AddCommand const&);
    CommandResult change(ChangeCommand const&, CollectionRequest const&);
    CommandResult remove(DeleteCommand const&, CollectionRequest const&);
    CommandResult fetch(FetchCommand const&);
    CommandResult refuse(Status, Done const& change);

    CommandResult add_again(AddCommand const&, Done const&);
    std::optional<index::Item> readded(AddCommand const&);
    std::optional<index::Item> said_alike(AddCommand const&);
    bool claimed(ItemId) const;
    CommandResult adopt(AddCommand const&, index::Item const&);
    Status say_of(index::Item const&, AddCommand const&);
    void hold(index::Item const&);
    void forget(ItemId);
    std::optional<index::Item> find(ItemId);
    Done const* earlier(std::uint64_t what) const;
    Done const* repeated(ItemId, std::uint64_t what, CollectionRequest const&);
    void recognise(CollectionRequest const&);
    void hear(Heard const&, index::Item const* before, ItemId);
    void remember(Done const& add);
    bool knows(Modseq) const;
    void note(Done);
    void mine(Modseq);
    void mine_again(ItemId, Modseq);
    template <class F> Modseq stamped(F write); // what write() stamped is the phone's own
    bool reborn() const;

    index::Transaction& tx_;
    index::Folder const& folder_;
    CollectionState& state_;
    std::span<Token const> attempts_;
    Token const& base_;
    Token& token_;
    Time now_;
    std::vector<Done> done_;
    Stamps heard_ =
        {}; // what the server wrote because of this request's own commands: news, but nobody's word against them

    struct Repeated { // what the newest attempt that touched an item did to it, if this request begins with the same
        std::vector<Done> done;
        std::size_t next = 0;
    };
    std::map<ItemId, Repeated> repeated_;
    bool recognised_ = false;
    std::size_t compared_ = 0;                                     // by said_alike()
    std::optional<std::unordered_map<ItemId, Modseq>> taken_away_; // by others, and not told yet: for forget()
};

template <class F> Modseq Applier::stamped(F write) {
    auto const before = tx_.modseq();
    write();
    auto const after = tx_.modseq();
    if (after == before) return Modseq::None;
    token_.own.add(Modseq(std::int64_t(before) + 1), after);
    return after;
}

} // namespace godwit::sync
