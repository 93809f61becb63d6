#!/usr/bin/env python3
"""Tests the golden runner: that it can fail, and what its patterns match."""

import pathlib
import tempfile
import unittest

import golden


class LinesMatch(unittest.TestCase):
    def test_literal_lines(self):
        self.assertTrue(golden.lines_match(["a", "b"], ["a", "b"]))
        self.assertFalse(golden.lines_match(["a"], ["a", "b"]))
        self.assertFalse(golden.lines_match(["a", "b"], ["a"]))

    def test_pattern_is_for_the_whole_line(self):
        self.assertTrue(golden.lines_match(["~ b+"], ["bbb"]))
        self.assertFalse(golden.lines_match(["~ b+"], ["bbbc"]))

    def test_dots_match_any_number_of_lines(self):
        self.assertTrue(golden.lines_match(["...", "b", "..."], ["b"]))
        self.assertTrue(golden.lines_match(["...", "b", "..."], ["a", "b", "b", "c"]))
        self.assertFalse(golden.lines_match(["...", "b", "..."], ["a", "c"]))


class RunningACase(unittest.TestCase):
    def problems(self, text, program="/bin/echo"):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "case.test")
            path.write_text(text)
            return golden.Runner(program, directory, "/bin/echo").run(golden.Case(path))

    def test_passes(self):
        self.assertEqual(self.problems("run: one two\n--- stdout\none two\n"), [])

    def test_finds_another_stdout(self):
        self.assertTrue(self.problems("run: one\n--- stdout\ntwo\n"))
        self.assertTrue(self.problems("run: one\n"))

    def test_finds_another_exit_code(self):
        self.assertTrue(self.problems("run: one\n", "/bin/false"))
        self.assertEqual(self.problems("run: one\nexit: 1\n", "/bin/false"), [])

    def test_finds_a_setup_that_fails(self):
        self.assertTrue(self.problems("setup: false\nrun: one\n--- stdout\none\n"))

    def test_finds_what_does_not_hold_after(self):
        self.assertTrue(self.problems("run: one\nafter: test -e absent\n--- stdout\none\n"))

    def test_hides_paths(self):
        self.assertEqual(self.problems("run: <scratch>/x\n--- stdout\n<scratch>/x\n"), [])

    def test_feeds_stdin(self):
        case = "run: -\n--- stdin\na\nb\n--- stdout\na\nb\n"
        self.assertEqual(self.problems(case, "/bin/cat"), [])

    def test_refuses_an_unknown_key(self):
        with self.assertRaises(SystemExit):
            self.problems("rum: one\n")


if __name__ == "__main__":
    unittest.main()
