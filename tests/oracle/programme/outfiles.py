"""Files that a node writes, to the byte (outputs.md): of runs, and of who left by a row."""

import basics as b


def framed(kind, code, month, number, lines, points=0, fen=0):
    """(name, text): the header's day is the last one of the month that the run is of."""
    day = b.day_text(b.last_day(month))
    head = f"POINTHOUSE,{kind},1,{code},{day},{number}"
    text = "\n".join([head, *lines, f"END,{len(lines)},{points},{fen}"]) + "\n"
    return f"{code}-{day}-{kind}.csv", text


def of_run(code, run, number):
    """(name, text) of what an AWARD or a GRADE has counted."""
    award = run.kind == "AWARD"
    lines = [",".join(cell(value) for place, value in enumerate(row)
                      if not (row[0] == "LEVEL" and place == 2)) if award else
             ",".join(cell(value) for value in row) for row in run.preview]
    name, text = framed("AWARD" if award else "GRADES", code, run.reference, number, lines,
                        sum(row[8] for row in run.preview) if award else 0,
                        sum(row[5] for row in run.preview) if award else 0)
    return name if award else name.replace("GRADES", "GRADE-" + run.grading), text


def cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else b.fraction_text(value)


def figures(home, code, month, rows, codes):
    """A month's figures."""
    lines, points, fen = [], 0, 0
    for kind, *cells in rows:
        if kind in ("LIABILITY", "BREAKAGE"):
            cells[0] = codes[cells[0]]
            points += cells[-1] if kind == "LIABILITY" else cells[1]
            fen += cells[2] if kind == "BREAKAGE" else 0
        lines.append(",".join(map(str, [kind, *cells])))
    return framed("KPI", code, month, home.number_of("KPI", "", month), lines, points, fen)


def notices(home, code):
    """Of all notices that a home made: name: text."""
    out = {}
    for number, expires in home.notices_made:
        rows = [(member, points) for _, on, member, points in home.notices if on == expires]
        lines = [f"EXPIRES,{b.member_text(member)},{points},{b.day_text(expires)}"
                 for member, points in rows]
        name, text = framed("NOTICE", code, b.month_of_day(expires), number, lines,
                            sum(points for _, points in rows))
        out[name] = text
    return out


def standings(home, file, book):
    """name: text, for each province to which somebody left by a row of the day."""
    rows, codes = {}, book.codes
    for id_, member, to, standing in home.left:
        lines = rows.setdefault(to, [])
        lines.append(f"MOVED,{book.id_text(id_)},{b.member_text(member)},{codes[to]}")
        lines += [f"STANDING,{standing[at:at + 450].hex()}" for at in range(0, len(standing), 450)]
    start = f"{codes[file.sender]}-{b.day_text(file.day)}-STANDING"
    head = f"POINTHOUSE,STANDING,1,{codes[file.sender]},{b.day_text(file.day)},{file.sequence}"
    return {f"{start}-{codes[to]}.csv": "\n".join([head, *lines, f"END,{len(lines)},0,0", ""])
            for to, lines in rows.items()}
