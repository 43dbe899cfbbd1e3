#include "source/local.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include "source/lineage.hpp"

namespace godwit::source {
namespace {

constexpr std::size_t enough_for_header = 2 * mime::HeaderBlock::max_header_bytes;

bool plausible(index::Time time, index::Time now) { return time > index::Time{} && time <= now + std::chrono::days(1); }

} // namespace

std::optional<index::Time> dated(std::string_view message, index::Time now) {
    mime::HeaderBlock const header(message);
    if (auto const date = header.raw("Date")) {
        auto const time = mime::parse_date(*date);
        if (time && plausible(*time, now)) return *time;
    }
    if (auto const received = header.raw("Received")) { // RFC 5321 4.4: the stamp follows the last semicolon
        auto const semicolon = received->rfind(';');
        if (semicolon == std::string_view::npos) return {};
        auto const time = mime::parse_date(received->substr(semicolon + 1));
        if (time && plausible(*time, now)) return *time;
    }
    return {};
}

index::ItemId append(index::Transaction& tx, index::CollectionId folder, std::string_view bytes,
                     index::Marks const& marks, std::optional<index::Time> received) {
    mime::Rope whole;
    whole.view(bytes);
    return append(tx, folder, whole, marks, received);
}

index::ItemId append(index::Transaction& tx, index::CollectionId folder, mime::Rope const& message,
                     index::Marks const& marks, std::optional<index::Time> received) {
    auto const pieces = message.pieces();
    auto const copied = pieces.size() > 1 ? message.head(enough_for_header) : std::string();
    auto const head = pieces.size() == 1 ? pieces.front() : std::string_view(copied);
    index::NewItem item;
    item.folder = folder;
    if (received) {
        item.received = *received;
    } else {
        auto const now = net::Clock::utc();
        item.received = dated(head, now).value_or(now);
    }
    item.size = message.size();
    auto kin = lineage(head);
    item.thread = std::move(kin.thread);
    item.names = std::move(kin.names);
    item.marks = marks;
    item.content = tx.put_content(pieces); // before the row that names it
    return tx.add_item(item);
}

std::string fetch(index::Transaction& tx, index::Item const& item) { return tx.content(item.content); }

std::string fetch_range(index::Transaction& tx, index::Item const& item, std::uint64_t offset, std::uint64_t length) {
    return tx.content_range(item.content, offset, length);
}

net::awaitable<std::optional<std::string>> Local::fetch(index::AccountId account, index::ItemId item) {
    auto look = [item](index::Transaction& tx) -> std::optional<std::string> {
        auto const found = tx.item(item);
        if (!found) return {};
        return source::fetch(tx, *found);
    };
    co_return co_await accounts_.read(account, look);
}

net::awaitable<std::optional<std::string>> Local::fetch_range(index::AccountId account, index::ItemId item,
                                                              std::uint64_t offset, std::uint64_t length) {
    auto look = [item, offset, length](index::Transaction& tx) -> std::optional<std::string> {
        auto const found = tx.item(item);
        if (!found) return {};
        return source::fetch_range(tx, *found, offset, length);
    };
    co_return co_await accounts_.read(account, look);
}

net::awaitable<index::ItemId> Local::append(index::AccountId account, NewMessage message) {
    auto put = [&message](index::Transaction& tx) {
        return source::append(tx, message.folder, message.bytes, message.marks, message.received);
    };
    co_return co_await accounts_.write(account, put);
}

} // namespace godwit::source
