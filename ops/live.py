"""Live traffic for a running system: programs of partners and counters of provinces that redeem,
grant, exchange and refund points and move members while the daily batches go on and processes die.
Each intent has an id that is fixed before it is sent, and is repeated until its answer is definite;
a model counts definite answers alone. live_check.py holds that model against what the system has in
the end.

How it goes together with a generated month:

- **Members.** The files of the month know nothing of live traffic, so whoever they move, bill or
  close must not be touched by it: what a member has left would depend on who came first. So live
  members are new ones, with serials from 99,000,000,000 on, which the generator never reaches;
  their first accrual opens the account (docs/events.md, section 2). All they have came live.
- **Partners** trade live on every day and bring their day's files as well. The files don't name
  the live events; the clearing puts both into the day's one batch (docs/decisions/0015).
- **Hours.** Traffic comes in two rounds a day: at noon, while the provinces' files of that day are
  posted, and at 01:00 of the next day, while the day is sealed and its batches travel: what comes
  then is decided at once and put off (docs/decisions/0013). Within a round business time stands.
"""

import collections
import dataclasses
import random
import threading
import time

import partner

FIRST_SERIAL = 99_000_000_000
ACTORS = 4  # of each kind
MOVERS = 4  # members of the actor that moves them
BUSY_MEMBERS = 8  # of an actor, in the province that has most; elsewhere one
NOON, NIGHT = 4, 3  # intents of an actor in a round, at least
REPEATED, LOST = 0.08, 0.06  # how many are asked once more, or not listened to
PAUSE_S, LIMIT_S = 0.05, 240
REFERENCE = "LIVE-"
# What an answer says of the moment at which it is given.
OF_THE_MOMENT = {"left", "detail"}
# Nothing was recorded: a clock that was just moved hasn't been read everywhere.
CLOCKS_DIFFER = {"SIGNATURE_NEW", "SIGNATURE_OLD"}


class Wrong(Exception):
    """Something is not as it has to be."""


def need(right, what):
    if not right:
        raise Wrong(what)


@dataclasses.dataclass
class Member:
    """What definite answers say of a member. `home` is where its account is now."""

    number: str
    home: str
    known: bool = False  # to its home: something was granted
    points: int = 0
    held: int = 0  # of these, by holds that are open
    ended: int = 0  # and by holds that have ended by time: the home's next event frees them
    unsure: int = 0  # of these, granted in the night: may be put off, and not there to be taken yet

    def gets(self, points, night):
        self.points += points
        self.unsure += points if night else 0

    def free(self):
        return self.points - self.held

    def doubtful(self, points):
        """Whether they are there to be taken depends on how far the home's day is."""
        return self.free() - self.unsure < points <= self.free()


@dataclasses.dataclass
class Intent:
    """One transaction with its definite answer."""

    name: str
    kind: str
    counter: bool  # asked at a province's counter, otherwise by a partner
    code: str  # why it was refused; empty: it is done
    points: int
    owed: bool  # somebody owes for it: not when home and giver are one


class Actor:
    """A program with members that nobody else serves: one request under way at a time. Every round
    is a thread of its own."""

    def __init__(self, traffic, number):
        self.system, self.number = traffic.system, number
        self.homes, self.busiest, self.contracts = traffic.homes, traffic.busiest, traffic.contracts
        self.random = random.Random(f"{traffic.seed}/{number}")
        self.members = self.new_members()
        self.desks = {}
        self.intents, self.parents = [], []  # parents: (id, member, points, desk, whole only)
        self.repeats = collections.Counter()  # requests beyond an intent's first, by reason
        self.count, self.night, self.fault, self.thread = 0, False, None, None
        self.asked = ()  # who takes part in what is under way: the desk's code, the member's home

    def new_members(self):
        where = [*self.homes, *[self.busiest] * (BUSY_MEMBERS - 1)]
        serial = FIRST_SERIAL + self.number * 1_000
        return [Member(partner.member(int(home[1:]), serial + place), home)
                for place, home in enumerate(where)]

    # --- a round ---------------------------------------------------------------------------------

    def begin(self, night, intents):
        for member in self.members:
            member.ended += member.held  # Holds end within the hour, rounds are hours apart.
            member.held = 0
            member.unsure = 0 if night else member.unsure
        self.night = night
        self.thread = threading.Thread(target=self.run, args=(len(self.intents) + intents,),
                                       daemon=True)
        self.thread.start()

    def run(self, until):
        try:
            while len(self.intents) < until:
                self.turn(self.random.choice(self.members))
        except Exception as fault:  # pylint: disable=broad-except; raised again by Traffic
            self.fault = fault

    def turn(self, member):
        """One thing that happens to a member, whom nobody knows at first."""
        if not member.known and self.random.random() < 0.9:
            self.accrue(member)
        else:
            self.random.choice(self.kinds())(member)

    def kinds(self):
        raise NotImplementedError

    def desk_of(self, code):
        if code not in self.desks:
            make = self.system.counter if code in self.system.nodes else self.system.partner
            self.desks[code] = make(code)
        return self.desks[code]

    def partner_that(self, *letters):
        """A partner whose contract has all of these types."""
        able = [code for code, types in self.contracts.items()
                if all(letter in types for letter in letters)]
        return self.desk_of(self.random.choice(able))

    # --- one intent to its end -------------------------------------------------------------------

    def definite(self, desk, target, name, body):
        """The answer, however often it takes; docs/partners.md, sections 1 and 6."""
        end = time.monotonic() + LIMIT_S
        while True:
            status, answer = desk.send("POST", target, name, body)
            if status == 200 or answer.get("repeat") == "NEW_KEY":
                return answer
            need(status in (0, 202) or answer.get("repeat") == "SAME_KEY" or
                 answer.get("code") in CLOCKS_DIFFER, f"{target} {name} {body}: {status} {answer}")
            need(time.monotonic() < end,
                 f"{name} has no definite answer within {LIMIT_S} s: {status} {answer}")
            self.again(status)

    def again(self, status):
        self.repeats["undecided" if status else "broken"] += 1
        time.sleep(PAUSE_S)

    def ask(self, desk, member, kind, target, body, points, owed=True):
        """A new intent: its id, and the definite answer."""
        self.count += 1
        self.asked = (desk.code, member.home)
        name = f"{desk.code}/{self.system.today}/{REFERENCE}{self.number}-{self.count}"
        if self.random.random() < LOST:
            self.repeats["unheard"] += 1
            desk.lose("POST", target, name, body)
        answer = self.definite(desk, target, name, body)
        if self.random.random() < REPEATED:
            self.repeats["answered"] += 1
            again = self.definite(desk, target, name, body)
            first, second = ({key: one[key] for key in one if key not in OF_THE_MOMENT}
                             for one in (answer, again))
            need(first == second, f"a repeat gets the first answer: {first}, then {second}")
        code = "" if answer.get("state") == "DONE" else answer["code"]
        self.asked = ()
        self.intents.append(Intent(name, kind, desk.code in self.system.nodes, code, points, owed))
        return name, answer

    def done(self, answer, name):
        need(answer.get("state") == "DONE", f"{name} can't be refused: {answer}")

    def taken(self, member, answer, points, name):
        """Whether points were given; a refusal has to be a right one."""
        free = member.free()
        if answer.get("state") == "DONE":
            need(points <= free, f"{name}: {points} of {free} points were given")
            return True
        code = answer["code"]
        need(code == "NOT_HOME" and not member.known or
             code == "INSUFFICIENT_POINTS" and member.known and points > free,
             f"{name}: {points} of {free} points were refused with {code}")
        return False

    # --- what there is to ask --------------------------------------------------------------------

    def accrue(self, member):
        points = self.random.randint(200, 3_000)
        name, answer = self.ask(self.partner_that("A"), member, "accrual", "/v1/accruals",
                                {"member": member.number, "points": points}, points)
        self.done(answer, name)
        member.known = True
        member.gets(points, self.night)

    def some_points(self, member):
        """Now and then more than anybody has. The answer is known beforehand: so the same seed
        gives the same month, whoever is fast or dies."""
        points = self.random.randint(2, 300) if self.random.random() < 0.93 else 999_999
        return points + member.free() if member.doubtful(points) else points

    def redeem_at(self, desk, member, goods, owed=True):
        points = self.some_points(member)
        name, answer = self.ask(desk, member, "redemption", "/v1/redemptions",
                                {"member": member.number, "points": points, **goods}, points, owed)
        if self.taken(member, answer, points, name):
            member.points -= points
            self.parents.append((name, member, points, desk, goods.get("form") == "GIFT", owed))

    def hold_at(self, desk, member, goods, owed=True):
        """Points are set aside; a part is taken; the rest is taken, freed, or ends by itself."""
        points = self.some_points(member)
        hold, answer = self.ask(desk, member, "hold", "/v1/holds",
                                {"member": member.number, "points": points}, points, False)
        if not self.taken(member, answer, points, hold):
            return
        member.held += points
        part = self.random.randint(1, points - 1)
        self.capture(desk, member, hold, part, {"final": False, **goods}, owed)
        what = self.random.random()
        if what < 0.4:
            self.capture(desk, member, hold, points - part, {"final": True, **goods}, owed)
        elif what < 0.8:
            rest = points - part
            name, answer = self.ask(desk, member, "void", f"/v1/holds/{hold}/void", {}, rest, False)
            self.done(answer, name)
            member.held -= rest

    def capture(self, desk, member, hold, points, body, owed):
        name, answer = self.ask(desk, member, "capture", f"/v1/holds/{hold}/captures",
                                {"points": points, **body}, points, owed)
        self.done(answer, name)
        member.points -= points
        member.held -= points
        self.parents.append((name, member, points, desk, body.get("form") == "GIFT", owed))

    def refund(self, _member):
        if not self.parents:
            return
        place = self.random.randrange(len(self.parents))
        parent, member, points, desk, whole, owed = self.parents.pop(place)
        back = points if whole else self.random.randint(1, points)
        name, answer = self.ask(desk, member, "refund", "/v1/refunds",
                                {"parent": parent, "member": member.number, "points": back}, back,
                                owed)
        self.done(answer, name)
        member.gets(back, self.night)


class PartnerActor(Actor):
    """Merchants, airlines, banks and hotels, each through the gateway."""

    def kinds(self):
        return [self.redeem, self.redeem, self.hold, self.hold, self.accrue, self.refund,
                self.exchange_in, self.exchange_out]

    def redeem(self, member):
        self.redeem_at(self.partner_that("U"), member, {})

    def hold(self, member):
        self.hold_at(self.partner_that("U"), member, {})

    def quote(self, desk, kind, amount):
        target = f"/v1/quote?kind={kind}&{amount}"
        end = time.monotonic() + LIMIT_S
        while True:
            status, answer = desk.send("GET", target)
            if status == 200:
                return {key: answer[key] for key in ("points", "units", "rate")}
            need(time.monotonic() < end and (status == 0 or answer.get("repeat") == "SAME_KEY" or
                                             answer.get("code") in CLOCKS_DIFFER),
                 f"{desk.code} {target}: {status} {answer}")
            self.again(status)

    def exchange_in(self, member):
        desk = self.partner_that("X")
        offer = self.quote(desk, "EXCHANGE_IN", f"units={self.random.randint(300, 600)}")
        name, answer = self.ask(desk, member, "exchange in", "/v1/exchanges-in",
                                {"member": member.number, **offer}, offer["points"])
        self.done(answer, name)
        member.known = True
        member.gets(offer["points"], self.night)

    def exchange_out(self, member):
        desk = self.partner_that("X")
        offer = self.quote(desk, "EXCHANGE_OUT", f"points={self.random.randint(500, 900)}")
        if member.doubtful(offer["points"]):
            return
        name, answer = self.ask(desk, member, "exchange out", "/v1/exchanges-out",
                                {"member": member.number, **offer}, offer["points"])
        if self.taken(member, answer, offer["points"], name):
            member.points -= offer["points"]


class CounterActor(Actor):
    """Shops and billing systems of provinces, each at its own node: for members of all provinces,
    seldom its own."""

    def kinds(self):
        return [self.redeem, self.redeem, self.redeem, self.hold, self.hold, self.accrue,
                self.refund]

    def shop_for(self, member):
        """A counter and its goods; whether anybody owes for them."""
        own = len(self.homes) == 1 or self.random.random() < 0.1
        others = [home for home in [*self.homes, *[self.busiest] * (BUSY_MEMBERS - 1)]
                  if home != member.home]
        code = member.home if own else self.random.choice(others)
        goods = {"form": self.random.choice(["PHONE_CREDIT", "OWN_PRODUCT", "GIFT",
                                             "FIXED_LINE" if own else "PHONE_CREDIT"])}
        if goods["form"] == "GIFT":
            goods |= {"cost": self.random.randint(500, 5_000), "freight": 300, "cash": 100}
        return self.desk_of(code), goods, not own

    def redeem(self, member):
        desk, goods, owed = self.shop_for(member)
        self.redeem_at(desk, member, goods, owed)

    def hold(self, member):
        desk, goods, owed = self.shop_for(member)
        self.hold_at(desk, member, goods, owed)


class MoverActor(PartnerActor):
    """Members who move from province to province, each at the counter of the one that he comes to,
    and earn, redeem and get back with partners meanwhile. They hold nothing, and do nothing in the
    night: nobody moves while anything of his is held or put off (docs/decisions/0018)."""

    def new_members(self):
        serial = FIRST_SERIAL + self.number * 1_000
        homes = self.random.sample(self.homes, min(MOVERS, len(self.homes)))
        return [Member(partner.member(int(home[1:]), serial + place), home)
                for place, home in enumerate(homes)]

    def begin(self, night, intents):
        super().begin(night, 0 if night else intents)

    def kinds(self):
        return [self.accrue, self.redeem, self.redeem, self.refund, self.move, self.move]

    def move(self, member):
        others = [home for home in self.homes if home != member.home]
        if not member.known or not others:
            return
        desk = self.desk_of(self.random.choice(others))
        name, answer = self.ask(desk, member, "move", "/v1/moves", {"member": member.number},
                                member.points, False)
        self.done(answer, name)
        need(answer["points"] == member.points,
             f"{name}: {member.points} points move by the answers, not {answer}")
        member.home = desk.code


def contracts_of(rulebook):
    """The types of each partner's contract: U redemptions, A accruals, X exchanges."""
    with open(rulebook, encoding="utf-8") as file:
        rows = [line.strip().split(",") for line in file]
    return {row[1]: row[3] for row in rows if row[0] == "CONTRACT"}


class Traffic:
    """All that happens live: rounds of it, which the month's run begins and awaits."""

    def __init__(self, system, seed, noon=NOON, night=NIGHT):
        self.system, self.seed = system, seed
        self.homes = sorted(system.nodes)
        self.busiest = max(self.homes, key=lambda code: system.openings[code].stat().st_size)
        self.contracts = contracts_of(system.rulebook)
        kinds = [PartnerActor] * ACTORS + [CounterActor] * ACTORS + [MoverActor]
        self.actors = [kind(self, number) for number, kind in enumerate(kinds)]
        self.intents_of_round = {False: noon, True: night}
        self.before, self.wanted = 0, 0

    def intents(self):
        return [intent for actor in self.actors for intent in actor.intents]

    def members(self):
        return [member for actor in self.actors for member in actor.members]

    def count(self):
        return sum(len(actor.intents) for actor in self.actors)

    def repeats(self):
        """By reason: answered, unheard (on purpose), broken (connections), undecided."""
        return sum((actor.repeats for actor in self.actors), collections.Counter())

    def not_answered(self):
        repeats = self.repeats()
        return repeats["broken"] + repeats["undecided"]

    def begin(self, night=False):
        intents = self.intents_of_round[night]
        self.before, self.wanted = self.count(), intents * len(self.actors)
        for actor in self.actors:
            actor.begin(night, intents)

    def amid(self, code=None):
        """A third of the round is through, and something is under way, which needs node `code`; or
        it is too late for that."""
        return self.over() or self.count() - self.before >= self.wanted // 3 and any(
            code is None or code in asked for asked in self.under_way())

    def under_way(self):
        return [actor.asked for actor in self.actors if actor.asked]

    def over(self):
        """Every intent of the round has its definite answer; a fault of an actor is raised."""
        for actor in self.actors:
            if actor.fault is not None:
                raise actor.fault
        return not any(actor.thread.is_alive() for actor in self.actors)

    def close(self):
        for actor in self.actors:
            for desk in actor.desks.values():
                desk.drop()
