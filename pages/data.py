"""Show what the current data set holds, and whether it can be trusted."""

import streamlit as st

from cnnlab.ui.data.choose import choose_data
from cnnlab.ui.data.directories import directory_explorer
from cnnlab.ui.data.fetch import fetch_panel
from cnnlab.ui.data.large_upload import large_upload
from cnnlab.ui.data.report import show_data
from cnnlab.ui.parts import frame

frame.page("Data", "What am I training on, and can I trust it?")
left, right = st.columns([3, 9], gap="medium")
with left:
    choose_data()
    large_upload()
with right:
    fetch_panel()
    show_data()
    directory_explorer()
