"""A link carries a trunk that ships whole, and no text of a stranger becomes one."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnnlab.core.trunks.address import LONGEST, as_text, from_text
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import shipped
from cnnlab.core.trunks.trunk import Trunk, TrunkError

TRUNK = shipped(96)
HEAD = smallest_head(TRUNK, 2)


def told(**changes: object) -> str:
    told = {name: value for name, value in TRUNK.to_dict().items() if name != "head"} | changes
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def test_a_trunk_comes_back_as_it_was_without_its_trained_head(tmp_path: Path) -> None:
    tuned = replace(TRUNK, trainable_from="top_conv", head="a" * 64)
    assert from_text(as_text(tuned), HEAD, tmp_path) == replace(tuned, head=None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "é",
        "A" * (LONGEST + 1),
        told(source="../../x"),
        told(source=7),
        told(name="Another"),
        told(scale=float("inf")),
        told(scale="1"),
        told(offset=None),
        told(cut="nothing"),
        told(trainable_from="nothing"),
        told(input_shape=[10**9, 10**9, 3]),
        told(feature_shape=[1, 1]),
        told(head="b" * 64),
        told(more=1),
    ],
)
def test_a_text_that_describes_no_such_trunk_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(TrunkError):
        from_text(text, HEAD, tmp_path)


def test_a_trunk_of_another_server_is_refused(tmp_path: Path) -> None:
    other = Trunk("c" * 64, "theirs", (96, 96, 3), "conv", TRUNK.feature_shape, 1 / 255, 0.0)
    with pytest.raises(TrunkError, match="gone"):
        from_text(as_text(other), HEAD, tmp_path)
