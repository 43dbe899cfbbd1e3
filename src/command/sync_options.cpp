#include "command/sync_options.hpp"
#include "command/email_view.hpp"
#include "command/handlers.hpp"
#include "eas/sync.hpp"
#include <algorithm>
#include <utility>

namespace godwit::command {
namespace {

constexpr unsigned protocol_error = std::to_underlying(eas::SyncStatus::ProtocolError);
constexpr std::size_t max_supported = 255;

// What lies in sync::Options::rest: count of supported names (255: none sent), their page and token, then the block
// as a fragment of the newest version, its first page before it.
std::string pack(StickyOptions const& sticky) {
    std::string out;
    auto count = sticky.supported ? std::min(sticky.supported->tags.size(), max_supported - 1) : max_supported;
    out += char(count);
    for (std::size_t i = 0; sticky.supported && i < count; ++i) {
        out += char(sticky.supported->tags[i].page);
        out += char(sticky.supported->tags[i].token);
    }
    auto fragment = eas::encode_fragment(sticky.block, eas::v16_1);
    out += char(fragment.first_page);
    out += char(fragment.last_page);
    return out + fragment.bytes;
}

StickyOptions unpack(std::string_view in) {
    StickyOptions out;
    if (in.empty()) return out;
    auto count = std::size_t(std::uint8_t(in[0]));
    std::size_t at = 1;
    if (count < max_supported) {
        if (in.size() < at + 2 * count) return out;
        auto& tags = out.supported.emplace().tags;
        for (; tags.size() < count; at += 2) tags.push_back({std::uint8_t(in[at]), std::uint8_t(in[at + 1])});
    }
    if (in.size() < at + 2) return out;
    wbxml::Fragment fragment{std::string(in.substr(at + 2)), std::uint8_t(in[at]), std::uint8_t(in[at + 1])};
    if (auto block = eas::decode<eas::SyncOptions>(fragment, eas::v16_1)) out.block = std::move(*block);
    return out;
}

} // namespace

bool classes_go_together(std::vector<eas::SyncOptions> const& options, bool mail) {
    if (options.size() < 2) return true;
    auto is = [](eas::SyncOptions const& block, std::string_view name) { return block.item_class == name; };
    auto own = [&](eas::SyncOptions const& block) { return !block.item_class || is(block, "Email"); };
    return mail && ((is(options[0], "SMS") && own(options[1])) || (own(options[0]) && is(options[1], "SMS")));
}

std::optional<unsigned> refuse_options(std::vector<eas::SyncOptions> const& options) {
    if (!classes_go_together(options, true)) return protocol_error;
    for (auto const& block : options) {
        if (repeats_a_type(block.body_preferences)) return protocol_error; // MS-ASAIRS_R349
        // MS-ASCON_R241: a body part is HTML.
        for (auto const& part : block.body_part_preferences)
            if (part.type != 2) return std::to_underlying(eas::CommonStatus::BodyPartPreferenceTypeNotSupported);
    }
    return std::nullopt;
}

eas::SyncOptions const* own_block(std::vector<eas::SyncOptions> const& options) {
    auto own = std::ranges::find_if(options, [](auto const& block) { return block.item_class != "SMS"; });
    return own == options.end() ? nullptr : &*own;
}

bool filter_allowed(eas::FilterType filter, index::FolderType folder) {
    using enum index::FolderType;
    using eas::FilterType;
    switch (folder) {
    case Calendar:
    case UserCalendar:
        return filter == FilterType::All || (filter >= FilterType::TwoWeeks && filter <= FilterType::SixMonths);
    case Tasks:
    case UserTasks: return filter == FilterType::All || filter == FilterType::IncompleteTasks;
    case Contacts:
    case UserContacts:
    case Notes:
    case UserNotes:
    case Journal:
    case UserJournal:
    case RecipientCache: return true; // ignored there (MS-ASCMD_R3078)
    default: return filter <= FilterType::OneMonth;
    }
}

sync::Options to_engine(StickyOptions const& sticky) {
    return {.filter = std::to_underlying(sticky.block.filter_type.value_or(eas::FilterType::All)), // trap 19
            .client_wins = sticky.block.conflict == eas::ConflictRule::ClientWins,
            .rest = pack(sticky)};
}

StickyOptions from_engine(sync::Options const& options) { return unpack(options.rest); }

convert::BodyOptions body_options(eas::SyncOptions const& block) {
    return body_options(block.mime_support, block.mime_truncation, block.body_preferences, block.body_part_preferences);
}

// MS-ASAIRS 3.2.5.1: what is wrong inside a BodyPreference is 6, but its order and AllOrNone are 4; everything else
// is 4 (MS-ASCMD_R4545, R4546).
unsigned sync_malformed(eas::Violation const& violation) {
    bool of_body = violation.spec.starts_with("MS-ASAIRS");
    if (!of_body || violation.rule == eas::Rule::Order || violation.element.find("AllOrNone") != std::string_view::npos)
        return protocol_error;
    return std::to_underlying(eas::SyncStatus::ConversionError);
}

} // namespace godwit::command
