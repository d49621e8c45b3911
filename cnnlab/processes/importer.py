"""Open models that somebody else made in a process of its own, with limits, and keep their files."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from cnnlab.core.exchange.imported import GIVEN, ImportedModel, ImportedRow, ModelFileError, kind_of
from cnnlab.core.network import Network
from cnnlab.core.pictures import shown_name
from cnnlab.core.settings import Settings
from cnnlab.processes.child import ChildError
from cnnlab.processes.home.faults import sentence_of
from cnnlab.processes.home.files import replacing
from cnnlab.processes.inference import Inside
from cnnlab.processes.model_files import KEPT_MODELS, make_room
from cnnlab.processes.subjects import describe_file


class ModelImporter:
    """Keep imported files below `settings.home`/models, and let the process in which they are looked into open them."""

    def __init__(self, settings: Settings, inside: Inside) -> None:
        self._folder = settings.home / KEPT_MODELS
        self._disk = settings.disk
        self._process = inside.models

    def open(
        self, data: bytes, name: str, owner: str = "nobody", origin: str = "here", weights: bytes = b""
    ) -> ImportedModel:
        """Return the model in the bytes of a file; raise `ModelFileError`. A refused file leaves nothing behind.

        `owner` and `origin` say whose it is and where in the network they are, as names of folders. The JSON of
        `model.to_json` comes alone, or with the bytes of its file of `weights`.
        """
        shown = shown_name(name)
        kind = kind_of(data[:4096], shown)
        if kind == "json":
            data, kind = described_model(data, weights, shown), "keras"
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / origin / owner / f"{digest}.{kind}"
        known = path.exists()
        if known:
            path.touch()
        else:
            if problem := self._disk.problem(len(data)):
                raise ModelFileError(problem)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with replacing(path) as new:
                    new.write_bytes(data)
            except OSError as error:
                raise ModelFileError(sentence_of(error, self._folder.parent)) from None
        try:
            answer = self._process.ask({"request": "open", "subject": describe_file(path, shown)})[0]
            return _model_of(answer, shown, path, digest)
        except ChildError as error:
            if not known:
                path.unlink(missing_ok=True)
            raise ModelFileError(str(error)) from None
        finally:
            make_room(self._folder, path)


def described_model(text: bytes, weights: bytes, name: str) -> bytes:
    """Return one file that holds the JSON of a model and its weights, none if there are none; raise `ModelFileError`.

    The process that opens it makes a whole model of it.
    """
    if weights and kind_of(weights[:4096], name) != "h5":
        raise ModelFileError(
            f"{name} came with a file that holds no weights; choose the .h5 file of model.save_weights."
        )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for member, content in (("config.json", text), (GIVEN, weights)):
            archive.writestr(zipfile.ZipInfo(member), content)  # always of the same date, so of the same digest
    return whole.getvalue()


def _model_of(answer: dict[str, Any], name: str, path: Path, digest: str) -> ImportedModel:
    height, width, channels = answer["input_shape"]
    return ImportedModel(
        name=name,
        path=path,
        sha256=digest,
        input_shape=(height, width, channels),
        free_size=answer["free_size"],
        rows=tuple(map(_row_of, answer["rows"])),
        outputs=tuple(answer["outputs"]),
        params=answer["params"],
        network=None if answer["network"] is None else Network.from_dict(answer["network"]),
        why=answer["why"],
        rescales=answer["rescales"],
        said=tuple(answer["said"]),
    )


def _row_of(row: dict[str, Any]) -> ImportedRow:
    options = tuple((name, _frozen(value)) for name, value in row["options"])
    shape, inputs, sources = (tuple(row[name]) for name in ("output_shape", "inputs", "sources"))
    return ImportedRow(row["name"], row["class_name"], shape, row["params"], inputs, sources, options)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
