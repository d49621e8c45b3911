"""Offer what can be asked and what can be a goal, so that nobody need type an expression; and find it again in one."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnlab.core.lessons.run_facts import FACTS_OF_RUNS, YOURS

OF_LAYER: Mapping[str, str] = {
    "shape": "the output shape",
    "height": "the height of the maps",
    "width": "the width of the maps",
    "channels": "the output channels",
    "params": "the parameters",
    "weights": "the weights, without the biases",
    "field": "the receptive field",
    "macs": "the multiply-adds",
}
"""Facts of one layer that can be asked for, in words."""
OF_ALL: Mapping[str, str] = {
    "total_params": "the parameters of the whole network",
    "total_macs": "the multiply-adds of the whole network",
    "layers": "the number of layers",
    "says": "what the network says of the picture",
    "sure": "how sure the network is of it",
    "probability": "the output: the probability of class 1",
    "largest": "the largest value of the selected map",
    "largest_row": "the row of that largest value",
    "largest_column": "the column of that largest value",
}
"""Facts that need no layer and can be asked for, in words."""
MEASURED = ("sure", "probability", "largest")
"""Facts that are read from a screen, so that an answer may be off by a little."""
OFF = 0.02
"""How far an answer that was read from a screen may be off, as a share of it."""
GOALS: Mapping[str, str] = {
    "total_params": "parameters of the whole network",
    "total_macs": "multiply-adds of the whole network",
    "layers": "number of layers",
    "val_accuracy": "validation accuracy of an own training (0 to 1)",
    "accuracy": "training accuracy of an own training (0 to 1)",
    "val_loss": "validation loss of an own training",
    "run_epochs": "epochs of an own training",
    "run_params": "parameters of the network of an own training",
    "mistakes": "mistakes of an own training",
    "input_height": "rows of the picture that goes in",
}
"""Facts that need no layer and can be a goal, in words."""
SIGNS: Mapping[str, str] = {"<=": "at most", ">=": "at least", "<": "below", ">": "above", "==": "exactly"}
_HERE = "place_layer == selected and place_channel == channel"
PLACES: Mapping[str, str] = {
    f"{_HERE} and value >= 0.9 * largest": "where the selected map is largest",
    f"{_HERE} and value == 0": "where the selected map is zero",
    f"{_HERE} and value < 0": "where the selected map is negative",
}
"""Conditions of a place that can be asked for, in words."""
_COMPARED = re.compile(r"(?:(run_is_yours) and )?(.+?) (<=|>=|==|<|>) (-?\d+(?:\.\d+)?)")


def of_layer(fact: str, layer: str) -> str:
    """Return the expression of a fact of a layer."""
    return f"{fact}({json.dumps(layer, ensure_ascii=False)})"


def asked_in(answer: str, layers: Sequence[str]) -> tuple[str, str] | None:
    """Return which offered fact an answer is, with its layer or none; None for another expression."""
    if answer in OF_ALL:
        return answer, ""
    return next(((fact, layer) for fact in OF_LAYER for layer in layers if of_layer(fact, layer) == answer), None)


@dataclass(frozen=True)
class Rule:
    """Hold a goal as it is picked: a fact, its layer or none, one of `SIGNS`, and a number."""

    fact: str
    layer: str
    sign: str
    number: float

    @property
    def when(self) -> str:
        """Return the condition; one about a training holds only for the student's own."""
        fact = of_layer(self.fact, self.layer) if self.layer else self.fact
        return f"{f'{YOURS} and ' if self.fact in FACTS_OF_RUNS else ''}{fact} {self.sign} {_written(self.number)}"


def rule_in(when: str, layers: Sequence[str]) -> Rule | None:
    """Return the rule that a condition is, None for another one."""
    found = _COMPARED.fullmatch(when)
    if found is None:
        return None
    fact, layer = (found[2], "") if found[2] in GOALS else asked_in(found[2], layers) or ("", "")
    rule = Rule(fact, layer, found[3], float(found[4]))
    return rule if fact and (rule.fact in GOALS or layer) and rule.when == when else None


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
