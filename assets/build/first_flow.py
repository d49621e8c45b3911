"""Make the flow that the home page begins with: `python assets/build/first_flow.py`, after `demo_weights.py`.

The picture is the validation silhouette `INDEX` of `cnnlab/ui/pictures/first.py`.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cnnlab.core.data.held import Measure
from cnnlab.core.settings import Settings
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, Weighted
from cnnlab.runs.store.trained import demo
from cnnlab.ui.home.shipped import FILE, key_of
from cnnlab.ui.pictures.first import first_picture
from cnnlab.viz.inside.flow import flow
from cnnlab.viz.inside.flow_file import write_flow


def main() -> None:
    """Look at the picture with the shipped weights, and put what is drawn of it into assets/home."""
    trained = demo()
    pixels = first_picture().picture.prepared(Measure(*trained.network.input_shape))
    subject = Weighted(trained.network, FileWeights(trained.path, trained.rescale))
    with tempfile.TemporaryDirectory() as folder:
        inside = Inside(replace(Settings.from_env({"CNNLAB_HOME": folder}), threads=2))
        try:
            look = inside.look(subject, pixels)
        finally:
            inside.close()
    FILE.parent.mkdir(exist_ok=True)
    write_flow(
        FILE, flow(trained.network, look.outputs, look.logits), {"key": key_of(trained.network, trained.path, pixels)}
    )
    print(look.outputs[-1], FILE.stat().st_size)


if __name__ == "__main__":
    main()
