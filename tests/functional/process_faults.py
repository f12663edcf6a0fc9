#!/usr/bin/env python3
"""A node and the clearing as processes, with bad input and a bad world: every code 10xx has its
file and its report, nothing of a refused file is taken, and a disk that is full, read-only or torn
gives a clear error and exit code 3, and nothing is lost.
"""

import datetime
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
# Beside live events: partner_days.py; by HTTPS: day_upload.py; of programmes: programme_node.py and
# check_programmes.py, which has what is warned of, too.
ELSEWHERE = {1008, 1009, 1010, *range(1011, 1016), *range(1101, 1123), *range(1201, 1204)}
PROVOKED = set()
FAILURES = []
FIRST = datetime.date(2026, 3, 1)


def need(right, text):
    if not right:
        FAILURES.append(text)
        print("FAILED: " + text)


def run(*arguments, **more):
    return subprocess.run([POINTHOUSE, *map(str, arguments)], capture_output=True, timeout=120,
                          check=False, **more)


def report_of(process, name, seconds=30):
    """The verdict and the codes of a dropped file."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for verdict in ("accepted", "refused"):
            path = process.inbox / verdict / (name + ".report.json")
            if path.exists() and not (process.inbox / name).exists():
                report = json.loads(path.read_text(encoding="utf-8"))
                faults = report["report"]["files"][0]["faults"]
                return report["verdict"], [fault["code"] for fault in faults]
        time.sleep(0.02)
    return "nothing", []


class Country:
    """One node and the clearing, with files of a small month."""

    def __init__(self, folder):
        self.month = folder / "month"
        done = run("generate", "--out", self.month, "--members", 300, "--seed", 5)
        assert done.returncode == 0, done.stderr
        self.system = running.System(POINTHOUSE, folder / "system", self.month)
        self.system.make()
        self.node = self.system.nodes["P11"]
        self.clearing = self.system.clearing
        self.work = folder

    def day_file(self, sender, date):
        return next(path for who, _, _, path in self.system.days[date] if who == sender)

    def expect(self, process, text, code, name, sign=None):
        """Drops a text, and wants it refused with that code alone."""
        path = self.work / name
        path.write_text(text, encoding="utf-8")
        process.drop(path, sign=sign)
        verdict, codes = report_of(process, name)
        need((verdict, codes) == ("refused", [code]), f"{name}: {verdict} {codes}, not F{code}")
        need((process.inbox / "refused" / (name + ".report.txt")).exists(), f"{name}: no text")
        PROVOKED.add(code)


def bad_input(country):
    system, node, clearing = country.system, country.node, country.clearing
    day = country.day_file("P11", FIRST).read_text(encoding="utf-8")
    book = system.rulebook.read_text(encoding="utf-8")
    opening = system.openings["P11"].read_text(encoding="utf-8")
    calendar = system.calendars[0].read_text(encoding="utf-8")
    system.set_clock(datetime.datetime(2026, 3, 1, 12))
    for process in (clearing, node):
        process.start()
        process.wait_until_up()
    clearing.drop(system.rulebook)
    clearing.drop(system.calendars[0])
    node.drop(system.rulebook)
    node.drop(system.openings["P11"])
    for process, path in ((clearing, system.rulebook), (clearing, system.calendars[0]),
                          (node, system.rulebook), (node, system.openings["P11"])):
        need(report_of(process, path.name)[0] == "accepted", f"{path.name} is not taken")

    country.expect(node, country.day_file("P12", FIRST).read_text(encoding="utf-8"), 1001,
                   "of-another.csv")
    country.expect(node, opening[:opening.index("\n") + 1] + "END,0,0,0\n", 1002,
                   "another-opening.csv")
    country.expect(node, day[:day.rindex("END,")], 301, "no-trailer.csv")
    country.expect(node, "POINTHOUSE,PROVINCE_DAY,1,P11,2026-02-28,1\nEND,0,0,0\n", 1003,
                   "before-the-opening.csv")
    country.expect(node, "POINTHOUSE,PROVINCE_DAY,1,P11,2026-03-02,1\nEND,0,0,0\n", 1004,
                   "tomorrow.csv")
    country.expect(node, book.replace(",3,5,", ",2,5,", 1), 1005, "another-price.csv")
    country.expect(node, calendar, 1007, "calendar-at-a-node.csv")
    system.set_clock(datetime.datetime(2026, 3, 2, 0, 30))
    partner = country.day_file("MER1", FIRST).read_text(encoding="utf-8")
    country.expect(clearing, partner, 1006, "unsigned.csv")
    country.expect(clearing, partner, 1006, "signed-by-another.csv",
                   sign=system.keys / "MER2-sender.secret")
    need(clearing.status()["participants"][0]["last_sequence"] == 0, "nothing was taken")
    status = node.status()
    need(status["next_sequence"] == 1 and status["sealed"] == 0, f"nothing was taken: {status}")

    done = run("node", "ingest", country.day_file("P11", FIRST), "--config", node.config)
    need(done.returncode == 0 and b"accepted" in done.stdout, f"ingest: {done}")
    done = run("node", "ingest", country.day_file("P11", FIRST), "--config", node.config)
    need(done.returncode == 0 and b"copy" in done.stdout, f"ingest again: {done}")
    done = run("node", "ingest", country.day_file("P12", FIRST), "--config", node.config)
    need(done.returncode == 1 and b"F1001" in done.stdout, f"ingest of another's: {done}")
    table = run("node", "status", "--config", node.config)
    need(table.returncode == 0 and b"P11" in table.stdout, f"status: {table}")
    table = run("clearing", "status", "--config", clearing.config)
    need(table.returncode == 0 and b"P11" in table.stdout, f"clearing status: {table}")
    link = node.inbox / "link.csv"
    link.symlink_to("/etc/passwd")
    time.sleep(0.5)
    need(link.is_symlink() and not (node.inbox / "accepted" / "link.csv").exists(),
         "a link is left alone")
    link.unlink()
    for process in (node, clearing):
        need(process.stop() == 0, f"{process.code} stops with 0")


def bad_settings(country):
    config = country.node.config
    text = config.read_text(encoding="utf-8")
    bad = config.with_name("bad.toml")
    for change, word in ((text.replace('province = "P11"', 'province = "p11"'), "province"),
                         (text + "\n[nonsense]\nkey = 1\n", "nonsense"),
                         (text.replace("[uplink]", "[uplink]\nin_flight_max = 1000"),
                          "in_flight_max")):
        bad.write_text(change, encoding="utf-8")
        done = run("node", "--config", bad, "--check-config")
        need(done.returncode == 1 and word.encode() in done.stderr, f"{word}: {done}")
    need(run("node", "--config", config, "--check-config").returncode == 0, "good settings")
    need(run("node").returncode == 2, "no settings")
    done = run("node", "--config", config.with_name("nowhere.toml"))
    need(done.returncode == 2 and b"--example-config" in done.stderr, f"settings nowhere: {done}")
    done = run("nonsense", "--help")
    need(done.returncode == 2 and b"no command 'nonsense'" in done.stderr, f"no command: {done}")
    done = run("node", "nonsense")
    need(done.returncode == 2 and b"pointhouse node: no command 'nonsense'" in done.stderr,
         f"no such command of a node: {done}")
    secret = country.system.keys / "P11-sender.secret"
    secret.chmod(0o644)
    done = run("node", "--config", config)
    need(done.returncode == 3, f"a secret that others can read: {done}")
    secret.chmod(0o600)


def found_without_a_start(country):
    """--check-config tells all that a start would trip over, at once; and makes nothing."""
    config, keys = country.node.config, country.system.keys
    text = config.read_text(encoding="utf-8")
    other = config.with_name("other.toml")
    secret, key = keys / "P11-sender.secret", keys / "P11-transport.secret"

    def told(change, *words, code=1):
        other.write_text(change, encoding="utf-8")
        before = sorted(path for path in config.parent.rglob("*"))
        done = run("node", "--config", other, "--check-config")
        lines = done.stderr.decode().splitlines()
        need(done.returncode == code and len(lines) == len(words) and
             all(word in line for word, line in zip(words, lines)), f"{words}, not {done}")
        need(before == sorted(path for path in config.parent.rglob("*")), "nothing is made")

    told(text, code=0)
    secret.chmod(0o644)
    told(text, "keys.signing: ")
    told(re.sub(r'(?m)^endpoint = .*$', 'endpoint = "tcp:/clearing"', text) +
         '\n[http]\nlisten = "localhost:9101"\n',
         "keys.signing: ", 'uplink.endpoint: "tcp:/clearing"', "http.listen: 'localhost:9101'")
    secret.chmod(0o600)
    told(text + '\n[http]\nlisten = "127.0.0.1:99999"\n', "http.listen: ")
    told(text.replace("P11-transport.secret", "P99-transport.secret"),
         "keys.transport: ")
    told(text.replace("P11-transport.secret", "CLR-transport.secret"),
         "keys: the key that signs is that of P11, the transport key that of CLR")
    moved = key.rename(key.with_suffix(".gone"))
    told(text, "keys.transport: ")
    moved.rename(key)
    registry = keys / "registry.csv"
    kept = registry.read_bytes()
    registry.write_bytes(kept + b"#")
    told(text, "keys.registry: ")
    registry.write_bytes(kept)
    told(re.sub(r'(?m)^control = .*$', f'control = "/tmp/{"x" * 110}/node.sock"', text),
         "node.control: a socket's path", "counter.socket: a socket's path")
    told(text, code=0)
    other.unlink()


def starts_badly(country, what, **more):
    """Exit code 3 and a sentence, soon; then all is as it was."""
    done = run("node", "--config", country.node.config, **more)
    need(done.returncode == 3 and done.stderr.strip(), f"{what}: {done}")
    return done.stderr.decode(errors="replace")


def bad_world(country):
    node = country.node
    before = state_of(country)
    data = node.folder / "data"

    # A torn page in the middle of the journal's file.
    mdb = next(path for path in data.rglob("data.mdb") if "journal" in str(path))
    good = mdb.read_bytes()
    mdb.write_bytes(good[:len(good) // 2])
    starts_badly(country, "a journal cut in half")
    mdb.write_bytes(good)

    # A blob that lost its tail, and no snapshot that would do without it.
    snapshots = data / "snapshots"
    shutil.move(snapshots, data / "away")
    blob = next(path for path in sorted(data.rglob("*"))
                if path.is_file() and len(path.name) == 64)
    bytes_of_blob = blob.read_bytes()
    blob.chmod(0o600)
    blob.write_bytes(bytes_of_blob[:-1])
    starts_badly(country, "a blob that was cut")
    blob.write_bytes(bytes_of_blob)
    shutil.rmtree(snapshots, ignore_errors=True)
    shutil.move(data / "away", snapshots)

    # A disk that is full: no file of the process may grow.
    def no_growth():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # An error of write(2), as a full disk is.
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    country.system.set_clock(datetime.datetime(2026, 3, 3, 9))
    node.drop(country.day_file("P11", datetime.date(2026, 3, 2)))
    starts_badly(country, "a full disk", preexec_fn=no_growth)

    # Somebody who may not write.
    if os.geteuid() == 0:
        def nobody():
            os.setgid(65534)
            os.setuid(65534)

        os.chmod(country.work, 0o755)
        starts_badly(country, "no right to write", preexec_fn=nobody)
    (node.inbox / country.day_file("P11", datetime.date(2026, 3, 2)).name).unlink(missing_ok=True)
    country.system.set_clock(datetime.datetime(2026, 3, 3, 9))
    need(state_of(country)[:len(before)] == before, "nothing was lost")  # A day may be sealed now.


def state_of(country):
    """The node's days, as it says them after a start."""
    node = country.node
    node.start()
    node.wait_until_up()
    days = node.status()["days"]
    node.stop()
    return [(day["sequence"], day["batch"]) for day in days]


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        country = Country(pathlib.Path(name))
        try:
            bad_input(country)
            bad_settings(country)
            found_without_a_start(country)
            country.system.set_clock(datetime.datetime(2026, 3, 2, 9))
            sealed = state_of(country)
            need(len(sealed) == 1, f"the first day is sealed: {sealed}")
            bad_world(country)
        finally:
            country.system.kill()
        numbers = [int(line.split("|")[0]) for line in run("faults").stdout.decode().splitlines()]
        for number in numbers:
            if number >= 1000 and number not in ELSEWHERE:
                need(number in PROVOKED, f"no file provokes F{number}")
        shutil.rmtree(country.month)
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
