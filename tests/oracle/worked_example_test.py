#!/usr/bin/env python3
"""The worked example of April 2007: `pointhouse` settles it as the example says, and the report
that came too late in May; the oracle's files are the same to the byte.

Environment: POINTHOUSE (the executable); CI=true fails when the examples are not there.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXAMPLE = ROOT.parent / "shared" / "examples" / "ex1_clearing"
POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
NOT_RUN = 77


def run(*command):
    """Runs a command; its output is this test's."""
    print("$", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=False).returncode == 0


def settle(source, period, directory):
    """Settles with both; true if the example's checks hold and the files are equal."""
    theirs, ours = directory / f"pointhouse-{period}", directory / f"oracle-{period}"
    if not run(POINTHOUSE, "settle", "--in", source, "--period", period, "--out", theirs,
               "--no-pdf", "--quiet"):
        return False
    if not run(sys.executable, HERE / "oracle.py", "settle", "--in", source, "--period", period,
               "--out", ours):
        return False
    right = True
    for path in sorted(p.relative_to(ours) for p in ours.rglob("*") if p.is_file()):
        if not (theirs / path).exists() or (ours / path).read_bytes() != (
                theirs / path).read_bytes():
            print(f"FAILED: {period} {path} differs from the oracle's")
            right = False
    return right


def main():
    if not EXAMPLE.is_dir():
        print("the folder of worked examples is not beside the project: not run")
        return 1 if os.environ.get("CI") == "true" else NOT_RUN
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pointhouse-example-"))
    try:
        source = directory / "in"
        right = run(sys.executable, HERE / "ex1.py", "--example", EXAMPLE, "--out", source)
        right = right and settle(source, "2007-04", directory)
        right = right and run(sys.executable, HERE / "ex1.py", "--example", EXAMPLE,
                              "--check", directory / "pointhouse-2007-04")
        right = right and settle(source, "2007-05", directory)
        right = right and run(sys.executable, HERE / "ex1.py",
                              "--check-may", directory / "pointhouse-2007-05")
    finally:
        shutil.rmtree(directory)
    return 0 if right else 1


sys.exit(main())
