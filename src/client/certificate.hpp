// What a server shows of itself when TLS begins, for people: the probe's own short handshake, beside the phone's.
#pragma once
#include "client/connection.hpp"
#include <expected>

namespace godwit::client {

struct Certificate {
    std::string tls_version = {}, cipher = {}; // "TLSv1.3", "TLS_AES_256_GCM_SHA384"
    std::string subject = {}, issuer = {};
    std::vector<std::string> names = {}; // DNS names and addresses that it is good for
    std::string not_after = {};          // "Jun  1 12:00:00 2026 GMT"
    int days_left = 0;                   // negative: expired
    std::string problem = {};            // why the system's authorities do not vouch for it; empty when they do
};
// The error is a sentence. Blocks for at most `patience`, a few times over.
std::expected<Certificate, std::string> inspect(Target const& target, milliseconds patience);

// The addresses that a name stands for, or the resolver's complaint.
std::expected<std::vector<std::string>, std::string> resolve(std::string const& host);

} // namespace godwit::client
