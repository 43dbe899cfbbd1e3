#include "eas/notes.hpp"

namespace godwit::eas {

template Shape const& document<Note>();

} // namespace godwit::eas
