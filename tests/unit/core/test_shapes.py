"""The trace against the numbers of the post's notebook, and the sentences for impossible networks."""

from fractions import Fraction

import pytest

from cnnlab.core.network import Layer, Network
from cnnlab.core.shapes import InvalidNetwork, check, layer_names, trace, trace_until_problem

SEED_ROWS = [
    ("conv2d", (148, 148, 32), 896, 18_925_056, (3, 3)),
    ("activation", (148, 148, 32), 0, 0, (3, 3)),
    ("max_pooling2d", (74, 74, 32), 0, 0, (4, 4)),
    ("conv2d_1", (72, 72, 32), 9_248, 47_775_744, (8, 8)),
    ("activation_1", (72, 72, 32), 0, 0, (8, 8)),
    ("max_pooling2d_1", (36, 36, 32), 0, 0, (10, 10)),
    ("conv2d_2", (34, 34, 64), 18_496, 21_307_392, (18, 18)),
    ("activation_2", (34, 34, 64), 0, 0, (18, 18)),
    ("max_pooling2d_2", (17, 17, 64), 0, 0, (22, 22)),
    ("flatten", (18_496,), 0, 0, (150, 150)),
    ("dense", (64,), 1_183_808, 1_183_744, (150, 150)),
    ("activation_3", (64,), 0, 0, (150, 150)),
    ("dropout", (64,), 0, 0, (150, 150)),
    ("dense_1", (1,), 65, 64, (150, 150)),
    ("activation_4", (1,), 0, 0, (150, 150)),
]

# kernel sizes, pool size, padding of the pools, heights after each pool, total parameters
VECTORS = [
    ((3, 3, 3), 2, "valid", (74, 36, 17), 1_212_513),
    ((3, 3, 3), 2, "same", (74, 36, 17), 1_212_513),
    ((5, 5, 5), 2, "valid", (73, 34, 15), 1_001_057),
    ((5, 5, 5), 2, "same", (73, 35, 16), 1_128_033),
    ((4, 4, 4), 2, "valid", (73, 35, 16), 1_099_521),
    ((4, 4, 4), 2, "same", (74, 36, 17), 1_234_689),
    ((7, 5, 3), 2, "valid", (72, 34, 16), 1_097_569),
    ((7, 5, 3), 2, "same", (72, 34, 16), 1_097_569),
    ((2, 2, 2), 2, "valid", (74, 36, 17), 1_196_673),
    ((2, 2, 2), 2, "same", (75, 37, 18), 1_340_033),
    ((1, 1, 1), 2, "valid", (75, 37, 18), 1_330_529),
    ((1, 1, 1), 2, "same", (75, 38, 19), 1_482_081),
    ((3, 3, 3), 3, "valid", (49, 15, 4), 94_305),
    ((3, 3, 3), 3, "same", (50, 16, 5), 131_169),
]


def variant(kernels: tuple[int, ...], pool: int, padding: str) -> Network:
    network = Network.seed()
    for stage, kernel in enumerate(kernels):
        network = network.with_option(3 * stage, "kernel_size", kernel)
        network = network.with_option(3 * stage + 2, "pool_size", pool)
        network = network.with_option(3 * stage + 2, "padding", padding)
    return network


def total(network: Network) -> int:
    return sum(row.params for row in trace(network))


def test_the_seed_network_has_the_rows_of_the_notebook() -> None:
    rows = [(r.name, r.output_shape, r.params, r.macs, r.receptive_field) for r in trace(Network.seed())]
    assert rows == SEED_ROWS
    assert total(Network.seed()) == 1_212_513
    assert sum(r.macs for r in trace(Network.seed())) == 89_192_000


@pytest.mark.parametrize(("kernels", "pool", "padding", "heights", "params"), VECTORS)
def test_other_kernels_and_pools_give_the_measured_sizes(
    kernels: tuple[int, ...], pool: int, padding: str, heights: tuple[int, ...], params: int
) -> None:
    network = variant(kernels, pool, padding)
    assert tuple(row.output_shape[0] for row in trace(network) if row.class_name == "MaxPooling2D") == heights
    assert total(network) == params


@pytest.mark.parametrize(
    ("size", "heights", "params"),
    [(96, (47, 22, 10), 438_369), (64, (31, 14, 6), 176_225), (32, (15, 6, 2), 45_153), (22, (10, 4, 1), 32_865)],
)
def test_other_image_sizes_give_the_measured_sizes(size: int, heights: tuple[int, ...], params: int) -> None:
    network = Network.seed().with_image_size(size, size)
    assert tuple(row.output_shape[0] for row in trace(network) if row.class_name == "MaxPooling2D") == heights
    assert total(network) == params


def test_22_pixels_are_the_smallest_picture_of_the_seed_network() -> None:
    assert check(Network.seed().with_image_size(22, 22)) is None
    problem = check(Network.seed().with_image_size(21, 21))
    assert problem is not None
    assert problem.index == 8
    assert problem.layer_name == "max_pooling2d_2"
    assert "floor((1 − 2) / 2) + 1 = 0" in problem.message


def test_a_kernel_larger_than_its_input_is_named_with_the_arithmetic() -> None:
    with pytest.raises(InvalidNetwork, match="150 − 151 \\+ 1 = 0") as caught:
        trace(Network.seed().with_option(0, "kernel_size", 151))
    assert (caught.value.index, caught.value.layer_name) == (0, "conv2d")


@pytest.mark.parametrize(
    ("layers", "index", "said"),
    [
        ([], -1, "at least one layer"),
        ([Layer.make("Flatten"), Layer.make("Conv2D", filters=1, kernel_size=1)], 1, "before Flatten"),
        ([Layer.make("Flatten"), Layer.make("GlobalAveragePooling2D")], 1, "before Flatten"),
        ([Layer.make("Conv2D", filters=0, kernel_size=1)], 0, "filters must be at least 1"),
        ([Layer.make("Conv2D", filters=1, kernel_size=2, strides=2, dilation_rate=2)], 0, "not both"),
        ([Layer.make("Conv2D", filters=1, kernel_size=2, padding="full")], 0, "'valid' or 'same'"),
        ([Layer.make("Conv2D", filters=1, kernel_size=3, dilation_rate=5)], 0, "dilated to 11 × 11"),
        ([Layer.make("ZeroPadding2D", padding=-1)], 0, "0 or more"),
        ([Layer.make("Activation", activation="step")], 0, "must be one of"),
        ([Layer.make("Dropout", rate=1.5)], 0, "between 0 and 1"),
        ([Layer.make("Dense", units=0)], 0, "units must be at least 1"),
        ([Layer.make("Flatten", name="x"), Layer.make("Dense", units=2, name="x")], 1, "two layers are called 'x'"),
    ],
)
def test_every_kind_of_impossible_layer_is_named(layers: list[Layer], index: int, said: str) -> None:
    problem = check(Network((8, 8, 3), tuple(layers)))
    assert problem is not None
    assert problem.index == index
    assert said in problem.message


def test_the_rows_before_the_problem_are_still_there() -> None:
    rows, problem = trace_until_problem(Network.seed().with_image_size(21, 21))
    assert problem is not None
    assert len(rows) == 8
    assert rows == trace(Network((21, 21, 3), Network.seed().layers[:8]))


def test_receptive_fields_count_strides_dilation_and_both_axes() -> None:
    layers = (
        Layer.make("Conv2D", filters=1, kernel_size=(3, 5), strides=(2, 1)),
        Layer.make("Conv2D", filters=1, kernel_size=3, dilation_rate=2),
        Layer.make("AveragePooling2D", pool_size=2),
        Layer.make("GlobalMaxPooling2D"),
    )
    rows = trace(Network((40, 30, 1), layers))
    assert [r.receptive_field for r in rows] == [(3, 5), (11, 9), (13, 10), (40, 30)]
    assert [r.jump for r in rows] == [(2, 1), (2, 1), (4, 2), None]


def test_enlarged_maps_are_pooled_back_to_what_they_saw() -> None:
    def field(*layers: Layer) -> tuple[tuple[int, ...], tuple[int | Fraction, ...] | None]:
        last = trace(Network((20, 20, 1), layers))[-1]
        return last.receptive_field, last.jump

    nearest, bilinear = (Layer.make("UpSampling2D", interpolation=how) for how in ("nearest", "bilinear"))
    pool, conv = Layer.make("MaxPooling2D", pool_size=2), Layer.make("Conv2D", filters=1, kernel_size=3)
    half = Fraction(1, 2)
    assert field(nearest) == ((1, 1), (half, half))
    assert field(nearest, pool) == ((1, 1), (1, 1))
    assert field(nearest, conv) == ((2, 2), (half, half))
    assert field(conv, nearest, conv) == ((4, 4), (half, half))
    assert field(bilinear) == ((2, 2), (half, half))
    assert field(bilinear, pool) == ((3, 3), (1, 1))
    assert field(Layer.make("UpSampling2D", size=3, interpolation="bilinear")) == ((2, 2), (Fraction(1, 3),) * 2)


def test_given_names_win_and_do_not_count() -> None:
    layers = (
        Layer.make("Dense", units=1, name="first"),
        Layer.make("Dense", units=1),
        Layer.make("Dense", units=1),
    )
    assert layer_names(Network((1, 1, 1), layers)) == ("first", "dense", "dense_1")


def test_non_square_inputs_keep_height_before_width() -> None:
    rows = trace(Network((20, 30, 3), (Layer.make("Conv2D", filters=2, kernel_size=(3, 5)),)))
    assert rows[0].output_shape == (18, 26, 2)
