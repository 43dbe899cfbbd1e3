#include "source/import.hpp"
#include "source/calendars.hpp"
#include "source/cards.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "source/maildir.hpp"
#include "source/objects.hpp"
#include <algorithm>
#include <fstream>
#include <map>
#include <openssl/sha.h>
#include <unordered_map>

namespace godwit::source {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_failures = 100;
constexpr int max_nesting = 20;

std::string hash_of(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

bool is_eml(fs::path const& file) {
    auto extension = file.extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return extension == ".eml";
}

class Import {
public:
    Import(index::Accounts& accounts, index::AccountId account, ImportOptions const& options,
           ImportProgress const& progress)
        : accounts_(accounts), account_(account), options_(options), progress_(progress) {}

    void path(fs::path const& at) {
        std::error_code error;
        if (!fs::exists(at, error))
            fail({at.string(), "no such file"});
        else if (fs::is_directory(at, error))
            directory(at, {}, 0);
        else if (is_objects(at))
            objects(at, {});
        else if (!is_eml(at) && is_mbox(at)) // an .eml saved with a mbox line is one message, kept byte for byte
            mbox(at, {});
        else
            eml(at, {});
    }

    ImportReport finish() {
        flush();
        return std::move(report_);
    }

private:
    struct Pending {
        Found found;
        FolderPath folder;
        std::string key;
    };

    void directory(fs::path const& at, FolderPath const& folder, int depth) {
        if (is_maildir(at)) {
            read_maildir(at, options_.max_message_bytes, taker(folder));
            for (auto const& entry : fs::directory_iterator(at)) // as an export writes them beside it
                if (is_objects(entry.path())) objects(entry.path(), folder);
            return;
        }
        std::vector<fs::path> entries;
        for (auto const& entry : fs::directory_iterator(at)) entries.push_back(entry.path());
        std::ranges::sort(entries);
        for (auto const& entry : entries) {
            if (fs::is_directory(fs::symlink_status(entry))) {
                if (depth < max_nesting) directory(entry, below(folder, entry), depth + 1);
            } else if (is_objects(entry)) {
                objects(entry, folder);
            } else if (is_eml(entry)) {
                eml(entry, folder);
            } else if (is_mbox(entry)) {
                mbox(entry, below(folder, entry));
            }
        }
    }

    static bool is_objects(fs::path const& file) { return is_vcf(file) || is_ics(file); }
    void objects(fs::path const& file, FolderPath const& folder) {
        (is_vcf(file) ? read_cards : read_calendars)(file, options_.max_message_bytes, taker(folder));
    }

    // Thunderbird keeps the folders below `Archive` in `Archive.sbd`.
    static FolderPath below(FolderPath folder, fs::path const& entry) {
        auto const extension = entry.extension();
        folder.push_back(extension == ".sbd" || extension == ".mbox" ? entry.stem().string()
                                                                     : entry.filename().string());
        return folder;
    }

    void eml(fs::path const& file, FolderPath const& folder) {
        std::error_code error;
        auto const size = fs::file_size(file, error);
        if (error || size > options_.max_message_bytes)
            return fail({file.string(), error ? error.message() : "larger than the limit"});
        Found found{.folder = folder, .bytes = std::string(size, '\0'), .origin = file.string()};
        std::ifstream in(file, std::ios::binary);
        in.read(found.bytes.data(), static_cast<std::streamsize>(size));
        if (!in && size > 0) return fail({file.string(), "cannot be read"});
        auto const written = fs::last_write_time(file, error);
        if (!error)
            found.received =
                std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::file_clock::to_sys(written));
        take(std::move(found));
    }

    void mbox(fs::path const& file, FolderPath const& folder) {
        std::ifstream in(file, std::ios::binary);
        read_mbox(in, file.string(), options_.quoting, options_.max_message_bytes, taker(folder));
    }

    Taker taker(FolderPath const& folder) {
        return {.message =
                    [this, folder](Found&& found) {
                        found.folder.insert(found.folder.begin(), folder.begin(), folder.end());
                        take(std::move(found));
                        return true;
                    },
                .complaint = [this](Unread&& unread) { fail(std::move(unread)); }};
    }

    void take(Found&& found) {
        report_.count.current = found.origin;
        Pending pending{.found = std::move(found), .folder = {}, .key = {}};
        pending.folder = place_of(pending.found);
        auto key = hash_of(pending.found.bytes);
        for (auto const& part : pending.folder) key.append("/").append(part);
        if (pending.found.item_class != index::ItemClass::Email)
            key.append("//").append(pending.found.item_class == index::ItemClass::Contacts ? "" : pending.found.uid);
        // The n-th copy of a message is one of its own: a folder with two equal messages keeps both.
        pending.key = key + '\n' + std::to_string(++copies_[key]);
        pending_bytes_ += pending.found.bytes.size();
        pending_.push_back(std::move(pending));
        if (pending_.size() >= options_.batch || pending_bytes_ >= options_.batch_bytes) flush();
    }

    FolderPath place_of(Found const& found) const {
        if (found.item_class != index::ItemClass::Email) return options_.folder.value_or(FolderPath());
        if (!options_.folder && found.trashed) return {"Trash"};
        if (!options_.folder && found.draft) return {"Drafts"};
        auto folder = options_.folder.value_or(FolderPath());
        folder.insert(folder.end(), found.folder.begin(), found.folder.end());
        return folder;
    }

    void flush() {
        auto const batch = std::exchange(pending_, {});
        pending_bytes_ = 0;
        try {
            commit(batch);
        } catch (index::StoreFull const&) {
            throw;
        } catch (index::StoreBroken const&) {
            throw;
        } catch (std::exception const&) { // one message must not take the others with it (law 4)
            for (auto const& pending : batch) alone(pending);
        }
        if (progress_) progress_(report_.count);
    }

    void alone(Pending const& pending) {
        try {
            commit({&pending, 1});
        } catch (index::StoreFull const&) {
            throw;
        } catch (std::exception const& error) {
            fail({pending.found.origin, error.what()});
        }
    }

    void commit(std::span<Pending const> batch) {
        auto const now = net::Clock::utc();
        std::vector<Unread> refused;
        auto counted = accounts_.write_now(account_, [&](index::Transaction& tx) {
            refused.clear();
            ImportCount count;
            std::map<FolderPath, index::CollectionId> folders;
            std::map<std::pair<index::ItemClass, FolderPath>, index::CollectionId> of_class;
            for (auto const& pending : batch) {
                count.read += pending.found.bytes.size();
                if (!tx.remember("import", pending.key, now) && !options_.again) {
                    ++count.known;
                    continue;
                }
                auto const& found = pending.found;
                ++count.added;
                count.bytes += found.bytes.size();
                if (found.item_class != index::ItemClass::Email) {
                    auto [place, fresh] = of_class.try_emplace({found.item_class, pending.folder});
                    if (fresh) place->second = folder_of_class(tx, found.item_class, pending.folder);
                    auto const what = put(tx, place->second, found, now);
                    if (what == Put::Added) continue;
                    --count.added, count.bytes -= found.bytes.size();
                    count.known += what == Put::Known;
                    if (what == Put::Refused)
                        refused.push_back(
                            {found.origin, "an item with this UID is there already; --again replaces it"});
                    continue;
                }
                auto [place, fresh] = folders.try_emplace(pending.folder);
                if (fresh) place->second = ensure_folder(tx, pending.folder);
                append(tx, place->second, found.bytes, found.marks,
                       dated(found.bytes, now).value_or(found.received.value_or(now)));
            }
            return count;
        });
        for (auto& one : refused) fail(std::move(one));
        report_.count.added += counted.added;
        report_.count.known += counted.known;
        report_.count.bytes += counted.bytes;
        report_.count.read += counted.read;
    }

    enum class Put { Added, Known, Refused };

    // Cards have no UID that could be relied on.
    Put put(index::Transaction& tx, index::CollectionId folder, Found const& found, index::Time now) const {
        auto const place = options_.place ? options_.place(found.item_class, found.bytes).value_or(now) : now;
        auto const there = found.uid.empty() ? std::nullopt : object_in(tx, folder, found.item_class, found.uid);
        if (!there) {
            append_object(tx, folder, {found.item_class, found.bytes, found.uid, place});
            return Put::Added;
        }
        auto const content = tx.put_content(found.bytes);
        if (content == there->content) return Put::Known;
        if (!options_.again) return Put::Refused;
        tx.rewrite_item(there->id, content, found.bytes.size(), place);
        return Put::Added;
    }

    void fail(Unread&& unread) {
        ++report_.count.failed;
        if (report_.failures.size() < max_failures) report_.failures.push_back(std::move(unread));
    }

    index::Accounts& accounts_;
    index::AccountId account_;
    ImportOptions const& options_;
    ImportProgress const& progress_;
    std::vector<Pending> pending_;
    std::uint64_t pending_bytes_ = 0;
    std::unordered_map<std::string, unsigned> copies_;
    ImportReport report_;
};

} // namespace

ImportReport import_paths(index::Accounts& accounts, index::AccountId account, std::span<fs::path const> paths,
                          ImportOptions const& options, ImportProgress const& progress) {
    Import import(accounts, account, options, progress);
    for (auto const& path : paths) import.path(path);
    return import.finish();
}

} // namespace godwit::source
