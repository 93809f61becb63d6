#!/usr/bin/env python3
"""spec-tests/fetch, against repositories on this machine."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def git(folder, *arguments):
    return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", folder,
                           *arguments], check=True, capture_output=True, text=True).stdout.strip()


class FetchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.pins = self.root / "pins"
        self.pins.mkdir()
        self.make_suite()

    def make_suite(self):
        """A bare repository org/suite with two commits, a.wast in both."""
        work = self.root / "work"
        work.mkdir()
        git(work, "init", "--quiet")
        self.commits = []
        for text in ("first", "second"):
            (work / "a.wast").write_text(text)
            git(work, "add", "a.wast")
            git(work, "commit", "--quiet", "-m", text)
            self.commits.append(git(work, "rev-parse", "HEAD"))
        subprocess.run(["git", "clone", "--quiet", "--bare", work, self.root / "org" / "suite"],
                       check=True)

    def fetch(self, commit):
        (self.pins / "core.pin").write_text(f"repository org/suite\ncommit {commit}\n")
        (self.pins / "custom.pin").write_text("folder custom\n")
        return subprocess.run(
            [sys.executable, HERE / "fetch", self.root / "out", "--from", f"file://{self.root}/",
             "--pins", self.pins], capture_output=True, text=True)

    def read(self):
        return (self.root / "out" / "core" / "a.wast").read_text()

    def test_checks_out_the_pinned_commit_not_the_newest(self):
        done = self.fetch(self.commits[0])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.read(), "first")

    def test_moves_on_with_the_pin(self):
        self.fetch(self.commits[0])
        self.fetch(self.commits[1])
        self.assertEqual(self.read(), "second")

    def test_asks_for_nothing_that_is_there(self):
        self.fetch(self.commits[0])
        (self.root / "org").rename(self.root / "gone")
        self.assertEqual(self.fetch(self.commits[0]).returncode, 0)

    def test_says_which_commit_there_is_not(self):
        done = self.fetch("0" * 40)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("0" * 40, done.stderr)


if __name__ == "__main__":
    unittest.main()
