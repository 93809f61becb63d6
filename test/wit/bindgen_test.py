#!/usr/bin/env python3
"""Bindings for C: bindgen_test.py --tenon T --clang C --wit FOLDER [--update]

Those of bindgen/greeter.wit are as they stand beside it (--update writes them anew). Those of each
world of WASI compile without a warning, as C11 for wasm32 and the header as C++ too, with strings
of either encoding; or they are refused by the name of what C cannot have. What README.md shows to
newcomers works as it stands there.
"""

import argparse
import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent / "bindgen"
FLAGS = ["--target=wasm32-wasi", "-Wno-deprecated", "-Wall", "-Wextra", "-Werror", "-O1"]
WORLDS_TYPE = "\n// The world's type"  # bytes, which tenon_wit_binary_test knows
REFUSED = "which C bindings cannot have yet"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def bind(tenon, wit, world, output, encoding="utf8"):
    return run(tenon, "wit", "bindgen", "c", "--world", world, "--string-encoding", encoding, wit,
               "-o", output)


def compiles(clang, folder, name):
    """The compiler's words, or nothing."""
    source = run(clang, *FLAGS, "-std=c11", "-c", folder / f"{name}.c", "-o", folder / "out.o")
    header = run(clang, *FLAGS, "-nostdlibinc", "-isystem", "/usr/include/wasm32-wasi", "-x", "c++",
                 "-std=c++17", "-fsyntax-only", folder / f"{name}.h")
    return source.stderr + header.stderr


def golden(tenon, clang, update):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        bound = bind(tenon, HERE / "greeter.wit", "greeter", folder)
        failures = [bound.stderr, compiles(clang, folder, "greeter")]
        for name in ["greeter.h", "greeter.c"]:
            found = (folder / name).read_text().partition(WORLDS_TYPE)[0]
            expected = HERE / f"{name}.expected"
            if update:
                expected.write_text(found)
            known = expected.read_text()
            failures += difflib.unified_diff(known.splitlines(True), found.splitlines(True), name)
        return "".join(failures)


def readme(tenon):
    """Does what the section says, with its files and commands, and compares what is printed."""
    text = (HERE.parents[2] / "README.md").read_text()
    section = text.partition("**A component from WIT**")[2].partition("\n## ")[0]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, kind in [("greeter.wit", "wit"), ("greet.c", "c")]:
            body = section.partition(f"```{kind}\n")[2].partition("```")[0]
            (folder / name).write_text(body)
        shown = section.rpartition("```")[2].splitlines()
        commands = [line[4:] for line in shown if line.startswith("    ")]
        script = "set -e\n" + "\n".join(commands)
        (folder / "tenon").symlink_to(pathlib.Path(tenon).resolve())
        path = f"{folder}:{os.environ['PATH']}"
        outcome = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True,
                                 env={**os.environ, "PATH": path}, timeout=120)
        printed = section.partition("# prints ")[2].splitlines()[0]
        wrong = outcome.stderr or (outcome.stdout.strip() != printed and outcome.stdout)
        return f"README.md: {wrong}" if wrong else ""


def worlds_in(tenon, wit):
    shown = json.loads(run(tenon, "wit", "--json", wit).stdout)
    for package in shown["packages"]:
        name, at, version = package["name"].partition("@")
        for world in package["worlds"]:
            yield f"{name}/{world['name']}{at}{version}"


def wasi(tenon, clang, wit):
    """How many worlds were compiled and refused, and what went wrong."""
    compiled, refused, failures = 0, 0, ""
    for version in sorted(wit.iterdir()):
        for world in worlds_in(tenon, version):
            for encoding in ["utf8", "utf16"]:
                with tempfile.TemporaryDirectory() as folder:
                    folder = pathlib.Path(folder)
                    bound = bind(tenon, version, world, folder, encoding)
                    if bound.returncode != 0 and REFUSED in bound.stderr:
                        refused += 1
                        continue
                    compiled += 1
                    files = sorted(path.stem for path in folder.glob("*.c"))
                    wrong = bound.stderr or compiles(clang, folder, files[0])
                    failures += f"{world}, {encoding}:\n{wrong}" if wrong else ""
    return compiled, refused, failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--wit", required=True, type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    failures = golden(options.tenon, options.clang, options.update) + readme(options.tenon)
    if options.wit.exists():
        compiled, refused, wrong = wasi(options.tenon, options.clang, options.wit)
        print(f"{compiled} bindings of WASI's worlds compiled, {refused} refused")
        failures += wrong
        if compiled < 30:
            failures += "too few worlds were found\n"
    sys.stderr.write(failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
