#!/usr/bin/env python3
"""Calls functions with WAVE values: invoke.py --tenon T CALLS COMPONENT...

CALLS is a file of calls and the results they must print, described at its head; each call is made
of each component.
"""

import argparse
import os
import pathlib
import subprocess
import sys

TIMEOUT = 60


def read_calls(path):
    """(call, expected result) of each line."""
    lines = []
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith("|"):
            lines[-1] += "\n" + line[1:]
        elif line and not line.startswith("#"):
            lines.append(line)
    for line in lines:
        call, arrow, result = line.rpartition(" => ")
        if not arrow:
            call, result = line, line[line.index("(") + 1:line.rindex(")")]
        yield call, result


def run(tenon, component, call):
    environment = dict(os.environ, ASAN_OPTIONS="abort_on_error=1", UBSAN_OPTIONS="abort_on_error=1")
    done = subprocess.run([tenon, "run", "--invoke", call, component], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT, env=environment)
    return done.returncode, done.stdout.decode() + done.stderr.decode("utf-8", "backslashreplace")


def main():
    parser = argparse.ArgumentParser(description="Calls functions with WAVE values.")
    parser.add_argument("--tenon", required=True)
    parser.add_argument("calls")
    parser.add_argument("components", nargs="+")
    options = parser.parse_args()

    calls = list(read_calls(options.calls))
    failed = 0
    for component in options.components:
        for call, result in calls:
            actual = run(options.tenon, component, call)
            if actual != (0, result + "\n"):
                failed += 1
                print(f"FAIL {pathlib.Path(component).name}: {call}\n  expected: {result}\n"
                      f"  actual: exit code {actual[0]}, {actual[1]}")
    print(f"{len(calls)} calls of {len(options.components)} components, {failed} wrong")
    return 1 if failed or not calls else 0


if __name__ == "__main__":
    sys.exit(main())
