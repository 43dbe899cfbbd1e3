// sim [--steps N] [--seed S] [--phones N]: plays lives of a few hundred steps each until N steps are done. A life that
// breaks a law is shrunk to a script that breaks it still, which is printed and can be played again with --script FILE,
// or, with each step and exchange told, with --trace FILE. Every eighth life is on disk; with --disk whatever is played is.
#include "measure.hpp"
#include "people.hpp"
#include "world.hpp"
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <openssl/crypto.h>
#include <optional>
#include <string>
#include <unistd.h>

namespace godwit::sim {
namespace {

constexpr std::size_t steps_of_a_life = 250;

struct Settings {
    std::uint64_t steps = 20'000, seed = 1, phones = 3, measure = 0;
    std::string script;
    bool traced = false, disk = false;
};

bool number(char const* text, std::uint64_t& into) {
    std::string_view const digits(text);
    auto const end = digits.data() + digits.size();
    auto const read = std::from_chars(digits.data(), end, into);
    return read.ec == std::errc{} && read.ptr == end;
}

std::optional<Settings> settings_of(int count, char** arguments) {
    Settings s;
    for (int i = 1; i < count; ++i) {
        std::string_view const name = arguments[i];
        if (name == "--disk") {
            s.disk = true;
            continue;
        }
        if (++i == count) return std::nullopt;
        if (name == "--script" || name == "--trace") {
            s.script = arguments[i];
            s.traced = name == "--trace";
        } else if (!((name == "--steps" && number(arguments[i], s.steps)) ||
                     (name == "--seed" && number(arguments[i], s.seed)) ||
                     (name == "--phones" && number(arguments[i], s.phones)) ||
                     (name == "--measure" && number(arguments[i], s.measure))))
            return std::nullopt;
    }
    return s.phones > 0 ? std::optional(s) : std::nullopt;
}

template <class Life> void live(Script const& script, Settings const& s, std::filesystem::path const& directory) {
    Life life(s.phones, s.seed, directory);
    life.traced = s.traced;
    for (auto const& step : script) life.play(step);
    life.quiet();
}

// What breaks, if anything does.
std::string play(Script const& script, Settings const& s) {
    auto const directory = std::filesystem::temp_directory_path() / ("godwit_sim_" + std::to_string(::getpid()));
    std::string broken;
    try {
        auto const where = s.disk ? directory : std::filesystem::path();
        among_people(s.seed) ? live<People>(script, s, where) : live<World>(script, s, where);
    } catch (std::exception const& e) {
        broken = e.what();
    }
    if (s.disk) std::filesystem::remove_all(directory);
    return broken;
}

// Leaves out ever smaller parts as long as the same thing still breaks.
Script shrink(Script script, std::string const& broken, Settings const& s) {
    auto const law = [](std::string const& what) { return what.substr(0, what.find(':')); };
    for (auto part = script.size() / 2; part > 0; part = part == 1 ? 0 : (part + 1) / 2)
        for (std::size_t at = 0; at < script.size();) {
            auto shorter = script;
            shorter.erase(shorter.begin() + std::ptrdiff_t(at),
                          shorter.begin() + std::ptrdiff_t(std::min(at + part, script.size())));
            if (law(play(shorter, s)) == law(broken))
                script = std::move(shorter);
            else
                at += part;
        }
    return script;
}

int report(std::string const& what, Script const& script, Settings const& s) {
    std::printf("BROKEN: %s\n", what.substr(0, what.find('\n')).c_str());
    auto const small = shrink(script, what, s);
    std::printf("shrunk to %zu steps (%s); play it with: sim --phones %llu --seed %llu%s --script FILE\n%s",
                small.size(), play(small, s).c_str(), static_cast<unsigned long long>(s.phones),
                static_cast<unsigned long long>(s.seed), s.disk ? " --disk" : "", text(small).c_str());
    return 1;
}

int run(Settings const& s) {
    if (!s.script.empty()) {
        std::ifstream file(s.script);
        auto const script = parse(std::string(std::istreambuf_iterator<char>(file), {}));
        if (!script) return std::fprintf(stderr, "not a script: %s\n", s.script.c_str()), 2;
        auto const broken = play(*script, s);
        std::printf("%s\n", broken.empty() ? "no law is broken" : broken.c_str());
        return broken.empty() ? 0 : 1;
    }
    std::uint64_t done = 0, seed = s.seed;
    for (; done < s.steps; ++seed) {
        auto const script = draw(seed, std::min<std::uint64_t>(steps_of_a_life, s.steps - done));
        auto life = s;
        life.seed = seed;
        life.disk = s.disk || seed % 8 == 0;
        if (auto const broken = play(script, life); !broken.empty()) {
            std::printf("seed %llu: ", static_cast<unsigned long long>(seed));
            return report(broken, script, life);
        }
        done += script.size();
        if (constexpr std::uint64_t now_and_then = 100'000;
            done / now_and_then != (done - script.size()) / now_and_then)
            std::fprintf(stderr, "%llu of %llu steps\n", static_cast<unsigned long long>(done),
                         static_cast<unsigned long long>(s.steps));
    }
    std::printf("%llu steps in %llu lives of %llu phones: every law holds\n", static_cast<unsigned long long>(done),
                static_cast<unsigned long long>(seed - s.seed), static_cast<unsigned long long>(s.phones));
    return 0;
}

} // namespace
} // namespace godwit::sim

int main(int count, char** arguments) {
    auto const settings = godwit::sim::settings_of(count, arguments);
    if (!settings) {
        std::fprintf(stderr, "usage: sim [--steps N] [--seed S] [--phones N] [--disk] [--script FILE | --trace FILE] | "
                             "sim --measure ITEMS\n");
        return 2;
    }
    OPENSSL_init_crypto(0,
                        nullptr); // it must outlive the threads of every static pool, which free what is theirs in it
    if (settings->measure > 0) return godwit::sim::measure(settings->measure), 0;
    return godwit::sim::run(*settings);
}
