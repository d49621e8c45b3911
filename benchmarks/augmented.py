"""Compare an epoch with the post's augmentation from JPEG files with the post's own pipeline, and with plain arrays."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.page.classroom import training_spec
from benchmarks.support.report import Line
from benchmarks.support.servers import ROOT
from cnnlab.core.augment import Augmentation

SIZES = {150: (96, 1.25), 64: (320, 1.5)}  # pixels: pictures in the training split, bar against the post's pipeline
VALIDATION = 16
ROUNDS, EPOCHS = 2, 3
PICTURE = (250, 200)


def epochs() -> list[Line]:
    """Train on generated JPEG files: ours, the post's, Keras' layers, and arrays without augmentation, by turns."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for size, (count, bar) in SIZES.items():
            data = Path(folder) / str(size)
            _write_pictures(data / "train", count)
            _write_pictures(data / "validation", VALIDATION)
            spec = training_spec(EPOCHS, Augmentation.post())
            network = spec.network.with_image_size(size, size)
            spec = replace(spec, network=network, data=str(data), data_name="generated")
            ours, post, memory, layers, keras_layers = _train(spec.to_dict())
            what = f"epoch from JPEG files, augmented, {size} px, pictures a second, against"
            lines.append(Line(f"{what} ImageDataGenerator", ours, "/s", bar, post, of_peer=True, at_least=True))
            lines.append(Line(f"{what} arrays in memory", ours, "/s", 0.9, memory, of_peer=True, at_least=True))
            what = f"the same with Keras 3's layers, {size} px, pictures a second, against"
            lines.append(Line(f"{what} these layers in tf.data", layers, "/s", peer=keras_layers))
            lines.append(Line(f"{what} arrays in memory", layers, "/s", peer=memory))
    return lines


def _train(spec: dict[str, object]) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers.augmented_fit"],
        input=json.dumps([ROUNDS, spec]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    rates: list[float] = json.loads(done.stdout.splitlines()[-1])
    return rates


def _write_pictures(folder: Path, count: int) -> None:
    """Write JPEGs of two classes that differ in colour, as large and as detailed as small photographs."""
    rng = np.random.default_rng(count)
    for i in range(count):
        name = ("cats", "dogs")[i % 2]
        (folder / name).mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 200, (25, 20, 3), np.uint8)
        coarse[..., i % 2] += 50
        image = Image.fromarray(coarse).resize(PICTURE, Image.Resampling.BICUBIC)
        image.save(folder / name / f"{i}.jpg", quality=90)
