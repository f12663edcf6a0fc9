#!/usr/bin/env python3
"""What an operator is told: every refusal says what lacks and what to do, in the words of the
command that was given, and nothing that was decided is lost by a death before its report.
"""

import datetime
import os
import pathlib
import re
import sys
import tempfile
import time

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, os.path.join(ROOT, "ops"))

import system as running  # noqa: E402


def expect(condition, what):
    if not condition:
        fail(what)


def told(words, *arguments, code):
    text = run(*arguments, expect=code)
    for word in words:
        expect(word in text, f"{' '.join(map(str, arguments))}: not told {word!r}:\n{text}")


def check_commands(folder):
    missing = folder / "missing"
    told(["`pointhouse node ingest --help`"], "node", "ingest", code=2)
    told(["`pointhouse registry --help`"], "registry", "add", code=2)
    told(["`pointhouse --help`"], "no-such-command", code=2)
    told([str(missing), "mkdir -m 0700"], "keygen", "--role", "sender", "--participant", "P01",
         "--out", missing, code=3)
    told([str(missing), "settle --out"], "verify", missing, code=3)
    keys = folder / "some-keys"
    keys.mkdir(mode=0o700)
    for role in ("transport", "sender"):
        run("keygen", "--role", role, "--participant", "P01", "--out", keys)
    told(["--from-date YYYY-MM-DD", "transport key"], "registry", "add", keys / "registry.csv",
         "--clearing", "CLR", "--date", "2026-03-01", "--key", keys / "P01-transport.pub", code=2)
    day = folder / "day.csv"
    day.write_text("anything\n", encoding="utf-8")
    for kind in ("PARTNER_DAY", "BATCH"):
        told([kind, "DAY for a daily file"], "sign", day, "--kind", kind, "--key",
             keys / "P01-sender.secret", code=2)
    expect(not day.with_suffix(".csv.sig").exists(), "something was signed")
    print("commands: each says what lacks")


def refusal_of(process, name):
    report = process.inbox / "refused" / (name + ".report.txt")
    until = time.monotonic() + 30
    while not report.exists():
        expect(time.monotonic() < until, f"{name} is decided")
        time.sleep(0.02)
    return report.read_text(encoding="utf-8")


def partner_file(system, code, day, sequence, identity):
    opening = next(iter(system.openings.values())).read_text(encoding="utf-8")
    member = re.search(r",(\d{14}),", opening).group(1)
    path = system.folder / f"{code}-{sequence}.csv"
    path.write_text(f"POINTHOUSE,PARTNER_DAY,1,{code},{day},{sequence}\n"
                    f"ACCRUAL,{code}/{identity},{member},100\nEND,1,100,0\n", encoding="utf-8")
    return path


def check_signatures(system, day):
    """One code, four causes, each with its own remedy."""
    clearing, (own, other) = system.clearing, system.partners[:2]
    path = partner_file(system, own, day, 1, f"{day:%Y%m%d}/A")
    clearing.drop(path, name="unsigned.csv")
    expect("unsigned.csv.sig beside it" in refusal_of(clearing, "unsigned.csv"), "unsigned")
    clearing.drop(path, name="another.csv", sign=system.keys / f"{other}-sender.secret")
    text = refusal_of(clearing, "another.csv")
    expect("a signature by the key" in text and "which counts for sequence 1" in text, text)
    (clearing.inbox / "none.csv.sig").write_text("nothing\n", encoding="utf-8")
    clearing.drop(path, name="none.csv")
    expect("holds no signature" in refusal_of(clearing, "none.csv"), "no signature")
    system.run("sign", path, "--kind", "DAY", "--key", system.keys / f"{own}-sender.secret")
    os.rename(f"{path}.sig", clearing.inbox / "changed.csv.sig")
    path.write_text(path.read_text(encoding="utf-8").replace("/A,", "/B,"), encoding="utf-8")
    clearing.drop(path, name="changed.csv")
    expect("changed after it was signed" in refusal_of(clearing, "changed.csv"), "changed")
    print("F1006: four causes, four remedies")


def check_sent_back(system, day):
    clearing, partner = system.clearing, system.partners[0]
    path = partner_file(system, partner, day, 1, "20250101/OLD")
    clearing.drop(path, sign=system.keys / f"{partner}-sender.secret")
    system.wait(lambda: system.taken()[partner] == 1, "the partner's day is taken")
    system.wait(lambda: not system.dropped(), "it is reported")
    report = (clearing.inbox / "accepted" / (path.name + ".report.txt")).read_text("utf-8")
    expect("1 items, 1 of them sent back" in report and "TOO_OLD" in report, report)
    table = run("clearing", "status", "--config", clearing.config)
    expect(re.search(rf"{partner} .*by file .*1 items of sequence 1 were sent back", table), table)
    row = f"1,{day},2,PARTNER_ACCRUAL,{partner}/20250101/OLD,TOO_OLD"
    listed = run("clearing", "returned", partner, "--config", clearing.config)
    expect(listed.splitlines()[1:] == [row], listed)
    told(["no participant NOBODY"], "clearing", "returned", "NOBODY", "--config", clearing.config,
         code=1)
    print("a partner's day: what was sent back is told")


def check_report_after_death(system, node, day):
    """The node dies between the seal of a day and its report."""
    node.stop()
    node.start(PH_KILL_AT="node_sealed")
    node.wait_until_up()
    system.drop_day(day, skip=[code for code, *_ in system.days[day] if code != node.code])
    report = node.inbox / "accepted" / f"{node.code}-{day}.posted.csv"
    system.wait(lambda: not system.dropped(), "the day is taken")
    system.end_day(day)
    expect(node.handle.wait(60) == -9 and not report.exists(), "it died before its report")
    node.start()
    node.wait_until_up()
    expect(node.status()["sealed"] == 1, "the day was sealed")
    expect(report.read_text("utf-8").startswith("serial,kind,id,code\n"), "its report is there")
    print("a death between seal and report: the next start writes it")


def check_key_over(system, node, today):
    """The days of the node's transport key end while its connection stands."""
    open_key = (system.keys / f"{node.code}-transport.pub").read_text(encoding="ascii")
    run("registry", "end", system.keys / "registry.csv", "--date", system.first_day, "--key-id",
        open_key.split(",")[4], "--to-date", today)
    system.sign_registry()
    system.wait(lambda: any("the days of our transport key are over" in alarm
                            for alarm in node.status()["alarms"]), "the node says so", 60)
    expect(len(node.status()["alarms"]) == 1, f"one alarm, not {node.status()['alarms']}")
    told(["ALARM: the clearing says that the days of our transport key", "set keys.transport"],
         "node", "status", "--config", node.config, code=0)
    print("a transport key that is over: said so, with what to do")


def check_nobody(system, node):
    told(["offered again", "node status"], "node", "retry", "--config", node.config, code=0)
    system.stop()
    for command in (("node", "status"), ("node", "retry"), ("clearing", "status")):
        process = node if command[0] == "node" else system.clearing
        told(["nobody answers at", "isn't running"], *command, "--config", process.config, code=3)
    print("a process that isn't there: said so")


def check_processes(folder):
    month = folder / "month"
    run("generate", "--out", month, "--members", 300, "--provinces", 2, "--days", 2)
    system = running.System(EXECUTABLE, folder / "system", month)
    system.make()
    try:
        system.start()
        system.open()
        day = min(system.days)
        node = next(iter(system.nodes.values()))
        check_report_after_death(system, node, day)
        check_signatures(system, day)
        check_sent_back(system, day)
        check_key_over(system, node, day + datetime.timedelta(days=1))
        check_nobody(system, node)
    finally:
        system.kill()


def main():
    if not os.access(EXECUTABLE, os.X_OK):
        print("no executable: " + EXECUTABLE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        check_commands(pathlib.Path(name))
        check_processes(pathlib.Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
