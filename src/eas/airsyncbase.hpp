// Bodies, attachments and locations (MS-ASAIRS 2.2.2), shared by all classes.
#pragma once
#include "eas/pages.hpp"
#include "eas/schema.hpp"

namespace godwit::eas {

enum class BodyType : std::uint8_t { Plain = 1, Html, Rtf, Mime }; // MS-ASAIRS 2.2.2.41.1
constexpr bool is_valid(BodyType t) { return t >= BodyType::Plain && t <= BodyType::Mime; }

struct BodyPreference {
    BodyType type = BodyType::Plain;
    std::optional<std::uint32_t> truncation_size = {}; // bytes
    std::optional<bool> all_or_none = {};              // ignored without truncation_size (R60)
    std::optional<std::uint32_t> preview = {};         // characters
    bool operator==(BodyPreference const&) const = default;
};
template <> inline constexpr auto schema<BodyPreference> = element(             //
    airsyncbase::BodyPreference, "MS-ASAIRS 2.2.2.12", Traits{.ordered = true}, // MS-ASAIRS_R348
    field<&BodyPreference::type>(airsyncbase::Type),
    field<&BodyPreference::truncation_size>(airsyncbase::TruncationSize),
    field<&BodyPreference::all_or_none>(airsyncbase::AllOrNone),
    field<&BodyPreference::preview>(airsyncbase::Preview, since{v14_0}, range{0, 255}));

// Type must be 2, else status 164 (trap 30): so any number is read.
struct BodyPartPreference {
    std::uint8_t type = 2;
    std::optional<std::uint32_t> truncation_size = {};
    std::optional<bool> all_or_none = {};
    std::optional<std::uint32_t> preview = {};
    bool operator==(BodyPartPreference const&) const = default;
};
template <> inline constexpr auto schema<BodyPartPreference> = element( //
    airsyncbase::BodyPartPreference, "MS-ASAIRS 2.2.2.11", field<&BodyPartPreference::type>(airsyncbase::Type),
    field<&BodyPartPreference::truncation_size>(airsyncbase::TruncationSize),
    field<&BodyPartPreference::all_or_none>(airsyncbase::AllOrNone),
    field<&BodyPartPreference::preview>(airsyncbase::Preview, range{0, 255}));

struct Body { // <Body/>, as in an exception that has none (MS-ASCAL_R543), is an empty text
    BodyType type = BodyType::Plain;
    std::optional<std::uint32_t> estimated_data_size = {}; // bytes of the whole, untruncated
    std::optional<bool> truncated = {};
    std::optional<Content> data = {};
    std::optional<std::uint32_t> part = {}; // number of the multipart part that holds the data instead
    std::optional<std::string> preview = {};
    bool operator==(Body const&) const = default;
};
template <> inline constexpr auto schema<Body> = element( //
    airsyncbase::Body, "MS-ASAIRS 2.2.2.9", field<&Body::type>(airsyncbase::Type, or_default{}),
    field<&Body::estimated_data_size>(airsyncbase::EstimatedDataSize), field<&Body::truncated>(airsyncbase::Truncated),
    field<&Body::data>(airsyncbase::Data), field<&Body::part>(itemoperations::Part),
    field<&Body::preview>(airsyncbase::Preview, since{v14_0}));

enum class BodyPartStatus : std::uint8_t { Success = 1, TooLarge = 176 };
constexpr bool is_valid(BodyPartStatus s) { return s == BodyPartStatus::Success || s == BodyPartStatus::TooLarge; }

struct BodyPart {
    BodyPartStatus status = BodyPartStatus::Success;
    BodyType type = BodyType::Html;
    std::uint32_t estimated_data_size = 0;
    std::optional<bool> truncated = {};
    std::optional<Content> data = {};
    std::optional<std::uint32_t> part = {};
    std::optional<std::string> preview = {};
    bool operator==(BodyPart const&) const = default;
};
template <> inline constexpr auto schema<BodyPart> = element( //
    airsyncbase::BodyPart, "MS-ASAIRS 2.2.2.10", field<&BodyPart::status>(airsyncbase::Status),
    field<&BodyPart::type>(airsyncbase::Type), field<&BodyPart::estimated_data_size>(airsyncbase::EstimatedDataSize),
    field<&BodyPart::truncated>(airsyncbase::Truncated), field<&BodyPart::data>(airsyncbase::Data),
    field<&BodyPart::part>(itemoperations::Part), field<&BodyPart::preview>(airsyncbase::Preview));

enum class AttachmentMethod : std::uint8_t { Normal = 1, EmbeddedMessage = 5, AttachOle = 6 }; // MS-ASAIRS 2.2.2.31
constexpr bool is_valid(AttachmentMethod m) { return std::to_underlying(m) >= 1 && std::to_underlying(m) <= 6; }

struct Attachment { // on the wire from the server
    std::optional<std::string> display_name = {};
    std::string file_reference = {};
    std::optional<std::string> client_id = {}; // in the answer to an Add
    std::optional<AttachmentMethod> method = {};
    std::optional<std::uint32_t> estimated_data_size = {};
    std::optional<std::string> content_id = {};
    std::optional<std::string> content_location = {};
    std::optional<bool> is_inline = {};
    std::optional<std::uint32_t> um_duration = {};
    std::optional<std::uint32_t> um_order = {};
    bool operator==(Attachment const&) const = default;
};
template <> inline constexpr auto schema<Attachment> = element( //
    airsyncbase::Attachment, "MS-ASAIRS 2.2.2.7", field<&Attachment::display_name>(airsyncbase::DisplayName),
    field<&Attachment::file_reference>(airsyncbase::FileReference),
    field<&Attachment::client_id>(airsyncbase::ClientId, since{v16_0}), field<&Attachment::method>(airsyncbase::Method),
    field<&Attachment::estimated_data_size>(airsyncbase::EstimatedDataSize),
    field<&Attachment::content_id>(airsyncbase::ContentId),
    field<&Attachment::content_location>(airsyncbase::ContentLocation),
    field<&Attachment::is_inline>(airsyncbase::IsInline),
    field<&Attachment::um_duration>(email2::UmAttDuration, since{v14_0}),
    field<&Attachment::um_order>(email2::UmAttOrder, since{v14_0}));

struct AttachmentAdd { // from the client, 16.0
    std::string client_id = {};
    std::optional<std::string> content_type = {};
    std::optional<Opaque> content = {}; // absent from iOS 16.2 when it moves an event: to be ignored (clients.md)
    std::string display_name = {};
    AttachmentMethod method = AttachmentMethod::Normal;
    std::optional<std::string> content_id = {};
    std::optional<std::string> content_location = {};
    Present is_inline = {};
    bool operator==(AttachmentAdd const&) const = default;
};
template <> inline constexpr auto schema<AttachmentAdd> = element( //
    airsyncbase::Add, "MS-ASAIRS 2.2.2.2", Traits{.since = v16_0},
    field<&AttachmentAdd::client_id>(airsyncbase::ClientId), field<&AttachmentAdd::method>(airsyncbase::Method),
    field<&AttachmentAdd::content>(airsyncbase::Content), field<&AttachmentAdd::content_type>(airsyncbase::ContentType),
    field<&AttachmentAdd::display_name>(airsyncbase::DisplayName),
    field<&AttachmentAdd::content_id>(airsyncbase::ContentId),
    field<&AttachmentAdd::content_location>(airsyncbase::ContentLocation),
    field<&AttachmentAdd::is_inline>(airsyncbase::IsInline));

struct AttachmentDelete { // from the client, 16.0
    std::string file_reference = {};
    bool operator==(AttachmentDelete const&) const = default;
};
template <> inline constexpr auto schema<AttachmentDelete> = element( //
    airsyncbase::Delete, "MS-ASAIRS 2.2.2.21", Traits{.since = v16_0},
    field<&AttachmentDelete::file_reference>(airsyncbase::FileReference));

using AttachmentEntry = std::variant<Attachment, AttachmentAdd, AttachmentDelete>;

// Numbers are kept as the text they came in: nobody calculates with them.
struct Location { // MS-ASAIRS 2.2.2.28, 16.0
    std::optional<std::string> display_name = {}, annotation = {}, street = {}, city = {}, state = {}, country = {},
                               postal_code = {}, latitude = {}, longitude = {}, accuracy = {}, altitude = {},
                               altitude_accuracy = {}, location_uri = {};
    bool operator==(Location const&) const = default;
};
template <> inline constexpr auto schema<Location> = element( //
    airsyncbase::Location, "MS-ASAIRS 2.2.2.28", Traits{.since = v16_0},
    field<&Location::display_name>(airsyncbase::DisplayName), field<&Location::annotation>(airsyncbase::Annotation),
    field<&Location::street>(airsyncbase::Street), field<&Location::city>(airsyncbase::City),
    field<&Location::state>(airsyncbase::State), field<&Location::country>(airsyncbase::Country),
    field<&Location::postal_code>(airsyncbase::PostalCode), field<&Location::latitude>(airsyncbase::Latitude),
    field<&Location::longitude>(airsyncbase::Longitude), field<&Location::accuracy>(airsyncbase::Accuracy),
    field<&Location::altitude>(airsyncbase::Altitude),
    field<&Location::altitude_accuracy>(airsyncbase::AltitudeAccuracy),
    field<&Location::location_uri>(airsyncbase::LocationUri));

enum class NativeBodyType : std::uint8_t { Plain = 1, Html, Rtf }; // MS-ASAIRS 2.2.2.32
constexpr bool is_valid(NativeBodyType t) { return t >= NativeBodyType::Plain && t <= NativeBodyType::Rtf; }

} // namespace godwit::eas
