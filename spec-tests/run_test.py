#!/usr/bin/env python3
"""The driver must fail when it should: it runs a stand-in for tenon on small made-up suites."""

import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent

# Answers by what the script says: pass, fail or crash; options:X passes if it was given X.
STAND_IN = """#!/usr/bin/env python3
import json, os, sys
word = open(sys.argv[-1]).read()
if word == "crash":
    os.abort()
ok = word == "pass" or word == "options:" + " ".join(sys.argv[3:-1])
print(json.dumps({"directives": 2, "failed": 0 if ok else 1, "ok": ok,
                  "failures": [] if ok else [{"line": 7, "message": "wrong"}]}))
print("{}")
sys.exit(0 if ok else 1)
"""


class RunTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.tenon = self.root / "tenon"
        self.tenon.write_text(STAND_IN)
        self.tenon.chmod(self.tenon.stat().st_mode | stat.S_IXUSR)

    def run_suite(self, scripts, later, files, directives, pin="", options=()):
        for name, word in scripts.items():
            (self.root / "suite" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "suite" / name).write_text(word)
        (self.root / "later").write_text("".join(f"{name} reason\n" for name in later))
        (self.root / "pin").write_text(f"# pin\nfiles {files}\ndirectives {directives}\n{pin}")
        return subprocess.run(
            [sys.executable, HERE / "run.py", "--tenon", self.tenon, "--suite", self.root / "suite",
             "--later", self.root / "later", "--pin", self.root / "pin", *options],
            capture_output=True, text=True).returncode

    def test_passes(self):
        self.assertEqual(self.run_suite({"a.wast": "pass", "b.wast": "fail"}, ["b.wast"], 2, 2), 0)

    def test_fails_on_a_failure(self):
        self.assertEqual(self.run_suite({"a.wast": "fail"}, [], 1, 2), 1)

    def test_fails_on_a_skipped_script_that_passes(self):
        self.assertEqual(self.run_suite({"a.wast": "pass", "b.wast": "pass"}, ["b.wast"], 2, 2), 1)

    def test_fails_on_a_skipped_script_that_crashes(self):
        self.assertEqual(self.run_suite({"a.wast": "pass", "b.wast": "crash"}, ["b.wast"], 2, 2), 1)

    def test_fails_on_a_skipped_script_that_is_not_there(self):
        self.assertEqual(self.run_suite({"a.wast": "pass"}, ["b.wast"], 1, 2), 1)

    def test_skips_a_directive(self):
        self.assertEqual(self.run_suite({"a.wast": "fail"}, ["a.wast:7"], 1, 2), 0)

    def test_fails_on_a_failure_beside_a_skipped_directive(self):
        self.assertEqual(self.run_suite({"a.wast": "fail", "b.wast": "fail"}, ["b.wast:7"], 2, 4), 1)

    def test_fails_on_a_skipped_directive_that_passes(self):
        self.assertEqual(self.run_suite({"a.wast": "pass"}, ["a.wast:7"], 1, 2), 1)

    def test_fails_on_a_skipped_directive_whose_script_crashes(self):
        self.assertEqual(self.run_suite({"a.wast": "crash"}, ["a.wast:7"], 1, 0), 1)

    def test_fails_on_other_counts(self):
        self.assertEqual(self.run_suite({"a.wast": "pass"}, [], 2, 2), 1)

    def test_fails_on_lost_directives(self):
        self.assertEqual(self.run_suite({"a.wast": "pass"}, [], 1, 3), 1)

    def test_takes_the_folder_of_the_pin_and_what_is_left_of_that(self):
        scripts = {"p/a.wast": "pass", "p/b.wast": "fail", "c.wast": "fail"}
        self.assertEqual(
            self.run_suite(scripts, ["p/b.wast", "d.wast", "q/e.wast"], 2, 2, "folder p\n"), 0)

    def test_hands_features_and_options_on(self):
        scripts = {"a.wast": "options:--features=-simd,gc --bounds=explicit"}
        self.assertEqual(self.run_suite(scripts, [], 1, 2), 1)
        self.assertEqual(self.run_suite(scripts, [], 1, 2, "features -simd,gc\n",
                                        ["--option=--bounds=explicit"]), 0)

    def test_runs_what_is_named_by_a_pattern(self):
        scripts = {"array_get.wast": "pass", "call.wast": "fail"}
        self.assertEqual(self.run_suite(scripts, [], 0, 0, options=["arr*.wast"]), 0)

    def test_fails_on_a_name_of_no_script(self):
        self.assertEqual(self.run_suite({"call.wast": "pass"}, [], 1, 2, options=["arr*.wast"]), 1)
        self.assertEqual(
            self.run_suite({"call.wast": "pass"}, [], 1, 2, options=["call.wast", "arr*.wast"]), 1)

    def test_counts_what_the_pin_names(self):
        scripts = {"array_get.wast": "pass", "call.wast": "fail", "ref.wast": "fail"}
        names = "names arr*.wast ref.wast\n"
        self.assertEqual(self.run_suite(scripts, ["call.wast", "ref.wast"], 2, 2, names), 0)
        self.assertEqual(self.run_suite(scripts, ["ref.wast"], 3, 2, names), 1)
        self.assertEqual(self.run_suite(scripts, ["ref.wast"], 2, 3, names), 1)
        self.assertEqual(self.run_suite(scripts, ["ref.wast"], 2, 2, names + "names x.wast\n"), 1)

    def test_says_that_there_is_no_suite(self):
        self.assertEqual(self.run_suite({}, [], 0, 0), 77)


if __name__ == "__main__":
    unittest.main()
