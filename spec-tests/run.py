#!/usr/bin/env python3
"""Runs the top-level scripts of the official core suite and holds the result against two files:

    run.py --tenon BINARY --suite DIRECTORY [--pin FILE] [--later FILE] [--jobs N] [NAME...]

The pin says how many scripts the suite has and how many directives those that are run have: a suite
of another version, or directives that got lost, fail the run. The scripts in later.txt must not
pass: one that does is to be struck off the list. NAMEs run those scripts alone, whatever the lists
say.
Exits with 0, 1, or 77 when the suite is not there.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
SECONDS_A_SCRIPT = 300


def read_pairs(path):
    """`key  rest of the line` a line; # starts a comment line."""
    pairs = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            key, _, rest = line.strip().partition(" ")
            pairs[key] = rest.strip()
    return pairs


def run_script(tenon, script):
    """The script's JSON report, or one of the same form for a run that ended in no report."""
    def broken(reason):
        return {"ok": False, "crashed": True, "directives": 0, "failed": 0,
                "failures": [{"line": 0, "message": reason}]}
    try:
        done = subprocess.run([tenon, "wast", "--json", script], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS_A_SCRIPT)
    except subprocess.TimeoutExpired:
        return broken(f"no end within {SECONDS_A_SCRIPT} s")
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode not in (0, 1) or len(lines) != 2:
        report = done.stderr.decode(errors="replace").strip()
        return broken(f"ended with {done.returncode}: {report[-2000:]}")
    return json.loads(lines[0])


def describe(name, report):
    for failure in report["failures"]:
        print(f"{name}:{failure['line']}: {failure['message']}")


def judge(reports, later, pin):
    """Prints what is wrong and returns how much that is."""
    wrong = 0
    directives = 0
    for name, report in sorted(reports.items()):
        if name not in later:
            directives += report["directives"]
            if not report["ok"]:
                wrong += 1
                describe(name, report)
        elif report["ok"]:
            wrong += 1
            print(f"{name}: passes, but is left for later: {later[name]}")
        elif report.get("crashed"):
            wrong += 1
            describe(name, report)
    for name in sorted(set(later) - set(reports)):
        wrong += 1
        print(f"{name}: left for later, but the suite has no such script")
    counts = {"files": len(reports), "directives": directives}
    for key, count in counts.items():
        if pin.get(key) != str(count):
            wrong += 1
            print(f"{key}: {count}, expected {pin.get(key)}")
    print(f"{len(reports)} files, {len(later)} left for later, {directives} directives executed, "
          f"{wrong} failures")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--suite", required=True, type=pathlib.Path)
    parser.add_argument("--pin", default=HERE / "core.pin", type=pathlib.Path)
    parser.add_argument("--later", default=HERE / "later.txt", type=pathlib.Path)
    parser.add_argument("--jobs", default=2, type=int)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()

    scripts = sorted(options.suite.glob("*.wast"))
    if not scripts:
        print(f"no suite in {options.suite}; set TENON_SUITES")
        return SKIPPED
    if options.names:
        scripts = [script for script in scripts if script.name in options.names]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        done = pool.map(lambda script: run_script(options.tenon, script), scripts)
        reports = dict(zip((script.name for script in scripts), done))
    if options.names:
        for name, report in reports.items():
            describe(name, report)
            print(f"{name}: {report['directives']} directives, {report['failed']} failed")
        return 0 if all(report["ok"] for report in reports.values()) else 1
    return 1 if judge(reports, read_pairs(options.later), read_pairs(options.pin)) else 0


if __name__ == "__main__":
    sys.exit(main())
