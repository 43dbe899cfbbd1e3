// A self-signed certificate for "localhost" and 127.0.0.1, made afresh: for tests, and so in a header of its own.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace godwit::net {

class TestCertificate {
public:
    explicit TestCertificate(std::string const& common_name) {
        auto name = (std::filesystem::temp_directory_path() / "godwit-certificate-XXXXXX").string();
        must(mkdtemp(name.data()) != nullptr);
        directory_ = name;
        write(common_name);
    }
    ~TestCertificate() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    TestCertificate(TestCertificate const&) = delete;

    std::string certificate() const { return (directory_ / "certificate.pem").string(); }
    std::string key() const { return (directory_ / "key.pem").string(); }

    // Again, with a new key.
    void write(std::string const& common_name) const {
        Key const pair(EVP_EC_gen("P-256"));
        Certificate const x(X509_new());
        must(pair && x);
        X509_set_version(x.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(x.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(x.get()), 86400);
        X509_set_pubkey(x.get(), pair.get());
        auto* subject = X509_get_subject_name(x.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<unsigned char const*>(common_name.c_str()), -1, -1, 0);
        X509_set_issuer_name(x.get(), subject);
        auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
        must(names && X509_add_ext(x.get(), names, -1) == 1);
        X509_EXTENSION_free(names);
        must(X509_sign(x.get(), pair.get(), EVP_sha256()) > 0);
        File const c(std::fopen(certificate().c_str(), "w")), k(std::fopen(key().c_str(), "w"));
        must(c && k && PEM_write_X509(c.get(), x.get()) == 1);
        must(PEM_write_PrivateKey(k.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    }

private:
    using File = std::unique_ptr<FILE, decltype([](FILE* f) { std::fclose(f); })>;
    using Key = std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* k) { EVP_PKEY_free(k); })>;
    using Certificate = std::unique_ptr<X509, decltype([](X509* c) { X509_free(c); })>;
    static void must(bool done) {
        if (!done) throw std::runtime_error("cannot make a certificate");
    }
    std::filesystem::path directory_;
};

} // namespace godwit::net
