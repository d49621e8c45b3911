"""Measure CNN Lab against its peers and print one table: `python benchmarks/run.py [--long] [--keep] [ROW ...]`.

Every row runs in a process of its own with a time limit; one that fails is reported and the rest goes on. All
servers are on this machine's loopback address. Without a name all rows run, in at most twenty minutes, but for those
that take minutes each: `--long` runs these.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.report import Line, table
from benchmarks.support.results import keep
from benchmarks.support.servers import ROOT, end_marked

MARK = "BENCHMARK_FOLDER"
WHOLE_SECONDS = 1200.0
# Row: the function that measures it, and its time limit in seconds.
ROWS = {
    "key": ("benchmarks.page.controls:key_press", 90),
    "drag": ("benchmarks.page.controls:drag", 75),
    "trace": ("benchmarks.shapes:trace_speed", 60),
    "maps": ("benchmarks.maps:sheets", 75),
    "hover": ("benchmarks.page.convolution:hover", 75),
    "upload": ("benchmarks.maps:upload", 120),
    "training": ("benchmarks.training:watched", 170),
    "features": ("benchmarks.features:of_pictures", 160),
    "mutagenesis": ("benchmarks.sequences:mutagenesis", 150),
    "home": ("benchmarks.page.home:living", 120),
    "lesson": ("benchmarks.page.lessons:steps", 90),
    "start": ("benchmarks.page.start:cold_start", 110),
    "calm": ("benchmarks.page.calm:first_loads", 90),
    "sixty": ("benchmarks.page.mixed:sixty", 240),
    "opening": ("benchmarks.page.mixed:opening", 90),
    "class": ("benchmarks.page.classroom:classes", 200),
    "follow": ("benchmarks.page.following:follow", 120),
    "table": ("benchmarks.page.following:table", 60),
}
LONG = {
    "augmented": ("benchmarks.augmented:epochs", 170),
    "data": ("benchmarks.large_data:reading", 150),
    "explain": ("benchmarks.page.explain:explanations", 240),
    "answers": ("benchmarks.page.following:answering", 150),
    "storm": ("benchmarks.photographs:storm", 240),
    "day": ("benchmarks.photographs:day", 600),
    "several": ("benchmarks.page.several:several", 590),
    "waiting": ("benchmarks.waiting:waiting", 500),
    "small": ("benchmarks.page.small_machine:small_machine", 240),
    "growth-layers": ("benchmarks.growth.layers:layers", 240),
    "growth-maps": ("benchmarks.growth.maps:maps", 240),
    "growth-data": ("benchmarks.growth.data:data", 590),
    "growth-sessions": ("benchmarks.growth.sessions:sessions", 240),
    "growth-runs": ("benchmarks.growth.runs:runs", 300),
}


def main() -> int:
    """Run the rows that were named; 0 if every bar is met, 1 if not."""
    parser = argparse.ArgumentParser(description="Measure CNN Lab against its peers.")
    known = ROWS | LONG
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(known)}; default: all short ones")
    parser.add_argument("--long", action="store_true", help=f"measure the long ones: {', '.join(LONG)}")
    parser.add_argument("--keep", action="store_true", help="write what was measured into benchmarks/results/")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := [row for row in options.rows if row not in known]:
        parser.error(f"there is no row {unknown[0]!r}; the rows are {', '.join(known)}")
    if options.into is not None:
        options.into.write_text(json.dumps([line.to_dict() for line in _measure(options.rows[0])]))
        return 0
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    deadline = time.monotonic() + (sum(seconds for _, seconds in LONG.values()) if options.long else WHOLE_SECONDS)
    lines = []
    for row in options.rows or (LONG if options.long else ROWS):
        sys.stderr.write(f"{row} …\n")
        lines += _in_own_process(row, min(known[row][1], deadline - time.monotonic()))
    print(table(lines))
    print(f"load at the end {os.getloadavg()[0]:.1f}; other programs at work spoil the absolute bars")
    if options.keep:
        print(f"kept as {keep(lines)}")
    return int(any(line.met is False for line in lines))


def _measure(row: str) -> list[Line]:
    module, function = (ROWS | LONG)[row][0].split(":")
    measured: list[Line] = getattr(import_module(module), function)()
    return measured


def _in_own_process(row: str, seconds: float) -> list[Line]:
    if seconds <= 5:
        return [Line(row, failure="no time was left")]
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        found, log = Path(folder) / "lines.json", Path(folder) / "log"
        marker = (MARK, folder)
        # Whatever a row leaves behind when its time is up goes with the folder.
        # A peer has what TensorFlow has in the product.
        env = os.environ | {MARK: folder, "TMPDIR": folder, "TF_ENABLE_ONEDNN_OPTS": "1"}
        command = [sys.executable, __file__, row, "--into", str(found)]
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return [Line(row, failure=f"took longer than {seconds:.0f} s")]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            end_marked(marker)
        if process.returncode != 0 or not found.exists():
            said = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            # A kept result names no place on this machine.
            return [Line(row, failure=said[-1].replace(folder, "…").replace(f"{ROOT}{os.sep}", "")[:200])]
        return [Line(**line) for line in json.loads(found.read_text())]


if __name__ == "__main__":
    sys.exit(main())
