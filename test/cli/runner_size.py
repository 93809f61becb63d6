#!/usr/bin/env python3
"""Fails when the runner is too large, or when LLVM is in it: runner_size.py TENON NM."""

import pathlib
import subprocess
import sys

MOST_BYTES = 6_000_000


def main():
    tenon, nm = sys.argv[1:]
    size = pathlib.Path(tenon).stat().st_size
    print(f"{size} bytes of at most {MOST_BYTES}")
    symbols = subprocess.run([nm, "-C", f"{tenon}.debug"], check=True, capture_output=True,
                             text=True).stdout
    if "tenon::vm::" not in symbols:
        print("its symbols are not beside it")
        return 1
    foreign = [line for line in symbols.splitlines() if " llvm::" in line or " lld::" in line]
    for line in foreign[:10]:
        print(line)
    return 1 if foreign or size > MOST_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
