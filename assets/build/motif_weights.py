"""Train the shipped weights that read sequences again: `python assets/build/motif_weights.py`.

The primer's network on the bundled sequences. The weights are rounded to float16, as those of `demo_weights.py`. The
same machine, thread count and versions give the same file.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np
from demo_weights import settings_of

from cnnlab.commands.foreground import train_in_foreground
from cnnlab.core.augment import Augmentation
from cnnlab.core.network.sequence_presets import primer
from cnnlab.core.sequences.generator import NAME, make
from cnnlab.core.settings import Settings
from cnnlab.runs.record import RunSpec, State
from cnnlab.runs.store import Store
from cnnlab.runs.store.trained import DEMO
from cnnlab.tf.inside.rounded import read_rounded, write_rounded

EPOCHS = 20


def main() -> None:
    """Train in a temporary home, then put the weights and their facts into assets/weights."""
    network, weights = primer(), DEMO / f"{NAME}.npz"
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings.from_env({"CNNLAB_HOME": folder}), threads=2)
        spec = RunSpec(
            name=NAME, network=network, data=NAME, data_name=NAME, augmentation=Augmentation.none(), epochs=EPOCHS,
            seed=0, threads=settings.threads,
        )  # fmt: skip
        run = train_in_foreground(spec, settings, lambda event: print(json.dumps(event)))
        if run.state is not State.FINISHED:
            raise SystemExit(run.message)
        store = Store(settings.home)
        story = store.story(run.id)
        write_rounded(keras.models.load_model(store.model_path(run.id)), weights)
    last = story.epochs[-1]
    facts = {
        "made_by": "assets/build/motif_weights.py",
        "licence": "MIT",
        "network": network.to_dict(),
        "classes": story.first_start["classes"],
        "data_name": NAME,
        "epochs": last["epoch"],
        **settings_of(spec),
        "val_accuracy": last["val_accuracy"],
    }
    validation = make().validation
    letters = validation.arrays(*network.input_shape) * np.float32(1 / 255)
    answers = read_rounded(network, weights).predict(letters, verbose=0).argmax(axis=1)
    facts["rounded_val_accuracy"] = float(np.mean(answers == validation.labels))
    (DEMO / f"{NAME}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
