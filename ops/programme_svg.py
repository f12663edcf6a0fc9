"""Pictures of programme_page.py: plain SVG whose colours are the page's."""

import html

WIDTH = 720


def big(value):
    return f"{value:,}"


def picture(height, label, parts, width=WIDTH):
    return (f"<svg viewBox='0 0 {width} {height}' role=img aria-label='{html.escape(label)}' "
            "preserveAspectRatio='xMidYMid meet'>" + "".join(parts) + "</svg>")


def rect(x, y, width, height, of, title="", round_=3):
    tip = f"<title>{html.escape(title)}</title>" if title else ""
    return (f"<rect x='{x:.1f}' y='{y:.1f}' width='{max(width, 1):.1f}' "
            f"height='{max(height, 1):.1f}' rx='{round_}' class='{of}'>{tip}</rect>")


def words(x, y, of, anchor="start", name=""):
    return (f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' class='{name}'>"
            f"{html.escape(str(of))}</text>")


def line(x1, y1, x2, y2, name):
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' class='{name}'/>"


def rounded_up(value):
    """A number with one digit and zeros, 1, 2, 5 or 10 times a power of ten."""
    step = 1
    while step * 10 < value:
        step *= 10
    return next(step * n for n in (1, 2, 3, 4, 5, 6, 8, 10) if step * n >= value)


def pyramid(rows):
    """(name, members, share), highest first: bars about a middle, wide as the square root says, so
    that those at the top are seen."""
    width, tall, gap = 460, 46, 6
    most = max(members for _, members, _ in rows) or 1
    parts = []
    for place, (name, members, share) in enumerate(rows):
        y = place * (tall + gap)
        wide = max(6.0, (members / most) ** 0.5 * (width - 10))
        parts.append(rect((width - wide) / 2, y, wide, tall,
                          f"l{len(rows) - 1 - place}", f"{name}: {big(members)}", 6))
        parts.append(words(width / 2, y + 20, name, "middle", "strong"))
        parts.append(words(width / 2, y + 36, f"{big(members)} · {share}", "middle", ""))
    return picture(len(rows) * (tall + gap), "Members by level, a pyramid", parts, width) + \
        "<figcaption class=note>Bars as wide as the square root of the number.</figcaption>"


def histogram(scores, marks):
    """Whole scores; marks (name, from there on), from the highest down."""
    left, top, low, height = 46, 34, 250, 290
    step = 10
    ordered = sorted(scores)
    end = ordered[len(ordered) * 995 // 1000] // step * step + step if ordered else step
    counts = [0] * (end // step)
    for score in scores:
        counts[min(score, end - 1) // step] += 1
    most = rounded_up(max(counts) or 1)
    unit = (WIDTH - left - 8) / len(counts)
    parts = []
    for n in range(5):
        y = low - (low - top) * n / 4
        parts += [line(left, y, WIDTH - 8, y, "axis"),
                  words(left - 6, y + 4, big(most * n // 4), "end", "small")]
    for place, count in enumerate(counts):
        above = sum(place * step >= least for _, least in marks)
        tall = (low - top) * count / most
        more = " and more" if place == len(counts) - 1 else f" to {place * step + step - 1}"
        parts.append(rect(left + place * unit, low - tall, unit - 1, tall, f"l{above}",
                          f"{place * step}{more}: {big(count)} accounts", 1))
    for number, (name, least) in enumerate(marks):
        x = left + least / step * unit
        parts += [line(x, top - 8, x, low, "mark"),
                  words(x + 4, top - 12 + (number % 2) * 16, f"{name} ≥ {least}", "start",
                        "strong")]
    every = max(1, rounded_up(end / 10) // step)
    for place in range(0, len(counts), every):
        parts.append(words(left + place * unit, low + 18, place * step, "middle", "small"))
    parts.append(words(WIDTH - 8, low + 36, "score", "end", "small"))
    label = "Accounts by score; thresholds " + ", ".join(f"{n} {least}" for n, least in marks)
    return picture(height, label, parts)


def bars(rows):
    """(band, average yuan, points to each, rate): what was spent, and the part that is given."""
    left, right, tall, gap = 108, 92, 24, 12
    most = rounded_up(max([average for _, average, _, _ in rows] or [1]) or 1)
    parts = []
    for place, (band, average, each, rate) in enumerate(rows):
        y = 8 + place * (tall + gap)
        full = WIDTH - left - right
        parts += [words(left - 8, y + 17, f"{band}", "end"),
                  rect(left, y, full * average / most, tall, "quiet",
                       f"average spend {big(average)} yuan"),
                  rect(left, y, full * each / most, tall, "a", f"{big(each)} points to each"),
                  words(left + full * average / most + 6, y + 17, f"{big(average)} x {rate}",
                        "start", "small")]
        if full * each / most > 44:
            parts.append(words(left + 6, y + 17, big(each), "start", "in"))
        else:
            parts.append(words(left + full * each / most + 5, y + 17, big(each), "start", "strong"))
    height = 8 + len(rows) * (tall + gap) + 14
    parts.append(words(WIDTH - 4, height - 4,
                       "grey: a year's average spend in yuan, as points; coloured: points to each",
                       "end", "small"))
    return picture(height, "Average spend and award of each band of tenure", parts)


def columns(rows):
    """(day of expiry, points, whether it is the next one)."""
    left, top, low, height = 58, 22, 220, 272
    most = rounded_up(max([points for _, points, _ in rows] or [1]) or 1)
    unit = (WIDTH - left - 8) / max(len(rows), 1)
    parts = []
    for n in range(5):
        y = low - (low - top) * n / 4
        parts += [line(left, y, WIDTH - 8, y, "axis"),
                  words(left - 6, y + 4, f"{most * n // 4 / 10 ** 6:g} M", "end", "small")]
    for place, (day, points, following) in enumerate(rows):
        x, tall = left + place * unit, (low - top) * points / most
        parts.append(rect(x + 3, low - tall, unit - 6, tall, "d" if following else "a",
                          f"{day}: {big(points)} points"))
        if following:
            parts.append(words(x + 3, low - tall - 6, "told", "start", "strong"))
        parts.append(words(x + unit / 2, low + 16, day[5:7] + "/" + day[2:4], "middle", "small"))
    parts.append(words(WIDTH - 8, low + 36, "day of expiry, month/year", "end", "small"))
    return picture(height, "Points by the day on which they expire", parts)


def lots(found):
    """What is left in each lot of a member, first expiry first."""
    left, right, tall, gap, width = 92, 58, 16, 7, 520
    shown = found[:14]
    most = max([lot["remaining"] for lot in shown] or [1]) or 1
    parts = []
    for place, lot in enumerate(shown):
        y, full = 6 + place * (tall + gap), width - left - right
        parts += [words(left - 8, y + 13, lot["expires_on"], "end", "small"),
                  rect(left, y, full * lot["remaining"] / most, tall,
                       "d" if lot["expires_on"] == shown[0]["expires_on"] else "a",
                       f"{big(lot['remaining'])} points earned in {lot['earned_month']}"),
                  words(left + full * lot["remaining"] / most + 6, y + 13, big(lot["remaining"]),
                        "start", "small")]
    height = 10 + len(shown) * (tall + gap)
    return picture(height, "His lots by the day of their expiry", parts, width)
