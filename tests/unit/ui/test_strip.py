"""The strip tells how tall each map is, and nothing where somebody is asked to predict it."""

from cnnlab.core.network import Network
from cnnlab.ui.parts.frame import heights, strip_data

SEED = Network.seed()


def tall(*, hide: bool = False) -> list[float]:
    return [block["tall"] for block in strip_data(SEED, None, hide=hide)["blocks"]]  # type: ignore[index,union-attr]


def test_a_block_is_as_tall_as_its_map_has_rows_doubling_by_doubling() -> None:
    assert heights(16, [(16, 16, 3), (8, 16, 3), (4, 4, 9), (2, 2, 9), (1, 1, 9), (64,)]) == [1, 0.75, 0.5, 0.25, 0, 0]
    assert heights(16, [(32, 32, 3)]) == [1.0], "what grows beyond the input is no taller than it"
    assert heights(1, [(1, 1, 3)]) == [0.0]


def test_blocks_sink_towards_the_end_of_the_network() -> None:
    found = tall()
    assert found == sorted(found, reverse=True)
    assert found[0] == 1
    assert found[-1] == 0


def test_heights_betray_no_shape_that_is_to_be_predicted() -> None:
    assert set(tall(hide=True)) == {0.0}
