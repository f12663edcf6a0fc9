"""What the functional tests share: running the executable, making months, comparing directories."""

import hashlib
import os
import pathlib
import subprocess
import sys

ROOT_HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXECUTABLE = os.environ.get("POINTHOUSE", os.path.join(ROOT_HERE, "build", "release", "pointhouse"))
ROOT = os.environ.get("PH_ROOT", ROOT_HERE)
SECONDS_MAX = 240


def run(*arguments, executable=EXECUTABLE, expect=0, env=None):
    """Runs a subcommand to its end; fails the test unless it ends with `expect`."""
    done = subprocess.run([executable, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS_MAX, check=False, env=env)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != expect:
        fail(f"{' '.join(map(str, arguments))}: ended with {done.returncode}, not {expect}\n{text}")
    return text


def fail(message):
    print(f"FAILED: {message}")
    sys.exit(1)


def digests(directory):
    """SHA-256 of every file below a directory, by path."""
    found = {}
    for base, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as handle:
                found[os.path.relpath(path, directory)] = hashlib.sha256(handle.read()).hexdigest()
    return found


def same(name, want, got, ignore=()):
    """Fails unless two directories hold the same files with the same bytes."""
    a, b = digests(want), digests(got)
    for path in sorted(set(a) | set(b)):
        if path not in ignore and a.get(path) != b.get(path):
            fail(f"{name}: {path} differs")
    print(f"{name}: {len(a)} files, the same bytes")


def write_csv(path, head, rows, points=0, fen=0):
    """An input file in the common frame of docs/formats.md."""
    lines = [head, *rows, f"END,{len(rows)},{points},{fen}"]
    with open(path, "w", encoding="utf-8", newline="") as handle:
        handle.write("".join(line + "\n" for line in lines))


def memory_mib(pid, name="VmHWM"):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.split(name + ":")[1].split()[0]) // 1024


def plain_memory(pid):
    """False under a sanitizer, which maps terabytes and keeps what was freed."""
    return memory_mib(pid, "VmPeak") < 8 * 1024 * 1024
