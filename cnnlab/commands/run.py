"""The command `run`: serve the app with this Python, from wherever it is installed."""

import argparse
import errno
import os
import socket
import sys
from collections.abc import Sequence

from cnnlab.commands.refusing import Command
from cnnlab.core.settings import Settings
from cnnlab.core.shipped import LAUNCHER
from cnnlab.core.words import Refusal
from cnnlab.processes.environment import ONE_HEAP

PORT = 8501
# Python's own way keeps a megabyte for as long as one small thing in it is needed: after a class of forty a server then
# holds 1.4 times what it held before, with the C library's 1.15 times, for a twentieth more of the processor. Each
# heap of a thread keeps some of it for good, and they are there before anything of ours could ask for one.
MEMORY = {"PYTHONMALLOC": "malloc", **ONE_HEAP}


def _options(run: argparse.ArgumentParser) -> None:
    run.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    run.add_argument("more", nargs="*", metavar="-- OPTION", help="options of `streamlit run`, behind --")


class PortError(Refusal):
    """Say in one sentence why nothing can be served at a port."""


def port_problem(port: int, address: str = "") -> str | None:
    """Return in one sentence why this program cannot listen at a port of an address, or None."""
    try:
        with socket.create_server((address, port)):
            return None
    except OverflowError:
        return f"{port} is no port; name one from 1 to 65535, such as cnnlab run --port {PORT}."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken by another program; end that, or name another: cnnlab run --port {port + 1}."
        if error.errno == errno.EACCES:
            return f"This user may not serve at port {port}; name one above 1023, such as cnnlab run --port {PORT}."
        return f"Nothing can be served at port {port} ({error.strerror}); name another with cnnlab run --port."


def _address(more: Sequence[str]) -> str:
    """Return the address that the options of Streamlit name; empty for all of this machine."""
    known = argparse.ArgumentParser(add_help=False)
    known.add_argument("--server.address", dest="address", default=os.environ.get("STREAMLIT_SERVER_ADDRESS", ""))
    return str(known.parse_known_args(list(more))[0].address)


def _serve(options: argparse.Namespace, _settings: Settings) -> int:
    if problem := port_problem(options.port, _address(options.more)):
        raise PortError(problem)
    # This process becomes the server.
    command = [sys.executable, "-m", "streamlit", "run", str(LAUNCHER), "--server.port", str(options.port)]
    os.execve(sys.executable, [*command, *options.more], MEMORY | dict(os.environ))


RUN = Command("run", "serve the app", _options, _serve)
