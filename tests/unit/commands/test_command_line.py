"""The command line prints what the app shows, and refuses in one sentence with exit code 2."""

import json
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.__main__ import main
from cnnlab.core.augment import Augmentation, RandomLayers
from cnnlab.core.augment.layer_settings import RandomLayer
from cnnlab.core.network import Network
from cnnlab.runs.record import RunSpec


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_HOME", str(tmp_path / "home"))


def written(path: Path, content: object) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_shapes_without_a_file_prints_the_posts_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shapes", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["total_params"] == 1_212_513
    assert len(answer["layers"]) == 15
    assert answer["layers"][0] == {
        "name": "conv2d",
        "class_name": "Conv2D",
        "output_shape": [148, 148, 32],
        "params": 896,
        "macs": 18_925_056,
        "receptive_field": [3, 3],
    }


def test_shapes_reads_a_network_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "net.json", Network.seed().with_image_size(64, 64).to_dict())
    assert main(["shapes", file]) == 0
    assert "176,225" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ({"layers": []}, "input_shape and layers"),
        (Network.seed().with_image_size(21, 21).to_dict(), "max_pooling2d_2"),
        ({"input_shape": [8, 8, 3], "layers": [{"class_name": "LSTM", "config": {}}]}, "LSTM"),
    ],
)
def test_a_network_that_cannot_be_is_refused(
    content: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["shapes"], ["train", "--data", "silhouettes", "--network"]):
        assert main([*command, written(tmp_path / "net.json", content)]) == 2
        out = capsys.readouterr()
        assert said in out.err
        assert out.err.count("\n") == 1


def test_a_missing_file_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shapes", "nowhere.json"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["features", "--image", "nowhere.png", "--out", "x"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["train", "--data", "nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_with_the_mark_that_windows_puts_first_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "net.json").write_text(json.dumps(Network.seed().to_dict()), encoding="utf-8-sig")
    assert main(["shapes", str(tmp_path / "net.json")]) == 0
    assert "1,212,513" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--image-size", "0"], "--image-size"),
        (["--image-size", "7"], "2 − 3 + 1 = 0"),
        (["--epochs", "0"], "epochs"),
        (["--batch-size", "-1"], "batch size"),
        (["--limit-per-class", "0"], "limit of examples"),
        (["--seed", "-1"], "seed"),
        (["--image-size", "100000"], "16,384 pixels"),
        (["--image-size", "1000"], "parameters"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_training_that_cannot_be_is_one_sentence_and_nothing_else(
    words: list[str], form: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--data", "silhouettes", *words, *form]) == 2
    out = capsys.readouterr()
    assert said in out.err
    assert out.err.count("\n") == 1
    assert not out.out


def test_data_with_nothing_to_learn_is_refused_before_anything_is_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "trap" / "train" / "data"
    folder.mkdir(parents=True)
    Image.new("RGB", (6, 6)).save(folder / "cat.0.png")
    assert main(["train", "--data", str(tmp_path / "trap")]) == 2
    out = capsys.readouterr()
    assert "one class" in out.err
    assert out.err.count("\n") == 1
    assert not out.out
    assert not (tmp_path / "home" / "runs").exists()


def test_check_data_tells_classes_splits_and_skipped_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for i, name in enumerate(("train/cats", "train/dogs", "validation/cats", "validation/dogs")):
        folder = tmp_path / "pets" / name
        folder.mkdir(parents=True)
        pixels = np.random.default_rng(i).integers(0, 256, (6, 6, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{i}.png")
    (tmp_path / "pets/train/cats/broken.jpg").write_bytes(b"no")
    assert main(["check-data", str(tmp_path / "pets"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"classes", "splits", "skipped", "findings", "refused"}
    assert answer["classes"] == ["cats", "dogs"]
    assert answer["splits"]["train"] == {"cats": 1, "dogs": 1}
    assert [s["file"] for s in answer["skipped"]] == ["train/cats/broken.jpg"]
    assert answer["refused"] is None


def test_one_class_is_refused_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "trap" / "train" / "data"
    folder.mkdir(parents=True)
    Image.new("RGB", (6, 6)).save(folder / "cat.0.png")
    assert main(["check-data", str(tmp_path / "trap"), "--json"]) == 2
    out = capsys.readouterr()
    assert json.loads(out.out)["refused"]
    assert out.err.count("\n") == 1


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CNNLAB_ENGINE", "ray")
    assert main(["shapes"]) == 2
    assert "CNNLAB_ENGINE" in capsys.readouterr().err


def test_wrong_words_end_with_2_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["train"], ["train", "--data", "silhouettes", "--epochs", "many"], ["fly"], []):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1


class Asked(Exception):
    """Carries the training that was asked for."""


@pytest.mark.parametrize(
    ("config", "expected", "said"),
    [
        (
            {"layers": [{"class_name": "RandomRotation", "config": {"factor": 0.1}}]},
            RandomLayers((RandomLayer.of("RandomRotation", factor=0.1),)),
            "augmentation RandomRotation(factor=0.1).\n",
        ),
        ({"rotation_range": 20}, Augmentation(rotation_range=20), "augmentation rotation_range 20.\n"),
        (None, Augmentation.post(), "augmentation shear_range 0.2, zoom_range [0.8, 1.2], horizontal_flip True.\n"),
    ],
)
def test_a_training_is_augmented_as_a_file_says(
    config: object,
    expected: object,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask(spec: RunSpec, *_: object) -> None:
        raise Asked(spec)

    monkeypatch.setattr("cnnlab.commands.train.train_in_foreground", ask)
    given = [] if config is None else ["--augmentation", written(tmp_path / "augmentation.json", config)]
    with pytest.raises(Asked) as caught:
        main(["train", "--data", "silhouettes", *given])
    assert caught.value.args[0].augmentation == expected
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        ("{", [], "is not JSON"),
        ([], [], "must hold a JSON object"),
        ({"rotation": 3}, [], "no setting 'rotation'"),
        ({"layers": [{"class_name": "Dense"}]}, [], "no augmenting layer 'Dense'"),
        ({}, ["--no-augment"], "contradict each other"),
    ],
)
def test_an_augmentation_that_cannot_be_is_refused(
    content: object, words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "augmentation.json", content)
    assert main(["train", "--data", "silhouettes", "--augmentation", file, *words]) == 2
    out = capsys.readouterr()
    assert said in out.err
    assert out.err.count("\n") == 1


def test_an_augmentation_that_is_not_there_is_not_said_to_be_no_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", "silhouettes", "--augmentation", "/nowhere.json"]) == 2
    assert capsys.readouterr().err == "/nowhere.json cannot be read: No such file or directory.\n"


def test_a_port_that_is_taken_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for more in ([], ["--", "--server.address", "127.0.0.1"], ["--", "--server.address=127.0.0.1"]):
            assert main(["run", "--port", str(port), *more]) == 2
            said = capsys.readouterr().err
            assert said == (
                f"Port {port} is taken by another program; end that, or name another: cnnlab run --port {port + 1}.\n"
            )


def test_a_number_that_is_no_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--port", "70000"]) == 2
    assert capsys.readouterr().err.startswith("70000 is no port; ")


@pytest.mark.parametrize(("told", "allocates"), [("", "malloc"), ("pymalloc", "pymalloc")])
def test_a_server_gives_back_what_it_no_longer_needs_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, told: str, allocates: str
) -> None:
    became: list[dict[str, str]] = []
    monkeypatch.setattr(os, "execve", lambda program, command, environment: became.append(environment))
    if told:
        monkeypatch.setenv("PYTHONMALLOC", told)
    else:
        monkeypatch.delenv("PYTHONMALLOC", raising=False)
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
    main(["run", "--port", f"{port}"])
    assert became[0]["PYTHONMALLOC"] == allocates
    assert became[0]["MALLOC_ARENA_MAX"] == "1"


def test_a_home_that_cannot_be_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNNLAB_HOME", str(tmp_path / "file"))
    assert main(["train", "--data", "silhouettes", "--epochs", "1", "--json"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "epochs 1;" in said[0]
    assert "cannot be used: Not a directory." in said[-1]


def test_a_training_takes_its_classes_in_the_order_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(spec: RunSpec, *_: object) -> None:
        raise Asked(spec)

    monkeypatch.setattr("cnnlab.commands.train.train_in_foreground", ask)
    with pytest.raises(Asked) as caught:
        main(["train", "--data", "silhouettes", "--class-order", "dogs, cats"])
    assert caught.value.args[0].classes == ("dogs", "cats")
    assert "order of classes dogs, cats; " in capsys.readouterr().out


@pytest.mark.parametrize("order", ["dogs", "dogs,cows", "cats,cats", "", "dogs,cats,"])
def test_an_order_of_other_classes_is_refused_in_one_sentence(
    order: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for i, name in enumerate(("train/cats", "train/dogs", "validation/cats", "validation/dogs")):
        (tmp_path / "pets" / name).mkdir(parents=True)
        pixels = np.random.default_rng(i).integers(0, 256, (6, 6, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pets" / name / "1.png")
    pets = str(tmp_path / "pets")
    for command in (["train", "--data", "silhouettes"], ["train", "--data", pets], ["check-data", pets]):
        assert main([*command, "--class-order", order]) == 2
        out = capsys.readouterr()
        assert "are cats and dogs, not" in out.err
        assert out.err.count("\n") == 1
    assert main(["check-data", pets, "--class-order", "dogs,cats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["classes"] == ["dogs", "cats"]
    assert main(["check-data", pets, "--class-order", "dogs,cats"]) == 0
    assert "Class 0 is dogs and class 1 is cats, because you chose this order" in capsys.readouterr().out


def test_what_belongs_to_a_trunk_is_refused_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", "silhouettes", "--trainable-from", "top_conv"]) == 2
    assert capsys.readouterr().err == "--trainable-from belongs to a trunk; name one with --trunk.\n"
