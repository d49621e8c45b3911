"""Let a visitor bring a model that somebody else made, and look into it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import streamlit as st

from cnnlab.core.exchange.imported import ENDINGS, ImportedModel, ModelFileError
from cnnlab.core.network import Network
from cnnlab.core.teach.brief import describe_shape
from cnnlab.processes.subjects import Opened
from cnnlab.runs.store.trained import Trained
from cnnlab.ui.inside.meaning import Epochs, Meaning
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session import shared
from cnnlab.ui.session.keys import WEIGHTS_SOURCE
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import importer, settings
from cnnlab.ui.session.visitor import me, origin
from cnnlab.viz.html import Html, bold, line, notice, number_cell, table, tag

RANGES = {"0 to 1": (1 / 255, 0.0), "−1 to 1": (2 / 255, -1.0), "0 to 255": (1.0, 0.0)}
"""What a pixel's 0 to 255 becomes, as (scale, offset)."""
RANGE_HELP = "A model file does not say how its pictures were rescaled; choose what it was trained with."


@dataclass(frozen=True)
class ReadOnly:
    """Be a model that is no network: it is looked at as it is, and the strip above stays the visitor's own.

    `key` names it among the visitor's models and in the choice of weights.
    """

    key: str
    model: ImportedModel
    trained: ClassVar[None] = None
    impossible: ClassVar[str] = ""
    enlarged: ClassVar[None] = None
    in_strip: ClassVar[None] = None
    randomised: ClassVar[None] = None
    epochs: ClassVar[Epochs] = Epochs()

    @property
    def network(self) -> Network:
        """Return the network in the strip."""
        return shared().network

    @property
    def subject(self) -> Opened:
        """Return what is looked into, with the range of pixels that the visitor has chosen for it."""
        return Opened(self.model, *_chosen_range(self.model))

    @property
    def label(self) -> str:
        """Return what it is called."""
        return self.model.name

    @property
    def no_window(self) -> str:
        """Return the sentence that is said if nothing in it has a window."""
        return (
            f"{self.model.name} has no two-dimensional convolution and no pooling layer that could be taken "
            "apart; choose other weights."
        )

    @property
    def meaning(self) -> Meaning:
        """Return what its outputs stand for; of a stranger's model nobody knows."""
        return Meaning(self.model.classes, self.model.data_name or self.model.name)

    @property
    def sendable(self) -> Collection[int]:
        """Return the layers whose maps can be sent on: those that can be taken apart."""
        return self.subject.graph.windowed

    @property
    def selected(self) -> int:
        """Return the row to take apart."""
        return shared().layer.row

    def select(self, layer: int, channel: int) -> None:
        """Select a row and one of its output channels."""
        mine = shared()
        mine.layer = mine.layer.looking_into(layer, channel)

    def range_control(self) -> None:
        """Draw how the pixels are rescaled for it."""
        st.segmented_control(
            "Pixel values it gets",
            list(RANGES),
            default=next(name for name, pair in RANGES.items() if pair == self.subject.rescaling),
            key=_range_key(self.model),
            help=RANGE_HELP,
            required=True,
            persist_state="session",
        )

    def introduce(self) -> None:
        """Say what it is, and list its layers."""
        taken, free = describe_shape(self.model.input_shape), ", and any other height and width"
        rest = (
            f"{free if self.model.free_size else ''} and has {self.model.params:,} parameters. {self.model.why} The "
            "editor, the doctor and the link are off for it."
        )
        show_html(notice("You are looking at ", bold(self.model.name), ", which takes ", bold(taken), rest))
        if self.model.said:
            show_html(tag("p", " ".join(self.model.said), class_="quiet"))
        with st.expander(f"All {len(self.model.rows)} layers"):
            show_html(_table(self.model))


def bring_model() -> None:
    """Draw the upload of a model; a refused one changes nothing."""
    with st.expander("Somebody else's model"), st.container(key="model_upload"):
        st.file_uploader(
            "A Keras model",
            type=list(ENDINGS),
            key="model_file",
            on_change=_take_model,
            max_upload_size=settings().max_upload_mb,
            accept_multiple_files=True,
            help="A .keras or .h5 file as model.save writes it, or the JSON of model.to_json, alone or with weights. "
            "It is opened in a process of its own, without running any code in it.",
        )
        if refused := st.session_state.get("model_refused"):
            refuse(refused)


def _take_model() -> None:
    uploaded = st.session_state.get("model_file")
    st.session_state["model_refused"] = ""
    if not uploaded:
        return
    described = [file for file in uploaded if file.name.lower().endswith(".json")]
    first = (described or uploaded)[0]
    others = [file for file in uploaded if file is not first]
    try:
        if len(others) > 1 or (others and not described):
            raise ModelFileError("Choose one model file, or the JSON of model.to_json together with its weights.")
        weights = others[0].getvalue() if others else b""
        with st.spinner("Opening the model in a process of its own…"):
            model = importer().open(first.getvalue(), first.name, me(), origin(), weights)
    except ModelFileError as error:
        st.session_state["model_refused"] = str(error)
        return
    look_with(keep_model(model))


def keep_model(model: ImportedModel, rescaling: tuple[float, float] | None = None) -> str:
    """Offer a model to this visitor, with a rescaling that is known of it, and return its key."""
    key = f"model:{model.sha256[:16]}"
    shared().models[key] = model
    known = [name for name, pair in RANGES.items() if pair == rescaling]
    if known:
        st.session_state[_range_key(model)] = known[0]
    return key


def plain_models() -> list[Trained]:
    """Return the visitor's models that are plain sequences: weights with a network, as those of a run."""
    return [
        Trained(key, f"imported {model.name}", model.path, model.network, (), model.name, rescale=model.rescaling[0])
        for key, model in shared().models.items()
        if model.network is not None
    ]


def read_only_models() -> dict[str, str]:
    """Return the labels of the visitor's other models, which can only be looked at."""
    models = shared().models.items()
    return {key: f"imported {model.name} (read-only)" for key, model in models if model.network is None}


def chosen_model() -> ReadOnly | None:
    """Return the model to look at if the visitor has chosen one that is no network, else None."""
    key = chosen(WEIGHTS_SOURCE.name, shared().models, "")
    model = shared().models.get(key)
    return ReadOnly(key, model) if model is not None and model.network is None else None


def _range_key(model: ImportedModel) -> str:
    return f"range_{model.sha256[:16]}"


def _chosen_range(model: ImportedModel) -> tuple[float, float]:
    """Return (scale, offset) for the pixels of a model; one that rescales by itself gets 0 to 255 at first."""
    first = next(name for name, pair in RANGES.items() if pair == model.rescaling)
    return RANGES[chosen(_range_key(model), RANGES, first)]


def _table(model: ImportedModel) -> Html:
    lines = (
        line(
            row.name,
            row.class_name,
            number_cell(describe_shape(row.output_shape)),
            number_cell(f"{row.params:,}", css="number amount"),
            ", ".join(row.inputs),
        )
        for row in model.rows
    )
    heads = ("layer", "class", "output", "parameters", "takes")
    said = f"Every layer of {model.name}, as Keras computes it"
    return tag("div", table(said, heads, lines), class_="sideways")
