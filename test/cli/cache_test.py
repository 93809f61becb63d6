#!/usr/bin/env python3
"""Tests of the cache of compiled files and of --tier: cache_test.py TENON GUESTS."""

import fcntl
import os
import pathlib
import shutil
import signal
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

    def test_where_there_is_no_place_in_the_cache(self):
        self.run_ok("--tier", "aot", HELLO)
        [file] = self.compiled()
        file.unlink()
        for taken in file, file.with_name(file.name + ".tmp"):
            (taken / "by others").mkdir(parents=True)
            self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
            self.assertTrue(taken.is_dir())
            shutil.rmtree(taken)
        self.assertFalse(self.compiled())

    def test_a_damaged_file_is_made_again(self):
        self.run_ok("--tier", "aot", HELLO)
        (file,) = self.compiled()
        file.write_bytes(file.read_bytes()[:5000])
        self.assertEqual(self.run_ok(HELLO), GREETING)
        self.assertEqual(self.compiled(), [])
        self.assertEqual(self.run_ok("--tier", "aot", HELLO), GREETING)
        self.assertEqual(self.compiled(), [file])

    def test_damaged_code_is_made_again_when_all_is_read(self):
        self.run_ok("--tier", "aot", HELLO)
        (file,) = self.compiled()
        good = file.read_bytes()
        file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))  # nothing that a start reads
        self.assertEqual(self.run_ok(HELLO), GREETING)
        self.assertEqual(self.compiled(), [file])
        self.assertEqual(self.run_ok("--verify", HELLO), GREETING)
        self.assertEqual(self.compiled(), [])
        self.assertEqual(self.run_ok("--verify", "--tier", "aot", HELLO), GREETING)
        self.assertEqual(file.read_bytes(), good)

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

    def test_that_something_could_not_be_compiled_is_forgotten_after_a_day(self):
        guest = self.slow_guest(1_000_000)
        runner = self.runner_with(f"echo tried >>{self.root}/tries; exit 1")
        def tries():
            subprocess.run([runner, "run", guest], env=self.environment, check=True)
            return len((self.root / "tries").read_text().splitlines())
        self.assertEqual([tries(), tries()], [1, 1])
        [lock] = self.cache.glob("*.lock")
        then = time.time() - 25 * 3600
        os.utime(lock, (then, then))
        self.assertEqual([tries(), tries()], [2, 2])

    def test_a_compiler_of_another_build_is_not_asked_again(self):
        guest = self.slow_guest(1_000_000)
        runner = self.runner_with(f'echo tried >>{self.root}/tries\n'
                                  'while [ "$1" != -o ]; do shift; done; echo none >"$2"')
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

    def is_running(self, pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def assert_ends(self, pid_file):
        pid = int(pid_file.read_text())
        deadline = time.monotonic() + 20
        while self.is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(self.is_running(pid))

    def slow_compiler(self):
        """A runner whose compiler never comes to an end, and the file with that one's id."""
        pid_file = self.root / "pid"
        runner = self.runner_with(f"echo $$ >{self.root}/pid.new; mv {self.root}/pid.new {pid_file}\n"
                                  "exec sleep 300")
        self.environment["TMPDIR"] = str(self.root / "tmp")
        (self.root / "tmp").mkdir(exist_ok=True)
        pid_file.unlink(missing_ok=True)
        return runner, pid_file

    def test_a_timeout_ends_the_compiler(self):
        for more in [], ["--no-cache"]:
            runner, pid_file = self.slow_compiler()
            done = subprocess.run([runner, "run", "--tier", "aot", *more, "--timeout", "2s", HELLO],
                                  env=self.environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 124, done.stderr)
            self.assert_ends(pid_file)
            self.assertEqual(list((self.root / "tmp").iterdir()), [])

    def test_a_signal_ends_the_compiler(self):
        output = self.root / "out.tenon"
        for words in ["run", "--no-cache", "--tier", "aot", HELLO], ["compile", HELLO, "-o", output]:
            for number in signal.SIGINT, signal.SIGTERM, signal.SIGKILL:
                runner, pid_file = self.slow_compiler()
                # Who runs this in the background may have had SIGINT ignored.
                running = subprocess.Popen(
                    [runner, *words], env=self.environment,
                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
                while not pid_file.exists():
                    self.assertIsNone(running.poll())
                    time.sleep(0.02)
                running.send_signal(number)
                self.assertEqual(running.wait(), -number)
                self.assert_ends(pid_file)
                self.assertEqual(list((self.root / "tmp").iterdir()), [])

    def test_temporary_folders_are_not_needed(self):
        self.environment["TMPDIR"] = str(self.root / "none")
        self.assertEqual(self.run_ok("--no-cache", "--tier", "aot", HELLO), GREETING)

    def test_a_folder_that_is_replaced_meanwhile(self):
        moved = self.root / "moved"
        runner = self.runner_with(f'mv {self.cache} {moved} && mkdir -m 777 {self.cache} &&\n'
                                  f'exec "{TENON}-compile" "$@"')
        done = subprocess.run([runner, "run", "--tier", "aot", HELLO], env=self.environment,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", GREETING))
        self.assertEqual(list(self.cache.iterdir()), [])
        self.assertEqual(len(list(moved.glob("*.tenon"))), 1)

    def test_two_that_compile_the_same_do_it_once(self):
        runner = self.runner_with(f'echo tried >>{self.root}/tries; sleep 1\n'
                                  f'exec "{TENON}-compile" "$@"')
        words = [runner, "run", "--tier", "aot", HELLO]
        running = [subprocess.Popen(words, env=self.environment, stdout=subprocess.DEVNULL)
                   for _ in range(3)]
        self.assertEqual([one.wait() for one in running], [0, 0, 0])
        self.assertEqual((self.root / "tries").read_text(), "tried\n")

    def test_what_is_being_compiled_is_not_cleared(self):
        runner = self.runner_with(f"touch {self.cache}/0.tenon.0.tmp; {TENON} cache clear\n"
                                  f'ls {self.cache} >{self.root}/left; exec "{TENON}-compile" "$@"')
        subprocess.run([runner, "run", "--tier", "aot", HELLO], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)
        self.assertRegex((self.root / "left").read_text(), r"\A[0-9a-f]+\.lock\n\Z")
        self.assertEqual(len(self.compiled()), 1)
        self.tenon("cache", "clear")
        self.assertEqual([path for path in self.cache.iterdir() if path.is_file()], [])

    def test_a_lock_is_kept_as_long_as_it_is_held(self):
        self.run_ok("--tier", "aot", HELLO)
        files = [self.cache / name for name in ("0.lock", "0.tenon", "0.tenon.1.tmp")]
        for file in files:
            file.write_bytes(b"")
            os.utime(file, (1_000_000_000, 1_000_000_000))
        with open(files[0], "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.tenon("cache", "clear")
            self.run_ok("--tier", "aot", HELLO)
            self.assertTrue(all(file.exists() for file in files))
        self.run_ok("--tier", "aot", f"{GUESTS}/args.wasm")
        self.assertEqual([file.name for file in files if file.exists()], ["0.tenon"])

    def test_what_failed_in_the_background_may_be_compiled_first(self):
        guest = self.slow_guest(1_000_000)
        failing = self.runner_with("exit 1")
        subprocess.run([failing, "run", guest], env=self.environment, check=True)
        (lock,) = self.cache.glob("*.lock")
        self.assertNotEqual(lock.stat().st_size, 0)
        self.run_ok("--tier", "aot", guest)
        self.assertEqual(lock.stat().st_size, 0)

    def test_ls_and_clear(self):
        self.assertEqual(self.tenon("cache", "ls").stdout, f"no cache: {self.cache}: No such file or directory\n")
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
