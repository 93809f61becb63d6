#!/usr/bin/env python3
"""What tools are told of compiled code: profile_test.py TENON files|perf|gdb

Exits with 77, which is "skipped", and says why, where there is no such tool or where it may not look
at a process.
"""

import glob
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest

TENON = os.path.abspath(sys.argv[1])
TIMEOUT = 240

# Works in $busy, called by function 1, called by the function that is run, forever if ROUNDS is 0.
GUEST = """
(component
  (core module $m
    (func $busy (param i32) (result i32) (local i32)
      (loop $again
        (local.set 1 (i32.xor (i32.rotl (local.get 1) (i32.const 5))
                              (i32.mul (local.get 0) (i32.const 3))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1))
    (func (param i32) (result i32)
      (i32.add (call $busy (local.get 0)) (call $busy (i32.const 100000))))
    (func (export "run") (result i32) (local i32 i32)
      (local.set 0 (i32.const ROUNDS))
      (loop $again
        (local.set 1 (i32.add (local.get 1) (call 1 (i32.const 100000))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance (export "wasi:cli/run@0.2.12") (export "run" (func $run))))
"""
# In C: `busy` calls `divide`, which a header has.
HEADER = """\
static inline int divide(int x) {
  return 100 / x;
}
"""
SOURCE = """\
#include "divide.h"
__attribute__((noinline)) int busy(int n) {
  volatile unsigned h = 1;
  for (int i = 1; i < n; i++) {
    h = h * 31 + divide(i);
    h ^= h >> 7;
  }
  return h;
}
__attribute__((export_name("run"))) int run(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += busy(100000 + i);
  return sum;
}
"""
NAMES = ["m!busy", "m!<function 1>", "m!run"]


class ToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tenon-profile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = dict(os.environ, LC_ALL="C", HOME=str(self.folder), DEBUGINFOD_URLS="")
        self.addCleanup(self.remove_maps, set(glob.glob("/tmp/perf-*.map")))

    def remove_maps(self, before):
        for path in set(glob.glob("/tmp/perf-*.map")) - before:
            os.unlink(path)

    def sh(self, *words, **more):
        done = subprocess.run(words, cwd=self.folder, env=self.environment, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, **more)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def guest(self, rounds, compiled=True):
        (self.folder / "work.wat").write_text(GUEST.replace("ROUNDS", str(rounds)))
        self.sh(TENON, "parse", "work.wat", "-o", "work.wasm")
        if not compiled:
            return "work.wasm"
        self.sh(TENON, "compile", "-O1", "work.wasm")
        return "work.tenon"

    def guest_with_lines(self, *options):
        """A module with DWARF, whose `run` takes how many rounds it works."""
        if shutil.which("clang-22") is None:
            self.skipTest("no clang-22 is installed")
        (self.folder / "divide.h").write_text(HEADER)
        (self.folder / "lines.c").write_text(SOURCE)
        self.sh("clang-22", "--target=wasm32-unknown-unknown", "-O1", "-g", "-nostdlib",
                "-Wl,--no-entry", "lines.c", "-o", "lines.wasm")
        self.sh(TENON, "compile", "-O1", *options, "lines.wasm")
        return "lines.tenon"

    def start(self, *words):
        process = subprocess.Popen([TENON, "run", *words], cwd=self.folder, env=self.environment,
                                   stdout=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, path, process):
        """The file's text once a whole line is there, while the process runs."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and process.poll() is None:
            if path.exists() and path.read_text().endswith("\n"):
                return path.read_text()
            time.sleep(0.05)
        self.fail(f"no {path}")

    def check_map(self, text):
        pieces = []
        for line in text.splitlines():
            begin, size, name = re.fullmatch(r"([0-9a-f]+) ([0-9a-f]+) (.+)", line).groups()
            pieces.append((int(begin, 16), int(size, 16), name))
        self.assertEqual([name for _, _, name in pieces if "!" in name], NAMES)
        for (begin, size, _), (following, _, _) in zip(pieces, pieces[1:]):
            self.assertLessEqual(begin + size, following)


class FilesTest(ToolTest):
    def test_perf_map_of_a_compiled_file(self):
        process = self.start("--profile", "perfmap", self.guest(0))
        text = self.wait_for(pathlib.Path(f"/tmp/perf-{process.pid}.map"), process)
        self.check_map(text)

    def test_no_page_is_writable_and_executable(self):
        process = self.start("--profile", "perfmap", self.guest(0))
        text = self.wait_for(pathlib.Path(f"/tmp/perf-{process.pid}.map"), process)
        first = int(text.split()[0], 16)
        executable = []
        for line in pathlib.Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            begin, end, access = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if "x" in access:
                executable.append((int(begin, 16), int(end, 16)))
                self.assertNotIn("w", access)
        self.assertTrue(any(begin <= first < end for begin, end in executable))

    def test_perf_map_of_what_is_compiled_first(self):
        process = self.start("--profile", "perfmap", "--tier", "aot", self.guest(0, compiled=False))
        self.check_map(self.wait_for(pathlib.Path(f"/tmp/perf-{process.pid}.map"), process))

    def test_perf_map_of_what_is_compiled_while_it_runs(self):
        self.environment["XDG_CACHE_HOME"] = str(self.folder)
        process = self.start("--profile", "perfmap", self.guest(0, compiled=False))
        self.check_map(self.wait_for(pathlib.Path(f"/tmp/perf-{process.pid}.map"), process))

    def test_a_link_is_not_followed(self):
        # Whoever starts the process knows its number before it begins.
        script = ('ln -s "$PWD/victim" /tmp/perf-$$.map; exec "$0" run --profile perfmap "$1"')
        self.sh("sh", "-c", script, TENON, self.guest(1))
        self.assertFalse((self.folder / "victim").exists())

    def test_jitdump(self):
        self.sh(TENON, "run", "--profile", "jitdump", self.guest(1))
        (path,) = self.folder.glob("jit-*.dump")
        dump = path.read_bytes()
        magic, version, size, machine, _, pid = struct.unpack_from("<6I", dump)
        self.assertEqual((magic, version, size, machine), (0x4A695444, 1, 40, 62))
        self.assertEqual(path.name, f"jit-{pid}.dump")
        at, names, previous = size, [], 0
        while at < len(dump):
            kind, size, timestamp, pid, _, vma, address, code_size, index = struct.unpack_from(
                "<IIQIIQQQQ", dump, at)
            name, _, code = dump[at + 56:at + size].partition(b"\0")
            self.assertEqual((kind, vma, len(code)), (0, address, code_size))
            self.assertGreaterEqual(timestamp, previous)
            self.assertIn(code, (self.folder / "work.tenon").read_bytes())
            names.append(name.decode())
            at, previous = at + size, timestamp
        self.assertEqual(at, len(dump))
        self.assertEqual([name for name in names if "!" in name], NAMES)


    def lines(self, *options):
        """The lines of each function that the dump has some of."""
        self.sh(TENON, "run", "--profile", "jitdump", "--invoke", "run(1)",
                self.guest_with_lines(*options))
        (path,) = self.folder.glob("jit-*.dump")
        dump = path.read_bytes()
        at, waiting, lines = struct.unpack_from("<6I", dump)[2], None, {}
        while at < len(dump):
            kind, size = struct.unpack_from("<II", dump, at)
            if kind == 2:
                self.assertIsNone(waiting)
                waiting = self.debug_info(dump[at:at + size])
            else:
                self.assertEqual(kind, 0)
                begin, length = struct.unpack_from("<QQ", dump, at + 32)
                name = dump[at + 56:at + size].partition(b"\0")[0].decode()
                if waiting is not None:
                    self.assertEqual((waiting[0], waiting[1][0][0], waiting[1][-1][0]),
                                     (begin, begin, begin + length))
                    self.assertEqual(waiting[1], sorted(waiting[1], key=lambda entry: entry[0]))
                    lines[name] = {(file, line) for _, line, file in waiting[1] if line != 0}
                waiting = None
            at += size
        self.assertIsNone(waiting)
        path.unlink()
        return lines

    def debug_info(self, record):
        """Where the code begins, and its entries: address, line, file."""
        begin, count = struct.unpack_from("<QQ", record, 16)
        at, entries = 32, []
        for _ in range(count):
            address, line, _ = struct.unpack_from("<QII", record, at)
            end = record.index(b"\0", at + 16)
            entries.append((address, line, record[at + 16:end].decode()))
            at = end + 1
        self.assertEqual(at, len(record))
        return begin, entries

    def test_jitdump_has_lines(self):
        some, all_of_them = self.lines(), self.lines("-g")
        self.assertEqual(set(some), {"lines.wasm!busy", "lines.wasm!run"})
        self.assertIn(("./divide.h", 2), some["lines.wasm!busy"])
        self.assertLess(some["lines.wasm!busy"], all_of_them["lines.wasm!busy"])
        self.assertIn(("lines.c", 6), all_of_them["lines.wasm!busy"])


class PerfTest(ToolTest):
    def record(self, *words):
        self.sh("perf", "record", "-q", "-k", "mono", "-e", "task-clock:u", "-F", "999", "-g", "-o",
                "perf.data", TENON, "run", *words)

    def stacks(self, data="perf.data"):
        """Each sample's symbols, innermost first."""
        text = self.sh("perf", "script", "-i", data, "-F", "ip,sym")
        return [re.findall(r"^\s*[0-9a-f]+ (.+)$", sample, re.M) for sample in text.split("\n\n")]

    def check(self, stacks, names):
        whole = [stack for stack in stacks if stack[:3] == names]
        # Interrupted in a first or last instruction it has one frame less.
        self.assertGreater(len(whole), 0.8 * len(stacks), stacks[:20])

    def test_a_compiled_file_has_symbols(self):
        self.record(self.guest(3000))
        self.check(self.stacks(), ["f0.busy", "f1", "f2.run"])

    def test_perf_map(self):
        self.record("--profile", "perfmap", self.guest(3000))
        self.check(self.stacks(), NAMES)

    def test_jitdump(self):
        self.record("--profile", "jitdump", self.guest(3000))
        self.sh("perf", "inject", "--jit", "-i", "perf.data", "-o", "whole.data")
        self.check(self.stacks("whole.data"), NAMES)


    def test_jitdump_has_lines(self):
        self.record("--profile", "jitdump", "--invoke", "run(300)", self.guest_with_lines("-g"))
        self.sh("perf", "inject", "--jit", "-i", "perf.data", "-o", "whole.data")
        text = self.sh("perf", "script", "-i", "whole.data", "-F", "ip,sym,srcline")
        self.assertRegex(text, r"lines\.wasm!busy.*\n +lines\.c:[56]\n")
        self.assertRegex(text, r"lines\.wasm!run.*\n +lines\.c:13\n")


class GdbTest(ToolTest):
    STACK = r"#0 .* in m!busy \(\)\n#1 .* in m!<function 1> \(\)\n#2 .* in m!run \(\)\n"
    END = r"#\d+ .* in tenon_sys_enter_native \(\).*\n(?!#)"

    def gdb(self, *words):
        return self.sh("gdb", "-nx", "-batch", "-iex", "set auto-load no", "-ex", "set confirm off",
                       *words)

    def test_a_breakpoint_by_name(self):
        text = self.gdb("-ex", "set breakpoint pending on", "-ex", "break m!busy", "-ex", "run",
                        "-ex", "backtrace", "-ex", "stepi 6", "-ex", "backtrace", "-ex", "kill",
                        "--args", TENON, "run", "-g", self.guest(1))
        self.assertEqual(len(re.findall(self.STACK, text)), 2, text)
        self.assertRegex(text, self.END)

    def test_a_breakpoint_by_line(self):
        text = self.gdb("-ex", "handle SIGSEGV nostop noprint", "-ex", "set breakpoint pending on",
                        "-ex", "break lines.c:6", "-ex", "run", "-ex", "backtrace", "-ex", "kill",
                        "--args", TENON, "run", "-g", "--invoke", "run(1)",
                        self.guest_with_lines("-g"))
        self.assertRegex(text, r"#0 .*lines\.wasm!busy \(\) at lines\.c:6\n"
                               r"#1 .*lines\.wasm!run \(\) at lines\.c:13\n"
                               r"#2 .* in entry\.\S+ \(\)\n")

    def test_a_process_that_runs(self):
        process = self.start("-g", self.guest(0))
        time.sleep(0.5)
        text = self.gdb("-p", str(process.pid), "-ex", "backtrace", "-ex", "detach")
        self.assertRegex(text, self.STACK)


def why_not(what):
    """Why there is nothing to test; empty if there is."""
    probes = {"perf": ["perf", "record", "-q", "-e", "task-clock:u", "-o", "/dev/null", "true"],
              "gdb": ["gdb", "-nx", "-batch", "-ex", "run", "/bin/true"]}
    if what not in probes:
        return ""
    if shutil.which(what) is None:
        return f"no {what} is installed"
    done = subprocess.run(probes[what], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    works = done.returncode == 0 and (what != "gdb" or "exited normally" in done.stdout)
    return "" if works else f"{what} may not look at processes here: {done.stdout.strip()}"


if __name__ == "__main__":
    what = sys.argv[2]
    if reason := why_not(what):
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], defaultTest=f"{what.capitalize()}Test")
