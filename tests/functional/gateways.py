#!/usr/bin/env python3
"""The clearing house's gateways, each with a code and a transport key of its own: two at once, one
that the clearing's settings don't name, and what is refused as a gateway's settings.

Environment: POINTHOUSE the executable, PH_ROOT the project. Ends with 77 without curl or openssl.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import gateway
from _pointhouse import EXECUTABLE
from gateway import MEMBER, POINTS, need, running

CODES = ["GATE1", "GATE2", "GATE3"]


class Country(gateway.Country):
    """The second gateway is there for a while; the third has keys, and at first no name in the
    clearing's settings.
    """

    def __init__(self, folder):
        super().__init__(folder)
        self.gateways = CODES
        self.ports = {code: running.free_port() for code in CODES[1:]}
        self.second, self.third = (running.Process(self, "gateway", code, self.folder / code)
                                   for code in CODES[1:])
        self.ports["GATE1"] = self.api_port

    def make(self):
        super().make()
        self.name("GATE1", "GATE2")
        for one in (self.second, self.third):
            self.make_gateway(one, self.ports[one.code])

    def name(self, *codes):
        """In the clearing's settings, for its next start."""
        self.clearing.config.write_text(self.clearing_settings(codes), encoding="utf-8")

    def clearing_settings(self, codes):
        text = self.clearing.config.read_text(encoding="utf-8")
        return re.sub(r"(?m)^gateways = .*$", f"gateways = {json.dumps(codes)}", text)

    def use(self, one):
        """Partners' next requests go there."""
        self.host = f"localhost:{self.ports[one.code]}"

    def restart_clearing(self):
        self.clearing.stop()
        self.clearing.start()
        self.clearing.wait_until_up()

    def is_refused(self, process, text, what):
        """With these settings; it says what is wrong."""
        file = process.folder / "wrong.toml"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([EXECUTABLE, process.kind, "--config", file, "--check-config"],
                              capture_output=True, text=True, timeout=30, check=False)
        need(done.returncode == 1 and what in done.stderr, f"{what}, not {done.stderr}")


def two_at_once(country, left):
    """Two at a time, each with its own code and key; what one has asked the other one knows."""
    shop, fields = country.shop, {"member": MEMBER, "points": 10}
    country.start_gateway(country.second)
    for number, (one, other) in enumerate(((country.gateway, country.second),
                                           (country.second, country.gateway))):
        country.use(one)
        first = shop.post("/v1/redemptions", f"A-{number}", fields)
        need(first[0] == 200 and first[1]["state"] == "DONE", f"{one.code}: {first}")
        country.use(other)
        need(shop.post("/v1/redemptions", f"A-{number}", fields) == first, "the same at the other")
        left -= 10
        country.has(left)
    text = country.run("gateway", "status", "--config", country.second.config)
    need(text.startswith("gateway GATE2 of CLR"), f"it says who it is: {text}")
    text = country.run("clearing", "status", "--config", country.clearing.config)
    for code in ("GATE1", "GATE2"):
        need(re.search(rf"{code} +\d+ s ago", text), f"{code} is heard: {text}")
    need(country.second.stop() == 0, "the second gateway ends with 0")
    print("two gateways with codes and keys of their own give one answer")
    return left


def unnamed(country, left):
    """Its keys alone don't make it a gateway: the clearing's settings name it, or not any more."""
    third, shop, fields = country.third, country.shop, {"member": MEMBER, "points": 10}
    third.start()
    third.wait_until_up()
    country.use(third)

    def is_unlisted():
        return third.status()["unlisted"] and not third.status()["connected"]

    def is_told():
        answer = shop.post("/v1/redemptions", "B-1", fields)
        need((answer[0], answer[1].get("code")) == (503, "UNAVAILABLE"), f"not asked: {answer}")
        text = country.run("gateway", "status", "--config", third.config)
        need("NOT admitted" in text and "wire.gateways" in text, f"the operator is told: {text}")

    country.wait(is_unlisted, "the clearing takes it for no gateway")
    is_told()
    need("not_admitted" in third.log.read_text(), "its log says so")
    country.has(left)
    country.name("GATE1", "GATE3")
    country.restart_clearing()
    country.wait(lambda: third.status()["connected"], "named, it is a gateway", 30)
    need(shop.post("/v1/redemptions", "B-1", fields)[1]["state"] == "DONE", "and asks")
    country.name("GATE1")
    country.restart_clearing()
    country.wait(is_unlisted, "it is none any more", 30)
    is_told()
    need(third.stop() == 0, "it ends with 0")
    country.use(country.gateway)
    country.wait(lambda: country.gateway.status()["connected"], "the first one is there", 30)
    country.has(left - 10)
    print("the clearing's settings alone make a gateway of a key")


def certificate_and_key(country, text):
    """Looked at without a start: there, tight, and of each other."""
    country.run("gateway", "--config", country.gateway.config, "--check-config")
    key = country.gateway.folder / re.search(r'(?m)^key = "(.*)"$', text)[1]
    key.chmod(0o640)
    country.is_refused(country.gateway, text, "chmod 600")
    key.chmod(0o600)
    other = key.with_name("other.key")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", other], check=True)
    other.chmod(0o600)
    country.is_refused(country.gateway, re.sub(r'(?m)^key = .*$', f'key = "{other}"', text),
                       "isn't the key of the certificate")
    country.is_refused(country.gateway, re.sub(r'(?m)^key = .*$', 'key = "none.key"', text),
                       "api.key: ")


def wrong_settings(country):
    """--check-config knows what can be known without the rule book; the start, whose key it is."""
    for codes in (["CLR"], ["GATE1", "CLR"], ["gate1"]):
        country.is_refused(country.clearing, country.clearing_settings(codes), "wire.gateways")
    text = country.gateway.config.read_text(encoding="utf-8")
    own = 'code = "GATE1"\n'
    country.is_refused(country.gateway, text.replace(own, 'code = "CLR"\n'), "gateway.code")
    country.is_refused(country.gateway, text.replace(own, ""), "gateway.code")
    certificate_and_key(country, text)
    second = country.second
    text = second.config.read_text(encoding="utf-8")
    second.config.write_text(text.replace("GATE2-transport", "CLR-transport"), encoding="utf-8")
    second.start()
    need(second.handle.wait(20) == 3, "with the clearing's key a gateway doesn't start")
    need("the transport key of CLR" in second.log.read_text(), "and says why")
    print("a gateway with the clearing's code or key is refused")


def main(folder):
    country = Country(folder)
    try:
        country.make()
        country.begin()
        left = two_at_once(country, POINTS)
        unnamed(country, left)
        wrong_settings(country)
    finally:
        for process in (country.gateway, country.second, country.third, country.node,
                        country.clearing):
            process.kill()


if __name__ == "__main__":
    if not all(shutil.which(tool) for tool in ("curl", "openssl")):
        print("not run: curl or openssl is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
