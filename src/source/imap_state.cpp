#include "source/imap_state.hpp"
#include "source/imap_response.hpp"
#include <openssl/sha.h>

namespace godwit::source::imap {
namespace {

std::string hex(std::string_view bytes) {
    std::string out;
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

} // namespace

std::string content_hash(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string encode(CopyState const& state) {
    auto out = "1 " + std::to_string(state.validity) + ' ' + std::to_string(state.last) + ' ' +
               std::to_string(state.recheck_until) + ' ' + std::to_string(static_cast<std::uint32_t>(state.folder));
    for (auto const uid : state.failed) out += ' ' + std::to_string(uid);
    return out;
}

std::optional<CopyState> decode_state(std::string_view text) {
    std::vector<std::uint32_t> numbers;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        auto const number = number_of(word);
        if (!number || *number > UINT32_MAX) return {};
        numbers.push_back(static_cast<std::uint32_t>(*number));
    }
    if (numbers.size() < 5 || numbers[0] != 1) return {};
    return CopyState{.validity = numbers[1],
                     .last = numbers[2],
                     .recheck_until = numbers[3],
                     .folder = index::CollectionId(numbers[4]),
                     .failed = {numbers.begin() + 5, numbers.end()}};
}

std::string state_name(std::string_view host, std::string_view login, std::string_view mailbox) {
    auto whole = upper(host) + '\n';
    whole.append(login).append("\n").append(same_word(mailbox, "INBOX") ? "INBOX" : mailbox);
    return "imap " + hex(content_hash(whole).substr(0, 16));
}

std::string content_key(std::string_view state_name, std::string_view bytes) {
    return hex(content_hash(std::string(state_name) + content_hash(bytes)).substr(0, 16));
}

} // namespace godwit::source::imap
