#!/usr/bin/env python3
"""What `tenon compile` shows while it compiles: compiler_test.py TENON GUESTS

On a terminal a line that is written over and taken away; nothing else where there is none. When a
budget is used up, one line, an exit code and no output, in both.
"""

import os
import pathlib
import pty
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
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
        self.assertRegex(done.stderr, r"\Atenon-compile: .* takes more than 1 MiB\n\Z")
        self.assertFalse(self.output.exists())

    def compile_text(self, text, *options):
        source = pathlib.Path(self.output.parent, "bomb.wat")
        binary = source.with_suffix(".wasm")
        source.write_text(text)
        subprocess.run([TENON, "parse", source, "-o", binary], check=True)
        return subprocess.run([TENON, "compile", *options, binary, "-o", self.output],
                              capture_output=True, text=True)

    def test_a_budget_ends_many_functions(self):
        # Each is done soon, all of them are not.
        step = "local.get 0 if local.get 0 i32.const 1 i32.add local.set 0 end "
        func = f"(func (param i32) (result i32) {step * 80} local.get 0)"
        done = self.compile_text(f"(module {func * 1000})", "--budget", "1s")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr,
            r"\Atenon-compile: compiling takes more than 2 s in all, at function f\d+\n\Z")
        self.assertFalse(self.output.exists())

    def test_a_budget_ends_reading(self):
        done = self.compile_text(f"(module {'(func) ' * 500_000})", "--memory-budget", "1M")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "tenon-compile: reading it takes more than 1 MiB\n")
        self.assertFalse(self.output.exists())

    def test_a_function_is_lowered_often_at_no_cost(self):
        # Sixteen parameters, each one of ten thousand cases.
        cases = "".join(f'(case "c{i}")' for i in range(10_000))
        params = "".join(f'(param "p{i}" $v)' for i in range(16))
        core = f'(core module $m (func (export "f") (param{" i32" * 16})))'
        lift = '(func (export "f") (type $f) (canon lift (core func $i "f")))'
        component = (f'(component $c {core} (core instance $i (instantiate $m)) '
                     f'(type $t (variant {cases})) (export $v "v" (type $t)) '
                     f'(type $f (func {params})) {lift})')
        lower = '(core func (canon lower (func $i "f")))'
        done = self.compile_text(f'(component {component} (instance $i (instantiate $c)) '
                                 f'{lower * 8_000})', "--budget", "4s")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_locals_that_nobody_mentions_cost_nothing(self):
        func = f"(func (result i64) (local{' i64' * 50000}) local.get 49999)"
        done = self.compile_text(f"(module {func * 900})", "--memory-budget", "1G")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertLess(self.output.stat().st_size, 1_000_000)

    def test_what_costs_nothing_is_not_inlined_without_end(self):
        chain = "".join(f"(func (param i32) (result i32) local.get 0 {f'call {i + 1} ' * 8})"
                        for i in range(12))
        for level in "-O2", "-O3":
            done = self.compile_text(f"(module {chain} (func (param i32) (result i32) local.get 0))",
                                     level, "--memory-budget", "2G")
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_how_it_ended_is_told(self):
        process = subprocess.Popen(self.words("--threads", "1"), stderr=subprocess.PIPE, text=True)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 60
        while not (child := children.read_text().split()) and time.monotonic() < deadline:
            time.sleep(0.001)
        os.kill(int(child[0]), signal.SIGKILL)
        self.assertEqual(process.communicate()[1],
                         "tenon: compile: tenon-compile ended by signal 9 (Killed)\n")
        self.assertEqual(process.returncode, 1)
        self.assertFalse(self.output.exists())

    def test_a_parent_that_ignores_its_children_is_nothing_to_it(self):
        done = subprocess.run(self.words(), capture_output=True,
                              preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_no_thread_to_be_had_is_told(self):
        # A thread's stack has the limit's size, for which there is no room.
        limits = 1 << 47, resource.getrlimit(resource.RLIMIT_STACK)[1]
        done = subprocess.run(self.words(), capture_output=True, text=True,
                              preexec_fn=lambda: resource.setrlimit(
                                  resource.RLIMIT_STACK, limits))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Atenon-compile: can't start a thread: .*\n\Z")
        self.assertFalse(self.output.exists())

    def test_a_budget_ends_it_on_a_terminal(self):
        code, sent = self.on_terminal("--memory-budget", "1M")
        self.assertEqual(code, 1)
        self.assertRegex(sent.rpartition(CLEAR)[2],
                         r"\Atenon-compile: .* takes more than 1 MiB\n\Z")
        self.assertFalse(self.output.exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
