"""Sprite sheets hold the values: zero has one colour, and colours decode back within the step."""

import io

import numpy as np
import pytest
from PIL import Image

from cnnlab.viz.inside.sprites import as_maps, quantise, sprite_sheet, statistics
from cnnlab.viz.palette import GAP_INDEX, KIND_COLORS, KIND_OF_CLASS, ZERO, ZERO_INDEX, diverging


def indices(png: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(png)))


def colors(png: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))


def test_zero_has_one_colour_whatever_the_scale() -> None:
    for limit in (0.001, 1.0, 250.0, None):
        maps = np.zeros((4, 4, 1), np.float32)
        maps[0, 0, 0] = 0.0009
        sheet = colors(sprite_sheet(maps, limit))
        assert tuple(sheet[3, 3, :3]) == ZERO


def test_the_palette_is_signed_and_its_ends_are_far_from_zero() -> None:
    table = diverging().astype(int)
    assert tuple(table[ZERO_INDEX]) == ZERO
    assert table[0, 0] > table[0, 2]
    assert table[254, 2] > table[254, 0]
    distance = np.abs(table[:255] - table[ZERO_INDEX]).sum(axis=1)
    assert (np.diff(distance[: ZERO_INDEX + 1]) <= 0).all()
    assert (np.diff(distance[ZERO_INDEX:255]) >= 0).all()


def test_a_sheet_decodes_back_to_the_values_within_half_a_step() -> None:
    rng = np.random.default_rng(1)
    maps = rng.normal(size=(7, 5, 6)).astype(np.float32)
    limit = statistics(maps).limit
    sheet = indices(sprite_sheet(maps, limit, columns=4))
    gap = 1
    for channel in range(6):
        top, left = channel // 4 * (7 + gap), channel % 4 * (5 + gap)
        values = (sheet[top : top + 7, left : left + 5].astype(float) - ZERO_INDEX) * limit / ZERO_INDEX
        assert np.abs(values - maps[:, :, channel]).max() <= limit / ZERO_INDEX / 2 + 1e-6


def test_the_gap_is_transparent_and_empty_places_too() -> None:
    sheet = colors(sprite_sheet(np.ones((3, 3, 3), np.float32), 1.0, columns=2))
    assert sheet.shape == (7, 7, 4)
    assert sheet[3, 0, 3] == 0
    assert sheet[6, 6, 3] == 0
    assert sheet[0, 0, 3] == 255


def test_after_relu_no_colour_is_on_the_negative_side() -> None:
    maps = np.maximum(0, np.random.default_rng(0).normal(size=(9, 9, 4))).astype(np.float32)
    sheet = indices(sprite_sheet(maps, statistics(maps).limit))
    assert sheet[sheet != GAP_INDEX].min() == ZERO_INDEX


def test_each_map_can_have_its_own_scale() -> None:
    maps = np.stack([np.full((2, 2), 0.1), np.full((2, 2), -100.0), np.zeros((2, 2))], axis=2).astype(np.float32)
    sheet = indices(sprite_sheet(maps, None))
    assert [sheet[0, 0], sheet[0, 3], sheet[0, 6]] == [254, 0, ZERO_INDEX]


def test_values_beyond_the_scale_take_its_ends_and_never_the_gap() -> None:
    assert quantise(np.array([-5.0, 5.0, 0.0], np.float32), 1.0).tolist() == [0, 254, ZERO_INDEX]


@pytest.mark.parametrize("size", [1, 2, 64, 2304])
def test_a_vector_becomes_one_map_that_holds_every_value(size: int) -> None:
    vector = np.arange(1, size + 1, dtype=np.float32)
    maps = as_maps(vector)
    assert maps.ndim == 3
    assert maps.ravel()[:size].tolist() == vector.tolist()
    assert maps.ravel()[size:].sum() == 0


def test_statistics_tell_extremes_and_the_share_of_zeros() -> None:
    facts = statistics(np.array([[-2.0, 0.0], [0.0, 1.0]]))
    assert (facts.minimum, facts.maximum, facts.zero_fraction, facts.limit) == (-2.0, 1.0, 0.5, 2.0)


def test_every_layer_class_has_a_colour_that_carries_white_text() -> None:
    for kind in KIND_OF_CLASS.values():
        channels = [int(KIND_COLORS[kind][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5, kind
