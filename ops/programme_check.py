"""What the programme's runs came to in a month, computed anew from the input files alone, and held
against what the system has written: the award by sums, levels and thresholds of stars by sorting
everybody's scores, the notice by lots, the figures by the closed period. It has the rules from
docs/programme-file.md and shares no code with what it checks.
"""

import collections
import csv
import functools
import multiprocessing
from fractions import Fraction

import programme as running_programme
from live import need

BANDS = ((0, 6, Fraction(0)), (7, 12, Fraction(1, 10)), (13, 24, Fraction(1, 5)),
         (25, 36, Fraction(3, 10)), (37, 48, Fraction(2, 5)), (49, 60, Fraction(1, 2)),
         (61, None, Fraction(3, 5)))
LEVELS = ("ordinary", "vip-card", "silver", "gold", "diamond")
LEVEL_RATES = dict(zip(LEVELS, (Fraction(0), Fraction(0), Fraction(1, 10), Fraction(1, 5),
                                Fraction(1, 2))))
DIAMOND = {1: 18_000, 2: 16_000, 3: 14_000}
CUTS = (("five-star", 5), ("four-star", 15), ("three-star", 30), ("two-star", 70))
STARS = ("ordinary", "one-star", "two-star", "three-star", "four-star", "five-star")
SCALE = 10  # scores are in tenths: factors 10/10 to 15/10
FLOWS = ("opening", "issued", "redeemed", "expired", "forfeited", "moved", "closing")


@functools.lru_cache(maxsize=None)
def month_number(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


class Account:
    __slots__ = ("member", "joined", "service", "real_name", "region", "spent", "billed")

    def __init__(self, member, joined=None, service="", real_name=True, region=1):
        self.member, self.joined, self.service = member, joined, service
        self.real_name, self.region = real_name, region
        self.spent, self.billed = {}, 0


class Province:
    """What a province's files say, day by day."""

    def __init__(self, code, inputs, period):
        self.code, self.period = code, period
        self.year = month_number(period) // 12 - 1
        self.members, self.gone = set(), set()  # gone: not at home any more
        self.accounts, self.level, self.other = {}, {}, collections.Counter()
        self.due = collections.Counter()  # what expires with the quarter, by member
        self.lost = {}  # accounts that have another owner since, by name
        following = month_number(period) + 1
        self.expires = f"{following // 12}-{following % 12 + 1:02d}-01"
        self.read_opening(inputs)
        self.days = sorted(inputs.glob(f"{code}-*-PROVINCE_DAY.csv"))
        self.read_to = 0

    def read_opening(self, inputs):
        path = next(inputs.glob(f"{self.code}-*-OPENING_LOTS.csv"))
        first, last = f"{self.year}-01", f"{self.year}-12"
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = line.rstrip("\n").split(",")
                if row[0] == "LOT":
                    member = row[2]
                    self.members.add(member)
                    if row[6] == self.expires:
                        self.due[member] += int(row[8])
                    if row[5] == "1" and row[4] != "CONSUMPTION" and first <= row[3] <= last:
                        self.other[member] += int(row[7])
                elif row[0] in ("MEMBER", "DEBT"):
                    self.members.add(row[1])

    def play_to(self, day):
        """All rows up to and with that day of the month."""
        while self.read_to < day:
            with open(self.days[self.read_to], encoding="utf-8") as file:
                for line in file:
                    row = line.rstrip("\n").split(",")
                    take = TAKES.get(row[0])
                    if take is not None:
                        take(self, row)
            self.read_to += 1

    def account(self, row):
        _, _, name, member, joined, service, _, real_name, region = row
        self.members.add(member)
        self.accounts[name] = Account(member, month_number(joined), service, real_name == "1",
                                      int(region))

    def spent(self, row):
        self.accounts[row[2]].spent[month_number(row[4])] = int(row[5])

    def grade(self, row):
        self.level[row[2]] = row[4]

    def bill(self, row):
        name, member = row[2], row[3]
        self.members.add(member)
        found = self.accounts.get(name)
        if found is None:
            found = self.accounts[name] = Account(member)
        found.billed = found.billed or int(row[5])

    def comes(self, row):
        self.members.add(row[3] if row[0] != "EARN" else row[2])

    def earns(self, row):
        self.members.add(row[2])

    def moves_in(self, row):
        member = row[2]
        self.members.add(member)
        self.gone.discard(member)

    def moves_out(self, row):
        self.gone.add(row[3])

    def leaves(self, row):
        self.gone.add(row[2])

    def transfers(self, row):
        for name in [n for n, a in self.accounts.items() if a.member == row[2]]:
            self.lost[name] = self.accounts.pop(name)

    # --- what is counted -------------------------------------------------------------------------

    def here(self):
        return self.members - self.gone

    def scores(self):
        """Of each rated account: (member, score in tenths), the clearing's rating of the month
        before."""
        rated, found = month_number(self.period) - 1, []
        for account in self.accounts.values():
            if account.joined is None or rated - account.joined < 6 or not account.billed or \
                    account.service == "DATA_CARD" or not account.real_name or \
                    account.member in self.gone:
                continue
            first = max(rated - 12, account.joined)
            fen = sum(account.spent.get(month, 0) for month in range(first, rated))
            months = rated - first
            arpu = (fen * 2 + months * 100) // (months * 200)
            years = (rated - account.joined) // 12
            found.append((account.member, arpu * (10 + min(years, 5))))
        return found

    def year_fen(self, account):
        first = self.year * 12
        return sum(fen for month, fen in account.spent.items() if first <= month < first + 12)

    def award(self, live):
        """Lines of the file; what each account and member gets."""
        december, here = self.year * 12 + 11, self.here()
        bands = [[0, 0] for _ in BANDS]
        band_of, of_member = {}, collections.Counter()
        for name, account in self.accounts.items():
            if account.member not in here:
                continue
            fen = self.year_fen(account)
            of_member[account.member] += fen
            if account.joined is None or account.joined > december:
                continue
            months = december - account.joined
            band = next(n for n, (_, to, _) in enumerate(BANDS) if to is None or months <= to)
            band_of[name] = band
            bands[band][0] += 1
            bands[band][1] += fen
        for account in self.lost.values():  # It was his in that year, so a level's spend has it.
            of_member[account.member] += self.year_fen(account)
        levels = {level: [0, 0] for level in LEVELS}
        levels["ordinary"][0] = live
        for member in here:
            cohort = levels[self.level.get(member, "ordinary")]
            cohort[0] += 1
            cohort[1] += of_member[member]
        lines, each_band, each_level = [], [], {}
        for (first, to, rate), (size, fen) in zip(BANDS, bands):
            text, each = award_of(rate, size, fen)
            lines.append(f"TENURE,{first},{'' if to is None else to},{text}")
            each_band.append(each)
        for level, (size, fen) in levels.items():
            text, each_level[level] = award_of(LEVEL_RATES[level], size, fen)
            lines.append(f"LEVEL,{level},{text}")
        gets = collections.Counter()
        lots = 0
        for name, band in band_of.items():
            gets[self.accounts[name].member] += each_band[band]
            lots += each_band[band] > 0
        for member in here:
            each = each_level[self.level.get(member, "ordinary")]
            gets[member] += each
            lots += each > 0
        cohorts = [(*BANDS[n][:2], str(BANDS[n][2]), *bands[n], each_band[n])
                   for n in range(len(BANDS))]
        return lines, gets, lots, cohorts

    def yearly(self, gets):
        """Lines of the file of levels: STANDARD of each class, COUNT of each level."""
        here, first = self.here(), self.year * 12
        region, score = {}, collections.Counter()
        for account in self.accounts.values():
            if account.member not in here or (account.joined or 0) > first + 11:
                continue
            region[account.member] = min(region.get(account.member, 9), account.region)
            score[account.member] += sum(fen // 100 for month, fen in account.spent.items()
                                         if first <= month < first + 12)
        lines, after = [], {}
        for of in sorted(set(region.values())):
            mine = {member: score[member] + self.other[member] + gets[member]
                    for member in region if region[member] == of}
            standards = standards_of(sorted(mine.values(), reverse=True), of)
            for member, points in mine.items():
                after[member] = next((level for level in reversed(LEVELS[1:])
                                      if standards[level] is not None and
                                      points >= standards[level]), LEVELS[0])
            reached = collections.Counter(after[member] for member in mine)
            for level in LEVELS[1:]:
                least = "" if standards[level] is None else standards[level]
                lines.append(f"STANDARD,{of},{level},{least},{reached[level]}")
        return lines + count_lines(LEVELS, {m: self.level.get(m, LEVELS[0]) for m in after}, after)


TAKES = {"ACCOUNT": Province.account, "SPENT": Province.spent, "GRADE": Province.grade,
         "BILL": Province.bill, "EARN": Province.earns, "ACCRUAL": Province.comes,
         "EXCHANGE_IN": Province.comes, "MOVE_IN": Province.moves_in,
         "MOVE_OUT": Province.moves_out, "LEAVE": Province.leaves,
         "TRANSFER": Province.transfers}


def award_of(rate, size, fen):
    """A line's end, and the points to each: the same to all, rounded down once."""
    average = Fraction(fen, size) if size else Fraction(0)
    exact = rate * average / 100
    each = exact.numerator // exact.denominator
    return f"{rate},{size},{fen},{average},{exact},{each}", each


def standards_of(scores, region):
    """The best third has the card, a quarter of these silver, a fifth of that gold."""
    vip = len(scores) // 3
    silver = vip // 4
    gold = silver // 5

    def at(rank):
        return max(1, scores[rank - 1])

    return {"vip-card": at(vip) if vip else None,
            "silver": at(silver + gold) if silver else None,
            "gold": at(gold) if gold else None, "diamond": DIAMOND[region]}


def count_lines(levels, before, after):
    lines = []
    for level in levels:
        rank = levels.index(level)
        came = [levels.index(before[m]) for m, now in after.items() if now == level]
        lines.append(f"COUNT,{level},{sum(was == level for was in before.values())},{len(came)},"
                     f"{sum(was < rank for was in came)},{sum(was > rank for was in came)}")
    return lines


def thresholds_of(scores):
    """By sorting everybody: {level: (rank, score in tenths, threshold)}."""
    ordered = sorted(scores, reverse=True)
    found = {}
    for level, percent in CUTS:
        rank = max(1, -(-len(ordered) * percent // 100))
        score = ordered[rank - 1]
        found[level] = rank, score, (score * 2 + 10 * SCALE) // (20 * SCALE) * 10
    return found


def counted(arguments):
    """All of one province; in a process of its own."""
    code, inputs, period, live = arguments
    province = Province(code, inputs, period)
    due = dict(province.due)
    province.play_to(running_programme.STARS)
    scores = province.scores()
    province.play_to(running_programme.AWARD)
    award, gets, lots, cohorts = province.award(live)
    province.play_to(running_programme.LEVELS)
    levels = province.yearly(gets)
    return {"code": code, "due": due, "scores": scores, "award": award, "lots": lots,
            "given": sum(gets.values()), "cohorts": cohorts, "levels": levels}


def body(text):
    return text.splitlines()[1:-1]


def same(code, what, told, computed):
    need(told == computed, f"{what} of {code} is\n  " + "\n  ".join(
        f"{one}    computed: {other}" for one, other in zip(told, computed) if one != other) +
        f"\n  {len(told)} lines, computed {len(computed)}")


def check_stars(programme, told, provinces):
    """Thresholds by everybody's scores; who has which star, by the best of his accounts."""
    everybody = [score for one in provinces for _, score in one["scores"]]
    cuts = thresholds_of(everybody)
    rating = told["rating"]
    need(rating["published"] and rating["units"] == len(everybody),
         f"{rating['units']} accounts are rated, computed {len(everybody)}")
    found = {cut["level"]: (cut["rank"], cut["threshold"]) for cut in rating["cuts"]}
    need(found == {level: (rank, least) for level, (rank, _, least) in cuts.items()},
         f"thresholds {found}, computed {cuts}")
    for one in provinces:
        best = {}
        for member, score in one["scores"]:
            best[member] = max(best.get(member, 0), score)
        stars = {member: next((level for level, _ in CUTS if score >= cuts[level][2] * SCALE),
                              STARS[1]) for member, score in best.items()}
        reached = collections.Counter(stars.values())
        lines = [f"STANDARD,0,{level},{cuts[level][2]},{reached[level]}" for level in STARS[2:]]
        lines += count_lines(STARS, dict.fromkeys(stars, STARS[0]), stars)
        same(one["code"], "the file of stars", body(programme.stars.files[one["code"]]), lines)
    return everybody, cuts


def check_lots(programme, provinces, settled):
    """The award's lots, in the clearing's list of all lots."""
    day = programme.month.strftime("%Y%m") + f"{running_programme.AWARD:02d}"
    found = collections.defaultdict(lambda: [0, 0])
    with open(settled / "closing-lots.csv", encoding="utf-8", newline="") as file:
        columns = next(file).rstrip("\n").split(",")
        home, lot = columns.index("home"), columns.index("lot")
        source, original = columns.index("source"), columns.index("original")
        for line in file:
            if f"/{day}/3" not in line:  # what a node makes itself is numbered from 3 x 10^9 on
                continue
            row = line.rstrip("\n").split(",")
            number = int(row[lot].split("/")[2])
            if 3_000_000_000 <= number < 3_500_000_000 and row[source] in ("TENURE", "LEVEL"):
                found[row[home]][0] += 1
                found[row[home]][1] += int(row[original])
    for one in provinces:
        told = tuple(found[one["code"]])
        need(told == (one["lots"], one["given"]),
             f"{one['code']} has made lots and points of the award {told}, "
             f"computed {(one['lots'], one['given'])}")


def check_figures(told, settled):
    """The homes' figures against the issuers' roll-forward: the same points, seen twice."""
    with open(settled / "rollforward.csv", encoding="utf-8", newline="") as file:
        issuers = list(csv.DictReader(file))
    for name in FLOWS:
        homes = sum(of["counts"][name] for of in told["figures"].values())
        want = sum(int(row[name]) for row in issuers)
        need(homes == want, f"{name}: {homes} by the homes, {want} by the issuers")
    left = collections.Counter()
    for of in told["figures"].values():
        for row in of["liability"]:
            left[row["issuer"], row["quarter"]] += row["points"]
    with open(settled / "quarters.csv", encoding="utf-8", newline="") as file:
        want = {(row["issuer"], row["quarter"]): int(row["closing"])
                for row in csv.DictReader(file) if int(row["closing"])}
    left = {key: points for key, points in left.items() if points}
    need(left == want, "liability by issuer and quarter is that of the clearing")


def check_notices(told, provinces):
    for one in provinces:
        rows = [line.split(",") for line in body(told["notices"][one["code"]])]
        found = {row[1]: int(row[2]) for row in rows}
        need(found == one["due"], f"the notice of {one['code']}: {len(found)} members, "
                                  f"computed {len(one['due'])}")


def check(programme, told, settled, inputs):
    """All of it. Raises live.Wrong; returns what the page shows."""
    work = [(code, inputs, programme.month_text(), programme.award.live[code])
            for code in programme.system.nodes]
    work.sort(key=lambda one: -(one[1] / f"{one[0]}-{programme.month}-OPENING_LOTS.csv")
              .stat().st_size)
    with multiprocessing.Pool(2) as pool:
        provinces = sorted(pool.imap_unordered(counted, work), key=lambda one: one["code"])
    for one in provinces:
        same(one["code"], "the award", body(programme.award.files[one["code"]]), one["award"])
        same(one["code"], "the levels", body(programme.levels.files[one["code"]]), one["levels"])
    everybody, cuts = check_stars(programme, told, provinces)
    check_lots(programme, provinces, settled)
    check_figures(told, settled)
    check_notices(told, provinces)
    return {"scores": everybody, "cuts": cuts, "provinces": provinces}
