"""What sources give, and what scores are: functions of numbers alone (0023 formats, 1.3, 1.4)."""

import math
from fractions import Fraction

import basics as b


def floor(value):
    return math.floor(value)


def points_of(programme, fen):
    """P: the points of one account and bill month; before any programme a point a yuan."""
    if programme is None:
        return fen // 100
    earn = programme.earn_
    per = earn.points_per_unit
    over, under = fen * per.numerator, earn.unit_fen * per.denominator
    return -(-over // under) if earn.round == "UP" else over // under


def uplift(points, rate):
    return floor(points * rate)


def sp_points(programme, fen, share):
    return floor(fen * share / programme.earn_.unit_fen)


def partner_points(fen, points_per_yuan):
    return floor(fen * points_per_yuan / 100)


def tenure(joined, month):
    """Complete months since the joining month, which is month 0; None: unknown."""
    return None if joined is None else month - joined


def award_of(rate, sum_fen, size, unit_fen=100):
    """(average in fen, exact points, points each) of a cohort."""
    if size == 0:
        return Fraction(0), Fraction(0), 0
    exact = rate * Fraction(sum_fen, unit_fen) / size
    return Fraction(sum_fen, size), exact, floor(exact)


# Scores.

def arpu_yuan(fen, months):
    """Average of the months in yuan, rounded half up once."""
    return b.round_half_up(Fraction(fen, 100 * months))


def factor_at(factors, years):
    """The numerator of the highest row whose years are reached."""
    return [numerator for start, numerator in factors if start <= years][-1]


def spend_score(year_fen, years, rows):
    """`rows`: (years from, points); the highest that is reached counts alone."""
    reached = [points for start, points in rows if years is not None and start <= years]
    return year_fen // 100 + (max(reached) if reached else 0)


def growth_value(fen, tenure_months, suspensions, per_month, per_suspension):
    return fen // 100 + per_month * tenure_months - per_suspension * suspensions


# Thresholds out of ranks.

def rank_of(n, percent):
    return max(1, -(-n * percent // 100))


def at_rank(histogram, rank):
    """The score at a rank from above, 1 the highest; `histogram`: score -> units."""
    for score in sorted(histogram, reverse=True):
        rank -= histogram[score]
        if rank <= 0:
            return score
    raise AssertionError("rank beyond the histogram")


def merged(histograms):
    out = {}
    for histogram in histograms:
        for score, units in histogram.items():
            out[score] = out.get(score, 0) + units
    return out


def cut_thresholds(histogram, cuts, scale, multiple):
    """[(level, percent, rank, exact score, threshold)] of the clearing's rating."""
    n = sum(histogram.values())
    if n == 0:
        return []
    out = []
    for level, percent in cuts:
        rank = rank_of(n, percent)
        score = Fraction(at_rank(histogram, rank), scale)
        out.append((level, percent, rank, score, multiple * b.round_half_up(score / multiple)))
    return out


def share_counts(shares, n):
    """level -> count; `shares`: level -> (of, ratio). Counts are floored."""
    counts = {}

    def count(level):
        if level not in counts:
            of, ratio = shares[level]
            whole = n if of == "all" else count(of) if of in shares else 0
            counts[level] = floor(whole * ratio)
        return counts[level]
    for level in shares:
        count(level)
    return counts


def share_standards(shares, levels, histogram):
    """level -> (standard or None, members counted for it), of one region class.

    Parts take the ranks from above, none beyond the share of `all`; that one's level what is
    left up to its count. A standard is 1 at least.
    """
    n = sum(histogram.values())
    counts, out, behind = share_counts(shares, n), {}, 0
    limit = max((counts[level] for level in shares if shares[level][0] == "all"), default=n)
    for level in reversed(levels):
        if level not in shares:
            continue
        if shares[level][0] == "all":
            last, size = counts[level], counts[level] - behind
        else:
            size = min(counts[level], limit - behind)
            behind += size
            last = behind
        reached = size if shares[level][0] != "all" else counts[level]
        out[level] = (max(1, at_rank(histogram, last)) if reached else None, size)
    return out


def level_for(score, levels, standards):
    """The highest level whose standard the score reaches; the lowest has none."""
    found = levels[0]
    for level in levels[1:]:
        if standards.get(level) is not None and score >= standards[level]:
            found = level
    return found


# Sheets.

class SheetFault(Exception):
    pass


def sheet_total(programme, sheet, inputs):
    """(total, grade); `inputs`: name -> (value, points or None)."""
    total = 0
    wanted = [row for row in programme.sheet_input if row.sheet == sheet]
    if set(inputs) != {row.name for row in wanted}:
        raise SheetFault("inputs")
    for row in wanted:
        value, points = inputs[row.name]
        bands = sorted((r for r in programme.sheet_band
                        if r.sheet == sheet and r.input == row.name
                        and getattr(r, "from") <= value), key=lambda r: getattr(r, "from"))
        if not bands:
            raise SheetFault("value")
        band = bands[-1]
        low, high = (band.min, band.max) if band.points is None else (band.points, band.points)
        if points is None and low == high:
            points = low
        if points is None or not low <= points <= high:
            raise SheetFault("points")
        total += points
    cuts = [r for r in programme.sheet_cut if r.sheet == sheet and getattr(r, "from") <= total]
    return total, max(cuts, key=lambda r: getattr(r, "from")).grade
