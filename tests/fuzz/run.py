"""Fuzz every reader of what strangers send, each in a process of its own: `python -m tests.fuzz.run`.

Some of the cases of a target is drawn from nothing where that leads anywhere; of the rest half is guided by what
it reaches in the code, where atheris is installed (requirements-fuzz.txt), and all others are mutated specimens.
Ends with 1 if a case broke the contract; its bytes stand in build/fuzz.
"""

import argparse
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.targets.table import TARGETS
from tests.fuzz.targets.target import Target

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "fuzz"
SECONDS_WITHOUT_A_CASE = 300.0
MOST_STARTS = 20  # of a process that cases end
SHARE_DRAWN, SHARE_GUIDED = 0.02, 0.5


@dataclass
class Tally:
    """Count the cases of one target and remember what they broke."""

    cases: int = 0
    seconds: float = 0.0
    found: set[str] = field(default_factory=set)


def shares(target: Target, has_atheris: bool) -> dict[str, int]:
    """Return how many cases of a target are made in which way."""
    drawn = round(target.cases * SHARE_DRAWN) if target.drawn is not None else 0
    guided = round((target.cases - drawn) * SHARE_GUIDED) if has_atheris and not target.asks else 0
    return {"drawn": drawn, "guided": guided, "mutated": target.cases - drawn - guided}


def fuzz(target: Target, how: str, cases: int, seed: int, tally: Tally) -> None:
    """Read so many cases; a case that ends the process is a finding, and another process goes on behind it."""
    for start in range(MOST_STARTS):
        if cases <= 0:
            return
        folder = FOLDER / f"{target.name}-{how}-{start}"
        folder.mkdir(parents=True)
        code = _process(target.name, how, cases, seed + start * 1_000_000, folder)
        done = _done(folder)
        if (result := folder / "result.json").exists():
            told = json.loads(result.read_text(encoding="utf-8"))
            tally.found |= set(told["found"])
            done = told["cases"]
        else:
            tally.found.add(f"a case ended the process with {code}: {folder / 'current'}")
            done += 1
        tally.cases, cases = tally.cases + done, cases - done
    if cases > 0:
        tally.found.add(f"{cases:,} cases were not read: the process ended too often")


def _process(name: str, how: str, cases: int, seed: int, folder: Path) -> int:
    """Run one process to its end, or until it reads no further case."""
    command = [sys.executable, "-m", "tests.fuzz.one", name, "--how", how, "--cases", str(cases), "--seed", str(seed)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--folder", str(folder)], cwd=ROOT, env=_environment(folder), stdout=log, stderr=log
        )
        before, since = -1, time.monotonic()
        while process.poll() is None:
            time.sleep(0.1)
            if (now := _done(folder)) != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > SECONDS_WITHOUT_A_CASE:
                process.kill()
        return process.returncode


def _environment(folder: Path) -> dict[str, str]:
    home, temporary = folder / "home", folder / "temporary"
    home.mkdir()
    temporary.mkdir()
    return os.environ | {"CNNLAB_HOME": str(home), "TMPDIR": str(temporary)}


def _done(folder: Path) -> int:
    try:
        with (folder / "current").open("rb") as current:
            return int(struct.unpack("<Q", current.read(8))[0])
    except (OSError, struct.error):
        return 0


def main() -> int:
    """Fuzz and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="only these")
    parser.add_argument("--seed", type=int, default=0, help="another one makes other cases")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases of each target")
    given = parser.parse_args()
    has_atheris = importlib.util.find_spec("atheris") is not None
    shutil.rmtree(FOLDER, ignore_errors=True)
    tallies: dict[str, Tally] = {}
    for name in given.target or TARGETS:
        tally = tallies[name] = Tally()
        began = time.monotonic()
        for how, cases in shares(TARGETS[name], has_atheris).items():
            fuzz(TARGETS[name], how, round(cases * given.share), given.seed, tally)
        tally.seconds = time.monotonic() - began
        found = "; ".join(sorted(tally.found)) or "nothing"
        print(f"{name:10} {tally.cases:7,} cases {tally.seconds:6.0f} s  {found}", flush=True)  # noqa: T201
    every = sum(tally.cases for tally in tallies.values())
    guided = "with" if has_atheris else "without"
    print(f"{every:,} cases, {guided} atheris; what was found stands in {FOLDER.relative_to(ROOT)}.")  # noqa: T201
    return any(tally.found for tally in tallies.values())


if __name__ == "__main__":
    sys.exit(main())
