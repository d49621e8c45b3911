"""What every command does alike: read a file, refuse in one sentence, print."""

from pathlib import Path

from cnnlab.core.network import Network


class CommandError(Exception):
    """Say in one sentence what is wrong with what was asked for."""


def read(path: Path) -> bytes:
    """Return what a file holds; raise `CommandError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def read_network(path: Path | None) -> Network:
    """Return the network of a JSON file, the post's without one; raise `NetworkFormatError` if it is none."""
    return Network.seed() if path is None else Network.from_json(read(path), str(path))


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)
