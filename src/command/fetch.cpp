#include "command/fetch.hpp"
#include "command/email_view.hpp"
#include "command/ids.hpp"
#include "convert/file_reference.hpp"
#include "eas/email.hpp"
#include "mime/content.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <charconv>

namespace godwit::command {
namespace {

using eas::ItemFetch, eas::ItemFetchResponse, eas::ItemOperationsStatus;

struct Found {
    index::Item item;
    std::string bytes = {};
    bool draft = false;
    bool lost = false; // its content cannot be read
};

// Reads on the account's strand; what is done with the bytes is done on the pool.
net::awaitable<std::optional<Found>> find(Session& s, index::ItemId id, std::optional<index::CollectionId> folder) {
    auto work = s.rooms.accounts.read(s.user.id, [id, folder](index::Transaction& tx) -> std::optional<Found> {
        auto item = tx.item(id);
        if (!item || (folder && item->folder != *folder)) return std::nullopt;
        auto lies_in = tx.folder(item->folder);
        Found out{.item = *item, .draft = lies_in && lies_in->type == index::FolderType::Drafts};
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

std::string base64(std::string_view bytes) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto at = [&](std::size_t k) { return i + k < bytes.size() ? std::uint32_t(std::uint8_t(bytes[i + k])) : 0U; };
        auto bits = at(0) << 16 | at(1) << 8 | at(2);
        out += letters[bits >> 18];
        out += letters[bits >> 12 & 63];
        out += i + 1 < bytes.size() ? letters[bits >> 6 & 63] : '=';
        out += i + 2 < bytes.size() ? letters[bits & 63] : '=';
    }
    return out;
}

// After an Open: the element with all that is in it. The depth is the reader's limit.
void copy(wbxml::Reader& from, wbxml::Writer& to, eas::Tag tag) {
    to.open(tag);
    for (std::size_t depth = 1; depth > 0;) {
        auto event = from.next();
        switch (event.kind) {
        case wbxml::Event::Open: to.open(event.tag), ++depth; break;
        case wbxml::Event::Empty: to.empty(event.tag); break;
        case wbxml::Event::Close: to.close(), --depth; break;
        case wbxml::Event::Text: to.text(event.text); break;
        case wbxml::Event::Opaque: to.opaque(event.text); break;
        case wbxml::Event::End: return; // our own encoder's output does not end here
        }
    }
}

// ---- an item
struct Properties {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    std::optional<eas::Fragment> fragment = {};
    std::optional<std::string> part = {};
};

Properties properties(Found const& found, eas::ItemFetchOptions const& options, eas::Version version,
                      std::optional<std::uint32_t> part_number) {
    Properties out;
    if (found.lost) return {.status = ItemOperationsStatus::ConversionFailed};
    auto wanted = body_options(options.mime_support, std::nullopt, options.body_preferences);
    std::string isolated;
    auto email = whole_email(found.bytes, email_state(found.item, found.draft), wanted, version, isolated);
    if (!email) return {.status = ItemOperationsStatus::ConversionFailed};
    if (part_number && email->body && email->body->data) {
        out.part = std::move(email->body->data->bytes);
        email->body->data.reset();
        email->body->part = part_number;
    }
    out.fragment = eas::encode_fragment(*email, version);
    if (options.properties) out.fragment = only(*out.fragment, *options.properties);
    return out;
}

net::awaitable<ItemFetchResponse> fetch_properties(Session& s, ItemFetch wanted, std::vector<std::string>& parts) {
    ItemFetchResponse response{
        .collection_id = wanted.collection_id, .server_id = wanted.server_id, .long_id = wanted.long_id};
    std::optional<index::ItemId> id;
    std::optional<index::CollectionId> folder;
    if (wanted.long_id) {
        id = parse_long_id(*wanted.long_id);
    } else if (auto server_id = parse_server_id(*wanted.server_id); server_id) {
        id = server_id->item;
        folder = server_id->folder;
        if (wanted.collection_id && parse_collection(*wanted.collection_id) != folder) id.reset();
    }
    response.status = ItemOperationsStatus::NotFound;
    if (!id) co_return response;
    auto found = co_await find(s, *id, folder);
    if (!found) co_return response;
    auto options = wanted.options.value_or(eas::ItemFetchOptions{});
    auto number = s.multipart ? std::optional(std::uint32_t(parts.size() + 1)) : std::nullopt;
    auto work = s.rooms.pool.run([found = std::move(*found), options = std::move(options), version = s.version,
                                  number] { return properties(found, options, version, number); });
    auto made = co_await std::move(work);
    response.status = made.status;
    if (made.fragment) response.item_class = "Email";
    response.properties = std::move(made.fragment);
    if (made.part) parts.push_back(std::move(*made.part));
    co_return response;
}

// ---- an attachment
struct File {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    eas::FileProperties properties = {};
    std::string bytes = {};
};

// MS-ASCMD 2.2.3.143.1: the range that there is, and only if one was asked for (clients.md 4.1, iOS 10).
File attachment(Found const& found, std::string const& path, std::optional<std::string> const& range_text) {
    auto message = mime::Message::parse(found.bytes);
    auto const* part = message.find(path);
    if (!part) return {.status = ItemOperationsStatus::InvalidAttachment};
    File out;
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

net::awaitable<ItemFetchResponse> fetch_attachment(Session& s, ItemFetch wanted, std::vector<std::string>& parts) {
    ItemFetchResponse response{.status = ItemOperationsStatus::InvalidAttachment,
                               .file_reference = wanted.file_reference};
    auto reference = convert::parse_file_reference(*wanted.file_reference); // empty: 15 too (MS-ASAIRS_R214, trap 69)
    if (!reference) co_return response;
    auto found = co_await find(s, index::ItemId(reference->item), std::nullopt);
    if (!found) co_return response;
    auto range = wanted.options ? wanted.options->range : std::nullopt;
    bool raw = s.multipart;
    auto work = s.rooms.pool.run([found = std::move(*found), path = std::move(reference->part), range, raw] {
        auto file = attachment(found, path, range);
        if (!raw && file.status == ItemOperationsStatus::Success)
            file.properties.base64 = base64(file.bytes), file.bytes = {};
        return file;
    });
    auto file = co_await std::move(work);
    response.status = file.status;
    if (file.status != ItemOperationsStatus::Success) co_return response;
    if (raw) {
        parts.push_back(std::move(file.bytes));
        file.properties.part = std::uint32_t(parts.size());
    }
    response.properties = eas::encode_fragment(file.properties, s.version);
    co_return response;
}

ItemFetchResponse refused(ItemFetch const& wanted, ItemOperationsStatus status) {
    return {.status = status,
            .collection_id = wanted.collection_id,
            .server_id = wanted.server_id,
            .long_id = wanted.long_id,
            .file_reference = wanted.file_reference};
}

} // namespace

net::awaitable<ItemFetchResponse> fetch_item(Session& s, ItemFetch wanted, std::vector<std::string>& parts,
                                             FetchBudget& budget) {
    // Only the mailbox is a store here; a document library is not offered (MS-ASCMD 2.2.3.177.8, status 9).
    if (wanted.store != "Mailbox")
        co_return ItemFetchResponse{.status = ItemOperationsStatus::UnknownStore, .link_id = wanted.link_id};
    auto const& options = wanted.options;
    if (options && std::ranges::any_of(options->body_part_preferences, [](auto const& part) { return part.type != 2; }))
        co_return ItemFetchResponse{
            .status = ItemOperationsStatus(std::to_underlying(eas::CommonStatus::BodyPartPreferenceTypeNotSupported)),
            .collection_id = wanted.collection_id,
            .server_id = wanted.server_id};
    if (!wanted.file_reference && !wanted.long_id && !wanted.server_id)
        co_return ItemFetchResponse{.status = ItemOperationsStatus::ProtocolError};
    auto too_large = refused(wanted, ItemOperationsStatus::TooLarge);
    if (budget.spent()) co_return too_large;
    auto before = parts.size();
    auto work = wanted.file_reference ? fetch_attachment(s, std::move(wanted), parts)
                                      : fetch_properties(s, std::move(wanted), parts);
    auto response = co_await std::move(work);
    std::uint64_t taken = response.properties ? response.properties->bytes.size() : 0;
    for (auto i = before; i < parts.size(); ++i) taken += parts[i].size();
    if (taken == 0 || budget.take(taken)) co_return std::move(response);
    parts.resize(before);
    co_return too_large;
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

eas::Fragment only(eas::Fragment const& properties, eas::ElementNames const& wanted) {
    wbxml::Reader reader(properties);
    auto writer = wbxml::Writer::fragment();
    for (;;) {
        auto event = reader.next();
        if (!event.starts()) break;
        bool keep = std::ranges::find(wanted.tags, event.tag) != wanted.tags.end();
        if (event.kind == wbxml::Event::Empty) {
            if (keep) writer.empty(event.tag);
            continue;
        }
        if (!keep) {
            if (!reader.skip()) break;
            continue;
        }
        copy(reader, writer, event.tag);
    }
    return std::move(writer).finish_fragment();
}

} // namespace godwit::command
