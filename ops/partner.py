"""A partner's program, from docs/partners.md alone: signs requests with Ed25519 (libsodium, which
is there for the executable), sends them over TLS, and repeats what has no definite answer.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import http.client
import json
import secrets
import socket
import ssl
import time

LIBRARY = ctypes.util.find_library("sodium")
SODIUM = ctypes.CDLL(LIBRARY) if LIBRARY else None
ASK_AGAIN = {202, 429, 500, 503}


def check_digit(first_13):
    """ISO 7064 MOD 11,10, of docs/formats.md, section 1."""
    left = 10
    for digit in first_13:
        left = (left + int(digit)) % 10 or 10
        left = left * 2 % 11
    return str((11 - left) % 10)


def member(province, number):
    first = f"{province:02}{number:011}"
    return first + check_digit(first)


def encoded(body):
    """As JSON.stringify writes it, so that a proxy which reads and writes it changes nothing."""
    return json.dumps(body or {}, separators=(",", ":")).encode()


class Key:
    """From the PEM file that openssl or `keygen --role api --pem` makes."""

    def __init__(self, pem):
        lines = [line for line in pem.read_text(encoding="ascii").splitlines()
                 if not line.startswith("-")]
        seed = base64.b64decode("".join(lines))[-32:]
        public, self.secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, self.secret, seed)
        self.id = hashlib.sha256(public.raw).hexdigest()[:16]

    def sign(self, data):
        signature = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(signature, None, data, ctypes.c_ulonglong(len(data)),
                                    self.secret)
        return base64.b64encode(signature.raw).decode()


class Partner:
    """One connection of a partner, made anew when it breaks."""

    def __init__(self, code, key, address, authority, now, timeout=12):
        self.code, self.key, self.address, self.now = code, key, address, now
        self.context = ssl.create_default_context(cafile=authority)
        self.timeout = timeout
        self.connection = None

    def headers(self, method, target, transaction, body, created=None, nonce=None):
        path, _, query = target.partition("?")
        parts = [("@method", method), ("@path", path)]
        headers = {}
        if "?" in target:
            parts.append(("@query", "?" + query))
        if body is not None:
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            headers = {"Content-Type": "application/json", "Content-Digest": f"sha-256=:{digest}:"}
            parts.append(("content-digest", headers["Content-Digest"]))
        if transaction is not None:
            headers["Idempotency-Key"] = transaction
            parts.append(("idempotency-key", transaction))
        covered = " ".join(f'"{name}"' for name, _ in parts)
        given = (f'({covered});created={self.now() if created is None else created};'
                 f'nonce="{nonce or secrets.token_hex(16)}";keyid="{self.key.id}";alg="ed25519"')
        base = "".join(f'"{name}": {value}\n' for name, value in parts)
        base += f'"@signature-params": {given}'
        headers["Signature-Input"] = f"sig1={given}"
        headers["Signature"] = f"sig1=:{self.key.sign(base.encode())}:"
        return headers

    def connect(self):
        host, port = self.address
        raw = socket.create_connection(("127.0.0.1", port), self.timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
        self.connection.sock = self.context.wrap_socket(raw, server_hostname=host)

    def drop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def send(self, method, target, transaction=None, body=None, **more):
        """Status and JSON of one attempt; (0, {}) when the connection broke."""
        data = None if method == "GET" else encoded(body)
        headers = self.headers(method, target, transaction, data, **more)
        try:
            if self.connection is None:
                self.connect()
            self.connection.request(method, target, data, headers)
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
        data = encoded(body)
        try:
            if self.connection is None:
                self.connect()
            self.connection.request(method, target, data,
                                    self.headers(method, target, transaction, data))
        except (OSError, http.client.HTTPException):
            pass
        self.drop()

    def ask(self, method, target, transaction=None, body=None, seconds=120, pause=0.05):
        """The definite answer: repeats until it is there."""
        end = time.monotonic() + seconds
        while True:
            status, answer = self.send(method, target, transaction, body)
            if status and status not in ASK_AGAIN:
                return status, answer
            if time.monotonic() > end:
                raise AssertionError(f"no definite answer to {transaction} within {seconds} s: "
                                     f"{status} {answer}")
            time.sleep(pause)
