"""What a running system has made of the worked example of April 2007, event by event: the points
ledger from its sealed batches, and the legs from the period's items. (tests/oracle/ex1.py has the
lines, statements and lots.) An event of the example is named in the reference of its id.
"""

import csv
from collections import Counter, defaultdict

MOVEMENT_OF = {"EXPIRE": "EXPIRY_RUN", "EARN": "EARN", "FORFEIT": "OWNERSHIP_TRANSFER",
               "UNEARN": "REVERSE_EARN"}
SLICE = ("lot", "earned_month", "expires_on", "source", "rating", "account", "original", "delta")


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Example:
    """What is expected, and how members are called."""

    def __init__(self, folder, members):
        self.folder = folder
        self.names = {number: name for name, number in members.items()}
        self.events = {row["event"]: row for row in read_csv(folder / "events.csv")}
        self.lots = {(row["member"], row["issuer"], row["earned_month"], row["source"]):
                     (row["lot"], row["expiry_run_date"])
                     for row in read_csv(folder / "closing_lots.csv")}


    def date(self, event):
        return self.events[event]["business_date"]

    def event_of_movement(self, kind, date, member):
        for name, event in self.events.items():
            if (event["type"], event["business_date"]) == (MOVEMENT_OF.get(kind), date) and \
                    event["member"] in ("", member):
                return name
        return f"{kind} of {date}"

    def points_ledger(self):
        return [(row["event"], self.date(row["event"]), row["lot"], row["member"], row["issuer"],
                 row["account"], int(row["delta"]))
                for row in read_csv(self.folder / "points_ledger.csv")]

    def legs(self):
        return [(row["event"], self.date(row["event"]), row["debtor"], row["creditor"],
                 row["reason"], int(row["quantity"]),
                 row["amount_fen_exact"] if row["price_fen_per_unit"] == "cost" else "")
                for row in read_csv(self.folder / "legs.csv")]


def parts_of(transaction):
    """Event and date of an id; the event is its reference."""
    _, date, reference = transaction.split("/")
    return reference, f"{date[:4]}-{date[4:6]}-{date[6:]}"


class Ledger:
    """Rows of the points ledger from batches as `pointhouse show` prints them. What moved home
    (E11) is no row of it: `moved` has its lots, and what both sides together have changed."""

    def __init__(self, example):
        self.example, self.rows, self.moved = example, [], defaultdict(int)

    def read(self, text):
        lines = [line.split(",") for line in text.splitlines()]
        day = lines[0][4]
        event, date, member = None, day, None
        for kind, *fields in lines[1:]:
            if kind == "MOVEMENT":
                member = self.example.names[fields[2]]
                event = self.example.event_of_movement(fields[1], day, member)
                self.add(event, day, member, fields[3:])
            elif kind == "ITEM":
                event, date = parts_of(fields[3])
                date = date if date == day else f"{date} in the batch of {day}"
                member = self.example.names[fields[5]]
            elif kind == "SLICE":
                self.add(event, date, member, fields)

    def add(self, event, date, member, fields):
        part = dict(zip(SLICE, fields))
        issuer = part["lot"].split("/")[0]
        key = (member, issuer, part["earned_month"], part["source"])
        lot, expires = self.example.lots.get(key, (f"unknown {key}", None))
        lot = lot if part["expires_on"] == expires else f"{lot} until {part['expires_on']}"
        if part["account"] == "MOVED":
            self.moved[lot] += int(part["delta"])
        else:
            self.rows.append((event, date, lot, member, issuer, part["account"],
                              int(part["delta"])))


def legs_of(outputs):
    return [(*parts_of(row["id"]), row["debtor"], row["creditor"], row["reason"],
             int(row["quantity"]), row["fen"]) for row in read_csv(outputs / "items.csv")]


def differences(what, got, expected):
    """Sentences: what is there and shouldn't be, what should be and isn't."""
    got, expected = Counter(got), Counter(expected)
    return [f"{what}: not in the example: {row}" for row in sorted((got - expected).elements())] + \
        [f"{what}: lacks {row}" for row in sorted((expected - got).elements())]
