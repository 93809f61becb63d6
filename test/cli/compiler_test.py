#!/usr/bin/env python3
"""What `tenon compile` shows while it compiles: compiler_test.py TENON GUESTS

On a terminal a line that is written over and taken away; nothing else where there is none. When a
budget is used up, one line, an exit code and no output, in both.
"""

import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

TENON, GUESTS = (os.path.abspath(path) for path in sys.argv[1:3])
CLEAR = "\r\x1b[K"


class CompilerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tenon-compiler-")
        self.addCleanup(folder.cleanup)
        self.output = pathlib.Path(folder.name, "guest.tenon")

    def words(self, *options):
        return [TENON, "compile", "-O0", *options, f"{GUESTS}/stl.wasm", "-o", self.output]

    def on_terminal(self, *options):
        """(exit code, what the terminal was sent)"""
        master, slave = pty.openpty()
        process = subprocess.Popen(self.words(*options), stderr=slave)
        os.close(slave)
        pieces = []
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # the last writer has closed it
                piece = b""
            if not piece:
                break
            pieces.append(piece)
        os.close(master)
        return process.wait(), b"".join(pieces).decode().replace("\r\n", "\n")

    def test_progress_is_shown_on_a_terminal(self):
        code, sent = self.on_terminal()
        self.assertEqual(code, 0)
        shown = [int(percent) for percent in re.findall(r"\r\[#* *\] (\d+) %", sent)]
        self.assertTrue(shown)
        self.assertEqual(shown, sorted(shown))
        self.assertTrue(sent.endswith(CLEAR), sent[-80:])

    def test_nothing_is_shown_elsewhere(self):
        done = subprocess.run(self.words(), capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_a_budget_ends_it(self):
        # Compiling takes more memory than that when it begins.
        done = subprocess.run(self.words("--memory-budget", "1M"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Atenon-compile: compiling .* takes more than 1 MiB\n\Z")
        self.assertFalse(self.output.exists())

    def test_a_budget_ends_it_on_a_terminal(self):
        code, sent = self.on_terminal("--memory-budget", "1M")
        self.assertEqual(code, 1)
        self.assertRegex(sent.rpartition(CLEAR)[2],
                         r"\Atenon-compile: compiling .* takes more than 1 MiB\n\Z")
        self.assertFalse(self.output.exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
