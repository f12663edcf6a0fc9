#!/usr/bin/python3
"""The second implementation of Pointhouse's settlement, written from the documents alone.

oracle.py settle --in DIR --period YYYY-MM --out DIR    writes the outputs of docs/outputs.md
oracle.py seal --in DIR --out DIR                       writes <code>-<date>.phb of every batch
"""

import argparse
import os
import sys

import basics as b
from inputs import Inputs
from lines import Result
from outputs import Outputs
from periods import seal_all, settle


def settle_directory(source, period, target):
    """Settles `period` (YYYY-MM) of the input directory into the output directory."""
    results = []
    settle(Inputs(source), b.month_of(period), lambda now: results.append(Result(now)))
    Outputs(results[-1]).write(target)
    return results[-1]


def seal_directory(source, target):
    inputs = Inputs(source)
    batches, sealed = seal_all(inputs)
    os.makedirs(target, exist_ok=True)
    for sender, list_ in batches.items():
        for batch in list_:
            name = f"{inputs.book.codes[sender]}-{b.day_text(batch.business_day)}.phb"
            with open(os.path.join(target, name), "wb") as handle:
                handle.write(sealed[sender, batch.sequence])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("settle", "seal"):
        command = commands.add_parser(name)
        command.add_argument("--in", dest="source", required=True)
        command.add_argument("--out", dest="target", required=True)
        if name == "settle":
            command.add_argument("--period", required=True)
    arguments = parser.parse_args()
    try:
        if arguments.command == "settle":
            settle_directory(arguments.source, arguments.period, arguments.target)
        else:
            seal_directory(arguments.source, arguments.target)
    except b.Refused as refused:
        print(f"oracle: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
