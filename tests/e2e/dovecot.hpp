// Debian's Dovecot on loopback with a configuration, ports and a mail directory of its own: the IMAP server that an
// account comes from. Every login has the password "secret", may bring an OAuth token instead, and has the same mail.
// Prefix "INBOX.", separator ".".
#pragma once
#include "server.hpp"
#include <ctime>

namespace godwit::e2e {

class Dovecot {
public:
    Dovecot(); // makes the directories; start() comes when the mail lies there
    ~Dovecot();
    Dovecot(Dovecot const&) = delete;

    // Empty, or why Dovecot cannot run here.
    std::string start();
    void stop();

    // A message into a Maildir++ folder ("" is the Inbox, ".Archive.2024"), with flag letters; `arrived` becomes its
    // INTERNALDATE.
    void put(std::string const& folder, std::string const& message, std::string const& flags, std::time_t arrived);
    void folder(std::string const& name); // makes it
    // Other flag letters for the message that was put as the n-th, from 1.
    void mark(std::string const& folder, unsigned number, std::string const& flags);
    // A token (RFC 7519) that Dovecot takes in place of a password for so long; or one that it would have to trust.
    std::string token(std::string const& login, std::chrono::seconds lasts, bool forged = false) const;
    // `$Forwarded` and the like: letters a, b ... of the folder's flags.
    void keywords(std::string const& folder, std::string const& lines);

    std::string plain() const { return "127.0.0.1:" + std::to_string(plain_port_); }
    std::string tls() const { return "127.0.0.1:" + std::to_string(tls_port_); }
    std::string certificate() const { return directory_ / "certificate.pem"; }
    std::string log() const { return read_file(directory_ / "log"); }

private:
    void write_configuration();
    void own(std::string const& path) const; // to the user as whom Dovecot reads mail

    Directory directory_;
    std::uint16_t plain_port_ = 0, tls_port_ = 0;
    unsigned user_ = 0, group_ = 0, count_ = 0;
    pid_t pid_ = 0;
};

} // namespace godwit::e2e
