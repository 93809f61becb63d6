#!/usr/bin/env python3
"""Recursion in functions with frames of many pages ends as exhaustion: huge_frames.py TENON [LOCALS]

Each function keeps all of its vectors across its call, so that a frame is as large as they are. On a
stack that is smaller than one frame, and on one that holds some.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TENON = os.path.abspath(sys.argv[1])
LOCALS = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
ARGUMENTS = 400  # of a tail call, on the stack


def keeping(first, count, call):
    """Reads vectors from memory, calls, and writes them back."""
    lines = [f"(local.set {first + i} (v128.load offset={16 * i} (i32.const 0)))"
             for i in range(count)]
    lines.append(call)
    lines += [f"(v128.store offset={16 * i} (i32.const 0) (local.get {first + i}))"
              for i in range(count)]
    return "\n".join(lines)


def module(locals_count):
    """`direct` calls itself. `tails` calls what makes a tail call, of more arguments than it was
    given itself, to a function whose frame is three times as large."""
    most, least = locals_count - ARGUMENTS, locals_count // 3
    params = " i64" * ARGUMENTS
    arguments = " (local.get 0)" * ARGUMENTS
    return f"""(module (memory {-(-16 * locals_count // 65536)})
      (func $direct (export "direct") (param i64) (local{" v128" * most})
        {keeping(1, most, "(call $direct (local.get 0))")})
      (func $tails (export "tails") (param i64) (local{" v128" * least})
        {keeping(1, least, "(call $few (local.get 0))")})
      (func $few (param i64) (return_call $many{arguments}))
      (func $many (param{params}) (local{" v128" * most})
        {keeping(ARGUMENTS, most, "(call $tails (local.get 7))")}))"""


class HugeFramesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tenon-frames-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def tenon(self, *words):
        return subprocess.run([TENON, *words], cwd=self.folder, capture_output=True, text=True,
                              timeout=900)

    def check(self, locals_count, *options):
        (self.folder / "frames.wat").write_text(module(locals_count))
        done = self.tenon("compile", *options, "--budget", "none", "frames.wat")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in "direct", "tails":
            for stack in "64K", "512K", "1G":
                done = self.tenon("run", "--max-stack", stack, "--invoke", f"{name}(1)",
                                  "frames.tenon")
                self.assertEqual((done.returncode, done.stderr.splitlines()[:1]),
                                 (134, ["tenon: trap: call stack exhausted"]),
                                 f"{name}, {options}, {stack}: {done.stderr}")

    def test_unoptimised(self):
        self.check(LOCALS, "-O0")

    def test_optimised(self):
        self.check(LOCALS // 10, "-O2")

    # A body so long is compiled as at -O1.
    def test_optimised_as_far_as_large_bodies_are(self):
        self.check(LOCALS, "-O2")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
