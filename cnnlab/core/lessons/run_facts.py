"""Name the facts about a training that a lesson may ask about, and answer them from its record."""

from collections.abc import Mapping
from functools import partial

from cnnlab.core.lessons.fact import Fact
from cnnlab.core.lessons.language import NotYet, Value
from cnnlab.core.lessons.situation import Situation
from cnnlab.core.shapes import trace
from cnnlab.core.training.answers import Answers, Chance, compared_with_chance, confusion, most_confident_mistakes


def _yours(situation: Situation) -> bool:
    if not situation.run().yours:
        raise NotYet("No training of yours is open: start one, or choose it in the list of runs.")
    return True


def _after(situation: Situation, epoch: Value, name: str) -> float:
    """Return what the training had reached after an epoch, counted from 1."""
    epochs = situation.run().epochs
    if not epochs:
        raise NotYet("The training has not ended its first epoch yet.")
    if not isinstance(epoch, int) or not 1 <= epoch <= len(epochs):
        raise NotYet(f"The training has the epochs 1 to {len(epochs)}.")
    value = epochs[epoch - 1].get(name)
    if not isinstance(value, int | float):
        raise NotYet("It is no number any more: the steps were too large.")
    return float(value)


def _last(situation: Situation, name: str) -> float:
    return _after(situation, max(1, len(situation.run().epochs)), name)


def _best_epoch(situation: Situation) -> int:
    """Return the epoch with the lowest validation loss."""
    count = len(situation.run().epochs)
    return min(range(1, max(1, count) + 1), key=lambda epoch: _after(situation, epoch, "val_loss"))


def _answers(situation: Situation) -> Answers:
    if (answers := situation.run().answers) is None:
        raise NotYet("The training was not evaluated yet; that is done when it ends.")
    return answers


def _chance(situation: Situation) -> Chance:
    return compared_with_chance(_answers(situation))


def _better(situation: Situation) -> bool:
    chance = _chance(situation)
    return chance.low > chance.majority


def _mistakes_of(situation: Situation, name: Value) -> int:
    answers = _answers(situation)
    if name not in answers.classes:
        raise NotYet(f"The training knows no class {name}; it knows {', '.join(answers.classes)}.")
    of_class = confusion(answers)[answers.classes.index(str(name))]
    return int(of_class.sum() - of_class[answers.classes.index(str(name))])


def _surest_mistake(situation: Situation) -> float:
    answers = _answers(situation)
    wrong = most_confident_mistakes(answers)
    if not len(wrong):
        raise NotYet("The training makes no mistake on its validation pictures.")
    return float(answers.probabilities()[wrong[0]].max())


YOURS = "run_is_yours"
_REACHED = {
    "loss": "its loss",
    "accuracy": "its accuracy",
    "val_loss": "its validation loss",
    "val_accuracy": "its validation accuracy",
}
FACTS_OF_RUNS: Mapping[str, Fact] = {
    YOURS: Fact("whether the training that is open is yours", _yours),
    "run_epochs": Fact("the number of epochs of the training", lambda s: len(s.run().epochs)),
    "run_pictures": Fact("the number of pictures it learned from", lambda s: s.run().pictures),
    "run_params": Fact("the number of its parameters", lambda s: sum(row.params for row in trace(s.run().network))),
    "run_data": Fact("what it learned from", lambda s: s.run().data),
    **{name: Fact(says, partial(_last, name=name)) for name, says in _REACHED.items()},
    **{
        f"{name}_after": Fact(f"{says} after epoch {{}}", partial(_after, name=name), 1)
        for name, says in _REACHED.items()
    },
    "best_epoch": Fact("the epoch with the lowest validation loss", _best_epoch),
    "run_judged": Fact("the number of validation pictures it was judged by", lambda s: len(_answers(s).labels)),
    "mistakes": Fact("the number of its mistakes", lambda s: len(most_confident_mistakes(_answers(s)))),
    "mistakes_of": Fact("the number of its mistakes with pictures of {}", _mistakes_of, 1),
    "surest_mistake": Fact("how sure it was in its surest mistake", _surest_mistake),
    "always": Fact("what always giving the most frequent class would reach", lambda s: _chance(s).majority),
    "interval_low": Fact("the lower end of the interval of its accuracy", lambda s: _chance(s).low),
    "interval_high": Fact("the upper end of the interval of its accuracy", lambda s: _chance(s).high),
    "better_than_chance": Fact("whether it is better than chance", _better),
}
"""Every fact about the training that is open."""
