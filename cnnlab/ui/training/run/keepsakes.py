"""Let a visitor take a run along: curves, model, a notebook that trains it again, or the whole folder."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.training.story import Event, Story
from cnnlab.runs.judge.rebuild import MODEL_FILE, rebuilding_script
from cnnlab.runs.judge.retrain import bundled_pictures, retraining_notebook
from cnnlab.runs.record import Run, RunSpec
from cnnlab.runs.record.by_hand import rates_by_hand
from cnnlab.runs.store.trained import key_of
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.pages import TITLES, go
from cnnlab.ui.session.services import runs, settings
from cnnlab.ui.training.run.report import conclusion_field, report_button
from cnnlab.ui.training.run.sent_files import model_link, whole_link
from cnnlab.ui.trunks.whole import opened_whole


def take_along(run: Run, story: Story) -> None:
    """Draw the downloads, each made when it is pressed."""
    ended, start = story.epochs, story.last_start
    can_train_again = "loss" in start and not run.spec.range_test
    model = runs().model_path(run.id)
    spec, run_id = run.spec, run.id
    if ended:
        conclusion_field(run)
    with st.container(horizontal=True, key="take_run_along"):
        if ended:
            report_button(run, story)
            st.download_button("Curves as CSV", _as_csv(ended), f"{run_id}.csv", "text/csv", on_click="ignore")
        if model.exists():
            model_link(run_id)
        if can_train_again and spec.network.rank == 2:
            st.download_button(
                "Notebook",
                lambda: retraining_notebook(spec, start["loss"], tuple(start["classes"]), rates_by_hand(story)),
                f"{run_id}.ipynb",
                "application/x-ipynb+json",
                on_click="ignore",
                help="Trains the same network again with plain Keras.",
            )
        if spec.trunk is not None and model.exists():
            _script(spec, run_id)
        if can_train_again and spec.data in SETS:
            most = settings().max_pixels
            st.download_button(
                "Pictures (.zip)",
                lambda: bundled_pictures(spec, most),
                f"{run_id}-pictures.zip",
                "application/zip",
                on_click="ignore",
                help="Exactly the pictures it learned from, in folders, for the notebook.",
            )
        whole_link(run_id)
        if run.is_recorded or model.exists():
            _look_inside(run, story, model)


def _script(spec: RunSpec, run_id: str) -> None:
    """Draw the download of the script that rebuilds a run on a trunk."""
    st.download_button(
        "Script (.py)",
        lambda: rebuilding_script(spec),
        f"{run_id}.py",
        "text/x-python",
        on_click="ignore",
        help=f"Rebuilds trunk and head in plain Keras, takes the weights from the model beside it ({MODEL_FILE}), and "
        "answers to pictures.",
    )


def _look_inside(run: Run, story: Story, model: Path) -> None:
    """Draw the press that opens the page where its trained network can be looked into.

    What stands on a trunk is opened whole, as a model of others is.
    """
    if run.spec.network.rank == 2:
        wanted = "feature_maps" if st.button("See its feature maps", key=f"maps_{run.id}") else ""
    else:
        there = "sequences" in TITLES
        wanted = "sequences" if there and st.button("See what it reads", key=f"reads_{run.id}") else ""
    if not wanted:
        return
    if run.spec.trunk is None:
        look_with(key_of(run))
    elif not opened_whole(model, run.spec, tuple(map(str, story.first_start.get("classes", ())))):
        return
    go(wanted)


def _as_csv(ended: Sequence[Event]) -> str:
    out = io.StringIO()
    names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"]
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(ended)
    return out.getvalue()
