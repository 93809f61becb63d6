#!/usr/bin/env python3
"""Runs the scripts of an official suite's folder and holds the result against two files:

    run.py --tenon BINARY --suite DIRECTORY [--pin FILE] [--later FILE] [--jobs N]
           [--option=OPTION]... [NAME...]

The pin says which folders of the suite it is about and with which features they run, how many
scripts they have, and how many directives those that are run have: a suite of another version,
or directives that got lost, fail the run. A pin may name some of the folder's scripts, by patterns,
and then is about those. What later.txt names, scripts or single directives, must not pass: what
does is to be struck off the list. NAMEs, or patterns of names, run those scripts alone, whatever
the lists say. A pattern that no script matches fails. OPTIONs are handed on to `tenon wast`.
Exits with 0, 1, or 77 when the suite is not there.
"""

import argparse
import concurrent.futures
import fnmatch
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


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


class Later:
    """What of the folders' scripts of these patterns is left for later: reasons by script, and by
    script and line."""

    def __init__(self, pairs, folders, patterns):
        parents = [pathlib.PurePath(folder) for folder in folders]
        self.scripts, self.directives = {}, {}
        for place, reason in pairs.items():
            path, _, line = place.partition(":")
            if pathlib.PurePath(path).parent not in parents:
                continue
            name = pathlib.PurePath(path).name
            if not matches(name, patterns):
                continue
            if line:
                self.directives[name, int(line)] = reason
            else:
                self.scripts[name] = reason


def run_script(tenon, script, wast_options):
    """The script's JSON report, or one of the same form for a run that ended in no report."""
    def broken(reason):
        return {"ok": False, "crashed": True, "directives": 0, "failed": 0,
                "failures": [{"line": 0, "message": reason}]}
    try:
        done = subprocess.run([tenon, "wast", "--json", *wast_options, script],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=SECONDS_A_SCRIPT)
    except subprocess.TimeoutExpired:
        return broken(f"no end within {SECONDS_A_SCRIPT} s")
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode not in (0, 1) or len(lines) != 2:
        report = done.stderr.decode(errors="replace").strip()
        return broken(f"ended with {done.returncode}: {report[-2000:]}")
    return json.loads(lines[0])


def describe(name, failures):
    for failure in failures:
        print(f"{name}:{failure['line']}: {failure['message']}")
    return len(failures)


def judge_script(name, report, later):
    """Prints what is wrong with one script and returns how much that is."""
    if name in later.scripts:
        if report["ok"]:
            print(f"{name}: passes, but is left for later: {later.scripts[name]}")
            return 1
        return describe(name, report["failures"]) if report.get("crashed") else 0
    wrong = describe(name, [failure for failure in report["failures"]
                            if (name, failure["line"]) not in later.directives])
    failed = {failure["line"] for failure in report["failures"]}
    for (script, line), reason in sorted(later.directives.items()):
        if script == name and line not in failed:
            wrong += 1
            print(f"{name}:{line}: passes, but is left for later: {reason}")
    return wrong


def judge(reports, later, pin):
    """Prints what is wrong and returns how much that is."""
    wrong = sum(judge_script(name, report, later) for name, report in sorted(reports.items()))
    named = set(later.scripts) | {name for name, _ in later.directives}
    for name in sorted(named - set(reports)):
        wrong += 1
        print(f"{name}: left for later, but the suite has no such script")
    directives = sum(report["directives"] for name, report in reports.items()
                     if name not in later.scripts)
    counts = {"files": len(reports), "directives": directives}
    for key, count in counts.items():
        if pin.get(key) != str(count):
            wrong += 1
            print(f"{key}: {count}, expected {pin.get(key)}")
    print(f"{len(reports)} files, {len(later.scripts)} left for later, {directives} directives "
          f"executed, {len(later.directives)} of them left for later, {wrong} failures")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--suite", required=True, type=pathlib.Path)
    parser.add_argument("--pin", default=HERE / "core.pin", type=pathlib.Path)
    parser.add_argument("--later", default=HERE / "later.txt", type=pathlib.Path)
    parser.add_argument("--jobs", default=2, type=int)
    parser.add_argument("--option", default=[], action="append")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()

    pin = read_pairs(options.pin)
    folders = pin.get("folder", ".").split()
    scripts = sorted(script for folder in folders for script in (options.suite / folder).glob("*.wast"))
    if not scripts:
        print(f"no suite in {options.suite / folders[0]}; set TENON_SUITES")
        return SKIPPED
    patterns = options.names or pin.get("names", "*").split()
    for pattern in patterns:
        if not any(matches(script.name, [pattern]) for script in scripts):
            print(f"{pattern}: no such script in {options.suite}: {' '.join(folders)}")
            return 1
    scripts = [script for script in scripts if matches(script.name, patterns)]
    wast_options = [f"--features={pin['features']}"] if "features" in pin else []
    wast_options += options.option
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        done = pool.map(lambda script: run_script(options.tenon, script, wast_options), scripts)
        reports = dict(zip((script.name for script in scripts), done))
    if options.names:
        for name, report in reports.items():
            describe(name, report["failures"])
            print(f"{name}: {report['directives']} directives, {report['failed']} failed")
        return 0 if all(report["ok"] for report in reports.values()) else 1
    return 1 if judge(reports, Later(read_pairs(options.later), folders, patterns), pin) else 0


if __name__ == "__main__":
    sys.exit(main())
