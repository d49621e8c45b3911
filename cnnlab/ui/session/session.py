"""Keep what every page shares: one network, one picture, one data set, one selected layer, one augmentation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic

import streamlit as st

from cnnlab.core.data.held import HeldPicture, hold
from cnnlab.core.exchange.imported import ImportedModel
from cnnlab.core.network import Network
from cnnlab.core.network.history import History
from cnnlab.core.pictures import Picture, decode
from cnnlab.core.pictures.gallery import GalleryPicture, pictures
from cnnlab.core.pictures.reference import FromGallery
from cnnlab.core.shapes import Row, trace_until_problem
from cnnlab.core.trunks.trunk import MapShape, Trunk
from cnnlab.ui.session.choices import AugmentChoice, DataChoice, LabChoice, LayerChoice, PictureChoice
from cnnlab.ui.session.locks import Lock
from cnnlab.ui.session.sent import place
from cnnlab.ui.session.services import settings

traced = lru_cache(maxsize=256)(trace_until_problem)
"""`trace_until_problem`, remembered: one move of a control asks for the same trace three times."""


@dataclass
class Shared:
    """Hold one visitor's network with its past, and what was chosen.

    `settled` is set once the session has a network of its own, so that none kept elsewhere is taken back. `models` are
    those that the visitor brought, `run_id` is the training to watch. `trunks` are the borrowed ones by the shape
    that they make: a network stands on the one that makes its input. `lock` stands in front of everything that is set
    here, for as long as an exercise keeps something as it is.
    """

    history: History = field(default_factory=History)
    settled: bool = False
    lab: LabChoice = field(default_factory=LabChoice)
    picture: PictureChoice = field(default_factory=PictureChoice)
    data: DataChoice = field(default_factory=DataChoice)
    layer: LayerChoice = field(default_factory=LayerChoice)
    augment: AugmentChoice = field(default_factory=AugmentChoice)
    models: dict[str, ImportedModel] = field(default_factory=dict)
    run_id: str = ""
    trunks: Mapping[MapShape, Trunk] = field(default_factory=dict)
    lock: Lock | None = None

    def __setattr__(self, name: str, value: object) -> None:
        if (lock := self.__dict__.get("lock")) is not None:
            value = lock.taken(name, self.__dict__[name], value)
        super().__setattr__(name, value)

    @property
    def network(self) -> Network:
        """Return the current network."""
        return self.history.network

    @property
    def trunk(self) -> Trunk | None:
        """Return the borrowed trunk that the current network stands on, None if it takes pictures itself."""
        shape = self.network.input_shape
        return self.trunks.get(shape) if len(shape) == 3 else None

    def borrow(self, trunk: Trunk, head: Network) -> None:
        """Set a head on a trunk; undo brings the network back that was there."""
        self.trunks = {**self.trunks, trunk.feature_shape: trunk}
        self.change_network(head)

    def give_back(self) -> None:
        """Make the last network current that stood on no trunk."""
        earlier = (network for network in reversed(self.history.past) if network.input_shape not in self.trunks)
        self.change_network(next(earlier, Network.seed()))

    def watch(self, run_id: str) -> None:
        """Make this the training to watch, whatever the address says."""
        self.run_id = run_id
        st.query_params.pop("run", None)

    @property
    def edited(self) -> bool:
        """Tell whether this visitor has changed the network."""
        return self.history.before is not None

    @property
    def rows_before(self) -> tuple[Row, ...]:
        """Return the trace before the last change, for marking what moved."""
        return () if self.history.before is None else traced(self.history.before)[0]

    def change_network(self, network: Network, control: str = "") -> None:
        """Make this the current network; quick changes of one control count as one step for undo."""
        self._go_on(self.history.changed(network, control, monotonic()))

    def undo(self) -> None:
        """Go back one step."""
        self._go_on(self.history.undone())

    def redo(self) -> None:
        """Go forward one step again."""
        self._go_on(self.history.redone())

    def select(self, index: object) -> None:
        """Select a layer by its position on every page; one that is selected already stays so."""
        if (known := place(index, len(self.network.layers))) is not None:
            self.layer = self.layer.at(known)

    def _go_on(self, history: History) -> None:
        if history is self.history:
            return
        self.history, self.settled = history, True
        if self.history is not history:
            return  # locked
        self.lab = self.lab.forgetful()
        self.layer = self.layer.within(len(self.network.layers))


def shared() -> Shared:
    """Return this visitor's shared values, made at the first call of a session."""
    kept: Shared | None = st.session_state.get("shared")
    if kept is None:
        kept = st.session_state["shared"] = Shared()
    return kept


def current_picture() -> HeldPicture:
    """Return the picture of this visitor: the one chosen or uploaded, at first the gallery's first."""
    mine = shared()
    if mine.picture.held is None:
        first = pictures()[0]
        mine.picture = mine.picture.chosen(gallery_picture(first), FromGallery(first.file))
    assert mine.picture.held is not None
    return mine.picture.held


@lru_cache(maxsize=32)
def gallery_picture(item: GalleryPicture) -> HeldPicture:
    """Return a picture of the gallery, one for all visitors."""

    def read() -> Picture:
        return decode(item.read(), item.title, settings().max_pixels)

    return hold(read(), read)
