#!/usr/bin/env python3
"""Feeds truncated and bit-flipped copies of every guest to tenon.

Each copy must be validated in bounded time, with silence or one error; inspected, as text
or as JSON, with a listing or one error; and a run must end by an exit code, never by a
signal or a sanitizer's report. A copy that validates may be a program that does not end: such a run
is stopped and counted, not failed. The seed is fixed.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

VALIDATE_TIMEOUT = 60  # far above what the slowest sanitizer build takes; a hang is a failure
RUN_TIMEOUT = 10
ARGUMENTS = {"files": ["/box"], "args": ["exit-code", "3"], "trap": ["divide"]}
REPORTS = (b"Sanitizer", b"runtime error:", b"CHECK failed")


def mutations(name, original, count):
    """`count` damaged copies: a quarter truncated, the others with one to four bits flipped."""
    source = random.Random(f"tenon {name}")
    for number in range(count):
        if number % 4 == 0:
            yield f"cut at {(size := source.randrange(len(original)))}", original[:size]
            continue
        copy = bytearray(original)
        bits = sorted(source.randrange(len(copy) * 8) for _ in range(source.choice((1, 1, 2, 4))))
        for bit in bits:
            copy[bit // 8] ^= 1 << bit % 8
        yield f"bits flipped: {' '.join(map(str, bits))}", bytes(copy)


def call(command, timeout, directory, stdout=subprocess.DEVNULL):
    """(exit code or None after the timeout, stderr)."""
    with tempfile.TemporaryFile() as errors:
        try:
            done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stderr=errors,
                                  stdout=stdout, timeout=timeout, env=ENVIRONMENT)
            code = done.returncode
        except subprocess.TimeoutExpired:
            code = None
        errors.seek(0)
        return code, errors.read(1 << 20)


def complaints(errors):
    """How many errors are told: each has a line, and below it, indented, what more there is to say."""
    return sum(not line.startswith(b"  ") for line in errors.splitlines())


def inspect(tenon, path, valid, as_json, directory):
    """The problem or None; `valid` is what validation said of the file."""
    command = [tenon, "inspect"] + (["--json"] if as_json else []) + [path]
    with tempfile.TemporaryFile() as output:
        code, errors = call(command, VALIDATE_TIMEOUT, directory, output)
        output.seek(0)
        listing = output.read()
    if code != (0 if valid else 1) or complaints(errors) != code or bool(listing) != valid:
        return f"inspect gave {code}, {errors[:2000]!r}, {len(listing)} bytes of listing"
    try:
        listing.decode()
        if as_json and valid:
            json.loads(listing)
    except ValueError as error:
        return f"inspect printed what is not {'JSON' if as_json else 'UTF-8'}: {error}"
    return None


def check(tenon, name, what, data, as_json):
    """(problem or None, the outcome in a word)."""
    with tempfile.TemporaryDirectory(prefix="tenon-corrupt-") as directory:
        path = pathlib.Path(directory, "copy.wasm")
        path.write_bytes(data)
        os.mkdir(os.path.join(directory, "box"))
        code, errors = call([tenon, "validate", path], VALIDATE_TIMEOUT, directory)
        if code not in (0, 1) or complaints(errors) != code or any(text in errors for text in REPORTS):
            return f"{name}, {what}: validate gave {code}, {errors[:2000]!r}", "failed"
        valid = code == 0
        if problem := inspect(tenon, path, valid, as_json, directory):
            return f"{name}, {what}: {problem}", "failed"
        command = [tenon, "run", "--dir", "box::/box", path] + ARGUMENTS.get(name, [])
        code, errors = call(command, RUN_TIMEOUT, directory)
        if any(text in errors for text in REPORTS) or (code is not None and code < 0):
            return f"{name}, {what}: run gave {code}, {errors[:2000]!r}", "failed"
        if code is None:
            # Bodies are validated when they are called, so a program may run before an invalid one.
            return None, "did not end"
        told = sum(line.startswith(b"tenon: ") for line in errors.splitlines())
        if told > 1:
            return f"{name}, {what}: {told} lines of error: {errors[:2000]!r}", "failed"
        return None, "valid" if valid else "refused"


ENVIRONMENT = dict(os.environ, LC_ALL="C", ASAN_OPTIONS="abort_on_error=1",
                   UBSAN_OPTIONS="abort_on_error=1:print_stacktrace=1")


def main():
    parser = argparse.ArgumentParser(description="Feeds damaged components to tenon.")
    parser.add_argument("--tenon", required=True, type=os.path.abspath)
    parser.add_argument("--count", type=int, default=300, help="damaged copies of each guest")
    parser.add_argument("guests", nargs="+", help="the components to damage")
    options = parser.parse_args()

    failures = 0
    outcomes = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = []
        for path in map(pathlib.Path, options.guests):
            copies = mutations(path.stem, path.read_bytes(), options.count)
            for number, (what, data) in enumerate(copies):
                as_json = number % 3 == 0
                jobs.append(pool.submit(check, options.tenon, path.stem, what, data, as_json))
        for job in jobs:
            problem, outcome = job.result()
            outcomes[outcome] += 1
            if problem:
                failures += 1
                if failures <= 20:
                    print(f"FAIL {problem}")
    print(f"{len(jobs)} copies:", ", ".join(f"{count} {word}" for word, count in outcomes.items()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
