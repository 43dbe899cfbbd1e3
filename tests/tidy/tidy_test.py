#!/usr/bin/env python3
"""The style's test can fail: each rule is shown a breach that it must see, and the tables' own text that it must not."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402


def complaints(check, *arguments):
    found = []
    check(*arguments, lambda path, line, text: found.append((line, text)))
    return found


class Tidy(unittest.TestCase):
    def test_comments_and_strings_are_no_code(self):
        code = tidy.blank('int a; // std::mutex\nauto b = "now()"; /* co_spawn */ char c = \';\';\nauto d = R"(TODO)";')
        for word in ("mutex", "now", "co_spawn", "TODO", "';'"):
            self.assertNotIn(word, code)
        self.assertEqual(code.count("\n"), 2)

    def test_every_pattern_sees_its_breach(self):
        breaches = {
            "time comes": "auto t = std::chrono::steady_clock::now();", "a mutex": "std::mutex m;", "co_spawn": "asio::co_spawn(x);",
            "coroutines": "loop.spawn(f());", "std::cout": "std::cout << 1;", "TODO": "// TODO later", "using": "using namespace std;",
            "a pure": "#include <boost/asio/post.hpp>", "wait on": "std::this_thread::sleep_for(x);",
        }
        for start, text in breaches.items():
            rules = [rule for rule in tidy.RULES if rule[0].startswith(start)]
            self.assertEqual(len(rules), 1, start)
            self.assertTrue(rules[0][1].search(text), start)
        self.assertEqual(len(breaches), len(tidy.RULES))

    def test_names(self):
        code = "class ConnectionManager {\n};\nint parse_util(int a) {\n}\nstruct ApplicationData {};\nvoid feed_data(int) {\n}\n"
        over = {}
        self.assertEqual(complaints(tidy.check_names, "src/eas/row.hpp", code, over), [])
        self.assertEqual([line for line, _ in over["names src/eas/row.hpp"][2]], [1, 3])
        self.assertEqual(len(complaints(tidy.check_names, "src/eas/string_helper.hpp", "", {})), 1)
        self.assertEqual(complaints(tidy.check_names, "src/eas/base64.hpp", "", {}), [])

    def test_function_lengths(self):
        code = tidy.blank("namespace a {\nconstexpr int rows[] = {\n1,\n2,\n};\nint f(int x) {\n  if (x) {\n  }\n  return 1;\n}\n"
                          "struct S {\n  S() : a_{1} {\n  }\n  bool g() const {\n    return true;\n  }\n};\n}\n")
        self.assertEqual(sorted((name, lines) for _, name, lines in tidy.function_lengths(code) if lines > 2), [("f", 5), ("g", 3)])

    def test_long_lines_and_files(self):
        over = {}
        text = "x" * 121 + "\n" + "int a;\n" * 400
        tidy.check_lengths("src/eas/no_such.cpp", text, text, over)
        self.assertEqual({key: number for key, (number, _, _) in over.items()},
                         {"columns src/eas/no_such.cpp": 1, "file src/eas/no_such.cpp": 401})
        self.assertEqual(len(complaints(tidy.check_ratchets, over)), 2)

    def test_modules_are_read_from_the_build(self):
        rooms = tidy.modules()
        self.assertIn("index", rooms["sync"][0])
        self.assertEqual(rooms["wbxml"][0], [])
        self.assertEqual(list(rooms)[-1], "cli")


if __name__ == "__main__":
    unittest.main()
