"""Name trained weights, shipped or from a run, with the one network they belong to."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cnnlab.core.network import Network
from cnnlab.core.shipped import ASSETS
from cnnlab.runs.record import Run, State
from cnnlab.runs.record.epoch_weights import kept_epochs, weights_path
from cnnlab.runs.store.folders import EPOCHS
from cnnlab.runs.store.store import Store

DEMO = ASSETS / "weights"
SHIPPED, SHIPPED_MOTIFS = "demo", "demo_motifs"
"""The keys of the shipped weights: of the network that everybody starts with, and of one that reads sequences."""


@dataclass(frozen=True)
class Trained:
    """Hold a model file with what it was trained on: `classes` in the order of its output.

    `epochs` are those whose weights were kept as well; `at_epoch` gives them. `rescale` is what multiplied the pixels.
    """

    key: str
    label: str
    path: Path
    network: Network
    classes: tuple[str, ...]
    data_name: str
    epochs: tuple[int, ...] = ()
    rescale: float = 1 / 255

    def at_epoch(self, epoch: int) -> "Trained":
        """Return the weights as they were after an epoch; those of the end if they were not kept."""
        if epoch not in self.epochs:
            return self
        path = weights_path(self.path.parent / EPOCHS, epoch)
        return replace(self, path=path, label=f"{self.label}, epoch {epoch}")


def key_of(run: Run) -> str:
    """Return the key of the weights that a run has made; the run that ships has made the shipped ones."""
    return SHIPPED if run.is_recorded else run.id


@lru_cache(maxsize=1)
def shipped() -> dict[str, Trained]:
    """Return the shipped weights by their keys, each with a network of its own."""
    return {key: _shipped(key, name) for key, name in ((SHIPPED, "silhouettes"), (SHIPPED_MOTIFS, "motifs"))}


def demo() -> Trained:
    """Return the weights of the network that everybody starts with, trained on the bundled silhouettes."""
    return shipped()[SHIPPED]


def shipped_for(network: Network) -> Trained:
    """Return the shipped weights of a network, or those that everybody starts with."""
    return next((one for one in shipped().values() if one.network == network), demo())


def _shipped(key: str, name: str) -> Trained:
    facts = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return Trained(
        key,
        f"trained on {name} (shipped)",
        DEMO / f"{name}.npz",
        Network.from_dict(facts["network"]),
        tuple(facts["classes"]),
        facts["data_name"],
    )


def of_run(store: Store, run: Run) -> Trained | None:
    """Return the weights that a run has kept, or None if it ended before its first epoch.

    None above a borrowed trunk too: its model is more than its network, and opens as models of others do.
    """
    if run.spec.trunk is not None:
        return None
    if run.state not in (State.FINISHED, State.STOPPED) or not store.model_path(run.id).exists():
        return None
    start = store.story(run.id).first_start
    if not start:
        return None
    return Trained(
        run.id,
        f"run {run.spec.name}, {datetime.fromtimestamp(run.created):%d %b %H:%M:%S}",
        store.model_path(run.id),
        run.spec.network,
        tuple(start["classes"]),
        run.spec.data_name,
        kept_epochs(store.epochs_folder(run.id)),
        run.spec.augmentation.rescale,
    )
