#include "ical/file.hpp"

#include "mime/charset.hpp"
#include "mime/circumflex.hpp"

#include <algorithm>
#include <utility>

namespace godwit::ical {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '/';
}

std::string_view name_at(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_name_character(text[end])) ++end;
    return text.substr(0, end);
}

void append_parameter(std::string& out, std::string_view value) {
    bool const quoted = value.find_first_of(":;,") != value.npos;
    if (quoted) out += '"';
    for (char c : value) {
        if (!mime::append_circumflexed(out, c) && c != '\r') out += c;
    }
    if (quoted) out += '"';
}

// One value of a parameter; `at` ends behind it. A quote that is not closed holds the rest of the line: then the line
// is taken as having no quote.
std::string parameter_value(std::string_view line, std::size_t& at) {
    if (at < line.size() && line[at] == '"') {
        auto close = line.find('"', at + 1);
        if (close != line.npos) {
            auto value = line.substr(at + 1, close - at - 1);
            at = close + 1;
            while (at < line.size() && line[at] != ',' && line[at] != ';' && line[at] != ':') ++at;
            return mime::circumflexes_undone(value);
        }
    }
    auto end = line.find_first_of(",;:", at);
    if (end == line.npos) end = line.size();
    auto value = line.substr(at, end - at);
    at = end;
    return mime::circumflexes_undone(value);
}

bool is_content_line(std::string_view line) {
    auto name = name_at(line);
    return !name.empty() && name.size() < line.size() && (line[name.size()] == ':' || line[name.size()] == ';') &&
           line.find(':') != line.npos;
}

constexpr std::string_view no_end = "a component that does not end";

class Reader {
public:
    Reader(std::string_view bytes, Limits limits, std::vector<Broken>* left_out = nullptr)
        : bytes_(bytes), limits_(limits), left_out_(left_out) {}

    std::expected<std::vector<Component>, Refusal> read() {
        std::string line;
        while (next_line(line))
            if (auto reason = take(line); !reason.empty()) return std::unexpected(Refusal{reason, line_});
        if (!broken_.empty()) return std::unexpected(Refusal{broken_, line_});
        if (left_out_) end_all();
        if (!open_.empty()) return std::unexpected(Refusal{no_end, line_});
        if (calendars_.empty()) return std::unexpected(Refusal{"no VCALENDAR", 0});
        return std::move(calendars_);
    }

private:
    std::string_view physical() {
        auto end = bytes_.find_first_of("\r\n", at_);
        if (end == bytes_.npos) end = bytes_.size();
        auto line = bytes_.substr(at_, end - at_);
        at_ = end;
        if (at_ < bytes_.size()) at_ += bytes_.substr(at_).starts_with("\r\n") ? 2 : 1;
        ++physical_;
        return line;
    }
    bool unfolded(std::string& line) {
        do {
            if (at_ >= bytes_.size()) return false;
            line = physical();
        } while (line.empty());
        while (at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\t')) {
            line += physical().substr(1);
            if (line.size() > limits_.line_bytes) broken_ = "a line beyond the limit";
            if (!broken_.empty()) return false;
        }
        return true;
    }

    // A line without a name and a colon is taken to the line before it, behind a line break of text.
    bool next_line(std::string& line) {
        if (!broken_.empty()) return false;
        line_ = next_number_;
        if (!std::exchange(has_next_, false)) {
            line_ = physical_ + 1;
            if (!unfolded(next_)) return false;
        }
        line = std::move(next_);
        while ((next_number_ = physical_ + 1, has_next_ = unfolded(next_))) {
            if (is_content_line(next_)) break;
            if (line.starts_with("BEGIN:") || line.starts_with("END:")) continue; // belongs to nothing
            line += "\\n";
            line += next_;
            if (line.size() > limits_.line_bytes) broken_ = "a line beyond the limit";
        }
        if (++lines_ > limits_.lines) broken_ = "too many lines";
        return broken_.empty();
    }

    std::string_view take(std::string_view line) {
        if (!is_content_line(line)) return {}; // before the first line of all: nothing that anybody could miss
        Property property{.name = ical::upper(name_at(line))};
        auto at = property.name.size();
        while (at < line.size() && line[at] == ';') {
            if (property.parameters.size() == limits_.parameters) return leave_out("too many parameters");
            ++at;
            auto name = name_at(line.substr(at));
            at += name.size();
            Parameter parameter{std::string(name), {}};
            if (at < line.size() && line[at] == '=') {
                do parameter.values.push_back(parameter_value(line, ++at));
                while (at < line.size() && line[at] == ',' && parameter.values.size() < limits_.parameters);
            }
            at = std::min(line.find_first_of(";:", at), line.size());
            if (!parameter.name.empty()) property.parameters.push_back(std::move(parameter));
        }
        if (at < line.size()) property.value = line.substr(at + 1);
        return place(std::move(property));
    }

    // How many are open around an item or a zone.
    std::size_t outside() const { return open_.empty() || open_.front().name != "VCALENDAR" ? 0 : 1; }

    // The item that is open is left out, up to where another begins. Otherwise the whole is refused.
    std::string_view leave_out(std::string_view reason) {
        if (!left_out_ || open_.size() <= outside()) return reason;
        auto const& item = open_[outside()];
        auto said = item.value("SUMMARY").empty() ? item.value("UID") : item.value("SUMMARY");
        auto name = mime::clean(std::string(mime::cut_bytes(said, 200)));
        left_out_->push_back({item.name + (name.empty() ? "" : " " + name), reason, item_line_});
        open_.resize(outside());
        skipping_ = true;
        return {};
    }

    void end_all() {
        if (open_.size() > outside()) leave_out(no_end);
        if (!open_.empty()) calendars_.push_back(std::move(open_.front()));
        open_.clear();
    }

    // Whether what is left out ends here, or goes on.
    bool skips(bool begin, bool end, std::string_view what) {
        if (!left_out_) return false;
        bool const item = may_stand_alone(what), calendar = what == "VCALENDAR";
        if (begin && calendar) end_all();
        if (open_.size() > outside()) {
            bool const inner = end && item && !calendar && open_.size() > outside() + 1;
            if ((begin && item) || (end && calendar)) leave_out(no_end);
            if (inner) leave_out("END of another component");
        }
        if ((begin && item) || (end && calendar)) skipping_ = false;
        return skipping_ || (end && open_.size() <= outside() && !(calendar && outside() == 1));
    }

    std::string_view place(Property property) {
        bool const begin = property.name == "BEGIN", end = property.name == "END";
        if (skips(begin, end, begin || end ? ical::upper(trimmed(property.value)) : std::string())) return {};
        if (begin) {
            if (open_.size() == limits_.depth) return leave_out("components too deep");
            open_.push_back({.name = ical::upper(trimmed(property.value))});
            if (open_.size() == outside() + 1) item_line_ = line_;
            if (open_.size() == 1 && !may_stand_alone(open_.front().name)) return leave_out("no VCALENDAR");
            return {};
        }
        if (open_.empty()) return {}; // between two calendars
        if (!end) {
            open_.back().properties.push_back(std::move(property));
            return {};
        }
        if (open_.back().name != ical::upper(trimmed(property.value))) return leave_out("END of another component");
        auto done = std::move(open_.back());
        open_.pop_back();
        if (open_.empty() && done.name != "VCALENDAR")
            calendars_.push_back({.name = "VCALENDAR", .components = {std::move(done)}});
        else
            (open_.empty() ? calendars_ : open_.back().components).push_back(std::move(done));
        return {};
    }

    // Items are found without a calendar around them.
    static bool may_stand_alone(std::string_view name) {
        return name == "VCALENDAR" || name == "VEVENT" || name == "VTODO" || name == "VJOURNAL" ||
               name == "VFREEBUSY" || name == "VTIMEZONE";
    }

    std::string_view bytes_;
    Limits limits_;
    std::size_t at_ = 0, line_ = 0, physical_ = 0, lines_ = 0;
    std::string_view broken_;
    std::string next_; // read, and not yet given
    bool has_next_ = false;
    std::size_t next_number_ = 0;
    std::vector<Component> open_, calendars_;
    std::vector<Broken>* left_out_; // null: the first fault refuses all
    std::size_t item_line_ = 0;
    bool skipping_ = false;
};

void fold(std::string& out, std::string_view line) {
    constexpr std::size_t octets = 75;
    std::size_t room = octets;
    while (line.size() > room) {
        auto cut = mime::cut_bytes(line, room).size();
        if (cut == 0) cut = room;
        out += line.substr(0, cut);
        out += "\r\n ";
        line.remove_prefix(cut);
        room = octets - 1;
    }
    out += line;
    out += "\r\n";
}

void write_property(std::string& out, Property const& property) {
    auto line = property.name;
    for (auto const& parameter : property.parameters) {
        line += ';';
        line += parameter.name;
        char separator = '=';
        for (auto const& value : parameter.values) {
            line += separator;
            separator = ',';
            append_parameter(line, value);
        }
    }
    line += ':';
    line += property.value;
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    fold(out, line);
}

void write_component(std::string& out, Component const& component) {
    fold(out, "BEGIN:" + component.name);
    for (auto const& property : component.properties) write_property(out, property);
    for (auto const& inner : component.components) write_component(out, inner);
    fold(out, "END:" + component.name);
}

} // namespace

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, [](char c) { return upper(c); }, [](char c) { return upper(c); });
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = upper(c);
    return out;
}

std::string_view trimmed(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view Property::parameter(std::string_view wanted) const {
    for (auto const& one : parameters)
        if (same_name(one.name, wanted)) return one.values.empty() ? std::string_view() : one.values.front();
    return {};
}

void Property::set_parameter(std::string_view wanted, std::string text) {
    auto found = std::ranges::find_if(parameters, [&](auto const& one) { return same_name(one.name, wanted); });
    if (text.empty()) {
        if (found != parameters.end()) parameters.erase(found);
    } else if (found != parameters.end()) {
        found->values = {std::move(text)};
    } else {
        parameters.push_back({std::string(wanted), {std::move(text)}});
    }
}

Property const* Component::find(std::string_view property) const {
    auto found = std::ranges::find(properties, property, &Property::name);
    return found == properties.end() ? nullptr : &*found;
}

Property* Component::find(std::string_view property) {
    return const_cast<Property*>(std::as_const(*this).find(property));
}

std::string_view Component::value(std::string_view property) const {
    auto const* found = find(property);
    return found ? std::string_view(found->value) : std::string_view();
}

void Component::set(Property property) {
    auto found = std::ranges::find(properties, property.name, &Property::name);
    if (found == properties.end()) {
        properties.push_back(std::move(property));
        return;
    }
    *found = std::move(property);
    auto first = found->name;
    auto rest = std::remove_if(found + 1, properties.end(), [&](auto const& one) { return one.name == first; });
    properties.erase(rest, properties.end());
}

void Component::set(std::string_view property, std::string raw_value) {
    set(Property{.name = std::string(property), .value = std::move(raw_value)});
}

void Component::remove(std::string_view property) {
    std::erase_if(properties, [&](auto const& one) { return one.name == property; });
}

static std::expected<std::vector<Component>, Refusal> read(std::string_view bytes, Limits limits,
                                                           std::vector<Broken>* left_out) {
    if (bytes.size() > limits.bytes) return std::unexpected(Refusal{"beyond the size limit", 0});
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (mime::is_clean(bytes)) return Reader(bytes, limits, left_out).read();
    auto text = mime::is_utf8(bytes) ? mime::clean(std::string(bytes)) : mime::to_utf8(bytes, "windows-1252");
    return Reader(text, limits, left_out).read();
}

std::expected<std::vector<Component>, Refusal> parse(std::string_view bytes, Limits limits) {
    return read(bytes, limits, nullptr);
}

std::expected<File, Refusal> parse_file(std::string_view bytes, Limits limits) {
    File out;
    auto calendars = read(bytes, limits, &out.broken);
    if (!calendars) return std::unexpected(calendars.error());
    out.calendars = std::move(*calendars);
    return out;
}

std::string write(Component const& component) {
    std::string out;
    write_component(out, component);
    return out;
}

} // namespace godwit::ical
