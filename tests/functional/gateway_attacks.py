#!/usr/bin/env python3
"""What the gateway's port meets on an open network: old TLS and weak ciphers, plain words, headers
that never end, headers and bodies that are too large, requests that two readers could read in two
ways, and thousands of connections that do nothing. Each is refused as docs/partners.md says, the
process stays small, and a partner redeems all the while; in the end the member has lost what the
partner redeemed and nothing else.

PH_LONG=1: 10,000 idle connections, otherwise 1,500. Environment: POINTHOUSE the executable. Ends
with 77 without openssl or libsodium.
"""

import os
import pathlib
import re
import resource
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
import warnings

import _live_world as world
from _pointhouse import plain_memory
from partner import SODIUM

IDLE = 10_000 if os.environ.get("PH_LONG") else 1_500
OF_AN_ADDRESS = 250  # The gateway takes 256.
BYTES_OF_IDLE_MAX = 32_768
ANSWER_S_MAX = 3.0
HEADER_S = 10.0  # from the first byte of a header to its end
WORD = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\n"
WHO = world.members_of(1, 1)[0]


class Wrong(Exception):
    """Something is not as it has to be."""


def need(right, what):
    if not right:
        raise Wrong(what)


class Shop(threading.Thread):
    """A partner who redeems one point after the other, whatever the others do."""

    def __init__(self, system):
        super().__init__(daemon=True)
        self.partner = system.partner("MER1")
        self.day = system.today
        self.done, self.slowest, self.fault, self.ending = 0, 0.0, None, threading.Event()

    def run(self):
        try:
            while not self.ending.wait(0.02):
                began = time.monotonic()
                status, answer = self.partner.ask(
                    "POST", "/v1/redemptions", f"MER1/{self.day}/S-{self.done}",
                    {"member": WHO, "points": 1}, 30)
                need(status == 200 and answer["state"] == "DONE", f"a redemption: {answer}")
                self.done += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
        except Exception as fault:  # pylint: disable=broad-except; raised again by main's thread
            self.fault = fault
        self.partner.drop()

    def still_serves(self, what):
        """Answers came all the while, and soon; the measure begins anew."""
        begun, until = self.done, time.monotonic() + 20
        while self.done < begun + 3 and self.fault is None and time.monotonic() < until:
            time.sleep(0.02)
        need(self.fault is None, f"{what}: {self.fault}")
        need(self.done >= begun + 3, f"{what}: the partner is served")
        need(self.slowest < ANSWER_S_MAX, f"{what}: an answer took {self.slowest:.1f} s")
        slowest, self.slowest = self.slowest, 0.0
        return f"the partner waited {1000 * slowest:.0f} ms at most"


class Port:
    """The gateway's port, and what comes back from it."""

    def __init__(self, system):
        self.port, self.authority = system.gateway_port, system.gateway.folder / "tls.pem"

    def raw(self, source="127.0.0.1", seconds=20):
        return socket.create_connection(("127.0.0.1", self.port), seconds, (source, 0))

    def context(self):
        return ssl.create_default_context(cafile=self.authority)

    def tls(self, context=None, source="127.0.0.1"):
        raw = self.raw(source)
        try:
            return (context or self.context()).wrap_socket(raw, server_hostname="localhost")
        except BaseException:
            raw.close()
            raise

    def says(self, text):
        """All that comes back to these bytes, to the end."""
        with self.tls() as caller:
            try:
                caller.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
                return to_the_end(caller)
            except OSError:
                return b""


def to_the_end(caller):
    heard = b""
    try:
        while chunk := caller.recv(65_536):
            heard += chunk
    except (ssl.SSLEOFError, ConnectionError):
        pass
    return heard


def status_of(answer):
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0


# ---- one after the other -------------------------------------------------------------------------


def old_tls(port):
    warnings.simplefilter("ignore", DeprecationWarning)  # Old versions are what is tried.
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = port.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        refused_handshake(port, context, version.name)
    for cipher in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA",
                   "ECDHE-ECDSA-AES256-SHA384", "NULL-SHA256", "ADH-AES128-SHA"):
        context = port.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(f"{cipher}:@SECLEVEL=0")
        refused_handshake(port, context, cipher)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = port.context()
        context.minimum_version = context.maximum_version = version
        with port.tls(context) as caller:
            caller.sendall((WORD + "\r\n").encode())
            need(status_of(caller.recv(4096)) == 200, f"{version.name} with good ciphers is taken")
    with port.raw() as plain:
        plain.sendall((WORD + "\r\n").encode())
        need(not to_the_end(plain).startswith(b"HTTP"), "plain HTTP gets no HTTP")


def refused_handshake(port, context, what):
    try:
        port.tls(context).close()
    except ssl.SSLError as refused:  # By the gateway, not by what this end can speak.
        need(refused.reason in ("TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE"),
             f"{what} is refused by the gateway, not with {refused}")
        return
    raise Wrong(f"{what} is taken")


def too_large(port):
    for header, status, what in (
            (f"X: {'a' * 9_000}\r\n", 431, "a header of 9,000 bytes"),
            ("".join(f"X{n}: a\r\n" for n in range(100)), 431, "a header of 100 fields"),
            ("Content-Length: 99999999999999999999\r\n", 400, "a length beyond 64 bits")):
        found = status_of(port.says(WORD + header + "\r\n"))
        need(found == status, f"{what}: {status}, not {found}")
    found = status_of(port.says(f"GET /{'a' * 9_000} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    need(found in (414, 431), f"a path of 9,000 bytes: {found}")
    post = "POST /v1/holds HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    found = status_of(port.says(post + "Content-Length: 1000000000\r\n\r\n"))
    need(found in (400, 401, 413), f"a body of a gigabyte without a signature: {found}")


def smuggled(port):
    post = "POST /v1/holds HTTP/1.1\r\nHost: localhost\r\n"
    behind = WORD + "\r\n"
    attempts = (
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {411}),
        ("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", {400}),
        ("Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", {400}),
        ("Content-Length: 0\r\nContent-Length: 55\r\n\r\n", {400}),
        ("Content-Length: 0, 55\r\n\r\n", {400}),
        ("Content-Length: +0\r\n\r\n", {400}),
        ("A: b\nContent-Length: 55\r\n\r\n", {400}),
        ("A\x00: b\r\n\r\n", {400}),
        ("Host: elsewhere\r\n\r\n", {400}))
    for rest, wanted in attempts:
        answer = port.says(post + rest + behind)
        need(status_of(answer) in wanted, f"{rest!r}: {wanted}, not {answer[:80]}")
        need(len(re.findall(rb"HTTP/1\.1 [0-9]", answer)) == 1,
             f"{rest!r}: nothing behind it is read: {answer}")
    for line in ("GET http://elsewhere/ HTTP/1.1", "GET /v1/health HTTP/1.0 x",
                 "GET  /v1/health HTTP/1.1", "GET /v1/%2e%2e/health HTTP/1.1", "PRI * HTTP/2.0"):
        found = status_of(port.says(f"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        need(400 <= found < 500 or found == 505, f"{line}: refused, not {found}")


def slow_headers(port, shop):
    """A byte now and then: each is closed when its time is over, whatever it still sends."""
    callers = [port.tls() for _ in range(100)]
    began = time.monotonic()
    for caller in callers:
        caller.sendall(WORD.encode())
        caller.settimeout(0.001)
    open_ones = list(callers)
    while open_ones:
        need(time.monotonic() < began + 3 * HEADER_S, f"{len(open_ones)} are closed in time")
        time.sleep(0.5)
        for caller in list(open_ones):
            try:
                caller.sendall(b"X")
                if caller.recv(1024) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue
            except OSError:
                open_ones.remove(caller)
    took = time.monotonic() - began
    need(took > HEADER_S / 2, f"a header may take {HEADER_S} s, not {took:.1f}")
    for caller in callers:
        caller.close()
    return f"100 slow headers are closed after {took:.0f} s; {shop.still_serves('slow headers')}"


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise Wrong("no RssAnon")


def idle_connections(system, port, shop):
    """A handshake and one answer each, then nothing. Only the descriptor is kept at this end."""
    before = resident(system.gateway.handle.pid)
    context, kept = port.context(), []
    try:
        for number in range(IDLE):
            caller = port.tls(context, f"127.0.7.{1 + number // OF_AN_ADDRESS}")
            caller.sendall((WORD + "\r\n").encode())
            need(status_of(caller.recv(4096)) == 200, "each is answered once")
            kept.append(caller.detach())
        each = (resident(system.gateway.handle.pid) - before) // IDLE
        words = shop.still_serves(f"{IDLE} idle connections")
        need(each < BYTES_OF_IDLE_MAX or not plain_memory(system.gateway.handle.pid),
             f"an idle connection costs {each} bytes")
        one_address = "127.0.9.9"
        with_one = [port.raw(one_address) for _ in range(300)]
        time.sleep(0.5)
        closed = sum(gone(one) for one in with_one)
        for one in with_one:
            one.close()
        need(closed == 300 - 256, f"of 300 connections of an address 256 stay: {closed} closed")
    finally:
        for descriptor in kept:
            os.close(descriptor)
    return f"{IDLE:,} idle connections cost {each:,} bytes each; {words}"


def gone(one):
    one.settimeout(0.001)
    try:
        return one.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def run(folder):
    system = world.Live(os.environ["POINTHOUSE"], folder, 1)
    system.make()
    try:
        system.start_all()
        shop, port = Shop(system), Port(system)
        before = system.points_of("P01", WHO)["points"]
        shop.start()
        old_tls(port)
        print(f"TLS before 1.2 and weak ciphers are refused; {shop.still_serves('old TLS')}")
        too_large(port)
        smuggled(port)
        print(f"what is too large or ambiguous is refused; {shop.still_serves('smuggling')}")
        print(slow_headers(port, shop), flush=True)
        print(idle_connections(system, port, shop), flush=True)
        shop.ending.set()
        shop.join(30)
        need(shop.fault is None and not shop.is_alive(),
             f"the partner's program ends: {shop.fault}")
        left = system.points_of("P01", WHO)["points"]
        need(left == before - shop.done, f"{shop.done} of {before} were redeemed, {left} are left")
        print(f"{shop.done} points were redeemed meanwhile, and nothing else was")
        codes = [process.stop() for process in system.processes()]
        need(not any(codes), f"each process stops with 0: {codes}")
    except Exception:
        print(f"--- gateway\n{world.running.tail(system.gateway.log, 15)}")
        raise
    finally:
        system.kill()


def main():
    if not shutil.which("openssl") or SODIUM is None:
        print("openssl or libsodium is missing")
        return 77
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + 2_000
    if hard < wanted:
        print(f"only {hard} descriptors may be opened, {wanted} are wanted")
        return 77
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as name:
        try:
            run(pathlib.Path(name))
        except (Wrong, AssertionError, world.running.Refused) as fault:
            print(f"not so: {fault}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
