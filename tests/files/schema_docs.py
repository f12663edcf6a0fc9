#!/usr/bin/env python3
"""The columns in docs/formats.md are those of the executable: `pointhouse formats` lists what the
readers take; this reads the tables of the page and compares name, type and whether it is optional.
"""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
TABLE_ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| .* \|$")
SECTIONS = {
    "PROVINCE_DAY": ("## 2. ", "## 3. "),
    "PARTNER_DAY": ("## 3. ", "## 4. "),
    "OPENING_LOTS": ("**`OPENING_LOTS`**", "**`RULEBOOK`**"),
    "RULEBOOK": ("**`RULEBOOK`**", "**`CALENDAR`**"),
    "CALENDAR": ("**`CALENDAR`**", "## 5. "),
    "CUTOFF": ("## 5. ", "## 6. "),
}
SAME_AS = re.compile(r"^(?P<own>.*?), (?P<names>[a-z, _]+) \(as in `(?P<kind>[A-Z_]+)`\)$")


def column_of(text):
    """`name`, `name: type` or `name: type optional` as (name, type, optional)."""
    name, _, rest = text.strip().partition(":")
    words = rest.split()
    optional = "optional" in words
    kind = " ".join(word for word in words if word != "optional")
    return name.strip(), kind or name.strip(), optional


def documented():
    """{(type, kind): [columns]} from the tables of the page."""
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    found = {}
    for name, (begin, end) in SECTIONS.items():
        section = text.split(begin, 1)[1].split(end, 1)[0]
        for line in section.splitlines():
            match = TABLE_ROW.match(line)
            if not match:
                continue
            kind, columns = match.groups()
            if (name, kind) in found or kind in ("INTER", "SALE"):
                break  # The table of price kinds, which has no columns of its own.
            same = SAME_AS.match(columns)
            listed = [column_of(c) for c in (same["own"] if same else columns).split(",")]
            if same:
                other = {c[0]: c for c in found[(name, same["kind"])]}
                listed += [other[c.strip()] for c in same["names"].split(",")]
            found[(name, kind)] = listed
    return found


def batch_names(text):
    """Column names of the batch's rows, which the page gives in a sentence."""
    slice_names = re.search(r"Slice columns: `([a-z_,]+)`", text).group(1).split(",")
    names = {"SLICE": slice_names}
    for kind in ("MOVEMENT", "ITEM"):
        listed = re.search(rf"`{kind},([a-z_,]+)`", text).group(1).strip(",").split(",")
        names[kind] = listed + (slice_names if kind == "MOVEMENT" else [])
    return names


def listed():
    """The same from the executable."""
    out = subprocess.run([POINTHOUSE, "formats"], capture_output=True, text=True, check=True)
    found = {}
    for line in out.stdout.splitlines():
        file_type, kind, column, value_type, optional = line.split(",")
        found.setdefault((file_type, kind), []).append((column, value_type,
                                                        optional == "optional"))
    return found


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    ours = listed()
    page = documented()
    failures = []
    for key in sorted(set(page) | {k for k in ours if k[0] != "BATCH"}):
        if page.get(key) != ours.get(key):
            sides = f"\n  page   {page.get(key)}\n  reader {ours.get(key)}"
            failures.append(f"{key[0]} {key[1]}:{sides}")
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for kind, names in batch_names(text).items():
        mine = [column[0] for column in ours[("BATCH", kind)]]
        if names != mine:
            failures.append(f"BATCH {kind}:\n  page   {names}\n  reader {mine}")
    for failure in failures:
        print("FAILED: " + failure)
    print(f"{len(page)} kinds compared")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
