#!/usr/bin/env python3
"""The programme's part of the demo, small: six provinces' nodes with accounts, spend and levels of
before; stars by the clearing's thresholds, the award of the year, levels, the notice and the
month's figures, beside live traffic, a node killed while it posts the award. What came of it is
what programme_check.py computes of the input files; the page shows it and needs nothing but
itself. Then errors are planted in what the system says, and each must be found.
"""

import copy
import html.parser
import re
import shutil
import sys

import _month_world as w
from _month_world import PERIOD, POINTHOUSE, ROOT, SEED

import live  # noqa: E402
import month as run_month  # noqa: E402
import programme as month_programme  # noqa: E402
import programme_check  # noqa: E402
import programme_page  # noqa: E402
from live_system import LiveSystem  # noqa: E402


def generate(folder):
    w.generate(folder, "--programme")
    shutil.copyfile(ROOT / "ops" / "demo-programme.toml", folder / "programme.toml")


class Tags(html.parser.HTMLParser):
    """Every tag that is opened is closed, in order; nothing is fetched."""

    VOID = {"meta"}

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        live.need(not {"src", "href", "srcset"} & {name for name, _ in attrs}, f"{tag} fetches")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        live.need(bool(self.open) and self.open.pop() == tag, f"</{tag}> closes something else")


def check_page(path, found):
    text = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    live.need(not tags.open, f"left open: {tags.open}")
    live.need("script" not in tags.seen and "url(" not in text and "@import" not in text,
              "the page needs nothing but itself")
    live.need(tags.seen.count("svg") == 5 and tags.seen.count("table") >= 7,
              f"pictures and tables: {tags.seen.count('svg')}, {tags.seen.count('table')}")
    for level, (_, _, least) in found["cuts"].items():
        live.need(level in text and f"≥ {least}" in text, f"the threshold of {level}")
    live.need("prefers-color-scheme: dark" in text and "width=device-width" in text, "its forms")


def must_be_found(check, *arguments):
    try:
        check(*arguments)
    except live.Wrong as wrong:
        print(f"  planted, and found: {str(wrong)[:160]}")
        return
    raise live.Wrong(f"{check.__name__} doesn't find what was planted")


def changed(programme, run, pattern, by):
    """A programme whose run has another figure in one of its files."""
    other = copy.copy(programme)
    setattr(other, run, copy.copy(getattr(programme, run)))
    files = dict(getattr(programme, run).files)
    code = next(code for code, text in sorted(files.items()) if re.search(pattern, text, re.M))
    files[code] = re.sub(pattern, by, files[code], count=1, flags=re.M)
    getattr(other, run).files = files
    return other


def plant(programme, told, settled, inputs):
    def check(one, said):
        programme_check.check(one, said, settled, inputs)

    must_be_found(check, changed(programme, "award", r"^(TENURE,61,,3/5,\d+,)", r"\g<1>1"), told)
    must_be_found(check, changed(programme, "levels", r"^(STANDARD,1,vip-card,)", r"\g<1>1"), told)
    must_be_found(check, changed(programme, "stars", r"^(COUNT,one-star,0,)", r"\g<1>1"), told)
    for name, change in (
            ("rating", lambda said: said["rating"]["cuts"][0].update(threshold=10)),
            ("notices", lambda said: said["notices"].update(
                {code: re.sub(r"^(EXPIRES,\d+,)", r"\g<1>1", text, count=1, flags=re.M)
                 for code, text in said["notices"].items()})),
            ("figures", lambda said: next(iter(said["figures"].values()))["counts"].update(
                issued=1))):
        other = {**told, name: copy.deepcopy(told[name])}
        change(other)
        must_be_found(check, programme, other)


def run(folder):
    generate(folder / "in")
    system = LiveSystem(POINTHOUSE, folder / "system", folder / "in")
    system.make()
    programme = month_programme.Programme(system)
    try:
        run_month.start(system, folder, programme)
        traffic = live.Traffic(system, SEED)
        deaths = run_month.run_days(system, traffic, kills=False, programme=programme)
        live.need(not deaths and programme.killed, "one dies while it posts the award")
        run_month.close(system, traffic, [f"node {programme.killed}"], folder, PERIOD)
        told = programme.told_by_system()
        run_month.stop(system)
    finally:
        system.kill()
    live.need(run_month.compare(system, traffic, folder, PERIOD) == 0, "nothing differs")
    settled = system.outputs(PERIOD)
    found = programme_check.check(programme, told, settled, system.inputs)
    programme_page.write(programme, told, found, folder / "programme.html")
    check_page(folder / "programme.html", found)
    live.need(told["story"] is not None, "somebody's story is told")
    plant(programme, told, settled, system.inputs)


if __name__ == "__main__":
    sys.exit(w.main(run))
