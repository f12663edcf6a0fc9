#!/usr/bin/env python3
"""`pointhouse journal`: what a node's and the clearing's journals hold, in words; the chain is
proven; closed segments are put aside, and the chain is proven through them; a changed byte is found
and its block named; the node starts from what is left and goes on.
"""

import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
NODE = "P44"  # the largest province: its days make many blocks
FAILURES = []


def need(right, text):
    if not right:
        FAILURES.append(text)
        print("FAILED: " + text)


def run(*arguments, code=0):
    done = subprocess.run([POINTHOUSE, *map(str, arguments)], capture_output=True, timeout=120,
                          check=False)
    need(done.returncode == code, f"{arguments}: {done.returncode}, not {code}: " +
         (done.stdout[-500:] + done.stderr).decode())
    return (done.stdout + done.stderr).decode()


def journal(word, *arguments, code=0):
    return json.loads(run("journal", word, "--json", *arguments, code=code))


def make_system(folder):
    run("generate", "--out", folder / "month", "--members", 4000, "--seed", 3)
    system = running.System(POINTHOUSE, folder / "system", folder / "month")
    system.nodes = {NODE: system.nodes[NODE]}
    system.make()
    config = system.nodes[NODE].config
    # Many small blocks, so that a few days are worth a snapshot.
    config.write_text(config.read_text("utf-8") + "\n[day]\nslice_steps = 16\n", "utf-8")
    return system


def live(system, node, days):
    """Days of the province, one after the other, until the clearing's receipt is here."""
    for day in days:
        path = next(path for who, _, _, path in system.days[day] if who == NODE)
        sequence = node.status()["sealed"] + 1
        node.drop(path)
        system.end_day(day)
        system.wait(lambda n=sequence: node.status()["receipted"] >= n, f"{day} has its receipt")


def snapshots(node):
    return len(re.findall(r"event=snapshot .*good=true", node.log.read_text("utf-8")))


def state(node):
    return {key: value for key, value in node.status().items()
            if key in ("sealed", "receipted", "days", "next_sequence", "journal_blocks")}


def look(node, clearing):
    shown = journal("show", "--node", node.config, "--from", 1)
    blocks = shown["blocks"]
    need([block["block"] for block in blocks] == list(range(1, shown["last"] + 1)), "all blocks")
    names = [command["name"] for block in blocks for command in block["commands"]]
    for name in ("RULES", "OPENING", "DAY", "SLICE", "SEAL", "RECEIPT"):
        need(name in names, f"{name} is shown")
    need("" not in names, "every command has a name")
    table = run("journal", "show", "--node", node.config)
    need(table.count("\nblock ") == 19 and " RECEIPT sequence=" in table, table[:300])
    need(len(journal("show", "--node", node.config, "--from", 3, "--to", 5)["blocks"]) == 3, "3-5")
    last = shown["last"]
    said = run("journal", "show", "--node", node.config, "--from", last + 1)
    need(said == f"no block to show: the last one is {last}\n", f"beyond the end: {said!r}")
    shown = journal("show", "--clearing", clearing.config, "--from", 1)
    names = [command["name"] for block in shown["blocks"] for command in block["commands"]]
    need(names.count("BATCH") == node_batches(blocks), f"each batch is taken once: {names}")
    need(journal("verify", "--clearing", clearing.config)["whole"], "the clearing's is whole")
    run("journal", "archive", "--clearing", clearing.config, "--to", clearing.folder / "archive")


def node_batches(blocks):
    return sum(command["name"] == "SEAL" for block in blocks for command in block["commands"])


def flip(path, at):
    """Changes a byte; gives what undoes it."""
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    return lambda: flip(path, at)


def damage(node, archive, sequence):
    """A byte of a block within LMDB's file, then one of a segment."""
    file = next(node.folder.glob("data/journal/data.mdb"))
    head = b"PHJ1" + struct.pack("<HHQ", 1, 1, sequence)
    places = [match.start() for match in re.finditer(re.escape(head), file.read_bytes())]
    need(len(places) >= 1, f"block {sequence} lies in the file")
    undo = [flip(file, at + 64 + 16) for at in places]
    for where in (["--archive", archive], []):
        answer = journal("verify", "--node", node.config, *where, code=1)
        need(not answer["good"] and answer["block"] == sequence, f"{answer}, not {sequence}")
    text = run("journal", "verify", "--node", node.config, code=1)
    need(f"lies in block {sequence}\n" in text, text)
    for back in undo:
        back()
    segment = sorted(archive.glob("*.phj"))[0]
    back = flip(segment, 4 + 64 + 3)
    need(journal("verify", "--node", node.config, "--archive", archive, code=1)["block"] == 1,
         "a byte of a segment's first block")
    back()
    need(journal("verify", "--node", node.config, "--archive", archive)["good"], "as it was")
    segment.rename(segment.with_suffix(".away"))
    need(journal("verify", "--node", node.config, "--archive", archive, code=1)["block"] == 1,
         "a segment is missing")
    segment.with_suffix(".away").rename(segment)


def put_aside(system, node, archive):
    before = journal("verify", "--node", node.config)
    need(before["whole"] and before["good"], f"{before}")
    answer = journal("archive", "--node", node.config, "--to", archive, "--segment-bytes", 4000)
    need(len(answer["segments"]) > 1 and answer["dropped"] > 0, f"archive: {answer}")
    need(answer["segments"][-1]["to"] == answer["dropped"], f"all of it: {answer}")
    again = run("journal", "archive", "--node", node.config, "--to", archive)
    need("archived already" in again, again)
    after = journal("verify", "--node", node.config, "--archive", archive)
    need(after == before, f"the chain is the same: {after} {before}")
    alone = journal("verify", "--node", node.config)
    need(alone["good"] and not alone["whole"] and alone["first"] == answer["dropped"] + 1 and
         alone["digest"] == before["digest"], f"what is left: {alone}")
    need(journal("show", "--node", node.config, "--archive", archive, "--from", 1, "--to", 2)
         ["blocks"][1]["block"] == 2, "the archive is shown, too")
    empty = archive.with_name("empty")
    empty.mkdir()
    answer = journal("verify", "--node", node.config, "--archive", empty, code=1)
    need(answer["block"] == 1, f"nothing proves what isn't there: {answer}")
    return alone["first"]


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        system = make_system(pathlib.Path(name))
        node, clearing = system.nodes[NODE], system.clearing
        archive = pathlib.Path(name) / "archive"
        try:
            system.start()
            system.open()
            days = iter(sorted(system.days))
            while snapshots(node) < 3:  # The first is that of the opening.
                live(system, node, [next(days)])
            text = run("journal", "verify", "--node", node.config, code=3)
            need("pointhouse: " in text and "data" in text, f"it is in use: {text}")
            wanted = state(node)
            need(system.stop() == [0, 0], "both stop")
            look(node, clearing)
            first = put_aside(system, node, archive)
            damage(node, archive, first + 2)
            clearing.start()
            clearing.wait_until_up()
            node.start()
            node.wait_until_up()
            need(state(node) == wanted, "the node starts from what is left")
            live(system, node, [next(days), next(days)])
            node.stop()
            need(journal("verify", "--node", node.config, "--archive", archive)["whole"], "on")
            shutil.copytree(node.folder / "data", node.folder / "copy")
            (node.folder / "copy" / "lock").unlink(missing_ok=True)
            run("journal", "verify", "--journal", f"lmdb:{node.folder / 'copy'}")
            run("journal", "verify", "--journal", f"lmdb:{node.folder / 'nothing'}", code=3)
            run("journal", "verify", code=2)
            run("journal", "show", "--node", node.config, "--clearing", clearing.config, code=2)
            run("journal", "show", "--journal", "postgresql://me:secret@localhost/x", code=2)
        finally:
            system.kill()
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
