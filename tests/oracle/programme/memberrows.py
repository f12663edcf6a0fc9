"""Columns of the rows of members (formats.md, section 2), with their own types.

`day_file` reads a province's day with them; inputs.day_file refuses one, as settlement does.
"""

import re

import basics as b
import inputs

S, M = ("serial", "serial"), ("member", "member")
A, ID = ("account", "account"), ("id", "id?")

MEMBER_ROWS = {
    "ACCOUNT": [S, A, M, ("joined", "month"), ("service", "word"), ("prepaid", "flag"),
                ("real_name", "flag"), ("region", "number")],
    "ACCOUNT_END": [S, A, M],
    "PROFILE": [S, ID, M],
    "BILL_SPLIT": [S, A, M, ("bill_month", "month"), ("total", "fen"), ("third_party", "fen"),
                   ("collected", "fen")],
    "SP_SPEND": [S, A, M, ("bill_month", "month"), ("service", "name"), ("fen", "fen")],
    "PARTNER_SPEND": [S, ("id", "id"), M, ("partner", "code"), ("fen", "fen")],
    "FIXED_IN": [S, ID, M, ("units", "units")],
    "EVENT": [S, A, M, ("service", "name?"), ("channel", "name?"), ("plan", "name?"),
              ("credit", "number?")],
    "PLAN": [S, A, M, ("plan", "name?")],
    "BRAND": [S, A, M, ("brand", "name")],
    "MERGE": [S, ID, M, ("account", "account?"), ("into", "member")],
    "UNMERGE": [S, ("merge", "id"), M],
    "OWNER": [S, A, M],
    "ARREARS": [S, A, M, ("state", "word")],
    "BLACKLIST": [S, M, ("on", "flag")],
    "VIP_PROPOSE": [S, ID, M, ("flag", "name"), ("why", "word"), ("until", "month"),
                    ("officer", "officer")],
    "VIP_DECIDE": [S, ("proposal", "id"), ("approve", "flag"), ("officer", "officer")],
    "LEGACY": [S, M, ("flag", "name"), ("until", "month")],
    "APPLY": [S, ID, M, ("grading", "name"), ("level", "name"), ("from", "month")],
    "GRADE": [S, M, ("grading", "name"), ("level", "name"), ("from", "date"), ("to", "date?")],
    "SHEET": [S, M, ("sheet", "name"), ("grading", "name?")],
    "INPUT": [("input", "name"), ("value", "number"), ("points", "number?")],
    "ORDER": [S, ID, M, ("item", "name"), ("quantity", "number"), ("points", "points"),
              ("cash", "fen"), ("beneficiary", "member?")],
    "ORDER_STATE": [S, ("order", "id"), ("state", "word"), ("cost", "fen?"),
                    ("freight", "fen?")],
    "STOCK": [S, ("item", "name"), ("change", "signed")],
    "COMPLAINT": [S, ID, ("order", "id"), ("why", "word")],
    "COMPLAINT_END": [S, ("complaint", "id"), ("outcome", "word")],
    "CLAIM": [S, ID, M, ("benefit", "name")],
    "REGISTER": [S, ID, M, A, ("bill_month", "month"), ("why", "word")],
    "REGISTER_END": [S, ("register", "id"), ("outcome", "word")],
    "CALL": [S, ID, M, ("seconds", "number"), ("answered", "flag"),
             ("called_back", "number?")],
    "SPENT": [S, A, M, ("bill_month", "month"), ("fen", "fen"), ("earned", "flag")],
    "STANDING": [("payload", "hex")],
}
WORDS = {
    "service": ("MOBILE_2G", "MOBILE_3G", "MOBILE_4G", "CONVERGED", "DATA_CARD", "FIXED_LINE"),
    "state": ("NONE", "ONE_WAY", "BOTH_WAYS", "SHIPPED", "DELIVERED", "RETURNED", "FAILED"),
    "why": ("RANK", "KEY_PERSON", "BROKEN", "WRONG", "LATE", "OTHER", "NO_POINTS", "PARTNER"),
    "outcome": ("REFUSED", "REPLACED", "REFUNDED", "CREDITED"),
}
BELOW = ("LOT", "DEBT", "INPUT", "STANDING")
NAME = re.compile(r"[a-z0-9-]{1,24}\Z")
ACCOUNT = re.compile(r"[A-Za-z0-9-]{1,16}\Z")
HEX = re.compile(r"([0-9a-f]{2})+\Z")

inputs.TYPES["PROVINCE_DAY"] = inputs.PROVINCE_ROWS | MEMBER_ROWS
inputs.RULEBOOK_ROWS["EXPIRY"] = [("policy", "word"), ("years", "number"), ("from", "month")]
_parse_value = inputs.parse_value


def parse_value(kind, text, book):
    bare = kind.rstrip("?")
    if bare not in ("name", "account", "officer", "signed", "hex"):
        return _parse_value(kind, text, book)
    if kind.endswith("?") and text == "":
        return None
    if bare == "signed":
        sign = -1 if text.startswith("-") else 1
        number = b.number_of(text[1:] if sign < 0 else text)
        b.need(sign > 0 or number > 0, "never -0")
        return sign * number
    form = {"name": NAME, "hex": HEX}.get(bare, ACCOUNT)
    b.need(bool(form.match(text)), f"{bare} {text!r}")
    return text


inputs.parse_value = parse_value


def day_file(raw, book):
    """A PROVINCE_DAY with its rows parsed, those of members too."""
    sender = book.number(raw.sender)
    b.need(raw.type == "PROVINCE_DAY" and book.is_province(sender), f"{raw.name}: sender")
    rows = [(n, inputs.parse_row(inputs.TYPES[raw.type], f, book, raw.name, n))
            for n, f in raw.lines]
    serials = [row["serial"] for _, row in rows if "serial" in row]
    b.need(all(x < y for x, y in zip(serials, serials[1:])), f"{raw.name}: serials ascend")
    for line, row in rows:
        if row["kind"] == "BILL_SPLIT":
            split_rest(row)
        b.need(row["kind"] != "MERGE" or row["into"] != row["member"],
               f"{raw.name}:{line}: a number is merged into another")
    return inputs.DayFile(sender, raw.day, raw.sequence, rows)


def split_rest(row):
    """The eligible part of a BILL_SPLIT; a negative rest is a fault of the file."""
    rest = row["total"] - row["third_party"] - row["collected"]
    b.need(rest >= 0, "third party and collected exceed the total")
    return rest
