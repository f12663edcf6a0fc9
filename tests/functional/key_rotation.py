#!/usr/bin/env python3
"""All keys change while batches are on their way: those that sign, of a node and of the clearing,
and those of the connection. Every batch gets its receipt, signed by the key that counts for it; a
key whose time is over is refused.
"""

import datetime
import os
import pathlib
import re
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))

import system as running  # noqa: E402

FIRST = datetime.date(2026, 3, 30)  # The clearing's key changes with the month.


class Country:
    def __init__(self, folder):
        month = folder / "month"
        run("generate", "--out", month, "--members", 300, "--seed", 3)
        self.system = running.System(EXECUTABLE, folder / "system", month)
        self.system.make()
        self.node, self.clearing = self.system.nodes["P11"], self.system.clearing
        self.registry = self.system.keys / "registry.csv"
        self.day = datetime.date(2026, 3, 1)

    def run(self, *arguments):
        return self.system.run(*arguments)

    def begin(self):
        self.system.set_clock(datetime.datetime(2026, 3, 1, 12))
        for process in (self.clearing, self.node):
            process.start()
            process.wait_until_up()
        for process in (self.clearing, self.node):
            for path in (self.system.rulebook, *self.system.calendars, self.system.openings["P11"]):
                if process is self.clearing or path not in self.system.calendars:
                    process.drop(path)
        self.system.wait(lambda: not self.system.dropped(), "the first files are taken")

    def until(self, day):
        """All days up to this one are over and sealed, empty."""
        self.system.set_clock(datetime.datetime.combine(day + datetime.timedelta(days=1),
                                                        datetime.time(5, 30)))
        self.day = day

    def number(self, day):
        return (day - datetime.date(2026, 3, 1)).days + 1

    def wait_sealed(self, day):
        self.system.wait(lambda: self.node.status()["sealed"] == self.number(day), "it is sealed")

    def wait_receipt(self, day):
        self.system.wait(lambda: self.node.status()["receipted"] == self.number(day),
                         f"the receipt of {day}")

    def new_key(self, folder, role, code, *rest):
        folder.mkdir(mode=0o700, exist_ok=True)
        self.run("keygen", "--role", role, "--participant", code, "--out", folder)
        self.run("registry", "add", self.registry, "--date", self.day,
                 "--key", folder / f"{code}-{role}.pub", *rest)
        return folder / f"{code}-{role}.secret"

    def change_registry(self, change):
        """In place of the old one by renaming, as the documents ask for."""
        live, self.registry = self.registry, self.registry.with_name("next.csv")
        self.registry.write_bytes(live.read_bytes())
        change()
        self.run("registry", "sign", self.registry,
                 "--key", self.system.keys / f"{self.system.clearing_code}-root.secret")
        os.rename(str(self.registry) + ".sig", str(live) + ".sig")
        os.rename(self.registry, live)
        self.registry = live


def why(node):
    """What the node says of batches under way."""
    return " ".join(flight["why"] for flight in node.status()["under_way"])


def configure(process, **keys):
    text = process.config.read_text(encoding="utf-8")
    for name, path in keys.items():
        if re.search(rf"^{name} = ", text, re.MULTILINE):
            text = re.sub(rf"^{name} = .*$", f'{name} = "{path}"', text, flags=re.MULTILINE)
        else:
            text = text.replace("[keys]\n", f'[keys]\n{name} = "{path}"\n')
    process.config.write_text(text, encoding="utf-8")


def main(folder):
    country = Country(folder)
    system, node, clearing = country.system, country.node, country.clearing
    clr, new = system.clearing_code, system.keys / "new"
    try:
        country.begin()
        country.until(FIRST)
        country.wait_receipt(FIRST)

        # A batch is sealed, of a sequence of the old key, and can't be sent.
        clearing.kill()
        second = FIRST + datetime.timedelta(days=1)
        country.until(second)
        country.wait_sealed(second)

        def rotate():
            turn = country.number(second) + 1
            country.run("registry", "end", country.registry, "--date", second,
                        "--participant", "P11", "--to", turn)
            country.run("registry", "end", country.registry, "--date", second,
                        "--participant", clr, "--to", 202604)
            country.new_key(new, "sender", "P11", "--from", turn)
            country.new_key(new, "clearing", clr, "--from", 202604)
            for code in ("P11", clr):
                country.new_key(new, "transport", code, "--from-date", "2026-04-01")

        country.change_registry(rotate)
        node.stop()
        configure(node, signing_next=new / "P11-sender.secret",
                  transport=new / "P11-transport.secret")
        configure(clearing, signing_next=new / f"{clr}-clearing.secret",
                  transport=new / f"{clr}-transport.secret")
        for process in (node, clearing):
            process.start()
            process.wait_until_up()
        country.wait_receipt(second)

        # Sequences of the new keys, of both sides, without another start.
        third = second + datetime.timedelta(days=1)
        country.until(third)
        country.wait_receipt(third)

        # The old keys alone do no good any more.
        node.stop()
        text = node.config.read_text(encoding="utf-8")
        node.config.write_text(re.sub("signing_next = .*\n", "", text), encoding="utf-8")
        node.start()
        node.wait_until_up()
        country.until(third + datetime.timedelta(days=1))
        system.wait(lambda: "KEY_NOT_VALID" in why(node), "the old key is refused")
        print(why(node))
        node.stop()
        configure(node, signing=new / "P11-sender.secret")
        node.start()
        node.wait_until_up()
        country.wait_receipt(third + datetime.timedelta(days=1))
        if node.stop() != 0 or clearing.stop() != 0:
            fail("a process did not stop with 0")
    finally:
        system.kill()
    print("four keys changed with a batch on its way; every batch has its receipt")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
