#!/usr/bin/python3
"""Billing data from outside as a province's day: 7,043 customers of a telephone company, read
exactly. The figures are those of the data set, summed by decimal arithmetic here."""

import csv
import decimal
import os
import sys
import tempfile

from _pointhouse import ROOT, fail, run, write_csv

DATA = os.path.join(os.path.dirname(ROOT), "shared", "data", "telco_churn.csv")
ROWS, FEN, POINTS = 7043, 45_611_660, 452_836


def member(serial):
    """Province 11's member: ISO 7064 MOD 11,10 over 13 digits."""
    digits, product = f"11{serial:011}", 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return digits + str((11 - product) % 10)


def write_rules(directory):
    write_csv(os.path.join(directory, "rules.csv"), "POINTHOUSE,RULEBOOK,1,CLR,2026-01-01,0",
              ["PARTICIPANT,P11,11,PROVINCE,北京电信,Beijing Telecom",
               "PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
               "PRICE,1,INTER,,,,,3,5,,,2026-01-01,"])
    write_csv(os.path.join(directory, "calendar.csv"), "POINTHOUSE,CALENDAR,1,CLR,2026-01-01,0",
              ["YEAR,2026", "HOLIDAY,2026-04-06"])


def main():
    if not os.path.exists(DATA):
        print("not run: ../shared/data/telco_churn.csv is not there")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    rows, total = [], 0
    with open(DATA, encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=1):
            fen = decimal.Decimal(row["monthly_charges"]) * 100
            if fen != fen.to_integral_value():
                fail(f"row {number}: {fen} fen")
            rows.append(f"BILL,{number},A-{number},{member(number)},2026-02,{int(fen)}")
            total += int(fen)
    if (len(rows), total) != (ROWS, FEN):
        fail(f"the data: {len(rows)} rows, {total} fen")
    with tempfile.TemporaryDirectory() as work:
        inputs, out = os.path.join(work, "in"), os.path.join(work, "out")
        os.mkdir(inputs)
        write_rules(inputs)
        write_csv(os.path.join(inputs, "day.csv"),
                  "POINTHOUSE,PROVINCE_DAY,1,P11,2026-03-05,1", rows, fen=total)
        run("check", *[os.path.join(inputs, name) for name in os.listdir(inputs)])
        run("settle", "--in", inputs, "--period", "2026-03", "--out", out)
        with open(os.path.join(out, "rollforward.csv"), encoding="utf-8") as handle:
            roll = next(csv.DictReader(handle))
        if int(roll["issued"]) != POINTS or int(roll["closing"]) != POINTS:
            fail(f"issued {roll['issued']}, closing {roll['closing']}, not {POINTS}")
        with open(os.path.join(out, "closing-lots.csv"), encoding="utf-8") as handle:
            lots = sum(int(row["remaining"]) for row in csv.DictReader(handle))
        if lots != POINTS:
            fail(f"{lots} points in the lots, not {POINTS}")
    print(f"{ROWS:,} rows, {FEN:,} fen, {POINTS:,} points")


if __name__ == "__main__":
    main()
