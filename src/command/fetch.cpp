#include "command/fetch.hpp"
#include "command/attachment.hpp"
#include "command/email_view.hpp"
#include "command/ids.hpp"
#include "command/item_kind.hpp"
#include "command/reply.hpp"
#include "eas/email.hpp"
#include <algorithm>
#include <iterator>

namespace godwit::command {
namespace {

using eas::ItemFetch, eas::ItemFetchResponse, eas::ItemOperationsStatus;

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

// What stands in an element that was just begun, which has no elements in it; to behind its end.
std::string content_of(wbxml::Reader& reader, wbxml::Event::Kind began) {
    std::string out;
    if (began != wbxml::Event::Open) return out;
    for (auto event = reader.next(); event.kind == wbxml::Event::Text || event.kind == wbxml::Event::Opaque;
         event = reader.next())
        out += event.text;
    return out;
}

// The Data of each Body becomes a part of the answer, numbered from `first` on (MS-ASAIRS_R176, R244). That of a
// BodyPart stays where it is: there is no Part in one (MS-ASAIRS_R126).
eas::Fragment with_parts(eas::Fragment const& properties, std::size_t first, std::vector<std::string>& parts) {
    wbxml::Reader reader(properties);
    auto writer = wbxml::Writer::fragment();
    std::vector<eas::Tag> open;
    for (;;) {
        auto const event = reader.next();
        bool const in_body = !open.empty() && open.back() == eas::airsyncbase::Body;
        if (in_body && event.starts() && event.tag == eas::airsyncbase::Data) {
            writer.open(eas::itemoperations::Part);
            writer.text(std::to_string(first + parts.size()));
            writer.close();
            parts.push_back(content_of(reader, event.kind));
            continue;
        }
        switch (event.kind) {
        case wbxml::Event::Open: writer.open(event.tag), open.push_back(event.tag); break;
        case wbxml::Event::Empty: writer.empty(event.tag); break;
        case wbxml::Event::Close: writer.close(), open.pop_back(); break;
        case wbxml::Event::Text: writer.text(event.text); break;
        case wbxml::Event::Opaque: writer.opaque(event.text); break;
        case wbxml::Event::End: return std::move(writer).finish_fragment();
        }
    }
}

// ---- an item
struct Properties {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    std::optional<eas::Fragment> fragment = {};
    std::vector<std::string> parts = {};
    std::string isolated = {}; // why a stand-in is shown (law 4)
};

Properties fetched(Stored const& found, Holder const& holder, eas::ItemFetchOptions const& options,
                   eas::Version version) {
    Properties out;
    if (found.lost) return {.status = ItemOperationsStatus::ConversionFailed};
    auto wanted =
        body_options(options.mime_support, std::nullopt, options.body_preferences, options.body_part_preferences);
    if (auto const* kind = kind_of(found.item.item_class)) {
        Voice const voice{.version = version, .body = std::move(wanted), .holder = holder};
        out.fragment = kind->show(found.item.id, found.bytes, voice, out.isolated);
        return out;
    }
    auto email =
        whole_email(found.bytes, email_state(found.item, found.draft, holder.addresses), wanted, version, out.isolated);
    if (!email) return {.status = ItemOperationsStatus::ConversionFailed, .isolated = std::move(email.error())};
    out.fragment = eas::encode_fragment(*email, version);
    return out;
}

Properties properties(Stored const& found, Holder const& holder, eas::ItemFetchOptions const& options,
                      eas::Version version, std::optional<std::size_t> first_part) {
    auto out = fetched(found, holder, options, version);
    if (out.fragment && options.properties) out.fragment = only(*out.fragment, *options.properties);
    if (out.fragment && first_part) out.fragment = with_parts(*out.fragment, *first_part, out.parts);
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
    auto found = co_await find_stored(s, *id, folder);
    if (!found) co_return response;
    auto const* kind = kind_of(found->item.item_class);
    auto holder = holder_of(s.user, s.rooms.config);
    if (found->zone) holder.zone = *found->zone;
    auto options = wanted.options.value_or(eas::ItemFetchOptions{});
    index::Isolated isolated{.item = *id, .folder = found->item.folder, .reason = {}, .when = net::Clock::utc()};
    if (found->lost) isolated.reason = "the store does not give its content";
    auto first = s.multipart ? std::optional(parts.size() + 1) : std::nullopt;
    auto work =
        s.rooms.pool.run([found = std::move(*found), holder = std::move(holder), options = std::move(options),
                          version = s.version, first] { return properties(found, holder, options, version, first); });
    auto made = co_await std::move(work);
    if (!made.isolated.empty()) isolated.reason = std::move(made.isolated);
    if (!isolated.reason.empty()) {
        note(s, "isolated", isolated.reason);
        auto listed = s.rooms.accounts.write(
            s.user.id, [isolated = std::move(isolated)](index::Transaction& tx) { tx.isolate(isolated); });
        co_await std::move(listed);
    }
    response.status = made.status;
    if (made.fragment) response.item_class = std::string(kind ? kind->name : "Email");
    response.properties = std::move(made.fragment);
    std::ranges::move(made.parts, std::back_inserter(parts));
    co_return response;
}

// ---- an attachment
net::awaitable<ItemFetchResponse> fetch_attachment(Session& s, ItemFetch wanted, std::vector<std::string>& parts) {
    ItemFetchResponse response{.file_reference = wanted.file_reference};
    auto range = wanted.options ? std::move(wanted.options->range) : std::nullopt;
    auto const form = s.multipart ? Form::Bytes : Form::Base64;
    auto work = read_file(s, std::move(*wanted.file_reference), std::move(range), form);
    auto file = co_await std::move(work);
    response.status = file.status;
    if (file.status != ItemOperationsStatus::Success) co_return response;
    if (s.multipart) {
        parts.push_back(std::move(file.bytes));
        file.properties.part = std::uint32_t(parts.size());
    }
    response.properties = eas::encode_fragment(file.properties, s.version);
    co_return response;
}

// MS-ASCMD_R3547, R3573: of a file only its Range. RightsManagementSupport asks for nothing here and is let pass.
bool is_of_file(eas::ItemFetchOptions const& options) {
    return !options.properties && !options.user_name && !options.password && !options.mime_support &&
           options.body_preferences.empty() && options.body_part_preferences.empty();
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
        co_return refused(
            wanted, ItemOperationsStatus(std::to_underlying(eas::CommonStatus::BodyPartPreferenceTypeNotSupported)));
    if (options && repeats_a_type(options->body_preferences)) // MS-ASAIRS_R345
        co_return refused(wanted, ItemOperationsStatus::ProtocolError);
    if (wanted.file_reference && options && !is_of_file(*options))
        co_return refused(wanted, ItemOperationsStatus::ProtocolError);
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
