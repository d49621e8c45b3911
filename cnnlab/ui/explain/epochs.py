"""Show one explanation of the followed picture after every kept epoch of its training."""

import numpy as np
import streamlit as st

from cnnlab.core.explain.asked import Asked, ExplainError
from cnnlab.core.explain.methods import TABLE
from cnnlab.core.pictures import Pixels
from cnnlab.core.words.numbers import two_digits
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import FileWeights, Weighted
from cnnlab.runs.record import Run
from cnnlab.runs.record.findings import read_followed
from cnnlab.runs.store.trained import Trained, of_run
from cnnlab.ui.explain.found import found_attribution, outputs_of
from cnnlab.ui.explain.target import Answer, answers_of
from cnnlab.ui.explain.view import draw_figures
from cnnlab.ui.explain.why import UNITS
from cnnlab.ui.inside.meaning import Meaning
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import runs, store
from cnnlab.viz.explain.figures import Figure
from cnnlab.viz.html import bold, heading, quiet, tag, together

MOST_EPOCHS = 12
METHOD, WANTED = "epochs_method", "epochs_wanted"


def explained_epochs(run: Run) -> None:
    """Offer the explanations of the answer that the run gives at its end; nothing where no epochs were kept."""
    trained = None if run.is_recorded or not run.is_terminal else of_run(store(), run)
    picture = read_followed(runs().folder(run.id), run.spec.network.input_shape)
    if trained is None or picture is None or not trained.epochs:
        return
    show_html(heading("What decided, epoch by epoch"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Method",
            list(TABLE),
            key=METHOD,
            format_func=lambda name: TABLE[name].title,
            persist_state="session",
            width=260,
        )
        st.button("Explain", key="epochs_explain", on_click=lambda: st.session_state.update({WANTED: run.id}))
    if st.session_state.get(WANTED) != run.id:
        return
    try:
        _draw(trained, picture, chosen(METHOD, TABLE, next(iter(TABLE))))
    except (ExplainError, InferenceError) as error:
        refuse(error)


def _draw(trained: Trained, picture: Pixels, method: str) -> None:
    answer = answers_of(outputs_of(_weighted(trained), picture)[0], Meaning(trained.classes, trained.data_name))[0]
    asked = Asked(method, answer.target.unit, answer.target.sign)
    epochs = _spread(trained.epochs)
    bar = st.progress(0.0)
    figures = []
    for done, epoch in enumerate(epochs):
        bar.progress(done / len(epochs), text=f"Epoch {epoch}…")
        figures.append(_figure(trained.at_epoch(epoch), epoch, picture, asked, answer))
    bar.empty()
    draw_figures("epochs_view", picture, figures, small=True)
    show_html(quiet(f"What speaks for {answer.name}, the answer at the end: blue for it, brown against it."))


def _figure(trained: Trained, epoch: int, picture: Pixels, asked: Asked, answer: Answer) -> Figure:
    found = found_attribution(_weighted(trained), picture, asked)
    title = together(bold(f"epoch {epoch}"), tag("span", f"score {two_digits(found.score)}"))
    alt = f"{TABLE[asked.method].title} for {answer.name} after epoch {epoch}."
    return Figure(f"epoch{epoch}", title, alt, found.values, UNITS[asked.method])


def _weighted(trained: Trained) -> Weighted:
    return Weighted(trained.network, FileWeights(trained.path, trained.rescale))


def _spread(epochs: tuple[int, ...]) -> list[int]:
    """Return the epochs that are shown, the first and the last among them."""
    places = np.linspace(0, len(epochs) - 1, min(MOST_EPOCHS, len(epochs))).round().astype(int)
    return [epochs[i] for i in places]
