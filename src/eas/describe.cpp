// The tables in words: for the log (Violation) and the manual (describe).
#include "eas/schema.hpp"

namespace godwit::eas {

std::string_view name(Rule rule) {
    switch (rule) {
    case Rule::Wbxml: return "wbxml";
    case Rule::Unknown: return "unknown";
    case Rule::Root: return "root";
    case Rule::Misplaced: return "misplaced";
    case Rule::Order: return "order";
    case Rule::Duplicate: return "duplicate";
    case Rule::Required: return "required";
    case Rule::Type: return "type";
    case Rule::Value: return "value";
    case Rule::Range: return "range";
    case Rule::Length: return "length";
    case Rule::MaxItems: return "max_items";
    case Rule::NotInVersion: return "not_in_version";
    }
    return "?";
}

std::string to_string(Violation const& v) {
    std::string out;
    out.append(v.element).append(" breaks ").append(name(v.rule)).append(" (").append(v.spec).append(")");
    return out;
}

namespace {

std::string_view occurs(Cardinality cardinality) {
    switch (cardinality) {
    case Cardinality::One: return "1";
    case Cardinality::Optional: return "0..1";
    case Cardinality::Many: return "0..n";
    case Cardinality::Flag: return "empty or absent";
    }
    return "?";
}

std::string names(Row const& row) {
    std::string out;
    if (row.wrapper) out.append(row.wrapper->name).append("/");
    if (!row.choices) return out.append(row.tag.name);
    bool first = true;
    for (auto const* shape : row.choices()) {
        if (!std::exchange(first, false)) out += ", ";
        out += shape->tag.name;
    }
    return out;
}

std::string rules(Row const& row) {
    std::string out;
    auto add = [&](std::string rule) {
        if (!out.empty()) out += "; ";
        out += rule;
    };
    if (row.not_empty) add("not empty");
    if (row.max_bytes != SIZE_MAX) add("at most " + std::to_string(row.max_bytes) + " bytes");
    if (row.max_chars != SIZE_MAX) add("at most " + std::to_string(row.max_chars) + " characters");
    if (row.cardinality == Cardinality::Many)
        add("at most " + std::to_string(row.max_items - (row.surplus_dropped ? 1 : 0)));
    if (row.low != INT64_MIN) add(std::to_string(row.low) + " to " + std::to_string(row.high));
    if (row.since != v2_5) add("from " + std::string(name(row.since)));
    if (row.until != v16_1) add("up to " + std::string(name(row.until)));
    return out;
}

} // namespace

std::string describe(Shape const& shape) {
    std::string out = "## " + std::string(shape.tag.name) + " (" + std::string(shape.spec) + ")\n\n";
    if (shape.ordered) out += "The children stand in this order.\n\n";
    out += "| element | occurs | rules |\n|---|---|---|\n";
    for (auto const& row : shape.rows)
        out += "| " + names(row) + " | " + std::string(occurs(row.cardinality)) + " | " + rules(row) + " |\n";
    return out;
}

} // namespace godwit::eas
