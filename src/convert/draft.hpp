#pragma once
// Drafts (16.0 and later): what a phone says of one becomes a message, and what it changes is merged into the message
// that is there: what it does not mention stays (MS-ASEMAIL_R1489 to R14900). Pure and repeatable: the same words on
// the same draft give the same bytes, so that a phone that sends hundreds of unchanged drafts changes none.
#include "convert/email.hpp"
#include "mime/address.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::convert {

struct Author {
    mime::Address from;
    std::string message_id; // without < >; of a new draft
};

/// The error is what the phone did wrong, for the log; on the wire it is Sync status 6 for the item.
std::expected<std::string, std::string_view> new_draft(eas::Email const& said, Author const& author);
std::expected<std::string, std::string_view> changed_draft(std::string_view draft, eas::Email const& said);

/// Whether the draft is just what the phone says, whatever its Message-ID; never if either has attachments.
bool is_same_draft(std::string_view draft, eas::Email const& said);

/// The marks that a draft's Add or Change speaks of.
std::expected<EmailChange, std::string_view> draft_marks(eas::Email const& said);

/// Where each attachment that was added lies, by the phone's id for it (MS-ASAIRS_R1336).
struct Uploaded {
    std::string client_id;
    std::string part; // for FileReference::part
    bool operator==(Uploaded const&) const = default;
};
std::vector<Uploaded> uploaded(eas::Email const& said);
/// What the phone is told of a draft that it has added or changed.
eas::Email draft_answer(EmailState const& state, std::vector<Uploaded> const& brought, bool is_new);

/// Whether every recipient is an address, and there is one (MS-ASCMD_R7472).
bool has_good_recipients(std::string_view draft);
/// As it leaves: with the time of its sending, not of its writing.
std::string undated(std::string_view draft);

} // namespace godwit::convert
