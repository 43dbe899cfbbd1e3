#include "config/parse.hpp"
#include "config/table.hpp"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <numeric>
#include <toml++/toml.h>

namespace godwit::config {
namespace {

// Levenshtein's distance; both words are short.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            auto const above = row[j + 1];
            row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] != b[j])});
            diagonal = above;
        }
    }
    return row.back();
}

std::string full_name(std::string_view section, std::string_view name) {
    return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

bool has_word(std::string_view words, std::string_view word) {
    return fmt::format("|{}|", words).find(fmt::format("|{}|", word)) != std::string::npos;
}

struct Reader {
    Config config;
    std::vector<Mistake> mistakes;

    void wrong(toml::node const& node, std::string text) { wrong(node.source(), std::move(text)); }
    void wrong(toml::source_region const& where, std::string text) {
        mistakes.push_back({where.begin.line, std::move(text)});
    }

    void number(Setting const& setting, toml::node const& node, auto store) {
        auto const value = node.value_exact<std::int64_t>();
        auto const in_range = value && *value >= 0 && static_cast<std::uint64_t>(*value) >= setting.min &&
                              static_cast<std::uint64_t>(*value) <= setting.max;
        if (in_range)
            store(static_cast<std::uint64_t>(*value));
        else
            wrong(node, fmt::format("{} must be a number from {}", full_name(setting.section, setting.name),
                                    range_text(setting)));
    }

    void text(Setting const& setting, toml::node const& node, std::string& to) {
        auto const name = full_name(setting.section, setting.name);
        auto const value = node.value_exact<std::string>();
        if (!value) return wrong(node, fmt::format("{} must be a text in quotes", name));
        if (setting.form == Form::Choice && !has_word(setting.unit, *value))
            return wrong(node, fmt::format("{} must be {}", name, range_text(setting)));
        if (setting.form == Form::Address && !value->empty()) {
            auto const address = split_address(*value);
            if (!address) return wrong(node, fmt::format("{}: {}", name, address.error()));
        }
        to = *value;
    }

    void set(Setting const& setting, toml::node const& node) {
        auto const slot = setting.slot(config);
        if (auto* to = std::get_if<std::string*>(&slot)) return text(setting, node, **to);
        if (auto* to = std::get_if<bool*>(&slot)) {
            auto const value = node.value_exact<bool>();
            if (value)
                **to = *value;
            else
                wrong(node, fmt::format("{} must be true or false", full_name(setting.section, setting.name)));
            return;
        }
        number(setting, node, [&](std::uint64_t value) {
            if (auto* u16 = std::get_if<std::uint16_t*>(&slot))
                **u16 = static_cast<std::uint16_t>(value);
            else if (auto* u32 = std::get_if<std::uint32_t*>(&slot))
                **u32 = static_cast<std::uint32_t>(value);
            else if (auto* u64 = std::get_if<std::uint64_t*>(&slot))
                **u64 = value;
            else
                **std::get_if<seconds*>(&slot) = seconds(value);
        });
    }

    void unknown(toml::source_region const& where, std::string const& name) {
        std::vector<std::string> known;
        for (auto const& setting : settings()) known.push_back(full_name(setting.section, setting.name));
        auto near = nearest(name, known);
        if (near.empty()) { // the right name in the wrong section?
            auto const last = name.substr(name.rfind('.') + 1);
            for (auto const& setting : settings())
                if (near.empty() && setting.name == last) near = full_name(setting.section, setting.name);
        }
        wrong(where, near.empty() ? fmt::format("there is no setting {}; `godwit config example` lists all", name)
                                  : fmt::format("there is no setting {}; did you mean {}?", name, near));
    }

    void unknown_section(toml::source_region const& where, std::string const& name) {
        std::vector<std::string> known;
        for (auto const& section : sections()) known.emplace_back(section.name);
        auto const near = nearest(name, known);
        wrong(where, near.empty() ? fmt::format("there is no section [{}]; `godwit config example` lists all", name)
                                  : fmt::format("there is no section [{}]; did you mean [{}]?", name, near));
    }

    void read(toml::table const& table, std::string_view section) {
        for (auto const& [key, node] : table) {
            auto const name = std::string(key.str());
            auto const* setting = find_setting(section, name);
            if (setting)
                set(*setting, node);
            else if (!section.empty() || !node.is_table())
                unknown(key.source(), full_name(section, name));
            else if (std::ranges::find(sections(), name, &Section::name) == sections().end())
                unknown_section(key.source(), name);
            else
                read(*node.as_table(), name);
        }
    }
};

} // namespace

std::string nearest(std::string_view written, std::vector<std::string> const& known) {
    std::string best;
    auto least = std::max<std::size_t>(2, written.size() / 3) + 1;
    for (auto const& word : known) {
        auto const away = distance(written, word);
        if (away < least) least = away, best = word;
    }
    return best;
}

std::expected<HostPort, std::string> split_address(std::string_view text) {
    auto const refused =
        std::unexpected(fmt::format("\"{}\" is not ADDR:PORT, such as 127.0.0.1:8080 or [::1]:8080", text));
    auto const colon = text.rfind(':');
    if (colon == text.npos) return refused;
    auto host = text.substr(0, colon);
    auto const port = text.substr(colon + 1);
    auto const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    bool const unclear = !bracketed && host.find_first_of(":[]") != host.npos;
    if (host.empty() || unclear) return refused;
    HostPort address{std::string(host), 0};
    auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || error != std::errc{} || end != port.data() + port.size()) return refused;
    return address;
}

std::vector<Mistake> check(Config const& config) {
    std::vector<Mistake> mistakes;
    auto const require = [&](bool holds, std::string_view text) {
        if (!holds) mistakes.push_back({0, std::string(text)});
    };
    auto copy = config;
    for (auto const& setting : settings()) {
        if (setting.form != Form::Address) continue;
        auto const& written = *std::get<std::string*>(setting.slot(copy));
        auto const address = written.empty() ? HostPort() : split_address(written);
        if (!address) require(false, fmt::format("{}: {}", full_name(setting.section, setting.name), address.error()));
    }
    auto const& listen = config.listen;
    require(listen.https.empty() || (!listen.certificate.empty() && !listen.key.empty()),
            "listen.https needs listen.certificate and listen.key: a PEM file each");
    require(!listen.http.empty() || !listen.https.empty(),
            "nothing to serve: listen.http and listen.https are both empty");
    require(config.sync.heartbeat_min <= config.sync.heartbeat_max,
            "sync.heartbeat_min is larger than sync.heartbeat_max");
    require(!config.data.empty(), "data must name a directory");
    return mistakes;
}

std::expected<Config, std::vector<Mistake>> parse(std::string_view text) {
    Reader reader;
    try {
        auto const table = toml::parse(text);
        reader.read(table, "");
    } catch (toml::parse_error const& error) {
        return std::unexpected(std::vector{Mistake{error.source().begin.line, std::string(error.description())}});
    }
    if (reader.mistakes.empty()) reader.mistakes = check(reader.config);
    if (reader.mistakes.empty()) return std::move(reader.config);
    std::ranges::sort(reader.mistakes);
    return std::unexpected(std::move(reader.mistakes));
}

} // namespace godwit::config
