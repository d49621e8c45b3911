"""What a check calls right is what Keras builds and computes."""

import random

import keras
import numpy as np
import pytest

from cnnlab.core.lessons.check_kinds import KINDS
from cnnlab.core.lessons.checks import CHECKS, Question, questions

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODES = ["".join(random.Random(seed).choices(LETTERS, k=8)) for seed in range(25)]


def in_keras(question: Question) -> int:
    """Return the answer to a question, from Keras alone."""
    network = KINDS[question.kind].network(*question.numbers.values())
    layers = [getattr(keras.layers, layer.class_name)(**layer.config) for layer in network.layers]
    model = keras.Sequential([keras.Input(network.input_shape), *layers])
    last = model.layers[-1]
    match question.kind:
        case "kernel" | "pooling":
            return int(last.output.shape[1])
        case "channels":
            return int(last.output.shape[3])
        case "parameters" | "dense":
            return int(last.count_params())
    return rows_seen(model)


def rows_seen(model: keras.Model) -> int:
    """Count the rows of the picture that reach one number in the middle of the last map, through kernels of ones."""
    for layer in model.layers:
        layer.set_weights([np.full_like(each, each.ndim > 1) for each in layer.get_weights()])
    height = model.input_shape[1]
    pictures = np.zeros((height, *model.input_shape[1:]), "float32")
    pictures[np.arange(height), np.arange(height)] = 1
    maps = np.asarray(model(pictures))
    return int(np.count_nonzero(maps[:, maps.shape[1] // 2, maps.shape[2] // 2, 0]))


@pytest.mark.parametrize("code", [CODES[0], *(pytest.param(code, marks=pytest.mark.slow) for code in CODES[1:])])
def test_right_answers_are_those_of_keras(code: str) -> None:
    for which in CHECKS:
        for question in questions(code, which):
            assert question.right == in_keras(question), question.text
