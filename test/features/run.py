#!/usr/bin/env python3
"""Holds every row of vm/syntax/features.def to its script here: run.py --tenon BINARY

FLAG.wast has modules that need the proposal and nothing else that is off by default, each with the
error it must get while the flag is off. With the flag on each must be accepted, so that every
directive fails.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROW = re.compile(r'^FEATURE\(\w+, "([a-z0-9-]+)"', re.MULTILINE)

# What the runner says of a module that was to be refused, and was not.
ACCEPTED = re.compile(r"expected (malformed|invalid): (?!.*, got )")


def report(tenon, flag, script):
    done = subprocess.run([tenon, "wast", "--json", f"--features={flag}", script],
                          capture_output=True, text=True, timeout=300)
    lines = done.stdout.splitlines()
    if len(lines) != 2:
        return {"directives": 0, "failed": 0, "failures": [{"line": 0, "message": done.stderr}]}
    return json.loads(lines[0])


def problems(tenon, flag):
    script = HERE / f"{flag}.wast"
    if not script.exists():
        yield f"{flag}: no script test/features/{flag}.wast"
        return
    off = report(tenon, f"-{flag}", script)
    for failure in off["failures"]:
        yield f"-{flag}: {script.name}:{failure['line']}: {failure['message']}"
    if off["directives"] == 0:
        yield f"-{flag}: {script.name}: no directives"
    on = report(tenon, flag, script)
    accepted = [failure for failure in on["failures"] if ACCEPTED.match(failure["message"])]
    if len(accepted) != on["directives"]:
        yield f"{flag}: {script.name}: {on['directives'] - len(accepted)} modules refused that are valid"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", required=True)
    options = parser.parse_args()
    flags = ROW.findall((HERE.parents[1] / "vm/syntax/features.def").read_text())
    wrong = [problem for flag in flags for problem in problems(options.tenon, flag)]
    wrong += [f"{path.name}: no such row" for path in HERE.glob("*.wast") if path.stem not in flags]
    for problem in wrong:
        print(problem)
    print(f"{len(flags)} features, {len(wrong)} failures")
    return 1 if wrong or not flags else 0


if __name__ == "__main__":
    sys.exit(main())
