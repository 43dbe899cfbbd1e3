// Plays every conversation of this folder against the whole server, once with all in memory and once on disk. Where a
// .hex file lies beside it, the answers are these bytes, a paragraph each (golden WBXML). With --rebaseline the answers
// are written into the files instead: read the difference before you commit it. A conversation with versions="12.1
// 14.0" is played at each of them and has golden bytes for each, beside it as NAME.12_1.hex; there they must be.
#include "schemas/published_schemas.hpp"
#include "stage.hpp"
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace godwit::transcripts {
namespace {

namespace fs = std::filesystem;
bool rebaseline = false;

std::string content(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string hex(std::string_view bytes) {
    constexpr std::size_t a_line = 40;
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        auto const byte = static_cast<unsigned char>(bytes[i]);
        out += {digits[byte / 16], digits[byte % 16]};
        if ((i + 1) % a_line == 0 || i + 1 == bytes.size()) out += '\n';
    }
    return out + "\n";
}

// The attributes that a response shows beside its document.
void describe(command::Reply const& reply, Step& step) {
    std::erase_if(step.attributes,
                  [](auto const& a) { return a.first != "of" && a.first != "fold" && a.first != "at"; });
    if (reply.http_status != 200) step.attributes["http"] = std::to_string(reply.http_status);
    for (auto const& [name, value] : reply.headers) step.attributes[name] = value;
}

// They are drawn by lot: in golden bytes their names stand.
std::string without_policy_keys(std::string bytes, Variables const& variables) {
    for (auto const& [name, key] : variables) {
        if (!name.starts_with('p')) continue;
        for (std::size_t at = 0; (at = bytes.find(key, at)) != bytes.npos;) bytes.replace(at, key.size(), name);
    }
    return bytes;
}

bool is_among(std::string const& word, std::string const& list) { // words between blanks
    return (' ' + list + ' ').find(' ' + word + ' ') != std::string::npos;
}

struct Played {
    fs::path file = {};
    bool on_disk = false;
    std::string version = {}; // empty: the conversation's own
};

class Conversation : public testing::Test {
public:
    explicit Conversation(Played played)
        : file_(std::move(played.file)), version_(std::move(played.version)), on_disk_(played.on_disk) {}
    void TestBody() override {
        auto text = content(file_);
        ASSERT_TRUE(text.starts_with("<!-- ")) << "the first line names the requirements";
        auto steps = read_steps(text);
        ASSERT_FALSE(steps.empty());
        if (!version_.empty()) steps.front().attributes["version"] = version_;
        fs::path directory;
        if (on_disk_) {
            char name[] = "/tmp/godwit-transcript-XXXXXX";
            directory = mkdtemp(name);
        }
        play(steps, directory);
        if (!directory.empty()) fs::remove_all(directory);
        auto const golden = fs::path(file_).replace_extension(version_.empty() ? ".hex" : '.' + underlined() + ".hex");
        bool const wanted = !version_.empty() || fs::exists(golden);
        if (!rebaseline && wanted) EXPECT_EQ(bytes_, content(golden)) << golden;
        if (!rebaseline || HasFatalFailure()) return;
        std::ofstream(file_, std::ios::binary) << write_steps(text, steps);
        if (wanted) std::ofstream(golden, std::ios::binary) << bytes_;
    }

private:
    std::string underlined() const {
        auto out = version_;
        std::ranges::replace(out, '.', '_');
        return out;
    }
    void play(std::vector<Step>& steps, fs::path const& directory) {
        Stage stage(steps.front(), directory);
        Variables variables;
        for (auto& step : steps) {
            SCOPED_TRACE(file_.filename().string() + ":" + std::to_string(step.line));
            if (step.name == "conversation" || !is_among(version_, step.attribute("at", version_))) continue;
            if (step.name == "request")
                stage.request(step, variables);
            else if (step.name == "response")
                respond(stage, step, variables);
            else if (step.name == "waiting")
                EXPECT_TRUE(stage.waiting(step.attribute("of")));
            else
                stage.act(step, variables);
            if (HasFatalFailure()) return;
        }
    }
    void respond(Stage& stage, Step& step, Variables& variables) {
        auto reply = stage.reply(step.attribute("of"));
        EXPECT_EQ(stage.faults(), "");
        auto actual = step;
        describe(reply, actual);
        actual.text = stage.shown(reply);
        if (!actual.text.empty() && !actual.text.starts_with("<!--"))
            tests::keep_for_schemas(actual.text.substr(0, actual.text.find("<!-- part")),
                                    file_.parent_path().filename().string() + "-" + file_.stem().string() + "-" +
                                        version_ + std::to_string(step.line));
        if (actual.attribute("fold") == "yes") actual.text = folded(actual.text);
        if (rebaseline) {
            actual.text = with_variables(actual.text, variables);
            step = actual;
        } else {
            EXPECT_EQ(step.attributes, actual.attributes);
            ASSERT_EQ(difference(step.text, actual.text, variables), "");
        }
        bytes_ += hex(without_policy_keys(reply.body, variables));
    }

    fs::path file_;
    std::string version_;
    std::string bytes_; // of all answers
    bool on_disk_;
};

void enlist(Played const& played) {
    auto name = played.file.parent_path().filename().string() + "." + played.file.stem().string();
    if (!played.version.empty()) name += "." + played.version;
    testing::RegisterTest(played.on_disk ? "OnDisk" : "InMemory", name.c_str(), nullptr, nullptr, played.file.c_str(),
                          1, [played]() -> testing::Test* { return new Conversation(played); });
}

// What its conversation says: the versions it is played at, or one that is empty.
std::vector<std::string> versions_of(fs::path const& file) {
    auto const steps = read_steps(content(file));
    std::istringstream words(steps.empty() ? "" : steps.front().attribute("versions"));
    std::vector<std::string> out;
    for (std::string word; words >> word;) out.push_back(std::move(word));
    if (out.empty()) out.emplace_back();
    return out;
}

} // namespace
} // namespace godwit::transcripts

int main(int argc, char** argv) {
    using namespace godwit::transcripts;
    testing::InitGoogleTest(&argc, argv);
    rebaseline = argc > 1 && std::string_view(argv[1]) == "--rebaseline";
    std::vector<fs::path> files;
    for (auto const& entry : fs::recursive_directory_iterator(GODWIT_TRANSCRIPTS))
        if (entry.path().extension() == ".eas") files.push_back(entry.path());
    std::ranges::sort(files);
    for (auto const& file : files)
        for (auto const& version : versions_of(file)) {
            enlist({.file = file, .on_disk = false, .version = version});
            if (!rebaseline) enlist({.file = file, .on_disk = true, .version = version});
        }
    return RUN_ALL_TESTS();
}
