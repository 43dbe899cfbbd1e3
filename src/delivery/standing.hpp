#pragma once
#include "directory/directory.hpp"
#include "index/transaction.hpp"
#include "mime/rope.hpp"
#include <string>

namespace godwit::delivery {

// The field that a mail gets which schedules (itip/standing.hpp): by what the calendar knows before it is delivered.
std::string standing_field(index::Transaction& tx, mime::Rope const& message, directory::User const& user);

} // namespace godwit::delivery
