"""Let the learning rate fall while a training goes on: Keras' schedules, with Keras' names and parameters.

A schedule counts steps, that is batches, from the start of the training. The formulas are those of
`keras.optimizers.schedules` (Keras 3).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab.core.words import Refusal

EXPONENTIAL, COSINE = "ExponentialDecay", "CosineDecay"
SCHEDULES = (EXPONENTIAL, COSINE)
LEAST_DECAY_RATE = 1e-6


class ScheduleError(Refusal):
    """Say in one sentence what in a schedule cannot be read or used."""


@dataclass(frozen=True)
class Schedule:
    """Hold a schedule by Keras' class name; `decay_steps` is in batches.

    `decay_rate` and `staircase` are for ExponentialDecay, `alpha`, the share of the rate that is left at the end, for
    CosineDecay; the others stay at their defaults.
    """

    class_name: str
    decay_steps: int
    decay_rate: float = 0.1
    staircase: bool = False
    alpha: float = 0.0

    @property
    def config(self) -> dict[str, Any]:
        """Return Keras' arguments beside `initial_learning_rate`."""
        if self.class_name == COSINE:
            return {"decay_steps": self.decay_steps, "alpha": self.alpha}
        return {"decay_steps": self.decay_steps, "decay_rate": self.decay_rate, "staircase": self.staircase}

    def rate_at(self, initial: float, step: int) -> float:
        """Return the learning rate of a step (from 0)."""
        if self.class_name == COSINE:
            share = min(step, self.decay_steps) / self.decay_steps
            return initial * ((1 - self.alpha) * 0.5 * (1 + math.cos(math.pi * share)) + self.alpha)
        power = step // self.decay_steps if self.staircase else step / self.decay_steps
        return initial * self.decay_rate**power

    def __str__(self) -> str:
        """Return the call without the module and the initial rate."""
        given = ", ".join(f"{key}={value!r}" for key, value in self.config.items() if value is not False)
        return f"{self.class_name}({given})"

    def to_dict(self) -> dict[str, Any]:
        """Return the schedule as Keras serializes one."""
        return {"class_name": self.class_name, "config": self.config}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Schedule":
        """Read what `to_dict` wrote; raise `ScheduleError` for anything else."""
        try:
            return cls(str(data["class_name"]), **data["config"])
        except (KeyError, TypeError) as error:
            raise ScheduleError(f"This learning-rate schedule cannot be read: {error}.") from None

    def problem(self) -> str | None:
        """Return in one sentence why this schedule cannot be used, or None."""
        if self.class_name not in SCHEDULES:
            return f"The schedule must be one of {', '.join(SCHEDULES)}, not {self.class_name!r}."
        if not isinstance(self.decay_steps, int) or self.decay_steps < 1:
            return f"decay_steps must be a whole number of batches of at least 1, but is {self.decay_steps}."
        if not LEAST_DECAY_RATE <= self.decay_rate <= 1:
            return f"decay_rate must be at least {LEAST_DECAY_RATE:g} and at most 1, but is {self.decay_rate}."
        if not 0 <= self.alpha <= 1:
            return f"alpha must lie between 0 and 1, but is {self.alpha}."
        return None
