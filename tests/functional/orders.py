#!/usr/bin/env python3
"""Orders from the catalogue at a node as a process: each way through their states, pieces,
complaints, what fails by itself; the node killed at each durable step of each day, after which its
batches are the same; all of it as the second implementation has it, to the byte.
"""

import datetime

import _programme_world as w
from _pointhouse import fail

ORDERED = datetime.date(2008, 5, 3)
DAYS = [ORDERED + datetime.timedelta(days=n) for n in (0, 1, 2, 10, 17, 18, 40, 92)]
# How often the node may append on a day: deaths before and behind each of them.
APPENDS = 3


def need(condition, what):
    if not condition:
        fail(what)


def order(serial, item, points, cash=0, quantity=1, name="", beneficiary=""):
    given = f"{w.CODE}/20080503/{name}" if name else ""
    return ("ORDER", given, w.member(serial), item, quantity, points, cash, beneficiary)


def of(name):
    return f"{w.CODE}/20080503/{name}"


def state(name, word, cost="", freight=""):
    return ("ORDER_STATE", of(name), word, cost, freight)


def rows():
    """One list a day. H: handsets, V: vouchers."""
    first = [("STOCK", "handset", 8)] + [
        order(n, "handset", 5000, 150000, 1, f"H-{n}") for n in range(1, 9)] + [
        order(n, "voucher", 20000, 0, 3, f"V-{n}") for n in range(1, 5)] + [
        order(9, "handset", 5000, 150000, 1, "H-9"),          # out of stock
        order(9, "handset", 5000, 149999, 1, "H-10"),         # not its price
        order(10, "voucher", 30000, 0, 3),                    # not its price
        order(10, "night-minutes", 1000, 0, 1, "N-1"),        # at once
        order(10, "night-minutes", 600, 0, 1, "N-2"),         # by file there is no hour
        order(11, "phone-credit", 5000, 0, 1, "C-1", w.member(12)),
        order(11, "phone-credit", 5050, 0, 1, "C-2"),
        order(13, "nothing", 1, 0, 1)]
    second = [state(f"H-{n}", "SHIPPED") for n in (1, 2, 3)] + [
        state("H-4", "DELIVERED"), state("H-5", "FAILED"), state("V-1", "DELIVERED", 25000, 900),
        state("H-9", "SHIPPED"), ("COMPLAINT", of("K-0"), of("H-4"), "BROKEN"),
        ("LEAVE", w.member(6)), ("TRANSFER", w.member(7))]
    third = [state("H-1", "DELIVERED"), state("H-2", "FAILED"), state("H-4", "SHIPPED"),
             state("H-6", "DELIVERED"), state("H-7", "DELIVERED"), state("V-2", "DELIVERED"),
             state("H-3", "RETURNED"), ("COMPLAINT", of("K-1"), of("H-1"), "WRONG"),
             ("COMPLAINT", "", of("H-8"), "LATE")]
    return [first, second, third,
            [("COMPLAINT_END", of("K-0"), "REPLACED"), state("V-1", "RETURNED"),
             state("V-2", "RETURNED"), ("REFUND", "", of("N-1"), w.member(10), 1000, w.CODE, "")],
            [state("H-4", "RETURNED"), ("COMPLAINT", of("K-2"), of("H-1"), "OTHER")],
            [state("H-1", "RETURNED"), ("COMPLAINT", of("K-3"), of("H-1"), "LATE"),
             ("COMPLAINT_END", of("K-2"), "REFUSED"), ("STOCK", "handset", -9)],
            [("COMPLAINT_END", of("K-1"), "REFUNDED"), ("COMPLAINT_END", of("K-1"), "REFUSED"),
             ("LEAVE", w.member(4))],
            [state("V-3", "SHIPPED"), state("V-4", "FAILED"), order(14, "handset", 5000, 150000)]]


def top_ups(world, theirs):
    """The file of the day on which 5,000 points became 30 yuan for somebody else, and of others."""
    def name(date):
        return f"{w.CODE}-{date}-TOP_UP.csv"

    id_, member, other = of("C-1"), w.member(11), w.member(12)
    need(theirs == [[w.CODE, str(ORDERED), id_, member, other, 3000]], f"top-ups are {theirs}")
    text = (world.out / name(ORDERED)).read_text("utf-8")
    head = f"POINTHOUSE,TOP_UP,1,{w.CODE},{ORDERED},2\n"
    need(text == f"{head}CREDIT,{id_},{member},{other},3000\nEND,1,0,3000\n", f"top-up: {text}")
    for date in DAYS[1:]:
        lines = (world.out / name(date)).read_text("utf-8").splitlines()
        need(lines[1:] == ["END,0,0,0"], f"{name(date)}: {lines}")


def main(folder):
    setup = datetime.date(2008, 5, 1)
    files = w.Files(folder / "files", setup)
    files.programme(w.without_limits("china-telecom"))
    files.day(setup, [("EARN", w.member(n), "AWARD", "2008-04", 40000, 1) for n in range(1, 16)])
    for date, of_day in zip(DAYS, rows()):
        files.day(date, of_day)
    tables, batches = files.played()
    states = {row[0]: row[6] for row in tables["orders"]}
    need(set(states.values()) == {"CREATED", "DELIVERED", "FAILED", "RETURNED"}, f"{states}")
    world = w.World(folder / "system", files)
    try:
        world.open()
        world.play_day(setup)
        points = [*w.appends(APPENDS), "node_top_up:2"]
        deaths = world.play_days(folder, DAYS, points, batches)
        top_ups(world, tables["top_up"])
    finally:
        world.system.kill()
    need(deaths >= 4 * len(DAYS), f"{deaths} deaths")
    print(f"{len(states)} orders, {deaths} deaths, {len(DAYS)} batches equal to the byte")


if __name__ == "__main__":
    w.in_a_folder(main)
