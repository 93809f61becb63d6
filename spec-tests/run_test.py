#!/usr/bin/env python3
"""The driver must fail when it should: it runs a stand-in for tenon on small made-up suites."""

import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent

# Answers by the script's first word: pass, fail or crash.
STAND_IN = """#!/usr/bin/env python3
import json, os, sys
word = open(sys.argv[3]).read().split()[0]
if word == "crash":
    os.abort()
ok = word == "pass"
print(json.dumps({"directives": 2, "failed": 0 if ok else 1, "ok": ok,
                  "failures": [] if ok else [{"line": 1, "message": "wrong"}]}))
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

    def run_suite(self, scripts, later, files, directives):
        suite = self.root / "suite"
        suite.mkdir()
        for name, word in scripts.items():
            (suite / name).write_text(word)
        (self.root / "later").write_text("".join(f"{name} reason\n" for name in later))
        (self.root / "pin").write_text(f"# pin\nfiles {files}\ndirectives {directives}\n")
        return subprocess.run(
            [sys.executable, HERE / "run.py", "--tenon", self.tenon, "--suite", suite,
             "--later", self.root / "later", "--pin", self.root / "pin"],
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

    def test_fails_on_other_counts(self):
        self.assertEqual(self.run_suite({"a.wast": "pass"}, [], 2, 2), 1)

    def test_fails_on_lost_directives(self):
        self.assertEqual(self.run_suite({"a.wast": "pass"}, [], 1, 3), 1)

    def test_says_that_there_is_no_suite(self):
        self.assertEqual(self.run_suite({}, [], 0, 0), 77)


if __name__ == "__main__":
    unittest.main()
