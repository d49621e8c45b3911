"""What the process answers about one sequence equals brute force with Keras; nonsense is one sentence."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab.core.explain.asked import ExplainError, Target
from cnnlab.core.network import Layer, Network
from cnnlab.core.network.sequence_presets import motif_detector, primer, sequence_seed
from cnnlab.core.sequences.letters import SequenceError
from cnnlab.core.sequences.scanning import scan
from cnnlab.processes.explain.sequences import first_layer, letter_gradient, mutations
from cnnlab.processes.inference import InferenceError
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.tf.build import build_model
from tests.inside_here import InsideHere

CODES = np.random.default_rng(5).integers(0, 5, 50).astype(np.uint8)
LETTERS = np.vstack([np.eye(4), np.zeros((1, 4))]).astype(np.float32)


def logits(model: keras.Model) -> keras.Model:
    model.layers[-1].activation = keras.activations.linear
    return model


@pytest.mark.parametrize(
    ("network", "target"), [(primer(), Target(1)), (motif_detector(), Target(0, -1))], ids=["softmax", "sigmoid"]
)
def test_mutagenesis_is_brute_force_and_gradient_times_input_is_keras(network, target) -> None:  # type: ignore[no-untyped-def]
    inside, subject = InsideHere(), Weighted(network, RandomWeights(3))
    model = logits(build_model(network, 3))

    def score(codes: np.ndarray) -> float:
        return float(model(LETTERS[codes][None])[0, target.unit]) * target.sign

    made = mutations(inside, subject, CODES, target)
    found, outputs = made.score, made.outputs
    theirs = build_model(network, 3)(LETTERS[CODES][None])[0, target.unit]
    assert made.answer.own == pytest.approx(float(theirs if target.sign > 0 else 1 - theirs), abs=1e-6)
    assert found.own == pytest.approx(score(CODES), abs=1e-5)
    assert outputs.shape == (network.layers[-1].config["units"],)
    for position in range(0, 50, 7):
        for letter in range(4):
            changed = CODES.copy()
            changed[position] = letter
            assert found.scores[position, letter] == pytest.approx(score(changed), abs=1e-5)
    given = tf.constant(LETTERS[CODES][None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = model(given)[0, target.unit] * target.sign
    theirs = tape.gradient(total, given).numpy()[0]
    asked = letter_gradient(inside, subject, CODES, target)
    np.testing.assert_allclose(asked.values, theirs, atol=1e-5)
    np.testing.assert_allclose(asked.times_input, (theirs * LETTERS[CODES]).sum(axis=1), atol=1e-5)


def test_what_is_no_such_question_is_refused() -> None:
    inside, subject = InsideHere(), Weighted(primer(), RandomWeights(0))
    with pytest.raises(SequenceError, match="takes 50 × 4, and the sequence has 12"):
        mutations(inside, subject, CODES[:12], Target())
    with pytest.raises((ExplainError, InferenceError), match="no such answer"):
        mutations(inside, subject, CODES, Target(7))
    with pytest.raises((ExplainError, InferenceError), match="each 0 to 4"):
        inside.ask("mutagenesis", subject, None, np.full(50, 9, np.uint8), unit=0, sign=1)


def test_the_first_filters_answer_as_keras_and_as_the_scan_along_the_sequence() -> None:
    own = Layer.make("Conv1D", filters=3, kernel_size=5, padding="causal", activation="relu")
    network = Network((50, 4), (own, Layer.make("MaxPooling1D", pool_size=4), *primer().layers[2:]))
    for made, names in ((network, ["relu"]), (sequence_seed(), ["relu"]), (primer(), [])):
        subject = Weighted(made, RandomWeights(3))
        found = first_layer(InsideHere(), subject, CODES)
        model = build_model(made, 3)
        given = LETTERS[CODES][None]
        theirs = [layer.output for layer in model.layers]
        pool = found.pool
        assert pool is not None
        assert found.pooled is not None
        assert [name for name, _ in found.stages] == names
        outputs = keras.Model(model.inputs, theirs[: pool + 1])(given)
        np.testing.assert_allclose(found.pooled, outputs[pool][0], atol=1e-6)
        for filter_ in range(0, found.kernels.shape[2], 5):
            ours = scan(made, CODES, found.kernels, found.biases, filter_)
            np.testing.assert_allclose(found.sums[:, filter_], ours.answers, atol=1e-6)
            if names:
                np.testing.assert_allclose(found.stages[0][1][:, filter_], np.maximum(ours.answers, 0), atol=1e-6)
    with pytest.raises((ExplainError, InferenceError), match="does not begin with Conv1D"):
        first_layer(InsideHere(), Weighted(Network((50, 4), primer().layers[2:]), RandomWeights(0)), CODES)


def test_a_file_that_a_training_saved_opens_with_its_weights(tmp_path: Path) -> None:
    for network in (primer(), motif_detector(), sequence_seed()):
        model, path = build_model(network, 7), tmp_path / "model.keras"
        model.save(path)
        found = letter_gradient(InsideHere(), Weighted(network, FileWeights(path)), CODES, Target())
        np.testing.assert_allclose(found.outputs, model(LETTERS[CODES][None])[0], atol=1e-6)
