#include "source/folders.hpp"
#include "mime/charset.hpp"
#include "mime/header.hpp"
#include <algorithm>
#include <array>

namespace godwit::source {
using index::CollectionId;
using index::FolderType;
namespace {

constexpr std::size_t max_depth = 30, max_name = 256; // MS-ASCMD_R2194

struct Name {
    std::string_view name;
    Special special;
};
// Lower case. What Exchange, Dovecot, Gmail, Apple, Thunderbird and the big German, French, Spanish and Italian hosts
// write.
constexpr auto names = std::to_array<Name>({
    {"inbox", Special::Inbox},
    {"drafts", Special::Drafts},
    {"draft", Special::Drafts},
    {"entw\xC3\xBCrfe", Special::Drafts},
    {"brouillons", Special::Drafts},
    {"borradores", Special::Drafts},
    {"bozze", Special::Drafts},
    {"sent", Special::Sent},
    {"sent items", Special::Sent},
    {"sent messages", Special::Sent},
    {"sent mail", Special::Sent},
    {"sent-mail", Special::Sent},
    {"gesendet", Special::Sent},
    {"gesendete objekte", Special::Sent},
    {"gesendete elemente", Special::Sent},
    {"\xC3\xA9l\xC3\xA9ments envoy\xC3\xA9s", Special::Sent},
    {"enviados", Special::Sent},
    {"elementos enviados", Special::Sent},
    {"posta inviata", Special::Sent},
    {"trash", Special::Trash},
    {"deleted", Special::Trash},
    {"deleted items", Special::Trash},
    {"deleted messages", Special::Trash},
    {"bin", Special::Trash},
    {"papierkorb", Special::Trash},
    {"gel\xC3\xB6schte objekte", Special::Trash},
    {"gel\xC3\xB6schte elemente", Special::Trash},
    {"corbeille", Special::Trash},
    {"\xC3\xA9l\xC3\xA9ments supprim\xC3\xA9s", Special::Trash},
    {"papelera", Special::Trash},
    {"elementos eliminados", Special::Trash},
    {"cestino", Special::Trash},
    {"junk", Special::Junk},
    {"junk mail", Special::Junk},
    {"junk e-mail", Special::Junk},
    {"junk email", Special::Junk},
    {"spam", Special::Junk},
    {"bulk mail", Special::Junk},
    {"spamverdacht", Special::Junk},
    {"courrier ind\xC3\xA9sirable", Special::Junk},
    {"correo no deseado", Special::Junk},
    {"posta indesiderata", Special::Junk},
    {"outbox", Special::Outbox},
    {"postausgang", Special::Outbox},
});

bool holds_mail(FolderType type) {
    switch (type) {
    case FolderType::UserGeneric:
    case FolderType::Inbox:
    case FolderType::Drafts:
    case FolderType::DeletedItems:
    case FolderType::SentItems:
    case FolderType::Outbox:
    case FolderType::UserMail: return true;
    default: return false;
    }
}

std::string fitting_name(std::string_view name) {
    auto cleaned = mime::clean(std::string(name));
    std::erase_if(cleaned, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    cleaned = std::string(mime::cut_characters(cleaned, max_name));
    return cleaned.empty() ? "_" : cleaned;
}

// A folder of that name below `parent` that holds mail, made if there is none. Where a calendar or the like has the
// name, " (mail)" is put behind it: two folders of one name below one parent could not be told apart.
CollectionId child(index::Transaction& tx, CollectionId parent, std::string name) {
    auto const folders = tx.folders();
    for (int round = 0; round < 2; ++round) {
        bool taken = false;
        for (auto const& folder : folders) {
            if (folder.parent != parent) continue;
            if (holds_mail(folder.type) && folder.name == name) return folder.id;
            taken = taken || (!holds_mail(folder.type) && mime::equal_ignoring_case(folder.name, name));
        }
        if (!taken) break;
        name = std::string(mime::cut_characters(name, max_name - 7)) + " (mail)";
    }
    return tx.create_folder(parent, FolderType::UserMail, name);
}

FolderType type_of(Special special) {
    switch (special) {
    case Special::Inbox: return FolderType::Inbox;
    case Special::Drafts: return FolderType::Drafts;
    case Special::Sent: return FolderType::SentItems;
    case Special::Trash: return FolderType::DeletedItems;
    case Special::Outbox: return FolderType::Outbox;
    case Special::Junk: return FolderType::UserMail;
    }
    return FolderType::UserMail;
}

template <class Fits> std::optional<index::Folder> folder_named(index::Transaction& tx, CollectionId parent,
                                                                std::string_view name, Fits fits) {
    for (auto& folder : tx.folders())
        if (folder.parent == parent && mime::equal_ignoring_case(folder.name, name) && fits(folder.type))
            return std::move(folder);
    return std::nullopt;
}

struct ClassTypes {
    FolderType own, users;
    char const* name;
};
ClassTypes types_of(index::ItemClass item) {
    using enum index::ItemClass;
    switch (item) {
    case Contacts: return {FolderType::Contacts, FolderType::UserContacts, "Contacts"};
    case Calendar: return {FolderType::Calendar, FolderType::UserCalendar, "Calendar"};
    case Tasks: return {FolderType::Tasks, FolderType::UserTasks, "Tasks"};
    case Notes: return {FolderType::Notes, FolderType::UserNotes, "Notes"};
    case Email:
    case Sms: break;
    }
    return {FolderType::Inbox, FolderType::UserMail, "Mail"};
}

bool is_container(std::string_view name) {
    return mime::equal_ignoring_case(name, "INBOX") || mime::equal_ignoring_case(name, "[Gmail]") ||
           mime::equal_ignoring_case(name, "[Google Mail]");
}

} // namespace

std::string_view english_name(Special special) {
    switch (special) {
    case Special::Inbox: return "Inbox";
    case Special::Drafts: return "Drafts";
    case Special::Sent: return "Sent Items";
    case Special::Trash: return "Deleted Items";
    case Special::Outbox: return "Outbox";
    case Special::Junk: return "Junk Email";
    }
    return "Mail";
}

std::optional<Special> special_by_name(std::string_view name) {
    auto const wanted = mime::lower(name);
    for (auto const& row : names)
        if (row.name == wanted) return row.special;
    return {};
}

CollectionId special_folder(index::Transaction& tx, Special special) {
    auto const found = special == Special::Junk ? tx.junk() : tx.folder_of(type_of(special));
    if (found) return found->id;
    return tx.create_folder(CollectionId::Root, type_of(special), english_name(special), special == Special::Junk);
}

CollectionId ensure_below(index::Transaction& tx, CollectionId at, FolderPath const& path) {
    for (std::size_t i = 0; i < std::min(path.size(), max_depth); ++i) at = child(tx, at, fitting_name(path[i]));
    return at;
}

CollectionId ensure_folder(index::Transaction& tx, FolderPath const& path) {
    if (path.empty()) return special_folder(tx, Special::Inbox);
    if (path.size() == 2 && is_container(path[0]))
        if (auto const special = special_by_name(path[1])) return special_folder(tx, *special);
    auto const top = special_by_name(path[0]);
    auto at = top ? special_folder(tx, *top) : child(tx, CollectionId::Root, fitting_name(path[0]));
    for (std::size_t i = 1; i < std::min(path.size(), max_depth); ++i) at = child(tx, at, fitting_name(path[i]));
    return at;
}

CollectionId folder_of_class(index::Transaction& tx, index::ItemClass item, FolderPath const& path) {
    auto const types = types_of(item);
    if (path.empty()) {
        auto const own = tx.folder_of(types.own);
        return own ? own->id : tx.create_folder(CollectionId::Root, types.own, types.name);
    }
    auto at = CollectionId::Root;
    auto const depth = std::min(path.size(), max_depth);
    for (std::size_t i = 0; i + 1 < depth; ++i) {
        auto const name = fitting_name(path[i]);
        auto const there = folder_named(tx, at, name, [](FolderType) { return true; });
        at = there ? there->id : tx.create_folder(at, types.users, name);
    }
    auto const fits = [&](FolderType type) { return type == types.own || type == types.users; };
    auto name = fitting_name(path[depth - 1]);
    for (int round = 0; round < 2; ++round) {
        if (auto const there = folder_named(tx, at, name, fits)) return there->id;
        if (!folder_named(tx, at, name, [](FolderType) { return true; })) break;
        name = std::string(mime::cut_characters(name, max_name - 12)) + " (" + types.name + ")"; // mail has the name
    }
    return tx.create_folder(at, types.users, name);
}

FolderPath parse_path(std::string_view text) {
    FolderPath path;
    while (!text.empty()) {
        auto const slash = std::min(text.find('/'), text.size());
        if (slash > 0) path.emplace_back(text.substr(0, slash));
        text.remove_prefix(std::min(slash + 1, text.size()));
    }
    return path;
}

} // namespace godwit::source
