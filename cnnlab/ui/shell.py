"""Route every visit to its page; the launcher `app.py` starts this script."""

import sys
from pathlib import Path

import streamlit as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from cnnlab.ui.parts.pages import TITLES, page  # noqa: E402 - Streamlit puts only this script's folder on the path

st.navigation([page(name) for name in TITLES], position="top").run()
