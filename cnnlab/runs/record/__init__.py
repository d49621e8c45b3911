"""Say what a run is: its settings, states, events and owner."""

from cnnlab.runs.record.record import (
    ACTIVE,
    LONGEST_NAME,
    MAX_SEED,
    OPTIMIZERS,
    TERMINAL,
    TRANSITIONS,
    Run,
    RunError,
    RunSpec,
    State,
    loss_for,
    pick_loss,
    problems,
)

__all__ = [
    "ACTIVE",
    "LONGEST_NAME",
    "MAX_SEED",
    "OPTIMIZERS",
    "TERMINAL",
    "TRANSITIONS",
    "Run",
    "RunError",
    "RunSpec",
    "State",
    "loss_for",
    "pick_loss",
    "problems",
]
