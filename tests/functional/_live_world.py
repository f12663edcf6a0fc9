"""A small country that runs: three provinces, an airline and a merchant, their nodes, the clearing
and a gateway as processes on loopback; members with lots of their own. Business time stands still
until it is moved.
"""

import datetime
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402,F401
from live_system import LiveSystem  # noqa: E402
from partner import member  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
PROVINCES = ("P01", "P02", "P03")
PARTNERS = ("AIR1", "MER1")
LOTS = ((2023, 3, 40), (2024, 11, 500), (2025, 6, 3_000))  # earned, points; 2023-03 ends 2026-04-01
HELD = sum(points for _, _, points in LOTS)
CAP = 150_000  # points that MER1 may take in a day
RULES = f"""PARTICIPANT,P01,1,PROVINCE,一,One
PARTICIPANT,P02,2,PROVINCE,二,Two
PARTICIPANT,P03,3,PROVINCE,三,Three
PARTICIPANT,CLR,100,CLEARING,结算,Clearing
PARTICIPANT,AIR1,101,AIRLINE,航空,Airline
PARTICIPANT,MER1,103,MERCHANT,商户,Merchant
CONTRACT,AIR1,P01,AX,1,0,mile,2026-01-01,
CONTRACT,MER1,P02,AU,1,0,,2026-01-01,
PRICE,1,INTER,,,,,3,5,,,2026-01-01,
PRICE,2,SALE,AIR1,,,,2,1,,,2026-01-01,
PRICE,3,OUT,AIR1,,,,1,10,100,1000,2026-01-01,
PRICE,4,IN,AIR1,,,,9,1,10,10,2026-01-01,
PRICE,5,BUY,AIR1,,,,7,1,,,2026-01-01,
PRICE,6,SALE,MER1,,,,4,5,,,2026-01-01,
PRICE,7,REIMBURSE,MER1,,,,3,5,,,2026-01-01,
PRICE,8,COMMISSION,MER1,,,,1,20,,,2026-01-01,
CAP,MER1,TAKEN,DAY,{CAP},2026-01-01,
"""


def members_of(province, count):
    return [member(province, number) for number in range(1, count + 1)]


def file_of(kind, sender, date, sequence, rows, sums=(0, 0)):
    lines = [f"POINTHOUSE,{kind},1,{sender},{date},{sequence}", *rows,
             f"END,{len(rows)},{sums[0]},{sums[1]}"]
    return "\n".join(lines) + "\n"


def expiry(year, month):
    """First day after the quarter, three years on."""
    quarter = (month - 1) // 3 + 1
    return f"{year + 3 + quarter // 4}-{quarter * 3 % 12 + 1:02}-01"


def write_inputs(folder, count):
    folder.mkdir(parents=True)
    (folder / "rulebook.csv").write_text(
        file_of("RULEBOOK", "CLR", FIRST, 0, RULES.splitlines(), (CAP, 0)), encoding="utf-8")
    (folder / "calendar.csv").write_text(file_of("CALENDAR", "CLR", "2026-01-01", 0,
                                                 ["YEAR,2026"]), encoding="utf-8")
    for number, code in enumerate(PROVINCES, 1):
        rows = []
        for index, who in enumerate(members_of(number, count), 1):
            for place, (year, month, points) in enumerate(LOTS):
                rows.append(f"LOT,{code}/{year}{month:02}15/{index * 10 + place},{who},"
                            f"{year}-{month:02},CONSUMPTION,1,{expiry(year, month)},"
                            f"{points},{points}")
        (folder / f"opening-{code}.csv").write_text(
            file_of("OPENING_LOTS", code, FIRST, 0, rows, (2 * HELD * count, 0)), encoding="utf-8")


class Live(LiveSystem):
    """This country, which stands at noon of its first day."""

    def __init__(self, exe, folder, count):
        folder = pathlib.Path(folder)
        write_inputs(folder / "inputs", count)
        super().__init__(exe, folder / "system", folder / "inputs")

    def make(self):
        super().make()
        self.set_clock(datetime.datetime.combine(FIRST, datetime.time(12)))

    def points_of(self, province, who):
        status, text = self.nodes[province].ask("GET", f"/v1/members/{who}", 30)
        assert status == 200, f"{who} at {province}: {status} {text}"
        return json.loads(text)
