"""VGG16 is what Keras makes of the same file: rows, features, and what a training does with it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import md5
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.data.offers.files import fetched, keep_weights
from cnnlab.core.data.offers.offer import Hash, Offer
from cnnlab.core.data.offers.table import VGG16 as OFFER
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.address import as_text, from_text
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.known import KNOWN, LITE0, VGG16, here
from cnnlab.core.trunks.rows import counts, cuts, known_rows, known_trunk, rows_of
from cnnlab.core.trunks.trunk import TRUNK, TrunkError
from cnnlab.core.trunks.vgg16 import MEAN, MEANS, parts, weight_shapes
from cnnlab.processes.environment import child_environment
from cnnlab.tf.inside.cut import rows
from cnnlab.tf.trunks.build import front, trunk_model
from tests.served import Served, fetching, serving, vgg16_file

SIZE = 96


@pytest.fixture(scope="module")
def file() -> bytes:
    """Return a file of the published layout with random weights, small enough that no map overflows."""
    drawn = np.random.default_rng(0)
    return vgg16_file(
        [
            drawn.standard_normal(shape, np.float32) * np.float32(np.sqrt(2 / np.prod(shape[:-1])))
            for shape in weight_shapes()
        ]
    )


@pytest.fixture(scope="module")
def offer(file: bytes) -> Iterator[tuple[Offer, Served]]:
    served = Served(file)
    with serving(served) as address:
        named = Hash("md5", md5(file).hexdigest(), "the test")
        yield replace(OFFER, address=address.replace("file.zip", "file.h5"), size=len(file), hash=named), served


@pytest.fixture
def home_with_weights(home: Path, offer: tuple[Offer, Served]) -> Path:
    """Return a home into which the real process has fetched the weights, known as those that are offered."""
    env = {**os.environ, **child_environment(Settings(home))}
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        env.pop(name, None)
    subprocess.run(fetching(offer[0]), env=env, capture_output=True, check=True, timeout=120)
    arrays = fetched(home, offer[0])
    assert arrays is not None
    keep_weights(home, OFFER, arrays.read_bytes())
    return home


def test_its_rows_are_those_of_keras_and_hold_what_keras_counts() -> None:
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIZE, 130, 3))
    ours = known_rows(VGG16.key, SIZE, 130)
    expected = [
        (layer.name, type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in theirs.layers[1:]
    ]
    assert [(row.name, row.class_name, row.output_shape, row.params) for row in ours[1:]] == expected
    assert (ours[0].name, ours[0].class_name, ours[0].params) == (MEAN, "Normalization", 0)
    assert [(w.shape, w.dtype) for w in theirs.weights] == [(shape, "float32") for shape in weight_shapes()]
    built = {part.name: part.config for part in parts()}
    for layer in theirs.layers[1:]:
        twin = getattr(keras.layers, type(layer).__name__)(name=layer.name, **built[layer.name])
        assert twin.get_config() == layer.get_config()
    assert sum(row.params for row in ours) == 14_714_688


def test_without_its_weights_it_is_not_offered_and_says_where_they_are_fetched(home: Path) -> None:
    assert here(home) == (LITE0,)
    trunk = known_trunk(VGG16, SIZE)
    for refused in (lambda: rows_of(trunk, home), lambda: trunk_model(trunk, home)):
        with pytest.raises(TrunkError, match="fetch them where a trunk is chosen"):
            refused()
    with pytest.raises(TrunkError, match="fetch them"):
        from_text(as_text(trunk), smallest_head(trunk, 2), home)
    with pytest.raises(TrunkError, match="96 to 224"):
        known_trunk(VGG16, 32)
    with pytest.raises(TrunkError, match="choose another layer"):
        known_trunk(VGG16, SIZE, MEAN)
    assert MEAN not in cuts(known_rows(VGG16.key, SIZE, SIZE))


@pytest.mark.slow
def test_fetched_and_cut_anywhere_it_makes_what_keras_makes_of_the_same_file(
    home_with_weights: Path, file: bytes, tmp_path: Path
) -> None:
    home = home_with_weights
    assert here(home) == tuple(KNOWN.values())
    path = tmp_path / "same.h5"
    path.write_bytes(file)
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(SIZE, SIZE, 3))
    theirs.load_weights(path)
    pictures = np.random.default_rng(1).integers(0, 256, (3, SIZE, SIZE, 3)).astype(np.float32)
    taken = keras.applications.vgg16.preprocess_input(pictures.copy())
    np.testing.assert_allclose(taken[..., ::-1], pictures - np.float32(MEANS), atol=1e-4)
    for cut in (VGG16.cut, "block1_conv1", "block3_pool", "block4_conv2"):
        trunk = known_trunk(VGG16, SIZE, cut)
        ours = front(trunk, home, 1 / 255).predict(pictures / 255, verbose=0)
        expected = keras.Model(theirs.inputs, theirs.get_layer(cut).output).predict(taken, verbose=0)
        assert expected.std() > 1
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())
    whole = known_trunk(VGG16, SIZE)
    model = trunk_model(whole, home)
    keys = ("name", "class_name", "params", "weights", "macs", "sources")
    for row, keras_row in zip(rows_of(whole, home), rows(model), strict=True):
        assert {key: getattr(row, key) for key in keys} == {
            key: tuple(keras_row[key]) if key == "sources" else keras_row[key] for key in keys
        }
        assert row.output_shape == tuple(keras_row["output_shape"])
    tuned = replace(whole, trainable_from="block5_conv1")
    trained = sum(int(np.prod(w.shape)) for w in trunk_model(tuned, home).trainable_weights)
    assert counts(tuned, rows_of(tuned, home)).trainable == trained == 3 * (9 * 512 * 512 + 512)
    assert from_text(as_text(tuned), smallest_head(tuned, 2), home) == tuned


@pytest.mark.slow
@pytest.mark.parametrize("first", [None, "block5_conv1"])
def test_a_head_is_trained_on_it_and_it_is_tuned_where_it_may(home_with_weights: Path, first: str | None) -> None:
    home = home_with_weights
    command = [
        *(sys.executable, "-m", "cnnlab", "train", "--data", "silhouettes", "--trunk", VGG16.key, "--image-size", "96"),
        *("--limit-per-class", "6", "--epochs", "1", "--no-augment", "--json"),
        *(("--trainable-from", first) if first else ()),
    ]
    done = subprocess.run(command, env=child_environment(Settings(home)), capture_output=True, check=True, timeout=400)
    last = json.loads(done.stdout.splitlines()[-1])
    model = keras.models.load_model(Path(last["folder"]) / "model.keras")
    before, after = trunk_model(known_trunk(VGG16, SIZE), home), model.get_layer(TRUNK)
    changed = {
        layer.name
        for layer, same in zip(after.layers, before.layers, strict=True)
        if any(not np.array_equal(*pair) for pair in zip(layer.get_weights(), same.get_weights(), strict=True))
    }
    assert changed == ({f"block5_conv{i}" for i in (1, 2, 3)} if first else set())
