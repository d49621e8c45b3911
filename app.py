"""Launch CNN Lab: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from cnnlab.ui.messages import OnlyNeededMessages
from cnnlab.ui.routes import ROUTES
from cnnlab.ui.server import lifespan, refuse_wrong_settings
from cnnlab.ui.visitor import VisitorCookie

refuse_wrong_settings()
DOOR = [Middleware(VisitorCookie), Middleware(OnlyNeededMessages)]
app = st.App("cnnlab/ui/shell.py", lifespan=lifespan, routes=ROUTES, middleware=DOOR)
