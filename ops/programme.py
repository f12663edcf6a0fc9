"""The programme's part of a month (month.py): its file goes to everybody with the first files; on
their days the clearing's rating, the award and the levels of the year before are counted at each
node, looked at, published, posted. With the first day of the next month come the expiry run and the
month's figures. Nothing of it when the inputs have no programme file.

programme_check.py holds what came of it against the inputs, programme_page.py shows it.
"""

import collections
import datetime
import json
import pathlib

import system as running

OFFICER = "D-0001"
# Days of the month on which runs are counted. Behind 8 all bills are out; behind 22 nobody moves by
# file any more: an award would give him points that his `MOVE_IN` doesn't name.
STARS, AWARD, LEVELS = 10, 23, 24
STORIES = 60  # members who are looked at for the story of one


class Run:
    """One run at every node: its numbers, its files as they were published."""

    def __init__(self, kind, grading, of):
        self.kind, self.grading, self.of = kind, grading, of
        self.numbers, self.files = {}, {}
        self.live = collections.Counter()  # live members of each home when it was counted

    def name(self):
        return f"{self.kind} {self.grading}".strip()


class Programme:
    def __init__(self, system):
        self.system = system
        self.path = next(iter(sorted(system.inputs.glob("*.toml"))), None)
        first = self.month = min(system.days).replace(day=1)
        last_month = first - datetime.timedelta(days=1)
        self.rated = last_month.strftime("%Y-%m")
        self.december = f"{first.year - 1}-12"
        self.stars = Run("GRADE", "star", self.rated)
        self.award = Run("AWARD", "", self.december)
        self.levels = Run("GRADE", "level", self.december)
        self.killed = ""

    def month_text(self):
        return self.month.strftime("%Y-%m")

    def take(self):
        """The file goes to the clearing and every node."""
        if self.path is None:
            return ""
        system = self.system
        for process in [system.clearing, *system.nodes.values()]:
            process.drop(self.path)
        system.wait(lambda: not system.dropped(), "the programme is taken", 120)
        for process in [system.clearing, *system.nodes.values()]:
            if not (process.inbox / "accepted" / self.path.name).exists():
                raise running.Refused(f"{process.code} refuses {self.path.name}: see its inbox")
        return self.path.name

    # --- runs ------------------------------------------------------------------------------------

    def act(self, day, traffic):
        """What is due at noon of a day, behind its rows. A word for the day's line."""
        if self.path is None or day.day not in (STARS, STARS + 1, AWARD, LEVELS):
            return ""
        self.wait_until_posted(day)
        if day.day == STARS:
            self.system.run("clearing", "rating", "open", "--grading", "star", "--month",
                            self.rated, "--config", self.system.clearing.config)
            self.begin(self.stars, traffic)
            return "  ← stars: the nodes send their scores"
        if day.day == STARS + 1:
            self.publish(self.stars)
            return "  ← stars: thresholds of all provinces, everybody graded"
        run = self.award if day.day == AWARD else self.levels
        self.begin(run, traffic)
        self.publish(run, traffic.busiest if run is self.award else None)
        if run is self.levels:
            return f"  ← levels by the points of {self.december[:4]}"
        return f"  ← award of {self.december[:4]}; node {self.killed} killed while it posts"

    def before_rows(self, day):
        """Who leaves by a row of the day behind the stars' is graded before it: who were rated is
        what the files said up to the day of the stars."""
        if self.path is not None and day.day == STARS + 1:
            self.wait_until_counted(self.stars)

    def wait_until_counted(self, run):
        for code in self.system.nodes:
            self.system.wait(lambda c=code: self.shown(run, c) is not None,
                             f"{code} has counted {run.name()}", 300)

    def wait_until_posted(self, day):
        def posted():
            try:
                opened = [node.status().get("open_day", {}) for node in self.system.nodes.values()]
            except OSError:
                return False  # One is starting again.
            return all(of.get("posted") and of["date"] == str(day) for of in opened)

        self.system.wait(posted, f"{day} is posted", 300)

    def said(self, node, method, path):
        status, text = node.ask(method, path, 120)
        if status != 200:
            raise running.Refused(f"{node.code} {path}: {status} {text}")
        return json.loads(text)

    def begin(self, run, traffic):
        for member in traffic.members():
            run.live[member.home] += member.known
        for code, node in self.system.nodes.items():
            path = f"/v1/run-begin/{run.kind},{run.of},{run.grading},1"
            run.numbers[code] = self.said(node, "POST", path)["number"]

    def shown(self, run, code):
        """A run and its file, once it is counted."""
        status, text = self.system.nodes[code].ask("GET", f"/v1/run-preview/{run.numbers[code]}",
                                                   120)
        return json.loads(text) if status == 200 else None

    def publish(self, run, killed=None):
        """As an officer does who has looked at each; `killed` dies while it posts."""
        system = self.system
        self.wait_until_counted(run)
        for code, node in system.nodes.items():
            shown = self.shown(run, code)
            run.files[code] = shown["file"]
            self.said(node, "POST", f"/v1/run-publish/{run.numbers[code]},{shown['digest']},"
                                    f"{OFFICER}")
            if code == killed:
                node.kill()
                node.start()
                self.killed = code
        if killed is not None:
            system.nodes[killed].wait_until_up(120)
        for code in system.nodes:
            system.wait(lambda c=code: self.shown(run, c)["run"]["state"] == "DONE",
                        f"{code} has posted {run.name()}", 300)

    # --- behind the month ------------------------------------------------------------------------

    def story(self):
        """A member who is told that points of his expire, and has risen: as his node tells of him
        and his lots on the month's last day."""
        last = max(self.system.days)
        best = None
        for code, node in self.system.nodes.items():
            for number in self.told(code)[:max(STORIES // len(self.system.nodes), 2)]:
                of = self.said(node, "GET", f"/v1/programme-member/{number},{last}")
                held = self.said(node, "GET", f"/v1/members/{number}")
                stars = [g for g in of["grades"] if g["grading"] == "star" and "reason" in g]
                rank = (of["effective"] in ("gold", "silver"), bool(stars), len(of["history"]) > 2,
                        len(held["lots"]) > 3, len(of["accounts"]) > 1, held["points"])
                if best is None or rank > best[0]:
                    best = rank, {"home": code, "standing": of, "held": held}
        return best[1] if best else None

    def told(self, code):
        """Members of the notice, those with most first."""
        rows = [line.split(",") for line in self.file(code, "NOTICE").splitlines()
                if line.startswith("EXPIRES")]
        return [row[1] for row in sorted(rows, key=lambda row: -int(row[2]))]

    def file(self, code, kind):
        found = sorted(self.out(code).glob(f"{code}-*-{kind}.csv"))
        return found[-1].read_text("utf-8") if found else ""

    def out(self, code):
        return self.system.nodes[code].folder / "out"

    def next_month(self):
        """The first day of the next month is opened: what is due expires, and the figures are
        made, before any row."""
        system = self.system
        first = max(system.days) + datetime.timedelta(days=1)
        sequence = {sender: number for sender, number, _, _ in system.days[max(system.days)]}
        system.set_clock(datetime.datetime.combine(first, datetime.time(12)))
        for code, node in system.nodes.items():
            name = f"{code}-{first}-PROVINCE_DAY.csv"
            path = pathlib.Path(system.folder, name)
            path.write_text(f"POINTHOUSE,PROVINCE_DAY,1,{code},{first},{sequence[code] + 1}\n"
                            "END,0,0,0\n", encoding="utf-8")
            node.drop(path)
            path.unlink()
        for code, node in system.nodes.items():
            month = self.month_text()
            system.wait(lambda n=node, m=month: n.ask("GET", f"/v1/kpi/{m}")[0] == 200,
                        f"{code} has its figures", 300)

    def told_by_system(self):
        """What the nodes and the clearing say, for the check and the page."""
        system = self.system
        rating = json.loads(system.run("clearing", "rating", "status", "--json", "--config",
                                       system.clearing.config))["ratings"][0]
        story = self.story()
        self.next_month()
        figures = {code: self.said(node, "GET", f"/v1/kpi/{self.month_text()}")
                   for code, node in system.nodes.items()}
        notices = {code: self.file(code, "NOTICE") for code in system.nodes}
        return {"rating": rating, "story": story, "figures": figures, "notices": notices}
