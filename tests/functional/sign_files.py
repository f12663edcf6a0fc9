#!/usr/bin/env python3
"""Files are signed and checked from the command line; OpenSSL, which shares no code with libsodium,
finds the same signature good and the same transport key; no output holds a secret.

Environment: POINTHOUSE the executable.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _pointhouse import fail, run as run_alone  # noqa: E402

said = []


def run(*arguments, expect=0, says=()):
    """Runs a subcommand, which must end with `expect` and say these words."""
    text = run_alone(*arguments, expect=expect)
    said.append(text)
    for words in [says] if isinstance(says, str) else says:
        if words not in text:
            fail(f"{' '.join(map(str, arguments))} doesn't say `{words}`:\n{text}")
    return text


def field(path, number):
    return path.read_text().strip().split(",")[number]


def make_keys(keys):
    """A root, a clearing, two partners with two keys each; P05's key is replaced at sequence 10."""
    keys.mkdir(mode=0o700)
    for role, code in (("root", "CLR"), ("clearing", "CLR"), ("sender", "P05"), ("sender", "P06"),
                       ("transport", "CLR"), ("transport", "P05")):
        run("keygen", "--role", role, "--participant", code, "--out", keys)
    (keys / "old").mkdir(mode=0o700)
    run("keygen", "--role", "sender", "--participant", "P05", "--out", keys / "old")
    registry = keys / "registry.csv"
    add = ["registry", "add", registry, "--clearing", "CLR", "--date", "2026-03-01", "--key"]
    run(*add, keys / "CLR-clearing.pub", "--from", "202603")
    run(*add, keys / "old" / "P05-sender.pub", "--to", "10")
    run(*add, keys / "P05-sender.pub", "--from", "10")
    run(*add, keys / "P06-sender.pub")
    for code in ("CLR", "P05"):
        run(*add, keys / f"{code}-transport.pub", "--from-date", "2026-03-01")
    run(*add, keys / "P05-transport.pub", "--from-date", "2026-03-02", expect=1,
        says="registered already")
    run(*add, keys / "P05-transport.pub", "--from", "3", expect=2, says="--from-date")
    run(*add, keys / "P06-sender.pub", "--from-date", "2026-03-01", expect=2, says="--from and")
    transport = field(keys / "P05-transport.pub", 4)
    end = ["registry", "end", registry, "--date", "2026-03-01"]
    run(*end, "--key-id", transport, "--to-date", "2027-01-01")
    run(*end, "--key-id", transport, "--to-date", "2027-01-02", expect=1, says="already")
    run(*end, "--key-id", transport, expect=2)
    run("registry", "sign", registry, "--key", keys / "CLR-transport.secret", expect=1)
    run("registry", "show", registry, "--root", keys / "CLR-root.pub", expect=1, says="isn't there")
    run("registry", "sign", registry, "--key", keys / "CLR-root.secret")
    run("registry", "show", registry, "--root", keys / "CLR-root.pub",
        says=[f"P05 transport {transport} from 2026-03-01 to before 2027-01-01", "signed by root"])
    return registry


def check(keys, registry, file, expect, says, kind="DAY", participant="P05", sequence="12"):
    run("verify-signature", file, "--kind", kind, "--registry", registry, "--root",
        keys / "CLR-root.pub", "--participant", participant, "--sequence", sequence,
        expect=expect, says=says)


def check_signing(keys, registry, day):
    check(keys, registry, day, 1, "isn't signed")
    secret = keys / "P05-sender.secret"
    sign = ["sign", day, "--kind", "DAY", "--key"]
    run(*sign, secret, says=["is signed as DAY by P05", field(keys / "P05-sender.pub", 4)])
    check(keys, registry, day, 0, "is signed as DAY by P05")
    check(keys, registry, day, 0, "counts for sequence 10", sequence="10")
    check(keys, registry, day, 1, "was made with key", sequence="9")
    check(keys, registry, day, 1, "was made with key", participant="P06")
    check(keys, registry, day, 1, "no key of P07", participant="P07")
    check(keys, registry, day, 1, "of kind DAY, not MANIFEST", kind="MANIFEST")
    check(keys, registry, day, 2, "--kind", kind="day")
    check(keys, registry, day.parent / "none", 3, "No such file")
    signature = pathlib.Path(f"{day}.sig")
    good = signature.read_text()
    run(*sign, keys / "old" / "P05-sender.secret", expect=1, says="--force")
    if signature.read_text() != good:
        fail("a signature was replaced without --force")
    run(*sign, keys / "old" / "P05-sender.secret", "--force")
    check(keys, registry, day, 1, "was made with key")
    check(keys, registry, day, 0, "", sequence="9")
    run(*sign, secret, "--force")
    if signature.read_text() != good:
        fail("the same file signed twice has two signatures")
    content = day.read_bytes()
    day.write_bytes(content + b" ")
    check(keys, registry, day, 1, "was changed")
    day.write_bytes(content)
    signature.write_text(good.replace("SIGNATURE,1", "SIGNATURE,2"))
    check(keys, registry, day, 1, "isn't a signature file")
    signature.write_text(good)
    registry_text = registry.read_text()
    registry.write_text(registry_text.replace("P06", "P07"))
    check(keys, registry, day, 1, "isn't the signature of root key")
    registry.write_text(registry_text)
    check(keys, registry, day, 0, "is signed")


def check_refusals(keys, day):
    other = day.parent / "other.csv"
    other.write_text("anything\n")
    sign = ["sign", other, "--key"]
    run(*sign, keys / "CLR-root.secret", "--kind", "DAY", expect=1, says="nothing but the registry")
    run(*sign, keys / "P05-transport.secret", "--kind", "DAY", expect=1, says="isn't a secret key")
    run(*sign, keys / "P05-sender.secret", "--kind", "REGISTRY", expect=1, says="registry sign")
    run(*sign, keys / "P05-sender.secret", "--kind", "day", expect=2, says="--kind")
    run("sign", day.parent, "--kind", "DAY", "--key", keys / "P05-sender.secret", expect=3)
    (keys / "P05-sender.secret").chmod(0o640)
    run(*sign, keys / "P05-sender.secret", "--kind", "DAY", expect=1, says="chmod 600")
    (keys / "P05-sender.secret").chmod(0o600)
    left = sorted(path.name for path in day.parent.iterdir() if path.is_file())
    if left != ["day.csv", "day.csv.sig", "other.csv"]:
        fail(f"what was refused left files: {left}")


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout


def check_with_openssl(keys, day):
    """docs/proof.md, sections 4 and 5, by other code."""
    digest = openssl("dgst", "-sha256", "-r", day)[1].split()[0].decode()
    message, raw, key = (day.parent / name for name in ("message", "raw", "key.der"))
    raw.write_bytes(bytes.fromhex(field(pathlib.Path(f"{day}.sig"), 4)))
    ed25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410
    key.write_bytes(ed25519 + bytes.fromhex(field(keys / "P05-sender.pub", 5)))
    for kind, good in (("DAY", True), ("MANIFEST", False)):
        message.write_text(f"pointhouse-v1\n{kind}\n{digest}")
        code, _ = openssl("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key,
                          "-rawin", "-in", message, "-sigfile", raw)
        if (code == 0) != good:
            fail(f"OpenSSL ends with {code} for the kind {kind}")
    x25519 = bytes.fromhex("302e020100300506032b656e04220420")
    secret = x25519 + bytes.fromhex(field(keys / "P05-transport.secret", 5))
    code, made = openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", data=secret)
    if code != 0 or made[-32:].hex() != field(keys / "P05-transport.pub", 5):
        fail("OpenSSL makes another public key of the transport secret")


def check_silence(keys):
    for path in keys.rglob("*.secret"):
        secret = field(path, 5)
        if any(secret in text for text in said):
            fail(f"the secret of {path.name} was printed")
        for other in keys.parent.rglob("*"):
            if other.is_file() and other != path and secret.encode() in other.read_bytes():
                fail(f"the secret of {path.name} is in {other.name}")


def main():
    with tempfile.TemporaryDirectory(prefix="ph-sign-") as name:
        base = pathlib.Path(name)
        registry = make_keys(base / "keys")
        (base / "files").mkdir()
        day = base / "files" / "day.csv"
        # Larger than one part of reading, and not a multiple of it.
        day.write_text("POINTHOUSE,PARTNER_DAY,1,P05,2026-03-12,12\n" * 5000)
        check_signing(base / "keys", registry, day)
        check_refusals(base / "keys", day)
        check_silence(base / "keys")
        if shutil.which("openssl"):
            check_with_openssl(base / "keys", day)
        else:
            print("without openssl: not compared with it")
    print(f"{len(said)} commands did what they must")


main()
