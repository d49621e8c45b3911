"""Keep what was measured, with the day, the machine's size and the versions, and nothing that names the machine."""

import contextlib
import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from benchmarks.support.report import Line, table

RESULTS = Path(__file__).resolve().parents[1] / "results"
VERSIONS = ("streamlit", "tensorflow", "tensorflow-cpu", "keras", "numpy", "pillow")  # TensorFlow has one of two names


def keep(lines: Sequence[Line], folder: Path = RESULTS) -> Path:
    """Write the lines as JSON and as Markdown, named by the minute; return the Markdown file."""
    now = datetime.now(UTC)
    about = {
        "date": now.isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load": round(os.getloadavg()[0], 1),
        "versions": _versions(),
    }
    folder.mkdir(exist_ok=True)
    said = folder / f"{now:%Y-%m-%d-%H%M}.md"
    found = json.dumps(about | {"lines": [line.to_dict() for line in lines]}, indent=1)
    said.with_suffix(".json").write_text(found + "\n", encoding="utf-8")
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    head = f"{about['date']}: {about['cores']} cores, {about['memory_gib']} GiB, load {about['load']} at the end."
    said.write_text(f"{head}\n{versions}.\n\n```\n{table(lines)}\n```\n", encoding="utf-8")
    return said


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in VERSIONS:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
