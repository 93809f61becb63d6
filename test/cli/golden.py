#!/usr/bin/env python3
"""Runs golden tests of the command line: golden.py --tenon T --guests D --jco J CASE.test...

A case is one file. Lines `key: value` come first, then sections that begin with `--- NAME`:

    # Why this case exists.
    setup: mkdir box               a shell line, run in an empty scratch directory (may be repeated);
                                   as with `after`, each of its commands must succeed
    run: run <guests>/hello.wasm   the arguments of tenon, as in a shell (exactly one)
    interpreted: why               the case does not pass where guests are compiled
    stdin: big                     a file of the scratch directory fed to stdin (default: nothing)
    exit: 0                        the expected exit code (default 0)
    jco: same                      stdout, and the exit code, must be those of a run under jco
    after: test ! -e outside/x     a shell line that must succeed after the run (may be repeated)
    --- stdout
    expected lines; a line that starts with `~ ` is a regular expression for a whole line, and a
    line `...` stands for any number of lines
    --- stderr
    the same; stderr is expected to be empty where there is no such section
    --- stdin
    lines fed to stdin

Where there is neither a stdout section nor `jco: same` nor `stdout-file: NAME` (a file of the
scratch directory), stdout is expected to be empty. <guests>, <scratch> and <tenon> stand for paths.

With --tiers, each case that runs a guest does so once for each of them, with one cache of compiled
files for all cases (so that `aot,auto` runs what the first has compiled); the others are left out.
A case marked `interpreted` fails if it passes when compiled first, unless that depends on time.
With --compiled, a case's guest is NAME.tenon of that folder, and cases without one are left out.
"""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TIMEOUT = 120
ONCE = {"run", "interpreted", "stdin", "exit", "jco", "stdout-file"}
MANY = {"setup", "after"}
SECTIONS = {"stdin", "stdout", "stderr"}


class Case:
    """A parsed case file."""

    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        self.once = {}
        self.many = {key: [] for key in MANY}
        self.sections = {}
        section = None
        for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
            if line.startswith("--- "):
                section = self.sections.setdefault(line[4:].strip(), [])
            elif section is not None:
                section.append(line)
            elif line.strip() and not line.startswith("#"):
                self.add_key(line, f"{path}:{number}")
        if "run" not in self.once:
            raise SystemExit(f"{path}: no `run:` line")
        if unknown := set(self.sections) - SECTIONS:
            raise SystemExit(f"{path}: unknown section {unknown.pop()}")

    def add_key(self, line, where):
        key, colon, value = line.partition(":")
        if colon and key in MANY:
            self.many[key].append(value.strip())
        elif colon and key in ONCE and key not in self.once:
            self.once[key] = value.strip()
        else:
            raise SystemExit(f"{where}: cannot read `{line}`")


def lines_match(expected, actual):
    """Whether the lines fit: `...` matches any number of lines, `~ RE` one line by pattern."""
    states = {0}  # positions in `expected` that may come next
    def skip(positions):
        reached = set(positions)
        for position in sorted(positions):
            while position < len(expected) and expected[position] == "...":
                position += 1
                reached.add(position)
        return reached
    states = skip(states)
    for line in actual:
        following = set()
        for position in states:
            if position == len(expected):
                continue
            want = expected[position]
            if want == "...":
                following.add(position)
            elif re.fullmatch(want[2:], line) if want.startswith("~ ") else want == line:
                following.add(position + 1)
        states = skip(following)
    return len(expected) in states


class Runner:
    def __init__(self, tenon, guests, jco, tiers=(), cache=None, compiled=None):
        self.tenon, self.guests, self.jco = (os.path.abspath(path) for path in (tenon, guests, jco))
        self.tiers, self.compiled = tiers, compiled
        self.environment = dict(os.environ, LC_ALL="C")
        if cache is not None:
            self.environment["XDG_CACHE_HOME"] = cache
        # A sanitizer's report must not look like an exit code of the program.
        self.environment["ASAN_OPTIONS"] = "abort_on_error=1:detect_leaks=1"
        self.environment["UBSAN_OPTIONS"] = "abort_on_error=1:print_stacktrace=1"

    def run(self, case):
        """The list of what is wrong; empty when the case passes. None: it is left out."""
        words = case.once["run"]
        if not self.tiers and self.compiled is None:
            return self.run_words(case, words)
        guest = re.match(r"run .*?(<guests>/([\w-]+)\.wasm)", words)
        if guest is None or "--tier" in words:
            return None
        if "interpreted" in case.once:
            if "aot" in self.tiers and "--timeout" not in words:
                if not self.run_words(case, f"run --tier=aot {words[4:]}"):
                    return ["it passes when compiled first: it need not be `interpreted`"]
            return None
        if self.compiled is not None:
            path = os.path.join(self.compiled, guest[2] + ".tenon")
            if not os.path.exists(path):
                return None
            return self.run_words(case, words.replace(guest[1], path))
        return [problem for tier in self.tiers
                for problem in self.run_words(case, f"run --tier={tier} {words[4:]}")]

    def run_words(self, case, words):
        with tempfile.TemporaryDirectory(prefix="tenon-golden-") as scratch:
            arguments = shlex.split(self.expand(words, scratch))
            result = self.run_in(case, scratch, [self.tenon], arguments)
            if isinstance(result, str):
                return [result]
            problems = self.check(case, scratch, *result)
            for line in case.many["after"]:
                if self.shell(line, scratch).returncode != 0:
                    problems.append(f"after the run this does not hold: {line}")
            return problems

    def run_in(self, case, scratch, command, arguments):
        for line in case.many["setup"]:
            done = self.shell(line, scratch)
            if done.returncode != 0:
                return f"setup failed: {line}\n{done.stdout}"
        with self.stdin_of(case, scratch) as source:
            try:
                done = subprocess.run(command + arguments, cwd=scratch, stdin=source,
                                      capture_output=True, env=self.environment, timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                return f"no end after {TIMEOUT} s"
        return done.returncode, done.stdout, done.stderr

    def stdin_of(self, case, scratch):
        if "stdin" in case.once:
            return open(os.path.join(scratch, case.once["stdin"]), "rb")
        if "stdin" not in case.sections:
            return open(os.devnull, "rb")
        source = tempfile.TemporaryFile()
        source.writelines(f"{line}\n".encode() for line in case.sections["stdin"])
        source.seek(0)
        return source

    def check(self, case, scratch, code, stdout, stderr):
        problems = []
        expected_code = int(case.once.get("exit", 0))
        if "jco" in case.once:
            oracle = self.run_oracle(case)
            if isinstance(oracle, str):
                return [f"under jco: {oracle}"]
            if oracle[0] != expected_code:
                problems.append(f"exit code under jco {oracle[0]}, expected {expected_code}")
            if oracle[1] != stdout:
                problems += self.difference("stdout (expected: jco's)",
                                            self.text(oracle[1], scratch),
                                            self.text(stdout, scratch))
        if "stdout-file" in case.once:
            expected = pathlib.Path(scratch, case.once["stdout-file"]).read_bytes()
            if expected != stdout:
                problems.append(
                    f"stdout: {len(stdout)} bytes differ from the {len(expected)} expected")
        if "stdout" in case.sections or not {"jco", "stdout-file"} & set(case.once):
            problems += self.compare(case, "stdout", self.text(stdout, scratch))
        problems += self.compare(case, "stderr", self.text(stderr, scratch))
        if code != expected_code:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            problems.append(f"{how}, expected exit code {expected_code}")
        return problems

    def run_oracle(self, case):
        """Runs the case's component under jco, in a scratch directory of its own."""
        with tempfile.TemporaryDirectory(prefix="tenon-golden-") as scratch:
            arguments = shlex.split(self.expand(case.once["run"], scratch))
            if arguments[0] != "run":
                return "`jco: same` is for cases that run a component"
            return self.run_in(case, scratch, [self.jco], arguments[1:])

    def compare(self, case, stream, actual):
        expected = case.sections.get(stream, [])
        return [] if lines_match(expected, actual) else self.difference(stream, expected, actual)

    @staticmethod
    def difference(what, expected, actual):
        lines = list(difflib.unified_diff(expected, actual, "expected", "actual", lineterm=""))[:80]
        return [f"{what} differs:"] + (lines or ["(only in the ends of lines)"])

    def text(self, output, scratch):
        text = output.decode("utf-8", "backslashreplace")
        names = {scratch: "<scratch>", self.guests: "<guests>", self.tenon: "<tenon>"}
        for path, name in names.items():
            text = text.replace(path, name)
        if self.compiled is not None:
            text = re.sub(re.escape(self.compiled) + r"/([\w-]+)\.tenon", r"<guests>/\1.wasm", text)
        return text.splitlines()

    def expand(self, text, scratch):
        return (text.replace("<guests>", self.guests).replace("<scratch>", scratch)
                .replace("<tenon>", self.tenon))

    def shell(self, line, scratch):
        return subprocess.run(["bash", "-ec", self.expand(line, scratch)], cwd=scratch, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)


def main():
    parser = argparse.ArgumentParser(description="Runs golden tests of the command line.")
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--guests", required=True)
    parser.add_argument("--jco", required=True, help="the script that runs a component under jco")
    parser.add_argument("--tiers", default="", help="such as aot,auto")
    parser.add_argument("--compiled", metavar="FOLDER")
    parser.add_argument("cases", nargs="+")
    options = parser.parse_args()

    tiers = [tier for tier in options.tiers.split(",") if tier]
    with tempfile.TemporaryDirectory(prefix="tenon-golden-cache-") as cache:
        runner = Runner(options.tenon, options.guests, options.jco, tiers,
                        cache if tiers else None, options.compiled)
        exit_code = run_cases(runner, options.cases)
        if "aot" in tiers and not list(pathlib.Path(cache, "tenon").glob("*.tenon")):
            print("FAIL: nothing was kept in the cache")
            return 1
        return exit_code


def run_cases(runner, paths):
    """The exit code: 1 when a case fails, or when there is none."""
    failed = ran = 0
    for path in paths:
        case = Case(path)
        problems = runner.run(case)
        if problems is None:
            continue
        ran += 1
        print(f"{'FAIL' if problems else 'ok'} {case.name}")
        for problem in problems:
            print(f"  {problem}")
        failed += bool(problems)
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
