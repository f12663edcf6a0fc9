#!/usr/bin/env python3
"""Numbers of one customer that are merged and unmerged at a node as a process: whole numbers and
single accounts, with debts, grades, refunds under the old number; the node killed at each durable
step of each day, after which its batches are the same, and those of the second implementation to
the byte. A clearing takes them, starts again from its snapshot, closes the month; `settle` makes of
the batches what it made, and `verify` accepts it.
"""

import csv
import datetime
import json

import _programme_world as w
from _pointhouse import fail

import month as run_month  # noqa: E402

SETUP = datetime.date(2008, 4, 1)
DAYS = [datetime.date(2008, 4, n) for n in (3, 4, 7, 8, 9)] + [datetime.date(2008, 5, 2)]
MERGED = DAYS[0].strftime("%Y%m%d")
# How often the node may append on a day: deaths before and behind each of them.
APPENDS = 3
ONE, TWO, THREE, FOUR, FIVE, SIX = (w.member(n) for n in range(1, 7))


def need(condition, what):
    if not condition:
        fail(what)


def of(name):
    return f"{w.CODE}/{MERGED}/{name}"


def entry(date, serial):
    return f"{w.CODE}/{date:%Y%m%d}/{serial}"


def redeem(member, points):
    return "REDEEM", "", member, points, "PHONE_CREDIT", w.CODE, "", "", "", ""


def refund(date, serial, member, points):
    return "REFUND", "", entry(date, serial), member, points, w.CODE, ""


def bill(account, member, month, fen):
    return "BILL", account, member, month, fen


def merge(name, member, into, account=""):
    return "MERGE", of(name) if name else "", member, account, into


def unmerge(name, member):
    return "UNMERGE", of(name), member


def rows():
    """One list a day; serials count from 1."""
    first = [
        redeem(ONE, 1_150),                                     # 1: empties a lot, and more
        bill("A1-0", ONE, "2008-03", 90_000), bill("A1-1", ONE, "2008-03", 40_000),
        bill("A2-0", TWO, "2008-03", 20_000), bill("A3-0", THREE, "2008-03", 70_000),
        ("HOLD", "", FOUR, 10, DAYS[-1]),                       # 6
        merge("M-0", FOUR, FIVE),                               # held
        ("VOID", entry(DAYS[0], 6)),
        merge("M-1", ONE, TWO),                                 # 9: the whole number
        merge("M-2", THREE, FOUR, "A3-0"),
        merge("M-3", THREE, FOUR, "A3-0"),                      # not his any more
        bill("A1-0", ONE, "2008-02", 100), bill("A3-0", FOUR, "2008-02", 15_000),
        bill("A1-1", TWO, "2008-02", 12_345), redeem(TWO, 35)]  # 15
    second = [
        refund(DAYS[0], 1, ONE, 250), redeem(ONE, 1), merge("", TWO, ONE),
        ("EARN", FIVE, "AWARD", "2008-03", 80, 1), redeem(FIVE, 2_050),
        ("UNEARN", FIVE, entry(DAYS[1], 4), 70),                # 6: a debt
        merge("", FIVE, SIX), ("EARN", SIX, "AWARD", "2008-03", 30, 0),
        ("TRANSFER", ONE), ("PROFILE", "", ONE), ("CLAIM", "", ONE, "counter")]
    third = [redeem(TWO, 2_500), unmerge("M-1", TWO), unmerge("M-1", ONE), unmerge("M-1", ONE),
             unmerge("M-9", ONE), bill("A1-0", ONE, "2008-02", 3_000),
             bill("A1-1", TWO, "2008-01", 100)]
    fourth = [refund(DAYS[2], 1, TWO, 2_300), merge("M-4", TWO, THREE), merge("M-5", THREE, FOUR),
              unmerge("M-4", TWO), refund(DAYS[0], 15, TWO, 35), redeem(FOUR, 1_000)]
    fifth = [unmerge("M-5", THREE), unmerge("M-4", TWO), ("TRANSFER", FOUR), unmerge("M-2", THREE),
             ("LEAVE", TWO), refund(DAYS[0], 1, ONE, 50)]
    return [first, second, third, fourth, fifth,
            [("EARN", THREE, "AWARD", "2008-04", 9, 1), redeem(THREE, 5)]]


def write(folder):
    files = w.Files(folder, SETUP)
    files.write("calendar-2008.csv", "CALENDAR", "CLR", "2008-01-01", 0, [["YEAR", "2008"]])
    files.programme(w.without_limits("china-telecom"))
    setup = []
    for n in range(1, 7):
        setup += [("PROFILE", "", w.member(n)),
                  ("ACCOUNT", f"A{n}-0", w.member(n), "2004-05", "MOBILE_3G", 0, 1, 1 + n % 3),
                  ("ACCOUNT", f"A{n}-1", w.member(n), "2006-05", "MOBILE_4G", 0, 1, 1),
                  ("EARN", w.member(n), "AWARD", "2008-02", 200 * n, 1),
                  ("EARN", w.member(n), "LEVEL", "2008-01", 1000, 1)]
    setup += [("GRADE", ONE, "level", "gold", "2008-01-01", "2009-01-01"),
              ("GRADE", TWO, "level", "vip-card", "2008-01-01", "2009-01-01"),
              ("GRADE", THREE, "level", "silver", "2008-01-01", "")]
    files.day(SETUP, setup)
    for date, of_day in zip(DAYS, rows()):
        files.day(date, of_day)
    return files


def play(world, folder, batches):
    deaths = world.play_day(SETUP)
    need(world.batch(SETUP) == batches[str(SETUP)], "the first day: another batch")
    return deaths + world.play_days(folder, DAYS, w.appends(APPENDS), batches)


def returned(world, date):
    path = world.node.inbox / "accepted" / f"{w.CODE}-{date}-PROVINCE_DAY.posted.csv"
    paths = [path, world.node.inbox / "accepted" / f"{w.CODE}-{date}.posted.csv"]
    text = next(p for p in paths if p.exists()).read_text("utf-8")
    return [(int(row[0]), row[-1]) for row in (line.split(",") for line in text.splitlines()[1:])]


def look(world):
    """What the node says of a number that was merged, and isn't any more."""
    told = json.loads(world.node.ask("GET", f"/v1/programme-member/{SIX}")[1])
    need(told["merged_into"] == "" and told["accounts"], f"{told}")
    told = json.loads(world.node.ask("GET", f"/v1/programme-member/{FIVE}")[1])
    need(told["merged_into"] == SIX and not told["accounts"], f"{told}")


def close(world, folder):
    """All batches at the clearing, which starts again behind them, and closes April."""
    system = world.system
    config = system.clearing.config    # What is a node's alone is refused there.
    config.write_text(config.read_text("utf-8").replace(w.SETTINGS, ""), encoding="utf-8")
    system.clearing.start()
    system.clearing.wait_until_up()
    for path in (system.rulebook, *system.calendars, *system.openings.values()):
        system.clearing.drop(path)
        taken = system.clearing.inbox / "accepted" / path.name
        system.wait(taken.exists, f"the clearing accepts {path.name}")
    system.wait(lambda: system.taken().get(w.CODE, 0) == len(DAYS) + 1, "all batches are taken")
    system.clearing.kill()
    system.clearing.start()
    system.clearing.wait_until_up()
    system.set_clock(datetime.datetime(2008, 5, 8, 9))
    status, answer = system.close("2008-04")
    need(status == 200 and answer["closed"], f"close: {status} {answer}")
    system.wait(lambda: "event=snapshot " in system.clearing.log.read_text("utf-8"),
                "a snapshot behind the close", 30)
    need(system.clearing.stop() == 0, "the clearing stops")
    system.clearing.start()
    system.clearing.wait_until_up()
    need(system.taken()[w.CODE] == len(DAYS) + 1, "it has them all from its snapshot")
    inputs, out = folder / "inputs", folder / "settled"
    system.run("clearing", "inputs", "2008-04", "--out", inputs, "--config",
               system.clearing.config)
    system.run("settle", "--in", inputs, "--period", "2008-04", "--out", out, "--key",
               system.keys / "CLR-clearing.secret", "--quiet")
    different = run_month.different_files(out, system.outputs("2008-04"), run_month.INPUTS_NAMED)
    need(not different, f"`close` and `settle` differ: {different}")
    system.run("verify", out, "--in", inputs, "--root", system.keys / "CLR-root.pub",
               "--registry", system.keys / "registry.csv")
    return out


def check_lots(world, out):
    """Closing lots are under the numbers that have them: by the second implementation's state."""
    with open(out / "closing-lots.csv", encoding="utf-8") as file:
        lots = {row["lot"]: (row["member"], int(row["remaining"])) for row in csv.DictReader(file)
                if int(row["remaining"])}
    home = w.play.Play(str(world.files.folder))
    home.play()
    told = {}
    for member, account in home.homes[1].accounts.items():
        for lot in account.lots.values():
            if lot.remaining:
                told[lot.name] = w.b.member_text(member), lot.remaining
    # May's day, which isn't in it, has touched those of one member.
    whose = {who: sum(points for member, points in lots.values() if member == who)
             for who, _ in lots.values()}
    ours = {who: sum(points for member, points in told.values() if member == who)
            for who, _ in told.values()}
    ours[THREE] += 5 - 9
    need(whose == ours, f"closing lots {whose}, not {ours}")


def main(folder):
    files = write(folder / "files")
    _, batches = files.played()
    world = w.World(folder / "system", files)
    try:
        world.open()
        deaths = play(world, folder, batches)
        look(world)
        codes = [returned(world, date) for date in DAYS[:5]]
        need(codes[0] == [(7, "HOLD_OPEN"), (11, "NO_ACCOUNT"), (12, "MERGED")], f"{codes[0]}")
        need([code for _, code in codes[1]].count("MERGED") == 5, f"{codes[1]}")
        need(codes[2] == [(2, "UNKNOWN_PARENT"), (4, "STATE"), (5, "UNKNOWN_PARENT"),
                          (7, "NO_ACCOUNT")], f"{codes[2]}")
        need((4, "MERGED") in codes[3], f"{codes[3]}")
        out = close(world, folder)
        check_lots(world, out)
    finally:
        world.system.kill()
    need(deaths >= 4 * len(DAYS), f"{deaths} deaths")
    pairs = sum(batch.count(b"\7\0\0\0") for batch in batches.values())
    need(pairs, "lots passed")
    print(f"{deaths} deaths, {len(batches)} batches equal to the byte, taken and settled")


if __name__ == "__main__":
    w.in_a_folder(main)
