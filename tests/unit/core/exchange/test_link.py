"""A link gives back exactly the network it was made of, and a changed link gives one sentence and nothing else."""

import base64
import json
import random
import time
import zlib
from typing import Any

import pytest

from cnnlab.core.exchange.link import LONGEST_TEXT, MOST_BYTES, LinkError, decode, encode
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.presets import PRESETS
from tests.random_networks import network_of_either_kind

CHARACTERS = "ABCXYZabcxyz0189-_.=+/ %\n\x00éß😀"


def packed(form: Any) -> str:
    data = form if isinstance(form, bytes) else json.dumps(form).encode()
    return "1." + base64.urlsafe_b64encode(zlib.compress(data)).rstrip(b"=").decode()


def test_every_random_network_comes_back_from_its_link() -> None:
    rng = random.Random(1)
    seen = set()
    for _ in range(600):
        network = network_of_either_kind(rng)
        text = encode(network)
        assert decode(text) == network
        seen |= {layer.class_name for layer in network.layers}
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert seen == set(KINDS)


def test_names_and_impossible_networks_are_kept() -> None:
    named = Network((8, 9, 3), (Layer.make("Dense", units=1, name="ein_Wort.x-1"), Layer.make("Flatten")))
    assert decode(encode(named)) == named
    too_deep = next(p.network for p in PRESETS if p.key == "too_deep")
    assert decode(encode(too_deep)) == too_deep


def test_the_links_of_the_presets_are_short() -> None:
    assert len(encode(Network.seed())) < 260
    assert all(len(encode(preset.network)) < 300 for preset in PRESETS)


def test_a_link_of_the_first_version_still_opens() -> None:
    form = [[150, 150, 3], ["Conv2D", {"filters": 32, "kernel_size": 3}], ["Flatten"]]
    layers = (Layer.make("Conv2D", filters=32, kernel_size=3), Layer.make("Flatten"))
    assert decode(packed(form)) == Network((150, 150, 3), layers)


def damaged(rng: random.Random, text: str) -> str:
    """Return the text with one to three hostile edits: a flipped bit, a changed, lost, added or moved piece."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text)) if text else 0
        edit = rng.randrange(5)
        if edit == 0 and text:
            text = text[:at] + chr(ord(text[at]) ^ 1 << rng.randrange(7)) + text[at + 1 :]
        elif edit == 1:
            text = text[:at] + rng.choice(CHARACTERS) + text[at + 1 :]
        elif edit == 2:
            text = text[:at]
        elif edit == 3:
            text = text[:at] + rng.choice(CHARACTERS) * rng.randint(1, 9) + text[at:]
        else:
            text = text[at:] + text[:at]
    return text


def test_two_thousand_hostile_edits_give_one_sentence_each() -> None:
    rng = random.Random(2)
    originals = [encode(preset.network) for preset in PRESETS]
    refused = 0
    for _ in range(2_000):
        original = rng.choice(originals)
        text = damaged(rng, original)
        if text == original:
            continue
        with pytest.raises(LinkError) as caught:
            decode(text)
        assert "\n" not in str(caught.value)
        refused += 1
    assert refused > 1_900


def test_hostile_contents_behind_a_right_checksum_never_raise_anything_else() -> None:
    rng = random.Random(3)
    values: list[Any] = [None, True, -1, 0, 10**9, 1.5, "", "x", [], [1], {}, {"a": 1}, [[1, 2], [3, 4]]]
    values += [{"class_name": "Zeros", "config": [1]}, {"class_name": "DTypePolicy", "config": "x"}, "\ud800", 10**400]
    keys = ["filters", "kernel_size", "strides", "padding", "name", "dtype", "kernel_initializer", "self", "class_name"]
    opened = 0
    for _ in range(2_000):
        config = {rng.choice(keys): rng.choice(values) for _ in range(rng.randint(0, 3))}
        form: Any = [[8, 8, 3], ["Conv2D", {"filters": 2, "kernel_size": 3} | config], ["Flatten"]]
        if rng.random() < 0.3:
            form[rng.randrange(3)] = rng.choice(values)
        try:
            network = decode(packed(form))
        except LinkError:
            continue
        assert decode(encode(network)) == network
        opened += 1
    assert opened > 100


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (b"0" * (MOST_BYTES + 1), "unpacks to more than"),
        (b"[" * 60_000, "no network CNN Lab can read"),
        (b"not json", "no network CNN Lab can read"),
        (b'[[8,8,3],["Dropout",{"rate":NaN}]]', "no network CNN Lab can read"),
        (b'[[8,8,3],["Dropout",{"rate":1e999}]]', "no network CNN Lab can read"),
        (b"[[" + b"9" * 5000 + b",8,3]]", "no network CNN Lab can read"),
        ({"input_shape": [8, 8, 3]}, "input shape"),
        ([], "input shape"),
        ([[8, 8, 3], *[["Flatten"]] * 201], "at most 200 layers"),
        ([[8, 8, 3], ["Flatten", {}, 1]], "class name and options"),
        ([[8, 8, 3], ["Lambda", {}]], "Lambda"),
        ([[8], ["Flatten"]], "input_shape must be"),
        ([[8, 8, 3], ["Dense", {"units": 10**8}]], "1,000,000"),
        ([[10**7, 8, 3], ["Flatten"]], "1,000,000"),
        ([[8, 8, 3], ["Flatten", {"name": "\ud800"}]], "no network CNN Lab can read"),
    ],
)
def test_a_link_with_other_contents_says_what_is_wrong(form: Any, said: str) -> None:
    with pytest.raises(LinkError, match=said):
        decode(packed(form))


@pytest.mark.parametrize("text", ["", ".", "1", "1.", "2.abc", "x.abc", "-1.abc", "²." + "a" * 9, "1." + "A" * 9_000])
def test_a_text_that_is_no_link_of_this_version_is_refused(text: str) -> None:
    with pytest.raises(LinkError):
        decode(text)


def test_a_bomb_is_not_inflated() -> None:
    bomb = "1." + base64.urlsafe_b64encode(zlib.compress(b"[" * 5_000_000, 9)).rstrip(b"=").decode()
    assert len(bomb) < LONGEST_TEXT
    start = time.process_time()
    with pytest.raises(LinkError, match="unpacks to more than"):
        decode(bomb)
    assert time.process_time() - start < 1


def test_a_network_too_large_for_a_link_is_refused_with_a_sentence() -> None:
    with pytest.raises(LinkError, match="at most 200 layers"):
        encode(Network((8, 8, 3), (Layer.make("Flatten"),) * 201))
    with pytest.raises(LinkError, match="1,000,000"):
        encode(Network((8, 8, 3), (Layer.make("Dense", units=10**7),)))
    rng = random.Random(4)
    names = ["".join(rng.choices("abcdefghijklmnop", k=200)) for _ in range(190)]
    with pytest.raises(LinkError, match="too large for a link"):
        encode(Network((8, 8, 3), tuple(Layer.make("Flatten", name=name) for name in names)))
