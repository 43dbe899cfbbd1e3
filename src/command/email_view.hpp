// Between the rooms that know email: the options of a request in convert's words, an item of the index as the phone
// sees it.
#pragma once
#include "convert/email.hpp"
#include "directory/directory.hpp"
#include "eas/sync.hpp"
#include "index/transaction.hpp"
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace godwit::command {

bool repeats_a_type(std::vector<eas::BodyPreference> const& preferences); // MS-ASAIRS_R158: a request must not
convert::BodyOptions body_options(std::optional<eas::MimeSupport> support,
                                  std::optional<eas::MimeTruncation> truncation,
                                  std::vector<eas::BodyPreference> const& preferences,
                                  std::vector<eas::BodyPartPreference> const& parts = {});
// The most that one item can take of an answer under these options (sync::CollectionRequest::max_item_bytes).
std::uint64_t largest_item(convert::BodyOptions const& options);

// `owner` is the account's addresses (ReceivedAsBcc); the state refers to them.
convert::EmailState email_state(index::Item const& item, bool draft, std::span<std::string const> owner = {});
std::vector<std::string> addresses_of(directory::User const& user);

// The item's properties as they go into an answer; the error says why there are none (law 4).
std::expected<eas::Email, std::string> whole_email(std::string_view bytes, convert::EmailState const& state,
                                                   convert::BodyOptions const& options, eas::Version version,
                                                   std::string& isolated);

// What a phone's Change makes of the marks; the reason when it may not (status 6).
std::expected<index::Marks, std::string_view> changed_marks(index::Marks marks, eas::Email const& change);
index::Marks with(index::Marks marks, convert::EmailChange wanted);

} // namespace godwit::command
