#!/usr/bin/env python3
"""Times a run from exec to its first line: first_line.py --tenon T --limit-ms N FILE [ARGUMENT...]

The best of some runs counts, so that other work on the machine does not; it must stay below the
limit. Prints it, and the most memory that was resident.
"""

import argparse
import os
import subprocess
import sys
import time

RUNS = 10


def run(command):
    """(seconds to the first line, peak of resident bytes); the output must begin with a line."""
    start = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as child:
        line = child.stdout.readline()
        seconds = time.monotonic() - start
        child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or not line.endswith(b"\n"):
        raise SystemExit(f"exit code {child.returncode} after the line {line!r}")
    return seconds, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description="Times a run from exec to its first line.")
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--limit-ms", type=float, required=True)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    runs = [run([options.tenon, "run", *options.command]) for _ in range(RUNS)]
    best = 1000 * min(seconds for seconds, _ in runs)
    print(f"{best:.1f} ms to the first line, limit {options.limit_ms:g} ms; "
          f"{max(resident for _, resident in runs) / 1e6:.1f} MB resident")
    return 0 if best < options.limit_ms else 1


if __name__ == "__main__":
    sys.exit(main())
