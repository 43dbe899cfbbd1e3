#include "command/attachment.hpp"
#include "command/fetch.hpp"
#include "command/item_kind.hpp"
#include "convert/file_reference.hpp"
#include "mime/build.hpp"
#include "mime/content.hpp"
#include "mime/skeleton.hpp"
#include "mime/uudecode.hpp"
#include "source/local.hpp"
#include "wbxml/base64.hpp"
#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

namespace godwit::command {
namespace {

using eas::ItemOperationsStatus;

// MS-ASCMD 2.2.3.143.1: the range that there is, and only if one was asked for (clients.md 4.1, iOS 10).
File cut(File whole, std::optional<std::string> const& range_text) {
    if (!range_text) return whole;
    auto range = parse_range(*range_text);
    auto total = whole.bytes.size();
    if (!range || range->first >= total) return {.status = ItemOperationsStatus::InvalidRange};
    auto last = std::min<std::uint64_t>(range->last, total - 1);
    whole.bytes = whole.bytes.substr(range->first, last - range->first + 1);
    whole.properties.range = std::to_string(range->first) + '-' + std::to_string(last);
    whole.properties.total = total;
    return whole;
}

File attachment(Stored const& found, std::string const& path, std::optional<std::string> const& range_text) {
    if (auto const* kind = kind_of(found.item.item_class)) {
        auto file = kind->file ? kind->file(found.bytes, path) : std::nullopt;
        if (!file) return {.status = ItemOperationsStatus::InvalidAttachment};
        File out{.status = ItemOperationsStatus::Success, .bytes = std::move(file->content)};
        out.properties.content_type = std::move(file->type);
        return cut(std::move(out), range_text);
    }
    auto message = mime::Message::parse(found.bytes);
    auto const* part = message.find(path);
    if (!part) return {.status = ItemOperationsStatus::InvalidAttachment};
    File out{.status = ItemOperationsStatus::Success};
    out.properties.content_type = part->type;
    if (!range_text) {
        out.bytes = mime::content(*part);
        return out;
    }
    auto range = parse_range(*range_text);
    auto total = mime::content_size(*part);
    if (!range || range->first >= total) return {.status = ItemOperationsStatus::InvalidRange};
    auto last = std::min<std::uint64_t>(range->last, total - 1);
    out.bytes = mime::content(*part, range->first, last - range->first + 1);
    out.properties.range = std::to_string(range->first) + '-' + std::to_string(last);
    out.properties.total = total;
    return out;
}

File in_form(File file, Form form) {
    if (form == Form::Base64 && file.status == ItemOperationsStatus::Success)
        file.properties.base64 = wbxml::to_base64(std::exchange(file.bytes, {}));
    return file;
}

} // namespace

// Reads on the account's strand; what is done with the bytes is done on the pool.
net::awaitable<std::optional<Stored>> find_stored(Session& s, index::ItemId id,
                                                  std::optional<index::CollectionId> folder) {
    auto work = s.rooms.accounts.read(s.user.id, [id, folder](index::Transaction& tx) -> std::optional<Stored> {
        auto item = tx.item(id);
        if (!item || (folder && item->folder != *folder)) return std::nullopt;
        auto lies_in = tx.folder(item->folder);
        Stored out{.item = *item, .draft = lies_in && lies_in->type == index::FolderType::Drafts};
        out.zone = tx.time_zone();
        try {
            out.bytes = source::fetch(tx, *item);
        } catch (index::StoreBroken const&) { // one item's affair, not the request's (law 4)
            out.lost = true;
        }
        return out;
    });
    auto found = co_await std::move(work);
    co_return std::move(found);
}

namespace {

constexpr std::uint64_t small_enough = 2 << 20; // a message of this size is simply read
constexpr std::uint64_t most_at_once = 64 << 20;
// Of a large file a range brings no more, and says so (MS-ASCMD_R3709: the actual range): a request has little memory.
constexpr std::uint64_t most_of_a_range = 1 << 20;

using Pieces = std::function<void(std::string_view)>;

// A draft's file is named by its bytes (mime::lasting_path); the same ones twice are the same file.
std::optional<mime::Located> find_by_bytes(index::Transaction& tx, index::Item const& item,
                                           std::vector<mime::Located> parts, std::string const& path) {
    for (auto& part : parts) {
        mime::LastingPath name;
        name.feed(part.header);
        tx.content_pieces(item.content, part.begin, part.end - part.begin,
                          [&](std::string_view piece) { name.feed(piece); });
        if (name.path() == path) return std::move(part);
    }
    return std::nullopt;
}

void decode(index::Transaction& tx, index::Item const& item, mime::Located where, Pieces const& take) {
    if (where.encoding == mime::Encoding::uuencode) {
        mime::UuBegin begin;
        tx.content_pieces(item.content, where.begin, where.end - where.begin,
                          [&](std::string_view piece) { begin.feed(piece); });
        where.begin += begin.behind().value_or(0);
    }
    mime::PieceDecoder decoder(where.encoding);
    tx.content_pieces(item.content, where.begin, where.end - where.begin,
                      [&](std::string_view piece) { take(decoder.feed(piece)); });
    take(decoder.finish());
}

// Bytes that become base64 as they come, so that a large file is held once.
class Base64Text {
public:
    explicit Base64Text(std::uint64_t bytes) { text_.reserve((bytes + 2) / 3 * 4); }
    void feed(std::string_view bytes) {
        constexpr std::size_t group = 3;
        while (!held_.empty() && held_.size() < group && !bytes.empty()) held_ += bytes.front(), bytes.remove_prefix(1);
        if (held_.size() == group) text_ += wbxml::to_base64(std::exchange(held_, {}));
        auto const whole = bytes.size() / group * group;
        text_ += wbxml::to_base64(bytes.substr(0, whole));
        held_ += bytes.substr(whole);
    }
    std::string finish() && {
        text_ += wbxml::to_base64(held_);
        return std::move(text_);
    }

private:
    std::string text_, held_; // held: less than a group
};

// All of it, which has to be held: what is too large can be had in ranges.
File whole_file(index::Transaction& tx, index::Item const& item, mime::Located where, Form form) {
    constexpr std::uint64_t before_it = 64 << 10; // room for what an answer puts before it (multipart_body)
    File out{.status = ItemOperationsStatus::Success};
    auto const most = std::min(where.end - where.begin, most_at_once); // it is never longer than its text
    Base64Text text(form == Form::Base64 ? most : 0);
    if (form == Form::Bytes) out.bytes.reserve(most + before_it);
    std::uint64_t size = 0;
    decode(tx, item, where, [&](std::string_view decoded) {
        size += decoded.size();
        if (size > most_at_once) return;
        form == Form::Base64 ? text.feed(decoded) : void(out.bytes += decoded);
    });
    if (size > most_at_once) return File{.status = ItemOperationsStatus::TooLarge};
    if (form == Form::Base64) out.properties.base64 = std::move(text).finish();
    out.properties.content_type = std::move(where.type);
    return out;
}

} // namespace

std::optional<File> file_range(index::Transaction& tx, index::Item const& item, std::string const& path,
                               std::optional<std::string> const& range_text, Form form) {
    mime::Skeleton skeleton;
    tx.content_pieces(item.content, 0, item.size, [&](std::string_view piece) { skeleton.feed(piece); });
    std::optional<mime::Located> where;
    if (path.starts_with("0.")) {
        auto parts = skeleton.parts();
        if (parts.empty()) return std::nullopt; // the message is the file
        where = find_by_bytes(tx, item, std::move(parts), path);
    } else {
        where = skeleton.find(path);
    }
    if (!skeleton.ok()) return std::nullopt;
    if (!where) return File{};
    if (!range_text) return whole_file(tx, item, std::move(*where), form);
    auto range = parse_range(*range_text);
    if (!range) return File{.status = ItemOperationsStatus::InvalidRange};
    File out{.status = ItemOperationsStatus::Success};
    std::uint64_t total = 0;
    auto const end = range->first + std::min(range->last - range->first, most_of_a_range - 1) + 1;
    decode(tx, item, *where, [&](std::string_view decoded) {
        auto first = std::max(total, range->first), last = std::min(total + decoded.size(), end);
        if (first < last) out.bytes += decoded.substr(first - total, last - first);
        total += decoded.size();
    });
    if (out.bytes.empty()) return File{.status = ItemOperationsStatus::InvalidRange};
    out.properties.content_type = std::move(where->type);
    out.properties.range = std::to_string(range->first) + '-' + std::to_string(range->first + out.bytes.size() - 1);
    out.properties.total = total;
    return in_form(std::move(out), form);
}

namespace {

net::awaitable<std::optional<File>> read_large(Session& s, index::ItemId id, std::string path,
                                               std::optional<std::string> range, Form form) {
    auto work = s.rooms.accounts.read(
        s.user.id,
        [id, path = std::move(path), range = std::move(range), form](index::Transaction& tx) -> std::optional<File> {
            auto item = tx.item(id);
            if (!item || item->size <= small_enough || kind_of(item->item_class)) return std::nullopt;
            try {
                return file_range(tx, *item, path, range, form);
            } catch (index::StoreBroken const&) {
                return File{};
            }
        });
    auto file = co_await std::move(work);
    co_return std::move(file);
}

} // namespace

net::awaitable<File> read_file(Session& s, std::string reference, std::optional<std::string> range, Form form) {
    auto parsed = convert::parse_file_reference(reference); // empty: 15 too (MS-ASAIRS_R214, trap 69)
    if (!parsed) co_return File{};
    auto large = read_large(s, index::ItemId(parsed->item), parsed->part, range, form);
    auto file = co_await std::move(large);
    if (file) co_return std::move(*file);
    auto found = co_await find_stored(s, index::ItemId(parsed->item), std::nullopt);
    if (!found) co_return File{};
    auto work = s.rooms.pool.run([found = std::move(*found), path = std::move(parsed->part), range = std::move(range),
                                  form] { return in_form(attachment(found, path, range), form); });
    auto read = co_await std::move(work);
    co_return std::move(read);
}

std::optional<ByteRange> parse_range(std::string_view text) {
    ByteRange out;
    auto const* end = text.data() + text.size();
    auto [dash, first_error] = std::from_chars(text.data(), end, out.first);
    if (first_error != std::errc{} || dash == end || *dash != '-') return std::nullopt;
    auto [rest, last_error] = std::from_chars(dash + 1, end, out.last);
    if (last_error != std::errc{} || rest != end || out.last < out.first) return std::nullopt;
    return out;
}

} // namespace godwit::command
