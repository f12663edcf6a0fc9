"""The demo's month, small: what `pointhouse generate` makes, and how a test of it ends."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import live  # noqa: E402
import system as running  # noqa: E402
from partner import SODIUM  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
PERIOD = "2026-03"
MEMBERS, PROVINCES, SEED = 2_000, 6, 5


def run_pointhouse(*arguments):
    subprocess.run([POINTHOUSE, *map(str, arguments)], check=True, timeout=300,
                   stdout=subprocess.DEVNULL)


def generate(folder, *more):
    run_pointhouse("generate", "--out", folder, "--members", MEMBERS, "--provinces", PROVINCES,
                   "--period", PERIOD, "--seed", SEED, *more)


def main(run):
    """The exit code of a test that plays in a folder; 77 where it can't."""
    if not os.access(POINTHOUSE, os.X_OK) or not shutil.which("openssl") or SODIUM is None:
        print("the executable, openssl or libsodium is missing")
        return 77
    with tempfile.TemporaryDirectory() as name:
        try:
            run(pathlib.Path(name))
        except (live.Wrong, running.Refused) as fault:
            print(f"not so: {fault}")
            return 1
    return 0
