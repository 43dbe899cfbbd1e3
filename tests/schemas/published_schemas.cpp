#include "published_schemas.hpp"
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <string>
#include <unistd.h>

namespace godwit::tests {
namespace {

namespace fs = std::filesystem;

// What the text has and the published schemas have not:
//   Class of a collection up to 12.1 (MS-ASCMD_R1327, R6290);
//   notes and an item's changed ApplicationData (16.0, MS-ASAIRS_R1336) among Sync's Responses;
//   rights management that is refused by its Status alone (MS-ASCMD_R5582).
std::string within_the_schemas(std::string_view xml) {
    std::string out, parent;
    bool responses = false;
    for (std::size_t skip = 0; !xml.empty();) {
        auto const end = std::min(xml.find('\n'), xml.size() - 1) + 1;
        auto const line = xml.substr(0, end);
        xml.remove_prefix(end);
        auto const indent = std::min(line.find('<'), line.size());
        auto const tag = line.substr(indent);
        if (skip > 0 && indent >= skip) { // until what was opened closes
            if (indent == skip && tag.starts_with("</")) skip = 0;
            continue;
        }
        if (tag.starts_with("<Responses>")) responses = true;
        if (tag.starts_with("</Responses>")) responses = false;
        if (indent == 8 && !tag.starts_with("</")) parent = tag.substr(0, tag.find('>') + 1);
        if (indent == 6 && tag.starts_with("<Class>")) continue;
        if (auto const at = tag.find(" opaque=\""), close = tag.find('>'); at < close) { // our view's note on the bytes
            out.append(line.substr(0, indent + at)).append(tag.substr(std::min(tag.find('"', at + 9) + 1, close)));
            continue;
        }
        if (responses && tag.starts_with("<notes:")) {
            if (!tag.contains("</")) skip = tag.contains("/>") ? 0 : indent;
            continue;
        }
        if (responses && parent == "<Change>" && tag.starts_with("<ApplicationData>")) {
            skip = indent;
            continue;
        }
        out += line;
    }
    for (std::string_view ours : {"composemail:Email>", "composemail:Name>"}) // other names (spec/xsd/README.md)
        for (auto at = out.find(ours); at != out.npos; at = out.find(ours, at + ours.size()))
            out.insert(at + std::string_view("composemail:").size(), "Forwardee");
    constexpr std::string_view refused = "  <RightsManagementInformation>\n    <Status>168</Status>\n"
                                         "  </RightsManagementInformation>\n";
    if (auto at = out.find(refused); at != out.npos) out.erase(at, refused.size());
    return out;
}

// A document once: most conversations are played twice and many answers are alike.
class Kept {
public:
    Kept() : folder_(fs::temp_directory_path() / ("godwit-answers-" + std::to_string(getpid()))) {}
    ~Kept() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    void add(std::string xml, std::string_view where) {
        constexpr std::size_t enough = 5000, longest = 1 << 20;
        std::lock_guard const lock(mutex_);
        if (seen_.size() == enough || xml.size() > longest) return;
        if (!seen_.insert(std::hash<std::string>()(xml)).second) return;
        fs::create_directories(folder_);
        std::ofstream(folder_ / (std::to_string(seen_.size()) + "-" + std::string(where) + ".xml")) << xml;
    }
    std::size_t size() const { return seen_.size(); }
    fs::path const& folder() const { return folder_; }

private:
    std::mutex mutex_;
    fs::path folder_;
    std::set<std::size_t> seen_;
};

Kept& kept() {
    static Kept all;
    return all;
}

class Judge : public testing::Environment {
public:
    void TearDown() override {
        fs::path const schema = GODWIT_SHARED "/spec/xsd/merged/all.xsd";
        if (kept().size() == 0) return;
        if (!fs::exists(schema)) return void(std::puts("no ../shared: the published schemas judge nothing"));
        auto const log = kept().folder() / "log";
        // find and xargs: the names are more than one command line holds.
        auto const run = "find '" + kept().folder().string() +
                         "' -name '*.xml' -print0 | xargs -0 xmllint --noout --schema '" + schema.string() + "' >'" +
                         log.string() + "' 2>&1";
        EXPECT_EQ(std::system(run.c_str()), 0);
        std::ifstream lines(log);
        std::size_t valid = 0;
        for (std::string line; std::getline(lines, line);) {
            valid += line.ends_with(" validates"); // the schemas' own warnings lie between
            EXPECT_FALSE(line.contains("error") || line.ends_with("fails to validate")) << line;
        }
        EXPECT_EQ(valid, kept().size());
        std::printf("%zu answers are valid for the published schemas\n", valid);
    }
};

[[maybe_unused]] auto const* const judge = testing::AddGlobalTestEnvironment(new Judge);

} // namespace

void keep_for_schemas(std::string_view xml, std::string_view where) { kept().add(within_the_schemas(xml), where); }

} // namespace godwit::tests
