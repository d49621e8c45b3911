"""Models as Keras 2 writes them open with Keras 2's own numbers, whatever had to be mended, and each mend is said."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.processes.importer import described_model
from cnnlab.tf.built import Subject
from cnnlab.tf.inside.answers import look
from cnnlab.tf.inside.maps import load_weights_of
from cnnlab.tf.inside.models import Imported

WRITER = Path(__file__).with_name("keras_2_writer.py")
SCALE = 1 / 255
QUICK = ["plain", "teachable", "transfer", "arithmetic", "hard_sigmoid", "slashes", "quickstart"]
SMALL = ["half", "mobile", "u_net", "caffe", "hard_branches", "lines", "rare", "augmented", "wrapped"]
LARGE = ["mobilenet_v2", "mobilenet_v3", "efficientnet", "densenet", "vgg_below"]
UNWRITTEN = ["arithmetic", "caffe"]  # Keras 2 cannot write them as .keras
SAID = {
    "teachable": "Left out were arguments that change nothing here: groups of DepthwiseConv2D.",
    "transfer": "operations in it are computed by those of Keras: TrueDivide, Subtract.",
    "arithmetic": "computed by those of Keras: TrueDivide, Multiply, Subtract, Add, GetItem, Concatenate and 2 more.",
    "hard_sigmoid": "it stands as Rescaling and ReLU behind its layer.",
    "half": "It is computed in float32 here, and was made for mixed_float16.",
    "slashes": "Names with a slash are written with an underscore.",
    "quickstart": "was put into the words of Keras 3.",
}
EDITABLE = ("plain", "hard_sigmoid", "quickstart")


def write(folder: Path, kinds: Sequence[str]) -> Path:
    subprocess.run([sys.executable, WRITER, folder, *kinds], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("quick"), QUICK)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("slow"), [*SMALL, *LARGE])


def as_keras_2(data: bytes) -> bytes:
    """Return a .keras file with the modules that Keras 2.12 to 2.15 named, where tf-keras names its own."""
    return changed_zip(data, lambda members: replaced(members, "config.json", b"tf_keras.src", b"keras.src"))


def replaced(members: dict[str, bytes], name: str, old: bytes, new: bytes) -> None:
    members[name] = members[name].replace(old, new)


def changed_zip(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def check(data: bytes, ending: str, wanted: Path, folder: Path) -> Imported:
    """Open a file and compare it with what Keras 2 said, twice, as the first time may write it anew."""
    path = folder / f"theirs.{ending}"
    path.write_bytes(data)
    first = Imported(path, "theirs")
    theirs = Imported(path, "theirs")
    assert theirs.said == first.said, "what was mended is said each time"
    with np.load(wanted) as answers:
        facts, outputs = theirs.describe(), outputs_of(theirs, answers["picture"])
        assert facts["params"] == answers["params"]
        names = [row.name for row in theirs.rows]
        close(outputs[names.index(facts["outputs"][0])], answers["output"], wanted.stem)
        maps = [key for key in answers.files if key.startswith("map:")]
        assert len(maps) == 2
        for key in maps:
            close(outputs[place_of(key.removeprefix("map:"), names, wanted.stem)], answers[key], wanted.stem)
    return theirs


def outputs_of(theirs: Imported, picture: np.ndarray) -> list[np.ndarray]:
    return look(Subject(theirs, SCALE), picture.reshape(theirs.input_shape))[1]


def place_of(name: str, names: list[str], kind: str) -> int:
    """Return the last row of a layer, behind which stands what computes its hard_sigmoid."""
    name = name.replace("/", "_")
    if kind.startswith("hard") and f"{name}_relu" in names:
        name = f"{name}_relu"
    return len(names) - 1 - names[::-1].index(name)


def close(got: np.ndarray, wanted: np.ndarray, kind: str) -> None:
    tolerance = 2e-3 if kind == "half" else 1e-5
    assert got.shape == wanted.shape
    assert np.isfinite(wanted).all()
    assert np.abs(got - wanted).max() <= tolerance * max(1e-6, np.abs(wanted).max())


@pytest.mark.parametrize("kind", QUICK)
def test_an_hdf5_file_of_keras_2_gives_its_numbers(kind: str, quick: Path, tmp_path: Path) -> None:
    theirs = check((quick / f"{kind}.h5").read_bytes(), "h5", quick / f"{kind}.npz", tmp_path)
    assert SAID.get(kind, "was put into the words of Keras 3.") in " ".join(theirs.said)
    network = theirs.describe()["network"]
    assert (network is not None) == (kind in EDITABLE)
    if network is not None:
        load_weights_of(Network.from_dict(network), tmp_path / "theirs.h5")


@pytest.mark.parametrize("kind", ["plain", "transfer"])
def test_a_keras_file_of_keras_2_gives_its_numbers(kind: str, quick: Path, tmp_path: Path) -> None:
    check(as_keras_2((quick / f"{kind}.keras").read_bytes()), "keras", quick / f"{kind}.npz", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*SMALL, *LARGE])
def test_more_kinds_of_keras_2_give_its_numbers(kind: str, slow: Path, tmp_path: Path) -> None:
    theirs = check((slow / f"{kind}.h5").read_bytes(), "h5", slow / f"{kind}.npz", tmp_path)
    assert SAID.get(kind, "") in " ".join(theirs.said)
    if kind not in UNWRITTEN:
        data = as_keras_2((slow / f"{kind}.keras").read_bytes())
        check(data, "keras", slow / f"{kind}.npz", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["teachable", "hard_sigmoid", "slashes", "quickstart"])
def test_the_other_keras_files_of_keras_2_give_its_numbers(kind: str, quick: Path, tmp_path: Path) -> None:
    check(as_keras_2((quick / f"{kind}.keras").read_bytes()), "keras", quick / f"{kind}.npz", tmp_path)


@pytest.mark.parametrize("separator", ["/", "\\"])
def test_weights_lie_where_keras_2_12_put_them(separator: str, quick: Path, tmp_path: Path) -> None:
    def move(members: dict[str, bytes]) -> None:
        held = io.BytesIO(members["model.weights.h5"])
        with h5py.File(held, "r+") as file:
            for key in list(file["layers"]):
                file.move(f"layers/{key}", f"_layer_checkpoint_dependencies{separator}{key}")
            del file["layers"]
        members["model.weights.h5"] = held.getvalue()

    data = changed_zip(as_keras_2((quick / "plain.keras").read_bytes()), move)
    check(data, "keras", quick / "plain.npz", tmp_path)


def rewritten(path: Path, change: Callable[[dict[str, Any]], None], version: str) -> bytes:
    """Return an HDF5 file with another description, as an older Keras wrote it."""
    held = io.BytesIO(path.read_bytes())
    with h5py.File(held, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        change(config)
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = version
    return held.getvalue()


def without_input_layer(config: dict[str, Any]) -> None:
    """Let the first layer say its shape, as from Keras 2.2.3 to 2.3.1."""
    entry, first, *_ = config["config"]["layers"]
    first["config"]["batch_input_shape"] = entry["config"]["batch_input_shape"]
    config["config"]["layers"].remove(entry)


def with_old_arguments(config: dict[str, Any]) -> None:
    """Give initializers the dtype that TensorFlow 2.0 to 2.2 wrote, and normalization what renormalizes batches."""
    conv, _, norm = config["config"]["layers"][1:4]
    conv["config"]["bias_initializer"]["config"]["dtype"] = "float32"
    norm["config"] |= {"renorm": False, "fused": None, "axis": 3}
    norm["class_name"] = "BatchNormalizationV1"


def augmentation_of_2_10(config: dict[str, Any]) -> None:
    for layer in config["config"]["layers"]:
        if layer["class_name"].startswith("Random"):
            layer["config"] |= {"rng_type": "stateless", "value_range": [0, 1], "force_generator": True}


def as_graph_nodes(config: dict[str, Any]) -> None:
    """Keep operations as nodes of TensorFlow's graph, as in 2.1 to 2.3."""
    names = {"math.truediv": "RealDiv", "math.subtract": "Sub"}
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "TFOpLambda":
            ((name, node, tensor, options),) = layer["inbound_nodes"]
            layer["inbound_nodes"] = [[[name, node, tensor, {}]]]
            layer["class_name"] = "TensorFlowOpLayer"
            function = layer["config"].pop("function")
            layer["config"]["node_def"] = json.dumps({"name": function, "op": names[function]})
            layer["config"]["constants"] = {"1": options["y"]}


OLDER = {
    "a Sequential without input layer": ("plain", without_input_layer, "2.2.4-tf"),
    "initializers with dtype": ("plain", with_old_arguments, "2.2.4-tf"),
    "augmentation with rng_type": ("transfer", augmentation_of_2_10, "2.10.0"),
    "operations as nodes of a graph": ("transfer", as_graph_nodes, "2.4.0"),
}


@pytest.mark.parametrize("form", OLDER)
def test_forms_that_keras_2_wrote_before_give_its_numbers(form: str, quick: Path, tmp_path: Path) -> None:
    kind, change, version = OLDER[form]
    data = rewritten(quick / f"{kind}.h5", change, version)
    theirs = check(data, "h5", quick / f"{kind}.npz", tmp_path)
    assert f"as Keras {version} wrote it" in theirs.said[0]


def test_an_argument_that_would_change_what_is_computed_is_refused(quick: Path, tmp_path: Path) -> None:
    def strange(config: dict[str, Any]) -> None:
        config["config"]["layers"][1]["config"]["blur"] = 3

    path = tmp_path / "theirs.h5"
    path.write_bytes(rewritten(quick / "plain.h5", strange, "2.11.0"))
    with pytest.raises(ValueError, match="a Conv2D layer with blur = 3, which this Keras does not know"):
        Imported(path, "theirs")


@pytest.mark.parametrize("kind", ["plain", "transfer"])
def test_a_description_opens_with_its_weights(kind: str, quick: Path, tmp_path: Path) -> None:
    text, weights = (quick / f"{kind}.json").read_bytes(), (quick / f"{kind}.weights.h5").read_bytes()
    check(described_model(text, weights, "m.json"), "keras", quick / f"{kind}.npz", tmp_path)


def test_a_description_alone_has_the_shapes_and_says_that_its_weights_are_random(quick: Path, tmp_path: Path) -> None:
    path = tmp_path / "theirs.keras"
    path.write_bytes(described_model((quick / "plain.json").read_bytes(), b"", "m.json"))
    for _ in range(2):
        theirs = Imported(path, "theirs")
        assert "The file holds no weights, so they are random" in theirs.said[-1]
        assert theirs.shapes[0] == (14, 12, 4)
    network = theirs.describe()["network"]
    load_weights_of(Network.from_dict(network), path)
