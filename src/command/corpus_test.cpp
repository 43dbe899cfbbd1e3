// Every message of the corpus through a Sync at every version: it encodes, and it is what our tables and the published
// schemas say.
#include "command/sync_exchange.hpp"
#include "eas/email.hpp"
#include "eas/validate.hpp"
#include "index/accounts.hpp"
#include "source/local.hpp"
#include "wbxml/xml.hpp"
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>
#include <unistd.h>

namespace godwit::command {
namespace {
namespace fs = std::filesystem;

std::string slurp(fs::path const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

eas::SyncOptions options(eas::Version version, bool mime) {
    eas::SyncOptions out{.body_preferences = {{.type = eas::BodyType::Html, .truncation_size = 5000}, {}}};
    if (mime) out.mime_support = eas::MimeSupport::Always, out.body_preferences = {{.type = eas::BodyType::Mime}};
    if (version >= eas::v14_0) out.body_preferences.front().preview = 100;
    if (version >= eas::v14_1 && !mime) out.body_part_preferences = {{.truncation_size = 500}};
    return out;
}

// The XML view says of bytes how they are written, which the schemas do not know.
std::string bare(std::string xml) {
    for (auto at = xml.find(" opaque=\""); at != xml.npos; at = xml.find(" opaque=\"", at))
        xml.erase(at, xml.find('"', at + 9) + 1 - at);
    return xml;
}

void check_with_schemas(fs::path const& folder) {
    fs::path schema = GODWIT_SHARED "/spec/xsd/merged/all.xsd";
    if (std::system("command -v xmllint >/dev/null 2>&1") != 0) return;
    auto log = folder / "log";
    auto run = "xmllint --huge --noout --schema " + schema.string() + " " + folder.string() + "/*.xml >" +
               log.string() + " 2>&1";
    EXPECT_EQ(std::system(run.c_str()), 0);
    std::istringstream lines(slurp(log));
    for (std::string line; std::getline(lines, line);) {
        bool bad = line.contains("validity error") || line.ends_with("fails to validate");
        EXPECT_FALSE(bad) << line.substr(0, 400);
    }
}

TEST(Corpus, EveryMessageAtEveryVersionIsWhatTheSchemasSay) {
    fs::path corpus = GODWIT_SHARED "/corpus/mail";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    net::Pool pool(1);
    index::Accounts accounts(pool, "", [](index::Commit const&) {});
    constexpr index::AccountId account{1};
    accounts.create(account);
    std::size_t mails = 0;
    auto now = index::Time(std::chrono::seconds(1'768'478'400));
    accounts.write_now(account, [&](index::Transaction& tx) {
        for (auto const& entry : fs::directory_iterator(corpus)) {
            source::append(tx, index::CollectionId{1}, slurp(entry.path()), {}, now);
            ++mails;
        }
    });
    auto folder = fs::temp_directory_path() / ("godwit-corpus-test-" + std::to_string(getpid()));
    fs::create_directories(folder);
    auto ask = [&](eas::SyncCollectionRequest collection, SyncContext& context) {
        return accounts.write_now(account, [&](index::Transaction& tx) {
            return exchange(tx, context, {.collections = std::vector{std::move(collection)}});
        });
    };
    for (auto version : eas::spoken_versions)
        for (bool mime : {false, true}) {
            auto phone = std::string(eas::name(version)) + (mime ? "-mime" : "-html");
            SyncContext context{.device = phone, .version = version, .now = now};
            auto primed = ask({.sync_key = "0", .collection_id = "1"}, context);
            eas::SyncCollectionRequest whole{.sync_key = primed.collections.at(0).sync_key, .collection_id = "1"};
            whole.window_size = 512;
            whole.options = {options(version, mime)};
            std::size_t told = 0;
            for (int page = 0; page < 50; ++page) {
                auto answer = ask(whole, context);
                ASSERT_EQ(answer.collections.size(), 1U);
                told += answer.collections[0].commands.size();
                auto bytes = eas::encode(answer, version);
                auto wrong = eas::validate_response(bytes, eas::Command::Sync, version);
                EXPECT_FALSE(wrong) << phone << ": " << (wrong ? eas::to_string(*wrong) : "");
                std::ofstream(folder / (phone + std::to_string(page) + ".xml")) << bare(wbxml::to_xml(bytes));
                if (!answer.collections[0].more_available) break;
                whole.sync_key = answer.collections[0].sync_key;
                whole.options.clear();
            }
            EXPECT_EQ(told, mails) << phone;
            EXPECT_EQ(context.isolated, 0U) << phone;
        }
    check_with_schemas(folder);
    fs::remove_all(folder);
}

} // namespace
} // namespace godwit::command
