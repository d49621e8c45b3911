"""Open a model with its trunk to be looked into, as models of others are: read-only, whatever its form."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from cnnlab.core.exchange.imported import ModelFileError
from cnnlab.ui.inside.models import keep_model
from cnnlab.ui.inside.wish import look_with
from cnnlab.ui.parts.refuse import refuse
from cnnlab.ui.session.services import importer
from cnnlab.ui.session.visitor import me, origin

WHY = "It is a head on a borrowed trunk, whose layers are only read: all of them are here, the trunk's own first."


def opened_whole(path: Path, name: str, scale: float) -> bool:
    """Let every page look into a model file whose pixels were multiplied by `scale`; say why if that cannot be."""
    try:
        with st.spinner("Opening the model with its trunk …"):
            model = importer().open(path.read_bytes(), name, me(), origin())
    except (ModelFileError, OSError) as error:
        refuse(error if isinstance(error, ModelFileError) else "The model of this run is gone.")
        return False
    look_with(keep_model(replace(model, why=WHY), (scale, 0.0)))
    return True
