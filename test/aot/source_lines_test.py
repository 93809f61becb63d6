#!/usr/bin/env python3
"""Backtraces name files and lines of guests built with -g: source_lines_test.py TENON

In both tiers alike, by line tables of versions 4 and 5, in code that was inlined too. Tables that are
damaged make less of a backtrace and nothing else.
"""

import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

TENON = os.path.abspath(sys.argv[1])

SOURCES = {
    "src/a.h": """\
static inline __attribute__((always_inline)) int in_header(int x) {
  return 100 / x;
}
""",
    "b.c": """\
#include "src/a.h"
int other(int);

__attribute__((noinline)) int divide(int x) {
  int y = in_header(x);
  return y + 1;
}

__attribute__((export_name("run"))) int run(int x) {
  return 2 * other(x);
}
""",
    "c.c": """\
int divide(int);
int other(int x) {
  int y = 0;
  y += divide(x);
  return y - 3;
}
""",
}
PLACES = ["guest.wasm!divide at ./src/a.h:2:14", "guest.wasm!other at c.c:4:8",
          "guest.wasm!run at b.c:10:14"]
FUNCTIONS = [place.split(" at ")[0] for place in PLACES]
COMPILE = ["clang-22", "--target=wasm32-unknown-unknown", "-O1", "-Wall", "-Werror"]


def sections(module):
    """Begin of the contents, end, and name of a custom section, of each section."""
    at = 8
    while at < len(module):
        number, at = module[at], at + 1
        size, at = leb(module, at)
        name = ""
        if number == 0:
            length, begin = leb(module, at)
            name = module[begin:begin + length].decode()
        yield at, at + size, name
        at += size


def code(file):
    """What the program header of an ELF file that is executable has."""
    (begin,) = struct.unpack_from("<Q", file, 32)
    size, count = struct.unpack_from("<HH", file, 54)
    for at in range(begin, begin + size * count, size):
        _, flags, offset, _, _, length = struct.unpack_from("<IIQQQQ", file, at)
        if flags & 1:
            return file[offset:offset + length]
    raise ValueError("no code")


def leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def to_leb(value):
    data = b""
    while value >= 0x80:
        data, value = data + bytes([value & 0x7f | 0x80]), value >> 7
    return data + bytes([value])


class SourceLinesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tenon-lines-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        for name, text in SOURCES.items():
            (cls.folder / name).parent.mkdir(exist_ok=True)
            (cls.folder / name).write_text(text)
        cls.sh([*COMPILE, "-gdwarf-4", "-c", "b.c", "-o", "b.o"])
        cls.sh([*COMPILE, "-gdwarf-5", "-c", "c.c", "-o", "c.o"])
        cls.sh([*COMPILE, "-nostdlib", "-Wl,--no-entry", "b.o", "c.o", "-o", "guest.wasm"])

    @classmethod
    def sh(cls, words):
        subprocess.run(words, cwd=cls.folder, check=True)

    def run_guest(self, file):
        done = subprocess.run([TENON, "run", "--invoke", "run(0)", file], cwd=self.folder, timeout=60,
                              capture_output=True, text=True, errors="replace")
        lines = done.stderr.splitlines()
        self.assertEqual((done.returncode, lines[:1]), (134, ["tenon: trap: integer divide by zero"]),
                         done.stderr)
        return [line.split("  ")[-1] for line in lines[1:]]

    def test_names_lines_in_both_tiers(self):
        self.assertEqual(self.run_guest("guest.wasm"), PLACES)
        for level in "02":
            self.sh([TENON, "compile", f"-O{level}", "guest.wasm", "-o", "guest.tenon"])
            self.assertEqual(self.run_guest("guest.tenon"), PLACES)

    def test_positions_of_all_code_change_neither_places_nor_code(self):
        for level in "02":
            for name, debug in ("less", []), ("all", ["-g"]), ("again", ["-g", "--threads", "1"]):
                self.sh([TENON, "compile", f"-O{level}", *debug, "guest.wasm", "-o", f"{name}.tenon"])
            self.assertEqual(self.run_guest("all.tenon"), PLACES)
            less, all_of_it, again = ((self.folder / f"{name}.tenon").read_bytes()
                                      for name in ("less", "all", "again"))
            self.assertEqual(all_of_it, again)
            self.assertEqual(code(all_of_it), code(less))
            self.assertGreater(len(all_of_it), len(less))

    def test_machine_code_is_shown_with_lines(self):
        self.sh([TENON, "compile", "-O1", "-g", "guest.wasm", "-o", "guest.tenon"])
        done = subprocess.run([TENON, "objdump", "--func", "other", "guest.tenon"], check=True,
                              cwd=self.folder, timeout=60, capture_output=True, text=True)
        # What `y - 3` became, and what became of it.
        self.assertRegex(done.stdout, r"; c\.c:4:8\n(  0x.*\n)+ .*\bcall[^\n]*divide")
        self.assertRegex(done.stdout, r"; c\.c:5:\d+\n(  0x.*\n)*  0x\w+  i32\.(add|sub)\n    +\w+:")

    def test_names_functions_alone_where_there_are_no_tables(self):
        module = (self.folder / "guest.wasm").read_bytes()
        (self.folder / "without.wasm").write_bytes(module.replace(b".debug_line", b".debug_lime"))
        self.assertEqual(self.run_guest("without.wasm"), FUNCTIONS)

    def test_names_that_overlap_take_no_memory(self):
        self.write_overlapping(self.folder / "names.wasm", 60_000)
        module = (self.folder / "names.wasm").read_bytes()
        (self.folder / "none.wasm").write_bytes(module.replace(b".debug_line_str", b".debug_lime_str"))
        for guest in "names", "none":
            self.sh([TENON, "compile", "-O0", f"{guest}.wasm"])
        for words in (["run", "-g", "--invoke", "run(0)"], ["objdump"],
                      ["run", "--profile", "jitdump", "--invoke", "run(0)"]):
            # Without a limit it is several times that; sanitizers keep what is freed for a while.
            self.assertLess(self.peak(*words, "names.tenon"),
                            self.peak(*words, "none.tenon") + 200_000)

    def peak(self, *words):
        """How much memory it takes, or what it starts, in KiB."""
        with subprocess.Popen([TENON, *words], cwd=self.folder, stdout=subprocess.DEVNULL) as child:
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0)
        return usage.ru_maxrss

    def write_overlapping(self, path, count):
        """A module in which each load is of a file of its own: names begin a letter apart."""
        words = struct.pack
        load = b"\x20\x00\x28\x02\x00\x1a"
        body = b"\x00" + load * count + b"\x0b"
        body = to_leb(len(body)) + body
        first = 1 + len(body) - 1 - len(load) * count
        names = random.Random(1).randbytes(count + 1000).translate(bytes(range(64, 128)) * 4)
        header = (bytes([1, 1, 1, 0, 1, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0x1f, 2]) +
                  words("<II", 0, 0) + bytes([2, 1, 0x1f, 2, 0x0b]) + to_leb(count) +
                  b"".join(words("<IB", i, 1) for i in range(count)))
        rows = b"\x02" + to_leb(first) + b"".join(b"\x04" + to_leb(i) + b"\x01\x02" + to_leb(len(load))
                                                 for i in range(count))
        unit = words("<HBBI", 5, 4, 0, len(header)) + header + rows + b"\x00\x01\x01"
        table = words("<I", len(unit)) + unit
        section = lambda number, data: bytes([number]) + to_leb(len(data)) + data
        custom = lambda name, data: section(0, bytes([len(name)]) + name + data)
        path.write_bytes(b"\0asm\1\0\0\0" + section(1, b"\x01\x60\x01\x7f\x00") +
                         section(3, b"\x01\x00") + section(5, b"\x01\x00\x01") +
                         section(7, b"\x01\x03run\x00\x00") + section(10, b"\x01" + body) +
                         custom(b".debug_line", table) + custom(b".debug_line_str", names))

    def test_damaged_tables_do_no_harm(self):
        chance = random.Random(1)
        module = (self.folder / "guest.wasm").read_bytes()
        tables = [at for begin, end, name in sections(module) if name.startswith(".debug_line")
                  for at in range(begin + 1 + len(name), end)]
        for _ in range(300):
            damaged = bytearray(module)
            for at in chance.sample(tables, chance.choice([1, 1, 3])):
                damaged[at] = chance.choice([0, 0xff, 0x7f, 0x80, damaged[at] ^ 1 << chance.randrange(8)])
            (self.folder / "damaged.wasm").write_bytes(damaged)
            names = [place.split(" at ")[0] for place in self.run_guest("damaged.wasm")]
            self.assertEqual(names, FUNCTIONS)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
