"""Keep what every page shares: one network, one picture, one data set, one selected layer, one augmentation."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic

import streamlit as st

from cnnlab.core.augment import AnyAugmentation, Augmentation, RandomLayers
from cnnlab.core.augment.layer_settings import RandomLayer
from cnnlab.core.data.held import HeldPicture, Measure, hold
from cnnlab.core.exchange.imported import ImportedModel
from cnnlab.core.network import Network
from cnnlab.core.network.history import History
from cnnlab.core.pictures import AS_IN_THE_POST, Picture, Preparation, decode
from cnnlab.core.pictures.gallery import GalleryPicture, pictures
from cnnlab.core.pictures.reference import FromGallery, FromUpload, PictureReference
from cnnlab.core.shapes import Row, trace_until_problem
from cnnlab.processes.pictures.kept_files import KeptFile
from cnnlab.ui.session.sent import place
from cnnlab.ui.session.services import settings
from cnnlab.viz.network.shape_table import TableView

MOST_FOLDERS = 8
MEASURES = 2


traced = lru_cache(maxsize=256)(trace_until_problem)
"""`trace_until_problem`, remembered: one move of a control asks for the same trace three times."""


@dataclass(frozen=True, eq=False)
class Upload:
    """Hold a picture that a visitor gave us, its file, and a small image of it as a data URL."""

    picture: HeldPicture
    file: KeptFile
    thumbnail: str

    @property
    def name(self) -> str:
        """Return the name to show."""
        return self.picture.name


@dataclass
class Shared:
    """Hold one visitor's network with its past, pictures, data set, selected layer and augmentation.

    `settled` is set once the session has a network of its own, so that none kept elsewhere is taken back.
    `channel` is the output channel to look at, `model_layer` the row of a read-only model, `first_input` the first of
    the input channels that the browser receives with it.
    `generator` and `layers` are the settings of both families of augmentation, and `with_layers` says which is used;
    `spare_layers` remembers every layer as it was last, `layer_pairs` shows every factor as two numbers.
    `folders` are the references of the server's folders that this visitor was given.
    `class_orders` holds, by the reference of a data set, an order of its classes other than Keras' own.
    """

    history: History = field(default_factory=History)
    settled: bool = False
    editor: bool = False
    diagram: bool = False
    view: TableView = field(default_factory=TableView)
    last_verdict: str = ""
    logits: tuple[float, float] = (-1.0, 1.0)
    unit_open: bool = False
    unit: tuple[int, int] | None = None
    picture: HeldPicture | None = None
    measures: list[Measure] = field(default_factory=list)
    picture_reference: PictureReference | None = None
    data_reference: str = "silhouettes"
    data_job: str = ""
    folders: list[str] = field(default_factory=list)
    class_orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    uploads: dict[FromUpload, Upload] = field(default_factory=dict)
    models: dict[str, ImportedModel] = field(default_factory=dict)
    preparation: Preparation = AS_IN_THE_POST
    selected_layer: int | None = None
    model_layer: int = 0
    channel: int = 0
    first_input: int = 0
    run_id: str = ""
    generator: Augmentation = field(default_factory=Augmentation.post)
    layers: RandomLayers = field(default_factory=RandomLayers.like_the_post)
    with_layers: bool = False
    spare_layers: dict[str, RandomLayer] = field(default_factory=dict)
    layer_pairs: bool = False
    augmentation_version: int = 0
    shear_radians: bool = False
    zoom_pair: bool = False
    samples: int = 8
    sample_seed: int = 0

    def give_folder(self, reference: str) -> None:
        """Offer a folder that was found below CNNLAB_DATA_ROOT and make it the current set; the oldest make room."""
        self.folders = [*(path for path in self.folders if path != reference), reference][-MOST_FOLDERS:]
        self.data_reference = reference

    @property
    def network(self) -> Network:
        """Return the current network."""
        return self.history.network

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

    def measured(self, measure: Measure) -> None:
        """Remember the last measures that a picture was wanted in, so that the next one comes in them at once."""
        if measure not in self.measures:
            self.measures = [*self.measures, measure][-MEASURES:]

    def select(self, index: object) -> None:
        """Select a layer by its position on every page; one that is selected already stays so."""
        if (known := place(index, len(self.network.layers))) is not None:
            self.selected_layer = known

    def look_at(self, layer: int, channel: int) -> None:
        """Select a layer and one of its output channels; the convolution page shows them."""
        self.selected_layer, self.channel, self.first_input = layer, channel, 0

    def look_into(self, row: int, channel: int) -> None:
        """Select a row of a read-only model and one of its output channels for the convolution page."""
        self.model_layer, self.channel, self.first_input = row, channel, 0

    def choose_picture(self, picture: HeldPicture, reference: PictureReference | None = None) -> None:
        """Make this the current picture; its reference marks it wherever it is offered."""
        self.picture, self.picture_reference = picture, reference

    @property
    def augmentation(self) -> AnyAugmentation:
        """Return the settings of the family in use."""
        return self.layers if self.with_layers else self.generator

    def use_augmentation(self, augmentation: AnyAugmentation) -> None:
        """Make these settings and their family the current ones; those of the other family stay aside."""
        self.with_layers = isinstance(augmentation, RandomLayers)
        if isinstance(augmentation, RandomLayers):
            self.layers = augmentation
        else:
            self.generator = augmentation
        self.augmentation_version += 1

    def _go_on(self, history: History) -> None:
        if history is self.history:
            return
        self.history, self.settled = history, True
        # What was predicted belongs to the network before.
        self.view, self.last_verdict = replace(self.view, verdicts={}, revealed=False), ""
        if self.selected_layer is not None and self.selected_layer >= len(self.network.layers):
            self.selected_layer = None


def shared() -> Shared:
    """Return this visitor's shared values, made at the first call of a session."""
    if "shared" not in st.session_state:
        st.session_state["shared"] = Shared()
    kept: Shared = st.session_state["shared"]
    return kept


def current_picture() -> HeldPicture:
    """Return the picture of this visitor: the one chosen or uploaded, at first the gallery's first."""
    mine = shared()
    if mine.picture is None:
        mine.choose_picture(gallery_picture(pictures()[0]), FromGallery(pictures()[0].file))
    assert mine.picture is not None
    return mine.picture


@lru_cache(maxsize=32)
def gallery_picture(item: GalleryPicture) -> HeldPicture:
    """Return a picture of the gallery, one for all visitors."""

    def read() -> Picture:
        return decode(item.read(), item.title, settings().max_pixels)

    return hold(read(), read)
