"""Say how a process of our own is started: its command, its environment, its place."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from cnnlab.core.exchange.imported import nodes_of_rows
from cnnlab.core.inside.graph import crashes_on_gradient
from cnnlab.core.network import Network
from cnnlab.core.settings import Settings, usable_cores
from cnnlab.core.trunks.rows import is_trained, rows_of
from cnnlab.core.trunks.trunk import Trunk, TrunkError

# -P keeps the working directory out of the import path; -X faulthandler writes where a native crash happened.
PYTHON = (sys.executable, "-P", "-X", "faulthandler", "-m")
TENSORFLOW = (*PYTHON, "cnnlab.tf.sparing")
LONGEST_LOG = 1 << 20  # bytes
PACKAGE_PARENT = Path(__file__).resolve().parents[2]
ONEDNN_OFF = {"TF_ENABLE_ONEDNN_OPTS": "0"}
"""What keeps TensorFlow alive where `Kind.crashes`, at half the speed."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""What keeps NumPy from starting threads when it is loaded: limits that a process sets itself later leave them out."""

NEEDED = frozenset(["PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"])
_FAMILIES = ("LC_", "PYTHON", "CNNLAB_", "KERAS_", "TF_", "XLA_", "OMP_", "OPENBLAS_", "MKL_", "MALLOC_")
# glibc gives threads heaps of their own; with TensorFlow's, 70 to 130 MB more lie idle there, and nothing is faster.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
_OF_THE_SERVER = ("CNNLAB_TEACHER_KEY", "PYTHONMALLOC")  # what pages need, and no child
_CARDS = ("CUDA_", "NVIDIA_", "HIP_", "ROCR_")


def worker_command(folder: Path) -> list[str]:
    """Return the command that trains the run in a folder."""
    return [*TENSORFLOW, "cnnlab.tf.training.worker", str(folder)]


def warm_worker_command() -> list[str]:
    """Return the command of a worker that loads TensorFlow and then waits for a folder on its input."""
    return [*TENSORFLOW, "cnnlab.tf.training.worker", "--wait"]


def supervisor_command() -> list[str]:
    """Return the command of the supervisor; it reads its home and limits from the environment."""
    return [*PYTHON, "cnnlab.runs.engine.supervisor"]


def ray_supervisor_command() -> list[str]:
    """Return the command of the supervisor whose workers are jobs of a Ray cluster."""
    return [*PYTHON, "cnnlab.runs.ray.supervisor"]


def far_worker_command(folder: Path) -> list[str]:
    """Return the command that trains the run in a folder on another machine."""
    return [*TENSORFLOW, "cnnlab.tf.training.worker", "--far", str(folder)]


def data_command(*arguments: str) -> list[str]:
    """Return the command of a process that reads a data set; see `cnnlab.processes.data.data_job`."""
    return [*PYTHON, "cnnlab.processes.data.data_job", *arguments]


def fetch_command(key: str) -> list[str]:
    """Return the command of the process that fetches what is offered; see `cnnlab.processes.data.fetch_job`."""
    return [*PYTHON, "cnnlab.processes.data.fetch_job", key]


def inference_command() -> list[str]:
    """Return the command of the process that computes feature maps."""
    return [*TENSORFLOW, "cnnlab.tf.inside.networks"]


def reader_command() -> list[str]:
    """Return the command of the process that decodes what visitors upload as pictures."""
    return [*PYTHON, "cnnlab.processes.pictures.decoding"]


def file_decoding_command() -> list[str]:
    """Return the command of a process that reads the picture files of a data set."""
    return [*PYTHON, "cnnlab.processes.data.file_decoding"]


def sequence_reading_command() -> list[str]:
    """Return the command of a process that reads a file of sequences."""
    return [*PYTHON, "cnnlab.processes.data.sequence_reading"]


def importer_command() -> list[str]:
    """Return the command of the process that opens models of unknown origin."""
    return [*TENSORFLOW, "cnnlab.tf.inside.limited"]


def needs_onednn_off(network: Network, trunk: Trunk | None = None, home: Path | None = None) -> bool:
    """Tell whether TensorFlow crashes natively on the gradient of this network unless oneDNN is off.

    So does the gradient of what it stands on, as far as a `trunk` is trained: its layers lie in the home.
    """
    if any(layer.kind.crashes(layer.config) for layer in network.layers):
        return True
    if trunk is None or trunk.is_frozen or home is None:
        return False
    try:
        rows = rows_of(trunk, home)
        trained = [row for row, is_ in zip(rows, is_trained(trunk, rows), strict=True) if is_]
    except TrunkError:
        return False  # the training itself says so
    return crashes_on_gradient(nodes_of_rows(trained))


def child_environment(settings: Settings, network: Network | None = None, trunk: Trunk | None = None) -> dict[str, str]:
    """Return the environment of a child: ours, the settings in force, and what `network` on `trunk` needs to train."""
    search = [str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
    return {
        **ONE_HEAP,
        # Left alone, it takes as many as the machine has cores, whatever a container may use. A training says its own.
        "TF_NUM_INTRAOP_THREADS": f"{usable_cores()}",
        **{name: value for name, value in os.environ.items() if not name.startswith(_OF_THE_SERVER)},
        **far_environment(settings, network, trunk),
        "PYTHONPATH": os.pathsep.join(filter(None, search)),
        "CNNLAB_ENGINE": settings.engine,
        "CNNLAB_RAY_ADDRESS": settings.ray_address,
    }


def limited_environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a child that opens what strangers send: nothing that might be a secret.

    Of ours it has what Python, its libraries and the graphics card go by.
    """
    env = child_environment(settings)
    return {name: value for name, value in env.items() if name in NEEDED or name.startswith(_FAMILIES + _CARDS)}


def far_environment(settings: Settings, network: Network | None = None, trunk: Trunk | None = None) -> dict[str, str]:
    """Return what a child on another machine needs of our environment, and nothing that belongs to this machine."""
    env = {
        "PYTHONPATH": str(PACKAGE_PARENT),
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        # Left alone, TensorFlow takes it on newer processors only; without it a training takes half as long again.
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "CNNLAB_HOME": str(settings.home),
        "CNNLAB_MAX_EPOCHS": str(settings.max_epochs),
        "CNNLAB_MAX_PARAMS": str(settings.max_params),
        "CNNLAB_MAX_PIXELS": str(settings.max_pixels),
        "CNNLAB_MAX_DISK_MB": str(settings.max_disk_mb),
        "CNNLAB_MAX_MINUTES": str(settings.max_minutes),
        "CNNLAB_SLOTS": str(settings.slots),
    }
    if network is not None and needs_onednn_off(network, trunk, settings.home):
        env |= ONEDNN_OFF
    return env


def start_detached(
    command: Sequence[str], env: dict[str, str], folder: Path, log: Path, stdin: int | IO[bytes] = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own, in `folder`, with its output in a file that needs no reader.

    A log that has become long makes room for a new one.
    """
    with contextlib.suppress(OSError):
        if log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_name(f"{log.name}.old"))
    with log.open("ab") as output:
        return subprocess.Popen(
            command, env=env, cwd=folder, stdin=stdin, stdout=output, stderr=output, start_new_session=True
        )
