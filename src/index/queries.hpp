// Every SQL text of the index, with the index it goes by and what it costs (DESIGN section 3): no query reads more than
// it returns. queries_test.cpp explains each one and refuses a scan and a temporary b-tree.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace godwit::index {

enum class Query : std::uint8_t {
    AccountRow,
    AccountSave,
    FolderAll,
    FolderOne,
    FolderOfType,
    FolderChanged,
    FolderChildren,
    FolderRemoved,
    FolderAdd,
    FolderUpdate,
    FolderTouch,
    FolderSwept,
    FolderEmptied,
    FolderBury,
    FolderItems,
    FolderBytes,
    FolderDelete,
    FolderDeleteItems,
    FolderDeleteTombstones,
    FolderDeleteStates,
    FolderDeleteIsolated,
    FolderLoosen,
    FolderTombstoneAdd,
    FolderTombstoneForget,
    ItemAdd,
    ItemOne,
    ItemMarks,
    ItemRewrite,
    ItemMove,
    ItemDelete,
    ItemWithContent,
    ItemChanges,
    ItemEntries,
    ItemWalk,
    ItemBetween,
    ItemInThread,
    ItemFlagged,
    ItemFlaggedInFolder,
    ItemCount,
    TombstoneAdd,
    TombstoneChanges,
    TombstoneEntries,
    TombstoneSweepable,
    TombstoneDelete,
    ThreadOfName,
    ThreadNameAdd,
    ThreadNamesDelete,
    ThreadHasItem,
    ThreadLoosen,
    ThreadLoosenFolder,
    ThreadLooseSome,
    ThreadLooseDelete,
    ContentFind,
    ContentAdd,
    ContentReserve,
    ContentDelete,
    ContentNamedByItem,
    ContentNamedByOutbox,
    LooseKeep,
    LooseAdd,
    LooseDue,
    LooseLater,
    LooseDelete,
    DeviceAll,
    DeviceOne,
    DevicePut,
    DeviceDelete,
    DeviceDeleteStates,
    DeviceDeleteCollections,
    StateOne,
    StatePut,
    StateDelete,
    CollectionOne,
    CollectionPut,
    CollectionOldest,
    SettingOne,
    SettingPut,
    RememberAdd,
    RememberForget,
    RememberOne,
    IsolatedPut,
    IsolatedAll,
    IsolatedDelete,
    IsolatedMove,
    OutboxAdd,
    OutboxDue,
    OutboxAhead,
    OutboxAll,
    OutboxOne,
    OutboxUpdate,
    OutboxDelete,
    Count,
};
inline constexpr std::size_t query_count = static_cast<std::size_t>(Query::Count);

struct QueryRow {
    Query query = {};
    std::string_view by;   // the table's key or the index that it searches
    std::string_view cost; // rows read
    std::string_view sql;
};
QueryRow const& row(Query);

} // namespace godwit::index
