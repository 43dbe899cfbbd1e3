#include "cli/mail_transfer.hpp"
#include "cli/imap_transfer.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/store.hpp"
#include "command/item_kind.hpp"
#include "source/export.hpp"
#include "source/folders.hpp"
#include "source/import.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <memory>

namespace godwit::cli {
namespace {
namespace fs = std::filesystem;

struct Importing : ImapTarget {
    ImapChoice imap;
    std::vector<std::string> paths;
    bool mboxo = false, again = false;
};
struct Exporting {
    Place place;
    std::string address, directory;
};

// Bytes below the paths, for the percentage; what cannot be read counts nothing, the reader will complain of it.
std::uint64_t bytes_below(std::vector<fs::path> const& paths) {
    std::uint64_t total = 0;
    for (auto const& path : paths) {
        std::error_code error;
        auto const size = fs::file_size(path, error);
        if (!error) total += size;
        for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
            std::error_code ignored;
            if (at->is_regular_file(ignored)) total += at->file_size(ignored);
        }
    }
    return total;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

int run_import(Importing const& choice) {
    if (!choice.imap.server.empty()) return run_imap_import(choice.imap, choice);
    if (choice.paths.empty())
        throw Stop{Exit::Usage, "import from where? Name files or directories, or a server with --imap HOST"};
    auto const config = load_config(choice.place);
    Store store(config);
    auto const user = store.user(choice.address);
    std::vector<fs::path> const paths(choice.paths.begin(), choice.paths.end());
    for (auto const& path : paths)
        if (!fs::exists(path)) throw Stop{Exit::NotFound, fmt::format("there is no {}", path.string())};
    source::ImportOptions options;
    if (!choice.folder.empty()) options.folder = source::parse_path(choice.folder);
    if (choice.mboxo) options.quoting = source::Quoting::o;
    options.again = choice.again;
    command::Voice voice{.holder = command::holder_of(user, config)};
    store.accounts.read_now(user.id, [&](index::Transaction& tx) { command::add_own(voice.holder, tx); });
    options.place = [&voice](index::ItemClass item, std::string_view bytes) {
        return command::place_of(item, bytes, voice);
    };
    Progress progress("importing", bytes_below(paths));
    auto const report =
        source::import_paths(store.accounts, user.id, paths, options, [&](source::ImportCount const& count) {
            progress.at(count.read, counted(count.added + count.known, "message"));
        });
    auto const& count = report.count;
    progress.done(counted(count.added + count.known, "message")); // separators are not counted
    for (auto const& failure : report.failures)
        fmt::print(stderr, "not taken in: {}: {}\n", failure.origin, failure.reason);
    if (count.failed > report.failures.size())
        fmt::print(stderr, "... and {} more\n", count.failed - report.failures.size());
    fmt::print("{} added, {} there already, {} not taken in\n", counted(count.added, "message"), count.known,
               count.failed);
    return code(count.failed == 0 ? Exit::Ok : Exit::Partial);
}

int run_export(Exporting const& choice) {
    Store store(load_config(choice.place));
    auto const user = store.user(choice.address);
    std::error_code error;
    fs::create_directories(choice.directory, error);
    if (error) throw Stop{Exit::Failure, fmt::format("cannot make {}: {}", choice.directory, error.message())};
    auto const total = store.accounts.read_now(user.id, [](index::Transaction& tx) {
        std::uint64_t all = 0;
        for (auto const& folder : tx.folders()) all += tx.item_count(folder.id);
        return all;
    });
    Progress progress("exporting", total);
    auto const count =
        source::export_maildir(store.accounts, user.id, choice.directory, [&](source::ExportCount const& now) {
            progress.at(now.messages + now.contacts + now.objects + now.skipped, counted(now.messages, "message"));
        });
    progress.done(counted(count.messages, "message"));
    fmt::print("{} in {}, {} bytes, in {}\n", counted(count.messages, "message"), counted(count.folders, "folder"),
               count.bytes, choice.directory);
    if (count.contacts != 0) fmt::print("{} beside it, as .vcf\n", counted(count.contacts, "contact"));
    if (count.objects != 0) fmt::print("{} beside it, as .ics\n", counted(count.objects, "event, task or note"));
    for (auto const& item : count.lost)
        fmt::print(stderr, "{}: its content is missing in the store; restore the account's file from a backup\n", item);
    if (count.skipped != 0) fmt::print(stderr, "{} not exported\n", counted(count.skipped, "item"));
    return code(count.skipped == 0 ? Exit::Ok : Exit::Partial);
}

} // namespace

void register_import(CLI::App& app, std::function<int()>& chosen) {
    auto const choice = std::make_shared<Importing>();
    auto& command = *app.add_subcommand(
        "import", "Take .eml, mbox, Maildirs, contacts (.vcf), calendars (.ics) or a live IMAP account in");
    command.add_option("ADDRESS", choice->address, "The account")->required()->type_name("");
    auto* paths = command.add_option("PATH", choice->paths, "Files and directories")->type_name("");
    command.add_option("--folder", choice->folder, "Put everything below this folder, such as Archive/2024")
        ->type_name("FOLDER");
    command.add_flag("--mboxo", choice->mboxo, "mbox files that quote only `From ` itself, not `>From `");
    command.add_flag("--again", choice->again, "Add once more what an earlier import brought");
    add_place_options(command, choice->place);
    add_imap_options(command, choice->imap);
    paths->excludes("--imap");
    command.footer(
        "Flags and folders of a Maildir are kept. Running the same import again adds only what is new, so that an\n"
        "import that was interrupted is simply repeated. A running server shows the mail to phones at once.\n\n"
        "Examples:\n  godwit import anna@example.org ~/Maildir\n"
        "  godwit import anna@example.org old.mbox --folder Archive/2019\n"
        "  godwit import anna@example.org contacts.vcf calendar.ics\n"
        "  godwit import --imap imap.example.org anna@example.org --dry-run\n"
        "  godwit import --imap imap.example.org anna@example.org --login anna --password-stdin < secret\n\n"
        "From an IMAP server come folders, flags and the dates at which mail arrived; the server's Sent, Drafts, "
        "Trash\n"
        "and Junk go into the account's own. Nothing is changed there: what is marked as deleted stays behind, and so "
        "do\n"
        "shared folders and views such as Starred, unless --only names them. Until the day of the move the same "
        "command\n"
        "may run again and again; each time it brings what is new. Interrupted, it goes on where it was.\n\n"
        "Exit code 6: some messages could not be taken in; each is named with the reason.");
    command.final_callback([choice, &chosen] { chosen = [choice] { return run_import(*choice); }; });
}

void register_export(CLI::App& app, std::function<int()>& chosen) {
    auto const choice = std::make_shared<Exporting>();
    auto& command = *app.add_subcommand(
        "export", "Write an account's mail as a Maildir, byte for byte what came in, all else as .vcf and .ics");
    command.add_option("ADDRESS", choice->address, "The account")->required()->type_name("");
    command.add_option("DIR", choice->directory, "The Maildir; made where missing, continued where begun")
        ->required()
        ->type_name("");
    add_place_options(command, choice->place);
    command.footer("Example:\n  godwit export anna@example.org ./anna-maildir");
    command.final_callback([choice, &chosen] { chosen = [choice] { return run_export(*choice); }; });
}

} // namespace godwit::cli
