#!/usr/bin/env python3
"""Makes malformed input files, each with one fault: `make_bad.py DIRECTORY`.

Every file is a good one (tests/files/good) with something changed, or a small one written here.
A case says the code and the line that `pointhouse check` must name. A file is checked together
with good/rulebook.csv, but for rule books, which are checked alone.
"""

import os
import pathlib
import struct
import sys
from dataclasses import dataclass

import _batch as b
from _frame import frame, member

GOOD = pathlib.Path(__file__).resolve().parent / "good"
A, B = member(1, 1), member(1, 2)
FAR = member(2, 1)
ZEROS = "0" * 64
MONTH = "2006-01-01,2006-02-01"
ROWS_MAX = 200_000_000


@dataclass
class Case:
    """One malformed file."""

    code: str
    what: str
    data: bytes
    line: int
    extension: str = "csv"
    also: tuple = ()  # codes that follow from the same mistake

    @property
    def name(self):
        return f"{self.code}-{self.what}.{self.extension}"


def good(name):
    return (GOOD / name).read_bytes()


def changed(name, old, new):
    """A good file with its first `old` replaced."""
    data = good(name)
    old, new = (x.encode() if isinstance(x, str) else x for x in (old, new))
    assert old in data, (name, old)
    return data.replace(old, new, 1)


def day(*rows, date="2007-04-05", **totals):
    return frame("PROVINCE_DAY", "P01", date, 5, list(rows), **totals)


def partner(*rows):
    return frame("PARTNER_DAY", "AIR1", "2007-04-05", 9, list(rows))


def opening(*rows, date="2007-04-01", sender="P01"):
    return frame("OPENING_LOTS", sender, date, 0, list(rows))


def book(*rows):
    """The good rule book with rows added."""
    lines = good("rulebook.csv").decode().splitlines()[1:-1]
    return frame("RULEBOOK", "CMCC", "2007-01-01", 0, [*lines, *rows])


def small_book(*rows, clearing="PARTICIPANT,CMCC,100,CLEARING,集团,Group"):
    return frame("RULEBOOK", "CMCC", "2007-01-01", 0, [clearing, *rows])


def calendar(*rows, year="YEAR,2007"):
    return frame("CALENDAR", "CMCC", "2007-01-01", 0, [year, *rows])


BILL = f"BILL,1,A-1,{A},2007-03,18650"
MOVE_IN = f"MOVE_IN,1,{FAR},P02"
LOT = "LOT,P02/20070105/3,2006-12,CONSUMPTION,1,2010-01-01,500,120"
REDEEM = f"REDEEM,1,P02/20070405/1,{A},100,PHONE_CREDIT,P02,,,,"
DELIVERY = f"DELIVERY,1,{FAR},P02,,90,GIFT,1000,0,200"
P_ACCRUAL = f"ACCRUAL,AIR1/20070405/a,{A},30"
SPLIT = f"BILL_SPLIT,1,A-1,{A},2007-03,1000,600,400"
SHEET = f"SHEET,1,{A},b2b,"
PROPOSE = f"VIP_PROPOSE,1,,{A},vip-gold,RANK,2008-03,Shop-12"


def encoding_cases():
    text = good("rulebook.csv").decode()
    one = day(BILL)
    return [
        Case("F101", "no-byte", b"", 0),
        Case("F102", "latin-1-byte", day(BILL).replace(b"A-1", b"A-\xe9"), 2),
        Case("F102", "truncated-character", book("PARTICIPANT,P09,9,PROVINCE,X,Y").replace(
            b",X,", b",\xe5\x8c,"), 22),
        Case("F103", "gb18030", text.encode("gb18030"), 2),
        Case("F103", "gbk-four-bytes", text.replace("北京", "\U00020000").encode("gb18030"), 2),
        Case("F104", "utf16-little", text.encode("utf-16"), 1),
        Case("F104", "utf16-big-without-mark", text.encode("utf-16-be"), 1),
        Case("F105", "byte-order-mark", b"\xef\xbb\xbf" + one, 1),
        Case("F106", "crlf", one.replace(b"\n", b"\r\n"), 1),
        Case("F106", "crlf-in-one-line", one.replace(b"650\n", b"650\r\n"), 2),
        Case("F107", "no-final-newline", one[:-1], 3),
        Case("F108", "line-too-long", day(BILL.replace("A-1", "A" * 1100)), 2),
        Case("F109", "tab", day(BILL.replace("A-1", "A-\t1")), 2),
        Case("F109", "carriage-return-within", day(BILL.replace("A-1", "A-\r1")), 2),
        Case("F109", "next-line-character", book("PARTICIPANT,P09,9,PROVINCE,X\u0085,Y"), 22),
        Case("F110", "quoted-field", day(BILL.replace("A-1", '"A-1"')), 2),
        Case("F111", "empty-line", day(BILL, ""), 3),
        Case("F112", "too-many-rows", one[:-11] + b"\n" * (ROWS_MAX + 1) + one[-11:], 0),
        Case("F114", "more-than-1000", day(*["BILL"] * 1001), 1002),
    ]


def frame_cases():
    one = day(BILL)
    return [
        Case("F201", "no-header", one.split(b"\n", 1)[1], 1),
        Case("F201", "five-fields", one.replace(b",5\n", b"\n", 1), 1),
        Case("F202", "unknown-type", one.replace(b"PROVINCE_DAY", b"PROVINCE_DAYS"), 1),
        Case("F203", "version-2", one.replace(b"DAY,1,", b"DAY,2,"), 1),
        Case("F204", "daily-file-0", one.replace(b"-05,5", b"-05,0"), 1),
        Case("F204", "calendar-numbered", changed("calendar.csv", "01-01,0", "01-01,1"), 1),
        Case("F205", "province-day-by-bank", one.replace(b",P01,", b",BANK1,"), 1),
        Case("F205", "partner-day-by-province",
             partner(P_ACCRUAL.replace("AIR1", "P02")).replace(b"1,AIR1", b"1,P02"), 1),
        Case("F205", "rulebook-by-province", book().replace(b"1,CMCC", b"1,P01"), 1),
        Case("F205", "cutoff-by-airline", changed("cutoff.csv", "CMCC", "AIR1"), 1),
        Case("F206", "opening-on-the-second", opening(date="2007-04-02"), 1),
        Case("F407", "header-date", one.replace(b"2007-04-05", b"2007-04-31"), 1),
        Case("F410", "header-sender", one.replace(b",P01,", b",p01,"), 1),
        Case("F511", "header-sender", one.replace(b",P01,", b",P77,"), 1),
        Case("F405", "header-sequence", one.replace(b"-05,5", b"-05,05"), 1),
        Case("F301", "no-trailer", b"\n".join(one.split(b"\n")[:2]) + b"\n", 2),
        Case("F301", "trailer-of-three-fields",
             one.replace(b"\nEND,1,0,18650", b"\nEND,1,0"), 3),
        Case("F302", "one-row-too-many", one.replace(b"END,1,", b"END,2,"), 3),
        Case("F303", "points", changed("partner-day.csv", ",1211,0", ",1210,0"), 12),
        Case("F304", "fen", day(BILL, fen=18651), 3),
        Case("F305", "row-after-trailer", one + BILL.encode() + b"\n", 4),
    ]


def value_cases():
    def bill(old, new):
        return day(BILL.replace(old, new))

    return [
        Case("F401", "kind-of-another-type", day("ACCRUALS,1"), 2),
        Case("F401", "lower-case", day("bill" + BILL[4:]), 2),
        Case("F402", "field-missing", day(BILL + ","), 2),
        Case("F402", "one-too-few", day("VOID,1"), 2),
        Case("F403", "empty-member", bill(A, ""), 2),
        Case("F403", "merchant-without-partner",
             day(f"REDEEM,1,MER1/20070405/1,{A},1,MERCHANT,,,,,"), 2),
        Case("F403", "giver-without-id", day(REDEEM.replace("P02/20070405/1", "")), 2),
        Case("F403", "gift-without-cash", day(DELIVERY.replace("0,200", "0,")), 2),
        Case("F403", "refund-of-nobody", day(f"REFUND,1,,P01/20070401/1,{A},1,,"), 2),
        Case("F403", "slice-without-month",
             changed("batch.csv", ",2007-03,2010-04-01,TENURE,1,REDEEMED",
                     ",,2010-04-01,TENURE,1,REDEEMED"), 9),
        Case("F404", "merchant-with-giver",
             day(f"REDEEM,1,MER1/20070405/1,{A},1,MERCHANT,P02,MER1,,,"), 2),
        Case("F404", "partner-with-phone-credit", day(REDEEM.replace("P02,,", "P02,AIR1,")), 2),
        Case("F404", "cost-of-phone-credit", day(REDEEM[:-2] + "7,,"), 2),
        Case("F404", "own-gift-with-id",
             day(f"REDEEM,1,P02/20070405/1,{A},1,GIFT,P01,,1,0,0"), 2),
        Case("F404", "fixed-line-by-another", day(REDEEM.replace("PHONE_CREDIT", "FIXED_LINE")), 2),
        Case("F404", "refund-of-two", day(f"REFUND,1,,P01/20070401/1,{A},1,P01,MER1"), 2),
        Case("F404", "debt-with-month",
             changed("batch.csv", "20000101/0,,,DEBT,,REPAID",
                     "20000101/0,2007-01,,DEBT,,REPAID"), 15),
        Case("F405", "leading-zero", bill("18650", "018650"), 2),
        Case("F405", "sign", bill("18650", "+18650"), 2),
        Case("F405", "decimal-point", bill("18650", "186.50"), 2),
        Case("F405", "minus-zero", changed("batch.csv", "ISSUED,,-5", "ISSUED,,-0"), 4),
        Case("F406", "fen-beyond", bill("18650", "100000000001"), 2),
        Case("F406", "serial-0", bill("BILL,1", "BILL,0"), 2),
        Case("F406", "serial-beyond", bill("BILL,1", "BILL,3000000000"), 2),
        Case("F406", "digits-beyond", day(BILL.replace("18650", "9" * 40), fen=0), 2),
        Case("F406", "flag-2", day(f"EARN,1,{A},TENURE,2007-03,40,2"), 2),
        Case("F406", "rate-0", day(f"EXCHANGE_OUT,1,,{A},AIR1,1000,100,0"), 2),
        Case("F407", "april-31", day(f"HOLD,1,,{A},80,2007-04-31"), 2),
        Case("F407", "slashes", day(f"HOLD,1,,{A},80,2007/04/30"), 2),
        Case("F407", "year-2100", day(f"HOLD,1,,{A},80,2100-01-01"), 2),
        Case("F407", "in-an-id", day("VOID,1,P01/20070229/13"), 2),
        Case("F408", "month-13", bill("2007-03", "2007-13"), 2),
        Case("F408", "no-dash", bill("2007-03", "200703"), 2),
        Case("F409", "no-slash", day("VOID,1,P01-20070405-13"), 2),
        Case("F409", "reference-of-25", day("VOID,1,P01/20070405/" + "x" * 25), 2),
        Case("F409", "lot-with-letters", day(f"UNEARN,1,{A},P01/20070401/k7,10"), 2),
        Case("F409", "lot-leading-zero", day(f"UNEARN,1,{A},P01/20070401/07,10"), 2),
        Case("F410", "lower-case-code", day(f"MOVE_IN,1,{FAR},p02"), 2),
        Case("F410", "one-letter", small_book("PARTICIPANT,P,1,PROVINCE,X,Y"), 3),
        Case("F411", "thirteen-digits", bill(A, A[1:]), 2),
        Case("F411", "province-00", bill(A, "00000000000010"), 2),
        Case("F412", "check-digit", bill(A, A[:-1] + str((int(A[-1]) + 1) % 10)), 2),
        Case("F412", "two-digits-changed-places", bill(A, "10" + A[2:]), 2),
        Case("F413", "form", day(DELIVERY.replace("GIFT", "MERCHANT")), 2),
        Case("F413", "source", day(f"EARN,1,{A},CONSUMPTION,2007-03,40,1"), 2),
        Case("F413", "contract-types", book().replace(b",P01,AX,", b",P01,XA,"), 9),
        Case("F414", "capital-digits", changed("cutoff.csv", "a1" * 32, "A1" * 32), 3),
        Case("F414", "short", changed("cutoff.csv", "a1" * 32, "a1" * 31), 3),
        Case("F415", "61-characters", book("PARTICIPANT,P09,9,PROVINCE," + "京" * 61 + ",Y"), 22),
        Case("F416", "seventeen", bill("A-1,", "A" * 17 + ","), 2),
        Case("F416", "blank", bill("A-1,", "A 1,"), 2),
        Case("F417", "capital-unit", book().replace(b",mile,", b",Mile,"), 9),
    ]


def row_cases():
    serial = f"TRANSFER,5,{A}"
    accrual = f"ACCRUAL,1,AIR1/20070404/a1,{A},AIR1,30"
    return [
        Case("F501", "same-serial", day(serial, serial), 3),
        Case("F501", "falling", day(serial, serial.replace(",5,", ",4,")), 3),
        Case("F502", "lot-first", day(LOT), 2),
        Case("F502", "lot-below-bill", day(BILL, LOT), 3),
        Case("F502", "debt-below-refund",
             day(f"REFUND,1,,P01/20070401/1,{A},1,P01,", "DEBT,P02,7"), 3),
        Case("F502", "slice-below-movement",
             changed("batch.csv", "ITEM,18,REFUND,NEW,P01/20070405/18,P01/20070401/8,"
                     "01000000000012,P01,,,10,,,,,,,,\n", "").replace(b"END,17,325",
                                                                     b"END,16,315"), 6),
        Case("F503", "correct-before-bill", day("CORRECT,3,1", BILL), 2),
        Case("F503", "correct-at-the-end", day(BILL, "CORRECT,3,1"), 3),
        Case("F503", "correct-twice", day("CORRECT,3,1", "CORRECT,3,1", DELIVERY), 2),
        Case("F503", "partner-correct-before-withdraw", partner("CORRECT,3,2", "WITHDRAW,3,4"), 2),
        Case("F504", "id-of-tomorrow", day(accrual.replace("20070404", "20070406")), 2),
        Case("F504", "parent-of-tomorrow", day("VOID,1,P01/20070406/1"), 2),
        Case("F504", "lot-of-tomorrow", day(f"UNEARN,1,{A},P01/20070406/7,10"), 2),
        Case("F504", "opening-lot-of-its-first-day",
             opening(f"LOT,P01/20070401/3,{A},2006-12,LEVEL,1,2010-01-01,5,5"), 2),
        Case("F504", "partner-id", partner(P_ACCRUAL.replace("20070405", "20070406")), 2),
    ]


def member_cases():
    """Rows of members: of each check one at least."""
    account = f"ACCOUNT,1,A-1,{A},2005-06,MOBILE_2G,0,1,3"
    call = f"CALL,1,,{A},18,1,"
    return [
        Case("F418", "capital-name", day(f"PLAN,1,A-1,{A},Plan-88"), 2),
        Case("F418", "name-of-25", day(f"PLAN,1,A-1,{A}," + "x" * 25), 2),
        Case("F418", "input-with-blank", day(SHEET, "INPUT,a b,1,"), 3),
        Case("F419", "name-of-a-person", day(PROPOSE.replace("Shop-12", "王丽")), 2),
        Case("F419", "officer-of-17", day(PROPOSE.replace("Shop-12", "x" * 17)), 2),
        Case("F420", "odd-digits", day(MOVE_IN, "STANDING,504"), 3),
        Case("F420", "capital-hex", day(MOVE_IN, "STANDING,5A"), 3),
        Case("F420", "digits-902", day(MOVE_IN, "STANDING," + "0" * 902), 3),
        Case("F403", "no-officer", day(PROPOSE.replace("Shop-12", "")), 2),
        Case("F403", "no-approval", day("VIP_DECIDE,1,P01/20070405/1,,Boss-1"), 2),
        Case("F403", "standing-of-nothing", day(MOVE_IN, "STANDING,"), 3),
        Case("F404", "split-below-zero", day(SPLIT.replace(",400", ",401")), 2),
        Case("F404", "more-than-the-total", day(SPLIT.replace("600,400", "1001,0")), 2),
        Case("F404", "merged-into-itself", day(f"MERGE,1,,{A},,{A}"), 2),
        Case("F404", "until-a-month-that-is-over", day(PROPOSE.replace("2008-03", "2007-03")), 2),
        Case("F404", "cost-before-delivery", day("ORDER_STATE,1,P01/20070405/1,SHIPPED,5,"), 2),
        Case("F406", "region-10", day(account[:-1] + "10"), 2),
        Case("F406", "quantity-0", day(f"ORDER,1,,{A},handset,0,5,0,"), 2),
        Case("F406", "called-back-at-once", day(call + "0"), 2),
        Case("F406", "input-points", day(SHEET, "INPUT,a,1,1000001"), 3),
        Case("F412", "beneficiary", day(f"ORDER,1,,{A},handset,1,5,0,{A[:-1]}0"), 2),
        Case("F413", "service", day(account.replace("MOBILE_2G", "MOBILE_5G")), 2),
        Case("F501", "member-among-others", day(f"BLACKLIST,2,{A},1", BILL), 3),
        Case("F502", "input-below-bill", day(BILL, "INPUT,a,1,"), 3),
        Case("F502", "standing-below-sheet", day(SHEET, "INPUT,a,1,", "STANDING,50"), 4),
        Case("F502", "lot-below-sheet", day(SHEET, "INPUT,a,1,", LOT), 4),
        Case("F504", "joined-next-month", day(account.replace("2005-06", "2007-05")), 2),
        Case("F504", "order-of-tomorrow", day("ORDER_STATE,1,P01/20070406/1,FAILED,,"), 2),
        Case("F505", "profile-twice", day(*[f"PROFILE,{n},P01/20070405/x,{A}" for n in (1, 2)]), 3),
        Case("F506", "input-twice", day(SHEET, "INPUT,a,1,", "INPUT,a,2,"), 4),
        Case("F507", "own-digits", day(f"PROFILE,1,P01/20070405/17,{A}"), 2),
        Case("F507", "another-provinces-profile", day(f"PROFILE,1,P02/20070405/x,{A}"), 2),
        Case("F507", "spend-by-another", day(f"PARTNER_SPEND,1,MER1/20070405/1,{A},AIR1,5"), 2),
        Case("F507", "order-elsewhere", day("ORDER_STATE,1,P02/20070405/1,FAILED,,"), 2),
        Case("F508", "complaint-of-itself", day("COMPLAINT,1,,P01/20070405/1,LATE"), 2),
        Case("F510", "sheet-without-input", day(SHEET), 2),
        Case("F512", "province-as-merchant",
             day(f"PARTNER_SPEND,1,P02/20070405/1,{A},P02,5"), 2),
        Case("F607", "grade-of-no-day", day(f"GRADE,1,{A},level,vip,2007-01-01,2007-01-01"), 2),
    ]


def identity_cases():
    accrual = f"ACCRUAL,1,AIR1/20070404/a1,{A},AIR1,30"
    return [
        Case("F505", "accrual-twice", day(accrual, accrual.replace("L,1,", "L,2,")), 3),
        Case("F505", "redeem-and-capture",
             day(REDEEM, "CAPTURE,2,P02/20070405/1,P02/20070405/9,5,1,GIFT,P02,,,,"), 3),
        Case("F505", "partner-twice", partner(P_ACCRUAL, P_ACCRUAL), 3),
        Case("F506", "lot-twice-below-move", day(MOVE_IN, LOT, LOT), 4),
        Case("F506", "opening-lot-twice", opening(*[f"LOT,P01/20070105/3,{A},2006-12,LEVEL,1,"
                                                    "2010-01-01,5,5"] * 2), 3),
        Case("F506", "opening-member-twice", opening(f"MEMBER,{A}", f"MEMBER,{A}"), 3),
        Case("F506", "opening-debt-twice", opening(*[f"DEBT,{A},P02,15"] * 2), 3),
        Case("F506", "sender-twice", changed("cutoff.csv", "SENDER,P02,0", "SENDER,P01,0"), 8,
             also=("F510",)),
        Case("F506", "holiday-twice", calendar("HOLIDAY,2007-01-01", "HOLIDAY,2007-01-01"), 4),
        Case("F507", "accrual-by-another", day(accrual.replace("AIR1/", "BANK1/")), 2),
        Case("F507", "redeem-by-another", day(REDEEM.replace("P02/", "P03/")), 2),
        Case("F507", "own-hold-with-id", day(f"HOLD,2,P01/20070405/1,{A},80,2007-04-30"), 2),
        Case("F507", "own-delivery-refund-with-id",
             day(f"DELIVERY_REFUND,2,P01/20070405/1,P01/20070401/5,{FAR},P02,40"), 2),
        Case("F507", "move-out-by-another", day(f"MOVE_OUT,1,P03/20070405/1,{A},P02"), 2),
        Case("F507", "confirm-of-another", day("CONFIRM,1,P02/20070405/1"), 2),
        Case("F507", "own-refund-with-id",
             day(f"REFUND,1,P02/20070405/7,P01/20070401/1,{A},1,P01,"), 2),
        Case("F507", "partner-accrual", partner(P_ACCRUAL.replace("AIR1/", "P01/")), 2),
        Case("F508", "refund-of-itself",
             day(f"REFUND,1,MER1/20070405/1,MER1/20070405/1,{A},1,,MER1"), 2),
        Case("F508", "own-refund-of-itself", day(f"REFUND,9,,P01/20070405/9,{A},1,P01,"), 2),
        Case("F508", "partner-refund",
             partner(f"REFUND,AIR1/20070405/1,AIR1/20070405/1,{A},1"), 2),
        Case("F509", "calendar-without-year-first",
             calendar("YEAR,2007", year="HOLIDAY,2007-01-01"), 2),
        Case("F509", "cutoff-order", changed("cutoff.csv", f"SENDER,BANK1,0,{ZEROS}\nSENDER,MER1",
                                             f"SENDER,MER1,0,{ZEROS}\nSENDER,BANK1"), 12),
        Case("F509", "cutoff-period-second", frame("CUTOFF", "CMCC", "2007-05-10", 0,
             ["RULEBOOK," + "a1" * 32, *good("cutoff.csv").decode().split("\n")[1:2],
              *good("cutoff.csv").decode().split("\n")[3:-2]]), 3),
        Case("F509", "batch-movement-after-item", moved_movement(), 17),
        Case("F510", "no-year", frame("CALENDAR", "CMCC", "2007-01-01", 0, []), 2),
        Case("F510", "sender-missing",
             changed("cutoff.csv", f"SENDER,MER1,0,{ZEROS}\nEND,11", "END,10"), 12),
        Case("F510", "batch-without-digest", without_digest(), 18),
        Case("F511", "unknown-home", day(MOVE_IN.replace("P02", "P44")), 2),
        Case("F511", "unknown-in-id", day("VOID,1,P44/20070405/1"), 2),
        Case("F512", "bank-as-giver", day(REDEEM.replace("P02", "BANK1")), 2),
        Case("F512", "province-as-partner", day(accrual.replace("AIR1", "P02")), 2),
        Case("F512", "move-in-from-itself", day(MOVE_IN.replace("P02", "P01")), 2),
        Case("F512", "lot-of-an-airline", day(f"UNEARN,1,{A},AIR1/20070401/7,10"), 2),
        Case("F512", "clearing-as-sender",
             changed("cutoff.csv", "SENDER,AIR1", f"SENDER,CMCC,0,{ZEROS}\nSENDER,AIR1").replace(
                 b"END,11", b"END,12"), 10),
        Case("F513", "more-than-original", day(MOVE_IN, LOT.replace("500,120", "500,501")), 3),
        Case("F513", "opening-lot",
             opening(f"LOT,P01/20070105/3,{A},2006-12,LEVEL,1,2010-01-01,5,6"), 2),
        Case("F514", "withdraw-of-this-file", day("WITHDRAW,1,5,1"), 2),
        Case("F514", "correct-of-a-later-file", day("CORRECT,6,1", DELIVERY), 2),
        Case("F514", "partner-withdraw", partner("WITHDRAW,9,2"), 2),
        Case("F514", "in-a-batch", b.good_batch(sequence=3), 0, "phb"),
    ]


def moved_movement():
    """The good batch with a movement below the items."""
    lines = good("batch.csv").decode().splitlines()
    row = lines.pop(2)
    lines.insert(-2, row)
    return "".join(line + "\n" for line in lines).encode()


def without_digest():
    lines = good("batch.csv").decode().splitlines()
    del lines[-2]
    lines[-1] = lines[-1].replace("END,17", "END,16")
    return "".join(line + "\n" for line in lines).encode()


def rule_cases():
    price = "PRICE,{},INTER,,,,,1,2,,,{},{}"
    return [
        Case("F601", "code-twice", book("PARTICIPANT,P01,9,PROVINCE,X,Y"), 22),
        Case("F602", "number-twice", book("PARTICIPANT,P09,1,PROVINCE,X,Y"), 22),
        Case("F603", "province-100", book("PARTICIPANT,P09,200,PROVINCE,X,Y"), 22),
        Case("F603", "bank-99", book("PARTICIPANT,BANK9,99,BANK,X,Y"), 22),
        Case("F604", "no-clearing", frame("RULEBOOK", "P01", "2007-01-01", 0, []), 0),
        Case("F605", "contract-of-nobody", book("CONTRACT,AIR9,P01,A,1,0,,2007-01-01,"), 22),
        Case("F605", "price-of-nobody", book("PRICE,77,SALE,AIR9,,,,1,2,,,2007-01-01,"), 22),
        Case("F606", "acquirer-a-bank",
             book("CONTRACT,MER1,BANK1,A,1,0,,2006-01-01,2006-02-01"), 22),
        Case("F606", "partner-a-province", book("PRICE,77,SALE,P02,,,,1,2,,,2007-01-01,"), 22),
        Case("F607", "to-before-from", book(price.format(77, "2006-01-02", "2006-01-02")), 22),
        Case("F608", "two-defaults", book(price.format(77, "2007-06-30", "")), 22),
        Case("F608", "two-contracts", book("CONTRACT,AIR1,P02,A,1,0,,2007-02-01,"), 22),
        Case("F609", "version-twice", book(price.format(3, "2006-01-01", "2006-02-01")), 22),
        Case("F610", "sale-without-partner", book("PRICE,77,SALE,,,,,1,2,,," + MONTH), 22),
        Case("F610", "pair-without-form", book("PRICE,77,INTER,,,P01,P02,1,2,,," + MONTH), 22),
        Case("F610", "out-without-block", book("PRICE,77,OUT,BANK1,,,,1,2,,5," + MONTH), 22),
        Case("F610", "unit-without-exchange",
             book("CONTRACT,BANK1,P02,A,1,0,mile," + MONTH), 22),
        Case("F612", "expiry-twice", book("EXPIRY,YEAR,2,2020-01", "EXPIRY,YEAR,3,2020-01"), 23),
        Case("F612", "expiry-before-another",
             book("EXPIRY,YEAR,2,2020-01", "EXPIRY,QUARTER,3,2019-12"), 23),
        Case("F406", "expiry-never", book("EXPIRY,YEAR,0,2020-01"), 22),
        Case("F406", "expiry-of-11-years", book("EXPIRY,QUARTER,11,2020-01"), 22),
        Case("F413", "expiry-monthly", book("EXPIRY,MONTH,3,2020-01"), 22),
        Case("F611", "round-trip", book().replace(b"IN,AIR1,,,,9,1,", b"IN,AIR1,,,,11,1,"), 17),
    ]


def calendar_cases():
    holidays = [f"HOLIDAY,2007-01-{d:02d}" for d in (1, 2, 3, 4, 5, 8, 9, 10, 11)]
    return [
        Case("F701", "another-year", calendar("HOLIDAY,2008-01-01"), 3),
        Case("F702", "holiday-on-saturday", calendar("HOLIDAY,2007-01-06"), 3),
        Case("F703", "workday-on-monday", calendar("WORKDAY,2007-01-08"), 3),
        Case("F704", "fourteen-working-days", calendar(*holidays), 12),
        Case("F705", "close-in-the-month", changed("cutoff.csv", "2007-05-10", "2007-04-30"), 1),
        Case("F706", "zeros-of-sequence-5", changed("cutoff.csv", "e5" * 32, ZEROS), 7),
        Case("F706", "digest-of-sequence-0",
             changed("cutoff.csv", f"P02,0,{ZEROS}", "P02,0," + "e5" * 32), 8),
    ]


def with_field(place, form, value):
    """The good batch with a value of its header or records changed and the digest taken anew."""
    data = bytearray(b.good_batch()[:-32])
    struct.pack_into(form, data, place, value)
    return bytes(data) + b.hashlib.sha256(data).digest()


def passing(*halves, account=5):
    """A batch of REASSIGN movements alone: member, entry, points."""
    return b.batch([b.pack_movement(who, entry, 7, b.old_slice(account, points))
                    for who, entry, points in halves], [], [])


def batch_cases():
    movements, items, slices = b.good_records()
    first_item = 96 + 3 * 48
    second_item = first_item + 144  # a REDEEM
    first_slice = first_item + 5 * 144

    def case(code, what, data, *also):
        return Case(code, what, data, 0, "phb", also)

    return [
        case("F801", "magic", b.good_batch(magic=b"PHB2")),
        case("F802", "layout-2", b.good_batch(layout=2)),
        case("F803", "short", b.good_batch()[:-1]),
        case("F803", "no-header", b"PHB1" + bytes(20)),
        case("F803", "count-beyond", b.good_batch(counts=(1 << 60, 5, 7))),
        case("F804", "digest", b.good_batch()[:-32] + bytes(32)),
        Case("F804", "csv-digest", changed("batch.csv", "DIGEST,57", "DIGEST,58"), 18),
        case("F805", "items", b.batch(movements, items[::-1], slices[-1:] + slices[3:6] +
                                      slices[1:3] + slices[:1])),
        case("F805", "movements", b.batch(movements[::-1], items, slices)),
        case("F806", "movement-kind", with_field(96 + 12, "<B", 8)),
        *(case("F806", "reassign-" + what, passing(*halves)) for what, *halves in (
            ("alone", (b.ALICE, 5, -10)),
            ("to-itself", (b.ALICE, 5, -10), (b.ALICE, 5, 10)),
            ("other-entry", (b.ALICE, 5, -10), (b.BOB, 6, 10)),
            ("other-points", (b.ALICE, 5, -10), (b.BOB, 5, 9)),
            ("twice-taken", (b.ALICE, 5, -10), (b.BOB, 5, -10)),
            ("second-first", (b.BOB, 5, 10), (b.ALICE, 5, 10)),
            ("half-more", (b.ALICE, 5, -10), (b.BOB, 5, 10), (b.ALICE, 6, -4)))),
        case("F810", "reassign-account", passing((b.ALICE, 5, -10), (b.BOB, 5, 10), account=4)),
        case("F806", "movement-zero", with_field(96 + 13, "<B", 1)),
        case("F806", "member-check-digit", with_field(first_item + 8, "<Q", b.ALICE + 1)),
        case("F806", "reference-not-padded", with_field(first_item + 16 + 27, "<B", 65)),
        case("F806", "negative-points", with_field(first_item + 88, "<q", -10), "F808"),
        case("F806", "cited-in-a-new-item", with_field(first_item + 128, "<I", 1)),
        case("F806", "month-1200", with_field(first_slice + 8, "<H", 1200)),
        case("F806", "slice-zero", with_field(first_slice + 15, "<B", 1)),
        case("F806", "delta-zero", with_field(first_slice + 24, "<q", 0)),
        case("F806", "redeemed-without-code", with_field(second_item + 72, "<Q", 0)),
        case("F806", "redeemed-by-anothers-code",
             with_field(second_item + 72, "<Q", b.entry_id(2, "2007-04-05", 7))),
        case("F806", "redeemed-by-a-later-code",
             with_field(second_item + 72, "<Q", b.entry_id(1, "2007-04-06", 7))),
        case("F807", "sequence-0", with_field(12, "<I", 0)),
        case("F807", "zero", b.good_batch(zero=1)),
        case("F807", "date", with_field(8, "<H", 36525), "F813"),
        case("F808", "points", b.good_batch(points=326)),
        case("F808", "fen", b.good_batch(fen=521)),
        case("F809", "second-batch-without", b.good_batch(previous=bytes(32))),
        Case("F809", "csv", good("batch.csv").replace(b"11" * 32, ZEROS.encode()), 2),
        case("F810", "account", with_field(first_slice + 14, "<B", 1)),
        case("F810", "sign", with_field(first_slice + 24, "<q", -10)),
        case("F813", "another-issuer", with_field(96 + 16 + 6, "<H", 2)),
        case("F813", "another-entry", with_field(96 + 16, "<I", 4)),
        case("F813", "original", with_field(96 + 16 + 16, "<q", 41)),
        case("F813", "expires", with_field(96 + 16 + 10, "<H", b.days("2010-07-01"))),
        case("F811", "slices",
             b.batch([], [items[0][:136] + struct.pack("<II", 2, 0)], slices[:1])),
        case("F812", "more-points-than-slices",
             with_field(first_item + 144 + 88, "<q", 61),
             "F808"),
        case("F511", "unknown-counterparty", with_field(first_item + 4 * 144 + 4, "<H", 999)),
        case("F512", "items-of-a-partner", b.good_batch(sender=101), "F806", "F813"),
        case("F205", "sent-by-the-clearing", b.good_batch(sender=100), "F806", "F813"),
        Case("F303", "batch-points", changed("batch.csv", "END,17,325", "END,17,324"), 19),
        Case("F304", "batch-fen", changed("batch.csv", ",325,520", ",325,519"), 19),
    ]


def cases():
    return [*encoding_cases(), *frame_cases(), *value_cases(), *row_cases(), *member_cases(),
            *identity_cases(), *rule_cases(), *calendar_cases(), *batch_cases()]


def main():
    folder = pathlib.Path(sys.argv[1])
    os.makedirs(folder, exist_ok=True)
    for case in cases():
        (folder / case.name).write_bytes(case.data)
    print(f"{len(cases())} files in {folder}")


if __name__ == "__main__":
    main()
