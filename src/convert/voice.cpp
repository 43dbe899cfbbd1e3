#include "convert/voice.hpp"

#include "mime/header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace godwit::convert {
namespace {

constexpr std::string_view voice_mail = "IPM.Note.Microsoft.Voicemail", missed_call = "IPM.Note.Microsoft.Missed.Voice";
constexpr std::size_t longest_caller = 256; // bytes of a sip: link
constexpr std::size_t most_named = 100;     // recordings that X-AttachmentOrder puts into an order
constexpr std::array caller_fields{"X-CallingTelephoneNumber", "X-Asterisk-VM-Caller-ID-Num", "X-Asterisk-CallerID"};
constexpr std::array duration_fields{"X-VoiceMessageDuration", "X-Asterisk-VM-Duration"};

bool is_recording(mime::Attachment const& file) {
    if (file.part->type.starts_with("audio/")) return true;
    auto const name = mime::lower(file.name);
    return std::ranges::any_of(std::array{".wav", ".mp3", ".wma"},
                               [&](char const* end) { return name.ends_with(end); });
}

bool has_recording(mime::Message const& message) { return std::ranges::any_of(message.attachments(), is_recording); }

template <std::size_t N> std::string first_of(mime::Message const& message, std::array<char const*, N> const& fields) {
    for (auto const* field : fields)
        if (auto text = message.text(field); !text.empty()) return text;
    return {};
}

// MS-ASEMAIL_R814: a number or a link; R930 to R932: nothing of a caller who hides, whatever word stands there for him.
std::optional<std::string> caller(std::string const& said) {
    auto const scheme = mime::lower(said.substr(0, 5));
    if (scheme.starts_with("sip:") || scheme.starts_with("sips:")) {
        bool const plain = std::ranges::all_of(said, [](char c) { return c > ' ' && c < '\x7F'; });
        return plain && said.size() <= longest_caller ? std::optional(said) : std::nullopt;
    }
    constexpr std::size_t most_digits = 32; // E.164 has 15; an exchange may put its own before them
    std::string number;
    for (char const c : std::string_view(said).substr(scheme.starts_with("tel:") ? 4 : 0)) {
        bool const digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (digit || (c == '+' && number.empty()))
            number += c;
        else if (std::string_view(" -.()/").find(c) == std::string_view::npos)
            return std::nullopt;
    }
    bool const dialled = number.size() > 1 && number.size() <= most_digits;
    return dialled ? std::optional(number) : std::nullopt;
}

std::optional<std::uint32_t> seconds_in(std::string_view text) {
    std::uint32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = error == std::errc{} && end == text.data() + text.size() && value <= INT32_MAX;
    return whole ? std::optional(value) : std::nullopt;
}

// RFC 3803 has it in the part; otherwise the message says it of its newest recording (MS-OXOUM 2.2.5.3).
std::optional<std::uint32_t> duration(mime::Message const& message, mime::Part const& part) {
    if (auto said = seconds_in(first_of(message, duration_fields))) return said;
    auto const own = mime::HeaderBlock(part.header).raw("Content-Duration");
    return own ? seconds_in(mime::on_one_line(mime::unfold(*own))) : std::nullopt;
}

// The recordings, newest first: as X-AttachmentOrder names them, then the others from the last to the first, as a new
// one is put at the end (MS-OXOUM 2.2.5.9, MS-ASEMAIL_R810).
std::vector<std::size_t> newest_first(mime::Message const& message, std::vector<mime::Attachment> const& files) {
    std::vector<std::size_t> left, out;
    for (auto i = files.size(); i > 0; --i)
        if (is_recording(files[i - 1])) left.push_back(i - 1);
    auto const order = message.text("X-AttachmentOrder");
    for (std::size_t at = 0, names = 0; at < order.size() && !left.empty() && names < most_named; ++names) {
        auto const end = std::min(order.find(';', at), order.size());
        auto const name = mime::on_one_line(order.substr(at, end - at));
        auto const named = [&](std::size_t i) { return mime::equal_ignoring_case(files[i].name, name); };
        if (auto const found = std::ranges::find_if(left, named); found != left.end()) {
            out.push_back(*found);
            left.erase(found);
        }
        at = end + 1;
    }
    out.insert(out.end(), left.begin(), left.end());
    return out;
}

} // namespace

std::string_view voice_class(mime::Message const& message) {
    auto const said = mime::lower(message.content_class());
    if (said == "missedcall") return missed_call;
    if (said == "fax") return "IPM.Note.Microsoft.Fax";
    if (said == "fax-ca") return "IPM.Note.Microsoft.Fax.CA";
    bool const from_asterisk = !first_of(message, caller_fields).empty() || !first_of(message, duration_fields).empty();
    bool const voice = said.starts_with("voice") || message.root().is("multipart/voice-message");
    if (!(voice || from_asterisk) || !has_recording(message)) return {};
    if (said == "voice-uc") return "IPM.Note.Microsoft.Conversation.Voice";
    if (said == "voice-ca") return "IPM.Note.Microsoft.Voicemail.UM.CA";
    return said == "voice" ? "IPM.Note.Microsoft.Voicemail.UM" : voice_mail;
}

void set_voice(eas::Email& email, mime::Message const& message) {
    auto const is = email.message_class.value_or("");
    if (!is.starts_with(voice_mail) && !is.starts_with(missed_call)) return; // R804, R811, R878
    email.um_caller_id = caller(first_of(message, caller_fields));
    if (!email.attachments) return;
    auto const files = message.attachments();
    std::uint32_t order = 0;
    for (auto const i : newest_first(message, files)) {
        ++order;
        if (i >= email.attachments->size()) continue;
        auto* shown = std::get_if<eas::Attachment>(&(*email.attachments)[i]);
        if (!shown) continue;
        shown->um_order = order; // R809: 1 is the newest
        if (order == 1) shown->um_duration = duration(message, *files[i].part);
    }
}

} // namespace godwit::convert
