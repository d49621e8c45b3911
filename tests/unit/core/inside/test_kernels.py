"""The kernels of the bench, the worked example, and what the benches send to the browser."""

import numpy as np
import pytest

from cnnlab.core.inside.drawn_kernels import BY_HAND_INPUT, BY_HAND_KERNEL, PRESETS, SIZES
from cnnlab.viz.inside.bench_facts import LARGEST, POOL_SIZES, SMALLEST, activation_facts, bench_facts, bench_size

PLAIN = np.full((9, 9), 0.5)
SLOPE = np.tile(np.arange(9.0), (9, 1))


def correlate(values: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return what a convolution layer computes: the kernel is laid on every patch as it is."""
    windows = np.lib.stride_tricks.sliding_window_view(values, kernel.shape)
    return np.einsum("yxij,ij->yx", windows, kernel)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("key", "on_plain", "on_slope"),
    [
        ("identity", 0.5, None),
        ("blur", 0.5, None),
        ("sharpen", 0.5, None),
        ("sobel_x", 0, 8),
        ("sobel_y", 0, 0),
        ("emboss", 0.5, "raised"),
        ("edge", 0, 0),
    ],
)
def test_a_kernel_does_what_its_name_says(size: int, key: str, on_plain: float, on_slope: float | str | None) -> None:
    kernel = next(preset for preset in PRESETS if preset.key == key).values(size)
    assert kernel.shape == (size, size)
    assert kernel.dtype == np.float32
    np.testing.assert_allclose(correlate(PLAIN, kernel), on_plain, atol=1e-6)
    off = size // 2
    middle = SLOPE[off:-off, off:-off]
    expected = {None: middle, "raised": middle + 6}.get(on_slope, on_slope)
    np.testing.assert_allclose(correlate(SLOPE, kernel), expected, atol=1e-5)


def test_every_preset_has_a_sentence() -> None:
    assert len({preset.key for preset in PRESETS}) == len(PRESETS) == 7
    assert all(preset.why.endswith(".") for preset in PRESETS)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_size_without_a_middle_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"not {size}"):
        PRESETS[0].values(size)


def test_the_example_by_hand_has_the_known_results() -> None:
    np.testing.assert_array_equal(correlate(BY_HAND_INPUT, BY_HAND_KERNEL), [[34, 44, 54], [74, 84, 94]])
    np.testing.assert_array_equal(correlate(BY_HAND_INPUT, BY_HAND_KERNEL[::-1, ::-1]), [[16, 26, 36], [56, 66, 76]])


@pytest.mark.parametrize("size", [(1, 1), (64, 150), (4000, 3)])
def test_every_kernel_and_pool_fits_on_the_bench_whatever_the_network_takes(size: tuple[int, int]) -> None:
    height, width = bench_size(*size)
    assert SMALLEST <= height <= LARGEST
    facts, arrays = bench_facts(np.zeros((height, width), np.uint8))
    assert arrays["grey"].shape == (height, width)
    for kernel in SIZES:
        window = facts["sizes"][str(kernel)]
        assert len(window["rows"]["starts"]) == height - kernel + 1
        for pool in POOL_SIZES:
            assert len(window["pools"][str(pool)]["columns"]["starts"]) == (width - kernel + 1) // pool


def test_the_activation_bench_gets_the_whole_map_and_the_losses() -> None:
    before = np.array([[-2, 1], [0.5, 0]], np.float32)
    facts, arrays = activation_facts("conv2d", 3, before)
    assert (facts["lowest"], facts["highest"], facts["limit"]) == (-2, 1, 2)
    assert arrays["before"] is before
    assert facts["logits"][0] == -6
    assert {len(v) for table in facts["losses"].values() for v in table.values()} == {len(facts["logits"])}
