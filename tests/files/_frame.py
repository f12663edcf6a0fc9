"""Members, frames and sums of input files, from docs/formats.md alone."""

POINTS = {
    "PROVINCE_DAY": {
        "EARN": [5], "UNEARN": [4], "REDEEM": [4], "HOLD": [4], "CAPTURE": [4],
        "EXCHANGE_OUT": [5], "ACCRUAL": [5], "EXCHANGE_IN": [5], "REFUND": [5], "UNISSUE": [7],
        "DELIVERY": [5], "DELIVERY_REFUND": [6], "LOT": [6, 7], "DEBT": [2],
        "ORDER": [6],
    },
    "PARTNER_DAY": {
        "ACCRUAL": [3], "REDEMPTION": [3], "EXCHANGE_OUT": [3], "EXCHANGE_IN": [3], "REFUND": [4],
    },
    "OPENING_LOTS": {"LOT": [7, 8], "DEBT": [3]},
}
FEN = {
    "PROVINCE_DAY": {
        "BILL": [5], "REBILL": [6, 7], "REDEEM": [8, 9, 10], "CAPTURE": [9, 10, 11],
        "DELIVERY": [7, 8, 9], "BILL_SPLIT": [5, 6, 7], "SP_SPEND": [6], "PARTNER_SPEND": [5],
        "ORDER": [7], "ORDER_STATE": [4, 5], "SPENT": [5],
    },
}


def member(province, serial):
    """The member number with its check digit (ISO 7064 MOD 11,10)."""
    digits = f"{province:02d}{serial:011d}"
    product = 10
    for digit in digits:
        product = 2 * ((product + int(digit)) % 10 or 10) % 11
    return digits + str((11 - product) % 10)


def sum_of(columns, rows):
    """Sum of a type's columns over the rows; a value that is no number counts for nothing."""
    total = 0
    for row in rows:
        fields = row.split(",")
        for place in columns.get(fields[0], []):
            if place < len(fields) and fields[place].isdecimal():
                total += int(fields[place])
    return total


def frame(kind, sender, date, sequence, rows, points=None, fen=None):
    """A whole file with a right trailer."""
    if points is None:
        points = sum_of(POINTS.get(kind, {}), rows)
    if fen is None:
        fen = sum_of(FEN.get(kind, {}), rows)
    lines = [f"POINTHOUSE,{kind},1,{sender},{date},{sequence}", *rows,
             f"END,{len(rows)},{points},{fen}"]
    return "".join(line + "\n" for line in lines).encode("utf-8")
