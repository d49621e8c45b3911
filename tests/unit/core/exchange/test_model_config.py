"""What a model file is, and what its description asks for, is judged before anything is built from it."""

import json
from typing import Any

import pytest

from cnnlab.core.exchange.imported import ModelFileError, kind_of
from cnnlab.core.exchange.model_config import MOST_LAYERS, check_model_config, read_model_config


def model(*layers: dict[str, Any], **more: Any) -> str:
    return json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}, **more})


def layer(class_name: str, module: str | None = "keras.layers", **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "module": module, "config": config, "registered_name": None}


def judged(text: str) -> dict[str, Any]:
    config = read_model_config(text, "m.keras")
    check_model_config(config, "m.keras")
    return config


def refusal(text: str) -> str:
    with pytest.raises(ModelFileError) as refused:
        judged(text)
    assert str(refused.value).startswith("m.keras ")
    assert str(refused.value).endswith(".")
    return str(refused.value)


@pytest.mark.parametrize(
    ("start", "kind"), [(b"\x89HDF\r\n\x1a\n..", "h5"), (b"PK\x03\x04..", "keras"), (b'\xef\xbb\xbf {"a', "json")]
)
def test_the_first_bytes_tell_the_kind_whatever_the_name(start: bytes, kind: str) -> None:
    assert kind_of(start, "m.txt") == kind


@pytest.mark.parametrize(
    ("start", "name", "said"),
    [
        (b"", "m.h5", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1", "m.h5", "git lfs pull"),
        (b"\x20\0\0\0TFL3", "m.keras", "TensorFlow Lite"),
        (b"\x80\x04\x95", "m.h5", "pickle"),
        (b"  [1]", "m.keras", "is JSON, but not of a model"),
        (b"<html>", "m.keras", "web page"),
        (b"\x08\x01", "m.pb", "is not a Keras model"),
        (b"\x08\x01", "m.hdf5", "named like an HDF5 file but is none"),
        (b"\x08\x01", "m.keras", "is not a Keras model file"),
    ],
)
def test_what_is_no_model_is_named(start: bytes, name: str, said: str) -> None:
    with pytest.raises(ModelFileError, match=said):
        kind_of(start, name)


def test_keras_own_layers_pass_and_how_it_was_trained_is_not_read() -> None:
    trained = {"loss": {"module": "theirs", "class_name": "function", "config": "loss"}}
    text = model(layer("Conv2D", filters=8, kernel_size=[3, 3]), layer("Dense", units=2), compile_config=trained)
    assert judged(text)["class_name"] == "Sequential"


def test_old_files_name_no_module() -> None:
    dense = {"class_name": "Dense", "config": {"kernel_initializer": {"class_name": "VarianceScaling", "config": {}}}}
    assert judged(model(dense))


@pytest.mark.parametrize(
    "hostile",
    [
        layer("Lambda", function="x"),
        layer("Dense", activation={"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}),
        layer("TimeDistributed", layer=layer("Lambda", function="x")),
    ],
)
def test_program_code_is_found_wherever_it_hides(hostile: dict[str, Any]) -> None:
    assert "program code" in refusal(model(hostile))


@pytest.mark.parametrize(
    "foreign",
    [
        layer("Secret", "theirs"),
        layer("Dense", "os"),
        layer("Dense", "keras_evil"),
        layer("Dense", activation={"class_name": "function", "module": "builtins", "config": "eval"}),
        {"class_name": "Dense", "module": "keras.layers", "registered_name": "Theirs>Dense", "config": {}},
        {"class_name": ["Dense"], "config": {}},
    ],
)
def test_code_that_is_not_in_the_file_is_refused(foreign: dict[str, Any]) -> None:
    assert "custom class or function" in refusal(model(foreign))


@pytest.mark.parametrize(
    "own",
    [
        layer("TorchModuleWrapper"),
        layer("TFSMLayer", filepath="/etc"),
        layer("StringLookup", vocabulary="/etc/passwd"),
        layer("Map", "keras.src.ops.core"),
        layer("WhileLoop", "keras.src.ops.core"),
    ],
)
def test_what_is_keras_own_is_never_called_custom(own: dict[str, Any]) -> None:
    assert "which is Keras' own but may run other programs" in refusal(model(own))


def test_arithmetic_and_newer_layers_of_keras_pass() -> None:
    added = layer("TrueDivide", "keras.src.ops.numpy", name="true_divide")
    assert judged(model(added, layer("RMSNormalization"), layer("RandomHue"), layer("AdaptiveAveragePooling2D")))
    assert "custom" in refusal(model(layer("TrueDivide", "keras.layers")))


def test_numbers_beyond_reason_name_the_layer() -> None:
    said = refusal(model(layer("Dense", units=2_000_000_000)))
    assert "a Dense layer with units = 2,000,000,000" in said
    assert "target_shape" in refusal(model(layer("Reshape", target_shape=[1, 10**12])))
    assert "padding" in refusal(model(layer("ZeroPadding2D", padding=[[0, 10**12], [0, 0]])))
    assert judged(model(layer("Dropout", rate=0.5, seed=10**12)))


def test_too_much_of_anything_is_refused() -> None:
    assert "layers, the most" in refusal(model(*[layer("ReLU")] * (MOST_LAYERS + 1)))
    assert "nested too deep" in refusal(model(layer("Dense", x=json.loads("[" * 90 + "]" * 90))))
    assert "damaged" in refusal("[" * 100_000)
    assert "damaged" in refusal("{")
    assert "does not describe" in refusal('{"class_name": "Adam", "config": {}}')
    assert "does not describe" in refusal("[]")
