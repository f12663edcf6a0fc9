#!/usr/bin/env python3
"""Random months, settled by the oracle and by `pointhouse`, are equal to the byte.

Environment: POINTHOUSE (the executable); PH_LONG=1 takes 200 seeds instead of 40;
PH_SEEDS=A-B others; PH_KEEP=DIR keeps the directories of the seeds that differ.
"""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))


def main():
    seeds = os.environ.get("PH_SEEDS", "0-199" if os.environ.get("PH_LONG") == "1" else "0-39")
    command = [sys.executable, str(HERE / "compare.py"), "--exe", POINTHOUSE, "--seeds", seeds]
    if "PH_KEEP" in os.environ:
        command += ["--keep", os.environ["PH_KEEP"]]
    print(f"seeds {seeds}", flush=True)
    return subprocess.run(command, check=False).returncode


sys.exit(main())
