#!/usr/bin/env python3
"""schema/openapi.yaml and schema/member.yaml are OpenAPI, by two linters. They are npm's:
`ops/openapi` installs them; where they lack, the test isn't run.

Environment: PH_ROOT the project.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("PH_ROOT", pathlib.Path(__file__).resolve().parents[2]))
TOOLS = ROOT / "build" / "openapi" / "node_modules" / ".bin"
SETTINGS = ROOT / "tests" / "openapi"
SCHEMAS = [ROOT / "schema" / "openapi.yaml", ROOT / "schema" / "member.yaml"]
LINTERS = {
    "redocly": ["lint", "--config", SETTINGS / "redocly.yaml", *SCHEMAS],
    "spectral": ["lint", "--ruleset", SETTINGS / "spectral.yaml", "--fail-severity", "warn",
                 *SCHEMAS],
}
SECONDS_MAX = 120


def main():
    if not all((TOOLS / name).exists() for name in LINTERS):
        print("not run: the linters lack; ops/openapi installs them")
        sys.exit(77)
    # Neither asks the network whether there is a newer one of it.
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off",
                   "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    failed = False
    for name, arguments in LINTERS.items():
        done = subprocess.run([TOOLS / name, *arguments], cwd=ROOT / "build", env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_MAX,
                              check=False)
        text = done.stdout.decode("utf-8", "replace")
        if done.returncode != 0:
            failed = True
            print(f"{name} ended with {done.returncode}:\n{text}")
        else:
            print(f"{name}: no fault")
    sys.exit(1 if failed else 0)


main()
