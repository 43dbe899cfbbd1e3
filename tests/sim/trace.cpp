#include "world.hpp"
#include <cstdio>

// An exchange in words, to find out with --trace what a script does.
namespace godwit::sim {
namespace {

char const* name_of(Pending::Kind kind) {
    switch (kind) {
    case Pending::Kind::Add: return "Add";
    case Pending::Kind::Mark: return "Mark";
    case Pending::Kind::Delete: return "Delete";
    case Pending::Kind::Draft: return "Draft";
    case Pending::Kind::Edit: return "Edit";
    case Pending::Kind::Make: return "Make";
    case Pending::Kind::Change: return "Change";
    }
    return "?";
}

char const* name_of(sync::ServerChange::Kind kind) {
    switch (kind) {
    case sync::ServerChange::Kind::Add: return "Add";
    case sync::ServerChange::Kind::Change: return "Change";
    case sync::ServerChange::Kind::Delete: return "Delete";
    case sync::ServerChange::Kind::SoftDelete: return "SoftDelete";
    }
    return "?";
}

std::string brief(Words const& words) { return words.to + " | " + words.subject + " | " + words.text; }

} // namespace

void World::trace(Request const& r, Outcome const& outcome) const {
    auto const& result = outcome.result;
    std::fprintf(stderr, "  %s, folder %lld, key %s: status %d, key %s%s\n", phones_[r.phone].id().c_str(),
                 static_cast<long long>(r.folder), r.request.key.c_str(), static_cast<int>(result.status),
                 result.key.c_str(), result.more ? ", more" : "");
    for (std::size_t i = 0; i < result.results.size(); ++i) {
        auto const& said = r.said[i];
        auto const& got = result.results[i];
        auto const what = said.content.empty() ? brief(said.words) : said.content.substr(0, said.content.find('\r'));
        std::fprintf(stderr, "    says %s%s %s%lld \"%s\": status %d, item %lld\n", name_of(said.kind),
                     said.send ? " and Send" : "", said.client_id.c_str(), static_cast<long long>(said.item),
                     what.c_str(), static_cast<int>(got.status), static_cast<long long>(got.item));
    }
    for (auto const& change : result.changes) {
        auto const words = outcome.words.find(change.id);
        std::fprintf(stderr, "    is told %s %lld%s %s\n", name_of(change.kind), static_cast<long long>(change.id),
                     change.content ? " whole" : "", words == outcome.words.end() ? "" : brief(words->second).c_str());
    }
}

} // namespace godwit::sim
