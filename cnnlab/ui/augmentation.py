"""Draw the augmentation page's moving part: settings as live controls, and samples with what was drawn for each."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab.core.augment import Augmentation, Transform, apply, describe, draw_many
from cnnlab.core.explain import describe_shape
from cnnlab.core.pictures import prepare
from cnnlab.ui.controls import Control, Group, Value, live_controls
from cnnlab.ui.picture import picture_panel
from cnnlab.ui.state import Shared, shared
from cnnlab.viz.palette import KIND_COLORS

SAMPLE_WIDTH = 150
ZOOM_HELP = "Each picture draws two factors, one for its rows and one for its columns; below 1 zooms in."
SHEAR_HELP = "Degrees, as in Keras since 2.1.3; before that the same number meant radians."


@st.fragment
def augmentation_lab() -> None:
    """Draw the picture, the settings and the samples; a moving control redraws this and nothing else."""
    mine = shared()
    left, right = st.columns([3, 9], gap="medium")
    with left:
        picture = picture_panel()
        _settings(mine)
    height, width, channels = mine.network.input_shape
    prepared = prepare(picture.pixels, height, width, channels)
    transforms = draw_many(mine.augmentation, mine.samples, mine.sample_seed)
    batch = np.broadcast_to(prepared, (len(transforms), *prepared.shape))
    with right:
        _samples(mine.augmentation, transforms, apply(batch, transforms, mine.augmentation), picture.name)


def _settings(mine: Shared) -> None:
    settings, color = mine.augmentation, KIND_COLORS["regularization"]
    zoom = round(settings.zoom_range[1] - 1, 4)
    groups = (
        Group(
            "Augmentation",
            color,
            (
                Control(
                    "augmentation.shear_range",
                    "shear_range",
                    "shear_range in degrees",
                    settings.shear_range,
                    0.0,
                    45.0,
                    0.1,
                    "#°",
                    help=SHEAR_HELP,
                ),
                Control("augmentation.zoom_range", "zoom_range", "zoom_range", zoom, 0.0, 0.9, 0.05, help=ZOOM_HELP),
            ),
        ),
        Group(
            "Samples",
            KIND_COLORS["input"],
            (
                Control("samples.count", "how many", "How many samples", mine.samples, 1, 24),
                Control("samples.seed", "seed", "Seed of the draws", mine.sample_seed, 0, 99),
            ),
        ),
    )
    live_controls("augmentation_controls", groups, mine.version, lambda values: _take(mine, values))
    flip, rescale = st.columns(2)
    flip.toggle(
        "horizontal_flip",
        settings.horizontal_flip,
        key="horizontal_flip",
        on_change=lambda: _change(mine, horizontal_flip=bool(st.session_state["horizontal_flip"])),
    )
    rescale.toggle(
        "rescale 1/255",
        settings.rescale < 1,
        key="rescale",
        on_change=lambda: _change(mine, rescale=1 / 255 if st.session_state["rescale"] else 1.0),
    )


def _take(mine: Shared, values: Mapping[str, Value]) -> None:
    mine.samples = int(values.get("samples.count", mine.samples))
    mine.sample_seed = int(values.get("samples.seed", mine.sample_seed))
    zoom = float(values.get("augmentation.zoom_range", mine.augmentation.zoom_range[1] - 1))
    _change(
        mine,
        shear_range=float(values.get("augmentation.shear_range", mine.augmentation.shear_range)),
        zoom_range=(1 - zoom, 1 + zoom),
    )


def _change(mine: Shared, **settings: object) -> None:
    mine.augmentation = replace(mine.augmentation, **settings)  # type: ignore[arg-type]


def _samples(settings: Augmentation, transforms: tuple[Transform, ...], batch: np.ndarray, name: str) -> None:
    with st.container(key="augmented_samples"):
        st.image(
            list(np.rint(batch / settings.rescale).astype(np.uint8)),
            caption=[describe(transform) for transform in transforms],
            width=SAMPLE_WIDTH,
            alt=[f"{name}: {describe(transform)}" for transform in transforms],
        )
    st.html(
        f'<p class="quiet">What training receives: {describe_shape(batch.shape)} numbers as (batch, height, width, '
        f"channels), from {batch.min():.3g} to {batch.max():.3g}. The same function makes the training batches; "
        "validation pictures are only rescaled, so that every epoch is judged on the same pictures.</p>"
    )
    st.code(_as_keras(settings), language="python")


def _as_keras(settings: Augmentation) -> str:
    rescale = "1.0 / 255" if settings.rescale < 1 else "None"
    zoom = f"{settings.zoom_range[1] - 1:.4g}"
    return (
        "train_datagen = ImageDataGenerator(\n"
        f"    rescale={rescale},\n"
        f"    shear_range={settings.shear_range:g},\n"
        f"    zoom_range={zoom},\n"
        f"    horizontal_flip={settings.horizontal_flip},\n"
        ")"
    )
