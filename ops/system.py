#!/usr/bin/env python3
"""A whole running system on this machine, from a directory of a month's input files: keys,
settings, one clearing and a node for each province as processes on loopback, a clock that is moved
by hand. The demo and the functional tests are built upon it; only the standard library is needed.
"""

import datetime
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time


class Refused(Exception):
    """A command ended with another code than 0."""


class Unix(http.client.HTTPConnection):
    """HTTP over a Unix domain socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One process of the system: its folder, its settings, and how to ask it."""

    def __init__(self, system, kind, code, folder):
        self.system, self.kind, self.code, self.folder = system, kind, code, folder
        self.config = folder / f"{kind}.toml"
        self.inbox = folder / "inbox"
        self.control = folder / "run" / "control.sock"
        self.log = folder / "log"
        self.handle, self.asked = None, False
        self.prefix = []  # a command that runs the process, as `nsenter ...`
        self.journal = ""  # a url; empty: LMDB below its data
        self.arguments = []  # more of them for the command line

    def start(self, **environment):
        env = {**os.environ, **environment}
        self.asked = False
        with open(self.log, "ab") as log:
            self.handle = subprocess.Popen(
                [*self.prefix, str(self.system.exe), self.kind, "--config", str(self.config),
                 *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)

    def running(self):
        return self.handle is not None and self.handle.poll() is None

    def kill(self):
        """As by a power cut."""
        if self.handle is not None:
            self.handle.kill()
            self.handle.wait()
            self.handle = None

    def ask_to_stop(self):
        """Once: a second SIGTERM would end it at once, with 3."""
        if self.running() and not self.asked:
            self.asked = True
            self.handle.send_signal(signal.SIGTERM)

    def stop(self, seconds=30):
        """As the service manager does. Returns the exit code."""
        if self.handle is None:
            return 0
        self.ask_to_stop()
        try:
            code = self.handle.wait(seconds)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            code = self.handle.wait()
        self.handle = None
        return code

    def ask(self, method, path, seconds=30):
        connection = Unix(self.control, seconds)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def status(self):
        return json.loads(self.ask("GET", "/v1/status", 120)[1])

    def wait_until_up(self, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if self.ask("GET", "/health", 5)[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            if not self.running():
                break
            time.sleep(0.02)
        raise Refused(f"{self.code} does not answer:\n" + tail(self.log))

    def drop(self, path, name=None, sign=None):
        """A file into the inbox, `.part` while under way. `sign`: the key of a .sig beside it."""
        name = name or pathlib.Path(path).name
        part = self.inbox / (name + ".part")
        shutil.copyfile(path, part)
        if sign is not None:
            self.system.run("sign", part, "--kind", "DAY", "--key", sign)
            os.rename(str(part) + ".sig", self.inbox / (name + ".sig"))
        os.rename(part, self.inbox / name)

    def anonymous_bytes(self):
        text = pathlib.Path(f"/proc/{self.handle.pid}/status").read_text()
        return int(text.split("RssAnon:")[1].split()[0]) * 1024


def tail(path, lines=12):
    try:
        return "\n".join(pathlib.Path(path).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


class System:
    """`folder` is made. `inputs` holds one rule book, calendar, opening files and daily files."""

    def __init__(self, exe, folder, inputs, settings=""):
        self.exe, self.folder = pathlib.Path(exe), pathlib.Path(folder)
        self.inputs = pathlib.Path(inputs)
        self.keys = self.folder / "keys"
        self.clock = self.folder / "clock"
        self.settings = settings
        self.nodes, self.partners = {}, []
        self.gateways = []  # their codes
        self.read_inputs()
        self.port = free_port()
        self.clearing = Process(self, "clearing", self.clearing_code, self.folder / "clearing")
        for code in self.provinces:
            self.nodes[code] = Process(self, "node", code, self.folder / code)

    # --- what there is ---------------------------------------------------------------------------

    def read_inputs(self):
        self.openings, self.days, self.calendars = {}, {}, []
        for path in sorted(self.inputs.glob("*.csv")):
            with open(path, encoding="utf-8") as file:
                head = file.readline().strip().split(",")
            kind, sender, date, sequence = head[1], head[3], head[4], int(head[5])
            if kind == "RULEBOOK":
                self.rulebook = path
            elif kind == "CALENDAR":
                self.calendars.append(path)
            elif kind == "OPENING_LOTS":
                self.openings[sender] = path
                self.first_day = datetime.date.fromisoformat(date)
            elif kind in ("PROVINCE_DAY", "PARTNER_DAY"):
                self.days.setdefault(datetime.date.fromisoformat(date), []).append(
                    (sender, sequence, kind, path))
        self.provinces = []
        with open(self.rulebook, encoding="utf-8") as file:
            for line in file:
                row = line.strip().split(",")
                if row[0] == "PARTICIPANT" and row[3] == "PROVINCE":
                    self.provinces.append(row[1])
                elif row[0] == "PARTICIPANT" and row[3] == "CLEARING":
                    self.clearing_code = row[1]
                elif row[0] == "PARTICIPANT":
                    self.partners.append(row[1])

    # --- making it -------------------------------------------------------------------------------

    def run(self, *arguments):
        done = subprocess.run([str(self.exe), *map(str, arguments)], capture_output=True,
                              timeout=600, check=False)
        if done.returncode != 0:
            raise Refused(" ".join(map(str, arguments)) + ":\n" +
                          (done.stdout + done.stderr).decode(errors="replace"))
        return done.stdout.decode()

    def make(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700)
        self.make_keys()
        for process in [self.clearing, *self.nodes.values()]:
            for part in ("", "inbox", "data", "run"):
                (process.folder / part).mkdir(mode=0o700, exist_ok=True, parents=True)
            process.config.write_text(self.config_of(process), encoding="utf-8")
        self.set_clock(datetime.datetime.combine(self.first_day, datetime.time(0)))

    def make_keys(self):
        clr, since = self.clearing_code, self.first_day
        if any(self.inputs.glob("*.toml")):  # A rating is of the month before, and signed so.
            since -= datetime.timedelta(days=1)
        month = since.strftime("%Y%m")
        registry = self.keys / "registry.csv"
        for role in ("root", "clearing", "transport"):
            self.run("keygen", "--role", role, "--participant", clr, "--out", self.keys)
        common = ["registry", "add", registry, "--clearing", clr, "--date", self.first_day]
        self.run(*common, "--key", self.keys / f"{clr}-clearing.pub", "--from", month)
        for code in [*self.provinces, *self.partners]:
            self.run("keygen", "--role", "sender", "--participant", code, "--out", self.keys)
            self.run(*common, "--key", self.keys / f"{code}-sender.pub")
        for code in [clr, *self.provinces, *self.gateways]:
            if code != clr:
                self.run("keygen", "--role", "transport", "--participant", code,
                         "--out", self.keys)
            self.run(*common, "--key", self.keys / f"{code}-transport.pub",
                     "--from-date", self.first_day)
        self.sign_registry()

    def sign_registry(self):
        self.run("registry", "sign", self.keys / "registry.csv",
                 "--key", self.keys / f"{self.clearing_code}-root.secret")

    def config_of(self, process):
        clr, keys = self.clearing_code, self.keys
        clearing = process.kind == "clearing"
        who = (f'code = "{clr}"\nperiods = "periods"' if clearing else
               f'province = "{process.code}"\nclearing = "{clr}"')
        role = "clearing" if clearing else "sender"
        gateways = f"gateways = {json.dumps(self.gateways)}\n" if clearing else ""
        return f"""[{process.kind}]
{who}
data = "data"
inbox = "inbox"
control = "run/control.sock"
journal = "{process.journal}"

[keys]
signing = "{keys}/{process.code}-{role}.secret"
transport = "{keys}/{process.code}-transport.secret"
registry = "{keys}/registry.csv"
root = "{keys}/{clr}-root.pub"

[{'wire' if clearing else 'uplink'}]
endpoint = "tcp://127.0.0.1:{self.port}"
{gateways}
[clock]
file = "{self.clock}"
{self.settings}
"""

    def processes(self):
        return [self.clearing, *self.nodes.values()]

    # --- running it ------------------------------------------------------------------------------

    def set_clock(self, when):
        part = self.clock.with_suffix(".part")
        part.write_text(when.strftime("%Y-%m-%dT%H:%M:%S+08:00") + "\n", encoding="ascii")
        os.rename(part, self.clock)

    def start(self):
        self.clearing.start()
        self.clearing.wait_until_up()
        for node in self.nodes.values():
            node.start()
        for node in self.nodes.values():
            node.wait_until_up()

    def stop(self):
        everybody = [*self.nodes.values(), self.clearing]
        for process in everybody:
            process.ask_to_stop()
        return [process.stop() for process in everybody]

    def kill(self):
        for process in self.processes():
            process.kill()

    def open(self, seconds=120):
        """Rule book, calendars and opening files to whoever needs them."""
        self.clearing.drop(self.rulebook)
        for path in [*self.calendars, *self.openings.values()]:
            self.clearing.drop(path)
        for code, node in self.nodes.items():
            node.drop(self.rulebook)
            if code in self.openings:
                node.drop(self.openings[code])
        self.wait(lambda: not self.dropped(), "the first files are taken", seconds)

    def dropped(self):
        """Files that lie in an inbox still."""
        return [path for process in [self.clearing, *self.nodes.values()]
                for path in process.inbox.iterdir() if path.is_file()]

    def drop_day(self, day, skip=()):
        for sender, _, kind, path in self.days.get(day, []):
            if sender in skip:
                continue
            if kind == "PROVINCE_DAY":
                self.nodes[sender].drop(path)
            else:
                self.clearing.drop(path, sign=self.keys / f"{sender}-sender.secret")

    def end_day(self, day):
        """01:00 of the next day: the day is over, and its files may be sealed."""
        self.set_clock(datetime.datetime.combine(day + datetime.timedelta(days=1),
                                                 datetime.time(1)))

    def taken(self):
        """The last sequence that the clearing has of each sender."""
        return {row["code"]: row["last_sequence"] for row in self.clearing.status()["participants"]}

    def wait_for_day(self, day, seconds=120, skip=()):
        wanted = {sender: sequence for sender, sequence, _, _ in self.days.get(day, [])
                  if sender not in skip}

        def there():
            taken = self.taken()
            return all(taken.get(sender, 0) >= sequence for sender, sequence in wanted.items())

        self.wait(there, f"the batches of {day} are at the clearing", seconds)

    def wait(self, condition, what, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if condition():
                return
            for process in self.processes():
                if process.handle is not None and process.handle.poll() is not None:
                    raise Refused(f"{process.code} ended with {process.handle.returncode}:\n" +
                                  tail(process.log))
            time.sleep(0.02)
        logs = [f"{process.code}:\n{tail(process.log)}" for process in self.processes()[:4]]
        raise Refused("\n".join([f"in {seconds} s it did not come that {what}", *logs,
                                 *map(str, self.dropped()[:5])]))

    def close(self, period, dry_run=False):
        path = f"/v1/close-dry-run/{period}" if dry_run else f"/v1/close/{period}"
        status, text = self.clearing.ask("POST", path, 3600)
        return status, json.loads(text)

    def outputs(self, period):
        return self.clearing.folder / "periods" / period
