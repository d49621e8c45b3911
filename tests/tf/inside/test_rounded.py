"""Weights rounded to float16 come back as they were rounded, and for no other network."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.network import Network
from cnnlab.tf.build import build_model
from cnnlab.tf.inside.maps import MapsError, load_weights_of
from cnnlab.tf.inside.rounded import read_rounded, write_rounded

SMALL = Network.seed().with_image_size(32, 32)


def test_every_weight_is_the_one_that_was_rounded(tmp_path: Path) -> None:
    model = build_model(SMALL, 3)
    write_rounded(model, tmp_path / "w.npz")
    again = read_rounded(SMALL, tmp_path / "w.npz")
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one.astype(np.float16).astype(np.float32), other)
        assert other.dtype == np.float32


def test_a_weight_that_float16_cannot_hold_is_refused(tmp_path: Path) -> None:
    model = build_model(SMALL, 3)
    model.layers[0].kernel.assign(keras.ops.full(model.layers[0].kernel.shape, 1e6))
    with pytest.raises(ValueError, match="does not fit"):
        write_rounded(model, tmp_path / "w.npz")
    assert not (tmp_path / "w.npz").exists()


@pytest.mark.parametrize("damage", ["another network", "cut short", "no zip", "a pickle"])
def test_weights_of_another_network_and_damaged_files_are_refused_in_a_sentence(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "w.npz"
    write_rounded(build_model(SMALL, 3), file)
    network = SMALL
    if damage == "another network":
        network = SMALL.with_option(0, "filters", 8)
    elif damage == "cut short":
        file.write_bytes(file.read_bytes()[:-4000])
    elif damage == "no zip":
        file.write_bytes(b"weights")
    else:
        np.savez(file, np.array([object()]))
    with pytest.raises(MapsError, match="belong to another network"):
        load_weights_of(network, file)
