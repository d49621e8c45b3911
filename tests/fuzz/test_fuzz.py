"""Some cases of each reader of what strangers send; `make fuzz` reads a hundred thousand."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.driving import ROOT
from tests.fuzz.run import shares
from tests.fuzz.targets.table import TARGETS

CASES = 40
QUICK = [name for name, target in TARGETS.items() if not target.asks]
ALL = f"""
import sys
from pathlib import Path
from tests.fuzz.one import Run, corpus_of, mutated
from tests.fuzz.targets.table import TARGETS
for name in sys.argv[2:]:
    folder = Path(sys.argv[1]) / name
    folder.mkdir()
    specimens = [*corpus_of(name), *TARGETS[name].specimens()[:20]]
    mutated(Run(TARGETS[name], folder, len(specimens) + {CASES}), TARGETS[name], specimens, 0)
"""


def read_all(folder: Path, *names: str) -> dict[str, list[str]]:
    """Fuzz some targets in another process, which the watch listens to for good; return what was found."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALL, str(folder), *names],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: json.loads((folder / name / "result.json").read_text())["found"] for name in names}


def test_no_case_ends_in_a_fault_a_hang_a_leak_or_a_write_elsewhere(tmp_path: Path) -> None:
    found = read_all(tmp_path, *QUICK)
    assert found == {name: [] for name in QUICK}, [path.read_text() for path in tmp_path.rglob("*.txt")]


@pytest.mark.slow
def test_no_model_of_others_does_either(tmp_path: Path) -> None:
    assert read_all(tmp_path, "importer") == {"importer": []}


def test_the_long_run_reads_a_hundred_thousand_cases_and_a_thousand_models() -> None:
    assert sum(target.cases for target in TARGETS.values()) >= 100_000
    assert TARGETS["importer"].cases >= 1_000
    for target in TARGETS.values():
        assert sum(shares(target, has_atheris=True).values()) == target.cases


@pytest.mark.parametrize("name", QUICK)
def test_every_specimen_is_read_as_it_stands(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    read = 0
    for number, data in enumerate(target.specimens()):
        home = tmp_path / str(number)
        home.mkdir()
        try:
            target.read(data, home)
            read += 1
        except target.refusals:
            # A message is a specimen of one component only.
            assert name == "message"
    assert read >= 2


EVIL = {
    "a fault": "raise KeyError('x')",
    "a hang": "exec('while True: pass')",
    "a file left open": "LEAKED.append(open('/dev/null'))",
    "a write elsewhere": "(home.parent.parent / 'evil').write_text('x')",
    "a temporary file": "tempfile.mkdtemp()",
    "a program": "subprocess.run(['true'])",
    "an empty refusal": "raise ValueError('')",
}
TRY = """
import subprocess, sys, tempfile
from pathlib import Path
from tests.fuzz.watching import Watch
LEAKED = []
watch = Watch(Path(sys.argv[1]))
for evil in sys.argv[2:]:
    def read(data, home):
        exec(data.decode(), globals() | {"home": home})
    print(watch.case(read, evil.encode(), (ValueError,), 0.3) is not None)
"""


def test_the_watch_sees_every_way_to_break_the_contract(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    fine = ["pass", "raise ValueError('a word')", "(home / 'x').write_text('x')"]
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(home), *EVIL.values(), *fine],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True"] * len(EVIL) + ["False"] * len(fine), done.stdout
