#include "command/email_view.hpp"
#include <algorithm>
#include <utility>

namespace godwit::command {
namespace {
constexpr std::uint64_t unbounded_item = 64 << 20;
constexpr std::uint64_t beside_body = 4096; // headers, names of attachments
} // namespace

bool repeats_a_type(std::vector<eas::BodyPreference> const& preferences) {
    for (auto at = preferences.begin(); at != preferences.end(); ++at)
        if (std::any_of(preferences.begin(), at, [&](auto const& earlier) { return earlier.type == at->type; }))
            return true;
    return false;
}

convert::BodyOptions body_options(std::optional<eas::MimeSupport> support,
                                  std::optional<eas::MimeTruncation> truncation,
                                  std::vector<eas::BodyPreference> const& preferences,
                                  std::vector<eas::BodyPartPreference> const& parts) {
    return {.preferences = preferences,
            .mime_support = support.value_or(eas::MimeSupport::Never),
            .mime_truncation = truncation,
            .parts = parts};
}

std::uint64_t largest_item(convert::BodyOptions const& options) {
    std::uint64_t most = 0;
    for (auto const& part : options.parts)
        most = std::max<std::uint64_t>(most, part.truncation_size ? *part.truncation_size : unbounded_item);
    if (options.preferences.empty() && most == 0) return unbounded_item;
    for (auto const& preference : options.preferences) {
        auto size = preference.truncation_size;
        if (preference.type == eas::BodyType::Mime && !size && options.mime_truncation)
            size = convert::mime_truncation_size(*options.mime_truncation);
        most = std::max<std::uint64_t>(most, size ? *size : unbounded_item);
    }
    return std::min(most, unbounded_item) + beside_body;
}

std::vector<std::string> addresses_of(directory::User const& user) {
    auto all = user.aliases;
    all.insert(all.begin(), user.address);
    return all;
}

convert::EmailState email_state(index::Item const& item, bool draft, std::span<std::string const> owner) {
    return {.item = std::to_underlying(item.id),
            .received = item.received,
            .read = item.marks.read,
            .flag_status = item.marks.flag_status,
            .flag = item.marks.flag,
            .categories = item.marks.categories,
            .last_verb = item.marks.last_verb,
            .last_verb_time = item.marks.last_verb_time,
            .conversation = item.thread,
            .draft = draft,
            .owner = owner};
}

std::expected<eas::Email, std::string> whole_email(std::string_view bytes, convert::EmailState const& state,
                                                   convert::BodyOptions const& options, eas::Version version,
                                                   std::string& isolated) {
    try {
        auto converted = convert::email_from_bytes(bytes, state, options, version);
        isolated = std::move(converted.isolated);
        return std::move(converted.email);
    } catch (
        std::exception const& error) { // to_email() is total; should it not be, one item is lost and not the folder
        return std::unexpected(std::string(error.what()));
    }
}

std::expected<index::Marks, std::string_view> changed_marks(index::Marks marks, eas::Email const& change) {
    auto wanted = convert::from_change(change);
    if (!wanted) return std::unexpected(wanted.error());
    return with(std::move(marks), std::move(*wanted));
}

index::Marks with(index::Marks marks, convert::EmailChange wanted) {
    if (wanted.read) marks.read = *wanted.read;
    if (wanted.flag) {
        marks.flag_status = wanted.flag->status;
        marks.flag = std::move(wanted.flag->flag);
    }
    if (wanted.categories) marks.categories = std::move(*wanted.categories);
    return marks;
}

} // namespace godwit::command
