#!/usr/bin/env python3
"""Tests of the cache of compiled files and of --tier: cache_test.py TENON GUESTS."""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TENON, GUESTS = sys.argv[1:3]
HELLO = f"{GUESTS}/hello.wasm"
GREETING = "Hello from a component!\n"

# Counts for a while, in a function that is called again and again; then says so by its exit code.
SLOW = """
(component
  (core module $m
    (func $work (param i32) (result i32) (local i32)
      (loop $again
        (local.set 1 (i32.add (local.get 1) (i32.mul (local.get 0) (i32.const 3))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1))
    (func (export "run") (result i32) (local i32 i32)
      (local.set 0 (i32.const CALLS))
      (loop $again
        (local.set 1 (i32.add (local.get 1) (call $work (i32.const 1000))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance (export "wasi:cli/run@0.2.12") (export "run" (func $run))))
"""


class CacheTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.scratch.name)
        self.cache = self.root / "xdg" / "tenon"
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.root / "xdg"), LC_ALL="C")

    def tearDown(self):
        self.scratch.cleanup()

    def tenon(self, *arguments, **more):
        return subprocess.run([TENON, *arguments], env=self.environment, capture_output=True,
                              text=True, timeout=300, **more)

    def run_ok(self, *arguments):
        done = self.tenon("run", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def compiled(self):
        return sorted(self.cache.glob("*.tenon"))

    def slow_guest(self, calls):
        source = self.root / "slow.wat"
        source.write_text(SLOW.replace("CALLS", str(calls)))
        guest = self.root / "slow.wasm"
        done = self.tenon("parse", str(source), "-o", str(guest))
        self.assertEqual(done.returncode, 0, done.stderr)
        return str(guest)

    def runner_with(self, script):
        """A runner whose compiler is a shell script."""
        runner = self.root / "tenon"
        shutil.copy(TENON, runner)
        compiler = self.root / "tenon-compile"
        compiler.write_text(f"#!/bin/sh\n{script}\n")
        compiler.chmod(0o755)
        return runner

    def test_compiles_first_and_keeps_it(self):
        self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
        (file,) = self.compiled()
        made = file.stat().st_mtime_ns

        self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
        self.assertEqual(self.run_ok(HELLO), GREETING)

        self.assertEqual([file.stat().st_mtime_ns for file in self.compiled()], [made])

    def test_the_folder_is_the_users_alone(self):
        self.run_ok("--tier", "aot", HELLO)
        self.assertEqual(stat.S_IMODE(self.cache.stat().st_mode), 0o700)

    def test_a_folder_that_others_may_write_to_is_not_used(self):
        self.cache.mkdir(parents=True)
        self.cache.chmod(0o777)
        self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
        self.assertEqual(list(self.cache.iterdir()), [])

    def test_without_a_cache(self):
        self.environment["XDG_CACHE_HOME"] = "/dev/null"
        self.assertEqual(self.run_ok(HELLO), GREETING)
        self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
        self.environment["XDG_CACHE_HOME"] = str(self.root / "xdg")
        self.assertEqual(self.run_ok("--no-cache", "--tier", "aot", HELLO), GREETING)
        self.assertEqual(self.run_ok("--tier", "interp", HELLO), GREETING)
        self.assertFalse(self.cache.exists())

    def test_a_damaged_file_is_made_again(self):
        self.run_ok("--tier", "aot", HELLO)
        (file,) = self.compiled()
        file.write_bytes(file.read_bytes()[:5000])
        self.assertEqual(self.run_ok(HELLO), GREETING)
        self.assertEqual(self.compiled(), [])
        self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
        self.assertEqual(self.compiled(), [file])

    def test_another_content_is_another_file(self):
        guest = self.root / "guest.wasm"
        guest.write_bytes(pathlib.Path(HELLO).read_bytes())
        os.utime(guest, (1_000_000_000, 1_000_000_000))
        self.run_ok("--tier", "aot", str(guest))
        guest.write_bytes(pathlib.Path(f"{GUESTS}/args.wasm").read_bytes())
        self.assertIn("1 arguments", self.run_ok(str(guest), "x"))
        self.assertEqual(len(self.compiled()), 1)

    def seconds(self, *arguments):
        start = time.monotonic()
        self.run_ok(*arguments)
        return time.monotonic() - start

    def test_compiles_in_the_background(self):
        guest = self.slow_guest(1_000_000)
        interpreted = self.seconds("--tier", "interp", guest)
        # The compiler gives way to all others: on a busy machine it may come too late, more than once.
        for _ in range(5):
            mixed = self.seconds(guest)
            if mixed < interpreted:
                break
            self.tenon("cache", "clear")
        deadline = time.monotonic() + 120
        while not self.compiled() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(len(self.compiled()), 1)
        compiled = self.seconds(guest)
        print(f"interp {interpreted:.2f} s, auto {mixed:.2f} s, cached {compiled:.2f} s",
              file=sys.stderr)
        self.assertLess(mixed, interpreted)
        self.assertLess(compiled, interpreted)

    def test_a_file_that_is_replaced_while_it_runs(self):
        self.run_ok("--tier", "aot", HELLO)  # so that there is a cache
        guest = self.slow_guest(3_000_000)
        # A runner whose compiler takes its time: what is remembered of a file has to be some seconds old.
        runner = self.runner_with(f'"{TENON}-compile" "$@"; sleep 3')

        running = subprocess.Popen([runner, "run", guest], env=self.environment)
        deadline = time.monotonic() + 60
        while len(self.compiled()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        copy = self.root / "copy.wasm"
        shutil.copy(HELLO, copy)
        os.replace(copy, guest)
        self.assertEqual(running.wait(), 0)

        self.assertEqual(self.run_ok(guest), GREETING)

    def test_what_could_not_be_compiled_is_not_tried_again(self):
        guest = self.slow_guest(1_000_000)
        runner = self.runner_with(f"echo tried >>{self.root}/tries; exit 1")
        for _ in range(2):
            subprocess.run([runner, "run", guest], env=self.environment, check=True)
        self.assertEqual((self.root / "tries").read_text(), "tried\n")

    def test_a_short_run_compiles_nothing(self):
        self.run_ok(HELLO)
        self.assertFalse(self.cache.exists())

    def test_many_at_once(self):
        outputs = []
        def run():
            outputs.append(self.run_ok("--tier", "aot", HELLO))
        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(outputs, [GREETING] * 4)
        self.assertEqual(len(self.compiled()), 1)

    def test_ls_and_clear(self):
        self.assertEqual(self.tenon("cache", "ls").stdout, "0 files, 0 bytes\n")
        self.run_ok("--tier", "aot", HELLO)
        (file,) = self.compiled()
        size = file.stat().st_size
        lines = self.tenon("cache", "ls").stdout.splitlines()
        self.assertRegex(lines[0], rf"^\d{{4}}-\d\d-\d\d \d\d:\d\d  {size}  {file.name}$")
        self.assertEqual(lines[1], f"1 file, {size} bytes in {self.cache}")
        self.assertEqual(self.tenon("cache", "clear").returncode, 0)
        self.assertEqual(self.tenon("cache", "ls").stdout, f"0 files, 0 bytes in {self.cache}\n")

    def test_what_is_invalid_is_not_compiled(self):
        guest = self.root / "bad.wat"
        guest.write_text("(module (func (result i32) i64.const 1))")
        done = self.tenon("run", "--tier", "aot", str(guest))
        self.assertEqual(done.returncode, 1)
        self.assertIn("type mismatch", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=0)
