// A transcript: one conversation between phones and the server, a file in XML. The first line is a comment with the
// requirement ids;
// then, at the start of a line each, the steps:
//   <conversation version="14.1" policy="required|off">   the defaults; a phone is provisioned unless provisioned="no"
//     with versions="12.1 14.0" in place of version it is played at each; a step with at="12.1" is taken at those only
//     with bob="yes" there is a second account; recipients-per-day, max-devices, max-commands ... are settings
//   <message folder="Inbox" age="3600" read="1">...</message>    a message arrives, that many seconds old;
//     what it says of a meeting goes into the calendar
//   <mark item="1" read="1" flag="2"/> <remove item="1"/> <move item="1" to="6"/> <folder name="Lists" parent="2"/>
//   <request command="Sync" ...>XML</request>             what a phone says; with held="a" it is left waiting under
//     that name
//     with body="hex" or "mime" it is those bytes; type="text/plain" is its Content-Type
//     up to 12.1 with save-in-sent="T", collection-id, item-id, long-id, occurrence
//     a folder with times="3" is three, their names numbered
//   <full/> <full of="no"/>                               the account's store takes no row more; it does again
//   <quota bytes="100"/>                                  the account's own, from now on; 0: none
//   <lost item="1"/>                                      the store does not give its content any more
//   <damaged table="folder"/> <damaged table="folder" of="no"/>   that table of the account's store is gone; it is back
//   <response http="200" of="a">XML</response>            what it is answered; {name} stands for a value that is
//     learnt there; with fold="yes" the commands are only counted
//   <wipe/>                                               the administrator wants phone1 wiped
//   <waiting of="a"/> <gone of="a"/> <stopping of="a"/>   it still waits; its phone has gone; the server stops
//   <advance seconds="60"/> <restart/>                    the clocks; the server starts again on what it has stored
#pragma once
#include <map>
#include <string>
#include <vector>

namespace godwit::transcripts {

struct Step {
    std::string name;
    std::map<std::string, std::string> attributes;
    std::string text;
    std::size_t line = 0;

    std::string attribute(std::string const& key, std::string otherwise = {}) const {
        auto found = attributes.find(key);
        return found == attributes.end() ? std::move(otherwise) : found->second;
    }
};

// Throws std::runtime_error with the line.
std::vector<Step> read_steps(std::string const& file);
std::string write_steps(std::string const& file, std::vector<Step> const& steps); // with the texts of `steps`

using Variables = std::map<std::string, std::string>;
std::string filled(std::string text, Variables const& variables);
// Lines, without their indentation; {name} in `expected` learns or must repeat. The first difference, or nothing.
std::string difference(std::string const& expected, std::string const& actual, Variables& variables);
std::string folded(std::string const& text); // the commands of a Sync answer as their counts
// Keys become {k1}, {k2} ..., policy keys {p1} ...: for --rebaseline.
std::string with_variables(std::string text, Variables& variables);

} // namespace godwit::transcripts
