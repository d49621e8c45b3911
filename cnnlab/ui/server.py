"""Do what the server does before its first visitor and after its last."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

from cnnlab.core.settings import SettingsError
from cnnlab.runs.local import hold_server_lock
from cnnlab.runs.record import RunError
from cnnlab.ui import services


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Hold the home while the server lives, take care of runs that wait, and warm the inference process."""
    try:
        settings = services.settings()
        settings.home.mkdir(parents=True, exist_ok=True)
        held = hold_server_lock(settings.home)
    except (SettingsError, RunError, OSError) as error:
        sys.stderr.write(f"CNN Lab cannot start: {error}\n")
        raise SystemExit(2) from None
    try:
        services.engine().start()
        services.inference().warm()
        yield None
    finally:
        services.inference().close()
        held.close()
