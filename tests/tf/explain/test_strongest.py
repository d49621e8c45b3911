"""The strongest patches are those that a search through every map finds."""

from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.explain.strongest import Ranking, convolutions
from cnnlab.core.network import Layer, Network
from cnnlab.processes.explain.strongest import Looked, strongest
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.tf.build import build_model
from cnnlab.tf.built import Subject
from cnnlab.tf.explain.compiled import BrokenWeights
from cnnlab.tf.explain.strongest import strongest as of_batch
from cnnlab.tf.inside.models import Imported
from tests.inside_here import InsideHere

HOSTILE = "quote \" ' back \\ { }"
NETWORK = Network(
    (13, 16, 3),
    (
        Layer.make("Conv2D", filters=4, kernel_size=3),
        Layer.make("Activation", activation="relu"),
        Layer.make("DepthwiseConv2D", kernel_size=3, strides=2, padding="same"),
        Layer.make("Conv2D", filters=3, kernel_size=2, activation="relu"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=1),
    ),
)
SUBJECT = Weighted(NETWORK, RandomWeights(2))
PICTURES = np.random.default_rng(0).integers(0, 256, (21, *NETWORK.input_shape), dtype=np.uint8)
PICTURES[3] = 0  # equal everywhere: the first place counts


def test_they_are_what_a_search_through_every_map_finds(tmp_path: Path) -> None:
    inside = InsideHere()
    told = list(strongest(inside, SUBJECT, iter(PICTURES), 21, "random", tmp_path))
    assert told[-2] == Looked(21, 21)
    ranking = told[-1]
    assert isinstance(ranking, Ranking)
    assert ranking.count == 21
    looks = [inside.look(SUBJECT, pixels).outputs for pixels in PICTURES]
    assert convolutions(SUBJECT.graph.nodes) == (0, 2, 3)
    for index in (0, 2, 3):
        maps = np.stack([outputs[index] for outputs in looks])
        largest = maps.max(axis=(1, 2))
        for channel in range(maps.shape[-1]):
            peaks = ranking.layer(index).of(channel, "strongest")
            np.testing.assert_allclose([p.value for p in peaks], np.sort(largest[:, channel])[::-1][:9], rtol=1e-5)
            for kind in ("strongest", "weakest", "spread"):
                for peak in ranking.layer(index).of(channel, kind):  # type: ignore[arg-type]
                    place = np.unravel_index(maps[peak.picture, ..., channel].argmax(), maps.shape[1:3])
                    assert maps[peak.picture, peak.row, peak.column, channel] == pytest.approx(peak.value, rel=1e-5)
                    assert peak.picture == 3 or (peak.row, peak.column) == place
                    assert peak.picture != 3 or peak.value > 0 or (peak.row, peak.column) == (0, 0)


def test_a_second_visit_takes_no_picture(tmp_path: Path) -> None:
    inside = InsideHere()
    *_, first = strongest(inside, SUBJECT, iter(PICTURES), 21, "random", tmp_path)
    (again,) = strongest(inside, SUBJECT, iter(()), 21, "random", tmp_path)
    assert isinstance(first, Ranking)
    assert isinstance(again, Ranking)
    np.testing.assert_array_equal(first.layer(3).values, again.layer(3).values)


def test_small_batches_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    *_, whole = strongest(InsideHere(), SUBJECT, iter(PICTURES), 21, "a", tmp_path)
    monkeypatch.setattr("cnnlab.processes.explain.strongest.BATCH", 5)
    *steps, parts = strongest(InsideHere(), SUBJECT, iter(PICTURES), 21, "b", tmp_path)
    assert [step.done for step in steps if isinstance(step, Looked)][-1] == 21
    assert len(steps) >= 5
    assert isinstance(whole, Ranking)
    assert isinstance(parts, Ranking)
    np.testing.assert_array_equal(whole.layer(3).pictures, parts.layer(3).pictures)


def test_weights_that_are_no_numbers_are_one_sentence(tmp_path: Path) -> None:
    model = build_model(NETWORK, 2)
    model.layers[3].set_weights([np.full((2, 2, 4, 3), np.nan), np.zeros(3)])
    model.save(tmp_path / "broken.keras")
    broken = Weighted(NETWORK, FileWeights(tmp_path / "broken.keras"))
    with pytest.raises(BrokenWeights, match=r"^The weights of conv2d_1 hold what is not a number.*\.$"):
        list(strongest(InsideHere(), broken, iter(PICTURES), 21, "random", tmp_path))
    assert not list(tmp_path.glob("*.npz"))


def test_a_name_that_no_graph_takes_ranks_as_any_other(tmp_path: Path) -> None:
    entry = keras.Input((12, 10, 3))
    layers = keras.layers.Conv2D(4, 3, name=HOSTILE), keras.layers.Flatten(), keras.layers.Dense(1)
    value = entry
    for layer in layers:
        value = layer(value)
    model = keras.Model(entry, value)
    model.save(tmp_path / "theirs.keras")
    subject = Subject(Imported(tmp_path / "theirs.keras", "theirs.keras"), 1 / 255)
    batch = PICTURES[:2, :12, :10]
    _, (values, _places) = of_batch(subject, batch, [0])
    maps = keras.ops.convert_to_numpy(layers[0](batch / np.float32(255)))
    np.testing.assert_allclose(values, maps.max(axis=(1, 2)), rtol=1e-5)
    after = keras.layers.Dense(1, name="after")
    after.build((None, 2))
    assert after.kernel.path == "after/kernel"
