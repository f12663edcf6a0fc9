"""A running system with a gateway, and programs of its partners (partner.py)."""

import datetime
import subprocess

import system as running
from partner import Key, Partner


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
        self.gateway = running.Process(self, "gateway", self.clearing_code,
                                       self.folder / "gateway")
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
clearing = "{self.clearing_code}"
control = "run/control.sock"

[api]
listen = "127.0.0.1:{self.gateway_port}"
certificate = "tls.pem"
key = "tls.key"

[keys]
transport = "{self.keys}/{self.clearing_code}-transport.secret"
registry = "{self.keys}/registry.csv"
root = "{self.keys}/{self.clearing_code}-root.pub"

[uplink]
endpoint = "tcp://127.0.0.1:{self.port}"

[clock]
file = "{self.clock}"
"""

    def processes(self):
        return [self.gateway, self.clearing, *self.nodes.values()]

    def start_all(self):
        self.start()
        self.open()
        self.gateway.start()
        self.gateway.wait_until_up()

    def kill(self):
        self.gateway.kill()
        super().kill()

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
