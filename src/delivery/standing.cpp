#include "delivery/standing.hpp"

#include "delivery/scheduling.hpp"
#include "itip/standing.hpp"

namespace godwit::delivery {

std::string standing_field(index::Transaction& tx, mime::Rope const& message, directory::User const& user) {
    constexpr std::size_t most_looked_at = 4 << 20; // as scheduled_in()
    try {
        auto const said = scheduled_in(message.head(most_looked_at));
        auto const stored = said ? find_event(tx, said->uid) : std::nullopt;
        if (!stored) return {};
        return itip::standing_field(itip::standing(stored->calendar, *said, addresses_of(user)));
    } catch (std::exception const&) { // it is delivered all the same; what is wrong schedule() says
        return {};
    }
}

} // namespace godwit::delivery
