#pragma once
// The sheet of the specification's elements (../shared/spec/elements.tsv) and our tables, both by places and versions:
// what the tests of the classes compare.
#include "eas/command.hpp"
#include "eas/spec_sheet.hpp"
#include "eas/validate.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/wbxml.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <span>

namespace godwit::convert {

using Place = std::string; // "Attachment/AirSyncBase:Method"
using Versions = std::set<eas::Version>;
using Table = std::map<Place, Versions>;

struct Reason {
    std::string_view place, why; // a place that ends in "/" stands for all that is in it
};

inline bool stands_in(std::span<Reason const> list, Place const& place) {
    return std::ranges::any_of(
        list, [&](Reason const& r) { return r.place.ends_with('/') ? place.starts_with(r.place) : place == r.place; });
}

inline Place place_of(std::string_view parent, eas::Tag child) {
    return std::string(parent) + '/' + std::string(wbxml::code_pages[child.page].name) + ':' + std::string(child.name);
}

// ---- our tables -----------------------------------------------------------------------------------------------------
struct Walk {
    Table table = {};
    std::set<std::pair<eas::Shape const*, std::string>> seen = {};

    void add(std::string_view parent, eas::Tag child, eas::Version since, eas::Version until) {
        for (auto version : eas::spoken_versions)
            if (version >= since && version <= until) table[place_of(parent, child)].insert(version);
    }
    void shape(eas::Shape const& s, std::string const& as, eas::Version since, eas::Version until) {
        if (!seen.insert({&s, as}).second) return;
        for (auto const& row : s.rows) {
            auto from = std::max(since, row.since), to = std::min(until, row.until);
            auto parent = as;
            if (row.wrapper) add(as, *row.wrapper, from, to), parent = std::string(row.wrapper->name);
            if (row.choices)
                for (auto const* one : row.choices()) child(*one, one->tag, parent, from, to);
            else if (row.shape)
                child(*row.shape(), row.tag, parent, from, to);
            else
                add(parent, row.tag, from, to);
        }
    }
    void child(eas::Shape const& s, eas::Tag tag, std::string const& parent, eas::Version since, eas::Version until) {
        since = std::max(since, s.since), until = std::min(until, s.until);
        add(parent, tag, since, until);
        shape(s, std::string(tag.name), since, until);
    }
};

// ---- the sheet ------------------------------------------------------------------------------------------------------
inline std::string bare(std::string name) { // " airsyncbase:Body (x)" -> "Body"
    name.erase(0, name.find_first_not_of(' '));
    if (auto colon = name.find(':'); colon != name.npos) name.erase(0, colon + 1);
    return name.contains("top level") ? "ApplicationData" : name.substr(0, name.find(' '));
}

inline std::filesystem::path sheet_file() { return eas::spec_sheet("elements.tsv"); }

// ---- what is told ---------------------------------------------------------------------------------------------------
inline void read_places(eas::Fragment const& fragment, eas::Version version, Table& out) {
    wbxml::Reader reader(fragment);
    std::vector<std::string> open{"ApplicationData"};
    for (auto event = reader.next(); event.kind != wbxml::Event::End; event = reader.next()) {
        if (event.starts()) out[place_of(open.back(), event.tag)].insert(version);
        if (event.kind == wbxml::Event::Open) open.emplace_back(event.tag.name);
        if (event.kind == wbxml::Event::Close) open.pop_back();
    }
    EXPECT_FALSE(reader.failed());
}

} // namespace godwit::convert
