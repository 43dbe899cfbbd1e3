// What an IMAP server sends: however the bytes are cut into pieces, the responses are the same, and memory stays within
// the bounds. The first byte seeds the cuts. Each response is read as a FETCH, too, and its names as folders.
#include "source/imap_folders.hpp"
#include "source/imap_state.hpp"
#include <cstdint>
#include <cstdlib>

using namespace godwit::source::imap;

namespace {

void append(std::string& into, Value const& value) {
    into += static_cast<char>('0' + static_cast<int>(value.kind));
    into += value.text + ' ';
    for (auto const& item : value.items) append(into, item);
}

// `seed` decides where the bytes are cut; 0: nowhere.
std::string talk(std::string_view bytes, std::uint32_t seed) {
    Limits const limits{.line = 400, .literal = 300, .skipped = 2000};
    Reader reader(limits);
    std::string all;
    while (!bytes.empty() && reader.failure().empty()) {
        auto const piece = bytes.substr(0, seed == 0 ? bytes.size() : 1 + (seed >> 16) % 40);
        if (seed != 0) seed = (seed * 1664525 + 1013904223) | 1;
        bytes.remove_prefix(reader.feed(piece));
        if (reader.held_bytes() > limits.line + limits.literal) std::abort();
        if (!reader.ready()) continue;
        auto response = reader.take();
        all += response.tag + "/" + response.word + "/" + response.code + "/" + response.text + "\n";
        for (auto const& value : response.values) append(all, value);
        for (auto const& value : response.values) read_flags({value.text}, {});
        std::vector<Mailbox> boxes;
        for (auto const& value : response.values) boxes.push_back({.name = value.text, .delimiter = response.text});
        for (auto const& planned : plan(boxes, {}, {}))
            if (planned.path.empty()) std::abort();
        auto const one = fetched(std::move(response));
        if (one.uid) all += std::to_string(*one.uid);
    }
    return all + reader.failure();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const said(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    if (talk(said, bytes[0] + 1U) != talk(said, 0)) std::abort();
    if (auto const state = decode_state(said); state && decode_state(encode(*state)) != state) std::abort();
    return 0;
}
