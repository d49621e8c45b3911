"""The presets are the networks they are named after, down to the last parameter."""

import pytest

from cnnlab.core.exchange.link import decode, encode
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.shapes import check, trace
from cnnlab.core.teach.remarks import remarks

BY_KEY = {preset.key: preset for preset in PRESETS}


@pytest.mark.parametrize(
    ("key", "params", "output"),
    [
        ("post", 1_212_513, (1,)),
        ("lenet5", 61_706, (10,)),
        ("tiny_vgg", 19_920, (10,)),
        ("modern", 23_985, (1,)),
        ("all_convolutional", 72_145, (1,)),
    ],
)
def test_a_preset_has_its_known_number_of_parameters(key: str, params: int, output: tuple[int, ...]) -> None:
    rows = trace(BY_KEY[key].network)
    assert sum(row.params for row in rows) == params
    assert rows[-1].output_shape == output


def test_lenet_has_the_parameters_of_each_of_its_layers() -> None:
    assert [r.params for r in trace(BY_KEY["lenet5"].network) if r.params] == [156, 2_416, 48_120, 10_164, 850]


def test_tiny_vgg_has_the_sizes_of_cnn_explainer() -> None:
    rows = trace(BY_KEY["tiny_vgg"].network)
    sides = [row.output_shape[0] for row in rows if row.class_name in ("Conv2D", "MaxPooling2D", "Flatten")]
    assert sides == [62, 60, 30, 28, 26, 13, 1_690]


def test_what_the_sentences_claim_is_true() -> None:
    modern, post = (sum(row.params for row in trace(BY_KEY[key].network)) for key in ("modern", "post"))
    assert 49 < post / modern < 52
    dense = next(row for row in trace(BY_KEY["post"].network) if row.class_name == "Dense")
    assert f"{100 * dense.params / post:.1f} %" in BY_KEY["post"].why
    classes = {layer.class_name for layer in BY_KEY["all_convolutional"].network.layers}
    assert classes == {"Conv2D", "GlobalAveragePooling2D", "Activation"}


def test_the_one_that_is_too_deep_fails_at_its_fourth_convolution() -> None:
    problem = check(BY_KEY["too_deep"].network)
    assert problem is not None
    assert problem.layer_name == "conv2d_3"
    assert "2 − 3 + 1 = 0" in problem.message


def test_every_preset_has_a_key_a_title_one_sentence_and_a_link() -> None:
    assert len(BY_KEY) == len(PRESETS) == 11
    for preset in PRESETS:
        assert preset.title
        assert preset.why.endswith(".")
        assert decode(encode(preset.network)) == preset.network


def test_no_possible_preset_but_the_post_deserves_a_remark() -> None:
    remarked = {p.key for p in PRESETS if check(p.network) is None and remarks(p.network)}
    # The primer's pooling of four leaves three of 39 positions out, and the post's in one dimension one of nine.
    assert remarked == {"post", "primer", "height_one", "sequence_post"}
