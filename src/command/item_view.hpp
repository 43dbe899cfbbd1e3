// What every class whose items lie as a standard's objects does alike: the rows of item_kind are made from a View,
// which says how its objects are read and written, and how they are translated.
//     using Element = eas::Contact;
//     static constexpr std::string_view unreadable;                 for the log
//     read(bytes) -> std::expected<Object, std::string_view>        an object of this class, or why not
//     write(object), uid(object), key(element)
//     stand_in()                                                    what is shown of what cannot be read
//     to_element(object, voice), fresh(element, voice, uid), changed(object, element, voice),
//     same(object, element, voice)
//     place(object, voice)                                          Becomes::received
#pragma once
#include "command/item_kind.hpp"
#include "convert/email.hpp"
#include "convert/text_body.hpp"

namespace godwit::command {

template <class View> struct ItemView {
    using Element = typename View::Element;

    static eas::Fragment show(index::ItemId, std::string_view bytes, Voice const& voice, std::string& isolated) {
        auto object = View::read(bytes);
        if (!object) isolated = object.error();
        auto element = object ? View::to_element(*object, voice) : View::stand_in();
        return eas::encode_fragment(element, voice.version);
    }

    static eas::Fragment lost(eas::Version version) {
        auto element = View::stand_in();
        element.body = convert::text_body(convert::content_is_lost, {}, version);
        return eas::encode_fragment(element, version);
    }

    template <class Object>
    static Merged stored(std::expected<Object, std::string_view> const& object, Voice const& voice) {
        if (!object) return std::unexpected(Refusal(object.error()));
        return Becomes{View::write(*object), View::place(*object, voice)};
    }

    static Merged make(eas::Fragment const& said, Voice const& voice, std::string_view uid) {
        auto element = eas::decode<Element>(said, voice.version);
        if (!element) return std::unexpected(Refusal(element.error()));
        return stored(View::fresh(*element, voice, uid), voice);
    }

    static Merged merge(std::string_view bytes, eas::Fragment const& said, Voice const& voice) {
        auto element = eas::decode<Element>(said, voice.version);
        if (!element) return std::unexpected(Refusal(element.error()));
        auto object = View::read(bytes);
        if (!object) return std::unexpected(Refusal(View::unreadable));
        auto after = View::changed(*object, *element, voice);
        if (after && *after == *object) return Becomes{std::string(bytes)};
        return stored(after, voice);
    }

    static bool same(std::string_view bytes, eas::Fragment const& said, Voice const& voice) {
        auto element = eas::decode<Element>(said, voice.version);
        auto object = View::read(bytes);
        return element && object && View::same(*object, *element, voice);
    }

    static std::string key_of(std::string_view bytes) {
        auto object = View::read(bytes);
        return object ? View::key(View::to_element(*object, {})) : std::string();
    }

    static std::string key_said(eas::Fragment const& said, Voice const& voice) {
        auto element = eas::decode<Element>(said, voice.version);
        return element ? View::key(*element) : std::string();
    }

    static std::string uid_of(std::string_view bytes) {
        auto object = View::read(bytes);
        return object ? View::uid(*object) : std::string();
    }
    static std::optional<index::Time> place_of(std::string_view bytes, Voice const& voice) {
        auto object = View::read(bytes);
        return object ? View::place(*object, voice) : std::nullopt;
    }
    static std::string no_uid(eas::Fragment const&, Voice const&) { return {}; } // these elements have no UID

    static constexpr ItemKind row(index::ItemClass item_class, std::string_view name) {
        return {.item_class = item_class,
                .name = name,
                .show = show,
                .lost = lost,
                .make = make,
                .merge = merge,
                .same = same,
                .key_of = key_of,
                .key_said = key_said,
                .uid_of = uid_of,
                .uid_said = no_uid,
                .place_of = place_of};
    }
};

} // namespace godwit::command
