"""Live events of an open day as the journal has them: `LIVE` by its words, `MEMBER` by its bytes
(docs/journal.md, section 4; 0023 formats, 3.1). They are judged as rows of their kinds."""

import datetime
import struct

import basics as b
import memberrows
from memberbook import FOREVER

FIRST_SERIAL = 3_500_000_000
HOLD_SECONDS = 900
KINDS = [kind for kind in memberrows.MEMBER_ROWS if kind not in ("INPUT", "STANDING")]
FIRST_KIND = 21
WORDS = {
    ("ARREARS", "state"): ("NONE", "ONE_WAY", "BOTH_WAYS"),
    ("ORDER_STATE", "state"): ("SHIPPED", "DELIVERED", "RETURNED", "FAILED"),
    ("VIP_PROPOSE", "why"): ("RANK", "KEY_PERSON"),
    ("COMPLAINT", "why"): ("BROKEN", "WRONG", "LATE", "OTHER"),
    ("REGISTER", "why"): ("NO_POINTS", "PARTNER", "OTHER"),
    ("COMPLAINT_END", "outcome"): ("REFUSED", "REPLACED", "REFUNDED"),
    ("REGISTER_END", "outcome"): ("CREDITED", "REFUSED"),
}
CITED = ("merge", "proposal", "order", "complaint", "register")    # ids that stand in `parent`
ROW = struct.Struct("<4B3H2x3I2Q16s24s24s24sQ28s28s4q16sI4x")
INPUT = struct.Struct("<24sqq")


def seconds_of(text):
    """Of the journal's business time, since any one moment."""
    return int(datetime.datetime.fromisoformat(text).timestamp())


def id_of(data):
    participant, day, reference = struct.unpack("<HH24s", data)
    return (participant, day, reference.rstrip(b"\0")) if participant else None


def id_of_words(text):
    participant, day, reference = text.split("/")
    return (int(participant), b.day_of(f"{day[:4]}-{day[4:6]}-{day[6:]}"), reference.encode())


def text_of(data):
    return data.rstrip(b"\0").decode("ascii") or None


def row_of_bytes(data):
    """The row of a `MEMBER`, as one of a file; "below" are its inputs."""
    (number, word, flag0, flag1, month, date, until, *rest) = ROW.unpack(data[:ROW.size])
    numbers, (member, other), account = rest[:3], rest[3:5], rest[5]
    names, lot, id_, parent = rest[6:9], rest[9], rest[10], rest[11]
    points, fen, officer, inputs = rest[12], list(rest[13:16]), rest[16], rest[17]
    b.need(lot == 0 or number, "a row of members")
    kind = KINDS[number - FIRST_KIND]
    b.need(len(data) == ROW.size + inputs * INPUT.size, "a row's inputs")
    left = {"number": list(numbers), "name": list(names), "fen": fen, "flag": [flag0, flag1]}
    given, row = [flag0, flag1], {"kind": kind}
    for column, of in memberrows.MEMBER_ROWS[kind]:
        bare = of.rstrip("?")
        if column in CITED:
            row[column] = id_of(parent)
        elif bare == "id":
            row[column] = id_of(id_)
        elif bare == "member":
            row[column] = (member if column == "member" else other) or None
        elif bare == "account":
            row[column] = text_of(account)
        elif bare in ("month", "date"):
            row[column] = until if column in ("until", "to") else month if bare == "month" else date
        elif bare == "word":
            row[column] = WORDS[kind, column][word - 1]
        elif bare == "officer":
            row[column] = text_of(officer)
        elif bare in ("points", "units", "signed"):
            row[column] = points
        elif bare == "fen":
            row[column] = left["fen"].pop(0)
            if of.endswith("?") and not given.pop(0):
                row[column] = None
        elif bare in left:
            value = left[bare].pop(0)
            row[column] = text_of(value) if bare == "name" else \
                None if of.endswith("?") and value == 0 else value
    row["id"] = id_of(id_)
    row["below"] = [
        {"kind": "INPUT", "input": text_of(name), "value": value,
         "points": None if at_most == -1 else at_most}
        for name, value, at_most in INPUT.iter_unpack(data[ROW.size:])]
    return row


def row_of_event(command, book):
    """The row of a `LIVE`; what it doesn't say is 0 or none."""
    kind = command["event"]
    b.need("slices" not in command, "a refund of a parent that another home knows")
    row = {"kind": kind, "id": id_of_words(command["id"]), "below": [],
           "member": int(command["member"]) if "member" in command else None,
           "points": command.get("points", 0), "final": command.get("final", 0),
           "form": command.get("form"), "giver": command.get("giver"),
           "partner": command.get("partner"), "units": command.get("units", 0),
           "rate": command.get("rate", 0), "seconds": command.get("seconds", HOLD_SECONDS)}
    for column in ("hold", "parent"):
        if column in command:
            row[column] = id_of_words(command[column])
    for column in ("cost", "freight", "cash"):
        row[column] = command.get(column, 0) if row["form"] == "GIFT" else None
    if "lot" in command:
        row["lot"] = b.entry_id(*(lambda id_: (id_[0], id_[1], int(id_[2])))(
            id_of_words(command["lot"])))
    b.need(kind not in ("DELIVERY", "DELIVERY_REFUND", "MOVE_OUT", "MOVE_IN"),
           "an event of several homes")
    b.need(book is not None, "a rule book")
    return row


class Desk:
    """Whoever asks between the rows of one home's files."""

    def __init__(self, home):
        self.home, self.day, self.ending = home, None, []

    def open(self, day):
        self.day, self.next = day, FIRST_SERIAL

    def close(self):
        self.day = None

    def run_out(self, at):
        """Holds whose time is over let go of what they hold."""
        now = seconds_of(at)
        for ends, hold in self.ending:
            if ends <= now and not hold.ended:
                hold.release()
        self.ending = [(ends, hold) for ends, hold in self.ending if not hold.ended]

    def take(self, row, at):
        """Decides an event of the open day; the code, or none."""
        home = self.home
        b.need(self.day is not None and at[:10] == b.day_text(self.day),
               "a live event is of the open day: others are put off")
        self.run_out(at)
        below = row.pop("below")
        row["serial"] = self.next
        if row["kind"] == "HOLD":
            row["expires"] = FOREVER
        time = datetime.datetime.fromisoformat(at)
        home.minute, home.is_live = time.hour * 60 + time.minute, True
        try:
            home.take_row(row, below)
        finally:
            home.minute, home.is_live = None, False
        if home.batch.returned and home.batch.returned[-1].entry == self.next:
            return home.batch.returned.pop().code    # What is refused takes no entry.
        if row["kind"] == "HOLD":
            self.ending.append((seconds_of(at) + row["seconds"], home.holds[row["id"]]))
        self.next += 1
        return None
