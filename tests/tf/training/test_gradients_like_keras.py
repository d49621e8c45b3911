"""Gradient norms and saturated shares are what Keras and TensorFlow give, in a process of their own."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

CHILD = """
import json, keras, numpy as np, tensorflow as tf
from cnnlab.core.augment import Augmentation
from cnnlab.core.network import Layer, Network
from cnnlab.tf.build import build_model
from cnnlab.tf.callbacks.gradients import gradient_norms
from cnnlab.tf.callbacks.lag import Lag, by_own_statistics
from cnnlab.tf.callbacks.look_inside import outputs_of, saturated_share
from cnnlab.tf.data.batches import Batches

rng = np.random.default_rng(0)
pictures = rng.random((6, 14, 14, 3), np.float32)
heads = {"binary_crossentropy": (1, "sigmoid"), "sparse_categorical_crossentropy": (3, "softmax")}
for seed, (loss, (units, activation)) in enumerate(heads.items()):
    network = Network((14, 14, 3), (
        Layer.make("Conv2D", filters=4, kernel_size=3, activation="tanh"),
        Layer.make("BatchNormalization"),
        Layer.make("Conv2D", filters=5, kernel_size=3),
        Layer.make("Activation", activation="relu"),
        Layer.make("Dropout", rate=0.5),
        Layer.make("Flatten"),
        Layer.make("Dense", units=7, activation="sigmoid"),
        Layer.make("Dense", units=units, activation=activation),
    ))
    model = build_model(network, seed)
    model.compile("sgd", loss)
    labels = rng.integers(0, max(2, units), 6)
    labels = labels.astype(np.float32)[:, None] if units == 1 else labels
    got_loss, got = gradient_norms(model, pictures, labels)
    with tf.GradientTape() as tape:
        of_keras = model.compute_loss(pictures, labels, model(pictures, training=False), training=False)
    grads = dict(zip((v.path for v in model.trainable_variables),
                     tape.gradient(of_keras, [v.value for v in model.trainable_variables])))
    want = {layer.name: float(np.sqrt(sum(np.sum(grads[v.path].numpy() ** 2) for v in layer.trainable_variables)))
            for layer in model.layers if layer.trainable_variables}
    assert list(got) == list(want) and len(got) == 5, got
    np.testing.assert_allclose(list(got.values()), list(want.values()), rtol=1e-4)
    np.testing.assert_allclose(got_loss, float(of_keras), rtol=1e-5)
    assert all(value > 0 for value in got.values())
    # Measuring draws no random number: what dropout draws next is what it would have drawn.
    states = [v.numpy().tolist() for v in model.non_trainable_variables]
    gradient_norms(model, pictures, labels)
    own = by_own_statistics(model, pictures)
    assert states == [v.numpy().tolist() for v in model.non_trainable_variables]
    # What batch normalization says in training mode, which moves its averages.
    value = tf.constant(pictures)
    for layer in model.layers:
        value = layer(value, training=isinstance(layer, keras.layers.BatchNormalization))
    np.testing.assert_allclose(own, value.numpy(), rtol=1e-4, atol=1e-6)
    assert float(np.abs(own - model(pictures, training=False).numpy()).max()) > 1e-3
    # What is measured by itself, a part of the pictures after the other.
    images, classes = rng.integers(0, 256, (70, 14, 14, 3), np.uint8), rng.integers(0, max(2, units), 70)
    lag = Lag(Batches(images, classes.astype(np.float32)[:, None] if units == 1 else classes, Augmentation(), 20))
    compared = np.unique(np.linspace(0, 69, 64).astype(int))
    output = model(images[compared] / np.float32(255), training=False).numpy()
    given = output[:, 0] > 0.5 if units == 1 else np.argmax(output, axis=-1)
    found = lag.measured(model)
    assert found["compared"] == 64 and found["right_by_moving"] == int(np.sum(given == classes[compared])), found
    assert 0 <= found["right_by_own"] <= 64
    assert lag.measured(keras.Sequential([keras.Input((14, 14, 3)), keras.layers.Flatten()])) == {}

    # The slope of an activation by TensorFlow itself, against the steepest.
    model.layers[0].kernel.assign(model.layers[0].kernel * 9)
    model.layers[6].kernel.assign(model.layers[6].kernel * 9)
    before = pictures
    shares = {}
    for layer, output in outputs_of(model, pictures):
        share = saturated_share(layer, output)
        if share is not None and layer.name != model.layers[-1].name:
            x = tf.constant(keras.ops.conv(before, layer.kernel) + layer.bias if "conv" in layer.name
                            else before @ layer.kernel.numpy() + layer.bias.numpy())
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = layer.activation(x)
            slope = tape.gradient(y, x).numpy()
            top = 1.0 if layer.activation is keras.activations.tanh else 0.25
            shares[layer.name] = [share, float(np.mean(slope < 0.05 * top))]
        before = output
    print(json.dumps(shares))
"""


def test_gradient_norms_and_saturation_are_those_of_tensorflow() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=240, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for line in done.stdout.strip().splitlines():
        shares = json.loads(line)
        assert set(shares) == {"conv2d", "dense"}
        for ours, theirs in shares.values():
            assert abs(ours - theirs) < 0.01
            assert 0.02 < theirs < 0.999
