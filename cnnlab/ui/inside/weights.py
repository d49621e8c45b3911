"""Let a visitor choose the weights of a network: random ones, a training's, those of a model that was brought."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

import streamlit as st

from cnnlab.core.classroom.handles import LOOK
from cnnlab.core.network import Network
from cnnlab.core.shapes import check
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted, Weights
from cnnlab.runs.record import RunError
from cnnlab.runs.store.faults import StoreFault
from cnnlab.runs.store.trained import Trained, of_run, shipped
from cnnlab.ui.inside.meaning import Epochs, Meaning
from cnnlab.ui.inside.models import plain_models, read_only_models
from cnnlab.ui.inside.wish import holds, nothing_wished, remember_wish
from cnnlab.ui.parts.faults import faults_said
from cnnlab.ui.parts.labels import told_apart
from cnnlab.ui.session import shared
from cnnlab.ui.session.exercise import is_hidden, is_locked, kept_run, kept_seed, kept_weights
from cnnlab.ui.session.keys import RANDOM_SEED, WEIGHTS_SOURCE
from cnnlab.ui.session.sent import chosen, place
from cnnlab.ui.session.services import store

RANDOM = "random"
RUNS_OFFERED = 50
LARGEST_SEED = 2**32 - 1
AT_THE_END = 0  # instead of an epoch


@dataclass(frozen=True)
class Choice:
    """Be what is to be shown: a network with its weights, and where they come from.

    `other` are the weights that were wished for before the visitor's network became another one than theirs.
    """

    network: Network
    weights: Weights
    trained: Trained | None
    other: Trained | None = None
    no_window: ClassVar[str] = "This network has no convolution and no pooling layer; add one on the architecture page."

    @property
    def subject(self) -> Weighted:
        """Return what is looked into."""
        return Weighted(self.network, self.weights)

    @property
    def key(self) -> str:
        """Return which of the weights on offer these are."""
        return self.trained.key if self.trained else RANDOM

    @property
    def label(self) -> str:
        """Return what the weights are called."""
        return self.trained.label if self.trained else "random weights"

    @property
    def impossible(self) -> str:
        """Return the sentence why the network cannot exist, empty if it can."""
        return str(check(self.network) or "")

    @property
    def meaning(self) -> Meaning | None:
        """Return what its outputs stand for, or None if nothing was learned."""
        return Meaning(self.trained.classes, self.trained.data_name) if self.trained else None

    @property
    def sendable(self) -> Collection[int]:
        """Return the layers whose maps can be sent on: if they mean the same in the visitor's own network, all."""
        return range(len(self.network.layers)) if self.like_mine else ()

    @property
    def enlarged(self) -> int | None:
        """Return the layer whose maps are drawn larger: the selected one, if it means the same here."""
        return self.selected if self.like_mine else None

    @property
    def selected(self) -> int | None:
        """Return the layer to take apart, if one is selected."""
        return shared().layer.selected

    @property
    def in_strip(self) -> int | None:
        """Return the layer that is selected in the strip above."""
        return shared().layer.selected

    @property
    def randomised(self) -> Weighted | None:
        """Return the same with random weights, or None if it has them."""
        if isinstance(self.weights, RandomWeights):
            return None
        return Weighted(self.network, RandomWeights(random_seed()))

    @property
    def epochs(self) -> Epochs:
        """Return the same run after its other epochs."""
        if self.trained is None or not self.trained.epochs:
            return Epochs()
        run = trained_sources()[self.trained.key]
        titles = {run.at_epoch(epoch).path: f"after epoch {epoch}" for epoch in run.epochs} | {run.path: "at the end"}
        others = {title: path for path, title in titles.items() if path != self.trained.path}
        of = {title: Weighted(self.network, FileWeights(path, run.rescale)) for title, path in others.items()}
        return Epochs(titles[self.trained.path], of)

    def select(self, layer: int, channel: int) -> None:
        """Select a layer and one of its output channels."""
        mine = shared()
        mine.layer = mine.layer.looking_at(layer, channel)

    def range_control(self) -> None:
        """Draw nothing: it gets its pixels as in training."""

    def introduce(self) -> None:
        """Draw nothing: the strip shows its layers."""

    @property
    def like_mine(self) -> bool:
        """Tell whether its layers are those of the visitor's own network."""
        return self.network.layers == shared().network.layers


def resolve_choice() -> Choice:
    """Return what the visitor asked to see; before any wish a newcomer meets the shipped trained network.

    Whoever has built a network of their own sees that one. A wish holds until the own network becomes another one.
    """
    mine, sources = shared(), trained_sources()
    by_itself = nothing_wished()
    wished = "demo" if by_itself else chosen(WEIGHTS_SOURCE.name, sources, None)
    if kept := kept_weights():
        wished = kept if kept in sources else None
    if wished is None:
        return Choice(mine.network, RandomWeights(random_seed()), None)
    source = sources[wished]
    source = source.at_epoch(chosen(_epoch_key(wished), source.epochs, AT_THE_END))
    if source.network != mine.network and (mine.edited if by_itself else not holds()):
        return Choice(mine.network, RandomWeights(random_seed()), None, other=source)
    return Choice(source.network, FileWeights(source.path, source.rescale), source)


def weights_control(shown: str, trained: Trained | None) -> None:
    """Draw the choice of weights, or of a model that can only be looked at; `shown` and `trained` are the current."""
    labels = {RANDOM: "random (nothing learned)"}
    labels = told_apart(labels | {key: one.label for key, one in trained_sources().items()} | read_only_models())
    locked = is_locked(LOOK, "weights")
    WEIGHTS_SOURCE.set(shown)
    with faults_said():
        store().runs(1)
    if is_hidden(LOOK, "weights"):
        return
    st.selectbox(
        "Weights",
        list(labels),
        key=WEIGHTS_SOURCE.name,
        format_func=labels.__getitem__,
        on_change=remember_wish,
        persist_state="session",
        disabled=locked,
    )
    if shown == RANDOM:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input("Seed", 0, LARGEST_SEED, key=RANDOM_SEED.name, persist_state="session", disabled=locked)
            st.button("Roll again", on_click=_roll, help="Draw other random weights: one more seed.", disabled=locked)

    elif trained is not None and trained.epochs and not locked:
        _epoch_control(trained)


def _epoch_control(source: Trained) -> None:
    """Let the visitor go back to the weights after an epoch of the run."""
    offered, key = (*source.epochs, AT_THE_END), _epoch_key(source.key)
    if st.session_state.get(key) not in offered:
        st.session_state[key] = AT_THE_END
    st.select_slider(
        "Weights after epoch",
        offered,
        key=key,
        format_func=lambda epoch: "the end" if epoch == AT_THE_END else str(epoch),
        persist_state="session",
        help="As they were after this epoch of the training.",
    )


def _epoch_key(source: str) -> str:
    return f"weights_epoch_{source}"


def random_seed() -> int:
    """Return the seed of the random weights that this visitor has chosen."""
    return kept_seed() if is_locked(LOOK, "weights") else place(RANDOM_SEED.get(), LARGEST_SEED + 1) or 0


def _roll() -> None:
    RANDOM_SEED.set((random_seed() + 1) % (LARGEST_SEED + 1))


def trained_sources() -> dict[str, Trained]:
    """Return all weights on offer to this visitor, by their keys."""
    ended: list[Trained | None] = []
    # The page goes on with other weights; `weights_control` says what is wrong.
    with suppress(StoreFault, RunError):
        ended = [_of_run(run.id, run.finished) for run in store().runs(RUNS_OFFERED) if run.is_terminal]
        if (wished := kept_run()) and store().get(wished).is_terminal:
            ended.append(_of_run(wished, store().get(wished).finished))
    found = [*shipped().values(), *filter(None, ended), *plain_models()]
    return {t.key: t for t in found}


@st.cache_resource(max_entries=4 * RUNS_OFFERED, show_spinner=False)
def _of_run(run_id: str, finished: float | None) -> Trained | None:
    """Return the weights of a run; until it is trained longer they change no more, so its events are read once."""
    return of_run(store(), store().get(run_id))
