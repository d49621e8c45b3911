"""Open a model with its trunk to be looked into, as models of others are: read-only, whatever its form."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.runs.record import RunSpec
from cnnlab.ui.inside.models import keep_model
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.services import importer
from cnnlab.ui.session.visitor import me, origin

WHY = "It is a head on a borrowed trunk, whose layers are only read: all of them are here, the trunk's own first."


def opened_whole(path: Path, spec: RunSpec, classes: tuple[str, ...]) -> bool:
    """Let every page look into the model file of a run that learned these classes; say why if that cannot be."""
    try:
        with st.spinner("Opening the model with its trunk …"):
            model = importer().open(path.read_bytes(), f"{spec.name}.keras", me(), origin())
    except (ModelFileError, OSError) as error:
        refuse(error if isinstance(error, ModelFileError) else "The model of this run is gone.")
        return False
    known = replace(model, why=WHY, classes=classes, data_name=spec.data_name)
    look_with(keep_model(known, (spec.augmentation.rescale, 0.0)))
    return True
