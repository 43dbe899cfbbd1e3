#include "source/export.hpp"
#include "source/local.hpp"
#include "source/maildir.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <map>
#include <utility>

namespace godwit::source {
namespace fs = std::filesystem;
using index::CollectionId;
namespace {

constexpr std::size_t page = 100;
constexpr index::Position lowest{index::Time::min(), index::ItemId(0)};
constexpr std::string_view our_mark = ".godwit"; // ends the unique part of our names

FolderPath path_of(index::Folder const& folder, std::map<CollectionId, index::Folder> const& all) {
    FolderPath path;
    auto const* at = &folder;
    while (path.size() < all.size()) { // no circle can be longer
        path.insert(path.begin(), at->name);
        auto const parent = all.find(at->parent);
        if (parent == all.end()) break;
        at = &parent->second;
    }
    return path;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (auto const c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

// `1700000000.I42H9f86d081.godwit:2,FS`: the item's number and content make it unique and findable.
std::string name_of(index::Item const& item, bool draft) {
    auto const second = std::chrono::floor<std::chrono::seconds>(item.received).time_since_epoch().count();
    return std::to_string(second) + ".I" + std::to_string(static_cast<std::int64_t>(item.id)) + "H" +
           hex(std::string_view(item.content).substr(0, 4)) + std::string(our_mark) + ":2," +
           flag_letters(item.marks, draft);
}

std::optional<index::ItemId> item_of(std::string_view name) {
    auto const begin = name.find(".I"), end = name.find('H', begin == std::string_view::npos ? 0 : begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return {};
    if (name.find(our_mark) == std::string_view::npos) return {};
    std::int64_t id = 0;
    auto const [stop, error] = std::from_chars(name.data() + begin + 2, name.data() + end, id);
    if (error != std::errc() || stop != name.data() + end) return {};
    return index::ItemId(id);
}

std::string_view unique_part(std::string_view name) { return name.substr(0, name.find(":2,")); }

[[noreturn]] void fail(fs::path const& file) {
    throw fs::filesystem_error("cannot write", file, std::error_code(errno, std::generic_category()));
}

class Export {
public:
    Export(index::Accounts& accounts, index::AccountId account, fs::path const& directory,
           std::function<void(ExportCount const&)> const& progress)
        : accounts_(accounts), account_(account), directory_(directory), progress_(progress) {}

    ExportCount run() {
        std::map<CollectionId, index::Folder> folders;
        for (auto& folder : accounts_.read_now(account_, [](index::Transaction& tx) { return tx.folders(); }))
            folders.emplace(folder.id, std::move(folder));
        for (auto const& [id, one] : folders) folder(one, path_of(one, folders));
        return count_;
    }

private:
    // Maildir++ joins a path into one name, which a file system may refuse (NAME_MAX, 255 bytes): such a one is cut and
    // made unique by the folder's number. No cut inside a `&...-` of modified UTF-7 (RFC 3501 5.1.3).
    static std::string fitting(std::string name, index::CollectionId id, std::size_t longest = 255) {
        if (name.size() <= longest) return name;
        auto const tail = "~" + std::to_string(std::to_underlying(id));
        name.resize(longest - tail.size());
        auto const open = name.rfind('&');
        if (open != std::string::npos && name.find('-', open) == std::string::npos) name.resize(open);
        return name + tail;
    }

    // The contacts of a folder, or all else that is no mail, in one file; whoever reads it sees it whole.
    class Cards {
    public:
        Cards(fs::path const& directory, FolderPath const& path, index::CollectionId id, char const* extension)
            : file_(directory / (fitting(directory_of_folder(path).substr(1), id, 240) + extension)) {}
        void add(std::string const& card) {
            if (!out_.is_open()) out_.open(file_.string() + ".part", std::ios::binary | std::ios::trunc);
            out_.write(card.data(), static_cast<std::streamsize>(card.size()));
        }
        void finish() {
            if (!out_.is_open()) {
                fs::remove(file_); // of an earlier export, when there were some
                return;
            }
            out_.close();
            if (!out_) fail(file_);
            fs::rename(file_.string() + ".part", file_);
        }

    private:
        fs::path file_;
        std::ofstream out_;
    };

    struct Files {
        Files(fs::path const& directory, FolderPath const& path, index::CollectionId id)
            : cards(directory, path, id, ".vcf"), calendars(directory, path, id, ".ics") {}
        Cards cards, calendars;
        void finish() {
            cards.finish();
            calendars.finish();
        }
    };

    void folder(index::Folder const& one, FolderPath const& path) {
        using enum index::FolderType;
        constexpr std::array mail{UserGeneric, Inbox, Drafts, DeletedItems, SentItems, Outbox, UserMail};
        if (std::ranges::find(mail, one.type) == mail.end()) {
            Files files(directory_, path, one.id);
            items(one, {}, {}, files);
            return files.finish();
        }
        auto const at = one.type == Inbox ? directory_ : directory_ / fitting(directory_of_folder(path), one.id);
        for (auto const* part : {"cur", "new", "tmp"}) fs::create_directories(at / part);
        std::map<index::ItemId, std::string> there;
        for (auto const& entry : fs::directory_iterator(at / "cur")) {
            auto name = entry.path().filename().string();
            if (auto const id = item_of(name)) there.emplace(*id, std::move(name));
        }
        Files files(directory_, path, one.id);
        items(one, at, there, files);
        files.finish();
        ++count_.folders;
        if (progress_) progress_(count_);
    }

    void items(index::Folder const& one, fs::path const& at, std::map<index::ItemId, std::string> const& there,
               Files& files) {
        std::optional<index::Position> from;
        for (;;) {
            auto const rows = accounts_.read_now(
                account_, [&](index::Transaction& tx) { return tx.walk(one.id, from, lowest, page); });
            for (auto const& item : rows) {
                using enum index::ItemClass;
                bool card = item.item_class == Contacts;
                if (card || item.item_class == Calendar || item.item_class == Tasks || item.item_class == Notes) {
                    auto const bytes = content(item);
                    if (!bytes) continue;
                    (card ? files.cards : files.calendars).add(*bytes);
                    ++(card ? count_.contacts : count_.objects);
                    continue;
                }
                if (item.item_class != Email || at.empty()) {
                    ++count_.skipped;
                    continue;
                }
                auto const old = there.find(item.id);
                put(item, at, one.type == index::FolderType::Drafts, old == there.end() ? std::string() : old->second);
            }
            if (rows.size() < page) return;
            from = index::Position{rows.back().received, rows.back().id};
            if (progress_) progress_(count_);
        }
    }

    // Nothing: the store has lost it. The others go on (law 4).
    std::optional<std::string> content(index::Item const& item) {
        try {
            return accounts_.read_now(account_, [&](index::Transaction& tx) { return fetch(tx, item); });
        } catch (index::StoreBroken const&) {
            ++count_.skipped;
            constexpr std::size_t most_named = 100;
            if (count_.lost.size() < most_named)
                count_.lost.push_back(std::to_string(std::to_underlying(item.folder)) + ':' +
                                      std::to_string(std::to_underlying(item.id)));
            return std::nullopt;
        }
    }

    void put(index::Item const& item, fs::path const& at, bool draft, std::string const& old) {
        auto const name = name_of(item, draft);
        auto const file = at / "cur" / name;
        bool const there = old == name || (!old.empty() && unique_part(old) == unique_part(name));
        auto const bytes = there ? std::nullopt : content(item);
        if (!there && !bytes) return;
        ++count_.messages;
        count_.bytes += item.size;
        if (there) return old == name ? void() : fs::rename(at / "cur" / old, file);
        auto const temporary = at / "tmp" / name;
        {
            std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
            out.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
            out.close();
            if (!out) fail(temporary);
        }
        fs::last_write_time(temporary, std::chrono::file_clock::from_sys(item.received));
        fs::rename(temporary, file); // whoever reads the Maildir sees whole messages only
        if (!old.empty()) fs::remove(at / "cur" / old);
    }

    index::Accounts& accounts_;
    index::AccountId account_;
    fs::path const& directory_;
    std::function<void(ExportCount const&)> const& progress_;
    ExportCount count_;
};

} // namespace

ExportCount export_maildir(index::Accounts& accounts, index::AccountId account, fs::path const& directory,
                           std::function<void(ExportCount const&)> const& progress) {
    return Export(accounts, account, directory, progress).run();
}

} // namespace godwit::source
