"""Launch CNN Lab: `streamlit run app.py`."""

import streamlit as st

from cnnlab.ui.routes import ROUTES
from cnnlab.ui.server import lifespan, refuse_wrong_settings

refuse_wrong_settings()
app = st.App("cnnlab/ui/shell.py", lifespan=lifespan, routes=ROUTES)
