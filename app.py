"""Launch CNN Lab: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from cnnlab.core.shipped import PACKAGE
from cnnlab.ui.app.compressed import CompressedOnce
from cnnlab.ui.app.door import Door
from cnnlab.ui.app.file_door import FileDoor
from cnnlab.ui.app.first_page import OurWords
from cnnlab.ui.app.messages import OnlyNeededMessages
from cnnlab.ui.app.places import make_room
from cnnlab.ui.app.proxies import believe_only
from cnnlab.ui.app.routes import routes
from cnnlab.ui.app.server import lifespan, refuse_wrong_settings
from cnnlab.ui.app.told_once import tell_from_memory
from cnnlab.ui.session.services import settings
from cnnlab.ui.session.visitor import VisitorCookie

refuse_wrong_settings()
make_room()
believe_only(settings().trusted_proxies)
tell_from_memory()
BEFORE = [Middleware(kind) for kind in (Door, VisitorCookie, FileDoor, OurWords, CompressedOnce, OnlyNeededMessages)]
app = st.App(PACKAGE / "ui" / "shell.py", lifespan=lifespan, routes=routes(), middleware=BEFORE)
