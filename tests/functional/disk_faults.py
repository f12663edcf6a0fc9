#!/usr/bin/env python3
"""Disks that are really full or read-only, under a node and under the clearing: small file systems
in a mount namespace of their own. Each process ends with 3 and says why; once there is room again,
it goes on, and every batch is what it would have been.
"""

import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))

import system as running  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
SIZE = "64m"
NOBODY = 65534


def propagation():
    """In a chroot `/` is no mount point that could be made private; it need not be where nothing is
    shared."""
    shared = " shared:" in pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    return "private" if shared else "unchanged"


class Disk:
    """A file system of its own at `place`, which processes started by `prefix` see."""

    def __init__(self, place):
        self.place = place
        make = f'mount -t tmpfs -o size={SIZE},mode=700 none "$1" && echo ready && exec sleep 600'
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", propagation(), "sh", "-c", make, "sh",
             str(place)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = self.holder.stdout.readline().strip()
        if said != "ready":
            self.end()
            raise PermissionError(said)
        # With its root directory, which may be a chroot's.
        self.prefix = ["nsenter", f"--target={self.holder.pid}", "--mount", "--root", "--"]

    def end(self):
        self.holder.kill()
        self.holder.wait()

    def shell(self, script):
        subprocess.run([*self.prefix, "sh", "-c", script, "sh", str(self.place)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def fill(self):
        self.shell('cat /dev/zero >"$1/filler" || true')

    def free(self):
        self.shell('rm "$1/filler"')

    def remount(self, how):
        self.shell(f'mount -o remount,{how} "$1"')


def wait_for_end(process, seconds=60):
    until = time.monotonic() + seconds
    while process.handle.poll() is None:
        if time.monotonic() > until:
            fail(f"{process.code} goes on: {running.tail(process.log)}")
        time.sleep(0.02)
    code, process.handle = process.handle.returncode, None
    return code


def ends_in_words(process, *words):
    """With 3 and a sentence that holds one of the words, and no more: no core, no signal."""
    code, said = wait_for_end(process), running.tail(process.log, 3)
    if code != 3 or not any(word in said for word in words):
        fail(f"{process.code} ended with {code}, not 3 and {words}:\n{said}")
    print(f"{process.code}: {said.splitlines()[-1][:150]}")


class System(running.System):
    """With the keys of another one, once there is one: making them takes a while."""

    keys_made = None

    def make_keys(self):
        if System.keys_made is None:
            super().make_keys()
            System.keys_made = self.keys
        else:
            shutil.copytree(System.keys_made, self.keys, dirs_exist_ok=True)


class Country:
    """One node and the clearing."""

    def __init__(self, folder, month):
        self.system = System(EXECUTABLE, folder, month)
        self.system.make()
        self.node, self.clearing = self.system.nodes["P11"], self.system.clearing

    def begin(self):
        for process in (self.clearing, self.node):
            process.start()
            process.wait_until_up()
        for process, paths in ((self.clearing, [self.system.rulebook, *self.system.calendars]),
                               (self.node, [self.system.rulebook])):
            for path in [*paths, self.system.openings["P11"]]:
                process.drop(path)
        self.system.wait(lambda: not self.system.dropped(), "the first files are taken")

    def drop(self, number):
        day = FIRST + datetime.timedelta(days=number)
        self.node.drop(next(path for who, _, _, path in self.system.days[day] if who == "P11"))
        self.system.end_day(day)

    def receipted(self, number):
        self.system.wait(lambda: self.node.status()["receipted"] == number, f"receipt {number}")

    def batches(self):
        return [(day["sequence"], day["batch"]) for day in self.node.status()["days"]]


def full(country, process, disk, number):
    """The day's file comes when there is no room for it."""
    disk.fill()
    country.drop(number)
    ends_in_words(process, "No space left")
    process.start()  # A service manager would, and it must not make things worse.
    time.sleep(0.5)
    if process.running():
        process.stop()
    disk.free()
    process.start()
    process.wait_until_up()
    country.receipted(number + 1)


def read_only(country, process, disk, number):
    """As somebody who is no root, for whom nothing is writable anyway on such a disk."""
    before = country.batches()
    for each in (country.node, country.clearing):
        if each.stop() != 0:
            fail(f"{each.code} did not stop with 0")
    disk.shell(f'chown -R {NOBODY}:{NOBODY} "$1"')
    shutil.chown(process.folder, NOBODY, NOBODY)
    for part in [process.folder, process.folder / "inbox", process.folder / "run", process.log,
                 country.system.keys, *process.folder.rglob("*"), *country.system.keys.iterdir()]:
        if part != disk.place:
            shutil.chown(part, NOBODY, NOBODY)
    root, process.prefix = process.prefix, [*process.prefix, "setpriv", f"--reuid={NOBODY}",
                                            f"--regid={NOBODY}", "--clear-groups"]
    disk.remount("ro")
    process.start()
    ends_in_words(process, "Read-only file system")
    disk.remount("rw")
    other = country.node if process is country.clearing else country.clearing
    process.start()
    process.wait_until_up()
    other.prefix = root if other.prefix else []
    other.start()
    other.wait_until_up()
    if country.batches() != before:
        fail("a batch changed on the read-only disk")
    country.drop(number)
    country.receipted(number + 1)


def undisturbed(folder, month, days):
    country = Country(folder, month)
    try:
        country.begin()
        for number in range(days):
            country.drop(number)
            country.receipted(number + 1)
        return country.batches()
    finally:
        country.system.kill()


def main(folder):
    folder.chmod(0o755)  # For the user who is no root.
    executable = folder / "pointhouse"
    shutil.copy(EXECUTABLE, executable)
    month = folder / "month"
    run("generate", "--out", month, "--members", 6000, "--seed", 11)
    wanted = undisturbed(folder / "undisturbed", month, 4)
    for kind in ("node", "clearing"):
        country = Country(folder / kind, month)
        country.system.exe = executable
        process = getattr(country, kind)
        disk = Disk(process.folder / "data")
        process.prefix = disk.prefix
        try:
            country.begin()
            country.drop(0)
            country.receipted(1)
            full(country, process, disk, 1)
            full(country, process, disk, 2)
            read_only(country, process, disk, 3)
            if country.batches() != wanted:
                fail(f"{kind}: {country.batches()}, not {wanted}")
        finally:
            country.system.kill()
            disk.end()
        print(f"{kind}: full twice, read-only once; four batches as without")


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("NOT RUN: only root may mount")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        try:
            main(pathlib.Path(scratch))
        except PermissionError as refused:
            print(f"NOT RUN: no file system can be mounted here: {refused}")
            sys.exit(77)
