#include "cli/account.hpp"
#include "cli/outcome.hpp"
#include "cli/store.hpp"
#include "delivery/allowance.hpp"
#include "device/description.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>

namespace godwit::cli {
namespace {
namespace json = boost::json;

struct Listing {
    Place place;
    std::string address;
    bool as_json = false;
};

struct FolderLine {
    index::Folder folder;
    std::uint64_t items = 0;
};
struct DeviceLine {
    index::DeviceRow device;
    device::Description description; // as the phone tells it (Settings or Provision)
};

struct Holding { // what one account holds, read in one transaction
    std::vector<FolderLine> folders;
    std::vector<DeviceLine> devices;
    std::vector<index::Isolated> isolated;
    std::vector<index::Outgoing> outbox;
    std::uint64_t used = 0, quota = 0;         // bytes; no quota: 0
    std::uint64_t recipients = 0, allowed = 0; // written to in 24 hours, and how many may be; no limit: 0
};

std::string moment(index::Time time) {
    if (time == index::Time{}) return "-";
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::time_point_cast<std::chrono::seconds>(time)));
}

Holding look(index::Accounts& accounts, index::AccountId account) {
    return accounts.read_now(account, [](index::Transaction& tx) {
        Holding holding;
        for (auto& folder : tx.folders()) {
            auto const items = tx.item_count(folder.id);
            holding.folders.push_back({std::move(folder), items});
        }
        for (auto& device : tx.devices()) {
            auto description = device::load_description(tx, device.id);
            holding.devices.push_back({std::move(device), std::move(description)});
        }
        holding.isolated = tx.isolated();
        holding.outbox = tx.outbox();
        holding.used = tx.used();
        holding.quota = tx.quota();
        holding.recipients = delivery::recipients_lately(tx, net::Clock::utc());
        return holding;
    });
}

json::object user_json(directory::User const& user) {
    json::array aliases;
    for (auto const& alias : user.aliases) aliases.emplace_back(alias);
    return {{"id", static_cast<std::int64_t>(user.id)},
            {"address", user.address},
            {"name", user.name},
            {"aliases", std::move(aliases)},
            {"enabled", user.enabled},
            {"moved_to", user.home.empty() ? json::value(nullptr) : json::value(user.home)}};
}

std::string standing(directory::User const& user) {
    return std::string(user.enabled ? "" : "  (disabled)") +
           (user.home.empty() ? "" : "  (moved to " + user.home + ")");
}

json::value limit_json(std::uint64_t limit) { return limit == 0 ? json::value(nullptr) : json::value(limit); }

json::object description_json(device::Description const& description) {
    json::object out;
    for (auto const& [name, value] : description) out[name] = value;
    return out;
}

json::object holding_json(Holding const& holding) {
    json::array folders, devices, isolated, outbox;
    for (auto const& [folder, items] : holding.folders)
        folders.push_back(json::object{{"id", static_cast<std::uint32_t>(folder.id)},
                                       {"parent", static_cast<std::uint32_t>(folder.parent)},
                                       {"name", folder.name},
                                       {"type", static_cast<unsigned>(folder.type)},
                                       {"items", items}});
    for (auto const& [device, description] : holding.devices)
        devices.push_back(json::object{{"id", device.id},
                                       {"type", device.type},
                                       {"user_agent", device.user_agent},
                                       {"version", device.protocol_version},
                                       {"first_seen", moment(device.first_seen)},
                                       {"last_seen", moment(device.last_seen)},
                                       {"description", description_json(description)}});
    for (auto const& one : holding.isolated)
        isolated.push_back(json::object{{"item", static_cast<std::int64_t>(one.item)},
                                        {"folder", static_cast<std::uint32_t>(one.folder)},
                                        {"reason", one.reason},
                                        {"when", moment(one.when)}});
    for (auto const& one : holding.outbox) {
        json::array recipients;
        for (auto const& recipient : one.recipients) recipients.emplace_back(recipient);
        outbox.push_back(json::object{{"id", one.id},
                                      {"sender", one.sender},
                                      {"recipients", std::move(recipients)},
                                      {"attempts", one.attempts},
                                      {"next_attempt", moment(one.next_attempt)},
                                      {"last_error", one.last_error}});
    }
    return {{"used_bytes", holding.used},
            {"quota_bytes", limit_json(holding.quota)},
            {"recipients_in_24_hours", holding.recipients},
            {"recipients_per_day", limit_json(holding.allowed)},
            {"folders", std::move(folders)},
            {"devices", std::move(devices)},
            {"isolated", std::move(isolated)},
            {"outbox", std::move(outbox)}};
}

std::string dash(std::string const& text) { return text.empty() ? "-" : text; }

// "Archive/2026": the names from the top.
std::string path_of(Holding const& holding, index::Folder const& folder) {
    auto path = folder.name;
    auto parent = folder.parent;
    for (std::size_t depth = 0; parent != index::CollectionId::Root && depth < holding.folders.size(); ++depth) {
        auto const same = [&](FolderLine const& line) { return line.folder.id == parent; };
        auto const found = std::ranges::find_if(holding.folders, same);
        if (found == holding.folders.end()) break;
        path = fmt::format("{}/{}", found->folder.name, path);
        parent = found->folder.parent;
    }
    return path;
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= 1024 && unit < 4; ++unit) size /= 1024;
    return fmt::format("{:.1f} {}iB", size, "_KMGT"[unit]);
}

void print_holding(Holding const& holding) {
    auto const of = holding.quota == 0 ? ", no quota" : " of " + size_text(holding.quota);
    fmt::print("  used     {}{}\n", size_text(holding.used), of);
    fmt::print("  sent     to {} recipients in 24 hours{}\n", holding.recipients,
               holding.allowed == 0 ? ", no limit" : fmt::format(" of {}", holding.allowed));
    fmt::print("\nFolders\n  {:>6} {:>9}  name\n", "id", "items");
    for (auto const& [folder, items] : holding.folders)
        fmt::print("  {:>6} {:>9}  {}\n", static_cast<std::uint32_t>(folder.id), items, path_of(holding, folder));
    fmt::print("\nDevices: {}\n", holding.devices.size());
    for (auto const& [device, description] : holding.devices) {
        fmt::print("  {}  {}  EAS {}  last seen {}  first {}\n    {}\n", device.id, dash(device.type),
                   dash(device.protocol_version), moment(device.last_seen), moment(device.first_seen),
                   dash(device.user_agent));
        for (auto const& [name, value] : description) fmt::print("    {}  {}\n", name, value);
    }
    fmt::print("\nIsolated items (could not be converted; the rest of their folder syncs): {}\n",
               holding.isolated.size());
    for (auto const& one : holding.isolated)
        fmt::print("  {}:{}  {}  {}\n", static_cast<std::uint32_t>(one.folder), static_cast<std::int64_t>(one.item),
                   moment(one.when), one.reason);
    fmt::print("\nOutbox: {}\n", holding.outbox.size());
    for (auto const& one : holding.outbox)
        fmt::print("  {}  to {}  {} attempt{}, next {}  {}\n", one.id, fmt::join(one.recipients, " "), one.attempts,
                   one.attempts == 1 ? "" : "s", moment(one.next_attempt), one.last_error);
}

int show(Listing const& choice) {
    auto const config = load_config(choice.place);
    Store store(config);
    auto const user = store.user(choice.address);
    auto holding = look(store.accounts, user.id);
    holding.allowed = config.delivery.recipients_per_day;
    if (choice.as_json) {
        auto object = user_json(user);
        for (auto& member : holding_json(holding)) object[member.key()] = std::move(member.value());
        fmt::print("{}\n", json::serialize(object));
        return code(Exit::Ok);
    }
    fmt::print("{}{}\n  name     {}\n  aliases  {}\n", user.address, standing(user), dash(user.name),
               user.aliases.empty() ? "-" : fmt::format("{}", fmt::join(user.aliases, " ")));
    print_holding(holding);
    return code(Exit::Ok);
}

int list(Listing const& choice) {
    Store store(load_config(choice.place));
    json::array all;
    for (auto const& user : store.directory.list()) {
        if (choice.as_json)
            all.push_back(user_json(user));
        else
            fmt::print("{}{}{}{}\n", user.address, user.name.empty() ? "" : "  " + user.name,
                       user.aliases.empty() ? "" : fmt::format("  also {}", fmt::join(user.aliases, " ")),
                       standing(user));
    }
    if (choice.as_json) fmt::print("{}\n", json::serialize(all));
    return code(Exit::Ok);
}

} // namespace

void register_account_list(CLI::App& account, std::function<int()>& chosen) {
    auto const choice = std::make_shared<Listing>();
    auto& command = *account.add_subcommand("list", "All accounts, one a line");
    command.add_flag("--json", choice->as_json, "As a JSON array");
    add_place_options(command, choice->place);
    command.footer("Examples:\n  godwit account list\n  godwit account list --json | jq -r '.[].address'");
    command.final_callback([choice, &chosen] { chosen = [choice] { return list(*choice); }; });
}

void register_account_show(CLI::App& account, std::function<int()>& chosen) {
    auto const choice = std::make_shared<Listing>();
    auto& command = *account.add_subcommand("show", "Folders, devices, isolated items and outbox of an account");
    command.add_option("ADDRESS", choice->address, "Its address or an alias")->required()->type_name("");
    command.add_flag("--json", choice->as_json, "As a JSON object");
    add_place_options(command, choice->place);
    command.footer(
        "Isolated items are messages that could not be converted for a phone: they are kept, exported and listed\n"
        "here with the reason, and never stop the rest of their folder.\n\n"
        "Examples:\n  godwit account show anna@example.org\n  godwit account show anna@example.org --json | jq "
        ".devices");
    command.final_callback([choice, &chosen] { chosen = [choice] { return show(*choice); }; });
}

} // namespace godwit::cli
