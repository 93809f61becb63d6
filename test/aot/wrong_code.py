#!/usr/bin/env python3
"""A compiled file whose code was damaged ends with a word about it and a signal: wrong_code.py TENON GUESTS."""

import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile

EXECUTABLE = 1  # of a segment
SAID = b"tenon: run: the machine code of the guest is damaged, or wrong: "
# A sanitizer's handler would end the process otherwise.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0")
ENDINGS = {  # what the code is filled with
    b"\x0f\x0b": signal.SIGILL,  # ud2
    b"\xcc\xcc": signal.SIGTRAP,  # int3
    b"\xf4\xf4": signal.SIGSEGV,  # hlt
}


def with_code(file, filling):
    """The file, all of its code other."""
    copy = bytearray(file)
    (headers,) = struct.unpack_from("<Q", copy, 32)
    size, count = struct.unpack_from("<HH", copy, 54)
    for at in range(headers, headers + count * size, size):
        _, flags, offset, _, _, length = struct.unpack_from("<IIQQQQ", copy, at)
        if flags & EXECUTABLE:
            copy[offset:offset + length] = (filling * length)[:length]
    return bytes(copy)


def main():
    tenon, guests = sys.argv[1:]
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        guest = pathlib.Path(scratch, "hello.tenon")
        subprocess.run([tenon, "compile", "-O0", f"{guests}/hello.wasm", "-o", guest], check=True)
        file = guest.read_bytes()
        for filling, ending in ENDINGS.items():
            guest.write_bytes(with_code(file, filling))
            run = subprocess.run([tenon, "run", guest], capture_output=True, env=ENVIRONMENT)
            is_right = run.returncode == -ending and run.stderr.startswith(SAID)
            failures += not is_right
            if not is_right:
                print(f"{filling}: {run.returncode}, {run.stderr}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
