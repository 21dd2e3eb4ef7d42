#!/usr/bin/env python3
"""An independent verifier of the record, written from docs/reference/events.md alone.

    verify.py FILE.json              print the state document of a golden log
    verify.py --check DIR [--jobs N] compare every golden log in DIR with its
                                     .expected.json, byte for byte

Exit status: 0 all well, 1 a difference, 2 a usage or internal error.
"""

from __future__ import annotations

import argparse
import difflib
import multiprocessing
import sys
import traceback
from pathlib import Path

from document import to_json
from gitobject import Repository
from replay import Replay

DIFF_LINES = 60
EXPECTED = ".expected.json"


def state_document(path: Path) -> bytes:
    """The state document of a golden log."""
    return to_json(Replay(Repository.load(path)).document())


def compare(path: Path) -> tuple[str, str | None]:
    """The golden log's name, and its difference from what is expected, if any."""
    name = path.name.removesuffix(".json")
    expected = path.with_name(name + EXPECTED)
    try:
        found, wanted = state_document(path), expected.read_bytes()
    except Exception:
        return name, traceback.format_exc()
    if found == wanted:
        return name, None
    lines = list(
        difflib.unified_diff(
            wanted.decode("utf-8", "replace").splitlines(),
            found.decode("utf-8", "replace").splitlines(),
            f"{name} expected",
            f"{name} found",
            lineterm="",
            n=2,
        )
    )
    if len(lines) > DIFF_LINES:
        lines[DIFF_LINES:] = [f"… {len(lines) - DIFF_LINES} more lines"]
    return name, "\n".join(lines) or "only line ends differ"


def check(directory: Path, jobs: int) -> int:
    """Compares all golden logs of a directory; gives the exit status."""
    paths = sorted(p for p in directory.glob("*.json") if not p.name.endswith(EXPECTED))
    failed = 0
    if jobs > 1:
        with multiprocessing.Pool(jobs) as pool:
            results = pool.map(compare, paths, chunksize=1)
    else:
        results = list(map(compare, paths))
    for name, difference in results:
        if difference is not None:
            failed += 1
            print(f"FAILED {name}\n{difference}\n")
    print(f"{len(paths) - failed} passed, {failed} failed")
    return 1 if failed or not paths else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, help="a golden log")
    parser.add_argument("--check", type=Path, metavar="DIR", help="verify a directory")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes to use")
    arguments = parser.parse_args()
    if (arguments.file is None) == (arguments.check is None):
        parser.error("give either a file or --check DIR")
    try:
        if arguments.check is not None:
            return check(arguments.check, arguments.jobs)
        sys.stdout.buffer.write(state_document(arguments.file))
        return 0
    except Exception:
        print("internal error", file=sys.stderr)
        traceback.print_exc()
        return 2


if __name__ == "__main__":
    sys.exit(main())
