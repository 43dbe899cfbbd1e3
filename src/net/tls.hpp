// Certificates and what TLS we speak: 1.2 and 1.3, buffers released while a connection waits. A server's context is
// read again on SIGHUP: new connections get the new certificate, old ones keep theirs; files that do not fit change
// nothing.
#pragma once
#include <expected>
#include <memory>
#include <string>

using SSL_CTX = struct ssl_ctx_st;

namespace godwit::net {

class TlsContext {
public:
    enum class Verify { System, Nothing }; // against the system's authorities, or not at all (probe --insecure, tests)

    // The error is one sentence for the administrator: which file, and what is wrong with it.
    static std::expected<TlsContext, std::string> server(std::string certificate_file, std::string key_file);
    static TlsContext client(Verify verify);
    // As client(System), and trusts the authorities of this PEM file besides.
    static std::expected<TlsContext, std::string> client(std::string authorities_file);

    std::expected<void, std::string> reload(); // servers: reads both files again, or keeps what it has and says why
    std::shared_ptr<SSL_CTX> current() const { return current_; }

private:
    TlsContext(std::shared_ptr<SSL_CTX> current, std::string certificate_file, std::string key_file);
    std::shared_ptr<SSL_CTX> current_;
    std::string certificate_file_, key_file_;
};

} // namespace godwit::net
