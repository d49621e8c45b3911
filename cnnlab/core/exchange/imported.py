"""Hold a model that somebody else made, as Keras sees it: read-only, whatever its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.core.inside.graph import Node
from cnnlab.core.network import Network
from cnnlab.core.words import Refusal

ENDINGS = ("keras", "h5", "hdf5", "json")
GIVEN = "given.h5"
"""The weights that came beside the JSON of a model, in the file that holds both; it is empty if none came."""
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
_SPACE = b"\xef\xbb\xbf \t\r\n"
_LFS = b"version https://git-lfs.github.com/"


class ModelFileError(Refusal):
    """Say in one sentence why a file is not a model that can be looked into, and what to do."""


@dataclass(frozen=True)
class ImportedRow:
    """Tell one call of a layer: its output without the batch, its parameters, and the rows that it takes.

    The rows of a nested model stand before it and have its name and a slash in front of theirs. `inputs` are what it
    takes by name, `sources` by position, as `graph.Node` has them; `options` are those of Keras that say how it moves.
    """

    name: str
    class_name: str
    output_shape: tuple[int, ...]
    params: int
    inputs: tuple[str, ...]
    sources: tuple[int, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class ImportedModel:
    """Hold a model file that was opened once: what it takes, its rows in the order of computing, its output rows.

    `network` is the same as a `Network` where the model is a plain sequence that CNN Lab knows, else None with
    `why` as one sentence. `free_size` tells that the model takes any height and width, and was given this one.
    `said` is one sentence for each kind of thing that was mended so that it opens.
    `classes` are what its outputs stand for and `data_name` what it learned, where it comes from a run of this server.
    `rescales` tells that what its first weights meet is small, or around zero, for pixels of 0 to 255.
    """

    name: str
    path: Path
    sha256: str
    input_shape: tuple[int, int, int]
    free_size: bool
    rows: tuple[ImportedRow, ...]
    outputs: tuple[str, ...]
    params: int
    network: Network | None
    why: str
    rescales: bool = False
    said: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    data_name: str = ""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Return the rows as the graph that they are."""
        return nodes_of_rows(self.rows)

    @property
    def rescaling(self) -> tuple[float, float]:
        """Return (scale, offset) for pixels of 0 to 255 that it takes first: as they are if it rescales them itself."""
        return (1.0, 0.0) if self.rescales else (1 / 255, 0.0)


def nodes_of_rows(rows: Sequence[ImportedRow]) -> tuple[Node, ...]:
    """Return rows as a graph."""
    return tuple(Node(row.name, row.class_name, dict(row.options), row.output_shape, row.sources) for row in rows)


def kind_of(data: bytes, name: str) -> str:
    """Return "keras", "h5" or "json" for the first bytes of a file, whatever its name ends in; raise `ModelFileError`.

    `name` is fit to be shown.
    """
    if data.startswith(_HDF5):
        return "h5"
    if data.startswith(_ZIP):
        return "keras"
    if data.lstrip(_SPACE).startswith(b"{"):
        return "json"
    raise ModelFileError(f"{name} {_what_it_is(data, name.lower())}.")


def _what_it_is(data: bytes, name: str) -> str:
    """Say what a file is that is no model, and the way out."""
    text = data.lstrip(_SPACE)
    if not data:
        return "is empty; choose the file that model.save has written"
    if data.startswith(_LFS):
        return (
            "is a Git LFS pointer, a note where the model lies and not the model; get the real file with git lfs pull"
        )
    if data[4:8] == b"TFL3":
        return (
            "is a TensorFlow Lite file, which keeps no Keras layers; use the .keras or .h5 file that it was made from"
        )
    if data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "is a Python pickle, which could run any program when opened, so it is not; write one with model.save"
    if text.startswith(b"["):
        return "is JSON, but not of a model; save the whole model with model.save"
    if text.startswith(b"<"):
        return "is a web page, so the download went wrong; download the file itself"
    if name.endswith((".pb", ".onnx", ".pt", ".pth", ".safetensors")):
        return "is not a Keras model; save it from Keras with model.save as .keras"
    if name.endswith((".h5", ".hdf5")):
        return "is named like an HDF5 file but is none; it may be damaged, so download or save it again"
    return "is not a Keras model file; expected .keras or .h5 as model.save writes them"
