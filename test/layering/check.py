#!/usr/bin/env python3
"""Fails on an include that the layers forbid, and on a header that does not open with what it is:
check.py ROOT.

A layer is a folder; LAYERS lists, for each, the layers whose headers it may include, itself aside.
A file belongs to the longest folder that is listed. What may be included is written out in full, so
that reading one row tells all about a layer. Tests (*_test.cc) may also include
test/support, and any layer below the same top folder: a parser's test may validate what it parsed.
What the host's operating system declares is for HOST alone, tests aside.
"""

import pathlib
import re
import sys

BASE = ["vm/base", "vm/sem"]
FORMS = ["vm/binary", "vm/text", "vm/valid"]  # siblings: none includes another
VM_BELOW_RUNTIME = BASE + ["vm/syntax"] + FORMS
VM_RUNTIME = VM_BELOW_RUNTIME + ["vm/sys", "vm/runtime"]
VM = VM_RUNTIME + ["vm/interp", "vm/artifact", "vm/include"]

ABI_BELOW_RUNTIME = ["abi/syntax", "abi/types", "abi/binary", "abi/text", "abi/valid"]
ABI = ABI_BELOW_RUNTIME + ["abi/canon", "abi/runtime", "abi/link", "abi/fuse", "abi/include", "abi"]
WIT = ["wit"]
WASI = ["wasi"]

LAYERS = {
    "vm/base": [],
    "vm/sem": ["vm/base"],
    "vm/sys": ["vm/base"],
    "vm/syntax": BASE,
    "vm/binary": BASE + ["vm/syntax"],
    "vm/text": BASE + ["vm/syntax"],
    "vm/valid": BASE + ["vm/syntax"],
    "vm/runtime": VM_BELOW_RUNTIME + ["vm/sys"],
    "vm/interp": VM_RUNTIME,
    "vm/artifact": VM_RUNTIME,
    "vm/capi": VM_RUNTIME + ["vm/interp"],
    "vm": VM,
    "jit": VM + ["vm"],
    "jit/program": VM + ["vm", "jit"] + ABI,
    # Inside abi the description of components stands below what runs them.
    "abi/syntax": VM + ["abi/types"],
    "abi/types": VM + ["abi/syntax"],
    "abi/binary": VM + ["abi/syntax", "abi/types"],
    "abi/text": VM + ["abi/syntax", "abi/types", "abi/binary"],
    "abi/valid": VM + ["abi/syntax", "abi/types", "abi/binary", "abi/text"],
    "abi": VM + ABI,
    "wit": VM_BELOW_RUNTIME + ABI_BELOW_RUNTIME,
    "wasi": VM + ABI,
    "cli": VM + ["vm", "jit"] + ABI + WIT + WASI,
}

# Folders of the repository that are no layer: tests and programs around the layers.
FREE = ["test", "bench", "spec-tests", "examples"]
EXTERNAL = ("absl/", "gtest/", "gmock/", "benchmark/", "boost/")
# Folders whose own files talk to the host's operating system, and by which headers one does.
HOST = ["vm/sys", "vm/sys/x86_64", "wasi/os", "cli"]
HOST_HEADER = re.compile(
    r"(sys|linux|net|netinet|arpa)/.*|argp|dirent|dlfcn|fcntl|malloc|poll|pthread|sched|signal"
    r"|termios|ucontext|unistd")
ONLY_JIT = ("llvm/", "llvm-c/", "lld/")
SUFFIXES = {".h", ".cc", ".c", ".def", ".inc", ".S"}
OPENS_LONGER = ["vm/include/wasm.h"]  # a standard's header
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path, layers):
    """The longest listed folder that holds the path, or None."""
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        folder = "/".join(parts[:length])
        if folder in layers:
            return folder
    return None


def holds(folders, path):
    return any(path.startswith(folder + "/") for folder in folders)


def is_host_header(target):
    return target.endswith(".h") and HOST_HEADER.fullmatch(target[:-len(".h")])


def is_test(source):
    return "_test." in source or holds(FREE, source)


def problem(source, bracket, target):
    """Why `source` may not include `target`, or None."""
    if target.startswith(ONLY_JIT):
        return None if source.startswith("jit/") else "only jit may include LLVM"
    if is_host_header(target) and not (
            str(pathlib.PurePath(source).parent) in HOST or is_test(source)):
        return "only " + ", ".join(HOST) + " may talk to the operating system"
    if "../" in target:
        return "includes are rooted at the repository"
    tops = {name.split("/")[0] for name in LAYERS}
    is_ours = target.split("/")[0] in tops and "/" in target
    if holds(FREE, source) or target.startswith(EXTERNAL) or (bracket == "<" and not is_ours):
        return None
    if "_test." in source and holds(["test/support", source.split("/")[0]], target):
        return None
    if not is_ours:
        return "includes are rooted at the repository, and it is in no layer"
    layer = layer_of(source, LAYERS)
    if layer is None:
        return None
    target_layer = layer_of(target, LAYERS)
    if target_layer == layer or target_layer in LAYERS[layer] or holds(
            [name for name in LAYERS[layer] if name not in ("vm", "abi")], target):
        return None
    return f"{layer} may not include {target_layer}"


def opening(lines):
    """How many lines of comment a header begins with, whichever way they are marked."""
    if lines and lines[0].startswith("/*"):
        return 1 + next((i for i, line in enumerate(lines) if "*/" in line), len(lines))
    return next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))


def files(root):
    """(path, lines) of the sources below the root, guests aside."""
    for top in sorted({name.split("/")[0] for name in LAYERS} | set(FREE)):
        for path in sorted((root / top).rglob("*")):
            source = path.relative_to(root).as_posix()
            if (path.suffix in SUFFIXES and "node_modules" not in path.parts
                    and not source.startswith("test/guests/")):
                yield source, path.read_text("utf-8", "replace").splitlines()


def violations(root):
    """(path, line, reason) of each forbidden include and each header without its opening."""
    for source, lines in files(root):
        if source.endswith(".h") and source not in OPENS_LONGER and not 2 <= opening(lines) <= 6:
            yield source, 1, "a header opens with 2 to 6 lines that say what it is"
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match and (reason := problem(source, *match.groups())):
                yield source, number, f'#include "{match.group(2)}": {reason}'


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(violations(root))
    for source, number, reason in found:
        print(f"{source}:{number}: {reason}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
