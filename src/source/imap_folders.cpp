#include "source/imap_folders.hpp"
#include "mime/charset.hpp"
#include "source/utf7.hpp"
#include <algorithm>
#include <map>
#include <set>

namespace godwit::source::imap {
namespace {

std::string joined(FolderPath const& path) {
    std::string out;
    for (auto const& part : path) {
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

// Servers write INBOX in any case, and what lies below it too.
bool begins(std::string_view name, std::string_view prefix) {
    if (name.starts_with(prefix)) return true;
    return same_word(prefix.substr(0, 5), "INBOX") && same_word(name.substr(0, prefix.size()), prefix);
}

std::optional<Special> special_of(Mailbox const& mailbox) {
    if (same_word(mailbox.name, "INBOX")) return Special::Inbox;
    if (mailbox.has("\\Sent")) return Special::Sent;
    if (mailbox.has("\\Drafts")) return Special::Drafts;
    if (mailbox.has("\\Trash")) return Special::Trash;
    if (mailbox.has("\\Junk")) return Special::Junk;
    return {};
}

FolderPath split(std::string_view name, std::string_view delimiter) {
    FolderPath path;
    while (!name.empty()) {
        auto const end = delimiter.empty() ? name.size() : std::min(name.find(delimiter), name.size());
        auto part = mime::clean(from_utf7(name.substr(0, end)));
        if (!part.empty()) path.push_back(std::move(part));
        name.remove_prefix(std::min(end + delimiter.size(), name.size()));
    }
    return path;
}

// What stands before every name of the own mailboxes. A server that does not say it, and puts everything below INBOX,
// is one of those that cannot do otherwise.
std::vector<std::string> own_prefixes(std::vector<Mailbox> const& mailboxes, Namespaces const& spaces) {
    std::vector<std::string> out;
    for (auto const& space : spaces.personal)
        if (!space.prefix.empty()) out.push_back(space.prefix);
    if (!spaces.personal.empty() || mailboxes.size() < 2) return out;
    auto const below = [](Mailbox const& m) {
        return same_word(m.name, "INBOX") || (!m.delimiter.empty() && begins(m.name, "INBOX" + m.delimiter));
    };
    if (std::ranges::all_of(mailboxes, below)) out.push_back("INBOX" + mailboxes.back().delimiter);
    return out;
}

bool is_others(Mailbox const& mailbox, Namespaces const& spaces) {
    for (auto const* list : {&spaces.others, &spaces.shared})
        for (auto const& space : *list) {
            std::string_view prefix = space.prefix;
            if (prefix.empty()) continue;
            if (mailbox.name.starts_with(prefix)) return true;
            if (!space.delimiter.empty() && prefix.ends_with(space.delimiter))
                prefix.remove_suffix(space.delimiter.size());
            if (mailbox.name == prefix) return true;
        }
    return false;
}

std::string reason_to_leave(Mailbox const& mailbox, Namespaces const& spaces) {
    if (mailbox.has("\\Flagged") || mailbox.has("\\Important")) return "a view of mail that stands in other folders";
    if (is_others(mailbox, spaces)) return "another user's, or shared";
    return {};
}

bool wanted(std::string const& shown, std::vector<std::string> const& only) {
    return std::ranges::any_of(only, [&](std::string const& name) {
        return shown == name || same_word(shown, name) || shown.starts_with(name + '/');
    });
}

Planned planned(Mailbox const& mailbox, std::vector<std::string> const& prefixes) {
    Planned out{.name = mailbox.name};
    std::string_view rest = mailbox.name;
    for (auto const& prefix : prefixes)
        if (rest.size() > prefix.size() && begins(rest, prefix)) {
            rest.remove_prefix(prefix.size());
            break;
        }
    out.path = split(rest, mailbox.delimiter);
    if (out.path.empty()) out.path.push_back("_");
    out.special = special_of(mailbox);
    out.everything = mailbox.has("\\All");
    if (out.special == Special::Inbox) out.path = {"INBOX"};
    return out;
}

// "Gesendetes/2023" goes below Sent Items where "Gesendetes" is the server's \Sent.
void inherit(std::vector<Planned>& all) {
    std::map<FolderPath, Special> specials;
    for (auto const& one : all)
        if (one.special && *one.special != Special::Inbox) specials.emplace(one.path, *one.special);
    for (auto& one : all) {
        if (one.special || one.everything) continue;
        for (auto above = one.path; above.size() > 1;) {
            one.below.insert(one.below.begin(), above.back());
            above.pop_back();
            auto const found = specials.find(above);
            if (found == specials.end()) continue;
            one.special = found->second;
            break;
        }
        if (!one.special) one.below.clear();
    }
}

} // namespace

std::string Planned::shown() const { return joined(path); }

std::vector<Planned> plan(std::vector<Mailbox> const& mailboxes, Namespaces const& spaces,
                          std::vector<std::string> const& only) {
    auto const prefixes = own_prefixes(mailboxes, spaces);
    std::set<std::string_view> seen;
    std::vector<Planned> out;
    for (auto const& mailbox : mailboxes) {
        bool const holds_none = mailbox.has("\\Noselect") || mailbox.has("\\NonExistent");
        if (holds_none || !seen.insert(mailbox.name).second) continue;
        auto next = planned(mailbox, prefixes);
        if (only.empty())
            next.left_out = reason_to_leave(mailbox, spaces);
        else if (!wanted(next.shown(), only))
            next.left_out = "not asked for";
        out.push_back(std::move(next));
    }
    inherit(out);
    std::ranges::sort(out, {}, [](Planned const& one) {
        bool const inbox = one.special == Special::Inbox && one.below.empty();
        return std::pair(inbox ? 0 : one.everything ? 2 : 1, one.name);
    });
    return out;
}

index::CollectionId place_of(index::Transaction& tx, Planned const& planned, std::optional<FolderPath> const& under) {
    if (under) {
        auto path = *under;
        path.insert(path.end(), planned.path.begin(), planned.path.end());
        return ensure_folder(tx, path);
    }
    if (planned.everything) return ensure_folder(tx, {"Archive"});
    if (planned.special) return ensure_below(tx, special_folder(tx, *planned.special), planned.below);
    return ensure_folder(tx, planned.path);
}

std::string shown_place(Planned const& planned, std::optional<FolderPath> const& under) {
    if (under) return joined(*under) + '/' + planned.shown();
    if (planned.everything) return "Archive";
    auto const by_name = planned.path.size() == 1 ? special_by_name(planned.path[0]) : std::nullopt;
    auto const special = planned.special ? planned.special : by_name;
    if (!special) return planned.shown();
    std::string out(english_name(*special));
    for (auto const& part : planned.below) out.append("/").append(part);
    return out;
}

} // namespace godwit::source::imap
