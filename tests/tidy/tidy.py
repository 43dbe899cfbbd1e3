#!/usr/bin/env python3
"""How the code reads, as a test (STYLE): `tests/tidy/tidy.py` prints every breach as file:line: text and fails.

Lengths and names are ratchets: tests/tidy/exceptions.txt lists what breaks the rule today, with its number (lines of a file or a
function; long lines or bad names of a file), which may only shrink. `tidy.py --ratchet` writes the list anew after something was
mended; it never lets a number grow.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCEPTIONS = ROOT / "tests/tidy/exceptions.txt"
MAX_FILE, MAX_FUNCTION, MAX_LINE = 400, 60, 120

BANNED_WORDS = {"manager", "helper", "util", "utils", "common", "misc", "base", "impl", "data", "info", "service", "processor"}
# Words that the specification, a library or English as the whole sense of a thing gives: not ours to change.
ALLOWED_NAMES = {
    "ApplicationData", "MIMEData", "RecipientInfo", "InternetCPID", "data",
    "CommonStatus", "is_common", "common",                # MS-ASCMD 2.2.2: the common status codes
    "in_data", "start_data", "end_of_data", "feed_data",  # SMTP's DATA
}
LIBRARY_NAMES = re.compile(r"on_\w+_impl")                # Beast's parser calls these
PURE = {"wbxml", "eas", "mime", "ical", "vcard", "itip", "convert", "sync", "config"}

# (what, pattern, where it is allowed, where it is looked for): a path prefix or the whole path.
RULES = [
    ("time comes from net::Clock, which tests freeze", re.compile(r"(?<!Clock::)\bnow\(\)|\bstd::time\(|\btime\((nullptr|NULL|0)\)"), ("src/net/",), ("src/",)),
    ("a mutex outside net: hold it through net::Guarded", re.compile(r"\bstd::(recursive_|shared_|timed_)?mutex\b|\bstd::(lock_guard|"
     r"unique_lock|scoped_lock|shared_lock)\b|\bpthread_mutex"), ("src/net/",), ("src/",)),
    ("co_spawn outside net: net::Loop::spawn", re.compile(r"\bco_spawn\b"), ("src/net/",), ("src/",)),
    ("coroutines begin at the listener, in a connection or in main's list",
     re.compile(r"[.>]spawn\("), ("src/net/", "src/cli/serve.cpp", "src/http/", "src/delivery/", "src/sync/hub.cpp",
                                  "src/client/", "src/cli/bench", "src/cli/probe"), ("src/",)),
    ("std::cout, printf or fmt::print outside cli", re.compile(r"\bstd::(cout|cerr|clog)\b|\b(f?printf|puts|fputs)\(|\bfmt::print\b"),
     ("src/cli/",), ("src/",)),
    ("TODO: do it, or open an issue", re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), (), ("src/", "tests/", "cmake/", "packaging/")),
    ("using namespace std", re.compile(r"\busing namespace std\s*;"), (), ("src/", "tests/")),
    ("a pure room includes no Asio, no log, no clock",
     re.compile(r'#include\s+[<"](boost/asio|boost/beast|spdlog|net/loop|net/stream|net/timer|net/pool)'),
     tuple(f"src/{room}/hub" for room in PURE) + tuple(f"src/{room}/turnstile" for room in PURE), tuple(f"src/{room}/" for room in PURE)),
    ("wait on the clock of net", re.compile(r"\bsleep_for\b|\busleep\(|\bstd::this_thread::sleep"),
     ("src/net/", "src/cli/serve.cpp", "src/cli/upkeep.cpp", "src/cli/bench", "src/cli/probe", "src/client/", "src/delivery/",
      "src/http/", "src/source/imap_"), ("src/",)),
]


def sources():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.cpp", "*.hpp"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.split()
    return [name for name in names if (ROOT / name).is_file()]


def blank(text):
    """The text with comments, strings and characters as spaces: same length, same lines."""
    pattern = re.compile(r'R"([^()\\ ]*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def strip_comments(text):
    pattern = re.compile(r'R"([^()\\ ]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)
    return pattern.sub(lambda m: m.group() if m.group()[0] in 'R"' else re.sub(r"[^\n]", " ", m.group()), text)


def words_of(name):
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return [part.lower() for part in re.split(r"[_\W]+", parts) if part]


DECLARED = re.compile(r"\b(?:class|struct|enum class|enum|concept|namespace|using)\s+(?:\[\[\w+\]\]\s*)?(\w+)\s*(?:final\s*)?[:{;=]")
FUNCTION = re.compile(r"^[ \t]*(?:[\w:<>,&*\[\]~ ]+?[ &*])(~?\w+)\([^;{}]*\)[^;{}]*\{", re.M)


def check_names(path, code, over, complain):
    bad_names = []
    for part in pathlib.PurePath(path).with_suffix("").parts[1:]:
        for word in words_of(part):
            if word in BANNED_WORDS:
                complain(path, 1, f"the word \"{word}\" in a file's name says nothing")
    for pattern in (DECLARED, FUNCTION):
        for match in pattern.finditer(code):
            name = match.group(1)
            bad = [word for word in words_of(name) if word in BANNED_WORDS]
            if bad and name not in ALLOWED_NAMES and not LIBRARY_NAMES.fullmatch(name):
                bad_names.append((code.count("\n", 0, match.start(1)) + 1, f"the word \"{bad[0]}\" in {name} says nothing"))
    if bad_names:
        over[f"names {path}"] = (len(bad_names), path, bad_names)


def modules():
    text = (ROOT / "CMakeLists.txt").read_text()
    found = {}
    for call in re.finditer(r"^module\((\w+)([^)]*)\)", text, re.M):
        uses = re.search(r"\bUSES\s+([\w\s]*?)(?:\bLIBRARIES\b|\bTEST_USES\b|$)", call.group(2))
        test = re.search(r"\bTEST_USES\s+([\w\s]*?)(?:\bLIBRARIES\b|\bUSES\b|$)", call.group(2))
        found[call.group(1)] = (uses.group(1).split() if uses else [], test.group(1).split() if test else [])
    return found


def check_layers(names, complain):
    rooms = modules()
    order = list(rooms)
    for room, (uses, _) in rooms.items():
        for other in uses:
            if other not in rooms or order.index(other) >= order.index(room):
                complain("CMakeLists.txt", 1, f"module {room} uses {other}, which does not stand above it")
    for path in names:
        match = re.match(r"src/(\w+)/", path)
        if not match or match.group(1) not in rooms:
            if match:
                complain(path, 1, f"the folder {match.group(1)} is no module of CMakeLists.txt")
            continue
        room = match.group(1)
        may = {room, *rooms[room][0], *(rooms[room][1] if path.endswith("_test.cpp") else [])}
        for number, line in enumerate((ROOT / path).read_text().split("\n"), 1):
            include = re.match(r'\s*#include\s+"([^"/]+)/', line)
            if include and include.group(1) not in may:
                complain(path, number, f"{room} may not include {include.group(1)}/: it is not on its line of CMakeLists.txt")
            elif re.match(r'\s*#include\s+"[^"/]+"', line):
                complain(path, number, 'write #include "room/file.hpp"')


def function_lengths(code):
    """(first line, name, lines) of each function body that stands at namespace or class level."""
    depth_kind = []  # 'scope' for namespaces and classes, 'body' for functions, 'inner' within them
    start = 0
    for index, char in enumerate(code):
        if char in ";}":
            if char == "}" and depth_kind:
                kind, begin, name = depth_kind.pop()
                if kind == "body":
                    yield code.count("\n", 0, begin) + 1, name, code.count("\n", begin, index) + 1
            start = index + 1
        elif char == "{":
            head = code[start:index]
            inside = any(kind != "scope" for kind, _, _ in depth_kind)
            if inside:
                kind, name = "inner", ""
            elif re.search(r"\b(namespace|class|struct|enum|union|concept)\b[^()=]*$", head) or head.strip().startswith("extern"):
                kind, name = "scope", ""
            elif "(" in head and not re.search(r"=\s*$", head):
                called = re.search(r"([\w~:]+)\s*\(", re.sub(r"\b(template|requires)\s*<[^>]*>", "", head))
                test = re.search(r"\bTEST(?:_[FP])?\((\w+),\s*(\w+)\)", head)
                kind, name = "body", ".".join(test.groups()) if test else called.group(1) if called else "?"
            else:
                kind, name = "inner", ""  # a table or another initialiser
            depth_kind.append((kind, start + len(head) - len(head.lstrip()), name))
            start = index + 1


def check_lengths(path, text, code, over):
    wide = [(number, f"{len(line)} columns, more than {MAX_LINE}") for number, line in enumerate(text.split("\n"), 1)
            if len(line) > MAX_LINE]
    if wide:
        over[f"columns {path}"] = (len(wide), path, wide)
    lines = text.count("\n")
    if lines > MAX_FILE and not re.search(r"(^|/)(\w*table\w*|tokens|pages|code_pages)\.[ch]pp$", path):
        over[f"file {path}"] = (lines, path, [(1, f"{lines} lines, more than {MAX_FILE}")])
    for first, name, length in function_lengths(code):
        if length > MAX_FUNCTION:
            over[f"function {path} {name}"] = (length, path, [(first, f"{name} has {length} lines, more than {MAX_FUNCTION}")])


def read_exceptions():
    if not EXCEPTIONS.exists():
        return {}
    rows = (line.rsplit(" ", 1) for line in EXCEPTIONS.read_text().splitlines() if line and not line.startswith("#"))
    return {key: int(number) for key, number in rows}


def check_ratchets(over, complain):
    known = read_exceptions()
    for key, (number, path, places) in sorted(over.items()):
        if number > known.get(key, 0):
            for line, text in places:
                complain(path, line, text + (f" (was {known[key]}: it may only shrink)" if key in known else ""))
    if "--ratchet" in sys.argv:
        rows = [f"{key} {min(over[key][0], known.get(key, over[key][0]))}" for key in sorted(over) if key in known or "--adopt" in sys.argv]
        EXCEPTIONS.write_text("# What breaks a rule of length or of names today; a number may only shrink (tests/tidy/tidy.py --ratchet).\n"
                              + "".join(row + "\n" for row in rows))


def main():
    breaches = []

    def complain(path, line, text):
        breaches.append(f"{path}:{line}: {text}")

    names, over = sources(), {}
    for path in names:
        text = (ROOT / path).read_text(errors="replace")
        code, spoken = blank(text), strip_comments(text)
        check_names(path, code, over, complain)
        check_lengths(path, text, code, over)
        for what, pattern, allowed, looked in RULES:
            if not path.startswith(looked) or path.startswith(allowed) or (path.endswith("_test.cpp") and "TODO" not in what):
                continue
            where = text if "TODO" in what else spoken if "#include" in pattern.pattern else code
            for match in pattern.finditer(where):
                complain(path, where.count("\n", 0, match.start()) + 1, what)
    check_layers(names, complain)
    check_ratchets(over, complain)
    print("\n".join(breaches) if breaches else f"tidy: {len(names)} files")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
