"""A map over a picture says its scale in numbers, and how much of it lies beyond."""

import numpy as np

from cnnlab.viz.explain.curves import Curve, worth_figure
from cnnlab.viz.explain.figures import Figure, figures_facts
from cnnlab.viz.html import bold

PICTURE = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)


def figure(values: np.ndarray | None, name: str = "one") -> Figure:
    return Figure(name, bold("<i>"), "A map.", values, "score")


def test_a_figure_is_sent_with_its_values_and_both_ends_of_its_scale() -> None:
    values = np.linspace(-2, 1, 20, dtype=np.float32).reshape(4, 5)
    facts, arrays = figures_facts(PICTURE, [figure(values)])
    (sent,) = facts["figures"]
    assert np.array_equal(arrays[sent["values"]], values)
    assert np.array_equal(arrays["picture"], PICTURE)
    assert (facts["size"], facts["channels"]) == ([4, 5], 3)
    assert sent["limit"] == 2
    assert sent["ends"] == ["−2.00", "2.00"]
    assert sent["beyond"] == ""
    assert sent["title"] == "<b>&lt;i&gt;</b>"


def test_one_pixel_in_a_hundred_may_lie_beyond_the_scale_and_it_is_said() -> None:
    values = np.full((20, 20), 0.5, np.float32)
    values[0, :2] = 100
    facts, _ = figures_facts(np.zeros((20, 20, 1), np.uint8), [figure(values)])
    assert facts["figures"][0]["ends"] == ["−0.50", "0.50"]
    assert facts["figures"][0]["beyond"] == "0.5% of the pixels lie beyond"


def test_what_is_zero_everywhere_and_what_has_no_map_has_no_scale() -> None:
    facts, arrays = figures_facts(PICTURE, [figure(np.zeros((4, 5), np.float32)), figure(None, "two")])
    assert [sent["limit"] for sent in facts["figures"]] == [None, None]
    assert facts["figures"][1]["values"] is None
    assert set(arrays) == {"picture", "palette", "values0"}


def test_random_order_is_dashed_and_in_another_colour() -> None:
    mine, random = Curve("this map", (0, 1), (0.9, 0.1)), Curve("random", (0, 1), (0.9, 0.2), random=True)
    one, other = worth_figure("Deletion", "taken away", (mine, random))["data"]
    assert one["line"]["dash"] == "solid"
    assert other["line"]["dash"] == "dash"
    assert one["line"]["color"] != other["line"]["color"]
    assert other["y"] == [0.9, 0.2]
