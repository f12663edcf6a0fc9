"""A province with a programme whose member service is open: files by hand, the node as a process,
the second implementation beside it, and a channel for whom each look-up and request is a call.
"""

import datetime
import pathlib

import _programme_world as w
from _pointhouse import EXECUTABLE, fail

import channel
import system as running
from live_system import write_certificate

SCOPES = ("level balance entitlement claim catalogue redeem order register apply profile staff "
          "review calls history")
OPENED = datetime.date(2026, 3, 1)
BEFORE = datetime.date(2026, 3, 4)
TODAY = datetime.date(2026, 3, 5)
NOW = datetime.datetime(2026, 3, 5, 12, 0, 7)    # The page's moment.
ANN, BOB, CARL, DORA, EVE = (w.member(n) for n in range(1, 6))


def need(holds, what):
    if not holds:
        fail(what)


def same(what, want, got):
    need(want == got, f"{what}:\n{got}, not\n{want}")


def shipped(name):
    return pathlib.Path(w.ROOT, "ops", "programmes", f"{name}.toml").read_text("utf-8")


# China Telecom's, with a benefit that is claimed, flags, and an item that not all may have.
LOUNGE = """
[[benefit]]
name = "lounge"
title = "Airport lounge"
levels = ["silver", "gold", "diamond"]
kind = "CLAIM"
per = "YEAR"
count = 2
usable_days = 90
channels = ["app", "counter"]
from = "2004-01-01"

[[benefit]]
name = "reactivation"
title = "Reactivation while suspended"
levels = ["vip-card", "silver", "gold", "diamond"]
kind = "CLAIM"
per = "GRADE"
hours = 48
from = "2004-01-01"

[[flag]]
name = "vip"
by = "REVIEW"
valid_months = 12

[[flag]]
name = "loyal"
by = "TENURE"
months = 60

[[item]]
name = "lounge-card"
title = "Lounge card of a year"
form = "OWN_PRODUCT"
kind = "SERVICE"
supplier = "own"
levels = ["gold", "diamond"]
beneficiary = "SELF"
from = "2004-01-01"

[[price]]
item = "lounge-card"
quantity = 1
points = 8000
cash = 0
from = "2004-01-01"

[[price]]
item = "night-minutes"
quantity = 1
points = 600
cash = 0
hours_from = "22:00"
hours_to = "24:00"
from = "2026-01-01"
"""


def telecom():
    text = shipped("china-telecom")
    for limit in ("earned_min = 1000", "new_days = 30"):
        need(limit in text, f"the shipped programme has {limit}")
        text = text.replace(limit, limit.split("=", maxsplit=1)[0] + "= 0")
    return text + LOUNGE


def account(name, member, joined, service="MOBILE_4G"):
    return ("ACCOUNT", name, member, joined, service, 0, 1, 1)


def rows():
    """What the province tells the day before: Ann is silver, Bob has no profile yet."""
    out = [("PROFILE", "", member) for member in (ANN, CARL, DORA)]
    out += [account("A-13900001234", ANN, "2020-01"), account("B-1", BOB, "2025-10"),
            account("C-1", CARL, "2024-01"), account("D-1", DORA, "2023-01")]
    out += [("BILL", "A-13900001234", ANN, "2026-01", 12050),
            ("BILL", "A-13900001234", ANN, "2026-02", 9900),
            ("SPENT", "A-13900001234", ANN, "2025-12", 8075, 0),
            ("BILL", "B-1", BOB, "2026-01", 5030), ("BILL", "B-1", BOB, "2025-11", 700),
            ("BILL", "B-1", BOB, "2025-08", 9000)]
    out += [("EARN", member, "AWARD", "2026-02", 40000, 1) for member in (ANN, CARL)]
    out += [("GRADE", ANN, "level", "silver", "2026-01-01", "2027-01-01"),
            ("STOCK", "handset", 2),
            ("VIP_PROPOSE", "P01/20260304/V-1", ANN, "vip", "RANK", "2026-12", "G-0001"),
            ("VIP_DECIDE", "P01/20260304/V-1", 1, "G-0002"),
            ("VIP_PROPOSE", "P01/20260304/V-2", CARL, "vip", "KEY_PERSON", "2026-12", "G-0001")]
    return out


class World(w.World):
    """`channels`: names and what else a channel's line has."""

    def __init__(self, folder, files, channels=None):
        super().__init__(folder / "system", files)
        self.port = running.free_port()
        self.host = f"localhost:{self.port}"
        with open(self.node.config, "a", encoding="utf-8") as config:
            config.write(channel.settings(self.port))
        self.certificate = self.node.folder / "tls.pem"
        write_certificate(self.node.folder)
        self.tokens, lines = {}, []
        for name, more in (channels or {"app": {}, "web": {}}).items():
            token, line = channel.new_token(EXECUTABLE, name, **{"scopes": SCOPES, **more})
            self.tokens[name] = token
            lines.append(line)
        channel.write_private(self.node.folder / "channels", "".join(f"{x}\n" for x in lines))
        self.callers = {}

    def at(self, moment):
        self.system.set_clock(moment)

    def caller(self, who="app"):
        """One connection a channel, which is made anew when the node was started anew."""
        if who not in self.callers:
            self.callers[who] = channel.Channel(self.port, self.certificate, self.tokens[who])
        return self.callers[who]

    def start(self, **environment):
        self.callers = {}
        super().start(**environment)

    def begin(self):
        """Both days before are sealed, and it is noon of the third."""
        self.open()
        for day, _ in self.files.days:
            self.live(day)
            self.seal(day)
        self.at(NOW)

    def gets(self, path, who="app"):
        status, answer, _ = self.caller(who).ask(path)
        need(status == 200, f"{path}: {status} {answer}")
        return answer

    def of(self, member, what, who="app"):
        return self.gets(f"/v1/members/{member}/{what}", who)

    def post(self, path, name, body, who="app", date="20260305"):
        return self.caller(who).post(path, f"P01/{date}/{name}", body)[:2]

    def done(self, path, name, body, **more):
        status, answer = self.post(path, name, body, **more)
        need(status == 200, f"{path} {name}: {status} {answer}")
        return answer

    def refused(self, status, code, path, name, body, **more):
        found, answer = self.post(path, name, body, **more)
        need((found, answer["code"]) == (status, code),
             f"{path} {name}: {status} {code}, not {found} {answer}")
        return answer


def files_of(folder, text=None, of_day=None):
    files = w.Files(folder / "files", OPENED)
    files.programme(text or telecom())
    files.day(BEFORE, rows() if of_day is None else of_day)
    return files
