#include "cli/account.hpp"
#include "cli/outcome.hpp"
#include "cli/secret.hpp"
#include "cli/store.hpp"
#include "directory/login.hpp"
#include "ical/zone.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <optional>
#include <unistd.h>

namespace godwit::cli {
namespace {

struct Choice {
    Place place;
    std::string address;
    std::optional<std::string> name;
    std::vector<std::string> aliases, unalias;
    std::optional<std::uint64_t> quota; // bytes; 0: none
    std::optional<std::string> zone, moved_to;
    bool password_stdin = false, new_password = false, enable = false, disable = false, yes = false;
};

[[noreturn]] void refuse(directory::AddResult reason, std::string const& address) {
    using enum directory::AddResult;
    switch (reason) {
    case Exists:
        throw Stop{Exit::Exists,
                   fmt::format("{} is there already: `godwit account set {}` changes it", address, address)};
    case AliasTaken:
        throw Stop{Exit::Exists, "one of the aliases belongs to another account: see `godwit account list`"};
    case BadAddress:
        throw Stop{Exit::Usage,
                   fmt::format("\"{}\" or one of its aliases is not an address like name@example.org", address)};
    case Added: break;
    }
    throw Stop{Exit::Failure, "the directory refused the account without a reason"};
}

std::string checked_address(std::string const& text) {
    auto normal = directory::normal_address(text);
    if (!normal) throw Stop{Exit::Usage, fmt::format("\"{}\" is not an address like name@example.org", text)};
    return *normal;
}

bool changes_nothing(Choice const& choice) {
    return !choice.name && choice.aliases.empty() && choice.unalias.empty() && !choice.quota && !choice.zone &&
           !choice.moved_to && !choice.password_stdin && !choice.new_password && !choice.enable && !choice.disable;
}

// An IANA name, as it is kept; empty: none of its own.
std::string checked_zone(std::string const& zone) {
    auto iana = ical::iana_name(zone);
    if (!zone.empty() && iana.empty())
        throw Stop{Exit::Usage, fmt::format("there is no time zone \"{}\": say one like Europe/Berlin", zone)};
    return iana;
}

// A base URL; empty: the mailbox is here.
std::string checked_home(std::string home) {
    if (home.empty()) return home;
    while (home.ends_with('/')) home.pop_back();
    auto const url = boost::urls::parse_absolute_uri(home);
    if (!url || (url->scheme() != "https" && url->scheme() != "http") || url->host().empty() || !url->path().empty() ||
        url->has_query() || url->has_userinfo())
        throw Stop{Exit::Usage, fmt::format("\"{}\" is no server: say one like https://eas.example.org", home)};
    return home;
}

void keep(Store& store, index::AccountId account, Choice const& choice) {
    store.accounts.write_now(account, [&](index::Transaction& tx) {
        if (choice.quota) tx.set_quota(*choice.quota);
        if (choice.zone) tx.set_time_zone(*choice.zone);
    });
}

int add(Choice const& given) {
    auto choice = given;
    if (choice.zone) choice.zone = checked_zone(*choice.zone);
    auto const secret = choice.password_stdin ? read_secret() : make_secret();
    Store store(load_config(choice.place), Store::Missing::Make);
    auto const added = store.directory.add(choice.address, choice.name.value_or(""), choice.aliases, secret);
    if (!added) refuse(added.error(), choice.address);
    try {
        store.accounts.create(added->id);
        keep(store, added->id, choice);
    } catch (...) {
        store.directory.remove(added->id); // an account is whole or not there
        throw;
    }
    fmt::print("added {}\n", added->address);
    if (!choice.password_stdin) fmt::print("password {}\n", secret);
    return code(Exit::Ok);
}

int set(Choice const& given) {
    auto choice = given;
    if (choice.zone) choice.zone = checked_zone(*choice.zone);
    for (auto& alias : choice.aliases) alias = checked_address(alias);
    for (auto& alias : choice.unalias) alias = checked_address(alias);
    if (changes_nothing(choice))
        throw Stop{Exit::Usage, "nothing to change: `godwit account set --help` lists what can be"};
    Store store(load_config(choice.place));
    auto user = store.user(choice.address);
    if (choice.name) user.name = *choice.name;
    for (auto const& alias : choice.aliases)
        if (std::ranges::find(user.aliases, alias) == user.aliases.end()) user.aliases.push_back(alias);
    for (auto const& alias : choice.unalias) std::erase(user.aliases, alias);
    if (choice.enable || choice.disable) user.enabled = choice.enable;
    if (choice.moved_to) user.home = checked_home(*choice.moved_to);
    std::optional<std::string> secret;
    if (choice.password_stdin) secret = read_secret();
    if (choice.new_password) secret = make_secret();
    auto const view = secret ? std::optional<std::string_view>(*secret) : std::nullopt;
    if (!store.directory.set(user, view))
        throw Stop{Exit::Exists,
                   "the directory refused the change: does an alias belong to another account? `godwit account list`"};
    keep(store, user.id, choice);
    fmt::print("changed {}\n", user.address);
    if (choice.new_password) fmt::print("password {}\n", *secret);
    return code(Exit::Ok);
}

bool confirmed(directory::User const& user, std::uint64_t messages) {
    if (::isatty(STDIN_FILENO) == 0)
        throw Stop{Exit::Usage,
                   fmt::format("removing {} deletes {} items for good: say --yes", user.address, messages)};
    fmt::print(stderr, "Remove {} and its {} items for good? Type the address to go on: ", user.address, messages);
    std::string typed;
    std::getline(std::cin, typed);
    return typed == user.address;
}

int remove(Choice const& choice) {
    Store store(load_config(choice.place));
    auto const user = store.user(choice.address);
    auto const count = [](index::Transaction& tx) {
        std::uint64_t all = 0;
        for (auto const& folder : tx.folders()) all += tx.item_count(folder.id);
        return all;
    };
    if (!choice.yes && !confirmed(user, store.accounts.read_now(user.id, count)))
        throw Stop{Exit::Failure, "nothing was removed"};
    store.directory.remove(user.id); // first the way in, then the mail
    store.accounts.remove(user.id);
    fmt::print("removed {}\n", user.address);
    return code(Exit::Ok);
}

CLI::App& leaf(CLI::App& account, std::string const& name, std::string const& about,
               std::shared_ptr<Choice> const& choice, std::function<int()>& chosen, int (*run)(Choice const&)) {
    auto& command = *account.add_subcommand(name, about);
    command.add_option("ADDRESS", choice->address, "Mail address of the account")->required()->type_name("");
    command.final_callback([choice, &chosen, run] { chosen = [choice, run] { return run(*choice); }; });
    return command;
}

void add_quota_option(CLI::App& command, Choice& choice) {
    command
        .add_option("--quota", choice.quota,
                    "What the mailbox may hold, as in 500M or 2G; 0: no limit. A full one takes no new mail (452)")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("SIZE");
}

void add_zone_option(CLI::App& command, Choice& choice) {
    command
        .add_option("--zone", choice.zone,
                    "Its time zone, such as Europe/Berlin: where its days begin; '': the one of [calendar] zone")
        ->type_name("ZONE");
}

void register_changes(CLI::App& account, std::function<int()>& chosen) {
    auto const adding = std::make_shared<Choice>();
    auto& add_command = leaf(account, "add", "Make an account with its folders", adding, chosen, add);
    add_command.add_option("--name", adding->name, "Display name")->type_name("NAME");
    add_command.add_option("--alias", adding->aliases, "A further address; may be repeated")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    add_command.add_flag("--password-stdin", adding->password_stdin,
                         "Read the password from stdin; else one is made and printed");
    add_quota_option(add_command, *adding);
    add_zone_option(add_command, *adding);
    add_place_options(add_command, adding->place);
    add_command.footer(
        "Examples:\n  godwit account add anna@example.org --name 'Anna Berg' --alias office@example.org\n"
        "  printf '%s\\n' \"$SECRET\" | godwit account add anna@example.org --password-stdin");

    auto const setting = std::make_shared<Choice>();
    auto& set_command =
        leaf(account, "set", "Change name, aliases, password, quota, time zone; enable, disable, send elsewhere",
             setting, chosen, set);
    set_command.add_option("--name", setting->name, "Display name; '': none")->type_name("NAME");
    set_command.add_option("--alias", setting->aliases, "Add an address; may be repeated")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    set_command.add_option("--unalias", setting->unalias, "Take an address away; may be repeated")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    auto* given = set_command.add_flag("--password-stdin", setting->password_stdin, "Read the new password from stdin");
    set_command.add_flag("--new-password", setting->new_password, "Make a password and print it")->excludes(given);
    auto* on = set_command.add_flag("--enable", setting->enable, "Let the account sign in and get mail");
    set_command.add_flag("--disable", setting->disable, "Refuse sign-in and mail; nothing is deleted")->excludes(on);
    set_command
        .add_option("--moved-to", setting->moved_to,
                    "The server where the mailbox lies now: phones are sent there (HTTP 451); '': it is here")
        ->type_name("URL");
    add_quota_option(set_command, *setting);
    add_zone_option(set_command, *setting);
    add_place_options(set_command, setting->place);
    set_command.footer(
        "What is not named stays as it is. A new password, --disable and --moved-to count at once: phones that "
        "wait are\nanswered, and have to sign in again.\n\n"
        "Examples:\n  godwit account set anna@example.org --alias a.berg@example.org --quota 2G\n"
        "  godwit account set anna@example.org --new-password\n"
        "  godwit account set anna@example.org --disable\n\n"
        "Exit codes: 0 changed; 2 a value that cannot be; 3 no such account; 4 the alias belongs to another.");

    auto const removing = std::make_shared<Choice>();
    auto& remove_command = leaf(account, "remove", "Delete an account and all its mail", removing, chosen, remove);
    remove_command.add_flag("--yes", removing->yes, "Do not ask");
    add_place_options(remove_command, removing->place);
    remove_command.footer("`godwit export ADDRESS DIR` first keeps the mail.\n\n"
                          "Examples:\n  godwit account remove anna@example.org\n"
                          "  godwit account remove anna@example.org --yes     does not ask, for scripts");
}

} // namespace

void register_account(CLI::App& app, std::function<int()>& chosen) {
    auto& account = *app.add_subcommand("account", "Add, list, show, change and remove accounts");
    account.require_subcommand(1);
    register_changes(account, chosen);
    register_account_list(account, chosen);
    register_account_show(account, chosen);
}

} // namespace godwit::cli
