"""Take the pixels away that a map calls important, and give them back: how soon does the answer fall, or come?"""

import numpy as np
import streamlit as st

from cnnlab.core.explain.asked import Asked
from cnnlab.core.explain.backgrounds import FILLS
from cnnlab.core.explain.order import Course
from cnnlab.core.kept import KeptByBytes
from cnnlab.core.pictures import Pixels
from cnnlab.core.words.numbers import two_digits
from cnnlab.processes.explain.attributions import Faithfulness, faithfulness
from cnnlab.processes.subjects import Subject
from cnnlab.ui.explain.found import found_attribution, subject_key
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.session import services
from cnnlab.ui.session.sent import chosen
from cnnlab.viz.explain.curves import Curve, worth_figure
from cnnlab.viz.html import bold, heading, notice, paragraph, quiet

WANTED, FILL = "pixels_away_wanted", "pixels_away_fill"
RANDOM_ORDERS = 3  # whose mean stands beside the map's
WHAT = (
    "If a map is right about which pixels matter, the answer falls soon when they are taken away in its order, and "
    "comes soon when they alone are given. Random orders stand beside it."
)
FAITHFULNESS: KeptByBytes[tuple[Faithfulness, ...]] = KeptByBytes(4 << 20, lambda found: 2000 * len(found))


def pixels_taken_away(subject: Subject, pixels: Pixels, asked: Asked) -> None:
    """Draw deletion and insertion by the map of one method; raise `InferenceError` or `ExplainError`."""
    show_html(heading("Are its most important pixels important?"), paragraph(WHAT))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("A pixel taken away is", FILLS, key=FILL, persist_state="session", width=200)
        fill = chosen(FILL, FILLS, FILLS[0])
        key = (*subject_key(subject, pixels), asked, fill)
        st.button("Take them away", key="pixels_away", on_click=lambda: st.session_state.update({WANTED: key}))
    if st.session_state.get(WANTED) != key:
        return
    with st.spinner("Taking pixels away…", show_time=False):
        mine, *random = FAITHFULNESS.get(key, lambda: _measured(subject, pixels, asked, fill))
    if not np.isfinite(mine.deletion.probabilities).all():
        show_html(notice("The output of this network is no probability, so there is none to fall."))
        return
    left, right = st.columns(2)
    with left:
        _draw("Taken away", "pixels taken away", mine.deletion, [each.deletion for each in random])
    with right:
        _draw("Given", "pixels given", mine.insertion, [each.insertion for each in random])
    _say(mine, random)


def _measured(subject: Subject, pixels: Pixels, asked: Asked, fill: str) -> tuple[Faithfulness, ...]:
    """Return how the answer goes in the order of the map, and in some random ones."""
    inside, values = services.inference(), found_attribution(subject, pixels, asked).values
    orders = [values]
    for seed in range(RANDOM_ORDERS):
        ranks = np.random.default_rng(seed).permutation(values.size).astype(np.int32)
        orders.append(ranks.reshape(values.shape))
    return tuple(faithfulness(inside, subject, pixels, order, asked.target, fill=fill) for order in orders)


def _draw(title: str, axis: str, course: Course, random: list[Course]) -> None:
    mean = np.mean([each.probabilities for each in random], axis=0)
    curves = (
        Curve("in the order of the map", course.shares.tolist(), course.probabilities.tolist()),
        Curve(f"mean of {len(random)} random orders", course.shares.tolist(), mean.tolist(), random=True),
    )
    alt = f"{title}: P of the answer against the share of {axis}, in the order of the map and in random orders."
    plot(f"pixels_{title.split()[0].lower()}", worth_figure(title, axis, curves), alt)


def _say(mine: Faithfulness, random: list[Faithfulness]) -> None:
    """Say which order is the better one, by the areas under the curves."""
    gone, given = mine.deletion.area, mine.insertion.area
    other_gone = float(np.mean([each.deletion.area for each in random]))
    other_given = float(np.mean([each.insertion.area for each in random]))
    if gone is None or given is None:
        return
    better = [gone < other_gone, given > other_given]
    said = {
        (True, True): "Both ways its order is better than chance.",
        (True, False): "Taken away, its pixels matter more than random ones; given alone, they do not.",
        (False, True): "Given alone, its pixels say more than random ones; taken away, they are not missed more.",
        (False, False): "Neither way its order is better than chance: its most important pixels are not.",
    }[better[0], better[1]]
    show_html(
        notice(bold(said)),
        quiet(
            f"Areas under the curves: taken away {two_digits(gone)}, random {two_digits(other_gone)} (less is better); "
            f"given {two_digits(given)}, random {two_digits(other_given)} (more is better). Pixels in random order "
            "leave a picture that the network has never seen, so that it may be lost at once."
        ),
    )
