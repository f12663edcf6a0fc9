#!/usr/bin/env python3
"""Requests are signed from docs/partners.md alone: the script that stands there, with openssl,
signs what `pointhouse sign-request` does, and each of them finds the other's signature good; the
golden requests are those of the page.

Environment: POINTHOUSE the executable, PH_ROOT the project.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _pointhouse import EXECUTABLE, ROOT, fail, run  # noqa: E402

ID = "MER1/20260305/A-17"
# What stands in the place of curl: it keeps what it was given.
CURL = """#!/bin/sh
for argument; do printf '%s\\n' "$argument"; done >"$CURL_SAID"
for argument; do case $argument in @*) cp "${argument#@}" "$CURL_SAID.body" ;; esac; done
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=60,
                          check=False)
    return done.returncode == 0


def headers_of(lines):
    return {name.lower(): value for name, value in
            (line.split(": ", 1) for line in lines if re.match(r"[A-Za-z-]+: ", line))}


def base_of(method, target, headers):
    """What was signed, written anew from the page."""
    value = headers["signature-input"]
    inner = re.fullmatch(r'sig1=(\(("[^"]+" ?)+\);created=[0-9]+;nonce="[A-Za-z0-9_-]{16,64}";'
                         r'keyid="[0-9a-f]{16}";alg="ed25519")', value)
    if not inner:
        fail(f"not as the page has it: {value}")
    path, mark, query = target.partition("?")
    parts = {"@method": method, "@path": path, "@query": mark + query, **headers}
    names = re.findall(r'"([^"]+)"', inner[1].split(")")[0])
    lines = [f'"{name}": {parts[name]}' for name in names]
    return "\n".join(lines + [f'"@signature-params": {inner[1]}'])


def check_signed(folder, public, method, target, headers, body):
    base, signature = folder / "base", folder / "signature"
    base.write_bytes(base_of(method, target, headers).encode())
    text = re.fullmatch(r"sig1=:([A-Za-z0-9+/=]{88}):", headers["signature"])
    signature.write_bytes(base64.b64decode(text[1], validate=True))
    if not openssl("pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public, "-sigfile",
                   signature, "-in", base):
        fail(f"openssl doesn't find the signature good: {headers}")
    if body is not None:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if headers["content-digest"] != f"sha-256=:{digest}:":
            fail(f"another digest than {digest}: {headers}")


def script_of_page(folder):
    page = pathlib.Path(ROOT, "docs", "partners.md").read_text(encoding="utf-8")
    found = re.search(r"```\n(#!/bin/sh\n.*?)```", page, re.DOTALL)
    if not found:
        fail("docs/partners.md has no script")
    script = folder / "ask"
    script.write_text(found[1], encoding="utf-8")
    script.chmod(0o755)
    tools = folder / "tools"
    tools.mkdir()
    (tools / "curl").write_text(CURL, encoding="utf-8")
    (tools / "curl").chmod(0o755)
    return script, tools


def ask(folder, script, tools, *arguments):
    said = folder / "said"
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOST": "gateway.example",
                   "CURL_SAID": str(said)}
    done = subprocess.run([script, *arguments], cwd=folder, env=environment, timeout=60,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"ask {arguments}: {done.stderr}")
    lines = said.read_text(encoding="utf-8").splitlines()
    if lines[lines.index("-X") + 1] != arguments[0]:
        fail(f"another method: {lines}")
    if f"https://gateway.example{arguments[1]}" not in lines:
        fail(f"another target: {lines}")
    return headers_of(lines)


def with_the_page_alone(folder):
    script, tools = script_of_page(folder)
    for arguments in (["genpkey", "-algorithm", "ed25519", "-out", folder / "api.pem"],
                      ["pkey", "-in", folder / "api.pem", "-pubout", "-out", folder / "pub.pem"]):
        if not openssl(*arguments):
            fail(f"openssl {arguments}")
    body = '{"member":"01000000000012","points":2500}'
    public = folder / "pub.pem"
    headers = ask(folder, script, tools, "POST", "/v1/holds", ID, body)
    check_signed(folder, public, "POST", "/v1/holds", headers, body.encode())
    if headers["idempotency-key"] != ID:
        fail("another id")
    if (folder / "said.body").read_bytes() != body.encode():
        fail("another body was sent")
    target = "/v1/quote?kind=REDEMPTION&fen=1500"
    check_signed(folder, public, "GET", target, ask(folder, script, tools, "GET", target), None)
    return headers["signature-input"]


def with_the_executable(folder):
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    run("keygen", "--role", "sender", "--participant", "MER1", "--out", keys, "--pem", expect=2)
    run("keygen", "--role", "api", "--participant", "MER1", "--out", keys, "--pem")
    if (keys / "MER1-api.pem").stat().st_mode & 0o777 != 0o600:
        fail("others may read the key")
    public = folder / "MER1.pem"
    if not openssl("pkey", "-in", keys / "MER1-api.pem", "-pubout", "-out", public):
        fail("openssl doesn't read the PEM")
    body = folder / "hold.json"
    body.write_text("{}")
    sign = ["sign-request", "--key", keys / "MER1-api.secret"]
    text = run(*sign, "--method", "POST", "--path", "/v1/holds", "--id", ID, "--body", body)
    check_signed(folder, public, "POST", "/v1/holds", headers_of(text.splitlines()), b"{}")
    text = run(*sign, "--method", "GET", "--path", "/v1/quote?kind=ACCRUAL&points=5")
    check_signed(folder, public, "GET", "/v1/quote?kind=ACCRUAL&points=5",
                 headers_of(text.splitlines()), None)
    run(*sign, "--method", "DELETE", "--path", "/v1/holds", expect=2)
    run(*sign, "--method", "POST", "--path", "/v1/holds", "--id", "A-17", expect=2)
    run(*sign, "--method", "POST", "--path", "/v1/holds", "--body", folder / "none", expect=3)
    run("keygen", "--role", "sender", "--participant", "MER1", "--out", keys)
    run("sign-request", "--key", keys / "MER1-sender.secret", "--method", "GET", "--path", "/v1/x",
        expect=1)
    run("sign", body, "--kind", "DAY", "--key", keys / "MER1-api.secret", expect=1)
    return keys, public


def in_the_registry(folder, keys, public):
    registry = folder / "registry.csv"
    add = ["registry", "add", registry, "--clearing", "CLR", "--date", "2026-03-01", "--key"]
    run(*add, keys / "MER1-api.pub", "--from-date", "2026-03-01", expect=1)
    run(*add, keys / "MER1-sender.pub", "--api", "--from-date", "2026-03-01", expect=1)
    run(*add, keys / "MER1-api.pub", "--api", expect=2)
    run(*add, keys / "MER1-api.pub", "--api", "--from-date", "2026-03-01")
    run(*add, public, "--api", "--from-date", "2026-03-01", expect=2)  # Whose?
    run(*add, public, "--api", "--participant", "MER1", "--from-date", "2026-03-01", expect=1)
    run(*add, folder / "pub.pem", "--api", "--participant", "AIR1", "--from-date", "2026-03-01")
    shown = run("registry", "show", registry)
    key = re.search(r"MER1 api ([0-9a-f]{16}) from 2026-03-01 on", shown)
    if not key or "AIR1 api" not in shown:
        fail(f"the registry doesn't show them: {shown}")
    run("registry", "end", registry, "--date", "2026-03-02", "--key-id", key[1], "--to-date",
        "2026-04-01")
    if "to before 2026-04-01" not in run("registry", "show", registry):
        fail("the key hasn't ended")


def golden(folder):
    page = pathlib.Path(ROOT, "docs", "partners.md").read_text(encoding="utf-8")
    for name in ("request-1.json", "request-2.json"):
        case = json.loads(pathlib.Path(ROOT, "schema", "golden", name).read_text())
        secret = folder / f"{name}.secret"
        secret.write_text(f"POINTHOUSE-SECRET-KEY,1,api,MER1,{case['key_id']},{case['seed']}\n")
        secret.chmod(0o600)
        arguments = ["sign-request", "--key", secret, "--method", case["method"], "--path",
                     case["path"] + (case["query"] or ""), "--created", case["created"], "--nonce",
                     case["nonce"]]
        if case["body"] is not None:
            (folder / "body").write_text(case["body"])
            arguments += ["--body", folder / "body", "--id", case["idempotency_key"]]
        headers = headers_of(run(*arguments).splitlines())
        for field in ("content_digest", "idempotency_key", "signature_input", "signature"):
            if headers.get(field.replace("_", "-")) != case[field]:
                fail(f"{name}: {field} is {headers.get(field.replace('_', '-'))}")
        if run(*arguments, "--base") != case["base"]:
            fail(f"{name}: another base")
        if name == "request-1.json":
            for text in (case["base"], case["signature"], case["body"]):
                if text not in page:
                    fail(f"docs/partners.md doesn't have {text}")


def main():
    if not shutil.which("openssl"):
        print("not run: no openssl")
        sys.exit(77)
    if not os.access(EXECUTABLE, os.X_OK):
        fail(f"no executable: {EXECUTABLE}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        golden(folder)
        with_the_page_alone(folder)
        keys, public = with_the_executable(folder)
        in_the_registry(folder, keys, public)
    print("requests are signed by the page, by the executable, and alike")


main()
