"""Write a flow to a file and read it again, so that the first one need not wait for anything to be computed."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.viz.inside.flow import Column, Flow


def write_flow(file: Path, drawn: Flow, about: dict[str, Any]) -> None:
    """Write a flow, and what `about` says of it as JSON, as .npz."""
    columns = [{key: value for key, value in asdict(each).items() if key != "image"} for each in drawn.columns]
    images = {f"image{i}": np.frombuffer(each.image, np.uint8) for i, each in enumerate(drawn.columns)}
    logits = {} if drawn.logits is None else {"logits": drawn.logits}
    facts = np.array(json.dumps({"columns": columns, "about": about}))
    np.savez(file, facts=facts, output=drawn.output, **logits, **images)  # type: ignore[arg-type]


def read_flow(file: Path) -> tuple[Flow, dict[str, Any]]:
    """Return the flow in a file that `write_flow` wrote, and what is said about it."""
    with np.load(file, allow_pickle=False) as arrays:
        facts = json.loads(str(arrays["facts"]))
        columns = tuple(
            Column(**_as_tuples(each), image=arrays[f"image{i}"].tobytes()) for i, each in enumerate(facts["columns"])
        )
        return Flow(columns, arrays["output"], arrays.get("logits")), facts["about"]


def _as_tuples(column: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in column.items()}
