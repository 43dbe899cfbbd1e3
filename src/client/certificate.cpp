#include "client/certificate.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace godwit::client {
namespace {

template <auto free> struct Freed {
    template <class T> void operator()(T* p) const { free(p); }
};
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<SSL_free>>;
using Addresses = std::unique_ptr<addrinfo, Freed<freeaddrinfo>>;

struct Socket {
    int descriptor = -1;
    ~Socket() {
        if (descriptor >= 0) ::close(descriptor);
    }
};

std::expected<Addresses, std::string> lookup(std::string const& host, char const* port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (int error = getaddrinfo(host.c_str(), port, &hints, &found)) return std::unexpected(gai_strerror(error));
    return Addresses(found);
}

void limit(int descriptor, milliseconds patience) {
    timeval t{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

std::string text_of(X509_NAME const* name) {
    std::unique_ptr<BIO, Freed<BIO_free>> out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* bytes = nullptr;
    auto size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string text_of(ASN1_TIME const* time) {
    std::unique_ptr<BIO, Freed<BIO_free>> out(BIO_new(BIO_s_mem()));
    ASN1_TIME_print(out.get(), time);
    char* bytes = nullptr;
    auto size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }

std::vector<std::string> names_of(X509 const* certificate) {
    std::vector<std::string> out;
    std::unique_ptr<GENERAL_NAMES, Freed<free_names>> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        auto const* name = sk_GENERAL_NAME_value(names.get(), i);
        auto const* string = name->type == GEN_IPADD ? name->d.iPAddress : name->d.dNSName;
        auto const* bytes = ASN1_STRING_get0_data(string);
        auto size = static_cast<std::size_t>(ASN1_STRING_length(string));
        if (name->type == GEN_DNS) out.emplace_back(reinterpret_cast<char const*>(bytes), size);
        char address[INET6_ADDRSTRLEN];
        if (name->type == GEN_IPADD && inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, address, sizeof address))
            out.emplace_back(address);
    }
    return out;
}

std::string tls_complaint() {
    auto code = ERR_get_error();
    ERR_clear_error();
    auto const* reason = code ? ERR_reason_error_string(code) : nullptr;
    return reason ? reason : "the server does not speak TLS on this port";
}

} // namespace

std::expected<std::vector<std::string>, std::string> resolve(std::string const& host) {
    auto found = lookup(host, nullptr);
    if (!found) return std::unexpected(found.error());
    std::vector<std::string> out;
    for (auto const* a = found->get(); a; a = a->ai_next) {
        char text[INET6_ADDRSTRLEN] = {};
        auto const* address =
            a->ai_family == AF_INET
                ? static_cast<void const*>(&reinterpret_cast<sockaddr_in const*>(a->ai_addr)->sin_addr)
                : &reinterpret_cast<sockaddr_in6 const*>(a->ai_addr)->sin6_addr;
        if (inet_ntop(a->ai_family, address, text, sizeof text) && std::ranges::find(out, text) == out.end())
            out.emplace_back(text);
    }
    return out;
}

std::expected<Certificate, std::string> inspect(Target const& target, milliseconds patience) {
    auto found = lookup(target.host, std::to_string(target.port).c_str());
    if (!found) return std::unexpected(found.error());
    Socket socket;
    for (auto const* a = found->get(); a; a = a->ai_next) {
        Socket attempt{::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol)};
        if (attempt.descriptor < 0) continue;
        limit(attempt.descriptor, patience);
        if (::connect(attempt.descriptor, a->ai_addr, a->ai_addrlen) != 0) continue;
        std::swap(socket.descriptor, attempt.descriptor);
        break;
    }
    if (socket.descriptor < 0) return std::unexpected("nothing listens there");

    Context context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_default_verify_paths(context.get());
    Session session(SSL_new(context.get())); // does not insist on a good certificate: it is here to say what is wrong
    in_addr v4{};
    in6_addr v6{};
    bool is_address =
        inet_pton(AF_INET, target.host.c_str(), &v4) == 1 || inet_pton(AF_INET6, target.host.c_str(), &v6) == 1;
    if (is_address) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), target.host.c_str());
    } else {
        SSL_set_tlsext_host_name(session.get(), target.host.c_str());
        SSL_set1_host(session.get(), target.host.c_str());
    }
    SSL_set_fd(session.get(), socket.descriptor);
    if (SSL_connect(session.get()) != 1) return std::unexpected(tls_complaint());
    auto const* certificate = SSL_get0_peer_certificate(session.get());
    if (!certificate) return std::unexpected("the server shows no certificate");
    Certificate out{.tls_version = SSL_get_version(session.get()),
                    .cipher = SSL_get_cipher_name(session.get()),
                    .subject = text_of(X509_get_subject_name(certificate)),
                    .issuer = text_of(X509_get_issuer_name(certificate)),
                    .names = names_of(certificate),
                    .not_after = text_of(X509_get0_notAfter(certificate))};
    int seconds = 0;
    ASN1_TIME_diff(&out.days_left, &seconds, nullptr, X509_get0_notAfter(certificate));
    if (out.days_left == 0 && seconds < 0) out.days_left = -1;
    auto verdict = SSL_get_verify_result(session.get());
    if (verdict != X509_V_OK) out.problem = X509_verify_cert_error_string(verdict);
    SSL_shutdown(session.get());
    return out;
}

} // namespace godwit::client
