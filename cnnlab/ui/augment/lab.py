"""Draw the augmentation page: settings as live controls, samples, both ends of each range, and the code."""

import numpy as np
import streamlit as st

from cnnlab.core.augment import Augmentation, RandomLayers, draw_many
from cnnlab.core.augment.code import as_image_data_generator, as_keras_layers
from cnnlab.core.augment.ends import ends
from cnnlab.core.classroom.handles import AUGMENT, LAYERS
from cnnlab.core.data.held import HeldPicture, Measure
from cnnlab.core.teach.brief import describe_shape
from cnnlab.ui.augment.generator_controls import settings
from cnnlab.ui.augment.layers_controls import layer_settings
from cnnlab.ui.augment.with_without import with_and_without
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.pictures.current import require_input, require_picture
from cnnlab.ui.pictures.panel import picture_panel
from cnnlab.ui.pictures.prepared import prepared_in
from cnnlab.ui.session import Shared, shared
from cnnlab.ui.session.exercise import is_hidden, is_locked
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.data.augmented import SHOWN, augmented, sample_sources, samples_html, sheet, source, to_levels
from cnnlab.viz.html import heading, line, quiet, table, tag

FAMILIES = ("The post's ImageDataGenerator", "Keras 3 layers")
GENERATOR_SAYS = (
    "The matrix leads from a place in the sample (row, column, 1, from the centre) to that in the original; flips come "
    "after it."
)
LAYERS_SAY = (
    "Every layer draws on its own and resamples what the one before it left, in the order on the left. The matrix "
    "leads from a pixel of the sample (x, y, 1, from the top left) to that of the original, through all of them."
)
VIEWS = ("samples", "both ends of each range", "as code", "with and without")


@st.fragment
def augmentation_lab() -> None:
    """Draw the picture, the settings and the samples; a moving control redraws this and nothing else."""
    mine = shared()
    if mine.network.rank == 1:
        require_input(mine.network.input_shape)
    left, right = st.columns([4, 9], gap="medium")
    with left:
        _family(mine)
        (layer_settings if mine.augment.with_layers else settings)(mine)
        picture = picture_panel()
    with right:
        view = st.segmented_control(
            "Show", VIEWS, default=VIEWS[0], key="augmentation_view", required=True, persist_state="session"
        )
        require_input(mine.network.input_shape)
        with require_picture():
            prepared = prepared_in(picture, Measure(*mine.network.input_shape))
        if view == VIEWS[1]:
            _ends(mine, prepared)
        elif view == VIEWS[2]:
            _code(mine)
        elif view == VIEWS[3]:
            with_and_without(mine)
        else:
            _samples(mine, picture, prepared)


def _family(mine: Shared) -> None:
    """Draw the switch between the two families; each keeps its own settings."""
    if is_hidden(AUGMENT, LAYERS):
        return
    # A run's settings may have changed the family meanwhile.
    st.session_state["augmentation_family"] = FAMILIES[mine.augment.with_layers]
    st.segmented_control(
        "Settings of",
        FAMILIES,
        key="augmentation_family",
        required=True,
        on_change=lambda: _change_family(mine),
        disabled=is_locked(AUGMENT, LAYERS),
    )


def _change_family(mine: Shared) -> None:
    family = chosen("augmentation_family", FAMILIES, FAMILIES[mine.augment.with_layers])
    mine.augment = mine.augment.of_family(with_layers=family == FAMILIES[1])


def _samples(mine: Shared, picture: HeldPicture, prepared: np.ndarray) -> None:
    choice, now = mine.augment, mine.augment.augmentation
    shown = st.segmented_control(
        "Each sample as", SHOWN, default=SHOWN[0], key="samples_shown", required=True, label_visibility="collapsed"
    )
    height, width, _ = prepared.shape
    transforms = draw_many(now, choice.samples, choice.seed, (height, width))
    sources, batch = sample_sources(prepared, transforms, now, shown)
    with st.container(key="augmented_samples"):
        show_html(samples_html(sources, transforms, picture.name, shown))
    show_html(
        quiet(
            f"What training receives: {describe_shape(batch.shape)} numbers as (batch, height, width, channels), from "
            f"{batch.min():.3g} to {batch.max():.3g}. It is what a training with seed {choice.seed} draws for its "
            f"first picture in its first {choice.samples} epochs: the same function makes its batches. Validation "
            "pictures are only rescaled, so that every epoch is judged on the same ones. "
            f"{LAYERS_SAY if choice.with_layers else GENERATOR_SAYS}"
        )
    )
    rescale = now.rescale
    st.download_button(
        "All samples on one sheet (PNG)", lambda: sheet(batch, rescale), "samples.png", "image/png", on_click="ignore"
    )


def _ends(mine: Shared, prepared: np.ndarray) -> None:
    """Draw one row a setting: its low end, the picture as it is, its high end."""
    now = mine.augment.augmentation
    found = ends(now, prepared.shape[:2])
    if not found:
        show_html(quiet("Nothing is drawn with these settings: every sample is the picture itself."))
        return
    original = source(prepared)
    rows = []
    for end in found:
        low, high = (source(i) for i in to_levels(augmented(prepared, (end.low, end.high), now), now.rescale))
        cells = (
            tag("td", tag("img", src=src, alt=f"{end.setting}: {said}"), tag("br"), said)
            for src, said in ((low, end.low_text), (original, "as it is"), (high, end.high_text))
        )
        rows.append(line(end.setting, *cells))
    with st.container(key="augmentation_ends"):
        show_html(table("Both ends of each range", (tag("th"), "lowest", "original", "highest"), rows, "ends"))
    if isinstance(now, Augmentation) and (now.width_shift_range or now.height_shift_range):
        show_html(quiet(_SWAPPED))


_SWAPPED = (
    "Keras 3's ImageDataGenerator swaps the two axes: what it draws from height_shift_range moves the picture "
    "sideways, and width_shift_range moves it up and down. The samples show what Keras does."
)


def _code(mine: Shared) -> None:
    now, (height, width, _) = mine.augment.augmentation, mine.network.picture_shape
    if isinstance(now, RandomLayers):
        show_html(heading("As layers of Keras 3"), quiet("These layers, in this order, themselves."))
        st.code(as_keras_layers(now, (height, width)), language="python")
        return
    show_html(heading("As in the post"))
    st.code(as_image_data_generator(now), language="python")
    show_html(
        heading("As layers of Keras 3"),
        quiet(
            "They draw from the same ranges, with other random numbers; RandomBrightness adds where brightness_range "
            "multiplies."
        ),
    )
    st.code(as_keras_layers(now, (height, width)), language="python")
