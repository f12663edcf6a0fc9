"""Words, numbers, dates, ids and fractions, as docs/formats.md sections 1 and 6 define them.

Inside the oracle: a day counts from 2000-01-01 = 0, a month from 2000-01 = 0, a participant is
his number, an entry id is one integer (participant << 48 | day << 32 | number) and a transaction
id is the tuple (participant, day, reference bytes); tuples of ids sort in the canonical order.
"""

import datetime
from functools import lru_cache
from fractions import Fraction

EPOCH = datetime.date(2000, 1, 1)
LATE_DAYS_MAX = 90
GRACE_DAYS = 30
OWN_ENTRY_FIRST = 3_000_000_000
NO_ID = (0, 0, b"")

FORMS = {"PHONE_CREDIT": 1, "OWN_PRODUCT": 2, "GIFT": 3, "MERCHANT": 4, "FIXED_LINE": 5,
         "EXCHANGE_OUT": 6, "FUNDING": 7}
SOURCES = {"CONSUMPTION": 1, "TENURE": 2, "LEVEL": 3, "AWARD": 4, "FIXED_LINE": 5, "SP": 6,
           "PARTNER": 7, "EXCHANGE_IN": 8, "MIGRATION": 9, "DEBT": 15}
SOURCE_NAMES = {number: word for word, number in SOURCES.items()}
EARN_SOURCES = ("TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "MIGRATION")
DEBT = SOURCES["DEBT"]

ISSUED, REDEEMED, EXPIRED, FORFEITED, MOVED, REPAID = 1, 2, 3, 4, 5, 6

MOVE_EARN, MOVE_UNEARN, MOVE_EXPIRE, MOVE_FORFEIT, MOVE_REPAY, MOVE_WRITE_OFF = 1, 2, 3, 4, 5, 6
MOVE_REASSIGN = 7
MOVEMENT_NAMES = {1: "EARN", 2: "UNEARN", 3: "EXPIRE", 4: "FORFEIT", 5: "REPAY", 6: "WRITE_OFF",
                  7: "REASSIGN"}

REDEEM, EXCHANGE_OUT, ACCRUAL, EXCHANGE_IN = 16, 17, 18, 19
REFUND, UNISSUE, MOVE_OUT, MOVE_IN = 20, 21, 22, 23
DELIVERY, DELIVERY_REFUND = 32, 33
PARTNER_REDEMPTION, PARTNER_EXCHANGE_OUT, PARTNER_ACCRUAL = 34, 35, 36
PARTNER_EXCHANGE_IN, PARTNER_REFUND, NOT_CREDITED = 37, 38, 39
ITEM_NAMES = {
    16: "REDEEM", 17: "EXCHANGE_OUT", 18: "ACCRUAL", 19: "EXCHANGE_IN", 20: "REFUND",
    21: "UNISSUE", 22: "MOVE_OUT", 23: "MOVE_IN", 32: "DELIVERY", 33: "DELIVERY_REFUND",
    34: "PARTNER_REDEMPTION", 35: "PARTNER_EXCHANGE_OUT", 36: "PARTNER_ACCRUAL",
    37: "PARTNER_EXCHANGE_IN", 38: "PARTNER_REFUND", 39: "NOT_CREDITED"}
EXCHANGE_KINDS = (EXCHANGE_OUT, EXCHANGE_IN, PARTNER_EXCHANGE_OUT, PARTNER_EXCHANGE_IN)

NEW, CORRECT, WITHDRAW = 0, 1, 2

PARTNER_KINDS = ("AIRLINE", "BANK", "HOTEL", "MERCHANT")


class Refused(Exception):
    """The input cannot be understood, or breaks a rule that refuses the whole run."""


def need(condition, message):
    """Stops the run when the input isn't what the documents say."""
    if not condition:
        raise Refused(message)


# Dates.

@lru_cache(maxsize=None)
def day_of(text):
    """`YYYY-MM-DD` to a day number."""
    need(len(text) == 10, f"date {text!r}")
    return (datetime.date.fromisoformat(text) - EPOCH).days


@lru_cache(maxsize=None)
def date_of(day):
    return EPOCH + datetime.timedelta(days=day)


@lru_cache(maxsize=None)
def day_text(day):
    return date_of(day).isoformat()


@lru_cache(maxsize=None)
def month_of(text):
    """`YYYY-MM` to a month number."""
    need(len(text) == 7 and text[4] == "-", f"month {text!r}")
    month = int(text[5:])
    need(1 <= month <= 12, f"month {text!r}")
    return (int(text[:4]) - 2000) * 12 + month - 1


@lru_cache(maxsize=None)
def month_text(month):
    return f"{2000 + month // 12:04d}-{month % 12 + 1:02d}"


@lru_cache(maxsize=None)
def month_of_day(day):
    date = date_of(day)
    return (date.year - 2000) * 12 + date.month - 1


@lru_cache(maxsize=None)
def first_day(month):
    return (datetime.date(2000 + month // 12, month % 12 + 1, 1) - EPOCH).days


def last_day(month):
    return first_day(month + 1) - 1


def after_quarter(month):
    """First day after the month's quarter."""
    return first_day(month // 3 * 3 + 3)


def after_year(month):
    """1 January after the month's year."""
    return first_day(month // 12 * 12 + 12)


@lru_cache(maxsize=None)
def years_on(day, years):
    """The same day of a month so many years later; not of 29 February."""
    date = date_of(day)
    return (date.replace(year=date.year + years) - EPOCH).days


@lru_cache(maxsize=None)
def quarter_text(month):
    return f"{2000 + month // 12:04d}Q{month % 12 // 3 + 1}"


# Numbers.

def number_of(text):
    if not (text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")):
        raise Refused(f"number {text!r}")
    return int(text)


def round_half_up(value):
    """A fraction to an integer, half up; a negative one by its absolute value."""
    size = abs(value)
    whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return whole if value >= 0 else -whole


def fraction_text(value):
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    return f"{value.numerator}/{value.denominator}"


# Members.

def check_digit(digits13):
    """ISO 7064 MOD 11,10."""
    p = 10
    for digit in digits13:
        s = (p + int(digit)) % 10
        if s == 0:
            s = 10
        p = 2 * s % 11
    return (11 - p) % 10


def member_number(province, serial):
    digits = f"{province:02d}{serial:011d}"
    return f"{digits}{check_digit(digits)}"


@lru_cache(maxsize=None)
def member_of(text):
    need(len(text) == 14 and text.isascii() and text.isdigit(), f"member {text!r}")
    need(check_digit(text[:13]) == int(text[13]), f"check digit of member {text!r}")
    return int(text)


def member_text(member):
    return f"{member:014d}"


# Lots and entry ids.

def entry_id(participant, day, number):
    return participant << 48 | day << 32 | number


def entry_parts(entry):
    return entry >> 48, entry >> 32 & 0xFFFF, entry & 0xFFFFFFFF


def issuer_of(lot):
    return lot >> 48


def own_id(participant, day, number):
    """The transaction id that is an entry's own name."""
    return participant, day, str(number).encode()
