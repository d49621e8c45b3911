"""Launch CNN Lab: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from cnnlab.ui.door import Door
from cnnlab.ui.file_door import FileDoor
from cnnlab.ui.first_page import OurWords
from cnnlab.ui.messages import OnlyNeededMessages
from cnnlab.ui.places import make_room
from cnnlab.ui.proxies import believe_only
from cnnlab.ui.routes import ROUTES
from cnnlab.ui.server import lifespan, refuse_wrong_settings
from cnnlab.ui.services import settings
from cnnlab.ui.visitor import VisitorCookie

refuse_wrong_settings()
make_room()
believe_only(settings().trusted_proxies)
BEFORE = [Middleware(kind) for kind in (Door, VisitorCookie, FileDoor, OurWords, OnlyNeededMessages)]
app = st.App("cnnlab/ui/shell.py", lifespan=lifespan, routes=ROUTES, middleware=BEFORE)
