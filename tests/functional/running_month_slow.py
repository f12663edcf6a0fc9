#!/usr/bin/env python3
"""A month run by 31 nodes and a clearing as real processes on loopback, with CURVE between them:
what `close` writes is, to the byte, what `settle` makes of the same files.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import month as run_month  # noqa: E402
import system as running  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
PERIOD = "2026-03"
def run(*arguments):
    subprocess.run([POINTHOUSE, *map(str, arguments)], check=True, timeout=300,
                   stdout=subprocess.DEVNULL)


def started_from_snapshot(log):
    """After some hundred blocks a start has fewer of them to replay."""
    start = [line for line in pathlib.Path(log).read_text().splitlines()
             if "event=recovered" in line][-1]
    return "snapshot=0" not in start.split() and "snapshot=" in start


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        month = folder / "month"
        run("generate", "--out", month, "--members", 3000, "--period", PERIOD, "--seed", 11)
        system = running.System(POINTHOUSE, folder / "system", month)
        system.make()
        try:
            system.start()
            system.open()
            for number, day in enumerate(sorted(system.days)):
                system.drop_day(day)
                system.end_day(day)
                if number == 10:
                    system.nodes["P44"].kill()
                    system.nodes["P44"].start()
                if number == 20:
                    system.clearing.kill()
                    system.clearing.start()
                    system.clearing.wait_until_up()
                    if not started_from_snapshot(system.clearing.log):
                        print("the clearing has replayed its whole journal")
                        return 1
                system.wait_for_day(day)
            status, answer = system.close(PERIOD)
            if status != 200 or not answer["closed"]:
                print("close:", status, answer)
                return 1
            fetched = system.run("clearing", "inputs", PERIOD, "--out", folder / "inputs",
                                 "--config", system.clearing.config)
            print(fetched.strip())
            codes = system.stop()
            if any(codes):
                print("exit codes:", codes)
                return 1
        finally:
            system.kill()
        # The record that was written is the period's only input: settle reads it, too.
        shutil.copyfile(system.outputs(PERIOD) / "cutoff.csv", month / "cutoff.csv")
        run("settle", "--in", month, "--period", PERIOD, "--out", folder / "settled",
            "--key", system.keys / "CLR-clearing.secret", "--quiet")
        different = run_month.different_files(folder / "settled", system.outputs(PERIOD),
                                              run_month.INPUTS_NAMED)
        # And from what the clearing itself says that it read, sealed batches and all.
        run("settle", "--in", folder / "inputs", "--period", PERIOD, "--out", folder / "again",
            "--key", system.keys / "CLR-clearing.secret", "--quiet")
        again = run_month.different_files(folder / "again", system.outputs(PERIOD),
                                          {"manifest.csv", "manifest.csv.sig"})
        print(f"{len(system.nodes)} nodes, {len(system.days)} days; "
              f"{len(different)} files differ: {different[:5]}; from the clearing's own inputs "
              f"{len(again)}: {again[:5]}")
        return 1 if different or again else 0


if __name__ == "__main__":
    sys.exit(main())
