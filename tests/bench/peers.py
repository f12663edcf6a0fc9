"""The other systems: each loads a job's CSV files into tables, and runs the job's query.

A peer has: load(job, directory), run(job, directory, runs) -> (milliseconds of the first run and
of the timed ones, path of the result), drop(job), version(), stop(). One process runs all the
queries of a job, so that caches are warm after the first run, which isn't counted.
And for W1: days(directory, count) -> (milliseconds of each day's load, what all balances sum to).
"""

import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALL = ("postgresql", "sqlite", "duckdb")
TIME_LIMIT_S = 3600


def day_script(name, number):
    """The SQL that takes a day's bills in."""
    text = (HERE / name).read_text(encoding="utf-8")
    return text.replace("bills.csv", f"bills-{number}.csv")


def call(command, **more):
    """Runs a command and returns what it printed; what went wrong is said in its own words."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, timeout=TIME_LIMIT_S, **more)
    if done.returncode != 0:
        raise SystemExit(f"ops/bench: {' '.join(map(str, command))}:\n{done.stdout}")
    return done.stdout


class PostgreSQL:
    """A cluster of its own in a temporary directory, reached by a socket there alone."""

    def __init__(self, _data, _runs):
        self.programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        self.home = Path(tempfile.mkdtemp(prefix="pointhouse-bench-", dir="/var/tmp"))
        self.as_user = []
        if os.geteuid() == 0:  # initdb refuses root.
            user = pwd.getpwnam("postgres")
            os.chown(self.home, user.pw_uid, user.pw_gid)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        self.cluster = self.home / "cluster"
        self.call("initdb", "-D", self.cluster, "-U", "postgres", "--auth=trust",
                  "--encoding=UTF8", "--locale=C")
        settings = (HERE / "postgresql.conf").read_text(encoding="utf-8")
        settings += f"unix_socket_directories = '{self.home}'\n"
        with open(self.cluster / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(settings)
        self.call("pg_ctl", "-D", self.cluster, "-l", self.home / "log", "-w", "start")
        self.psql(["-c", "CREATE DATABASE bench"], database="postgres")

    def call(self, program, *arguments):
        command = [*self.as_user, self.programs / program, *arguments]
        return call(command, stdin=subprocess.DEVNULL, cwd=self.home)

    def psql(self, arguments, database="bench", **more):
        command = [self.programs / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"]
        return call([*command, "-h", self.home, "-U", "postgres", "-d", database, *arguments],
                    **more)

    def load(self, job, directory):
        self.psql(["-f", HERE / f"{job}_postgresql_load.sql"], cwd=directory)

    def run(self, job, directory, runs):
        result = directory / "result-postgresql"
        query = HERE / f"{job}_postgresql.sql"
        script = f"\\timing on\n" + f"\\o '{result}'\n\\i '{query}'\n" * (runs + 1)
        out = self.psql([], input=script)
        return [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", out, re.M)], result

    def days(self, directory, count):
        self.load("w1", directory)
        times = []
        for number in range(1, count + 1):
            script = "\\timing on\n" + day_script("w1_postgresql_day.sql", number)
            out = self.psql([], input=script, cwd=directory)
            times.append(sum(float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", out, re.M)))
            self.psql(["-c", "VACUUM balances"])  # As autovacuum would; it isn't timed.
        sums = self.psql(["-f", HERE / "w1_sums.sql"]).strip()
        self.psql(["-c", "DROP TABLE ledger, balances"])
        return times, sums

    def drop(self, job):
        tables = {"w3": "home, other", "w4": "legs, prices"}[job]
        self.psql(["-c", f"DROP TABLE {tables}"])

    def version(self):
        return "PostgreSQL " + self.psql(["-c", "SHOW server_version"]).split()[0]

    def stop(self):
        self.call("pg_ctl", "-D", self.cluster, "-m", "fast", "-w", "stop")
        shutil.rmtree(self.home)


class SQLite:
    """Debian's sqlite3, a database file for each job."""

    def __init__(self, data, _runs):
        self.data = data

    def database(self, job):
        return self.data / f"{job}.sqlite"

    def shell(self, job, script, directory):
        settings = (HERE / "sqlite.sql").read_text(encoding="utf-8")
        return call(["sqlite3", "-batch", "-bail", self.database(job)], input=settings + script,
                    cwd=directory)

    def load(self, job, directory):
        self.database(job).unlink(missing_ok=True)
        script = (HERE / f"{job}_sqlite_load.sql").read_text(encoding="utf-8")
        self.shell(job, script, directory)

    def run(self, job, directory, runs):
        result = directory / "result-sqlite"
        query = HERE / f"{job}_sqlite.sql"
        once = f".output '{result}'\n.read '{query}'\n"
        out = self.shell(job, ".timer on\n" + once * (runs + 1), directory)
        times = re.findall(r"^Run Time: real ([0-9.]+)", out, re.M)
        return [float(s) * 1000 for s in times], result

    def days(self, directory, count):
        self.drop("w1")
        clock = "SELECT 'clock ' || ((julianday('now') - 2440587.5) * 86400000.0);\n"
        script = (HERE / "w1_sqlite_load.sql").read_text(encoding="utf-8")
        for number in range(1, count + 1):
            script += clock + day_script("w1_sqlite_day.sql", number) + clock
            script += "PRAGMA wal_checkpoint(TRUNCATE);\n"
        script += "SELECT 'sums ' || (" + day_script("w1_sums.sql", 0).strip().rstrip(";") + ");\n"
        out = self.shell("w1", script, directory)
        clocks = [float(ms) for ms in re.findall(r"clock ([0-9.]+)", out)]
        self.drop("w1")
        return ([end - begin for begin, end in zip(clocks[::2], clocks[1::2])],
                re.search(r"sums ([0-9|]+)", out).group(1))

    def drop(self, job):
        self.database(job).unlink(missing_ok=True)
        for more in ("-wal", "-shm"):
            Path(f"{self.database(job)}{more}").unlink(missing_ok=True)

    def version(self):
        return "SQLite " + call(["sqlite3", "--version"]).split()[0]

    def stop(self):
        pass


class DuckDB:
    """The npm package, installed by its lock file beside the data."""

    def __init__(self, data, _runs):
        self.data = data
        self.home = data / "duckdb"
        self.home.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json", "duckdb.mjs"):
            shutil.copy(HERE / name, self.home / name)
        if not (self.home / "node_modules/@duckdb/node-api").is_dir():
            call(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=self.home)
        self.said = "?"

    def node(self, *arguments, cwd):
        return call(["node", self.home / "duckdb.mjs", *arguments], cwd=cwd)

    def database(self, job):
        return self.data / f"{job}.duckdb"

    def load(self, job, directory):
        self.drop(job)
        self.node("load", self.database(job), HERE / f"{job}_duckdb_load.sql", cwd=directory)

    def run(self, job, directory, runs):
        result = directory / "result-duckdb"
        out = json.loads(self.node("run", self.database(job), HERE / f"{job}_duckdb.sql", str(runs),
                                   result, cwd=directory))
        self.said = out["version"].lstrip("v")
        return [out["first_ms"], *out["ms"]], result

    def days(self, directory, count):
        self.drop("w1")
        out = json.loads(self.node("days", self.database("w1"), HERE / "w1_duckdb_load.sql",
                                   str(count), HERE / "w1_duckdb_day.sql", HERE / "w1_sums.sql",
                                   cwd=directory))
        self.said = out["version"].lstrip("v")
        self.drop("w1")
        return out["ms"], out["sums"]

    def drop(self, job):
        self.database(job).unlink(missing_ok=True)
        Path(f"{self.database(job)}.wal").unlink(missing_ok=True)

    def version(self):
        return "DuckDB " + self.said

    def stop(self):
        pass


def start(names, data, runs):
    """The peers by name; a server that was started is stopped again if a later one fails."""
    kinds = {"postgresql": PostgreSQL, "sqlite": SQLite, "duckdb": DuckDB}
    started = {}
    try:
        for name in names:
            started[name] = kinds[name](data, runs)
    except BaseException:
        for peer in started.values():
            peer.stop()
        raise
    return started
