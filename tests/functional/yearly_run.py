#!/usr/bin/env python3
"""A yearly grading at a node, as a process: members of a made-up province are graded by the shares
of their region class, counted, looked at, published, posted with what a level gives on its entry;
killed at every point of it, after which its end is the same; and all of it as the second
implementation has it, the sealed batches to the byte.

PH_SEEDS=N: another province.
"""

import _programme_world as w
import award_run as award

import sections  # noqa: E402
import shipped  # noqa: E402
import yearfile  # noqa: E402

award.RUN = ("--kind", "GRADE", "--grading", "level")
award.FILE = "*GRADE-level.csv"
POINTS = ["node_run_beginning", "node_run_counting", "node_run_counting:3", "node_run_counting:7",
          "node_run_counted", "node_out_file", "node_run_publishing", "node_run_published",
          "node_run_posting", "node_run_posting:3", "node_run_done", "node_after_append:3",
          "node_before_append:6", "node_sealing"]


def programme():
    """China Telecom's, with points for a level that is entered in the place of awards."""
    data = shipped.data_of("china-telecom")
    data["tenure_award"] = {"mode": "NONE"}
    del data["tenure_band"]
    data["level_award"] = {"mode": "ON_ENTRY", "grading": "level"}
    data["level_rate"] = [{"level": level, "points": place * 35}
                          for place, level in enumerate(award.LEVELS[1:], 1)]
    data["limits"] = {"single_max": 0, "daily_max": 0, "earned_min": 0, "new_days": 0}
    for row in data["threshold"]:    # Some have bills of 50,000,000 yuan here.
        if row["grading"] == "level":
            row["min"] = 600_000_000
    text = yearfile.toml_text(data)
    sections.Programme(text)
    return text


def same_as_second(files, end):
    tables, batches = files.played()
    lines = [",".join(map(str, row[4:])) for row in tables["standards"]]
    # Behind the date stands its number among all runs.
    award.need(end[0].startswith(f"POINTHOUSE,GRADES,1,{w.CODE},2008-12-31,".encode()), "its head")
    w.same_as_second("the grades", end[0], lines, batches, zip(award.SEALED, end[1:]))
    entered = sum(kind == "COUNT" and int(row[2]) > 0
                  for kind, *row in (line.split(",") for line in lines))
    award.need(entered > 3, "levels are entered:\n" + "\n".join(lines))
    return len(lines)


def refusals(world):
    said = world.order("begin", "--kind", "GRADE", "--of", "2008-12", expect=1)
    award.need("--grading" in said, said)
    said = world.order("begin", "--kind", "AWARD", "--of", "2008-12", expect=1)
    award.need("LUMP_31DEC" in said, said)
    said = world.order("begin", "--kind", "GRADE", "--grading", "growth", "--of", "2008-12",
                       expect=1)
    award.need("--anyway" in said, said)    # It runs by the month, and lacks the same bills.
    lacking = award.begin(world, expect=1)
    award.need("have none of 2008-12" in lacking, lacking)
    award.begin(world, "--anyway")
    world.wait_for_run("COUNTED")
    shown = world.order("preview")
    award.need("reached from" in shown and "Members who were graded" in shown and
               "digest" in shown, shown)
    world.node.stop()


def main(folder):
    files = award.files_of(folder, programme(), kind="GRADE", grading="level")
    rows = award.play(folder, files, refusals, same_as_second, POINTS, ("GRADE", "level"))
    print(f"{rows} lines, {len(POINTS)} deaths, batches equal to the byte")


if __name__ == "__main__":
    w.in_a_folder(main)
