#pragma once
// Email for the phone, and what the phone may change on one. Conversion is total (law 4): to_email() returns something
// sendable for any bytes; when a message could not be converted the answer holds the reason and a stand-in that names
// the message. Everything but the state comes from the message's bytes, so the same bytes give the same item on every
// phone.
#include "convert/body_options.hpp"
#include "eas/email.hpp"
#include "eas/version.hpp"
#include "mime/message.hpp"

#include <chrono>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::convert {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// What the index knows about a message beside its bytes (index::Item and its Marks).
struct EmailState {
    std::int64_t item = 0; // for FileReference
    Time received = {};
    bool read = false;
    std::uint8_t flag_status = 0; // 0 cleared, 1 complete, 2 active
    std::string flag = {};        // as EmailChange::flag gave it
    std::vector<std::string> categories = {};
    std::uint8_t last_verb = 0; // LastVerbExecuted; 0: none
    Time last_verb_time = {};
    std::string conversation = {}; // 16 bytes; empty: taken from the message
    bool draft = false;            // lies in Drafts (IsDraft, 16.0 and later)
    /// The account's addresses: who is named in none of a message's fields got it blind (ReceivedAsBcc); empty: that is
    /// not told. They outlive the state.
    std::span<std::string const> owner = {};
};

struct Converted {
    eas::Email email;
    std::string isolated = {}; // why the message could not be converted and `email` is a stand-in; empty: it was
};

/// The whole item, for Add, for a Change of content, and for Fetch.
Converted to_email(mime::Message const& message, EmailState const& state, BodyOptions const& options,
                   eas::Version version);
/// Parses and converts; the parse is isolated too.
Converted email_from_bytes(std::string_view bytes, EmailState const& state, BodyOptions const& options,
                           eas::Version version);
/// What the phone gets in place of a message that could not be converted; to_email() returns it with the reason.
eas::Email stand_in(EmailState const& state, std::string_view reason, eas::Version version);
/// What it gets in place of a message whose content the store does not give any more: nothing is said to be safe.
eas::Email lost_content(EmailState const& state, eas::Version version);
constexpr std::string_view content_is_lost =
    "The server's store does not give the content of this item any more. Whoever runs the server finds it listed by "
    "\"godwit account show\" and may have a copy of it.";
/// Which of a message's marks are news (MS-ASEMAIL_R80).
struct MarksTold {
    bool read = true, flag = true, categories = true;
};
/// Those alone: a Change of an item whose content is as the phone has it.
eas::Email marks_only(EmailState const& state, eas::Version version, MarksTold told = {});

/// What a phone's Change wants; absent means: leave it (a Change with only Read must not touch the flag, trap 34).
struct EmailChange {
    struct Flag {
        std::uint8_t status = 0;
        std::string flag = {}; // for index::Marks::flag and back into EmailState::flag; empty when cleared
        bool operator==(Flag const&) const = default;
    };
    std::optional<bool> read = {};
    std::optional<Flag> flag = {};
    std::optional<std::vector<std::string>> categories = {};
    bool operator==(EmailChange const&) const = default;
};

/// Whether nothing but Read, Flag and Categories is spoken of.
bool only_marks(eas::Email const& said);
/// The Change of a message that is no draft: only its marks change (MS-ASEMAIL_R41, MS-ASCMD_R875). The error is what
/// the phone did wrong, for the log; on the wire it is Sync status 6 for the item (MS-ASEMAIL_R409).
std::expected<EmailChange, std::string_view> from_change(eas::Email const& change);

} // namespace godwit::convert
