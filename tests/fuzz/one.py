"""Fuzz one target in a process of its own: `python -m tests.fuzz.one NAME --cases N --seed S --folder DIR`.

The folder gets `result.json`, the cases that broke the contract, and in `current` the one that is being read, behind
its number, so that a case that ends the process is known.
"""

import argparse
import hashlib
import importlib
import itertools
import json
import os
import random
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.watching import Watch

LONGEST = 1 << 17  # bytes of a guided case
MEMORY_MB = 6_000


class Run:
    """Read one case after the other, count them, and keep those that broke the contract, one of a kind."""

    def __init__(self, target: Any, folder: Path, cases: int) -> None:
        self._target, self._folder, self.left = target, folder, cases
        self._watch = Watch(Path(tempfile.mkdtemp(prefix="fuzz-")))
        self._current = os.open(folder / "current", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        self._found: dict[str, str] = {}
        self._done, self._began = 0, time.monotonic()

    def one(self, data: bytes) -> None:
        """Read a case."""
        os.pwrite(self._current, struct.pack("<QQ", self._done, len(data)) + data, 0)
        target = self._target
        broken = self._watch.case(target.read, data, target.refusals, target.seconds, may_ask=target.asks)
        self._done, self.left = self._done + 1, self.left - 1
        if broken is not None and broken.what not in self._found:
            self._found[broken.what] = broken.detail
            name = f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
            (self._folder / name).write_bytes(data)
            (self._folder / f"{name}.txt").write_text(f"{broken.what}\n\n{broken.detail}", encoding="utf-8")
        if self.left == 0:
            self._tell()

    def _tell(self) -> None:
        told = {"cases": self._done, "found": sorted(self._found), "seconds": time.monotonic() - self._began}
        (self._folder / "result.json").write_text(json.dumps(told), encoding="utf-8")


def mutated(run: Run, target: Any, specimens: list[bytes], seed: int) -> None:
    """Read the kept cases and the specimens, then mutations of them."""
    for data in itertools.islice(specimens, run.left):
        run.one(data)
    for number in itertools.count(seed):
        if run.left <= 0:
            return
        run.one(target.case(number, specimens))


def guided(run: Run, target: Any, specimens: list[bytes], seed: int, folder: Path, atheris: Any) -> None:
    """Let libFuzzer choose among mutations by the lines of our code that they reach; it does not come back."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(specimens):
        (corpus / str(number)).write_bytes(data)

    def mutate(data: bytes, most: int, number: int) -> bytes:
        rng = random.Random(number)
        return atheris.Mutate(data, most) if rng.random() < 0.4 else target.changed(rng, data)[:most]

    def take(data: bytes) -> None:
        run.one(data)
        if run.left <= 0:
            os._exit(0)

    options = (f"-seed={seed % 2**31 or 1}", f"-max_len={LONGEST}", "-timeout=100000", f"-rss_limit_mb={MEMORY_MB}")
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(corpus)], take, custom_mutator=mutate)
    atheris.Fuzz()


def drawn(run: Run, target: Any, seed: int) -> None:
    """Read what hypothesis draws from nothing."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    @seeded(seed)
    @settings(
        max_examples=run.left,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(target.drawn)
    def read(data: bytes) -> None:
        if run.left > 0:
            run.one(data)

    read()
    while run.left > 0:  # it draws nothing twice, and may have seen all that it finds
        run.one(target.case(seed + run.left, target.specimens()))


def corpus_of(name: str) -> list[bytes]:
    """Return the kept cases that once broke the contract of a target."""
    return [path.read_bytes() for path in sorted((Path(__file__).parent / "corpus" / name).glob("*"))]


def _targets(how: str) -> tuple[dict[str, Any], Any]:
    """Return the targets, and atheris if it guides: then it has to see our modules being loaded."""
    if how != "guided":
        return importlib.import_module("tests.fuzz.targets.table").TARGETS, None
    import atheris

    with atheris.instrument_imports(include=["cnnlab"]):
        return importlib.import_module("tests.fuzz.targets.table").TARGETS, atheris


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and fuzz."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--how", choices=("mutated", "guided", "drawn"), default="mutated")
    given = parser.parse_args(arguments)
    targets, atheris = _targets(given.how)
    target = targets[given.name]
    specimens = [*corpus_of(target.name), *target.specimens()]
    run = Run(target, given.folder, given.cases)
    ways: dict[str, Callable[[], None]] = {
        "mutated": lambda: mutated(run, target, specimens, given.seed),
        "guided": lambda: guided(run, target, specimens, given.seed, given.folder, atheris),
        "drawn": lambda: drawn(run, target, given.seed),
    }
    ways[given.how]()


if __name__ == "__main__":
    main()
