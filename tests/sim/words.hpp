// What a draft says, as a phone shows it: from and to the protocol's words and the message that lies in the store.
#pragma once
#include "eas/schema.hpp"
#include <cstdint>
#include <string>
#include <string_view>

namespace godwit::sim {

enum Field : std::uint8_t { To = 1, Subject = 2, Text = 4, Whole = 7 };

struct Words {
    std::string to = {}, subject = {}, text = {};
    bool operator==(Words const&) const = default;
};

void merge(Words& into, Words const& said, std::uint8_t fields);
bool agree(Words const&, Words const&, std::uint8_t fields);
Words words_of(std::string_view message);
eas::Fragment fragment_of(Words const&, std::uint8_t fields, eas::Version);
std::string text_of(Words const&);
std::string mime_of(Words const&, std::string_view message_id); // as SendMail has it

} // namespace godwit::sim
