"""The reader of models that somebody else made: the real process in its limits, asked as a page asks it."""

import atexit
import io
import json
import random
import zipfile
from pathlib import Path

import h5py

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.core.settings import Settings
from cnnlab.processes.importer import ModelImporter
from cnnlab.processes.inference import Inside
from cnnlab.processes.model_files import KEPT_MODELS
from tests.fuzz.mutating import document, one_of, pieces
from tests.fuzz.targets.target import Target

# Saved by Keras: a Sequential of five layers in both forms, and two branches that are added and normalised.
SPECIMENS = Path(__file__).resolve().parents[1] / "specimens"
_IMPORTER: list[ModelImporter] = []


def _models() -> list[bytes]:
    return [path.read_bytes() for path in sorted(SPECIMENS.iterdir())]


def _importer(folder: Path) -> ModelImporter:
    if not _IMPORTER:
        settings = Settings(folder / "importer")
        inside = Inside(settings)
        atexit.register(inside.close)
        _IMPORTER.append(ModelImporter(settings, inside))
    return _IMPORTER[0]


def _open(data: bytes, home: Path) -> None:
    name = "model.h5" if data.startswith(b"\x89HDF") else "model.keras"
    importer = _importer(home.parent)
    kept = home.parent / "importer" / KEPT_MODELS
    before = set(kept.rglob("*.*")) if kept.exists() else set()
    try:
        importer.open(data, name)
    except ModelFileError:
        left = set(kept.rglob("*.*")) - before
        assert not left, left
        raise


def _reconfigured(rng: random.Random, data: bytes) -> bytes:
    """Change what a Keras file says of its layers, or one of its members."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:
        return _reconfigured_h5(rng, data)
    if not members:
        return pieces(rng, data)
    changed = "config.json" if "config.json" in members and rng.random() < 0.7 else rng.choice(sorted(members))
    change = document if changed.endswith(".json") else pieces
    members[changed] = change(rng, members[changed])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _reconfigured_h5(rng: random.Random, data: bytes) -> bytes:
    held = io.BytesIO(data)
    try:
        with h5py.File(held, "r+") as file:
            told = json.dumps(json.loads(file.attrs["model_config"])).encode()
            file.attrs["model_config"] = document(rng, told)
    except Exception:
        return pieces(rng, data)
    return held.getvalue()


MODELS = (
    Target("importer", _models, _open, one_of(_reconfigured, _reconfigured, pieces), 1_000, seconds=300.0, asks=True),
)
