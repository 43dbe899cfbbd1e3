// What an IMAP server says (RFC 9051 7 and 9, RFC 3501), as values. The Reader takes bytes as they come, however they
// are cut, and holds one response at a time: its text within `line`, its literals within `literal` altogether, each in
// one buffer that is moved on and never copied. A larger literal is read over and stands as Skipped, so that one
// message costs only itself; only what makes the bytes' order unknowable is a failure. Bytes in, values out: no socket.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::source::imap {

struct Value {
    enum class Kind : std::uint8_t { Atom, String, List, Skipped };
    Kind kind = Kind::Atom;
    std::string text = {}; // an atom as written (NIL too), a string decoded, a skipped literal's size
    std::vector<Value> items = {};

    bool is_nil() const;
};

enum class Condition : std::uint8_t { None, Ok, No, Bad, Bye, Preauth };

struct Response {
    std::string tag = {}; // "*", "+", or that of the command it ends
    Condition condition = Condition::None;
    std::string code = {};                    // of a condition: "UIDVALIDITY 17"
    std::string text = {};                    // of a condition or "+": for people, or a challenge
    std::optional<std::uint32_t> number = {}; // "* 12 EXISTS"
    std::string word = {};                    // upper case: FETCH, LIST; empty when the line makes no sense
    std::vector<Value> values = {};           // what follows the word
};

struct Limits {
    std::size_t line = std::size_t{1} << 20;
    std::uint64_t literal = std::uint64_t{256} << 20; // of all literals of one response that are kept
    std::uint64_t skipped = std::uint64_t{1} << 32;   // beyond this a literal is not even read over
};

class Reader {
public:
    explicit Reader(Limits limits = {}) : limits_(limits) {}

    std::size_t feed(std::string_view bytes); // how many were taken: it stops behind a whole response
    bool ready() const { return ready_; }
    Response take();
    std::string const& failure() const { return failure_; } // not empty: nothing that follows can be understood
    std::size_t held_bytes() const;                         // of the response that is being read

private:
    struct Literal {
        std::size_t at = 0; // where its {n} stands in line_
        bool skipped = false;
        std::string bytes = {};
    };
    friend class Parser;
    std::size_t feed_literal(std::string_view bytes);
    void end_of_line();
    void begin_literal(std::size_t at, std::uint64_t size);
    bool is_condition() const;

    Limits limits_;
    std::string line_ = {}, failure_ = {};
    std::vector<Literal> literals_ = {};
    std::size_t from_ = 0;             // where line_ goes on behind the last literal's {n}
    std::uint64_t kept_ = 0, due_ = 0; // bytes of literals kept; bytes that the open one still lacks
    bool ready_ = false;
};

std::string upper(std::string_view text); // ASCII
bool same_word(std::string_view a, std::string_view b);
std::optional<std::uint64_t> number_of(std::string_view digits);

} // namespace godwit::source::imap
