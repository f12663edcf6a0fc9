"""A channel of a province's member service (docs/members.md): its token, the settings of a node
that lets it in, its look-ups. Only the standard library is needed.
"""

import http.client
import json
import re
import ssl
import subprocess


def new_token(exe, name, scopes="balance", per_second=10_000, first="2000-01-01", last=""):
    """Token and line of the file of channels, as keygen prints them."""
    more = ["--to-date", last] if last else []
    done = subprocess.run([str(exe), "keygen", "--role", "channel", "--channel", name, "--scopes",
                           scopes, "--per-second", str(per_second), "--from-date", first, *more],
                          capture_output=True, text=True, check=True, timeout=60)
    found = re.fullmatch(r"token ([A-Za-z0-9_-]{43})\nline (.*)\n", done.stdout)
    if not found or found[1] in done.stderr:
        raise ValueError("keygen prints a token and its line")
    return found[1], found[2]


def write_private(path, text):
    """For its owner alone, in one step."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="ascii")
    part.chmod(0o600)
    part.rename(path)


def settings(port):
    """Of a node whose folder has tls.pem, tls.key and channels."""
    return f"""
[member_service]
listen = "127.0.0.1:{port}"
certificate = "tls.pem"
key = "tls.key"
channels = "channels"
"""


class Channel:
    """Who asks, with a token or none; one connection, made anew when the service closes it."""

    def __init__(self, port, authority, token="", timeout=15):
        self.host, self.authority, self.token = f"localhost:{port}", str(authority), token
        self.timeout, self.connection = timeout, None

    def post(self, path, key, body, **headers):
        """A request under its id; `body` as JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask(path, "POST", data, **{"Idempotency-Key": key,
                                               "Content-Type": "application/json", **headers})

    def ask(self, path, method="GET", body=None, **headers):
        """Status, answer and headers."""
        if self.connection is None:
            context = ssl.create_default_context(cafile=self.authority)
            self.connection = http.client.HTTPSConnection(self.host, timeout=self.timeout,
                                                          context=context)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.will_close:
            self.drop()
        return answer.status, json.loads(text) if text else None, answer.headers

    def drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
