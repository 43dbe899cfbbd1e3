#include "source/conversations.hpp"
#include <charconv>

namespace godwit::source {
namespace {

constexpr std::size_t rows_at_once = 500;
constexpr index::Position bottom{index::Time::min(), index::ItemId{}};

std::string rule_name(std::string_view thread) { return "conversation:" + std::string(thread); }

// MS-ASCON_R213, R215: "all folders except the Sent Items folder"; and what is not sent yet is no message.
bool stays(index::FolderType type) {
    using enum index::FolderType;
    return type == SentItems || type == Drafts || type == Outbox;
}

bool move_here(index::Transaction& tx, index::Item const& item, index::CollectionId to) {
    if (item.folder == to) return false;
    auto const folder = tx.folder(item.folder);
    if (!folder || stays(folder->type)) return false;
    tx.move_item(item.id, to);
    return true;
}

} // namespace

bool move_conversation(index::Transaction& tx, std::string_view thread, index::CollectionId to) {
    bool any = false;
    std::optional<index::Position> from;
    for (;;) {
        auto const items = tx.in_thread(thread, from, bottom, rows_at_once);
        for (auto const& item : items) {
            if (item.item_class != index::ItemClass::Email) continue;
            any = true;
            move_here(tx, item, to);
        }
        if (items.size() < rows_at_once) break;
        from = index::Position{items.back().received, items.back().id};
    }
    auto const folder = tx.folder(to);
    bool const ordinary = folder && folder->type == index::FolderType::Inbox;
    if (any) tx.put_setting(rule_name(thread), ordinary ? "" : std::to_string(std::uint32_t(to)));
    return any;
}

void follow_conversation(index::Transaction& tx, index::ItemId arrived) {
    auto const item = tx.item(arrived);
    if (!item || item->thread.empty()) return;
    auto const rule = tx.setting(rule_name(item->thread));
    if (!rule || rule->empty()) return;
    std::uint32_t to = 0;
    auto const [end, error] = std::from_chars(rule->data(), rule->data() + rule->size(), to);
    if (error != std::errc{} || !tx.folder(index::CollectionId(to))) return tx.put_setting(rule_name(item->thread), "");
    move_here(tx, *item, index::CollectionId(to));
}

} // namespace godwit::source
