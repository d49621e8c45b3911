"""Draw what a series of trainings has found: how accurate networks get from so many pictures."""

from collections.abc import Sequence

import streamlit as st

from cnnlab.core.data.survey.layouts import counted
from cnnlab.core.words.numbers import percent
from cnnlab.runs.judge.amounts import BORROWED, OWN, Amount, amounts, as_csv, by_size
from cnnlab.runs.record import Run
from cnnlab.runs.store.series_models import bytes_of_models, drop_models
from cnnlab.ui.parts.html import show_html
from cnnlab.ui.parts.plot import plot
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.sent import chosen
from cnnlab.ui.session.services import engine, runs, store
from cnnlab.ui.session.visitor import me
from cnnlab.ui.training.run.compare import story_of
from cnnlab.viz.html import bold, heading, paragraph, quiet
from cnnlab.viz.training.amounts import amount_curves

MOST_RUNS, ONE, REFUSED = 200, "series_run", "drop_refused"


def of_series(run: Run) -> list[Run]:
    """Return the trainings of a run's series, oldest first; none if it has no series."""
    if not run.spec.series:
        return []
    return [one for one in reversed(store().runs(MOST_RUNS)) if one.spec.series == run.spec.series]


def one_a_series(offered: Sequence[Run], kept: str) -> list[Run]:
    """Return the runs with the oldest one alone of each series, and the one called `kept`."""
    first = {run.spec.series: run.id for run in offered if run.spec.series}
    return [run for run in offered if not run.spec.series or run.id in (first[run.spec.series], kept)]


def series_goes_on(run: Run) -> bool:
    """Tell whether any training of a run's series trains or waits."""
    return any(not one.is_terminal for one in of_series(run))


def amounts_view(run: Run) -> None:
    """Draw the answer so far above a training of a series; nothing for any other."""
    series = of_series(run)
    if not series:
        return
    waiting = [one for one in series if not one.is_terminal]
    found = amounts(series, [story_of(one) for one in series])
    said = _said(found) if found or waiting else "None of them has finished."
    with st.container(key="amounts"):
        show_html(
            heading("How much data do you need?"),
            paragraph(bold(f"{len(series) - len(waiting)} of {len(series)} trainings"), " have ended. ", said),
        )
        if found:
            kinds = [(kind, by_size(found, kind)) for kind in (OWN, BORROWED)]
            classes = len(runs().story(run.id).first_start.get("classes", ())) or 2
            plot("amount_curves", amount_curves(kinds, 1 / classes), f"Accuracy by number of pictures. {said}")
            show_html(
                quiet(
                    f"{_epochs_said(series)} Validation accuracy after the last epoch, always on the same validation "
                    "pictures. Each small mark is one training; the line runs through the means, the bar from the "
                    "lowest to the highest seed. The dotted line is what guessing reaches."
                )
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _choose(run, series)
            if found:
                st.download_button(
                    "CSV", as_csv(found), "amounts.csv", "text/csv", key="amounts_csv", on_click="ignore"
                )
            if any(one.owner == me() for one in waiting):
                st.button("Stop the series", key="stop_series", on_click=_stop, args=([one.id for one in waiting],))
        if not waiting:
            _models(run, series)


def _models(run: Run, series: Sequence[Run]) -> None:
    """Say how much room the models of the other trainings take, with a press that drops them."""
    others = [one for one in series if one.id != run.id and one.owner == me()]
    size = bytes_of_models(runs().folder(one.id) for one in others)
    if size:
        st.button(
            f"Keep the numbers, drop the other models ({size / 1e6:,.0f} MB)",
            key="drop_models",
            on_click=_drop,
            args=([one.id for one in others],),
            help="Curves, accuracies and answers stay; only the training shown below keeps its model.",
        )
    if refused := st.session_state.pop(REFUSED, ""):
        refuse(refused)


def _drop(ids: Sequence[str]) -> None:
    try:
        for run_id in ids:
            drop_models(runs().folder(run_id))
    except OSError as error:
        st.session_state[REFUSED] = f"Not all models could be dropped ({error.strerror}); try again."


def _epochs_said(series: Sequence[Run]) -> str:
    """Say how long each kind was trained."""
    epochs = {OWN if one.spec.trunk is None else BORROWED: counted(one.spec.epochs, "epoch") for one in series}
    if BORROWED not in epochs:
        return f"The own network trained for {epochs[OWN]}."
    return f"The own network trained for {epochs[OWN]}, the head on the trunk for {epochs[BORROWED]}."


def _choose(run: Run, series: Sequence[Run]) -> None:
    """Draw which training of the series is shown below; the address bar keeps it."""
    labels = {one.id: f"{one.spec.name}, seed {one.spec.seed}: {one.state}" for one in series}
    st.session_state[ONE] = run.id
    st.selectbox(
        "Training shown below",
        list(labels),
        key=ONE,
        format_func=lambda run_id: labels.get(run_id, run_id),
        on_change=lambda: st.query_params.update(run=chosen(ONE, labels, run.id)),
        width=360,
    )


def _said(found: Sequence[Amount]) -> str:
    """Return in one sentence what the fewest and the most pictures gave, of both kinds where both have them."""
    own, borrowed = by_size(found, OWN), by_size(found, BORROWED)
    both = [n for n in own if n in borrowed]
    if not both and not found:
        return "The first numbers come soon."

    def mean(values: Sequence[float]) -> str:
        return percent(sum(values) / len(values))

    if both:
        told = [f"from {n} pictures {mean(own[n])} ({OWN}) and {mean(borrowed[n])} ({BORROWED})" for n in both]
    else:
        kind, known = (OWN, own) if own else (BORROWED, borrowed)
        told = [f"from {n} pictures {mean(known[n])} ({kind})" for n in known]
    told = [told[0], told[-1]]
    return f"Mean accuracy {', '.join(dict.fromkeys(told))}."


def _stop(ids: Sequence[str]) -> None:
    for run_id in ids:
        engine().stop(run_id)
