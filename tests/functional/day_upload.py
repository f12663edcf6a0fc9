#!/usr/bin/env python3
"""A partner's day file over HTTPS: the commands of docs/partners.md, section 7, as they stand
there, then what has to be refused, a large file, files that wait and are replaced, a comparison
with what came live, and gateway and clearing killed while a file comes. What was sealed is asked
of the clearing.

Environment: POINTHOUSE the executable, PH_ROOT the project. Ends with 77 without curl or openssl.
"""

import base64
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gateway  # noqa: E402
from _pointhouse import EXECUTABLE, write_csv  # noqa: E402
from gateway import MEMBER, NOW, PAGE, UNIX, need  # noqa: E402

FOURTH, FIFTH = datetime.date(2026, 3, 4), datetime.date(2026, 3, 5)
LARGE = 200_000  # rows: some 10 MB, ten parts


class Uploads:
    def __init__(self, country):
        self.country, self.shop, self.now = country, country.shop, UNIX
        (self.shop.folder / "tools" / "pointhouse").symlink_to(pathlib.Path(EXECUTABLE).resolve())
        for code in ("MER1", "AIR1"):
            shutil.copy(country.keys / f"{code}-sender.secret", self.shop.folder)

    def at(self, moment):
        """Everybody's clock: the country's, and the one of the partner's shell."""
        self.country.set_clock(moment)
        self.now = UNIX + int((moment - NOW).total_seconds())
        (self.shop.folder / "tools" / "date").write_text(
            f'#!/bin/sh\n[ "$1" = +%s ] && echo {self.now}\n', encoding="ascii")

    def file(self, date, sequence, rows, code="MER1", name=None, signer="MER1"):
        """The file of a day, signed, in the shop's folder; its name."""
        name = name or f"{code}-{date}.csv"
        path = self.shop.folder / name
        points = sum(int(row.split(",")[3]) for row in rows)
        write_csv(path, f"POINTHOUSE,PARTNER_DAY,1,{code},{date},{sequence}", rows, points=points)
        self.sign(name, signer)
        return name

    def sign(self, name, signer="MER1"):
        (self.shop.folder / (name + ".sig")).unlink(missing_ok=True)
        subprocess.run([EXECUTABLE, "sign", name, "--kind", "DAY", "--key",
                        f"{signer}-sender.secret"], cwd=self.shop.folder, check=True,
                       capture_output=True)

    def put(self, date, name):
        return self.shop.sh(f"./ask PUT /v1/days/{date} {name}")

    def get(self, date):
        return self.shop.sh(f"./ask GET /v1/days/{date}")

    def becomes(self, date, state):
        """What is known of the day, once it is in that state."""
        self.country.wait(lambda: self.get(date).get("state") == state, f"{date} is {state}", 20)
        return self.get(date)

    def batches(self):
        """The shop's: sequence, date, what of, items."""
        body = json.loads(self.country.clearing.ask("GET", "/v1/days/MER1")[1])
        return [(one["sequence"], one["date"], one["from"], one["items"])
                for one in reversed(body["days"])]

    def send(self, date, body, signature, seconds=15, **changed):
        """A signed PUT by hand; status and answer."""
        target = f"/v1/days/{date}"
        headers = self.shop.headers("PUT", target, None, body, created=self.now)
        if signature:
            headers["Pointhouse-Signature"] = signature
        return self.shop.send("PUT", target, {**headers, **changed}, body, seconds)


def row(reference, points=10, date="20260304"):
    return f"REDEMPTION,MER1/{date}/{reference},{MEMBER},{points},"


def as_the_page_says(uploads):
    uploads.file(FOURTH, 1, [row("F-1"), row("F-2")])
    page = PAGE.read_text(encoding="utf-8")
    section = page[page.index("## 7."):]
    lines = re.search(r"```\n(pointhouse sign .*\n\./ask PUT .*\n\./ask GET .*)\n```", section)[1]
    sign, put, get = lines.splitlines()
    (uploads.shop.folder / f"MER1-{FOURTH}.csv.sig").unlink()
    subprocess.run(["sh", "-ec", sign], cwd=uploads.shop.folder, env=uploads.shop.environment,
                   check=True, capture_output=True)
    reading = uploads.shop.sh(put)
    content = (uploads.shop.folder / f"MER1-{FOURTH}.csv").read_bytes()
    need(reading == {"date": str(FOURTH), "state": "READING",
                     "sha256": hashlib.sha256(content).hexdigest()}, f"it is read: {reading}")
    accepted = uploads.becomes(FOURTH, "ACCEPTED")
    need(accepted == {**reading, "state": "ACCEPTED", "sequence": 1, "rows": 2} and
         uploads.shop.sh(get) == accepted, f"it is accepted: {accepted}")
    shown = json.loads(re.search(r'\{"date":"2026-03-04".*\}', section)[0])
    need({**shown, "sha256": accepted["sha256"]} == accepted, f"as the page shows it: {shown}")
    need(uploads.batches() == [(1, str(FOURTH), "FILE", 2)], f"sealed: {uploads.batches()}")
    need(uploads.shop.sh(put) == accepted, "the same file again gets the same answer")
    uploads.file(FOURTH, 1, [row("F-3")])
    other = uploads.put(FOURTH, f"MER1-{FOURTH}.csv")
    need(other.get("code") == "DAY_TAKEN", f"another one doesn't: {other}")
    print("the three commands of the page bring a day")


def refused(uploads):
    name = uploads.file(FIFTH, 2, [row("G-1")])
    body = (uploads.shop.folder / name).read_bytes()
    line = (uploads.shop.folder / (name + ".sig")).read_text(encoding="ascii").rstrip("\n")

    def code(status, wanted, answer):
        need(answer[0] == status and answer[1].get("code") == wanted, f"{wanted}, not {answer}")
    code(400, "FIELD_MISSING", uploads.send(FIFTH, body, None))
    code(400, "FIELD_SYNTAX", uploads.send(FIFTH, body, "none"))
    code(415, "CONTENT_TYPE",
         uploads.send(FIFTH, body, line, **{"Content-Type": "application/json"}))
    digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    code(401, "SIGNATURE_WRONG",
         uploads.send(FIFTH, body, line, **{"content-digest": f"sha-256=:{digest}:"}))
    code(400, "FIELD_RANGE", uploads.send(FIFTH, b"", line))
    headers = uploads.shop.headers("PUT", f"/v1/days/{FIFTH}", None, body)
    too_large = {**headers, "Pointhouse-Signature": line, "Content-Length": str(65 << 20)}
    code(413, "TOO_LARGE", uploads.shop.send("PUT", f"/v1/days/{FIFTH}", too_large))
    headers = uploads.shop.headers("PUT", f"/v1/days/{FIFTH}", None, body)
    code(400, "DIGEST_WRONG",
         uploads.shop.send("PUT", f"/v1/days/{FIFTH}",
                           {**headers, "Pointhouse-Signature": line}, body[:-1] + b" "))

    def faults(answer):
        need(answer[0] == 200 and answer[1].get("state") == "REFUSED", f"refused: {answer}")
        return [(fault["number"], fault["value"]) for fault in answer[1]["faults"]]
    rules = uploads.country.rulebook.read_bytes()
    need(faults(uploads.send(FIFTH, rules, line)) == [(1007, "RULEBOOK")], "no rule book")
    other = uploads.file(FIFTH, 2, [], code="AIR1", signer="AIR1")
    answer = uploads.send(FIFTH, (uploads.shop.folder / other).read_bytes(), line)
    need(faults(answer) == [(1001, "AIR1")], "nobody else's day")
    need(faults(uploads.send(FOURTH.replace(day=3), body, line)) == [(1010, str(FIFTH))],
         "of its own date")
    need(uploads.get(FIFTH).get("code") == "UNKNOWN_DAY", "nothing of it was kept")
    need(list(uploads.country.clearing.inbox.glob("*.api.csv*")) == [], "nor lies there")
    print("what isn't the partner's own signed day file is refused")


def waits_and_is_compared(uploads):
    """The day isn't over; then a row says other than what came live."""
    country, shop = uploads.country, uploads.shop
    shop.does("/v1/redemptions", "L-1", member=MEMBER, points=400)
    name = uploads.file(FIFTH, 2, [row("L-1", 399, "20260305")])
    need(uploads.put(FIFTH, name)["state"] == "READING", "it is taken, to be read")
    country.wait(lambda: "detail" in uploads.get(FIFTH), "it says what it waits for")
    need(uploads.get(FIFTH)["detail"] == "the day is not over", f"{uploads.get(FIFTH)}")
    need(uploads.put(FIFTH, name)["state"] == "READING", "the same again waits on")
    uploads.at(datetime.datetime(2026, 3, 6, 0, 10))
    told = uploads.becomes(FIFTH, "REFUSED")
    fault = told["faults"][0]
    need((fault["number"], fault["line"], fault["column"], fault["value"]) ==
         (1008, 2, "points", "399") and fault["expected"].startswith("400") and fault["remedy"] and
         fault["name"] == "INTAKE_LIVE", f"the row that contradicts: {fault}")
    rows = [row("L-1", 400, "20260305"), row("L-2", 30, "20260305")]
    uploads.file(FIFTH, 2, rows, signer="AIR1")  # By another's key.
    uploads.put(FIFTH, name)
    country.wait(lambda: uploads.get(FIFTH).get("faults", [{}])[0].get("number") == 1006,
                 "a signature by another's key is refused")
    uploads.sign(name)
    uploads.put(FIFTH, name)
    accepted = uploads.becomes(FIFTH, "ACCEPTED")
    need((accepted["sequence"], accepted["rows"]) == (2, 2), f"{accepted}")
    need(uploads.batches()[1] == (2, str(FIFTH), "FILE", 2),
         f"one item for the row that came live, too: {uploads.batches()}")
    print("a file waits for its day's end, is compared, corrected and sealed")


def large_and_deaths(uploads):
    """A file of ten parts, while gateway and clearing are killed; then it is sealed once."""
    country, shop = uploads.country, uploads.shop
    sixth = FIFTH.replace(day=6)
    uploads.at(datetime.datetime(2026, 3, 7, 0, 10))
    name = uploads.file(sixth, 3, [row(f"M-{n}", 1, "20260306") for n in range(LARGE)])
    body = (shop.folder / name).read_bytes()
    line = (shop.folder / (name + ".sig")).read_text(encoding="ascii").rstrip("\n")
    need(len(body) > 8 << 20, f"{len(body)} bytes are many parts")

    def cut(process, what):
        """The file is sent until the process has died of it."""
        end = time.monotonic() + 60
        while process.handle.poll() is None:
            need(time.monotonic() < end, what)
            try:
                answer = uploads.send(sixth, body, line, seconds=5)
                need(answer[0] in (429, 503), f"no definite answer: {answer}")
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        need(process.handle.wait() == -signal.SIGKILL, what)

    country.gateway.stop()
    country.start_gateway(PH_KILL_AT="gateway_after_ask")
    cut(country.gateway, "the gateway dies as a file comes")
    need(list(country.gateway.folder.glob("**/body-*")) == [], "no body is left there")
    country.start_gateway()
    for point in ("clearing_before_day_file", "clearing_after_day_file"):
        country.clearing.stop()
        country.clearing.start(PH_KILL_AT=point)
        heard = time.monotonic() + 20    # Or a part that was under way kills it at once.
        while country.clearing.handle.poll() is None and \
                uploads.get(sixth).get("code") in ("UNAVAILABLE", "UNDECIDED"):
            need(time.monotonic() < heard, "the gateway hears it")
            time.sleep(0.05)
        cut(country.clearing, f"{point} kills the clearing")
        lies = (country.clearing.inbox / f"MER1-{sixth}.api.csv").exists()
        need(lies == (point == "clearing_after_day_file"), f"{point}: whether it lies in the inbox")
    country.clearing.start()
    country.clearing.wait_until_up()
    accepted = uploads.becomes(sixth, "ACCEPTED")  # It was promised to nobody, and lies there.
    need((accepted["sequence"], accepted["rows"]) == (3, LARGE), f"{accepted}")
    status, again = uploads.send(sixth, body, line)
    need(status == 200 and again == accepted, f"the repeat is told so: {again}")
    need(uploads.batches()[2:] == [(3, str(sixth), "FILE", LARGE)], f"once: {uploads.batches()}")
    left = [path.name for path in country.clearing.inbox.glob("*.part")]
    need(left == [], f"nothing is left of what was cut: {left}")
    print(f"{len(body)} bytes in parts, gateway and clearing killed: sealed once")


def main(folder):
    country = gateway.Country(folder)
    try:
        country.make()
        country.begin()
        uploads = Uploads(country)
        as_the_page_says(uploads)
        refused(uploads)
        waits_and_is_compared(uploads)
        large_and_deaths(uploads)
        for process in (country.gateway, country.node, country.clearing):
            need(process.stop() == 0, "a process stops with 0")
    finally:
        for process in (country.gateway, country.node, country.clearing):
            process.kill()


if __name__ == "__main__":
    if not all(shutil.which(tool) for tool in ("curl", "openssl")):
        print("not run: curl or openssl is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
