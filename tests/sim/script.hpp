// A simulated life as data: what happens, in order, each step with a few numbers that it picks its subjects by. A script is drawn
// from a seed, can be cut anywhere and played again: that is how a failure is shrunk.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::sim {

enum class What : std::uint8_t {
    Deliver,
    DeliverOld,
    Mark,
    Rewrite,
    Move,
    Remove,
    FolderCreate,
    FolderRename,
    FolderRemove,
    PhoneAdd,
    PhoneMark,
    PhoneDelete,
    PhoneFolder,
    PhoneMove,
    PhoneEmpty,
    DraftAdd,
    DraftEdit,
    DraftSend,
    PhoneSend,
    ClassOpen,
    Import,
    ThingRewrite,
    ThingMove,
    ThingRemove,
    PhoneMake,
    PhoneWish,
    PhoneDrop,
    PhoneCarry,
    Sync,
    SyncFolders,
    Reset,
    Upgrade,
    Widen,
    Late,
    Look,
    Estimate,
    Clock,
    Days,
    Reopen,
    Sweep,
    Quiet,
    // among people only (people.hpp)
    MeetMake,
    MeetChange,
    MeetOne,
    MeetGuests,
    MeetCancel,
    MeetAnswer,
    MeetOwn,
    MeetMail,
    MeetForward,
    Post,
    PostTwice,
    Count,
};
std::string_view name(What);

struct Step {
    What what = What::Sync;
    std::array<std::uint32_t, 4> pick = {};
};
using Script = std::vector<Step>;

Script draw(std::uint64_t seed, std::size_t steps); // among people, if that is where the seed leads (people.hpp)
std::string text(Script const&);
std::optional<Script> parse(std::string_view text);

} // namespace godwit::sim
