#include "people.hpp"
#include <algorithm>
#include <random>
#include <sstream>

namespace godwit::sim {
namespace {

struct Row {
    What what;
    std::string_view name;
    unsigned weight; // how often it is drawn, in one account's life
    unsigned among_people = 0;
};
constexpr std::array<Row, std::size_t(What::Count)> rows{{
    {What::Deliver, "deliver", 12},
    {What::DeliverOld, "deliver-old", 3},
    {What::Mark, "mark", 8},
    {What::Rewrite, "rewrite", 3},
    {What::Move, "move", 6},
    {What::Remove, "remove", 4},
    {What::FolderCreate, "folder-create", 1},
    {What::FolderRename, "folder-rename", 1},
    {What::FolderRemove, "folder-remove", 1},
    {What::PhoneAdd, "phone-add", 6},
    {What::PhoneMark, "phone-mark", 8},
    {What::PhoneDelete, "phone-delete", 4},
    {What::PhoneFolder, "phone-folder", 4},
    {What::PhoneMove, "phone-move", 8},
    {What::PhoneEmpty, "phone-empty", 1},
    {What::DraftAdd, "draft-add", 6},
    {What::DraftEdit, "draft-edit", 9},
    {What::DraftSend, "draft-send", 4},
    {What::PhoneSend, "phone-send", 3},
    {What::ClassOpen, "class-open", 3},
    {What::Import, "import", 3},
    {What::ThingRewrite, "thing-rewrite", 4},
    {What::ThingMove, "thing-move", 2},
    {What::ThingRemove, "thing-remove", 1},
    {What::PhoneMake, "phone-make", 6},
    {What::PhoneWish, "phone-wish", 12},
    {What::PhoneDrop, "phone-drop", 2},
    {What::PhoneCarry, "phone-carry", 3},
    {What::Sync, "sync", 45, 30},
    {What::SyncFolders, "sync-folders", 5},
    {What::Reset, "reset", 2},
    {What::Upgrade, "upgrade", 1},
    {What::Widen, "widen", 3},
    {What::Late, "late", 6},
    {What::Look, "look", 4},
    {What::Estimate, "estimate", 4},
    {What::Clock, "clock", 6, 6},
    {What::Days, "days", 2, 1},
    {What::Reopen, "reopen", 1, 1},
    {What::Sweep, "sweep", 2},
    {What::Quiet, "quiet", 2, 3},
    {What::MeetMake, "meet-make", 0, 8},
    {What::MeetChange, "meet-change", 0, 12},
    {What::MeetOne, "meet-one", 0, 14},
    {What::MeetGuests, "meet-guests", 0, 6},
    {What::MeetCancel, "meet-cancel", 0, 2},
    {What::MeetAnswer, "meet-answer", 0, 18},
    {What::MeetOwn, "meet-own", 0, 5},
    {What::MeetMail, "meet-mail", 0, 12},
    {What::MeetForward, "meet-forward", 0, 3},
    {What::Post, "post", 0, 34},
    {What::PostTwice, "post-twice", 0, 8},
}};

} // namespace

std::string_view name(What what) { return rows[std::size_t(what)].name; }

Script draw(std::uint64_t seed, std::size_t steps) {
    std::mt19937_64 random(seed);
    auto const weight = among_people(seed) ? &Row::among_people : &Row::weight;
    unsigned total = 0;
    for (auto const& row : rows) total += row.*weight;
    Script script;
    for (std::size_t i = 0; i < steps; ++i) {
        auto at = static_cast<unsigned>(random() % total);
        auto const row = std::ranges::find_if(rows, [&](Row const& r) {
            bool const hit = at < r.*weight;
            at -= hit ? 0 : r.*weight;
            return hit;
        });
        Step step{.what = row->what};
        for (auto& p : step.pick) p = static_cast<std::uint32_t>(random());
        script.push_back(step);
    }
    return script;
}

std::string text(Script const& script) {
    std::ostringstream out;
    for (auto const& s : script)
        out << name(s.what) << ' ' << s.pick[0] << ' ' << s.pick[1] << ' ' << s.pick[2] << ' ' << s.pick[3] << '\n';
    return out.str();
}

std::optional<Script> parse(std::string_view text) {
    std::istringstream in{std::string(text)};
    Script script;
    std::string word;
    while (in >> word) {
        auto const row = std::ranges::find(rows, word, &Row::name);
        Step s;
        if (row == rows.end() || !(in >> s.pick[0] >> s.pick[1] >> s.pick[2] >> s.pick[3])) return std::nullopt;
        s.what = row->what;
        script.push_back(s);
    }
    return script;
}

} // namespace godwit::sim
