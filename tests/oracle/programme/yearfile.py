"""What a random year's rows of members are judged by: a programme made up from a seed."""

import copy
import random

import basics as b
import shipped

LEVELS = ["ordinary", "vip-card", "silver", "gold", "diamond"]
FLAGS = [{"name": "vip", "by": "REVIEW", "valid_months": 6},
         {"name": "loyal", "by": "TENURE", "months": 24},
         {"name": "legacy-gold", "by": "LEGACY"}]
ORDER = ["diamond", "legacy-gold", "vip", "gold", "loyal", "silver", "a", "vip-card", "plan-gold",
         "plan-silver", "b", "c", "ordinary"]


def value_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(v) for v in value) + "]"
    return '"' + value + '"'


def toml_text(data):
    """Sections in the order of the dictionary, each value in its one spelling."""
    out = []
    for section, rows in data.items():
        for row in rows if isinstance(rows, list) else [rows]:
            out.append(f"[[{section}]]" if isinstance(rows, list) else f"[{section}]")
            out += [f"{key} = {value_text(value)}" for key, value in row.items()]
            out.append("")
    return "\n".join(out)


STARS = ["no-star", "one-star", "two-star", "three-star", "four-star"]


def star_sections(rng):
    """The clearing's rating in the place of growth."""
    grading = {"name": "star", "title": "Star", "levels": STARS, "basis": "PRODUCT",
               "unit": "ACCOUNT", "run": "CLEARING", "effective": "NEXT_MONTH",
               "valid_months": rng.choice((3, 12)), "standards": "CLEARING"}
    score = {"grading": "star", "months": 12, "months_min": rng.choice((0, 6)),
             "threshold_round": rng.choice((1, 10))}
    factors = [{"grading": "star", "years_from": years, "factor": factor}
               for years, factor in ((0, "10/10"), (1, "11/10"), (2, "7/6"), (5, "3/2"))]
    cuts = [{"grading": "star", "level": level, "percent": percent}
            for level, percent in zip(reversed(STARS[2:]), (10, 30, 60))]
    return grading, score, factors, cuts


def own_star_sections(rng):
    """Stars by thresholds of one's own in the place of growth; an operator publishes them."""
    grading, score, factors, _ = star_sections(rng)
    grading.update(name="star-own", run="MONTHLY", standards="FIXED", publish="OPERATOR",
                   run_day=rng.randint(6, 14), valid_months=rng.choice((1, 1, 3)))
    score = {"grading": "star-own", "months": rng.choice((3, 12)),
             "months_min": score["months_min"]}
    least = rng.randint(50, 110)
    rows = [{"grading": "star-own", "level": level, "region": region,
             "min": least * place // region, "from": "2004-01-01"}
            for place, level in enumerate(STARS[1:]) if place for region in (1, 2, 3)]
    if rng.random() < 0.5:    # else whoever is rated has a star
        rows.append({"grading": "star-own", "level": STARS[1], "min": 5, "from": "2004-01-01"})
    for row in factors:
        row["grading"] = "star-own"
    return grading, score, factors, rows


def grading_rows(rng):
    """The gradings of a year: level, growth, plan, b2b."""
    level = {"name": "level", "title": "Level", "levels": LEVELS, "basis": "RATING_POINTS",
             "unit": "MEMBER", "run": "YEARLY", "effective": rng.choice(("01-01", "02-01")),
             "valid_months": 12, "apply": True, "apply_months": rng.choice((3, 6, 12)),
             "standards": rng.choice(("RATIOS", "FIXED")), "lapse": rng.random() < 0.8}
    growth = {"name": "growth", "title": "Growth", "levels": ["no-star", "star-1", "star-2"],
              "basis": "GROWTH", "run": "MONTHLY", "effective": "NEXT_MONTH",
              "valid_months": rng.choice((2, 12)), "up_only": rng.random() < 0.7,
              "standards": "FIXED", "publish": "AUTO", "run_day": rng.randint(1, 28)}
    plan = {"name": "plan", "title": "By plan", "levels": ["no-plan", "plan-silver", "plan-gold"],
            "basis": "PLAN", "unit": "ACCOUNT", "run": "NONE", "valid_months": 0}
    sheet = {"name": "b2b", "title": "Group customers", "levels": ["none", "c", "b", "a"],
             "basis": "SHEET", "run": "NONE", "valid_months": 12}
    return [level, growth, plan, sheet]


def threshold_rows(rng, standards):
    rows = []
    for place, level in enumerate(LEVELS[1:], 1):
        if standards == "RATIOS" and level != "diamond":
            continue
        for region in (1, 2, 3):
            rows.append({"grading": "level", "level": level, "region": region,
                         "min": (place * 900 if standards == "FIXED" else 6000) // region,
                         "from": "2004-01-01"})
    first = rng.randint(300, 900)
    for level, least in (("star-1", first), ("star-2", first * 2)):
        rows.append({"grading": "growth", "level": level, "min": least, "from": "2004-01-01"})
    return rows


def campaign_rows(rng, year):
    rows = [{"name": "launch-video", "title": "Launch", "services": ["video"], "points": 200,
             "per": rng.choice(("MEMBER", "ACCOUNT")), "budget": rng.choice((0, 600)),
             "from": f"{year}-04-01", "to": f"{year}-09-01"},
            {"name": "by-credit", "title": "Credit", "credit_min": 3, "rate": "1/7",
             "per": "EVENT", "from": f"{year}-01-01"},
            {"name": "app-plan", "title": "In the app", "channels": ["app", "web"],
             "plans": ["p-199"], "points": 31, "per": "EVENT", "budget": 310,
             "from": f"{year}-02-15"}]
    return rows[:rng.randint(1, 3)]


def item_rows():
    items = [{"name": "phone-credit", "title": "Top-up", "form": "PHONE_CREDIT", "kind": "OWN",
              "supplier": "own", "credit": "3/5", "step": 100, "from": "2004-01-01"},
             {"name": "kettle", "title": "Kettle", "form": "GIFT", "kind": "BOUGHT",
              "supplier": "gifts", "cost": 5000, "freight": 800, "stock": "COUNTED",
              "market_fen": 9000, "from": "2004-01-01"},
             {"name": "minutes", "title": "Minutes", "form": "OWN_PRODUCT", "kind": "OWN",
              "supplier": "own", "from": "2004-01-01"},
             {"name": "club", "title": "For senior members", "form": "OWN_PRODUCT",
              "kind": "SERVICE", "supplier": "own", "levels": ["gold", "diamond", "vip"],
              "beneficiary": "SELF", "from": "2004-01-01"}]
    prices = [{"item": "kettle", "quantity": 1, "points": 500, "cash": 2000,
               "from": "2004-01-01"},
              {"item": "kettle", "quantity": 2, "points": 900, "cash": 4000,
               "from": "2004-01-01"},
              {"item": "minutes", "quantity": 1, "points": 60, "cash": 0, "from": "2004-01-01"},
              {"item": "minutes", "quantity": 1, "points": 40, "cash": 0, "weekdays": ["SUN"],
               "from": "2004-06-01"},
              {"item": "club", "quantity": 1, "points": 120, "cash": 0, "from": "2004-01-01"}]
    return items, prices


def first_version(rng, effective):
    """The dictionary of version 1."""
    data = copy.deepcopy(shipped.data_of("china-telecom"))
    year = b.date_of(effective).year
    data["programme"].update(effective=b.day_text(effective), backfill_months=rng.choice(
        (2, 6, 12)), profile=rng.choice(("REQUIRED", "REQUIRED", "NOT_REQUIRED")))
    data["earn"] = {"unit_fen": rng.choice((100, 100, 300)), "points_per_unit": rng.choice(
        ("1/1", "3/2", "2/1")), "round": rng.choice(("FLOOR", "UP")),
        "arrears": rng.choice(("PAUSE", "PAUSE", "EARN")), "catch_up_months": rng.choice((0, 3))}
    mode = rng.choice(("LUMP_31DEC", "LUMP_31DEC", "OPTION_A", "ON_ENTRY"))
    data["tenure_award"] = {"mode": mode}
    level_mode = rng.choice(("LUMP_31DEC", "OPTION_A", "ON_ENTRY"))
    data["level_award"] = {"mode": level_mode, "grading": "level"}
    if mode == "ON_ENTRY":
        for place, band in enumerate(data["tenure_band"]):
            del band["rate"]
            band["points"] = place * 20
    if level_mode == "ON_ENTRY":
        for place, row in enumerate(data["level_rate"]):
            del row["rate"]
            row["points"] = place * 50
    gradings = grading_rows(rng)
    data["grading"] = gradings
    data["threshold"] = threshold_rows(rng, gradings[0]["standards"])
    if gradings[0]["standards"] == "FIXED":
        data.pop("share", None)
    data["entry"] = [{"grading": "plan", "level": level, "plan": plan, "from": "2004-01-01"}
                     for level, plan in (("plan-gold", "p-199"), ("plan-silver", "p-129"))]
    data["campaign"] = campaign_rows(rng, year)
    for row in data["source"]:    # Lots of accounts that rate, besides those of bills.
        row["rating"] = row["rating"] or row["source"] == "SP"
    data["sp"] = [{"service": "ring-tones", "share": "3/10", "from": "2004-01-01",
                   "to": f"{year}-08-01"},
                  {"service": "ring-tones", "share": "2/7", "from": f"{year}-08-01"}]
    if rng.random() < 0.4:
        gradings[1], score, data["factor"], data["cut"] = star_sections(rng)
        data["score"] = [score]
        data["threshold"] = [r for r in data["threshold"] if r["grading"] == "level"]
    elif gradings[1]["run_day"] % 2:
        gradings[1], score, data["factor"], rows = own_star_sections(
            random.Random(gradings[1]["run_day"]))
        data["score"] = [score]
        data["threshold"] = rows + [r for r in data["threshold"] if r["grading"] == "level"]
    data["flag"] = FLAGS
    data["effective"] = {"order": ORDER}
    data["benefit"] = benefit_rows()
    data["queue"] = [
        {"name": "high", "position": "FIRST", "grades": ["diamond", "legacy-gold", "vip", "gold"],
         "answer_seconds": 20, "answer_percent": 90},
        {"name": "normal", "position": "NORMAL",
         "grades": [g for g in ORDER[4:] if g != "ordinary"] + ["ordinary", "other"],
         "answer_seconds": 20, "answer_percent": 85, "call_back_hours": 24},
        {"name": "last", "position": "LAST", "grades": ["blacklist"]}]
    data["limits"] = {"single_max": 900, "daily_max": 1200, "earned_min": 50,
                      "new_days": rng.choice((0, 30))}
    data["item"], data["price"] = item_rows()
    data["orders"] = {"complaint_days": 15, "hold_days": rng.choice((10, 40))}
    return data


def benefit_rows():
    def claim(name, levels, **more):
        return {"name": name, "title": name, "levels": levels, "kind": "CLAIM", **more,
                "from": "2004-01-01"}
    return [claim("re-72", ["gold", "diamond"], per="GRADE", count=1, hours=72,
                  group="reactivation", prefer="hours"),
            claim("re-48", ["silver", "vip", "plan-gold"], per="GRADE", count=1, hours=48,
                  group="reactivation", prefer="hours"),
            claim("lounge", ["silver", "gold", "diamond", "loyal", "ordinary"], per="YEAR",
                  count=2, usable_days=90),
            claim("birthday", ["ordinary", "vip-card", "silver", "gold"], per="BIRTHDAY", count=1,
                  days=1),
            {"name": "counter", "title": "Counter", "levels": ["gold"], "from": "2004-01-01"}]


def second_version(rng, data, effective):
    """A later version: other rates, another window; the same expiry."""
    data = copy.deepcopy(data)
    data["programme"].update(version=2, effective=b.day_text(effective), backfill_months=3)
    data["earn"]["points_per_unit"] = rng.choice(("2/1", "4/3", "1/1"))
    if "rate" in data["tenure_band"][1]:
        data["tenure_band"][1]["rate"] = "1/4"
    data["limits"]["single_max"] = 700
    data["fixed_line"] = {"in": "1/3", "out": "2/1"}
    return data
