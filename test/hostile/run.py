#!/usr/bin/env python3
"""Makes the hostile files and holds tenon to what each demands (README.md):

    run.py --tenon BINARY --output DIRECTORY [--loose] [--only PATTERN]

Exits with 0 or 1. A report goes to standard output, a line for each case that fails.
"""

import argparse
import fnmatch
import os
import pathlib
import sys

sys.dont_write_bytecode = True  # beside the sources
import binary_cases
import body_cases
import run_cases
import type_cases

# What a file demands: the exit code. The first four of `tenon validate`, the others of a call of f.
EXIT_CODES = {"ok": 0, "malformed": 1, "invalid": 1, "limit": 1, "returns": 0, "unfit": 1, "trap": 134}
# Cases left for later, and why; one that passes fails the run.
LATER = {}
SECONDS, MEBIBYTES = 1.0, 256
LOOSE_SECONDS = 60.0


def all_cases():
    for source in (binary_cases, body_cases, type_cases, run_cases):
        yield from source.cases()


def command(tenon, demand, path):
    if demand in ("returns", "unfit", "trap"):
        return [tenon, "run", "--timeout=120s", "--invoke", "f()", path]
    return [tenon, "validate", path]


def run(words, scratch):
    """(exit code, output, seconds of processor time, MiB resident at most)"""
    with open(scratch, "w+b") as output:
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            os.execv(words[0], [str(word) for word in words])
        _, status, usage = os.wait4(pid, 0)
        output.seek(0)
        text = output.read(1 << 20).decode(errors="replace").strip()
    seconds = usage.ru_utime + usage.ru_stime
    return os.waitstatus_to_exitcode(status), text, seconds, usage.ru_maxrss / 1024


def problems(demand, text, loose, outcome):
    code, output, seconds, mebibytes = outcome
    if code != EXIT_CODES[demand]:
        yield f"exit code {code}, expected {EXIT_CODES[demand]}: {output[:300]}"
    elif text not in output:
        yield f"expected '{text}', got: {output[:300]}"
    elif demand == "ok" and output:
        yield f"expected silence, got: {output[:300]}"
    if seconds > (LOOSE_SECONDS if loose else SECONDS):
        yield f"{seconds:.2f} s"
    if not loose and mebibytes > MEBIBYTES:
        yield f"{mebibytes:.0f} MiB"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--loose", action="store_true", help="for a build that is no release")
    parser.add_argument("--only", default="*", help="pattern of names")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    count = failed = 0
    names = set()
    for name, content, demand, text in all_cases():
        assert name not in names, name
        names.add(name)
        if not fnmatch.fnmatch(name, options.only):
            continue
        path = options.output / f"{name}.wasm"
        path.write_bytes(content)
        outcome = run(command(options.tenon, demand, path), options.output / "output")
        wrong = list(problems(demand, text, options.loose, outcome))
        later = [reason for pattern, reason in LATER.items() if fnmatch.fnmatch(name, pattern)]
        if later:
            wrong = [] if wrong else [f"passes, but is left for later: {later[0]}"]
        count += 1
        failed += bool(wrong)
        for problem in wrong:
            print(f"{name}: {demand}: {problem}", flush=True)
    print(f"{count} cases, {failed} failed")
    return 1 if failed or (options.only == "*" and count < 100) else 0


if __name__ == "__main__":
    sys.exit(main())
