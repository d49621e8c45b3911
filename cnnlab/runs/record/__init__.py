"""Say what a run is: its settings, states, events and owner."""

from cnnlab.runs.record.losses import RunError, loss_for, pick_loss
from cnnlab.runs.record.problems import problems
from cnnlab.runs.record.record import ACTIVE, LONGEST_NAME, RECORDED, TERMINAL, TRANSITIONS, Run, RunSpec, State

__all__ = [
    "ACTIVE",
    "LONGEST_NAME",
    "RECORDED",
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
