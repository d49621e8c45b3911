"""The command `run`: serve the app with this Python, from wherever it is installed."""

import argparse
import os
import sys

from cnnlab.commands.refusing import Command
from cnnlab.core.settings import Settings
from cnnlab.core.shipped import LAUNCHER

PORT = 8501


def _options(run: argparse.ArgumentParser) -> None:
    run.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    run.add_argument("more", nargs="*", metavar="-- OPTION", help="options of `streamlit run`, behind --")


def _serve(options: argparse.Namespace, _settings: Settings) -> int:
    # This process becomes the server.
    command = [sys.executable, "-m", "streamlit", "run", str(LAUNCHER), "--server.port", str(options.port)]
    os.execv(sys.executable, [*command, *options.more])


RUN = Command("run", "serve the app", _options, _serve)
