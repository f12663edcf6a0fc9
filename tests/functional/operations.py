#!/usr/bin/env python3
"""What an operator relies on: settings that are checked, health, metrics as they are documented,
a closed control socket, a log that can be read, signals, units and alarms that are well formed.
"""

import datetime
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, os.path.join(ROOT, "ops"))

import system as running  # noqa: E402

OPERATING = pathlib.Path(ROOT, "docs", "operating.md")
MONITORING = pathlib.Path(ROOT, "ops", "monitoring")
UNITS = pathlib.Path(ROOT, "ops", "systemd")
EXPOSURE_TENTHS_MAX = 20  # as `systemd-analyze security` counts it


def expect(condition, what):
    if not condition:
        fail(what)


class System(running.System):
    """With metrics over TCP."""

    def config_of(self, process):
        process.port = running.free_port()
        return super().config_of(process) + f'[http]\nlisten = "127.0.0.1:{process.port}"\n'


def get(process, path):
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def tool(*command, text=None):
    done = subprocess.run(list(map(str, command)), input=text, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    expect(done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}\n{text or ''}")
    return done.stdout


# --- settings -------------------------------------------------------------------------------------


def checked(kind, file, code=1):
    """What --check-config shows, and the lines of what it has found."""
    done = subprocess.run([EXECUTABLE, kind, "--config", file, "--check-config"],
                          capture_output=True, text=True, timeout=60, check=False)
    expect(done.returncode == code, f"{kind}: {done.returncode}, not {code}: {done.stderr}")
    return done.stdout, done.stderr.splitlines()


def check_settings(folder):
    for kind in ("node", "clearing", "gateway"):
        file = folder / f"{kind}.toml"
        file.write_text(run(kind, "--example-config"), encoding="utf-8")
        effective, told = checked(kind, file)
        again = folder / f"{kind}-effective.toml"
        again.write_text(effective, encoding="utf-8")
        # The example's keys aren't there, and nothing else is wrong with it.
        expect(told and all(re.search(r"^(keys|api)\.\w+: .*(No such file|isn't there)", line)
                            for line in told), f"{kind}: {told}")
        expect(checked(kind, again)[1] == told, f"{kind}: what is shown says the same")
        file.write_text(f'[{kind}]\ndata = 5\n[log]\nlevel = "loud"\n[unknown]\nx = 1\n',
                        encoding="utf-8")
        told = run(kind, "--config", file, "--check-config", expect=1)
        for part in (f"{file}:2: {kind}.data = 5", ':4: log.level = ', ":5: [unknown]",
                     "keys.transport: expected"):
            expect(part in told, f"{kind}: not told: {part}\n{told}")
        run(kind, "--config", file, expect=1)
        run(kind, "--config", folder / "absent.toml", "--check-config", expect=2)
        run(kind, "--check-config", expect=2)
    print("settings: examples load, faults are told with their lines")


def check_kill_points():
    names = run("--list-kill-points").split()
    expect("node_before_send" in names and names == sorted(names), f"kill points: {names}")
    run("--version", env={**os.environ, "PH_KILL_AT": "no_such_point"}, expect=2)
    print(f"kill points: {len(names)}")


# --- running processes ----------------------------------------------------------------------------


class Manager:
    """A service manager's socket."""

    def __init__(self, folder):
        self.name = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.name)
        self.socket.settimeout(30)

    def expect(self, word):
        heard = self.socket.recv(4096).decode()
        expect(heard.startswith(word), f"the service manager heard {heard!r}, not {word}")


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def check_sockets(process):
    expect(mode(process.control) == 0o600, f"{process.control}: {mode(process.control):o}")
    expect(mode(process.control.parent) == 0o700, f"{process.control.parent} is open to others")
    expect(get(process, "/health") == (200, "ok\n"), f"{process.code}: not healthy")
    expect(get(process, "/v1/status")[0] == 403, f"{process.code}: commands over TCP")
    second = subprocess.run([EXECUTABLE, process.kind, "--config", process.config],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                            check=False)
    expect(second.returncode == 3, f"a second {process.code} ended with {second.returncode}")
    expect(get(process, "/health") == (200, "ok\n"), f"{process.code}: not healthy any more")
    run(process.kind, "status", "--config", process.config)


def families(text):
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}


def check_metrics(system):
    """As documented, as the alarms use them, and as Prometheus likes them."""
    found = set()
    for process in (system.clearing, *system.nodes.values()):
        status, text = get(process, "/metrics")
        expect(status == 200, f"metrics of {process.code}: {status}")
        if shutil.which("promtool"):
            tool("promtool", "check", "metrics", text=text)
        found |= families(text)
    rows = re.findall(r"^\| `(pointhouse_\w+)` \| \w+ \| (\w+)", OPERATING.read_text("utf-8"),
                      re.M)
    # Those of the gateway and of a member service: gateway.py, member_service.py.
    documented = {name for name, of in rows if of not in ("gateway", "members")}
    expect(found == documented, "metrics and docs/operating.md differ: "
           f"undocumented {sorted(found - documented)}, gone {sorted(documented - found)}")
    used = set(re.findall(r"pointhouse_\w+", (MONITORING / "alerts.yml").read_text("utf-8")))
    known = {name for name, _ in rows}
    expect(used <= known, f"alarms ask for {sorted(used - known)}")
    print(f"metrics: {len(found)}, all documented")


def check_clock(system):
    node = next(iter(system.nodes.values()))
    before = node.status()["now"]
    part = system.clock.with_suffix(".part")
    part.write_text("2020-01-01T00:00:00+08:00\n", encoding="ascii")
    os.rename(part, system.clock)
    expect(node.status()["now"] == before, "time went back")
    system.wait(lambda: "pointhouse_clock_faults_total 1\n" in get(node, "/metrics")[1],
                "the clock's fault is counted")
    system.end_day(min(system.days) + datetime.timedelta(days=1))
    expect(node.status()["now"] > before, "time stands still")


def check_log(system, process):
    lines = process.log.read_text("utf-8").splitlines()
    form = re.compile(r'ts=\S+\+08:00 utc=\S+Z level=(debug|info|warning|error) event=[a-z0-9_]+'
                      r'( [a-z0-9_]+=("([^"\\]|\\.)*"|[^" =]+))*')
    for line in lines:
        expect(form.fullmatch(line), f"{process.code}: a line of the log in no form: {line}")
    secrets = [word for file in system.keys.glob("*.secret")
               for word in re.findall(r"[0-9a-fA-F]{32,}|[A-Za-z0-9+/]{40,}", file.read_text())]
    public = "".join(file.read_text() for file in system.keys.glob("*.pub"))
    secrets = [word for word in secrets if word not in public]
    expect(secrets, "no secrets found to look for")
    expect(not any(word in line for word in secrets for line in lines), "a secret in a log")
    return len(lines)


def check_health(system):
    """503 when data can't be kept, or when the clearing has lost batches; 200 when nobody is there.
    """
    node = next(iter(system.nodes.values()))
    for process in (node, system.clearing):
        data, away = process.folder / "data", process.folder / "away"
        data.rename(away)
        status, why = get(process, "/health")
        expect(status == 503 and "data: " in why, f"{process.code} without data: {status} {why}")
        away.rename(data)
        expect(get(process, "/health") == (200, "ok\n"), f"{process.code}: not well again")
    system.clearing.stop()
    expect(get(node, "/health") == (200, "ok\n"), "a clearing that is away is no ill health")
    kept = system.clearing.folder / "kept"
    (system.clearing.folder / "data").rename(kept)
    (system.clearing.folder / "data").mkdir(mode=0o700)
    system.end_day(min(system.days) + datetime.timedelta(days=2))
    system.clearing.start()
    system.wait(lambda: get(node, "/health")[0] == 503, "a clearing without our batches is seen")
    expect("nothing is sent" in get(node, "/health")[1], "why a node is ill")
    system.clearing.stop()
    shutil.rmtree(system.clearing.folder / "data")
    kept.rename(system.clearing.folder / "data")
    system.clearing.start()
    system.clearing.wait_until_up()
    node.ask("POST", "/v1/retry")
    system.wait(lambda: get(node, "/health")[0] == 200, "it is well once somebody has looked")
    print("health: 503 without data, and with a clearing that lost batches")


def check_log_level(system):
    """SIGHUP takes the level from the settings; settings with faults change nothing."""
    node = next(iter(system.nodes.values()))
    settings = node.config.read_text("utf-8")
    end = "\n[log]\nlevel = "
    expect("[log]" not in settings, "the settings of the test have no log")

    def told(level, event):
        before = node.log.read_text("utf-8").count(event)
        node.config.write_text(settings + end + f'"{level}"\n', encoding="utf-8")
        node.handle.send_signal(signal.SIGHUP)
        if level != "error":
            system.wait(lambda: node.log.read_text("utf-8").count(event) > before, event)
        else:
            node.status()  # Its answer comes after the signal's turn.
            node.status()
        return node.log.read_text("utf-8").count("event=settings_reloaded")

    expect(told("debug", "event=settings_reloaded") == 1, "the level is taken anew")
    expect(told("loud", "event=settings_refused") == 1, "a fault changes nothing")
    expect(told("error", "") == 1, "at level error no line of level info is written")
    expect(told("info", "event=settings_reloaded") == 2, "and is again at level info")
    node.config.write_text(settings, encoding="utf-8")
    print("log: its level follows the settings upon SIGHUP")


def check_registry(system):
    """An earlier registry, signed by the root all the same, is refused at a start."""
    node = next(iter(system.nodes.values()))
    files = [system.keys / "registry.csv", system.keys / "registry.csv.sig"]
    earlier = [file.read_bytes() for file in files]
    more = system.folder / "more"
    more.mkdir(mode=0o700)
    run("keygen", "--role", "transport", "--participant", node.code, "--out", more)
    run("registry", "add", files[0], "--clearing", system.clearing_code, "--date",
        system.first_day, "--key", more / f"{node.code}-transport.pub", "--from-date",
        "2031-01-01")
    system.sign_registry()
    system.wait(lambda: all("event=registry_reloaded" in process.log.read_text("utf-8")
                            for process in (system.clearing, *system.nodes.values())),
                "all take the new registry")
    later = [file.read_bytes() for file in files]
    node.stop()
    for file, content in zip(files, earlier):
        file.write_bytes(content)
    node.start()
    expect(node.handle.wait(30) == 3, "a node starts with an earlier registry")
    lines = node.log.read_text("utf-8").splitlines(keepends=True)
    expect("was taken before" in lines[-1], f"it says why it doesn't start: {lines[-1]}")
    node.log.write_text("".join(lines[:-1]), "utf-8")  # The last words of a process have no form.
    for file, content in zip(files, later):
        file.write_bytes(content)
    node.start()
    node.wait_until_up()
    print("registry: an earlier one is refused at a start")


def check_stop(system, manager):
    node = next(iter(system.nodes.values()))
    node.kill()
    expect(node.control.exists(), "a killed process leaves its socket")
    node.start(NOTIFY_SOCKET=manager.name)
    manager.expect("READY=1\n")
    node.wait_until_up()
    node.handle.send_signal(signal.SIGHUP)
    expect(node.status()["node"] == node.code, "SIGHUP is no end")
    codes = system.stop()
    manager.expect("STOPPING=1\n")
    expect(codes == [0] * len(codes), f"exit codes after SIGTERM: {codes}")
    expect(not node.control.exists(), "a stopped process takes its socket with it")
    done = subprocess.run([EXECUTABLE, "node", "status", "--config", node.config],
                          capture_output=True, timeout=60, check=False)
    expect(done.returncode == 3, f"status of nobody ended with {done.returncode}")


def check_processes(folder):
    month = folder / "month"
    run("generate", "--out", month, "--members", 300, "--provinces", 2, "--days", 1)
    system = System(EXECUTABLE, folder / "system", month)
    system.make()
    manager = Manager(folder)
    try:
        system.start()
        system.open()
        day = min(system.days)
        system.drop_day(day)
        system.end_day(day)
        system.wait_for_day(day)
        for process in (system.clearing, *system.nodes.values()):
            check_sockets(process)
        check_metrics(system)
        check_clock(system)
        check_log_level(system)
        check_health(system)
        check_registry(system)
        check_stop(system, manager)
        lines = sum(check_log(system, process)
                    for process in (system.clearing, *system.nodes.values()))
        print(f"processes: stopped and started as they should; {lines} lines of log")
    finally:
        system.kill()


# --- units and alarms -----------------------------------------------------------------------------


def check_alarms():
    if not shutil.which("promtool"):
        print("alarms: not checked, promtool lacks")
        return
    tool("promtool", "check", "rules", MONITORING / "alerts.yml")
    tool("promtool", "test", "rules", MONITORING / "alerts_test.yml")
    tool("promtool", "check", "config", MONITORING / "prometheus.yml")
    alarms = set(re.findall(r"alert: (\w+)", (MONITORING / "alerts.yml").read_text("utf-8")))
    tried = set(re.findall(r"Pointhouse\w+", (MONITORING / "alerts_test.yml").read_text("utf-8")))
    explained = set(re.findall(r"^\| `(Pointhouse\w+)`", OPERATING.read_text("utf-8"), re.M))
    expect(alarms == tried == explained,
           f"alarms {sorted(alarms)}, tried {sorted(tried)}, explained {sorted(explained)}")
    print(f"alarms: {len(alarms)}, each tried and explained")


def check_units(folder):
    if not shutil.which("systemd-analyze"):
        print("units: not checked, systemd-analyze lacks")
        return
    for unit in sorted(UNITS.glob("*.service")):
        text = unit.read_text("utf-8").replace("/usr/local/bin/pointhouse", EXECUTABLE)
        copy = folder / unit.name.replace("@", "@P01")
        copy.write_text(text, encoding="utf-8")
        told = tool("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", copy)
        expect(unit.stem.split("@")[0] not in told, f"{unit.name}:\n{told}")
        tool("systemd-analyze", "security", "--offline=yes", "--no-pager",
             f"--threshold={EXPOSURE_TENTHS_MAX}", copy)
    print("units: verified, exposure within bounds")


def main():
    if not os.access(EXECUTABLE, os.X_OK):
        print("no executable: " + EXECUTABLE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_settings(folder)
        check_kill_points()
        check_alarms()
        check_units(folder)
        check_processes(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
