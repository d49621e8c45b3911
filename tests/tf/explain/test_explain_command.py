"""The command `explain` writes what the methods compute, and refuses in one sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.__main__ import main
from cnnlab.commands import looking
from cnnlab.core.explain.asked import METHODS
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.settings import Settings
from tests.inside_here import InsideHere
from tests.tf.explain.material import SMALL

PICTURE = str(pictures()[0].path)


class Here(InsideHere):
    """Be what the command opens, without a process."""

    def __init__(self, _settings: Settings) -> None:
        super().__init__()

    def close(self) -> None:
        """End nothing."""


def test_it_writes_a_map_an_overlay_and_the_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "Inside", Here)
    network = tmp_path / "network.json"
    network.write_text(json.dumps(SMALL.to_dict()), encoding="utf-8")
    words = ["explain", "--image", PICTURE, "--network", str(network), "--method", "integrated_gradients"]
    assert main([*words, "--class", "2", "--out", str(tmp_path / "why")]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    with np.load(tmp_path / "why" / "integrated_gradients.npz") as numbers:
        assert numbers["values"].shape == (20, 16)
        assert out.startswith("Integrated gradients of class 2: score ")
        assert f"probability {numbers['outputs'][2]:.4f}, completeness error " in out
    for name in ("integrated_gradients.png", "integrated_gradients_overlay.png"):
        assert Image.open(tmp_path / "why" / name).size == (16, 20)


def test_what_is_refused_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "--image", PICTURE, "--out", str(tmp_path / "why"), "--method"]
    assert main([*words, "magic"]) == 2
    assert main(["explain", "--image", "nowhere.png", "--out", "x", "--method", METHODS[0]]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert said[0].startswith("The option method takes one of gradient, ")
    assert not (tmp_path / "why").exists()
