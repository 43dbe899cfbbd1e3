// What this server calls itself in greetings and trace fields.
#pragma once
#include "config/config.hpp"
#include <string>

namespace godwit::delivery {

std::string host_name(config::Delivery const& config); // the configured one, else the machine's
std::string random_id();                               // 32 hexadecimal digits

} // namespace godwit::delivery
