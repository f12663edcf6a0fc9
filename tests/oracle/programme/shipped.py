"""The three programmes: those of ops/programmes, and while they aren't there the sketches of
decision 0023, formats, section 1.5, of which the last two say only what differs."""

import copy
import pathlib
import re
import tomllib

import sections

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "decisions" / "0023-programme-format.md"
NAMES = ("china-telecom", "china-unicom", "china-mobile-gotone")
SHARED = ("earn", "source", "transfer", "limits", "orders", "sheet", "sheet_input",
          "sheet_band", "sheet_cut")


def sketches():
    text = PAGE.read_text(encoding="utf-8")
    blocks = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.S)]
    found = {block["programme"]["code"]: block for block in blocks}
    telecom = found["china-telecom"]
    for name in NAMES[1:]:
        block = found[name]
        for section in SHARED:
            if section not in block:
                block[section] = copy.deepcopy(telecom[section])
        for section in ("tenure_award", "level_award"):
            block.setdefault(section, {"mode": "NONE"})
    found["china-mobile-gotone"].setdefault("queue", [])
    return found


def data_of(name):
    path = ROOT / "ops" / "programmes" / f"{name}.toml"
    if path.exists():
        return tomllib.loads(path.read_text(encoding="utf-8"))
    return sketches()[name]


def programme(name, **changes):
    """A version with some sections replaced: section=dict of keys, or a list of rows."""
    data = copy.deepcopy(data_of(name))
    for section, value in changes.items():
        if isinstance(value, dict):
            data.setdefault(section, {}).update(value)
        else:
            data[section] = value
    return sections.Programme(data)
