"""What one unit likes is climbed in chunks: higher, the same for a seed, inside the range, and honestly silent."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnlab.core.explain.ascent import Ascent, AscentError, Span, noise
from cnnlab.core.network import Layer, Network
from cnnlab.processes.explain.units import Frame, maximise, maximise_all
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.tf.build import build_model
from cnnlab.tf.explain.compiled import BrokenWeights
from tests.inside_here import InsideHere

NETWORK = Network(
    (20, 18, 3),
    (
        Layer.make("Conv2D", filters=6, kernel_size=3),
        Layer.make("Activation", activation="relu"),
        Layer.make("MaxPooling2D"),
        Layer.make("Conv2D", filters=5, kernel_size=3, activation="relu"),
        Layer.make("Flatten"),
        Layer.make("Dense", units=4, activation="softmax"),
    ),
)
SUBJECT = Weighted(NETWORK, RandomWeights(3))
PLAIN = Ascent(steps=12, jitter=0, blur_every=0, l2=0.0, variation=0.0)


@pytest.fixture(scope="module")
def inside() -> Inside:
    return InsideHere()


def with_channel(folder: Path, channel: int, weight: float | None, bias: float) -> Weighted:
    """Return the network with other weights and another bias for one channel of its second convolution."""
    model = build_model(NETWORK, 3)
    kernel, biases = model.layers[3].get_weights()
    biases[channel] = bias
    if weight is not None:
        kernel[..., channel] = weight
    model.layers[3].set_weights([kernel, biases])
    model.save(folder / "changed.keras")
    return Weighted(NETWORK, FileWeights(folder / "changed.keras"))


def last(frames: Iterator[Frame]) -> Frame:
    return list(frames)[-1]


def test_a_climb_without_shifts_goes_up_in_every_layer(inside: Inside) -> None:
    for index, channel in ((0, 1), (1, 2), (3, 4), (5, 0)):
        frames = list(maximise(inside, SUBJECT, index, channel, PLAIN))
        assert [frame.steps for frame in frames] == list(range(13))
        assert frames[-1].activation > frames[0].activation
        assert not frames[-1].silent
        assert frames[-1].curve[-1] == frames[-1].activation


def test_what_is_said_to_be_reached_is_what_the_network_gives_for_the_picture(inside: Inside) -> None:
    ascent = Ascent(steps=9)
    for place in ("mean", "centre"):
        frame = last(maximise(inside, SUBJECT, 3, 2, replace(ascent, place=place)))
        maps = inside.look(SUBJECT, frame.picture).outputs[3][..., 2]
        given = maps.mean() if place == "mean" else maps[maps.shape[0] // 2, maps.shape[1] // 2]
        assert frame.activation == pytest.approx(given, rel=0.02)  # the picture shown is rounded to levels
        assert frame.activation > 0


def test_the_same_seed_gives_the_same_picture_and_a_shift_another_one(inside: Inside) -> None:
    ascent = Ascent(steps=6)
    one, again, other, still = (
        last(maximise(inside, SUBJECT, 3, 2, each)).picture
        for each in (ascent, ascent, replace(ascent, seed=1), replace(ascent, jitter=0))
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, still)


def test_chunk_by_chunk_is_the_same_as_in_one_go(inside: Inside) -> None:
    ascent, span = Ascent(steps=13, blur_every=3), Span(1 / 255, 0.0)
    begin = noise(ascent, NETWORK.input_shape, span)[None]

    def ask(pictures: np.ndarray, done: int, steps: int) -> list[np.ndarray]:
        asked = {"index": 3, "channels": [1], "done": done, "steps": steps, "ascent": ascent.asked}
        return inside.ask("ascend", SUBJECT, None, pictures, **asked)[1]

    whole, reached, _ = ask(begin, 0, 13)
    pictures, curve = begin, []
    for done, steps in ((0, 1), (1, 4), (5, 8)):
        pictures, part, _ = ask(pictures, done, steps)
        curve += part[1:, 0].tolist()
    np.testing.assert_array_equal(pictures, whole)
    assert curve == reached[1:, 0].tolist()


def test_a_picture_stays_inside_the_range_unless_it_may_leave_it(inside: Inside) -> None:
    for clip in (True, False):
        ascent = replace(PLAIN, rate=0.3, clip=clip)
        begin = noise(ascent, NETWORK.input_shape, Span(1 / 255, 0.0))[None]
        asked = {"index": 0, "channels": [1], "done": 0, "steps": 12, "ascent": ascent.asked}
        picture = inside.ask("ascend", SUBJECT, None, begin, **asked)[1][0]
        assert (picture.min() >= 0 and picture.max() <= 1) == clip


def test_a_given_picture_is_where_the_climb_starts(inside: Inside) -> None:
    start = np.random.default_rng(0).integers(0, 256, NETWORK.input_shape, dtype=np.uint8)
    first = next(iter(maximise(inside, SUBJECT, 3, 2, PLAIN, start)))
    np.testing.assert_array_equal(first.picture, start)
    assert first.activation == pytest.approx(inside.look(SUBJECT, start).outputs[3][..., 2].mean(), rel=1e-4)


def test_a_silent_relu_is_climbed_from_below(inside: Inside, tmp_path: Path) -> None:
    highest = inside.look(SUBJECT, np.full(NETWORK.input_shape, 128, np.uint8)).outputs[3][..., 2].max()
    frames = list(maximise(inside, with_channel(tmp_path, 2, None, -highest - 0.1), 3, 2, PLAIN))
    assert [frames[0].activation, frames[0].silent] == [0, True]
    assert frames[-1].activation > 0
    assert not frames[-1].silent


def test_a_dead_channel_is_said_to_be_silent(inside: Inside, tmp_path: Path) -> None:
    dead = with_channel(tmp_path, 0, 0.0, -1.0)
    frames = list(maximise(inside, dead, 3, 0, PLAIN))
    assert all(frame.silent for frame in frames)
    np.testing.assert_array_equal(frames[0].picture, frames[-1].picture)
    sheet = list(maximise_all(inside, dead, 3, PLAIN, (0, 2)))[-1]
    assert sheet.channels == (0, 2)
    assert sheet.silent.tolist() == [True, False]


def test_weights_that_are_no_numbers_are_one_sentence(inside: Inside, tmp_path: Path) -> None:
    with pytest.raises(BrokenWeights, match=r"^The weights of conv2d_1 hold what is not a number.*\.$"):
        list(maximise(inside, with_channel(tmp_path, 1, np.nan, 0.0), 3, 1, PLAIN))


def test_a_sheet_holds_what_each_channel_likes(inside: Inside) -> None:
    sheets = list(maximise_all(inside, SUBJECT, 3, PLAIN))
    assert [sheet.share for sheet in sheets] == sorted(sheet.share for sheet in sheets)
    whole = sheets[-1]
    assert whole.share == 1
    assert whole.channels == (0, 1, 2, 3, 4)
    for channel in (0, 3):
        alone = last(maximise(inside, SUBJECT, 3, channel, PLAIN))
        assert whole.activations[channel] == pytest.approx(alone.activation, rel=1e-3)
        assert np.abs(whole.pictures[channel].astype(int) - alone.picture).mean() < 1


@pytest.mark.parametrize(
    ("index", "channel", "said"),
    [(6, 0, "There is no layer 6, only 0 to 5"), (-1, 0, "no layer -1"), (3, 5, "conv2d_1 has the channels 0 to 4")],
)
def test_a_unit_that_is_not_there_is_refused(inside: Inside, index: int, channel: int, said: str) -> None:
    with pytest.raises(AscentError, match=said):
        next(maximise(inside, SUBJECT, index, channel, PLAIN))


def test_keras_agrees_about_the_gradient(inside: Inside) -> None:
    model = build_model(NETWORK, 3)
    begin = noise(PLAIN, NETWORK.input_shape, Span(1 / 255, 0.0))[None]
    asked = {"index": 0, "channels": [4], "done": 0, "steps": 1, "ascent": replace(PLAIN, clip=False).asked}
    moved = inside.ask("ascend", SUBJECT, None, begin, **asked)[1][0] - begin
    kernel = keras.ops.convert_to_numpy(model.layers[0].kernel)[..., 4]
    slope = np.zeros(NETWORK.input_shape)
    for row, column in np.ndindex(18, 16):
        slope[row : row + 3, column : column + 3] += kernel
    np.testing.assert_allclose(moved[0], PLAIN.rate * slope / np.sqrt(np.mean(slope**2)), rtol=1e-3, atol=1e-5)
