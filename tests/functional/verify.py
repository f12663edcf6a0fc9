#!/usr/bin/env python3
"""`verify` accepts what `settle` wrote, and finds one flipped bit in any file that it is given.

verify.py [INPUTDIR [PERIOD]]    without arguments: the worked example where PH_EXAMPLE says it is
                                 (then May follows April), else a small generated month

Environment: POINTHOUSE the executable; PH_SEED the seed of the positions; PH_EXAMPLE the worked
example's directory; PH_FLIPS positions a file.
"""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get("PH_ROOT", pathlib.Path(__file__).resolve().parents[2]))
POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build/release/pointhouse"))
SEED = int(os.environ.get("PH_SEED", "20070430"))
FLIPS = int(os.environ.get("PH_FLIPS", "3"))
failures = []


def run(*arguments):
    done = subprocess.run([POINTHOUSE, *map(str, arguments)], capture_output=True, text=True,
                          errors="replace", check=False)
    return done.returncode, done.stdout + done.stderr


def expect(what, arguments, code, *named):
    got, text = run(*arguments)
    missing = [name for name in named if name not in text]
    if got != code or missing:
        failures.append(what)
        print(f"FAILED {what}: exit {got}, {code} is right; doesn't say {missing}\n{text[:600]}")
    return text


def must(*arguments):
    code, text = run(*arguments)
    if code != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {code}\n{text}")


def flipped(data, chance):
    """The same bytes with one bit changed."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:], at


def files_below(directory):
    return sorted(path for path in directory.rglob("*") if path.is_file())


def make_keys(keys):
    """An offline root, the clearing's key, a sender's key, and the registry that has both."""
    keys.mkdir(mode=0o700)
    for role, code in (("root", "CLR"), ("clearing", "CLR"), ("sender", "P01")):
        must("keygen", "--role", role, "--participant", code, "--out", keys)
        if (keys / f"{code}-{role}.secret").stat().st_mode & 0o777 != 0o600:
            failures.append(f"the mode of {code}-{role}.secret")
    registry = keys / "registry.csv"
    add = ["registry", "add", registry, "--clearing", "CLR", "--date", "2007-04-01"]
    must(*add, "--key", keys / "CLR-clearing.pub", "--from", "200001")
    must(*add, "--key", keys / "P01-sender.pub", "--from", "1")
    expect("one key cannot stand twice", add + ["--key", keys / "P01-sender.pub"], 1)
    must("registry", "sign", registry, "--key", keys / "CLR-root.secret")
    must("registry", "show", registry, "--root", keys / "CLR-root.pub")
    expect("a key isn't overwritten",
           ["keygen", "--role", "root", "--participant", "CLR", "--out", keys], 1)
    is_open = keys.parent / "open"
    is_open.mkdir()
    is_open.chmod(0o777)
    expect("no key where others may write",
           ["keygen", "--role", "root", "--participant", "CLR", "--out", is_open], 1)
    return ["--root", keys / "CLR-root.pub", "--registry", registry]


def inputs_for(work):
    """The directory of input files and the period."""
    if len(sys.argv) > 1:
        shutil.copytree(sys.argv[1], work / "in")
        return sys.argv[2] if len(sys.argv) > 2 else "2007-04"
    example = os.environ.get("PH_EXAMPLE", "")
    if not os.path.isdir(example):
        must("generate", "--out", work / "in", "--period", "2026-03", "--members", 400,
             "--provinces", 3, "--days", 4, "--seed", SEED, "--faults-per-mille", 50)
        return "2026-03"
    subprocess.run([sys.executable, "-B", str(ROOT / "tests/oracle/ex1.py"), "--example", example,
                    "--out", str(work / "in")], check=True, stdout=subprocess.DEVNULL)
    for path in files_below(work / "in"):  # The records are for settle to write here.
        if path.read_bytes().startswith(b"POINTHOUSE,CUTOFF,"):
            path.unlink()
    return "2007-04"


def flip_each(what, directory, arguments, chance, flips, digests=None):
    """One bit changed in one file: the verification must fail and name the file. With `digests`,
    files that have none of them don't matter."""
    for path in files_below(directory):
        data = path.read_bytes()
        name = str(path.relative_to(directory))
        if not data or digests and hashlib.sha256(data).hexdigest() not in digests:
            continue
        for _ in range(flips):
            changed, at = flipped(data, chance)
            path.write_bytes(changed)
            expect(f"{what} {name}, byte {at}", arguments, 1, name)
        path.write_bytes(data)


def rewrite_manifest(out):
    """What a forger does who has no key: makes the manifest fit the changed files."""
    lines = (out / "manifest.csv").read_text().splitlines()[:-1]
    for i, line in enumerate(lines):
        role, name, _, _ = line.split(",")
        if role == "output":
            data = (out / name).read_bytes()
            lines[i] = f"output,{name},{hashlib.sha256(data).hexdigest()},{len(data)}"
    text = "".join(line + "\n" for line in lines)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (out / "manifest.csv").write_text(f"{text}end,manifest.csv,{digest},{len(text)}\n")


def forged(out, work, what, change, *named):
    """`change` alters a copy of the output; the manifest fits again; it must still be found."""
    copy = work / "forged"
    shutil.copytree(out, copy)
    change(copy)
    rewrite_manifest(copy)
    expect(f"forged: {what}", ["verify", copy], 1, *named)
    shutil.rmtree(copy)


def replace_field(path, row, column, change):
    lines = path.read_text().splitlines()
    fields = lines[row].split(",")
    fields[column] = change(fields[column])
    lines[row] = ",".join(fields)
    path.write_text("".join(line + "\n" for line in lines))


def one_more(text):
    return str(int(text) + 1)


def change_json(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


def forge_all(out, work):
    item = (out / "items.csv").read_text().splitlines()[2].split(",")
    forged(out, work, "an item's quantity",
           lambda d: replace_field(d / "items.csv", 2, 5, one_more), "items.csv line 3", item[4])
    forged(out, work, "an item's quantity in the participant's copy",
           lambda d: replace_field(d / f"proof/{item[0]}.items.csv", 2, 5, one_more),
           f"proof/{item[0]}.items.csv line ", item[4])
    for name, column in (("lines.csv", 8), ("matrix.csv", 2), ("positions.csv", 3),
                         ("ledger.csv", 4), ("rollforward.csv", 7), ("quarters.csv", 8),
                         ("closing-lots.csv", 9)):
        forged(out, work, f"a figure of {name}",
               lambda d, n=name, c=column: replace_field(d / n, 1, c, one_more), name)

    def fen(document):
        (document["receivable"] + document["payable"])[0]["fen"] += 1

    def net(document):
        document["net"] += 1

    def leaf(document):
        document["lines"][0]["first_leaf"] += 1

    forged(out, work, "a statement's line",
           lambda d: change_json(d / f"statements/{item[0]}.json", fen),
           f"statements/{item[0]}.json", "fen")
    forged(out, work, "a statement's net",
           lambda d: change_json(d / f"statements/{item[0]}.json", net), "net")
    forged(out, work, "a proof's place",
           lambda d: change_json(d / f"proof/{item[0]}.json", leaf), f"proof/{item[0]}.json")
    forged(out, work, "an item left out", lambda d: (d / "items.csv").write_text(
        "".join((d / "items.csv").read_text().splitlines(True)[:-1])), "items.csv")


def participant_alone(out, work, trust, chance):
    """One participant's files, and nothing of anyone else."""
    code = (out / "items.csv").read_text().splitlines()[1].split(",")[0]
    own = work / "own"
    for name in (f"statements/{code}.json", f"proof/{code}.json", f"proof/{code}.items.csv",
                 "proof/period.json", "proof/period.json.sig", "proof/log.csv"):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(out / name, own / name)
    arguments = ["verify", own, "--participant", code, *trust]
    expect("a participant's own files", arguments, 0, "verified")
    for name in (f"proof/{code}.json", f"proof/{code}.items.csv", "proof/period.json",
                 "proof/period.json.sig", "proof/log.csv"):
        data = (own / name).read_bytes()
        for _ in range(FLIPS):
            changed, at = flipped(data, chance)
            (own / name).write_bytes(changed)
            expect(f"own {name}, byte {at}", arguments, 1, name)
        (own / name).write_bytes(data)


def next_month(work, out, keys, trust):
    """May extends the log of April, and opens where April closed."""
    inputs = work / "in-may"
    shutil.copytree(work / "in", inputs)
    shutil.copy(out / "cutoff.csv", inputs / "cutoff-april.csv")
    may = work / "may"
    must("settle", "--in", inputs, "--period", "2007-05", "--out", may, "--previous", out,
         "--key", keys / "CLR-clearing.secret")
    expect("May after April", ["verify", may, "--in", inputs, "--previous", out, *trust], 0,
           "2 periods give log_root")
    expect("April isn't what comes before April", ["verify", out, "--previous", out], 1)
    shutil.rmtree(may)


def main():
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        period = inputs_for(work)
        keys = work / "keys"
        trust = make_keys(keys)
        out = work / "out"
        must("settle", "--in", work / "in", "--period", period, "--out", out, "--key",
             keys / "CLR-clearing.secret")
        whole = ["verify", out, "--in", work / "in", *trust]
        expect("what settle wrote", whole, 0, "verified")
        expect("without inputs and keys", ["verify", out], 0, "not proven")
        expect("no such directory", ["verify", work / "nowhere"], 3)
        for i, path in enumerate(files_below(work / "in")):
            path.rename(path.with_name(f"{i:04}{path.suffix}"))
        expect("renamed inputs", whole, 0, "verified")

        flip_each("output", out, ["verify", out, *trust], chance, FLIPS)
        flip_each("input", work / "in", whole, chance, 1, (out / "manifest.csv").read_text())
        for file in trust[1::2] + [f"{trust[3]}.sig"]:
            data = pathlib.Path(file).read_bytes()
            changed, at = flipped(data, chance)
            pathlib.Path(file).write_bytes(changed)
            expect(f"{file}, byte {at}", ["verify", out, *trust], 1)
            pathlib.Path(file).write_bytes(data)

        for path in files_below(out):
            data = path.read_bytes()
            path.unlink()
            expect(f"{path.name} is missing", ["verify", out, *trust], 1,
                   str(path.relative_to(out)))
            path.write_bytes(data)
        (out / "statements/extra.csv").write_text("")
        expect("a file too many", ["verify", out], 1, "statements/extra.csv")
        (out / "statements/extra.csv").unlink()

        forge_all(out, work)
        participant_alone(out, work, trust, chance)
        if len(sys.argv) == 1 and period == "2007-04":
            next_month(work, out, keys, trust)
        expect("nothing is left changed", whole, 0, "verified")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
