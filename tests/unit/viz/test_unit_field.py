"""One unit's part of the picture is marked, said in words, and clipped at the border."""

import numpy as np
import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import trace
from cnnlab.viz.network.unit_field import unit_box, unit_field

SEED = Network.seed()
ROWS = trace(SEED)
PIXELS = np.zeros((150, 150, 3), np.uint8)


@pytest.mark.parametrize(
    ("index", "unit", "box"),
    [
        (0, (0, 0), ((0, 2), (0, 2))),
        (2, (73, 0), ((146, 149), (0, 3))),
        (6, (17, 3), ((68, 85), (12, 29))),
        (9, (0, 0), ((0, 149), (0, 149))),
        (13, (0, 0), ((0, 149), (0, 149))),
    ],
)
def test_a_unit_sees_its_receptive_field_at_its_place(index: int, unit: tuple[int, int], box: object) -> None:
    assert unit_box(SEED, ROWS[index], index, unit) == box


def test_what_lies_beyond_the_border_is_left_out_and_said() -> None:
    network = Network((8, 8, 3), (Layer.make("Conv2D", filters=1, kernel_size=3, padding="same"),))
    row = trace(network)[0]
    box = unit_box(network, row, 0, (0, 7))
    assert box == ((0, 1), (6, 7))
    drawn = unit_field(PIXELS[:8, :8], row, box, (0, 7))
    assert "sees rows 0 to 1 and columns 6 to 7: 2 × 2 pixels of its 3 × 3; the rest lies beyond the border." in drawn


def test_a_unit_that_sees_only_padding_is_said_so() -> None:
    network = Network((4, 4, 1), (Layer.make("ZeroPadding2D", padding=3), Layer.make("MaxPooling2D")))
    row = trace(network)[1]
    box = unit_box(network, row, 1, (0, 2))
    assert box[0] is None
    assert "sees only padding" in unit_field(PIXELS[:4, :4, :1], row, box, (0, 2))


def test_a_vector_sees_the_whole_picture() -> None:
    assert "Every unit of dense sees the whole picture." in unit_field(PIXELS, ROWS[10], ((0, 149), (0, 149)), (0, 0))
