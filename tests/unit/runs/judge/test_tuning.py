"""Fine-tuning begins where a third of a trunk is trained, and its numbers are those of the rows."""

from dataclasses import replace
from pathlib import Path

from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.trunks.files import keep, pack
from cnnlab.core.trunks.rows import counts, rows_of, shipped
from cnnlab.core.trunks.trunk import Trunk
from cnnlab.processes.environment import needs_onednn_off
from cnnlab.runs.judge.tuning import starts, usual_start

HEAD = Network((4, 4, 2), (Layer.make("Flatten"), Layer.make("Dense", units=1, activation="sigmoid")))


def test_what_is_counted_while_choosing_is_what_is_trained(tmp_path: Path) -> None:
    trunk = shipped(96)
    offered = starts(trunk, tmp_path)
    rows = rows_of(trunk, tmp_path)
    for start in offered[::7]:
        assert counts(replace(trunk, trainable_from=start.layer), rows).trainable == start.trainable
    assert offered[-1].layer == "stem_conv"
    usual = usual_start(trunk, offered, tmp_path)
    assert usual.trainable <= 3_413_024 / 3 < offered[offered.index(usual) + 1].trainable


def _kept(home: Path, strides: int, trainable_from: str | None) -> Trunk:
    def row(name: str, kernel: int, steps: int) -> dict[str, object]:
        options = [["kernel_size", [kernel, kernel]], ["strides", [steps, steps]]]
        return {
            "name": name, "class_name": "Conv2D", "output_shape": [4, 4, 2], "params": 8, "inputs": ["picture"],
            "sources": [-1], "options": options, "weights": 8, "macs": 8,
        }  # fmt: skip

    rows = [row("first", 1, strides), row("last", 3, 1)]
    key = keep(home, pack({"rows": rows}, []), Settings(home).disk)
    return Trunk(key, "mine", (8, 8, 3), "last", (4, 4, 2), 1.0, 0.0, trainable_from)


def test_onednn_is_off_where_a_trained_layer_of_the_trunk_needs_it(tmp_path: Path) -> None:
    wanted = {(2, "first"): True, (2, "last"): False, (2, None): False, (1, "first"): False}
    for (strides, first), needed in wanted.items():
        assert needs_onednn_off(HEAD, _kept(tmp_path, strides, first), tmp_path) is needed, (strides, first)
