#include "net/tls.hpp"
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace godwit::net {

namespace {
int no_passphrase(char*, int, int, void*) { return 0; } // never ask the terminal

std::string problem(std::string const& what, std::string const& file) {
    char text[256] = "unknown error";
    if (auto const code = ERR_peek_last_error()) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return what + " " + file + ": " + text;
}

std::shared_ptr<SSL_CTX> fresh(SSL_METHOD const* method) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Renegotiation is an attack surface; an EOF without close_notify is what phones do, and HTTP has lengths of its
    // own.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
    return context;
}

std::expected<std::shared_ptr<SSL_CTX>, std::string> load(std::string const& certificate, std::string const& key) {
    ERR_clear_error();
    auto context = fresh(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        return std::unexpected(problem("cannot use the certificate", certificate));
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return std::unexpected(problem("cannot use the key", key));
    if (SSL_CTX_check_private_key(context.get()) != 1)
        return std::unexpected(problem("the key does not belong to " + certificate + ":", key));
    // Sessions are resumed by tickets, which the client keeps: nothing is stored here.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 1);
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    return context;
}
} // namespace

TlsContext::TlsContext(std::shared_ptr<SSL_CTX> current, std::string certificate_file, std::string key_file)
    : current_(std::move(current)), certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

std::expected<TlsContext, std::string> TlsContext::server(std::string certificate_file, std::string key_file) {
    auto context = load(certificate_file, key_file);
    if (!context) return std::unexpected(context.error());
    return TlsContext(std::move(*context), std::move(certificate_file), std::move(key_file));
}

TlsContext TlsContext::client(Verify verify) {
    auto context = fresh(TLS_client_method());
    SSL_CTX_set_default_verify_paths(context.get());
    SSL_CTX_set_verify(context.get(), verify == Verify::System ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    return {std::move(context), "", ""};
}

std::expected<TlsContext, std::string> TlsContext::client(std::string authorities_file) {
    auto context = client(Verify::System);
    ERR_clear_error();
    if (SSL_CTX_load_verify_locations(context.current_.get(), authorities_file.c_str(), nullptr) != 1)
        return std::unexpected(problem("cannot use the authorities", authorities_file));
    return context;
}

std::expected<void, std::string> TlsContext::reload() {
    if (certificate_file_.empty()) return {};
    auto context = load(certificate_file_, key_file_);
    if (!context) return std::unexpected(context.error());
    current_ = std::move(*context);
    return {};
}

} // namespace godwit::net
