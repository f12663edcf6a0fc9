#!/usr/bin/env python3
"""A partner's points through the gateway, the clearing and the member's home, as running processes.

The commands of docs/partners.md are run as they stand there, with curl and openssl, over TLS; then
each other request once, what has to be refused, and the gateway and the clearing killed between a
request and its answer. What the member has left is asked of the home after each.

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
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _pointhouse import EXECUTABLE, ROOT, fail, write_csv  # noqa: E402

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))
import system as running  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
NOW = datetime.datetime(2026, 3, 5, 12, 0, 7)  # The page's moment.
UNIX = 1772683207
MEMBER = "01000000000012"
POINTS = 20_000
PAGE = pathlib.Path(ROOT, "docs", "partners.md")


def need(holds, what):
    if not holds:
        fail(what)


def write_inputs(folder):
    folder.mkdir()
    start = "2026-01-01"
    write_csv(folder / "rulebook.csv", f"POINTHOUSE,RULEBOOK,1,CLR,{FIRST},0", [
        "PARTICIPANT,P01,1,PROVINCE,甲省,Province A",
        "PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
        "PARTICIPANT,MER1,101,MERCHANT,商户,Shop",
        "PARTICIPANT,AIR1,102,AIRLINE,航空,Airline",
        f"CONTRACT,MER1,P01,AU,1,0,,{start},",
        f"CONTRACT,AIR1,CLR,X,1,0,mile,{start},",
        f"PRICE,1,INTER,,,,,6,5,,,{start},",
        f"PRICE,2,SALE,MER1,,,,7,10,,,{start},",
        f"PRICE,3,REIMBURSE,MER1,,,,3,5,,,{start},",
        f"PRICE,4,COMMISSION,MER1,,,,1,20,,,{start},",
        f"PRICE,5,BUY,AIR1,,,,8,1,,,{start},",
        f"PRICE,6,SALE,AIR1,,,,7,10,,,{start},",
        f"PRICE,7,OUT,AIR1,,,,2,25,25,250,{start},",
        f"PRICE,8,IN,AIR1,,,,10,1,1,100,{start},",
    ])
    write_csv(folder / "calendar.csv", f"POINTHOUSE,CALENDAR,1,CLR,{FIRST},0", ["YEAR,2026"])
    lot = f"LOT,P01/20250601/1,{MEMBER},2025-06,CONSUMPTION,1,2028-07-01,{POINTS},{POINTS}"
    write_csv(folder / "opening.csv", f"POINTHOUSE,OPENING_LOTS,1,P01,{FIRST},0", [lot],
              points=2 * POINTS)


class Partner:
    """The engineer of docs/partners.md, in a folder of his own, with nothing but the page."""

    def __init__(self, country, code):
        self.country, self.code = country, code
        self.folder = country.folder / code
        self.folder.mkdir(mode=0o700)
        page = PAGE.read_text(encoding="utf-8")
        keys = re.search(r"```\n(openssl genpkey.*?)```", page, re.DOTALL)[1]
        subprocess.run(["sh", "-ec", keys], cwd=self.folder, check=True, capture_output=True)
        script = self.folder / "ask"
        script.write_text(re.search(r"```\n(#!/bin/sh\n# ask .*?)```", page, re.DOTALL)[1],
                          encoding="utf-8")
        script.chmod(0o755)
        # The time is the system's, which stands still at the page's.
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "date").write_text(f'#!/bin/sh\n[ "$1" = +%s ] && echo {UNIX}\n',
                                    encoding="ascii")
        (tools / "date").chmod(0o755)
        self.environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOST": country.host,
                            "CURL_CA_BUNDLE": str(country.certificate)}

    def sh(self, line):
        """A line of the page; its answer."""
        done = subprocess.run(["sh", "-ec", line], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=30, check=False)
        need(done.returncode == 0, f"{line}: {done.stderr}")
        return json.loads(done.stdout)

    def ask(self, method, target, reference=None, **body):
        arguments = [method, target]
        if reference:
            arguments += [f"{self.code}/20260305/{reference}", json.dumps(body)]
        return self.sh(" ".join(f"'{word}'" for word in ["./ask", *arguments]))

    def does(self, target, reference, **body):
        answer = self.ask("POST", target, reference, **body)
        need(answer.get("state") == "DONE", f"{target} {reference} is done, not {answer}")
        return answer

    def is_refused(self, code, target, reference, **body):
        answer = self.ask("POST", target, reference, **body)
        need(answer.get("code") == code, f"{target} {reference}: {code}, not {answer}")

    # --- without the script: what it would never send --------------------------------------------

    def headers(self, method, target, reference, body, created=UNIX, nonce=None):
        """The headers of a signed request, by openssl."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        parts = {"@method": method, "@path": target}
        sent = {} if method == "GET" else {"content-digest": f"sha-256=:{digest}:"}
        if method == "POST":
            sent["idempotency-key"] = f"{self.code}/20260305/{reference}"
        parts.update(sent)
        key = subprocess.run("openssl pkey -in api.pem -pubout -outform DER | tail -c 32",
                             shell=True, cwd=self.folder, capture_output=True, check=True).stdout
        names = " ".join(f'"{name}"' for name in parts)
        nonce = nonce or os.urandom(12).hex()
        said = (f'({names});created={created};nonce="{nonce}";'
                f'keyid="{hashlib.sha256(key).hexdigest()[:16]}";alg="ed25519"')
        lines = [f'"{name}": {value}' for name, value in parts.items()]
        base = self.folder / "base"
        base.write_text("\n".join([*lines, f'"@signature-params": {said}']), encoding="ascii")
        made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", "api.pem", "-in",
                               base], cwd=self.folder, capture_output=True, check=True).stdout
        kind = "text/csv" if method == "PUT" else "application/json"
        return {**sent, "Content-Type": kind, "Signature-Input": f"sig1={said}",
                "Signature": f"sig1=:{base64.b64encode(made).decode()}:"}

    def send(self, method, target, headers, body=b"", seconds=15):
        """Status and answer; raises when the connection ends without one."""
        context = ssl.create_default_context(cafile=str(self.country.certificate))
        connection = http.client.HTTPSConnection(self.country.host, timeout=seconds,
                                                 context=context)
        try:
            connection.request(method, target, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def post(self, target, reference, fields, seconds=15, **how):
        body = json.dumps(fields).encode()
        return self.send("POST", target, self.headers("POST", target, reference, body, **how),
                         body, seconds)


class Country(running.System):
    """The clearing, one province, and the gateway on loopback TLS."""

    def __init__(self, folder):
        write_inputs(folder / "inputs")
        super().__init__(EXECUTABLE, folder / "system", folder / "inputs")
        self.node = self.nodes["P01"]
        self.api_port = running.free_port()
        self.host = f"localhost:{self.api_port}"
        self.gateways = ["GATE1"]
        self.gateway = running.Process(self, "gateway", "GATE1", self.folder / "gateway")
        self.certificate = self.gateway.folder / "gateway.pem"

    def make(self):
        super().make()
        self.make_gateway(self.gateway, self.api_port)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        self.gateway.folder / "gateway.key", "-out", self.certificate], check=True,
                       capture_output=True)
        (self.gateway.folder / "gateway.key").chmod(0o600)
        self.shop, self.airline = Partner(self, "MER1"), Partner(self, "AIR1")
        for partner in (self.shop, self.airline):
            self.run("registry", "add", self.keys / "registry.csv", "--api", "--date", FIRST,
                     "--key", partner.folder / "api-public.pem", "--participant", partner.code,
                     "--from-date", FIRST)
        self.sign_registry()

    def make_gateway(self, gateway, port):
        for part in ("", "run"):
            (gateway.folder / part).mkdir(mode=0o700, exist_ok=True, parents=True)
        gateway.config.write_text(self.config_of_gateway(gateway.code, port), encoding="utf-8")

    def config_of_gateway(self, code, port):
        return f"""[gateway]
code = "{code}"
clearing = "CLR"
control = "run/control.sock"

[api]
listen = "127.0.0.1:{port}"
certificate = "{self.certificate}"
key = "{self.gateway.folder}/gateway.key"

[keys]
transport = "{self.keys}/{code}-transport.secret"
registry = "{self.keys}/registry.csv"
root = "{self.keys}/CLR-root.pub"

[uplink]
endpoint = "tcp://127.0.0.1:{self.port}"

[clock]
file = "{self.clock}"
"""

    def begin(self):
        """Everybody is there, and the days before the fifth are sealed."""
        self.set_clock(NOW)
        for process in (self.clearing, self.node):
            process.start()
        for process in (self.clearing, self.node):
            process.wait_until_up()
            process.drop(self.rulebook)
            process.drop(self.openings["P01"])
        self.clearing.drop(self.calendars[0])
        self.start_gateway()
        self.wait(lambda: self.node.status()["receipted"] == 4, "the days before have receipts")

    def start_gateway(self, gateway=None, **environment):
        gateway = gateway or self.gateway
        gateway.start(**environment)
        gateway.wait_until_up()
        try:
            self.wait(lambda: gateway.status()["connected"], "the gateway hears the clearing")
        except running.Refused as refused:
            raise running.Refused(f"{refused}\n{gateway.code}:\n{running.tail(gateway.log)}")

    def balance(self):
        done = self.run("node", "balance", MEMBER, "--config", self.node.config)
        return json.loads(done)

    def has(self, points, held=0):
        """What the member has, seen at his home."""
        balance = self.balance()
        need((balance["points"], balance["held"]) == (points, held),
             f"the member has {points} points, {held} of them held, not {balance}")


def five_commands(country):
    """As they stand in section 2, and what stands below them."""
    page = PAGE.read_text(encoding="utf-8")
    lines = re.search(r"```\n((?:\./ask .*\n){5})```", page)[1].splitlines()
    country.has(POINTS)
    health, quote, hold, capture, found = [country.shop.sh(line) for line in lines]
    need(health["participant"] == "MER1", f"health says who one is, not {health}")
    need((quote["points"], quote["fen"]) == (2500, 1500), f"15 yuan are 2,500 points, not {quote}")
    need((hold["state"], hold["points"], hold["left"], hold["held_until"]) ==
         ("DONE", 2500, 2500, "2026-03-05T12:15:07+08:00"), f"the hold is held, not {hold}")
    need(capture["state"] == "DONE" and capture == found, f"{capture} is what is known: {found}")
    shown = json.loads(re.search(r"```\n(\{\"id\":\"MER1/20260305/A-18\".*?\})\n```", page,
                                 re.DOTALL)[1])
    for answer in (shown, found):
        need(re.fullmatch("P01/20260305/35[0-9]{8}", answer.pop("authorisation")),
             f"the home's code: {answer}")
    need(shown == found, f"the page shows {shown}, and the answer is {found}")
    country.has(POINTS - 2500)
    # A second time: the same answers, and nothing happens twice.
    again = [country.shop.sh(line) for line in lines[2:]]
    need(again == [{**hold, "left": 0}, capture, {**capture}], f"the first answers, not {again}")
    country.has(POINTS - 2500)
    print("the five commands of the page do what it says, and twice the same")


def each_request(country):
    shop, airline = country.shop, country.airline
    left = POINTS - 2500
    hold = shop.does("/v1/holds", "B-1", member=MEMBER, points=1000, seconds=60)
    need(hold["held_until"] == "2026-03-05T12:01:07+08:00", f"held for a minute: {hold}")
    country.has(left, held=1000)
    part = shop.does("/v1/holds/MER1/20260305/B-1/captures", "B-2", points=300, final=False)
    need((part["left"], part["member"], part["authorisation"]) ==
         (700, MEMBER, hold["authorisation"]), f"700 are left: {part}")
    void = shop.does("/v1/holds/MER1/20260305/B-1/void", "B-3")
    need((void["points"], void["left"], void["parent"]) == (700, 0, "MER1/20260305/B-1"),
         f"700 are free: {void}")
    left -= 300
    country.has(left)
    shop.is_refused("HOLD_ENDED", "/v1/holds/MER1/20260305/B-1/captures", "B-4", points=1,
                    final=True)
    redemption = shop.does("/v1/redemptions", "B-5", member=MEMBER, points=400)
    need(redemption["authorisation"].startswith("P01/20260305/"), f"a code: {redemption}")
    refund = shop.does("/v1/refunds", "B-6", parent="MER1/20260305/B-5", member=MEMBER, points=150)
    need((refund["left"], refund["parent"]) == (250, "MER1/20260305/B-5"), f"250 left: {refund}")
    left -= 250
    country.has(left)
    shop.does("/v1/accruals", "B-7", member=MEMBER, points=80)
    left += 80
    country.has(left)
    reversal = shop.does("/v1/reversals", "B-8", parent="MER1/20260305/B-7", member=MEMBER,
                         points=30)
    need(reversal["left"] == 50, f"50 are left of the accrual: {reversal}")
    left -= 30
    country.has(left)

    quote = airline.ask("GET", "/v1/quote?kind=EXCHANGE_OUT&points=1260")
    need((quote["points"], quote["units"], quote["rate"]) == (1250, 100, 7), f"miles: {quote}")
    out = airline.does("/v1/exchanges-out", "X-1", member=MEMBER, points=1250, units=100, rate=7)
    need((out["units"], out["rate"]) == (100, 7), f"as quoted: {out}")
    left -= 1250
    country.has(left)
    airline.is_refused("WHOLE_ONLY", "/v1/refunds", "X-2", parent="AIR1/20260305/X-1",
                       member=MEMBER, points=1000)
    airline.does("/v1/refunds", "X-3", parent="AIR1/20260305/X-1", member=MEMBER, points=1250)
    left += 1250
    airline.does("/v1/exchanges-in", "X-4", member=MEMBER, points=1000, units=100, rate=8)
    left += 1000
    country.has(left)
    airline.is_refused("RATE", "/v1/exchanges-in", "X-5", member=MEMBER, points=1001, units=100,
                       rate=8)
    found = airline.ask("GET", "/v1/transactions/AIR1/20260305/X-5")
    need((found["state"], found["code"]) == ("REFUSED", "RATE"), f"the refusal stands: {found}")
    shop.is_refused("INSUFFICIENT_POINTS", "/v1/redemptions", "B-9", member=MEMBER, points=10**6)
    shop.is_refused("NO_CONTRACT", "/v1/exchanges-out", "B-10", member=MEMBER, points=250,
                    units=20, rate=7)
    shop.is_refused("NOT_HOME", "/v1/redemptions", "B-11", member="01000000000029", points=1)
    shop.is_refused("ID_TAKEN", "/v1/accruals", "B-5", member=MEMBER, points=400)
    shop.is_refused("UNKNOWN_PARENT", "/v1/holds/MER1/20260305/Z/captures", "B-12", points=1,
                    final=True)
    answer = shop.ask("GET", "/v1/days/2026-03-05")
    need(answer["code"] == "UNKNOWN_DAY", f"no file has come: {answer}")
    shop.is_refused("NO_SUCH_PATH", "/v1/moves", "B-13", member=MEMBER)
    country.has(left)
    print("each request is carried out at the home, or refused as the page says")
    return left


def attacks(country, left):
    shop, airline = country.shop, country.airline
    hold = {"member": MEMBER, "points": 100}
    body = json.dumps(hold).encode()

    def refused(code, status, answer, what):
        need((answer[0], answer[1].get("code")) == (status, code), f"{what}: {code}, not {answer}")

    headers = shop.headers("POST", "/v1/holds", "C-1", body)
    bad = bytearray(base64.b64decode(headers["Signature"][6:-1]))
    bad[5] ^= 1
    wrong = {**headers, "Signature": f"sig1=:{base64.b64encode(bad).decode()}:"}
    refused("SIGNATURE_WRONG", 401, shop.send("POST", "/v1/holds", wrong, body),
            "a wrong signature")
    refused("DIGEST_WRONG", 400, shop.send("POST", "/v1/holds", headers, body[:-1] + b" "),
            "another body")
    refused("SIGNATURE_OLD", 401, shop.post("/v1/holds", "C-1", hold, created=UNIX - 301),
            "an old timestamp")
    refused("SIGNATURE_NEW", 401, shop.post("/v1/holds", "C-1", hold, created=UNIX + 61),
            "a timestamp ahead")
    headers = shop.headers("POST", "/v1/holds", "C-1", body, nonce="0123456789abcdef")
    need(shop.send("POST", "/v1/holds", headers, body)[0] == 200, "the first one is taken")
    refused("NONCE_SEEN", 401, shop.send("POST", "/v1/holds", headers, body), "the very same again")
    country.has(left, held=100)
    shop.does("/v1/holds/MER1/20260305/C-1/void", "C-2")

    # Another partner's transactions: the same answer whether there are such or not.
    for reference in ("C-1", "no-such"):
        target = f"/v1/transactions/MER1/20260305/{reference}"
        answer = airline.send("GET", target, airline.headers("GET", target, None, b""))
        refused("KEY_PARTICIPANT", 403, answer, "a look at another's transaction")
        need("member" not in answer[1], f"nothing is told: {answer}")
        target = f"/v1/holds/MER1/20260305/{reference}/captures"
        refused("KEY_PARTICIPANT", 403, airline.post(target, "C-3", {"points": 1, "final": True}),
                "a capture of another's hold")
    signed = airline.headers("POST", "/v1/holds", "C-4", body)
    signed["idempotency-key"] = "MER1/20260305/C-4"
    refused("SIGNATURE_WRONG", 401, airline.send("POST", "/v1/holds", signed, body),
            "another's id put in")
    missing = shop.ask("GET", "/v1/transactions/MER1/20260305/no-such")
    need(missing["code"] == "UNKNOWN_TRANSACTION", f"nothing happened under it: {missing}")
    country.has(left)
    print("who isn't whom he says, or comes late or twice, is refused, and nothing is moved")


def die_between(country, left):
    """The gateway is killed at each point of a request, then the same id is sent again."""
    gateway, shop = country.gateway, country.shop
    for number, point in enumerate(("gateway_before_ask", "gateway_after_ask",
                                    "gateway_before_reply", "gateway_after_reply")):
        gateway.stop()
        country.start_gateway(PH_KILL_AT=point)
        reference, fields = f"D-{number}", {"member": MEMBER, "points": 10}
        try:
            answer = shop.post("/v1/redemptions", reference, fields)
            fail(f"{point}: the gateway answered {answer}")
        except (OSError, http.client.HTTPException):
            pass
        need(gateway.handle.wait(10) == -signal.SIGKILL, f"{point} kills the gateway")
        country.start_gateway()
        first = shop.post("/v1/redemptions", reference, fields)
        need(first[0] == 200 and first[1]["state"] == "DONE", f"{point}: done, not {first}")
        need(shop.post("/v1/redemptions", reference, fields) == first, f"{point}: the same again")
        left -= 10
        country.has(left)
    print("killed anywhere between, the gateway's next life gives the one answer")
    return left


def silent_home_and_clearing(country, left):
    """202 while the home is away; 503 while the clearing is; one redemption each in the end."""
    node, clearing, gateway, shop = (country.node, country.clearing, country.gateway, country.shop)
    fields = {"member": MEMBER, "points": 10}
    node.handle.send_signal(signal.SIGSTOP)
    gateway.kill()
    country.start_gateway()
    try:
        shop.post("/v1/redemptions", "E-1", fields, seconds=0.5)
        fail("a home that stands still doesn't answer")
    except OSError:
        pass
    pending = shop.ask("GET", "/v1/transactions/MER1/20260305/E-1")
    need(pending["state"] == "PENDING", f"the clearing has it: {pending}")
    gateway.kill()  # As the home decides.
    node.handle.send_signal(signal.SIGCONT)
    country.start_gateway()
    status, first = shop.post("/v1/redemptions", "E-1", fields)
    need((status, first["state"]) == (200, "DONE"), f"carried out, not {status} {first}")
    left -= 10
    country.has(left)

    clearing.kill()
    country.wait(lambda: shop.post("/v1/redemptions", "E-2", fields)[1].get("code") in
                 ("UNAVAILABLE", "UNDECIDED"), "there is no clearing")
    need(shop.send("GET", "/v1/health", {})[0] == 200, "the gateway still answers")
    clearing.start()
    clearing.wait_until_up()

    def carried_out():
        return shop.post("/v1/redemptions", "E-2", fields)[1].get("state") == "DONE"
    country.wait(carried_out, "it is carried out when the clearing is back")
    left -= 10
    country.has(left)
    print("a home or a clearing that is away delays; nothing is lost, nothing done twice")


def reloads_and_ends(country):
    gateway = country.gateway
    gateway.handle.send_signal(signal.SIGHUP)
    country.wait(lambda: "certificate_reloaded" in gateway.log.read_text(), "the certificate anew")
    metrics = gateway.ask("GET", "/metrics")[1]
    need("pointhouse_gateway_connected 1" in metrics, "it says that the clearing speaks")
    page = pathlib.Path(ROOT, "docs", "operating.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(pointhouse_\w+)` \| \w+ \| (\w+)", page, re.MULTILINE)
    wanted = {name for name, of in rows if of in ("all", "gateway")}
    found = {line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE ")}
    need(wanted <= found <= {name for name, _ in rows},
         f"as documented: lacks {wanted - found}, undocumented {found - {n for n, _ in rows}}")
    text = country.run("gateway", "status", "--config", gateway.config)
    need("connected to the clearing" in text, f"the status says so: {text}")
    key = gateway.folder / "gateway.key"
    need(gateway.stop() == 0, "told to stop, it ends with 0")
    key.chmod(0o644)
    gateway.start()
    need(gateway.handle.wait(20) == 3, "a key that others may read ends the start with 3")
    key.chmod(0o600)
    for process in (country.node, country.clearing):
        need(process.stop() == 0, "a process stops with 0")


def main(folder):
    country = Country(folder)
    try:
        country.make()
        country.begin()
        began = time.monotonic()
        five_commands(country)
        left = each_request(country)
        attacks(country, left)
        left = die_between(country, left)
        silent_home_and_clearing(country, left)
        reloads_and_ends(country)
        print(f"{time.monotonic() - began:.1f} s")
    finally:
        for process in (country.gateway, country.node, country.clearing):
            if process.handle is not None:
                process.handle.send_signal(signal.SIGCONT)
            process.kill()


if __name__ == "__main__":
    if not all(shutil.which(tool) for tool in ("curl", "openssl")):
        print("not run: curl or openssl is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
