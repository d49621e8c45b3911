"""Be a process that reads a file of sequences: `python -m cnnlab.processes.data.sequence_reading`.

Its input is a socket.

Whatever a hostile file does, it does here, with limits on memory and time; `limited_sequences` asks it.
"""

import signal
import sys
from pathlib import Path
from typing import Any

from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.reading import MOST_BYTES, read
from cnnlab.processes.answering import serve, take_connection
from cnnlab.processes.frames import Array
from cnnlab.processes.limits.landlock import ANYWHERE, confine
from cnnlab.processes.limits.memory import limit_memory

MEMORY = 6 * MOST_BYTES
LONGEST = 120  # seconds: a process whose parent was killed in the meantime ends by itself


def main() -> int:
    """Serve until the other side closes the connection."""
    connection = take_connection()
    limit_memory(MEMORY)
    confine(reads=[ANYWHERE])
    return serve(connection, lambda header, _arrays: answer_request(header))


def answer_request(header: dict[str, Any]) -> tuple[dict[str, Any], list[Array]]:
    """Return what a file holds, or in one sentence why it holds no sequences."""
    if header["request"] == "ping":
        return {}, []
    signal.alarm(LONGEST)
    try:
        found = read(Path(header["path"]))
    except SequenceError as refused:
        return {"refused": str(refused)}, []
    except OSError as error:
        return {"refused": f"The file cannot be read: {error.strerror}."}, []
    except MemoryError:
        return {"refused": "It needs too much memory to be read; take fewer or shorter sequences."}, []
    finally:
        signal.alarm(0)
    lengths = [] if found.lengths is None else [found.lengths]
    return {"classes": found.classes, "unknown": found.unknown}, [found.codes, found.labels, *lengths]


if __name__ == "__main__":
    sys.exit(main())
