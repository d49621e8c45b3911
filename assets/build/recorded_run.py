"""Keep a training as the run that ships: `python assets/build/recorded_run.py FOLDER`, the folder of a run.

`demo_weights.py` does so with the training that makes the shipped weights. What tells of the machine and what is large
(weights, checkpoint, files for TensorBoard) is left out.
"""

import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cnnlab.runs.store.recorded import FOLDER

NAME = "recorded run"
KEPT = ("created", "finished", "state", "spec")


def keep(run: Path) -> None:
    """Write what tells how a training went into assets/recorded."""
    FOLDER.mkdir(exist_ok=True)
    told = json.loads((run / "run.json").read_text(encoding="utf-8"))
    facts = {name: told[name] for name in KEPT}
    facts["spec"]["name"] = NAME
    (FOLDER / "run.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    with (run / "metrics.jsonl").open(encoding="utf-8") as events, (FOLDER / "metrics.jsonl").open("w") as kept:
        for line in events:
            event = json.loads(line)
            event.pop("host", None)
            kept.write(json.dumps(event) + "\n")
    shutil.copyfile(run / "evaluation.json", FOLDER / "evaluation.json")


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
