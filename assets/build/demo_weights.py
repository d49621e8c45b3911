"""Train the shipped demo weights again: `python assets/build/demo_weights.py`.

Their training is kept as the recorded run, see `recorded_run.py`.

The network that everybody starts with, on the bundled silhouettes, with the post's augmentation. The weights are
rounded to float16: half the bytes, and every map that is shown is one of the rounded weights. The same machine, thread
count and versions give the same file.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np
from recorded_run import keep

from cnnlab.commands.train import train_in_foreground
from cnnlab.core.augment import Augmentation
from cnnlab.core.data.bundled import silhouettes
from cnnlab.core.network import Network
from cnnlab.core.pictures import prepare
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from cnnlab.runs.store.trained import DEMO
from cnnlab.tf.inside.rounded import read_rounded, write_rounded

EPOCHS = 16


def main() -> None:
    """Train in a temporary home, then put the weights and their facts into assets/weights."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings.from_env({"CNNLAB_HOME": folder}), threads=2)
        spec = RunSpec(
            name="silhouettes",
            network=Network.seed(),
            data="silhouettes",
            data_name="silhouettes",
            augmentation=Augmentation.post(),
            epochs=EPOCHS,
            seed=0,
            threads=settings.threads,
        )
        run = train_in_foreground(spec, settings, lambda event: print(json.dumps(event)))
        if run.state is not State.FINISHED:
            raise SystemExit(run.message)
        store = Store(settings.home)
        keep(store.folder(run.id))
        story = store.story(run.id)
        start, last = story.first_start, story.epochs[-1]
        DEMO.mkdir(exist_ok=True)
        write_rounded(keras.models.load_model(store.model_path(run.id)), DEMO / "silhouettes.npz")
        facts = {
            "made_by": "assets/build/demo_weights.py",
            "licence": "MIT",
            "network": spec.network.to_dict(),
            "classes": start["classes"],
            "data_name": spec.data_name,
            "augmentation": spec.augmentation.to_dict(),
            "epochs": last["epoch"],
            **settings_of(spec),
            "loss": last["loss"],
            "accuracy": last["accuracy"],
            "val_loss": last["val_loss"],
            "val_accuracy": last["val_accuracy"],
            "rounded_val_accuracy": _accuracy(spec.network, DEMO / "silhouettes.npz"),
        }
        (DEMO / "silhouettes.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def settings_of(spec: RunSpec) -> dict[str, object]:
    """Return how a training was set, for the facts beside its weights."""
    return {name: getattr(spec, name) for name in ("batch_size", "optimizer", "learning_rate", "seed", "threads")}


def _accuracy(network: Network, weights: Path) -> float:
    """Return the share of the validation pictures that the rounded weights answer rightly."""
    pictures, labels = silhouettes.load("validation")
    prepared = np.stack([prepare(picture, *network.input_shape) for picture in pictures])
    answers = read_rounded(network, weights).predict(prepared * np.float32(1 / 255), verbose=0)[:, 0]
    return float(np.mean((answers > 0.5) == labels))


if __name__ == "__main__":
    main()
