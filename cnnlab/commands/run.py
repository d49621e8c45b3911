"""The command `run`: serve the app with this Python, from wherever it is installed."""

import argparse
import os
import sys

from cnnlab.core.settings import Settings
from cnnlab.core.shipped import LAUNCHER

PORT = 8501


def serve(options: argparse.Namespace, _settings: Settings) -> int:
    """Become the server; what follows `--` goes to `streamlit run`."""
    command = [sys.executable, "-m", "streamlit", "run", str(LAUNCHER), "--server.port", str(options.port)]
    os.execv(sys.executable, [*command, *options.more])
