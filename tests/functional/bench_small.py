#!/usr/bin/env python3
"""`pointhouse bench` at small scale: the exceptions that matching finds, and the lines that totals
and rescan give, are those that SQLite finds in the same data."""

import contextlib
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(os.environ["PH_ROOT"])
POINTHOUSE = os.environ["POINTHOUSE"]
SEEDS = (1, 2)


def bench(job, rows, seed, threads, folder):
    command = [POINTHOUSE, "bench", job, "--rows", str(rows), "--seed", str(seed), "--json"]
    command += ["--dir", str(folder), "--threads", str(threads), "--repeat", "1"]
    command += ["--export", str(folder / "export")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stderr}"
    return json.loads(done.stdout)


def statements(path):
    """The SQL of a file for the sqlite3 program, without that program's own commands."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("."))


def in_sqlite(job, tables, folder):
    database = sqlite3.connect(":memory:")
    database.executescript(statements(ROOT / f"tests/bench/{job}_sqlite_load.sql"))
    for table in tables:
        with open(folder / "export" / f"{table}.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        marks = ",".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    query = statements(ROOT / f"tests/bench/{job}_sqlite.sql")
    return sorted(row[0] for row in database.execute(query))


def ours(name, folder):
    return sorted((folder / "export" / name).read_text(encoding="utf-8").splitlines())


def check_job(job, rows, tables, result):
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            figures = bench(job, rows, seed, 2, folder)
            found = ours(result, folder)
            assert found == in_sqlite(job, tables, folder), f"{job}, seed {seed}: SQLite differs"
            assert len(found) > 0
            alone = bench(job, rows, seed, 1, folder)
            for name in figures:
                if name.endswith("sha256"):
                    assert figures[name] == alone[name], f"{job}: {name} depends on the threads"
            assert figures.get("audit", "equal") == "equal"
            print(f"{job}, seed {seed}: {len(found)} lines, equal")


def check_w1():
    """All balances after the days are those that SQLite has after the same bills."""
    for members, lots in ((3_000, 1), (4_000, 10)):
        with tempfile.TemporaryDirectory() as temporary:
            command = [POINTHOUSE, "bench", "w1", "--rows", "3000", "--members", str(members)]
            command += ["--lots", str(lots), "--dir", temporary, "--repeat", "1", "--json"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stderr}"
            figures = json.loads(done.stdout)
            folder = Path(figures["folder"])
            with peer_database(folder) as database:
                for day in (1, 2):
                    take_bills(database, folder / f"bills-{day}.csv")
                sums = (ROOT / "tests/bench/w1_sums.sql").read_text(encoding="utf-8")
                (wanted,) = database.execute(sums).fetchone()
            assert figures["sums"] == wanted, f"w1: {figures['sums']}, SQLite {wanted}"
            print(f"w1, {members} members with {lots} lots: {wanted}, equal")


@contextlib.contextmanager
def peer_database(folder):
    database = sqlite3.connect(":memory:")
    load = statements(ROOT / "tests/bench/w1_sqlite_load.sql")
    database.executescript(load)
    with open(folder / "accounts.csv", newline="", encoding="utf-8") as file:
        database.executemany("INSERT INTO balances VALUES (?, ?)", csv.reader(file))
    yield database
    database.close()


def take_bills(database, path):
    with open(path, newline="", encoding="utf-8") as file:
        database.executemany("INSERT INTO day VALUES (?, ?, ?, ?)", csv.reader(file))
    database.commit()
    database.executescript(statements(ROOT / "tests/bench/w1_sqlite_day.sql"))


def check_batches():
    """The batches of the benchmark are batches like any other."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        bench("w3", 2_000, 1, 1, folder)
        (month,) = folder.glob("w3-*")
        files = [month / "rulebook.csv", *sorted(month.glob("P11-*.phb"))]
        done = subprocess.run([POINTHOUSE, "check", *files], capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, done.stdout[-2000:]


def check_usage():
    for arguments in (["bench"], ["bench", "w3"], ["bench", "w3", "--dir", "x", "--rows", "0"],
                      ["bench", "w1", "--dir", "x", "--rows", "2", "--members", "1"]):
        done = subprocess.run([POINTHOUSE, *arguments], capture_output=True, check=False)
        assert done.returncode == 2, f"{arguments}: {done.returncode}"


def main():
    probe = subprocess.run([POINTHOUSE, "bench", "--help"], capture_output=True, check=False)
    if probe.returncode != 0:
        print("this executable has no bench")
        return 77
    check_job("w3", 20_000, ("home", "other"), "exceptions.csv")
    check_job("w4", 100_000, ("legs", "prices"), "lines.csv")
    check_w1()
    check_batches()
    check_usage()
    return 0


if __name__ == "__main__":
    sys.exit(main())
