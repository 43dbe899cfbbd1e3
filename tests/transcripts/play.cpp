// Plays every conversation of this folder against the whole server, once with all in memory and once on disk. Where a
// .hex file lies beside it, the answers are these bytes, a paragraph each (golden WBXML). With --rebaseline the answers
// are written into the files instead: read the difference before you commit it.
#include "published_schemas.hpp"
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
    std::erase_if(step.attributes, [](auto const& a) { return a.first != "of" && a.first != "fold"; });
    if (reply.http_status != 200) step.attributes["http"] = std::to_string(reply.http_status);
    for (auto const& [name, value] : reply.headers) step.attributes[name] = value;
}

class Conversation : public testing::Test {
public:
    Conversation(fs::path file, bool on_disk) : file_(std::move(file)), on_disk_(on_disk) {}
    void TestBody() override {
        auto text = content(file_);
        ASSERT_TRUE(text.starts_with("<!-- ")) << "the first line names the requirements";
        auto steps = read_steps(text);
        ASSERT_FALSE(steps.empty());
        fs::path directory;
        if (on_disk_) {
            char name[] = "/tmp/godwit-transcript-XXXXXX";
            directory = mkdtemp(name);
        }
        play(steps, directory);
        if (!directory.empty()) fs::remove_all(directory);
        auto const golden = fs::path(file_).replace_extension(".hex");
        if (!rebaseline && fs::exists(golden)) EXPECT_EQ(bytes_, content(golden)) << golden;
        if (!rebaseline || HasFatalFailure()) return;
        std::ofstream(file_, std::ios::binary) << write_steps(text, steps);
        if (fs::exists(golden)) std::ofstream(golden, std::ios::binary) << bytes_;
    }

private:
    void play(std::vector<Step>& steps, fs::path const& directory) {
        Stage stage(steps.front(), directory);
        Variables variables;
        for (auto& step : steps) {
            SCOPED_TRACE(file_.filename().string() + ":" + std::to_string(step.line));
            if (step.name == "conversation") continue;
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
        bytes_ += hex(reply.body);
        auto actual = step;
        describe(reply, actual);
        actual.text = stage.shown(reply);
        if (!actual.text.empty() && !actual.text.starts_with("<!--"))
            keep_for_schemas(actual.text.substr(0, actual.text.find("<!-- part")),
                             file_.parent_path().filename().string() + "-" + file_.stem().string() + "-" +
                                 std::to_string(step.line));
        if (actual.attribute("fold") == "yes") actual.text = folded(actual.text);
        if (rebaseline) {
            actual.text = with_variables(actual.text, variables);
            step = actual;
            return;
        }
        EXPECT_EQ(step.attributes, actual.attributes);
        ASSERT_EQ(difference(step.text, actual.text, variables), "");
    }

    fs::path file_;
    std::string bytes_; // of all answers
    bool on_disk_;
};

void enlist(fs::path const& file, bool on_disk) {
    auto name = file.parent_path().filename().string() + "." + file.stem().string();
    testing::RegisterTest(on_disk ? "OnDisk" : "InMemory", name.c_str(), nullptr, nullptr, file.c_str(), 1,
                          [file, on_disk]() -> testing::Test* { return new Conversation(file, on_disk); });
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
    for (auto const& file : files) {
        enlist(file, false);
        if (!rebaseline) enlist(file, true);
    }
    if (!rebaseline) enlist_schemas();
    return RUN_ALL_TESTS();
}
