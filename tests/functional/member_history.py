#!/usr/bin/env python3
"""A member's history over the member service of a running node: each line against what this test
makes of the second implementation's batches, which come from the input files alone; pages that stay
the same while days are sealed; the node killed between a seal and its index, and inside of it; the
index deleted, torn and changed, and made again with the same bytes and the same answers.

Environment: POINTHOUSE the executable, PH_ROOT the project. Ends with 77 without openssl.
"""

import datetime
import hashlib
import http.client
import pathlib
import shutil
import struct
import sys
import tempfile

import _member_world as m
import _programme_world as w
from _member_world import ANN, BOB, CARL, DORA, EVE, need, same

import basics as b

OPENED = datetime.date(2026, 3, 1)
DAYS = [datetime.date(2026, 3, 30), datetime.date(2026, 3, 31), datetime.date(2026, 4, 1),
        datetime.date(2026, 4, 2)]
EVERYBODY = (ANN, BOB, CARL, DORA, EVE)
NOBODY = w.member(77)
CODES = {1: "P01", 102: "MER2"}
FORM_NAMES = {number: word for word, number in b.FORMS.items()}
EARNED = 130


def redeem(member, points):
    return "REDEEM", "", member, points, "PHONE_CREDIT", w.CODE, "", "", "", ""


def entry(day, serial):
    return f"{w.CODE}/{day:%Y%m%d}/{serial}"


def rows():
    """One list a day; serials count from 1."""
    first = [("PROFILE", "", member) for member in EVERYBODY]
    first += [m.account(f"A-{n}", member, "2020-01") for n, member in enumerate(EVERYBODY)]
    first += [("EARN", ANN, "AWARD", "2026-02", n, n % 2) for n in range(1, EARNED + 1)]
    first += [redeem(ANN, 4_000), ("EARN", BOB, "LEVEL", "2026-01", 60, 1),      # 141, 142
              ("REDEEM", "MER2/20260330/R1", BOB, 60, "MERCHANT", "", "MER2", "", "", ""),
              ("ACCRUAL", "MER2/20260330/A1", EVE, "MER2", 25),
              ("EARN", CARL, "AWARD", "2026-02", 70, 1), ("REDEEM", "", CARL, 8, "GIFT", w.CODE,
                                                           "", 500, 100, 300),
              ("BILL", "A-2", CARL, "2026-02", 12_300)]
    second = [("UNEARN", BOB, entry(DAYS[0], 142), 50),                          # a debt
              ("EARN", BOB, "AWARD", "2026-03", 20, 1),                          # pays of it
              ("MERGE", "P01/20260331/M-1", BOB, "", DORA),
              ("REFUND", "", entry(DAYS[0], 141), ANN, 1_500, w.CODE, ""),
              ("MERGE", "P01/20260331/M-2", CARL, "", DORA)]
    third = [("BILL", "A-2", DORA, "2026-03", 4_500), ("LEAVE", EVE), redeem(ANN, 7)]
    return [first, second, third, []]


def files_of(folder):
    lots = [["LOT", f"P01/20230115/{n}", member, "2023-01", "CONSUMPTION", "1", "2026-04-01", "90",
             "80"] for n, member in enumerate((ANN, DORA, EVE), 1)]
    files = w.Files(folder / "files", OPENED, opening=lots)
    files.programme(m.telecom())
    for day, of_day in zip(DAYS, rows()):
        files.day(day, of_day)
    return files


# --- lines, from a batch's bytes ------------------------------------------------------------------

class Batch:
    """As docs/formats.md, section 6, has it."""

    def __init__(self, data):
        self.data = data
        self.day, = struct.unpack_from("<H", data, 8)
        moves, items, self.slices = struct.unpack_from("<QQQ", data, 16)
        self.lines, at = [], 96
        for _ in range(moves):
            member, number, kind = struct.unpack_from("<QIB", data, at)
            self.lines.append((member, number, kind, None, [self.slice(at + 16)]))
            at += 48
        below, own = at + 144 * items, at
        for _ in range(items):
            count, = struct.unpack_from("<I", data, own + 136)
            member, = struct.unpack_from("<Q", data, own + 8)
            number, = struct.unpack_from("<I", data, own + 80)
            parts = [self.slice(below + 32 * n) for n in range(count)]
            self.lines.append((member, number, data[own], own, parts))
            own, below = own + 144, below + 32 * count

    def slice(self, at):
        """lot, earned month, expiry, source, points."""
        lot, earned, expires, source, _, _, _, _, delta = struct.unpack_from("<QHHBBBBqq",
                                                                             self.data, at)
        return lot, earned, expires, source, delta

    def id_at(self, at):
        who, day = struct.unpack_from("<HH", self.data, at)
        text = self.data[at + 4:at + 28].rstrip(b"\0").decode()
        return f"{CODES[who]}/{b.day_text(day).replace('-', '')}/{text}" if who else ""

    def of(self, member):
        """Told lines of a member, oldest first."""
        own = [(number, place) for place, (who, number, kind, _, _) in enumerate(self.lines)
               if who == int(member) and kind < 32]
        return [self.told(place) for _, place in sorted(own)]

    def told(self, place):
        _, number, kind, item, parts = self.lines[place]
        compact = b.day_text(self.day).replace("-", "")
        line = {"entry": f"{compact}-{place}", "day": b.day_text(self.day),
                "kind": (b.ITEM_NAMES if item else b.MOVEMENT_NAMES)[kind],
                "id": self.id_at(item + 16) if item else f"P01/{compact}/{number}", **sums(parts)}
        lots = {part[:4] for part in parts if part[3] != b.DEBT}
        if len({lot[0] for lot in lots}) == 1:
            _, earned, expires, source = next(iter(lots))
            line |= {"source": b.SOURCE_NAMES[source], "earned_month": b.month_text(earned),
                     "expires_on": b.day_text(expires)}
        if item:
            line |= self.of_an_item(item)
        if kind == b.MOVE_REASSIGN:
            line["other_number"] = f"{self.lines[self.pair_of(place)][0]:014}"
        issuers = sorted({part[0] >> 48 for part in parts})
        line["issuers"] = [{"issuer": CODES[one],
                            **sums([part for part in parts if part[0] >> 48 == one])}
                           for one in issuers]
        return line

    def of_an_item(self, at):
        counterparty, = struct.unpack_from("<H", self.data, at + 4)
        units, = struct.unpack_from("<q", self.data, at + 96)
        cash, = struct.unpack_from("<q", self.data, at + 120)
        found = {"parent": self.id_at(at + 44), "form": FORM_NAMES.get(self.data[at + 1]),
                 "counterparty": CODES[counterparty] if counterparty > 1 else "",
                 "units": units, "cash": cash}
        return {name: value for name, value in found.items() if value}

    def pair_of(self, place):
        """Both stand side by side: the first of an even count of them in their entry."""
        first = place
        while first and self.lines[first - 1][1:3] == self.lines[place][1:3]:
            first -= 1
        return place + 1 if (place - first) % 2 == 0 else place - 1


def sums(parts):
    points = sum(part[4] for part in parts if part[3] != b.DEBT)
    debts = -sum(part[4] for part in parts if part[3] == b.DEBT)
    return {"points": points, **({"debts": debts} if debts else {})}


class Told:
    """Histories as they should be, up to a day."""

    def __init__(self, batches):
        self.batches = [Batch(data) for data in batches]

    def of(self, member):
        lines = [line for batch in self.batches for line in batch.of(member)]
        return lines[::-1]


# --- the node -------------------------------------------------------------------------------------

class World(m.World):
    def history(self, member, **query):
        more = "&".join(f"{name}={value}" for name, value in query.items())
        return self.of(member, "history" + ("?" + more if more else ""))

    def pages(self, member, limit, before=None):
        """All lines behind `before`, page by page."""
        out = []
        while True:
            page = self.history(member, limit=limit, **({"before": before} if before else {}))
            need(len(page["entries"]) <= limit, "a page is too long")
            out += page["entries"]
            if not page["more"]:
                return out
            need(len(page["entries"]) == limit, "only the last page is short")
            before = page["entries"][-1]["entry"]

    def as_of(self):
        status, answer, _ = self.caller().ask(f"/v1/members/{ANN}/history")
        return answer.get("as_of") if status == 200 else f"{status} {answer['code']}"

    def wait_as_of(self, day):
        self.system.wait(lambda: self.as_of() == str(day), f"lines as of {day}", 30)

    @property
    def index(self):
        return self.node.folder / "data" / "history"

    def index_bytes(self):
        try:
            return {path.name: path.read_bytes() for path in sorted(self.index.iterdir())}
        except FileNotFoundError:    # One was renamed or erased meanwhile.
            return {}

    def wait_index(self, *names):
        self.system.wait(lambda: {path.name for path in self.index.iterdir()} == set(names),
                         f"the index is {names}", 30)


def compare(world, told, limits=(100,)):
    for member in EVERYBODY:
        for limit in limits:
            same(f"history of {member}, {limit} a page", told.of(member),
                 world.pages(member, limit))


def adds_up(world, told):
    """Opening lots and all lines are the balance."""
    for member in EVERYBODY:
        opening = 80 if member in (ANN, DORA, EVE) else 0
        lines, balance = told.of(member), world.of(member, "balance")
        same(f"points and debts of {member}", (balance["points"], balance["debts"]),
             (opening + sum(line["points"] for line in lines),
              sum(line.get("debts", 0) for line in lines)))
        same(f"what {member} was merged into", DORA if member in (BOB, CARL) else None,
             balance.get("merged_into"))


def right_header(data, days, batches):
    """docs/journal.md, section 14: the digests, and the order of the records."""
    digests = b"".join(batch[-32:] for batch in batches)
    same("batches", hashlib.sha256(digests).digest(), data[32:64])
    same("records", hashlib.sha256(data[128:]).digest(), data[64:96])
    same("header", hashlib.sha256(data[:96]).digest(), data[96:128])
    same("magic, layout, sender", (b"PHX1", 1, 1), struct.unpack_from("<4sHH", data))
    same("days", (b.day_of(str(days[0])), b.day_of(str(days[-1])), len(days)),
         struct.unpack_from("<HHI", data, 8))
    records = [struct.unpack_from("<QII", data, at) for at in range(128, len(data), 16)]
    same("how many", len(records), struct.unpack_from("<Q", data, 16)[0])
    wanted = []
    for batch in map(Batch, batches):
        first, slices = 0, []
        for _, _, _, item, parts in batch.lines:
            slices.append(first)
            first += len(parts) if item else 0
        wanted += [(who << 16 | batch.day, number, place, slices[place])
                   for place, (who, number, kind, _, _) in enumerate(batch.lines) if kind < 32]
    same("which", [(key, place, slice_) for key, _, place, slice_ in sorted(wanted)], records)


def before_any_seal(world):
    answer = world.history(ANN)
    need("as_of" not in answer and answer["entries"] == [] and not answer["more"], f"{answer}")


def refusals(world):
    day = f"{DAYS[0]:%Y%m%d}"
    for query, field in (("limit=0", "limit"), ("limit=101", "limit"), ("limit=", "limit"),
                         ("limit=x", "limit"), ("before=", "before"), ("before=1", "before"),
                         (f"before={day}-99999", "before"), ("before=20990101-0", "before"),
                         ("after=1", "after"), ("limit=5&member=1", "member")):
        status, answer, _ = world.caller().ask(f"/v1/members/{ANN}/history?{query}")
        same(query, (400, "INVALID", field), (status, answer["code"], answer["field"]))
        need(answer.get("detail"), f"{query}: it says what would be right")
    for who, member, want in (("app", NOBODY, (404, "NOT_HOME")),
                              ("web", ANN, (403, "SCOPE"))):
        status, answer, _ = world.caller(who).ask(f"/v1/members/{member}/history")
        same(f"{who} {member}", want, (status, answer["code"]))
    other = world.pages(BOB, 100)[0]["entry"]
    status, answer, _ = world.caller().ask(f"/v1/members/{ANN}/history?before={other}")
    same("another member's line", (400, "before"), (status, answer["field"]))


def dies_at(world, point, day):
    """The node ends where it should on this day, and is started again."""
    world.node.stop()
    world.start(PH_KILL_AT=point)
    try:
        world.live(day)
        world.seal(day)
        world.system.wait(lambda: not world.node.running(), f"it dies at {point}", 30)
    except (OSError, SystemExit, http.client.HTTPException, w.running.Refused):
        pass    # It was asked while it died.
    same(f"killed at {point}", -9, world.node.handle.wait(30))
    left = sorted(path.name for path in world.index.iterdir())
    world.clock(day + datetime.timedelta(days=1), 1)
    world.start()
    need(world.sealed(day), "the seal stays")
    return left


def pages_while_days_are_sealed(world, batches):
    told = Told(batches[:1])
    first = world.history(ANN, limit=10)
    same("the first page", told.of(ANN)[:10], first["entries"])
    last = first["entries"][-1]["entry"]
    second = world.history(ANN, limit=10, before=last)
    # Killed between the seal and its index: the day isn't in it, and then is.
    left = dies_at(world, "node_history_day", DAYS[1])
    same("behind the death", [f"{DAYS[0]}.phx"], left)
    world.wait_as_of(DAYS[1])
    again = world.history(ANN, limit=10, before=last)
    same("the second page stays", second["entries"], again["entries"])
    same("and all behind it", told.of(ANN)[10:], world.pages(ANN, 7, before=last))
    compare(world, Told(batches[:2]), (1, 100))
    world.wait_index("2026-03.phx")
    right_header((world.index / "2026-03.phx").read_bytes(), DAYS[:2], batches[:2])
    print("a death between seal and index; pages stay while days are sealed")


def dies_inside(world, batches):
    left = dies_at(world, "node_history_part", DAYS[2])
    same("half of it", ["2026-03.phx", f"{DAYS[2]}.phx.part"], left)
    world.wait_as_of(DAYS[2])
    world.wait_index("2026-03.phx", f"{DAYS[2]}.phx")
    compare(world, Told(batches), (1, 2, 100))
    adds_up(world, Told(batches))
    # The merge of a month, too.
    before = world.index_bytes()
    world.node.stop()
    (world.index / "2026-03.phx").unlink()
    world.node.start(PH_KILL_AT="node_history_month")
    same("killed in the merge", -9, world.node.handle.wait(30))
    world.start()
    world.wait_index(*before)
    same("the same bytes", before, world.index_bytes())
    compare(world, Told(batches))
    print("a death inside of a day's index, and of a month's")


def made_again(world, batches):
    before = world.index_bytes()
    for day, data in zip(DAYS[2:3], batches[2:]):
        right_header(before[f"{day}.phx"], [day], [data])
    month = before["2026-03.phx"]
    torn = month[:len(month) // 2]
    changed = month[:200] + bytes([month[200] ^ 4]) + month[201:]
    for what, content in (("deleted", None), ("torn", torn), ("changed", changed),
                          ("another's", before[f"{DAYS[2]}.phx"]), ("empty", b"")):
        world.node.stop()
        if content is None:
            shutil.rmtree(world.index)
        else:
            (world.index / "2026-03.phx").write_bytes(content)
        world.start()
        need(world.of(ANN, "balance")["points"] > 0, "all else is answered at once")
        world.system.wait(lambda: world.index_bytes() == before, f"{what}: the same bytes again",
                          30)
        world.wait_as_of(DAYS[2])
        compare(world, Told(batches))
    need("event=history_ready" in world.node.log.read_text("utf-8"), "the log says so")
    print("deleted, torn, changed, another's, empty: made again with the same bytes")


def live_ones(world):
    """What came live stands in front, once its day is sealed."""
    told = Told([world.batch(day) for day in DAYS[:3]])
    world.live(DAYS[3])
    world.system.wait(lambda: world.post(
        f"/v1/members/{ANN}/orders", "H-1", {"item": "phone-credit", "points": 500},
        date=f"{DAYS[3]:%Y%m%d}")[0] == 200, "an order", 30)
    compare(world, told)
    same("not told yet", str(DAYS[2]), world.as_of())
    world.seal(DAYS[3])
    world.wait_as_of(DAYS[3])
    told = Told([world.batch(day) for day in DAYS])
    compare(world, told, (1, 100))
    adds_up(world, told)
    newest = world.history(ANN, limit=1)["entries"][0]
    same("the order", ("REDEEM", "P01/20260402/H-1", -500, "PHONE_CREDIT"),
         tuple(newest[name] for name in ("kind", "id", "points", "form")))


def is_logged(world):
    path = world.node.folder / "data" / "lookups" / f"lookups-{DAYS[3] + datetime.timedelta(1)}.csv"
    for line in (f"app,GET,/v1/members/{{number}}/history,{ANN},200",
                 f"app,GET,/v1/members/{{number}}/history,{ANN},400",
                 f"web,GET,/v1/members/{{number}}/history,{ANN},403",
                 f"app,GET,/v1/members/{{number}}/history,{NOBODY},404"):
        world.system.wait(lambda line=line: path.exists() and line in path.read_text("ascii"),
                          f"logged: {line}", 5)
    need(ANN not in world.node.log.read_text("utf-8"), "no number in the ordinary log")


def main(folder):
    files = files_of(folder)
    _, played = files.played()
    batches = [played[str(day)] for day in DAYS[:3]]
    world = World(folder, files, {"app": {}, "web": {"scopes": "balance"}})
    try:
        world.open()
        world.live(DAYS[0])
        before_any_seal(world)
        world.seal(DAYS[0])
        world.wait_as_of(DAYS[0])
        same("the first batch", batches[0], world.batch(DAYS[0]))
        compare(world, Told(batches[:1]), (1, 20, 100))
        same("a page of exactly 100", (100, True),
             (len(world.history(ANN, limit=100)["entries"]), world.history(ANN, limit=100)["more"]))
        same("20 unless told", 20, len(world.history(ANN)["entries"]))
        pages_while_days_are_sealed(world, batches)
        dies_inside(world, batches)
        same("the third batch", batches[2], world.batch(DAYS[2]))
        made_again(world, batches)
        live_ones(world)
        refusals(world)
        is_logged(world)
        need(world.node.stop() == 0, "it stops with 0")
    finally:
        world.system.kill()
    print(f"{sum(len(Told(batches).of(member)) for member in EVERYBODY)} lines, each as it should "
          "be")


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("not run: openssl is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
