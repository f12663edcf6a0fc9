#!/usr/bin/env python3
"""The table of rows of members that the unit tests go by is what the second implementation makes
of the pages; and that refuses a day's file with such rows, as `settle` does."""

import pathlib
import sys

import basics
import inputs
import member_rows

GOOD = pathlib.Path(__file__).resolve().parents[1] / "files" / "good"


def main():
    assert member_rows.ROW.size == 248 and member_rows.INPUT.size == 40
    assert len({member_rows.fingerprint(data) for data in member_rows.rows()}) == 13
    if member_rows.TABLE.read_text(encoding="ascii") != member_rows.table():
        print(f"FAILED: {member_rows.TABLE.name} is not what member_rows.py makes")
        return 1
    book = inputs.RuleBook(inputs.read_raw(GOOD / "rulebook.csv"))
    assert len(inputs.day_file(inputs.read_raw(GOOD / "province-day.csv"), book).rows) == 35
    raw = inputs.read_raw(GOOD / "province-day-members.csv")
    try:
        inputs.day_file(raw, book)
    except basics.Refused as refusal:
        print(refusal)
        return 0 if ":3: ACCOUNT" in str(refusal) else 1
    print("FAILED: a day with rows of members was taken")
    return 1


sys.exit(main())
