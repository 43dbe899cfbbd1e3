#include "eas/settings.hpp"

namespace godwit::eas {

template Shape const& document<SettingsRequest>();
template Shape const& document<SettingsResponse>();

} // namespace godwit::eas
