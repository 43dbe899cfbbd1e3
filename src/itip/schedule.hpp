#pragma once
// What becomes of a stored event when a message of scheduling arrives.
#include "itip/message.hpp"

#include <span>

namespace godwit::itip {

struct Outcome {
    enum class Effect : std::uint8_t { none, changed, refused };
    enum class Place : std::uint8_t {
        keep,     // where it lies
        calendar, // it is to be seen, wherever it lay
        aside,    // kept only so that it is remembered
    };
    Effect effect = Effect::none;
    std::string_view why = {};     // for the log
    ical::Component calendar = {}; // of `changed`: what is stored from now on
    Place place = Place::keep;
};

/// Who a mail is from, and what else he is known to be called: he may answer as one who was invited as another.
struct Sender {
    std::string_view address = {};
    std::span<std::string const> others = {};
};

/// `stored`: the object of that UID, null if there is none. `owner`: all addresses of whose calendar it is. The same
/// message again has no effect, nor has one that is older than what is known.
Outcome apply(ical::Component const* stored, Message const& message, Sender sender, std::span<std::string const> owner);

/// The invitation as its receiver himself puts it into his calendar, whoever brought it.
Outcome accept_invitation(ical::Component const* stored, Message const& message, std::span<std::string const> owner);

} // namespace godwit::itip
