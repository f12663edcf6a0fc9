"""Rows of members as bytes, and their fingerprint, from the pages alone (docs/journal.md, section
3; docs/decisions/0023-programme-format.md, section 3.1).

`member_rows.py` writes tests/files/member_rows.csv: a line each with fingerprint and bytes. The
unit tests hold the executable's against them, member_rows_test.py this file's own.
"""

import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "files" / "member_rows.csv"
sys.path.insert(0, str(ROOT / "tests" / "files"))

import _batch  # noqa: E402
from _frame import member  # noqa: E402

ROW = struct.Struct("<BB2BHHHH3IQQ16s24s24s24sQ28s28sq3q16sII")
INPUT = struct.Struct("<24sqq")
MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15
A, B = int(member(1, 1)), int(member(1, 2))


def mix(x):
    x ^= x >> 30
    x = x * 0xBF58476D1CE4E5B9 & MASK
    x ^= x >> 27
    x = x * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def fingerprint(data):
    """Four u32 over the words of the row and of its inputs."""
    assert len(data) % 8 == 0
    a, b = 1, 2
    for (word,) in struct.iter_unpack("<Q", data):
        a, b = (mix(a ^ word) + STEP) & MASK, mix((b + STEP) & MASK) ^ word
    a, b = mix(a), mix(b)
    return a & 0xFFFFFFFF, a >> 32, b & 0xFFFFFFFF, b >> 32


def id_bytes(participant, day, reference):
    return struct.pack("<HH24s", participant, _batch.days(day), reference.encode())


def row(kind, **given):
    """The bytes of a row; what isn't given is zero."""
    names, numbers, fen = (list(given.get(key, ())) for key in ("name", "number", "fen"))
    names = [text.encode() for text in names] + [b""] * (3 - len(names))
    numbers += [0] * (3 - len(numbers))
    fen += [0] * (3 - len(fen))
    flags = list(given.get("flag", ())) + [0, 0]
    inputs = given.get("inputs", [])
    head = ROW.pack(kind, given.get("word", 0), *flags[:2], given.get("month", 0),
                    given.get("date", 0), given.get("until", 0), 0, *numbers,
                    given.get("member", 0), given.get("other", 0),
                    given.get("account", "").encode(), *names, 0, given.get("id", bytes(28)),
                    given.get("parent", bytes(28)), given.get("points", 0), *fen,
                    given.get("officer", "").encode(), len(inputs), 0)
    return head + b"".join(INPUT.pack(name.encode(), value, points)
                           for name, value, points in inputs)


def rows():
    """Rows of several kinds, of which each field is in one at least."""
    own = id_bytes(1, "2007-04-05", "17")
    asked = id_bytes(1, "2007-04-05", "o-7")
    return [
        row(21, account="A-1001", member=A, month=_batch.months("2005-06"), word=2, flag=[0, 1],
            number=[3]),
        row(24, account="A-1003", member=B, month=_batch.months("2007-03"),
            fen=[20000, 1500, 500]),
        row(26, id=id_bytes(101, "2007-04-04", "s-1"), member=A, fen=[125000]),
        row(28, account="A-1001", member=A, name=["gprs", "shop", "plan-88"], number=[100]),
        row(31, id=own, member=B, account="A-1003", other=A),
        row(36, id=asked, member=A, name=["vip-gold"], word=2, until=_batch.months("2008-03"),
            officer="Shop-12"),
        row(37, parent=own, flag=[1], officer="Boss-1"),
        row(40, member=A, name=["level", "abcdefghijklmnopqrstuvw-"],
            date=_batch.days("2007-01-01"), until=_batch.days("2008-01-01")),
        row(41, member=A, name=["b2b", "value"],
            inputs=[("nature", 3, -1), ("strength", 250000, 18)]),
        row(42, id=asked, member=A, name=["phone-credit"], number=[1], points=5000, other=B),
        row(43, parent=asked, word=2, flag=[1, 1], fen=[3000, 0]),
        row(44, name=["handset"], points=-3),
        row(50, id=own, member=A, number=[95, 3600]),
    ]


def table():
    lines = []
    for data in rows():
        print_ = "".join(f"{word:08x}" for word in fingerprint(data))
        lines.append(f"{print_},{data.hex()}\n")
    return "".join(lines)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="ascii")
