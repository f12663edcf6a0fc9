#!/usr/bin/env python3
"""The clearing and a node keep their journals on PostgreSQL: the primary is killed under load, its
synchronous standby is promoted; before that, connections are cut. No batch that was receipted is
lost, none is there twice, and both processes go on by themselves. Then a second clearing takes the
journal over and the first one ends.
PH_SEED: when the primary is killed. Three times in the long run.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))
sys.path.insert(0, str(ROOT / "tests" / "functional"))

import _postgres as postgres  # noqa: E402
import system as running  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
SEED = int(os.environ.get("PH_SEED", str(random.SystemRandom().randrange(10**6))))
NODES = ["P11", "P12"]
FAILURES = []


def need(right, text):
    if not right:
        FAILURES.append(text)
        print("FAILED: " + text)


def run(*arguments):
    return subprocess.run([POINTHOUSE, *map(str, arguments)], capture_output=True, timeout=120,
                          check=False)


def make_system(folder, pair):
    month = folder / "month"
    done = run("generate", "--out", month, "--members", 400, "--seed", 7)
    if done.returncode != 0:
        raise running.Refused(done.stderr.decode())
    system = running.System(POINTHOUSE, folder / "system", month)
    system.nodes = {code: system.nodes[code] for code in NODES}
    system.clearing.journal = pair.url("clearing")
    # Of this one by the command line, which goes before the settings.
    system.nodes["P11"].arguments = ["--journal", pair.url("p11")]
    system.make()
    return system


def patient(question, otherwise):
    """A process that waits for its server doesn't answer meanwhile."""
    try:
        return question()
    except (OSError, ValueError, running.http.client.HTTPException):
        return otherwise


def receipted(system):
    return {code: patient(lambda n=node: n.status()["receipted"], 0)
            for code, node in system.nodes.items()}


def commands(url, kind, name):
    """The commands of a name in a journal that is proven on the way."""
    done = run("journal", "show", "--journal", url, "--of", kind, "--from", 1, "--json")
    if done.returncode != 0:
        raise running.Refused("journal show: " + (done.stdout + done.stderr).decode())
    return [command for block in json.loads(done.stdout)["blocks"]
            for command in block["commands"] if command["name"] == name]


def push_all(system):
    """Every day of the month at once: both nodes seal and push as fast as they can."""
    days = sorted(system.days)
    system.end_day(days[-1])
    for day in days:
        for sender, _, _, path in system.days[day]:
            if sender in system.nodes:
                system.nodes[sender].drop(path)
    return len(days)


def cut_connections(system, pair):
    """Again and again, while a commit waits for the standby, too: done then, and nobody told."""
    cuts = 0

    def cut():
        nonlocal cuts
        cuts += 1
        pair.primary.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                         " WHERE usename = 'pointhouse'")
        time.sleep(0.1)
        return cuts >= 10 and sum(receipted(system).values()) >= 8

    system.wait(cut, "some batches have receipts")
    print(f"all connections cut {cuts} times")


def fail_over(system, pair, chance, days):
    cut_connections(system, pair)
    time.sleep(chance.random() * 0.3)
    before = receipted(system)
    pair.primary.kill()
    killed = time.monotonic()
    if min(before.values()) >= days:
        raise running.Refused(f"all was receipted before the kill: this tests nothing: {before}")
    time.sleep(1)
    for process in (system.clearing, *system.nodes.values()):
        need(process.running(), f"{process.code} waits for a server")
    pair.standby.promote()
    system.wait(lambda: sum(receipted(system).values()) > sum(before.values()),
                "batches are receipted again", 60)
    print(f"receipts before the kill {before}, the next after "
          f"{time.monotonic() - killed:.1f} s (1 s of it without any server)")
    system.wait(lambda: min(receipted(system).values()) >= days, "all batches are receipted", 150)
    return before


def compare(system, pair, before):
    """What the nodes were told is what the clearing's journal holds, each batch once."""
    told = []
    for code, node in system.nodes.items():
        url = pair.url("p11") if code == "P11" else f"lmdb:{node.folder / 'data'}"
        need(node.stop() == 0, f"{code} stops")
        texts = [command["text"] for command in commands(url, "node", "RECEIPT")]
        need(len(texts) >= before[code], f"{code} has kept its receipts: {len(texts)}")
        told += texts
    stored = [command["receipt"] for command in commands(pair.url("clearing"), "clearing", "BATCH")]
    need(len(set(stored)) == len(stored), "each batch is there once")
    need(set(told) <= set(stored), "every receipt's batch is in the journal, to the byte")
    print(f"{len(told)} receipts, {len(stored)} batches")
    done = run("journal", "verify", "--clearing", system.clearing.config)
    need(done.returncode == 0 and b"proven" in done.stdout, f"verify: {done}")


def last_sequences(clearing):
    return {row["code"]: row["last_sequence"] for row in clearing.status()["participants"]}


def take_over(system):
    """Another machine: nothing but the url. Whoever appends first stays."""
    old = system.clearing
    new = running.Process(system, "clearing", old.code, system.folder / "elsewhere")
    new.journal = old.journal
    for part in ("", "inbox", "data", "run"):
        (new.folder / part).mkdir(mode=0o700, exist_ok=True)
    new.config.write_text(system.config_of(new).replace(str(system.port),
                                                        str(running.free_port())), "utf-8")
    partners = [(sender, path) for sender, _, kind, path in system.days[min(system.days)]
                if kind == "PARTNER_DAY"][:2]
    try:
        before = system.taken()
        new.start()
        new.wait_until_up()
        seen = last_sequences(new)
        need(seen == before, f"it has the same batches: {seen}")
        for process, (sender, path) in zip((new, old), partners):
            process.drop(path, sign=system.keys / f"{sender}-sender.secret")
            if process is new:
                system.wait(lambda s=sender: last_sequences(new)[s] == 1, "the new one appends")
        until = time.monotonic() + 30
        while old.running() and time.monotonic() < until:
            time.sleep(0.05)
        need(old.handle.poll() == 3, "the old one ends with 3")
        need("was written by another process" in running.tail(old.log), running.tail(old.log))
        need(new.stop() == 0, "the new one stays")
    finally:
        new.kill()


def refuse_password(system, pair):
    done = run("node", "--config", system.nodes["P11"].config, "--journal",
               f"postgresql://pointhouse:{pair.password}@127.0.0.1/x")
    need(done.returncode == 2 and b"password" in done.stderr, f"a password is refused: {done}")
    need(pair.password.encode() not in done.stderr + done.stdout, "and not repeated")


def no_password_in_logs(system, pair):
    for log in system.folder.rglob("log"):
        text = log.read_text(errors="replace")
        need(text and pair.password not in text, f"no password in {log}")


def one_failover(chance):
    with tempfile.TemporaryDirectory() as name, postgres.Pair(running.free_port) as pair:
        pair.make_database("clearing")
        pair.make_database("p11")
        system = make_system(pathlib.Path(name), pair)
        try:
            refuse_password(system, pair)
            system.start()
            system.open()
            processes = [system.clearing.handle.pid, system.nodes["P11"].handle.pid]
            days = push_all(system)
            before = fail_over(system, pair, chance, days)
            need([system.clearing.handle.pid, system.nodes["P11"].handle.pid] == processes,
                 "nobody was started again")
            compare(system, pair, before)
            take_over(system)
            no_password_in_logs(system, pair)
        finally:
            system.kill()


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    if why := postgres.lacking():
        print("NOT RUN: " + why)
        return 1 if os.environ.get("CI") == "true" else 77
    for seed in range(SEED, SEED + (3 if os.environ.get("PH_LONG") else 1)):
        print(f"PH_SEED={seed}", flush=True)
        one_failover(random.Random(seed))
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
