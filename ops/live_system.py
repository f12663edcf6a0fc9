"""A running system with a gateway, programs of its partners (partner.py), and its provinces'
counters.
"""

import datetime
import http.client
import json
import subprocess

import system as running
from partner import Key, Partner


class Counter:
    """A shop or billing system of a province: asks its own node (docs/operating.md, section 12).
    One connection, made anew when it breaks.
    """

    def __init__(self, code, path, timeout=12):
        self.code, self.path, self.timeout = code, path, timeout
        self.connection = None

    def request(self, method, target, transaction, body):
        if self.connection is None:
            self.connection = running.Unix(self.path, self.timeout)
        headers = {"Content-Type": "application/json"}
        if transaction is not None:
            headers["Idempotency-Key"] = transaction
        data = None if method == "GET" else json.dumps(body or {})
        self.connection.request(method, target, data, headers)

    def drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def send(self, method, target, transaction=None, body=None):
        """Status and JSON of one attempt; (0, {}) when the connection broke."""
        try:
            self.request(method, target, transaction, body)
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.will_close:
                self.drop()
            return answer.status, json.loads(text)
        except (OSError, http.client.HTTPException):
            self.drop()
            return 0, {}

    def lose(self, method, target, transaction, body):
        """Sends it, and is gone before the answer."""
        try:
            self.request(method, target, transaction, body)
        except (OSError, http.client.HTTPException):
            pass
        self.drop()


def write_certificate(folder):
    """Of localhost, for this run alone."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout",
                    folder / "tls.key", "-out", folder / "tls.pem", "-days", "30", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True, timeout=60)
    (folder / "tls.key").chmod(0o600)


class LiveSystem(running.System):
    """Every partner has a key for the gateway, and business time that is the system's."""

    def __init__(self, exe, folder, inputs, settings=""):
        super().__init__(exe, folder, inputs, settings)
        self.gateways = ["GATE1"]
        self.gateway = running.Process(self, "gateway", "GATE1", self.folder / "gateway")
        self.gateway_port = running.free_port()

    def make_keys(self):
        super().make_keys()
        for code in self.partners:
            self.run("keygen", "--role", "api", "--participant", code, "--out", self.keys, "--pem")
            self.run("registry", "add", self.keys / "registry.csv", "--clearing",
                     self.clearing_code, "--api", "--date", self.first_day, "--key",
                     self.keys / f"{code}-api.pub", "--from-date", self.first_day)
        self.sign_registry()

    def make(self):
        super().make()
        for part in ("", "run"):
            (self.gateway.folder / part).mkdir(mode=0o700, exist_ok=True)
        write_certificate(self.gateway.folder)
        self.gateway.config.write_text(self.gateway_config(), encoding="utf-8")
        self.pems = {code: Key(self.keys / f"{code}-api.pem") for code in self.partners}

    def gateway_config(self):
        return f"""[gateway]
code = "{self.gateway.code}"
clearing = "{self.clearing_code}"
control = "run/control.sock"

[api]
listen = "127.0.0.1:{self.gateway_port}"
certificate = "tls.pem"
key = "tls.key"

[keys]
transport = "{self.keys}/{self.gateway.code}-transport.secret"
registry = "{self.keys}/registry.csv"
root = "{self.keys}/{self.clearing_code}-root.pub"

[uplink]
endpoint = "tcp://127.0.0.1:{self.port}"

[clock]
file = "{self.clock}"
"""

    def processes(self):
        return [self.gateway, self.clearing, *self.nodes.values()]

    def start_gateway(self):
        self.gateway.start()
        self.gateway.wait_until_up()

    def start_all(self):
        self.start()
        self.open()
        self.start_gateway()

    def stop(self):
        return [self.gateway.stop(), *super().stop()]

    def set_clock(self, when):
        super().set_clock(when)
        self.now, self.today = when, when.strftime("%Y%m%d")

    def seconds(self):
        """Business time as a partner's clock has it."""
        zone = datetime.timezone(datetime.timedelta(hours=8))
        return int(self.now.replace(tzinfo=zone).timestamp())

    def partner(self, code, timeout=12):
        return Partner(code, self.pems[code], ("localhost", self.gateway_port),
                       self.gateway.folder / "tls.pem", self.seconds, timeout)

    def counter(self, code, timeout=12):
        return Counter(code, self.nodes[code].folder / "run" / "counter.sock", timeout)
