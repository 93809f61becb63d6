#!/usr/bin/env python3
"""Fails when a page of a run of compiled code is writable and executable: writable_code.py TENON GUESTS."""

import pathlib
import subprocess
import sys
import tempfile
import time


def mappings(pid):
    """(access, path) of each."""
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        yield fields[1], fields[5] if len(fields) > 5 else ""


def main():
    tenon, guests = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        guest = f"{scratch}/endless.tenon"
        subprocess.run([tenon, "compile", "-O0", f"{guests}/endless.wasm", "-o", guest], check=True)
        with subprocess.Popen([tenon, "run", guest, "call"], stdout=subprocess.PIPE) as run:
            time.sleep(0.5)
            found = list(mappings(run.pid))
            still_there = run.poll() is None
            run.kill()
    code = [access for access, path in found if path == guest and "x" in access]
    both = [(access, path) for access, path in found if "w" in access and "x" in access]
    print(f"{len(found)} mappings, {len(code)} of the guest's code")
    for access, path in both:
        print(access, path)
    return 0 if still_there and code and not both else 1


if __name__ == "__main__":
    sys.exit(main())
