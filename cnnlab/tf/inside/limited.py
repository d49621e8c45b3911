"""Be the process that opens models of unknown origin: `python -m cnnlab.tf.inside.limited`, a socket as its input.

It has limits on memory, files, programs and connections, and nobody else's work in it: whatever a file does to Keras
or HDF5, it does here.
"""

import tempfile
from pathlib import Path

from cnnlab.core.settings import Settings
from cnnlab.processes.home.files import scratch_folder
from cnnlab.processes.limits.landlock import ANYWHERE, confine
from cnnlab.processes.model_files import KEPT_MODELS


def limit(home: Path) -> None:
    """Let this process write only into a folder of its own and those of kept models, which it mends in place.

    A graphics card is a file that is written to.
    """
    scratch = scratch_folder(home)
    tempfile.tempdir = str(scratch)
    (home / KEPT_MODELS).mkdir(exist_ok=True)
    confine(reads=[ANYWHERE], writes=[scratch, home / KEPT_MODELS, *Path("/dev").glob("nvidia*")])


if __name__ == "__main__":
    limit(Settings.from_env().home)
    # Only now: threads that TensorFlow starts when it is loaded would be left out of the limits.
    from cnnlab.tf.inside.models import ModelRoom
    from cnnlab.tf.inside.serving import main

    main(ModelRoom())
