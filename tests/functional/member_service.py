#!/usr/bin/env python3
"""The service for a province's channels at a running node, over TLS: the commands of the page
docs/members.md as they stand there; who may ask and who may not; what a hostile caller sends; the
file of channels changed, broken and mended while it runs; the log of look-ups, which has each of
them, while the ordinary log has no number; the node killed and started again, which answers the
same.

Environment: POINTHOUSE the executable, PH_ROOT the project. Ends with 77 without curl or openssl.
"""

import datetime
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _pointhouse import EXECUTABLE, ROOT, fail, run, write_csv  # noqa: E402

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))
import channel  # noqa: E402
import system as running  # noqa: E402
from live_system import write_certificate  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
NOW = datetime.datetime(2026, 3, 5, 12, 0, 7)  # The page's moment.
MEMBER = "01000000000012"
PAGE = pathlib.Path(ROOT, "docs", "members.md")
SCHEMA = pathlib.Path(ROOT, "schema", "member.yaml")
OPERATING = pathlib.Path(ROOT, "docs", "operating.md")
BALANCE = f"/v1/members/{MEMBER}/balance"
EXPIRING = f"/v1/members/{MEMBER}/expiring"
LOTS = [("2023-03", "2026-04-01", 40), ("2024-11", "2028-01-01", 500),
        ("2025-06", "2028-07-01", 3000)]


def need(holds, what):
    if not holds:
        fail(what)


def write_inputs(folder):
    folder.mkdir()
    write_csv(folder / "rulebook.csv", f"POINTHOUSE,RULEBOOK,1,CLR,{FIRST},0", [
        "PARTICIPANT,P01,1,PROVINCE,甲省,Province A",
        "PARTICIPANT,P02,2,PROVINCE,乙省,Province B",
        "PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
        "PRICE,1,INTER,,,,,6,5,,,2026-01-01,"])
    rows = [f"LOT,P01/{month.replace('-', '')}01/{n},{MEMBER},{month},CONSUMPTION,1,{expires},"
            f"{points},{points}" for n, (month, expires, points) in enumerate(LOTS, 1)]
    write_csv(folder / "opening.csv", f"POINTHOUSE,OPENING_LOTS,1,P01,{FIRST},0", rows,
              points=2 * sum(points for _, _, points in LOTS))


def channel_of(name, **more):
    token, line = channel.new_token(EXECUTABLE, name, **{"first": "2026-03-01", **more})
    need(hashlib.sha256(token.encode()).hexdigest() in line, "the line has the token's digest")
    return token, line


class Province(running.System):
    """A node, whose clearing isn't there: it is needed for nothing here."""

    def __init__(self, folder):
        write_inputs(folder / "inputs")
        super().__init__(EXECUTABLE, folder / "system", folder / "inputs")
        self.node = self.nodes["P01"]
        self.member_port, self.metrics_port = running.free_port(), running.free_port()
        self.host = f"localhost:{self.member_port}"
        self.channels = self.node.folder / "channels"
        self.tokens, self.lines, self.asked = {}, {}, []

    def config_of(self, process):
        text = super().config_of(process)
        if process.kind != "node" or process.code != "P01":
            return text
        text += f'[http]\nlisten = "127.0.0.1:{self.metrics_port}"\n'
        return text + channel.settings(self.member_port)

    def make(self):
        super().make()
        self.certificate = self.node.folder / "tls.pem"
        write_certificate(self.node.folder)
        for name, more in (("ivr", {}), ("sms", {"scopes": "level claim"}),
                           ("past", {"last": "2026-03-05"}), ("to-come", {"first": "2026-03-06"}),
                           ("slow", {"per_second": 3})):
            self.tokens[name], self.lines[name] = channel_of(name, **more)
        self.write_channels(self.lines.values())
        self.set_clock(NOW)

    def write_channels(self, lines, mode=0o600):
        text = "# who may ask\n" + "".join(f"{line}\n" for line in lines)
        channel.write_private(self.channels, text)
        if mode != 0o600:
            self.channels.chmod(mode)

    def begin(self):
        self.node.start()
        self.node.wait_until_up()
        self.node.drop(self.rulebook)
        self.node.drop(self.openings["P01"])
        self.wait(lambda: self.node.status()["sealed"] == 4, "the days before are sealed")

    def caller(self, who):
        """A channel, or who has some token or none."""
        return channel.Channel(self.member_port, self.certificate, self.tokens.get(who, who))

    def ask(self, path, who="ivr", method="GET", caller=None, **headers):
        """Status, answer and headers."""
        own = caller or self.caller(who)
        try:
            found = own.ask(path, method, **headers)
        finally:
            if caller is None:
                own.drop()
        if re.fullmatch(r"/v1/members/[^/?]*/(balance|expiring)(\?.*)?", path) and method == "GET":
            self.asked.append(found[0])
        return found

    def gets(self, path, who="ivr", **more):
        status, answer, _ = self.ask(path, who, **more)
        need(status == 200, f"{path}: {status} {answer}")
        return answer

    def is_refused(self, status, code, path, who="ivr", **more):
        found, answer, headers = self.ask(path, who, **more)
        need((found, answer["code"]) == (status, code), f"{path} {who}: {code}, not {answer}")
        need(headers["Content-Type"] == "application/problem+json", f"a problem: {headers}")
        return answer, headers

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=15)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def alarms(self):
        return self.node.status()["alarms"]

    def lookups(self, date="2026-03-05"):
        return self.node.folder / "data" / "lookups" / f"lookups-{date}.csv"


def commands_of_the_page(province):
    page = PAGE.read_text(encoding="utf-8")
    form = re.search(r"```\n(printf .*)\n```", page)[1]
    lines = re.search(r"```\n((?:curl .*\n){3})```", page)[1].splitlines()
    shown = re.search(r"```\n((?:\{.*\}\n){3})```", page)[1].splitlines()
    folder = province.folder / "engineer"
    folder.mkdir(mode=0o700)
    environment = {"PATH": os.environ["PATH"], "HOST": province.host,
                   "CURL_CA_BUNDLE": str(province.certificate), "TOKEN": province.tokens["ivr"]}
    subprocess.run(["sh", "-ec", form], cwd=folder, env=environment, check=True)
    need(stat.S_IMODE((folder / "token").stat().st_mode) == 0o600, "the token is for one's own")
    for line, answer in zip(lines, shown):
        done = subprocess.run(["sh", "-ec", line], cwd=folder, env=environment, check=True,
                              capture_output=True, text=True, timeout=30)
        need(done.stdout == answer + "\n", f"{line}\n{done.stdout}, and the page has {answer}")
    province.asked += [200, 200]
    schema = SCHEMA.read_text("utf-8")
    for answer in shown:
        for name in json.loads(answer):
            need(f"        {name}:" in schema, f"the schema has {name}")
    print("the page's commands give what it shows")


def who_may_ask(province):
    for who in ("", "x" * 43, "past", "to-come", province.tokens["ivr"] + "x"):
        answer, headers = province.is_refused(401, "NO_TOKEN", BALANCE, who)
        need(headers["WWW-Authenticate"] == "Bearer", f"it says how: {headers}")
        need(headers["Connection"] == "close", f"and no more: {headers}")
        need(province.tokens["ivr"] not in json.dumps(answer), "no token is told")
    province.is_refused(401, "NO_TOKEN", "/v1/members/1/balance", "")
    for path in (BALANCE, EXPIRING, "/v1/members/1/balance"):
        province.is_refused(403, "SCOPE", path, "sms")
    codes = []
    slow = province.caller("slow")
    for _ in range(8):
        status, answer, headers = province.ask(BALANCE, caller=slow)
        codes.append(status)
        need(status == 200 or (answer["code"], headers["Retry-After"], headers["Connection"]) ==
             ("TOO_MANY", "1", "keep-alive"), f"too many: {answer} {headers}")
    slow.drop()
    need(codes.count(200) in (3, 4) and codes[:3] == [200] * 3, f"three a second: {codes}")
    province.gets(BALANCE)
    time.sleep(1.1)
    province.gets(BALANCE, "slow")
    print("each channel may ask what it may, on its days, so often as it may")


def what_is_asked(province):
    province.is_refused(404, "NOT_HOME", "/v1/members/02000000000015/balance")
    for number in ("01000000000013", "1", "x" * 14, "%30" + MEMBER[1:], "", "+1000000000012"):
        answer, _ = province.is_refused(400, "INVALID", f"/v1/members/{number}/balance")
        need(answer["field"] == "number", f"it says which: {answer}")
    province.is_refused(400, "INVALID", BALANCE + "?limit=5")
    for path in ("/", "/v1", "/v1/members", f"/v1/members/{MEMBER}", BALANCE + "/", "/metrics",
                 "/v1/status", "//v1/health", f"/v1/members/{MEMBER}/histories", "/v1/%68ealth",
                 f"/v1/members/../members/{MEMBER}/balance", f"/v1/members/{MEMBER}/../../health",
                 f"/v1/members/{MEMBER}//balance", f"/V1/members/{MEMBER}/balance"):
        province.is_refused(404, "NO_SUCH_PATH", path)
    for method in ("POST", "PUT", "DELETE"):
        _, headers = province.is_refused(405, "METHOD", BALANCE, method=method)
        need(headers["Allow"] == "GET", f"GET is allowed: {headers}")
    province.is_refused(413, "TOO_LARGE", BALANCE, **{"Content-Length": "1"})
    province.is_refused(431, "HEADER_TOO_LARGE", BALANCE, X="a" * 9_000)
    province.asked.pop()  # It never got as far as a look-up.
    province.is_refused(421, "WRONG_HOST", BALANCE, Host="elsewhere.example")
    province.asked.pop()
    print("what isn't a look-up of a member who is here is refused, as the page says")


def says(province, text, tls=True):
    """All that comes back to these bytes."""
    raw = socket.create_connection(("127.0.0.1", province.member_port), 15)
    heard = b""
    try:
        if tls:
            context = ssl.create_default_context(cafile=str(province.certificate))
            raw = context.wrap_socket(raw, server_hostname="localhost")
        raw.sendall(text.encode("latin-1"))
        while chunk := raw.recv(65_536):
            heard += chunk
    except OSError:
        pass
    finally:
        raw.close()
    return heard


def hostile_bytes(province):
    good = f"GET {BALANCE} HTTP/1.1\r\nHost: localhost\r\n" \
           f"Authorization: Bearer {province.tokens['ivr']}\r\nConnection: close\r\n"
    need(not says(province, good + "\r\n", tls=False).startswith(b"HTTP"), "plain HTTP gets none")
    need(says(province, good + "\r\n").startswith(b"HTTP/1.1 200 OK\r\n"), "over TLS it is one")
    province.asked.append(200)
    for more, status in (("Content-Length: 0\r\nContent-Length: 5\r\n", 400),
                         ("Transfer-Encoding: chunked\r\n", 411), ("Host: x\r\n", 400),
                         ("A: b\nC: d\r\n", 400), ("A\x00: b\r\n", 400)):
        heard = says(province, good + more + "\r\n")
        need(heard.startswith(f"HTTP/1.1 {status} ".encode()), f"{more!r}: {status}, not {heard}")
        need(b"problem+json" in heard and MEMBER.encode() not in heard, f"{more!r}: {heard}")
    # Two tokens, or one in two fields, are none.
    for more in (f"Authorization: Bearer {province.tokens['ivr']}\r\n", "Authorization: x\r\n"):
        need(says(province, good + more + "\r\n").startswith(b"HTTP/1.1 401 "), f"{more!r}: 401")
        province.asked.append(401)
    print("bytes that two readers could read in two ways are refused")


def soon(province, condition, what):
    """As the page says: within a second, and a little for a busy machine."""
    began = time.monotonic()
    province.wait(condition, what, 5)
    return time.monotonic() - began


def channels_while_it_runs(province):
    token, line = channel_of("web")
    keep = {name: text for name, text in province.lines.items() if name != "ivr"}
    province.write_channels([*keep.values(), line])
    took = soon(province, lambda: province.ask(BALANCE, token)[0] == 200, "a new channel may ask")
    need(province.ask(BALANCE)[0] == 401, "one that was taken out may not")
    need(not province.alarms(), "there is no alarm")
    for text, mode, why in ((f"{line}\nnonsense", 0o600, "line 3"), (line, 0o640, "chmod 600"),
                            (line + "\n" + line, 0o600, "twice"), (None, 0o600, "No such file")):
        if text is None:
            province.channels.unlink()
        else:
            province.write_channels([text], mode)
        soon(province, lambda why=why: any(why in alarm for alarm in province.alarms()), why)
        need("stay in force" in province.alarms()[0], f"it says so: {province.alarms()}")
        need(province.ask(BALANCE, token)[0] == 200, f"{why}: those before stay in force")
        need("pointhouse_node_alarms 1\n" in province.metrics(), "the alarm is counted")
    province.write_channels(province.lines.values())
    soon(province, lambda: not province.alarms(), "once it is mended there is no alarm")
    need(province.ask(BALANCE, token)[0] == 401 and province.ask(BALANCE)[0] == 200, "it is taken")
    log = province.node.log.read_text("utf-8")
    need(log.count("event=channels_refused") == 4, "each fault is logged once")
    print(f"the file of channels is read anew ({1000 * took:.0f} ms); a broken one changes nothing")


def certificates_while_it_runs(province):
    key = province.node.folder / "tls.key"
    good = key.read_bytes()
    key.chmod(0o644)
    province.node.handle.send_signal(signal.SIGHUP)
    province.wait(lambda: "event=certificate_refused" in province.node.log.read_text("utf-8"),
                  "a key that others may read is refused")
    province.gets(BALANCE)
    key.chmod(0o600)
    write_certificate(province.node.folder)
    need(key.read_bytes() != good, "another key")
    province.node.handle.send_signal(signal.SIGHUP)
    province.wait(lambda: "event=certificate_reloaded" in province.node.log.read_text("utf-8"),
                  "the new certificate is in force")
    province.gets(BALANCE)
    print("certificates change upon SIGHUP, and a bad one changes nothing")


def holds_are_seen_at_once(province):
    connection = running.Unix(province.node.folder / "run" / "counter.sock", 20)
    connection.request("POST", "/v1/holds", json.dumps({"member": MEMBER, "points": 600}),
                       {"Content-Type": "application/json", "Idempotency-Key": "P01/20260305/H-1"})
    answer = connection.getresponse()
    need(answer.status == 200, f"held: {answer.status} {answer.read()}")
    connection.close()
    found = province.gets(BALANCE)
    need((found["points"], found["available"], found["held"]) == (3540, 2940, 600), f"{found}")
    need([day["held"] for day in found["expiry"]] == [40, 500, 60], f"where they lie: {found}")
    need(province.gets(EXPIRING)["expiring"][0] ==
         {"expires_on": "2026-04-01", "points": 40, "held": 40}, "what is held is said")
    print("a hold at the counter is seen at once")


def dies_and_answers_the_same(province):
    before = [province.gets(path) for path in (BALANCE, EXPIRING)]
    time.sleep(1.5)  # Its look-ups are on disk.
    province.node.kill()
    province.node.start()
    province.node.wait_until_up()
    after = [province.gets(path) for path in (BALANCE, EXPIRING)]
    need(before == after, f"{before} before it died, {after} after")
    print("killed and started again it answers the same")


def the_log_has_each(province):
    wanted = len(province.asked)

    def rows():
        return province.lookups().read_text("ascii").splitlines()

    province.wait(lambda: len(rows()) >= wanted + 1, f"{wanted} look-ups are logged", 5)
    lines = rows()
    need(lines[0] == "time,channel,method,path,member,status", f"a head: {lines[0]}")
    need([int(line.rsplit(",", 1)[1]) for line in lines[1:]] == province.asked,
         f"each one, in its order: {len(lines) - 1} lines, {wanted} were asked")
    form = re.compile(r"2026-03-05T12:00:07\+08:00,(-|[a-z-]+),GET,/v1/members/\{number\}/"
                      r"(balance|expiring),([0-9]{14})?,[0-9]{3}")
    for line in lines[1:]:
        need(form.fullmatch(line), f"a line: {line}")
        need(("," + "-" + ",GET" in line) == line.endswith(",401"), f"whose it is: {line}")
    for path, mode in ((province.lookups(), 0o600), (province.lookups().parent, 0o700)):
        need(stat.S_IMODE(path.stat().st_mode) == mode, f"{path} is for nobody else")
    log = province.node.log.read_text("utf-8")
    need(MEMBER not in log and not re.search(r"\b0[12][0-9]{12}\b", log), "a number in the log")
    everything = log + "".join(lines) + json.dumps(province.node.status()) + province.metrics()
    need(not any(token in everything for token in province.tokens.values()), "a token is told")
    print(f"{wanted} look-ups are logged, each once; the ordinary log has no number")


def metrics_are_documented(province):
    found = {line.split()[2] for line in province.metrics().splitlines()
             if line.startswith("# TYPE pointhouse_members_")}
    rows = set(re.findall(r"^\| `(pointhouse_members_\w+)` \| \w+ \| members ",
                          OPERATING.read_text("utf-8"), re.M))
    need(found == rows, f"metrics and docs/operating.md differ: {found ^ rows}")
    need('pointhouse_members_requests_total{method="GET",route="BALANCE",status="200"}'
         in province.metrics(), "requests by status")
    print(f"{len(found)} metrics, all documented")


def days_pass(province):
    old = province.lookups("2025-09-06")
    kept = province.lookups("2025-09-08")
    for file in (old, kept):
        file.write_text("x\n", "ascii")
    province.set_clock(NOW + datetime.timedelta(days=1))
    province.wait(lambda: not old.exists(), "what is older than 180 days is erased", 5)
    need(kept.exists(), "what isn't stays")
    need(province.ask(BALANCE, "to-come")[0] == 200, "a token counts from its first day")
    province.wait(lambda: province.lookups("2026-03-06").exists(), "each day has its file", 5)
    print("each day has its file of look-ups, for 180 days")


def starts_without_channels(province):
    """A file that is no good lets nobody in, and keeps no node from its work."""
    need(province.node.stop() == 0, "it stops with 0")
    province.channels.chmod(0o644)
    province.node.start()
    province.node.wait_until_up()
    need(province.ask(BALANCE)[0] == 401 and province.ask("/v1/health", "")[0] == 200, "nobody")
    need("nobody may ask" in province.alarms()[0], f"an alarm: {province.alarms()}")
    province.channels.chmod(0o600)
    soon(province, lambda: province.ask(BALANCE)[0] == 200, "a mended file lets them in")
    need(province.node.stop() == 0, "it stops with 0")


def settings_are_checked(province):
    text = province.node.config.read_text("utf-8")
    for old, new, told in (
            ('certificate = "tls.pem"\n', "", "member_service.certificate"),
            (f'listen = "127.0.0.1:{province.member_port}"',
             f'listen = "0.0.0.0:{province.member_port}"', "member_service.beyond_loopback"),
            ('channels = "channels"\n', 'lookup_days = 0\nchannels = "channels"\n',
             "member_service.lookup_days")):
        file = province.node.folder / "wrong.toml"
        file.write_text(text.replace(old, new), "utf-8")
        found = run("node", "--config", file, "--check-config", expect=1)
        need(told in found, f"{told} is told, not {found}")
    province.channels.chmod(0o644)  # The node would start, and do its other work.
    found = run("node", "--config", province.node.config, "--check-config")
    need("warning: member_service.channels: " in found and "chmod 600" in found, f"told: {found}")
    province.channels.chmod(0o600)
    found = run("node", "--config", province.node.config, "--check-config")
    need("warning" not in found, f"nothing is wrong: {found}")
    run("keygen", "--role", "channel", "--channel", "Web", "--scopes", "balance", "--per-second",
        "1", "--from-date", "2026-03-01", expect=2)
    run("keygen", "--role", "channel", "--channel", "web", "--scopes", "points", "--per-second",
        "1", "--from-date", "2026-03-01", expect=2)
    run("keygen", "--role", "sender", "--participant", "P01", "--scopes", "level", "--out",
        province.keys, expect=2)
    print("settings and options that are wrong are told")


def main(folder):
    province = Province(folder)
    try:
        province.make()
        settings_are_checked(province)
        province.begin()
        commands_of_the_page(province)
        who_may_ask(province)
        what_is_asked(province)
        hostile_bytes(province)
        channels_while_it_runs(province)
        certificates_while_it_runs(province)
        holds_are_seen_at_once(province)
        dies_and_answers_the_same(province)
        the_log_has_each(province)
        metrics_are_documented(province)
        days_pass(province)
        starts_without_channels(province)
    finally:
        province.kill()


if __name__ == "__main__":
    if not all(shutil.which(tool) for tool in ("curl", "openssl")):
        print("not run: curl or openssl is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
