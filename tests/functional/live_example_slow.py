#!/usr/bin/env python3
"""Errors planted in the worked example that runs live (live_example.py): each must be found, and
told by what it is.

PH_LONG=1: all of them, otherwise one. Environment, and 77: as live_example.py.
"""

import os
import sys

import live_example
from live import Wrong, need

ONE = "second-id"


def must_be_found(error):
    try:
        live_example.run(error)
    except Wrong as wrong:
        need(live_example.PLANTED[error] in str(wrong), f"{error}: found by another word: {wrong}")
        print(f"planted, and found: {error}")
        return
    raise Wrong(f"{error} was planted, and nobody has seen it")


def main():
    lacks = live_example.what_lacks()
    if lacks is not None:
        return lacks
    try:
        for error in live_example.PLANTED if os.environ.get("PH_LONG") == "1" else (ONE,):
            must_be_found(error)
    except (Wrong, live_example.running.Refused) as fault:
        print(f"not so: {fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
