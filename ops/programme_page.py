"""What the programme's month came to, for people: a page that needs nothing but itself
(programme.html), and a table for the terminal. Every figure is of this run.
"""

import collections
import html

import programme_svg as svg

LEVEL_NAMES = {"diamond": "钻石卡", "gold": "金卡", "silver": "银卡", "vip-card": "贵宾卡",
               "ordinary": "普通会员"}
STAR_NAMES = {"five-star": "五星", "four-star": "四星", "three-star": "三星", "two-star": "二星",
              "one-star": "一星"}

STYLE = """
:root { color-scheme: light dark; --ground:#f6f5f1; --card:#fff; --ink:#1d2430; --soft:#5d6675;
  --line:#e2dfd6; --a:#0f6b6b; --b:#c98a1b; --c:#7a4fa3; --d:#b5443a; --quiet:#c9d3d3;
  --l0:#cfd6d8; --l1:#8fb8b6; --l2:#9aa3ad; --l3:#d9a62e; --l4:#4a8fd0; }
@media (prefers-color-scheme: dark) { :root { --ground:#12161c; --card:#1b212a; --ink:#e8e9e6;
  --soft:#9ba6b4; --line:#2c3440; --a:#4cb9b1; --b:#e6b04a; --c:#b493dc; --d:#e57f73;
  --quiet:#3c4a52; --l0:#46515c; --l1:#3f7774; --l2:#717d89; --l3:#a9811f; --l4:#3f83c4; } }
* { box-sizing: border-box }
body { margin:0; background:var(--ground); color:var(--ink);
  font:16px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif }
main { max-width:62rem; margin:0 auto; padding:1.5rem 1rem 4rem }
header h1 { font-size:clamp(1.5rem,4.5vw,2.3rem); line-height:1.15; margin:.5rem 0 .4rem;
  letter-spacing:-.01em }
header p, .note { color:var(--soft) }
h2 { font-size:1.25rem; margin:0 0 .2rem } h3 { font-size:1rem; margin:1rem 0 .2rem }
section, .tiles > div { background:var(--card); border:1px solid var(--line); border-radius:14px }
section { padding:1.1rem 1.2rem 1.2rem; margin:1.1rem 0 }
.tiles { display:grid; grid-template-columns:repeat(3,1fr); gap:.7rem; margin:1.2rem 0 }
@media (max-width:34rem) { .tiles { grid-template-columns:repeat(2,1fr) } }
.tiles > div { padding:.7rem .9rem } .tiles b { display:block; font-size:1.45rem;
  font-variant-numeric:tabular-nums; letter-spacing:-.01em } .tiles span { color:var(--soft);
  font-size:.86rem }
.two { display:grid; grid-template-columns:minmax(0,1fr) minmax(0,1fr); gap:1.2rem;
  align-items:start } @media (max-width:54rem) { .two { grid-template-columns:minmax(0,1fr) } }
.scroll { overflow-x:auto } figure { margin:.6rem 0 0 }
svg { width:100%; height:auto; display:block } svg text { fill:var(--ink); font-size:13px }
svg .small { font-size:11px; fill:var(--soft) } svg .strong { font-weight:650 }
svg .axis { stroke:var(--line) } svg .mark { stroke:var(--ink); stroke-dasharray:3 3 }
svg .in { fill:#fff; font-weight:650 }
.a { fill:var(--a) } .b { fill:var(--b) } .c { fill:var(--c) } .d { fill:var(--d) }
.quiet { fill:var(--quiet) } .l0 { fill:var(--l0) } .l1 { fill:var(--l1) } .l2 { fill:var(--l2) }
.l3 { fill:var(--l3) } .l4 { fill:var(--l4) }
table { border-collapse:collapse; width:100%; font-size:.9rem; margin:.6rem 0 0 }
caption { text-align:left; color:var(--soft); font-size:.84rem; padding-bottom:.3rem }
th, td { text-align:right; padding:.3rem .45rem; border-top:1px solid var(--line);
  font-variant-numeric:tabular-nums; white-space:nowrap } thead th { border-top:0;
  color:var(--soft); font-weight:600; vertical-align:bottom } th:first-child, td:first-child {
  text-align:left; padding-left:0 } tbody th { font-weight:500 } tr.sum > * { font-weight:650 }
code { font-size:.82rem; overflow-wrap:anywhere } summary { cursor:pointer; color:var(--a) }
ul { padding-left:1.1rem } .up { color:var(--a) } .down { color:var(--d) }
.badge { display:inline-block; border:1px solid var(--line); border-radius:99px;
  padding:.05rem .6rem; margin:.15rem .3rem .15rem 0; font-size:.86rem }
"""


def text(value):
    return html.escape(str(value))


def big(value):
    return f"{value:,}"


def share(num, den, digits=1):
    """A percentage of integers, half up."""
    if not den:
        return "–"
    scale = 10 ** digits
    hundredths = (num * 200 * scale + den) // (den * 2)
    return f"{hundredths // scale}.{hundredths % scale:0{digits}d} %"


def decimal(num, den, digits):
    if not den:
        return "–"
    scale = 10 ** digits
    whole = (num * 2 * scale + den) // (den * 2)
    return f"{whole // scale:,}.{whole % scale:0{digits}d}"


def table(caption, head, rows, last_is_sum=False):
    out = ["<div class=scroll><table>", f"<caption>{text(caption)}</caption><thead><tr>"]
    out += [f"<th scope=col>{text(cell)}</th>" for cell in head]
    out.append("</tr></thead><tbody>")
    for number, row in enumerate(rows):
        mark = " class=sum" if last_is_sum and number == len(rows) - 1 else ""
        cells = [f"<th scope=row>{text(row[0])}</th>", *[f"<td>{text(c)}</td>" for c in row[1:]]]
        out.append(f"<tr{mark}>{''.join(cells)}</tr>")
    return "".join([*out, "</tbody></table></div>"])


class Facts:
    """What the page and the terminal show, taken together once."""

    def __init__(self, programme, told, found):
        self.programme, self.told, self.found = programme, told, found
        self.names = names_of(programme.system.rulebook)
        self.figures = told["figures"]
        self.year = programme.december[:4]
        self.levels = self.level_rows()
        self.notice = {code: [int(line.split(",")[2]) for line in of.splitlines()
                              if line.startswith("EXPIRES")]
                       for code, of in told["notices"].items()}
        self.biggest = max(self.figures, key=lambda code: self.figures[code]["counts"]["members"])

    def total(self, name):
        return sum(of["counts"].get(name, 0) for of in self.figures.values())

    def level_rows(self):
        """level: [before, after, up, down], of all provinces."""
        rows = collections.defaultdict(lambda: [0, 0, 0, 0])
        for file in self.programme.levels.files.values():
            for line in file.splitlines():
                cells = line.split(",")
                if cells[0] == "COUNT":
                    for place, value in enumerate(cells[2:]):
                        rows[cells[1]][place] += int(value)
        return rows

    def stars(self):
        """level, percent, rank, score, threshold, accounts at it or above; from the best."""
        scores, rows = self.found["scores"], []
        for level, percent in (("five-star", 5), ("four-star", 15), ("three-star", 30),
                               ("two-star", 70)):
            rank, score, least = self.found["cuts"][level]
            rows.append((level, percent, rank, score, least,
                         sum(one >= least * 10 for one in scores)))
        return rows

    def award_rows(self):
        """Bands of the province with most members, as its file has them."""
        rows = []
        for line in self.programme.award.files[self.biggest].splitlines():
            cells = line.split(",")
            if cells[0] == "TENURE":
                first, to, rate, size, fen, _, _, each = cells[1:]
                rows.append((f"{first} to {to}" if to else f"{first} and more", rate, int(size),
                             int(fen), int(each)))
        return rows

    def quarters(self):
        """Points left at the month's end by the quarter in which they were earned."""
        left = collections.Counter()
        for of in self.figures.values():
            for row in of["liability"]:
                if row["quarter"] != "-":
                    left[row["quarter"]] += row["points"]
        return sorted(left.items())

    def given(self):
        return (sum(one["lots"] for one in self.found["provinces"]),
                sum(one["given"] for one in self.found["provinces"]))


def names_of(rulebook):
    names = {}
    with open(rulebook, encoding="utf-8") as file:
        for line in file:
            row = line.rstrip("\n").split(",")
            if row[0] == "PARTICIPANT":
                names[row[1]] = f"{row[5]} {row[4]}"
    return names


def expiry_of(quarter):
    year, of = int(quarter[:4]) + 3, int(quarter[5])
    return f"{year + (of == 4)}-{of % 4 * 3 + 1:02d}-01"


# --- the page's parts ----------------------------------------------------------------------------

def head_part(facts):
    programme = facts.programme
    tiles = [(big(facts.total("members")), "members at home"),
             (big(facts.total("closing")), "points at the month's end"),
             (big(facts.total("issued")), "issued in the month"),
             (big(-facts.total("redeemed")), "redeemed"),
             (big(facts.given()[1]), f"points of the award of {facts.year}"),
             (big(sum(map(sum, facts.notice.values()))), "points that were told of in time")]
    boxes = "".join(f"<div><b>{value}</b><span>{text(what)}</span></div>" for value, what in tiles)
    month = programme.month.strftime("%B %Y")
    return (f"<header><h1>A month of a loyalty programme: {month}</h1>"
            f"<p>{len(facts.figures)} provinces' nodes and a clearing ran it as processes on one "
            "machine, beside live traffic, while some of them were killed. Members, spend and "
            "prices are made up; every figure here was counted in that run, and held against a "
            "second computation.</p></header><div class=tiles>" + boxes + "</div>")


def level_part(facts):
    order = list(LEVEL_NAMES)
    rows = [(level, *facts.levels[level]) for level in order]
    graded = sum(row[2] for row in rows)
    picture = svg.pyramid([(f"{level} {LEVEL_NAMES[level]}", after, share(after, graded))
                           for level, _, after, _, _ in rows])
    cells = [(f"{level} {LEVEL_NAMES[level]}", big(before), big(after), big(up), big(down))
             for level, before, after, up, down in rows]
    cells.append(("all graded", *(big(sum(row[n] for row in rows))
                                           for n in (1, 2, 3, 4))))
    best = max(LEVEL_NAMES, key=lambda level: facts.levels[level][2] if level != "ordinary" else 0)
    return (f"<section><h2>Levels of {facts.year}</h2><p class=note>In each region class of each "
            "province the best third of members has the VIP card, a quarter of these silver, a "
            "fifth of that gold; diamond is reached by points. Most came up to "
            f"{text(best)}: {big(facts.levels[best][2])}.</p><div class=two><figure>{picture}"
            "</figure>" + table("Before and after the yearly run", ("level", "before", "after",
                                                                  "rose", "fell"),
                                cells, True) + "</div></section>")


def star_part(facts):
    rows = facts.stars()
    scores = facts.found["scores"]
    picture = svg.histogram([score // 10 for score in scores],
                            [(STAR_NAMES[level], least) for level, _, _, _, least, _ in rows])
    cells, above = [], 0
    for level, percent, rank, score, least, reached in rows:
        cells.append((f"{level} {STAR_NAMES[level]}", f"{percent} %", big(rank),
                      decimal(score, 10, 1), big(least), big(reached - above),
                      share(reached - above, len(scores))))
        above = reached
    cells.append((f"one-star {STAR_NAMES['one-star']}", "", "", "", "", big(len(scores) - above),
                  share(len(scores) - above, len(scores))))
    return (f"<section><h2>Stars of {text(facts.programme.rated)}</h2><p class=note>Score: average "
            "monthly spend of 12 months in yuan x a factor of tenure. The nodes send how many "
            "accounts have which score, never whose; the clearing merges all "
            f"{len(facts.figures)} histograms, finds the scores at 5, 15, 30 and 70 % and rounds "
            f"each to a multiple of 10.</p><figure>{picture}</figure>" +
            table(f"{big(len(scores))} rated accounts of all provinces",
                  ("star", "of the best", "rank", "its score", "threshold", "accounts", "share"),
                  cells) +
            "<h3>As the clearing signed it</h3><p><code>" +
            text(facts.told["rating"]["thresholds"]) + "</code></p></section>")


def award_part(facts):
    rows = facts.award_rows()
    picture = svg.bars([(band, fen // (size * 100) if size else 0, each, rate)
                        for band, rate, size, fen, each in rows])
    cells = [(band, rate, big(size), decimal(fen, size * 100, 2), big(each), big(each * size))
             for band, rate, size, fen, each in rows]
    lots, points = facts.given()
    return (f"<section><h2>The award of {facts.year}</h2><p class=note>Once a year, for tenure: a "
            "rate of what the accounts of a band have spent on average, and the same number of "
            f"points to each. Here {text(facts.names[facts.biggest])}, the province with most "
            f"members; all provinces together gave {big(points)} points in {big(lots)} lots, for "
            "tenure and level. Its node was killed while it posted, and gave nothing twice.</p>"
            f"<figure>{picture}</figure>" +
            table("Complete months of tenure in December",
                  ("months", "rate", "accounts", "average, yuan", "points to each", "points"),
                  cells) + "</section>")


def expiry_part(facts):
    quarters = facts.quarters()
    first = facts.programme.month
    due = f"{first.year + first.month // 12}-{first.month % 12 + 1:02d}-01"
    picture = svg.columns([(expiry_of(quarter), points, expiry_of(quarter) == due)
                           for quarter, points in quarters])
    told = sum(map(sum, facts.notice.values()))
    members = sum(map(len, facts.notice.values()))
    left = sum(points for quarter, points in quarters if expiry_of(quarter) == due)
    cells = [(expiry_of(quarter), quarter, big(points)) for quarter, points in quarters]
    words = "" if not told else (
        f"On {first} the notice told {big(members)} members of {big(told)} points that expire on "
        f"{due}. By the month's end {big(left)} were left of what expires on that day.")
    return (f"<section><h2>What expires when</h2><p class=note>Points last three years and are "
            f"cancelled by the quarter; a month before, members are told. {words}</p>"
            f"<figure>{picture}</figure><details><summary>As a table</summary>" +
            table("Points at the month's end", ("expires on", "earned in", "points"), cells) +
            "</details></section>")


def story_part(facts):
    story = facts.told["story"]
    if story is None:
        return ""
    standing, held = story["standing"], story["held"]
    lots = sorted(held["lots"], key=lambda lot: (lot["expires_on"], lot["earned_month"]))
    following = next((lot["expires_on"] for lot in lots), "")
    due = sum(lot["remaining"] for lot in lots if lot["expires_on"] == following)
    badges = "".join(
        f"<span class=badge>{text(grade['grading'])}: {text(grade['level'])}"
        f"{text(' since ' + grade['from']) if 'from' in grade else ''}</span>"
        for grade in standing["grades"])
    badges += "".join(f"<span class=badge>{text(flag['flag'])}</span>"
                      for flag in standing["flags"] if flag["holds"])
    since = min((a["joined"] for a in standing["accounts"] if a["joined"]), default="")
    history = "".join(f"<li>{text(row['decided'])}: {text(row.get('grading', row.get('flag', '')))}"
                      f" {text(row.get('level', ''))}, {text(row['reason'])}</li>"
                      for row in reversed(standing["history"]))
    cells = [(lot["expires_on"], lot["earned_month"], big(lot["remaining"]), big(lot["held"]))
             for lot in lots]
    return (f"<section><h2>One of them: {text(standing['member'])}</h2><p class=note>At home in "
            f"{text(facts.names[story['home']])}, with {len(standing['accounts'])} account"
            f"{'s' if len(standing['accounts']) > 1 else ''}"
            f"{', the first since ' + text(since) if since else ''}. {big(held['points'])} "
            f"points in {len(lots)} lots; {big(due)} of them expire on {text(following)}.</p>"
            f"<p>{badges}</p><div class=two><figure>{svg.lots(lots)}</figure><div>"
            f"<h3>How it came</h3><ul>{history}</ul></div></div>" +
            table("His lots on the month's last day, first expiry first",
                  ("expires on", "earned in", "points", "of them held"), cells) + "</section>")


def figure_part(facts):
    total = facts.total
    had = total("opening") + total("issued")
    rates = [("issue: points for a yuan of spend", decimal(total("issued") * 100,
                                                           total("spend_fen"), 3)),
             ("redemption: of opening + issued", share(-total("redeemed"), had, 2)),
             ("expiry: of opening + issued", share(-total("expired"), had, 2)),
             ("active members", share(total("active"), total("members"), 2)),
             ("cost of a point, fen", decimal(total("redeemed_fen"), total("redeemed_points"),
                                              3))]
    flows = [(name, big(total(name))) for name in ("opening", "issued", "redeemed", "expired",
                                                   "forfeited", "moved", "closing")]
    provinces = []
    for code, of in sorted(facts.figures.items(), key=lambda one: -one[1]["counts"]["closing"]):
        counts = of["counts"]
        provinces.append((f"{code} {facts.names[code]}", *(big(counts[name]) for name in (
            "members", "active", "opening", "issued", "redeemed", "closing")),
            share(-counts["redeemed"], counts["opening"] + counts["issued"], 2)))
    return ("<section><h2>The month's figures</h2><p class=note>Each node makes its own with the "
            "first day behind the month; here they are added up. The clearing's roll-forward, by "
            "issuer and from its own records, has the same points.</p><div class=two>" +
            table("Points of all homes", ("", "points"), flows, True) +
            table("Rates", ("", ""), rates) + "</div><details><summary>By province</summary>" +
            table("Homes, most points first", ("province", "members", "active", "opening",
                                               "issued", "redeemed", "closing", "redemption"),
                  provinces) + "</details></section>")


def check_part(facts):
    accounts = len(facts.found["scores"])
    return ("<section><h2>How it was checked</h2><ul>"
            "<li>Every file of every node's award, levels and stars, line by line, by a "
            "computation from the input files alone, in another language.</li>"
            f"<li>The four thresholds by sorting {big(accounts)} scores.</li>"
            "<li>The award's lots, number and points, in the clearing's list of all lots.</li>"
            "<li>The notices, member by member, by the opening lots.</li>"
            "<li>The homes' figures against the clearing's roll-forward, and what is left by "
            "issuer and quarter.</li>"
            "<li>Statements, proofs and lines of the running system against a settlement of what "
            "the clearing has read, to the byte.</li></ul></section>")


def page(facts):
    parts = [head_part(facts), level_part(facts), star_part(facts), award_part(facts),
             expiry_part(facts), story_part(facts), figure_part(facts), check_part(facts)]
    title = f"A month of a loyalty programme: {facts.programme.month:%Y-%m}"
    return ("<!doctype html><html lang=en><head><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width, initial-scale=1'>"
            f"<title>{title}</title><style>{STYLE}</style></head><body><main>" + "".join(parts) +
            "</main></body></html>\n")


# --- the terminal --------------------------------------------------------------------------------

def show(facts):
    """As a table of a terminal's width."""
    print(f"\n  the programme of {facts.programme.month:%Y-%m}, computed anew from the inputs: the "
          "same\n\n"
          f"  levels of {facts.year}     before      after    rose to  fell to     bar")
    rows = [(level, *facts.levels[level]) for level in LEVEL_NAMES]
    most = max(row[2] for row in rows)
    for level, before, after, up, down in rows:
        print(f"  {level:<12} {before:11,} {after:10,} {up:10,} {down:8,}     "
              + "█" * max(1, after * 24 // most))
    print(f"\n  stars of {facts.programme.rated}   of the best   threshold   accounts")
    above = 0
    for level, percent, _, _, least, reached in facts.stars():
        print(f"  {level:<18} {percent:10} % {least:11,} {reached - above:10,}")
        above = reached
    print(f"  {'one-star':<18} {'':>12} {'':>11} {len(facts.found['scores']) - above:10,}")
    print(f"\n  award of {facts.year}, {facts.biggest}      rate   accounts   average yuan   "
          "points to each")
    for band, rate, size, fen, each in facts.award_rows():
        print(f"  {band + ' months':<20} {rate:>8} {size:10,} {decimal(fen, size * 100, 2):>14} "
              f"{each:16,}")
    lots, points = facts.given()
    told, members = (sum(map(of, facts.notice.values())) for of in (sum, len))
    print(f"\n  all provinces: {points:,} points of the award in {lots:,} lots\n"
          f"  notice of {facts.programme.month}: {members:,} members, {told:,} points\n"
          f"  redeemed {-facts.total('redeemed'):,} of {facts.total('opening'):,} + "
          f"{facts.total('issued'):,} points; {facts.total('closing'):,} are left", flush=True)


def write(programme, told, found, path):
    """The page, and the table."""
    facts = Facts(programme, told, found)
    path.write_text(page(facts), encoding="utf-8")
    show(facts)
    print(f"  page: {path}", flush=True)
