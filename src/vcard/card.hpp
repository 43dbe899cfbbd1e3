// A vCard (RFC 6350, RFC 2426, vCard 2.1) as it is written: its properties in their order, unknown ones and X- ones
// like any other. The reader is total: any bytes give cards and refusals, within limits of size and count. A property
// keeps its value as it stands in the file, escaped, unfolded; value.hpp takes values apart. What is written is
// version 4.0, and reading it again gives the same card.
#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::vcard {

struct Parameter {
    std::string name;                // upper case; empty: a bare word of vCard 2.1
    std::vector<std::string> values; // without quotes, RFC 6868 undone
    bool operator==(Parameter const&) const = default;
};

struct Property {
    std::string group = {}; // "item1"
    std::string name = {};  // upper case
    std::vector<Parameter> parameters = {};
    std::string value = {};

    Parameter const* parameter(std::string_view name) const; // the first of that name
    void set_parameter(std::string_view name, std::string value);
    void drop_parameter(std::string_view name);
    bool has_type(std::string_view type) const; // in TYPE, in any case
    bool operator==(Property const&) const = default;
};

struct Card {
    std::string version = "4.0";
    std::vector<Property> properties = {}; // but BEGIN, END and VERSION

    Property const* find(std::string_view name) const; // the first of that name, which is upper case
    bool operator==(Card const&) const = default;
};

struct Limits {
    std::size_t card_bytes = 16 << 20; // with a picture of some megabytes
    std::size_t properties = 10'000;
    std::size_t parameters = 64; // of one property, and values of one parameter
};

struct Refusal {
    std::size_t line = 0; // where the card begins, counted from 1
    std::string name;     // what it calls itself, if it has come to that
    std::string reason;
};

// The cards of a file, one after the other. The bytes must outlive it.
class Reader {
public:
    explicit Reader(std::string_view bytes, Limits limits = {});
    std::optional<std::expected<Card, Refusal>> next(); // nothing: the end

private:
    struct Line;
    bool line(std::string_view& out);
    bool logical(std::string& out);
    std::expected<Card, Refusal> card();

    std::string converted_; // of a file in UTF-16
    std::string_view rest_;
    Limits limits_;
    std::size_t number_ = 0;
};

/// The first card of `bytes`; the error is why there is none.
std::expected<Card, std::string> read_card(std::string_view bytes);

/// As version 4.0, folded, with CRLF.
std::string write(Card const& card);

/// A name to show, escaped: what N says, else the company, an address, a number; empty if there is none of them.
std::string formatted_name(Card const& card);

/// The same card said in version 4.0 and in UTF-8: quoted-printable and base64 of 2.1 and 3.0 undone, types in one
/// list, pictures as data: URIs. A card of version 4.0 stays as it is. It has an FN afterwards.
Card upgraded(Card card);

} // namespace godwit::vcard
