// `godwit import --imap`: an account of a live IMAP server, with folders, flags and dates.
#pragma once
#include "cli/store.hpp"
#include <string>
#include <vector>

namespace godwit::cli {

struct ImapChoice {
    std::string server = {}, login = {}, authority = {}; // HOST[:PORT]; empty login: the address
    std::vector<std::string> only = {};
    bool starttls = false, plaintext = false, insecure = false, dry_run = false, json = false, password_stdin = false;
    bool oauth_token_stdin = false;
    unsigned patience = 60; // seconds
};
void add_imap_options(CLI::App& command, ImapChoice& choice);

// What the command line of both kinds of import shares.
struct ImapTarget {
    Place place = {};
    std::string address = {}, folder = {};
};
int run_imap_import(ImapChoice const& choice, ImapTarget const& target);

} // namespace godwit::cli
