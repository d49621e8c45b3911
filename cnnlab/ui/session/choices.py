"""Hold what a visitor has chosen in small frozen values, each with methods that return the next one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cnnlab.core.augment import AnyAugmentation, Augmentation, RandomLayers
from cnnlab.core.augment.layer_settings import RandomLayer
from cnnlab.core.data.held import HeldPicture, Measure
from cnnlab.core.pictures import AS_IN_THE_POST, Preparation
from cnnlab.core.pictures.reference import FromUpload, PictureReference
from cnnlab.processes.pictures.kept_files import KeptFile
from cnnlab.viz.network.shape_table import TableView

MOST_FOLDERS = 8
MOST_MEASURES = 2
MOST_UPLOADS, UPLOAD_BYTES = 100, 64 << 20  # of one visitor's pictures, together; the oldest go first


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


@dataclass(frozen=True)
class PictureChoice:
    """Hold the current picture, where it comes from, and how pictures are prepared.

    `held` is None before any was wanted; `truth` is its class where a data set tells it, else empty. `uploads` are the
    visitor's own, the newest last; `measures` the last ones that a picture was wanted in, so that the next one comes in
    them at once.
    """

    held: HeldPicture | None = None
    reference: PictureReference | None = None
    truth: str = ""
    uploads: Mapping[FromUpload, Upload] = field(default_factory=dict)
    preparation: Preparation = AS_IN_THE_POST
    measures: tuple[Measure, ...] = ()

    def chosen(self, held: HeldPicture, reference: PictureReference | None = None, truth: str = "") -> "PictureChoice":
        """Make this the current picture; its reference marks it wherever it is offered."""
        return replace(self, held=held, reference=reference, truth=truth)

    def brought(self, reference: FromUpload, upload: Upload) -> "PictureChoice":
        """Keep an upload in place of the one with this reference, and choose it; the oldest make room."""
        kept = {known: other for known, other in self.uploads.items() if known != reference} | {reference: upload}
        while len(kept) > 1 and (len(kept) > MOST_UPLOADS or sum(u.file.size for u in kept.values()) > UPLOAD_BYTES):
            del kept[next(iter(kept))]
        return replace(self, uploads=kept).chosen(upload.picture, reference)

    def measured(self, measure: Measure) -> "PictureChoice":
        """Remember a measure that a picture was wanted in."""
        if measure in self.measures:
            return self
        return replace(self, measures=(*self.measures, measure)[-MOST_MEASURES:])


@dataclass(frozen=True)
class DataChoice:
    """Hold which data set is the current one, and in which order its classes are numbered.

    `job` is the work on data that the visitor waits for; `folders` are the references of the server's folders that he
    was given. `class_orders` holds, by the reference of a set, an order of its classes other than Keras' own. `made` is
    the reference of the sequences that are made with this visitor's settings.
    """

    reference: str = "silhouettes"
    made: str = "motifs"
    job: str = ""
    folders: tuple[str, ...] = ()
    class_orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Return the order of the current set's classes, None for Keras' own."""
        return self.class_orders.get(self.reference)

    def chosen(self, reference: str) -> "DataChoice":
        """Make this the current set."""
        return replace(self, reference=reference)

    def making(self, reference: str) -> "DataChoice":
        """Make sequences with other settings, and make them the current set."""
        return replace(self, made=reference, reference=reference)

    def given(self, folder: str) -> "DataChoice":
        """Offer a folder that was found below CNNLAB_DATA_ROOT and make it the current set; the oldest make room."""
        folders = (*(known for known in self.folders if known != folder), folder)[-MOST_FOLDERS:]
        return replace(self, folders=folders, reference=folder)

    def ordered(self, reference: str, classes: tuple[str, ...] | None) -> "DataChoice":
        """Number the classes of a set in this order, in Keras' own with None."""
        others = {known: order for known, order in self.class_orders.items() if known != reference}
        return replace(self, class_orders=others if classes is None else others | {reference: classes})

    def waiting(self, job: str) -> "DataChoice":
        """Wait for a work on data; for none with the empty text."""
        return replace(self, job=job)


@dataclass(frozen=True)
class LayerChoice:
    """Hold the layer to look at: its place in the network, `row` in a read-only model.

    `channel` is the output channel to look at, `first_input` the first of the input channels that the browser receives
    with it.
    """

    selected: int | None = None
    row: int = 0
    channel: int = 0
    first_input: int = 0

    def at(self, layer: int | None) -> "LayerChoice":
        """Select a layer, or none."""
        return replace(self, selected=layer)

    def looking_at(self, layer: int, channel: int) -> "LayerChoice":
        """Select a layer and one of its output channels."""
        return replace(self, selected=layer, channel=channel, first_input=0)

    def looking_into(self, row: int, channel: int) -> "LayerChoice":
        """Select a row of a read-only model and one of its output channels."""
        return replace(self, row=row, channel=channel, first_input=0)

    def within(self, layers: int) -> "LayerChoice":
        """Select no layer where there are not so many any more."""
        return self.at(None) if self.selected is not None and self.selected >= layers else self


@dataclass(frozen=True)
class MapPlace:
    """Hold the place of a map that was pressed, as the browser sent it: the layer's position, channel, row, column."""

    layer: int
    channel: int
    row: int
    column: int


@dataclass(frozen=True)
class LabChoice:
    """Hold what of the architecture page is open, and how its table is seen.

    `verdict` is what was said of the last prediction, `unit` the row and column of the unit whose field is drawn.
    """

    editor: bool = False
    diagram: bool = False
    view: TableView = field(default_factory=TableView)
    verdict: str = ""
    logits: tuple[float, float] = (-1.0, 1.0)
    unit_open: bool = False
    unit: tuple[int, int] | None = None

    def with_view(self, view: TableView, verdict: str) -> "LabChoice":
        """See the table like this, with what was said of the last prediction."""
        return replace(self, view=view, verdict=verdict)

    def forgetful(self) -> "LabChoice":
        """Forget what was predicted, since it belongs to another network."""
        return self.with_view(replace(self.view, verdicts={}, revealed=False), "")


@dataclass(frozen=True)
class AugmentChoice:
    """Hold the settings of both families of augmentation, and which is used.

    `version` grows whenever the controls must be drawn anew. `spare` remembers every layer as it was last, `pairs`
    shows every factor as two numbers; `shear_radians` and `zoom_pair` say how the generator's controls show theirs.
    `samples` are drawn from `seed`.
    """

    generator: Augmentation = field(default_factory=Augmentation.post)
    layers: RandomLayers = field(default_factory=RandomLayers.like_the_post)
    with_layers: bool = False
    version: int = 0
    spare: Mapping[str, RandomLayer] = field(default_factory=dict)
    pairs: bool = False
    shear_radians: bool = False
    zoom_pair: bool = False
    samples: int = 8
    seed: int = 0

    @property
    def augmentation(self) -> AnyAugmentation:
        """Return the settings of the family in use."""
        return self.layers if self.with_layers else self.generator

    def using(self, augmentation: AnyAugmentation) -> "AugmentChoice":
        """Use these settings and their family; those of the other family stay aside."""
        if isinstance(augmentation, RandomLayers):
            return replace(self, layers=augmentation).of_family(with_layers=True)
        return replace(self, generator=augmentation).of_family(with_layers=False)

    def of_family(self, *, with_layers: bool) -> "AugmentChoice":
        """Use the settings of one family."""
        return replace(self, with_layers=with_layers, version=self.version + 1)

    def reset(self, generator: Augmentation) -> "AugmentChoice":
        """Replace every setting of the generator, and show them as at first."""
        return replace(self, generator=generator, shear_radians=False, zoom_pair=False, version=self.version + 1)

    def moved_generator(self, generator: Augmentation, *, shear_radians: bool, zoom_pair: bool) -> "AugmentChoice":
        """Take what the generator's controls were moved to, and how they show it."""
        rebuilt = (shear_radians, zoom_pair) != (self.shear_radians, self.zoom_pair)
        return replace(
            self,
            generator=generator,
            shear_radians=shear_radians,
            zoom_pair=zoom_pair,
            version=self.version + rebuilt,
        )

    def moved_layers(self, layers: RandomLayers, seen: Mapping[str, RandomLayer], *, pairs: bool) -> "AugmentChoice":
        """Take what the controls of the layers were moved to; those `seen` are remembered, in use or not."""
        names, before = ([layer.class_name for layer in one.layers] for one in (layers, self.layers))
        rebuilt = pairs != self.pairs or names != before
        return replace(self, layers=layers, spare={**self.spare, **seen}, pairs=pairs, version=self.version + rebuilt)

    def sampled(self, samples: int, seed: int) -> "AugmentChoice":
        """Draw so many samples from this seed."""
        return replace(self, samples=samples, seed=seed)
