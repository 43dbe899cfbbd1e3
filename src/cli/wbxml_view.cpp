#include "cli/wbxml_view.hpp"
#include "cli/outcome.hpp"
#include "wbxml/xml.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace godwit::cli {
namespace {

struct Viewing {
    std::string file;
    bool redact = false;
};

std::string read_all(std::string const& file) {
    using Bytes = std::istreambuf_iterator<char>;
    if (file == "-") return {Bytes(std::cin), Bytes()};
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Stop{Exit::NotFound, fmt::format("cannot read {}: {}", file, std::strerror(errno))};
    return {Bytes(in), Bytes()};
}

// WBXML begins with its version, 0x01 to 0x03; XML with '<', white space or a byte order mark.
bool looks_like_xml(std::string_view bytes) {
    if (bytes.starts_with("\xef\xbb\xbf")) return true;
    auto const first = bytes.find_first_not_of(" \t\r\n");
    return first != bytes.npos && bytes[first] == '<';
}

void write(std::string const& bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size() || std::fflush(stdout) != 0)
        throw Stop{Exit::Failure, "cannot write to stdout"};
}

int view(Viewing const& choice) {
    auto const bytes = read_all(choice.file);
    if (bytes.empty()) throw Stop{Exit::Failure, fmt::format("{} is empty", choice.file)};
    if (looks_like_xml(bytes)) {
        auto const binary = wbxml::from_xml(bytes);
        if (!binary) throw Stop{Exit::Failure, fmt::format("{}: {}", choice.file, binary.error())};
        write(*binary);
        return code(Exit::Ok);
    }
    write(wbxml::to_xml(bytes, {.redact = choice.redact}));
    wbxml::Reader reader(bytes);
    while (reader.next().kind != wbxml::Event::End) {
    }
    if (reader.failed())
        throw Stop{Exit::Failure, fmt::format("{} is not whole WBXML: {}", choice.file, reader.failure())};
    return code(Exit::Ok);
}

} // namespace

void register_wbxml(CLI::App& app, std::function<int()>& chosen) {
    auto const choice = std::make_shared<Viewing>();
    auto& command = *app.add_subcommand("wbxml", "Show WBXML as indented XML, or turn such XML into WBXML");
    command.add_option("FILE", choice->file, "The file; - is stdin")->required()->type_name("");
    command.add_flag("--redact", choice->redact, "Show the lengths of personal content instead of the content");
    command.footer("Which way is told from the first byte. Examples:\n  godwit wbxml request.wbxml\n"
                   "  godwit wbxml request.xml > request.wbxml\n  printf "
                   "'\\x03\\x01\\x6a\\x00\\x00\\x07\\x56\\x52\\x03\\x30\\x00\\x01\\x01' | "
                   "godwit wbxml -\n\nExit code 1: the document is broken; the XML shows it as far as it goes.");
    command.final_callback([choice, &chosen] { chosen = [choice] { return view(*choice); }; });
}

} // namespace godwit::cli
