#!/usr/bin/env python3
"""The gateway fuzzed by schema/openapi.yaml, a member service by schema/member.yaml (both by
tests/openapi/fuzz.mjs): no request of a partner or a channel, good or bad, gets a 5xx, hangs or
brings a process down; at its end the system still serves.

The fuzzer's parts are npm's: `ops/openapi` installs them; where they lack, the test isn't run (77).
Usage: openapi_fuzz.py [SEED]. PH_LONG=1: five minutes, otherwise 10 seconds.
Environment: POINTHOUSE the executable.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import _live_world as world
import channel
from live_system import write_certificate
from partner import SODIUM

SECONDS = 300 if os.environ.get("PH_LONG") else 10
TOOLS = world.ROOT / "build" / "openapi"
NEEDED = ("yaml", "openapi-fuzzer-core", "json-schema-faker")
MEMBERS = 20


class Country(world.Live):
    """With a member service in the first province."""

    def make(self):
        super().make()
        self.node, self.member_port = self.nodes["P01"], world.running.free_port()
        scopes = ("level balance entitlement claim catalogue redeem order register apply profile "
                  "staff review calls")
        self.token, line = channel.new_token(self.exe, "fuzz", scopes, per_second=100_000)
        channel.write_private(self.node.folder / "channels", line + "\n")
        write_certificate(self.node.folder)
        with open(self.node.config, "a", encoding="utf-8") as settings:
            settings.write(channel.settings(self.member_port))


def settings_of(system, seed):
    """Of each run of the fuzzer, by its name."""
    common = {"tools": str(TOOLS), "members": world.members_of(1, MEMBERS), "seed": seed,
              "seconds": SECONDS / 3}
    for code in ("MER1", "AIR1"):
        yield code, {
            **common, "schema": str(world.ROOT / "schema" / "openapi.yaml"),
            "port": system.gateway_port, "ca": str(system.gateway.folder / "tls.pem"),
            "key": str(system.keys / f"{code}-api.pem"), "code": code, "day": system.today,
            "now": system.seconds()}
    yield "channel", {
        **common, "schema": str(world.ROOT / "schema" / "member.yaml"), "token": system.token,
        "port": system.member_port, "ca": str(system.node.folder / "tls.pem")}


def run(folder, seed):
    system = Country(os.environ["POINTHOUSE"], folder, MEMBERS)
    system.make()
    try:
        system.start_all()
        for name, settings in settings_of(system, seed):
            file = folder / f"{name}.json"
            file.write_text(json.dumps(settings), encoding="utf-8")
            done = subprocess.run(
                ["node", world.ROOT / "tests" / "openapi" / "fuzz.mjs", file], check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS + 60)
            print(f"{name}: {done.stdout.decode('utf-8', 'replace')}", end="", flush=True)
            if done.returncode != 0:
                return 1
        for process in system.processes():
            if not process.running():
                log = world.running.tail(process.log, 9)
                print(f"{process.code} {process.kind} is down: {log}")
                return 1
        status, answer = system.partner("MER1").ask("GET", "/v1/health")
        codes = [process.stop() for process in system.processes()]
        print(f"then health is {status} {answer['state']}, and each process stops with {codes}")
        return 0 if status == 200 and not any(codes) else 1
    finally:
        system.kill()


def main():
    lacking = [name for name in NEEDED if not (TOOLS / "node_modules" / name).exists()]
    if lacking or not shutil.which("node") or not shutil.which("openssl") or SODIUM is None:
        print(f"not run: {lacking} (ops/openapi installs them), node, openssl or libsodium lacks")
        return 77
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as name:
        return run(pathlib.Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 1)


if __name__ == "__main__":
    sys.exit(main())
