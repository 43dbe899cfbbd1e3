// The Notes class (MS-ASNOTE 2.2.2): the ApplicationData of a note, from the server and the client. 14.0 and later.
#pragma once
#include "eas/airsyncbase.hpp"

namespace godwit::eas {

struct Note {
    std::optional<std::string> subject = {};
    std::optional<Body> body = {};
    std::optional<std::string> message_class = {};      // IPM.StickyNote, or IPM.StickyNote.*
    std::optional<std::string> last_modified_date = {}; // compact; what a phone says of it is ignored (R84)
    std::optional<std::vector<std::string>> categories = {};
    bool operator==(Note const&) const = default;
};
template <> inline constexpr auto schema<Note> = element( //
    airsync::ApplicationData, "MS-ASNOTE 2.2.2", field<&Note::subject>(notes::Subject, since{v14_0}),
    field<&Note::body>(airsyncbase::Body), field<&Note::message_class>(notes::MessageClass, since{v14_0}),
    field<&Note::last_modified_date>(notes::LastModifiedDate, since{v14_0}),
    field<&Note::categories>(notes::Category, in{notes::Categories}, since{v14_0}, max_items{300}));

extern template Shape const& document<Note>();

} // namespace godwit::eas
