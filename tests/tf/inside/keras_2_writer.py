"""Write models as Keras 2 does, with its own answers: `python keras_2_writer.py FOLDER KIND...`.

For each kind there are KIND.h5, KIND.keras, KIND.json and KIND.weights.h5, and in KIND.npz a picture with what Keras 2
makes of it: the number of parameters, the output, and the maps of two layers by their names.
"""

import sys
from pathlib import Path

import numpy as np
import tf_keras
from tf_keras import layers

SHAPE = (16, 14, 3)


def sequence(*rest):
    return tf_keras.Sequential([tf_keras.Input(SHAPE), *rest])


def functional(build, shape=SHAPE):
    entry = tf_keras.Input(shape)
    return tf_keras.Model(entry, build(entry))


def plain():
    norm = layers.BatchNormalization()
    start = tf_keras.initializers.HeNormal(seed=1)
    conv = layers.Conv2D(4, 3, activation="relu", kernel_initializer=start, kernel_constraint="max_norm")
    conv.trainable = False
    return sequence(
        conv, layers.MaxPooling2D(), norm, layers.Flatten(), layers.Dropout(0.5), layers.Dense(3, "softmax")
    )


def small_mobile(entry):
    value = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="Conv1")(entry)
    value = layers.ReLU(6.0)(layers.BatchNormalization(axis=-1)(value))
    value = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(layers.ZeroPadding2D(((0, 1), (0, 1)))(value))
    return layers.ReLU(6.0, name="out_relu")(layers.BatchNormalization()(value))


def mobile():
    return functional(lambda entry: layers.Dense(2)(layers.GlobalAveragePooling2D(keepdims=True)(small_mobile(entry))))


def u_net():
    def build(entry):
        first = layers.Conv2D(4, 3, padding="same", activation="relu")(entry)
        deep = layers.SeparableConv2D(6, 3, padding="same")(layers.MaxPooling2D()(first))
        joined = layers.Concatenate()([first, layers.Conv2DTranspose(4, 2, strides=2)(deep)])
        return layers.Conv2D(1, 1, activation="sigmoid")(joined)

    return functional(build)


def teachable():
    base = functional(small_mobile)
    cut = tf_keras.Model(base.input, base.get_layer("out_relu").output)
    features = tf_keras.Sequential([cut, layers.GlobalAveragePooling2D()])
    head = [layers.Dense(5, activation="relu", input_shape=(4,)), layers.Dense(2, "softmax", use_bias=False)]
    return tf_keras.Sequential([features, tf_keras.Sequential(head)])


def transfer():
    base = functional(small_mobile)
    base.trainable = False

    def build(entry):
        value = layers.RandomRotation(0.1)(layers.RandomFlip("horizontal")(entry))
        value = tf_keras.applications.mobilenet_v2.preprocess_input(value)
        value = layers.GlobalAveragePooling2D()(base(value, training=False))
        return layers.Dense(1)(layers.Dropout(0.2)(value))

    return functional(build)


def arithmetic():
    def build(entry):
        value = 1.0 - entry / 255.0 * 2.0
        value = value + layers.Conv2D(3, 3, padding="same")(value)
        value = tf_keras.backend.concatenate([value[..., ::-1], value], axis=-1)
        value = tf_keras.activations.relu(value[:, 2:10, ::2, :4])
        return layers.Dense(2)(tf_keras.backend.mean(value, axis=[1, 2]))

    return functional(build)


def caffe():
    return functional(lambda entry: layers.Conv2D(2, 3)(tf_keras.applications.resnet50.preprocess_input(entry)))


def hard_sigmoid():
    return sequence(layers.Conv2D(4, 3, activation="hard_sigmoid"), layers.Flatten(), layers.Dense(2))


def hard_branches():
    def build(entry):
        gate = layers.Activation("hard_sigmoid")(layers.Conv2D(3, 1)(entry))
        return layers.Conv2D(2, 3)(layers.Multiply()([entry, gate]))

    return functional(build)


def half():
    tf_keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = sequence(layers.Conv2D(4, 3), layers.SpatialDropout2D(0.2), layers.Flatten(), layers.Dense(2))
    finally:
        tf_keras.mixed_precision.set_global_policy("float32")
    return model


def slashes():
    inner = tf_keras.Sequential([tf_keras.Input(SHAPE), layers.Conv2D(3, 3, padding="same", name="a/b")], name="c/d")
    return functional(lambda entry: layers.Conv2D(2, 1, name="e/f")(inner(inner(entry))))


def quickstart():
    first = layers.Flatten(input_shape=(28, 28))
    return tf_keras.Sequential([first, layers.Dense(8, activation="relu"), layers.Dropout(0.2), layers.Dense(10)])


def lines():
    return tf_keras.Sequential([tf_keras.Input((28, 28)), layers.LSTM(4), layers.Dense(10)])


def rare():
    odd = [layers.PReLU(shared_axes=[1, 2]), layers.ThresholdedReLU(0.2), layers.ELU(), layers.LeakyReLU(0.1)]
    return sequence(layers.Conv2D(4, 3), layers.LayerNormalization(), *odd, layers.Softmax(), layers.Cropping2D(1))


def augmented():
    drawn = [layers.RandomZoom(0.1), layers.RandomContrast(0.1), layers.RandomBrightness(0.1)]
    return sequence(*drawn, layers.Rescaling(1 / 255), layers.Conv2D(2, 3), layers.GlobalMaxPooling2D())


def wrapped():
    def build(entry):
        value = layers.TimeDistributed(layers.Dense(3))(layers.Reshape((16, 42))(entry))
        return layers.Dense(2)(layers.Bidirectional(layers.GRU(4))(value))

    return functional(build)


def mobilenet_v2():
    return tf_keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=3)


def mobilenet_v3():
    return tf_keras.applications.MobileNetV3Small((32, 32, 3), weights=None, classes=3)


def efficientnet():
    return tf_keras.applications.EfficientNetB0(input_shape=(32, 32, 3), weights=None, classes=3)


def densenet():
    return tf_keras.applications.DenseNet121(input_shape=(32, 32, 3), weights=None, classes=3)


def vgg_below():
    base = tf_keras.applications.VGG16(input_shape=(32, 32, 3), weights=None, include_top=False)
    return tf_keras.Sequential([base, layers.Flatten(), layers.Dense(2)])


def answers(model):
    """Return a picture, uint8 without the batch, and what Keras 2 makes of it."""
    picture = np.random.default_rng(0).integers(0, 256, model.input_shape[1:], dtype=np.uint8)
    taken = picture[None] * np.float32(1 / 255)
    named = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    chosen = [named[0], named[-2] if len(named) > 2 else named[-1]]
    maps = tf_keras.Model(model.inputs, [layer.get_output_at(-1) for layer in chosen])(taken, training=False)
    found = {f"map:{layer.name}": np.asarray(each, np.float32)[0] for layer, each in zip(chosen, maps, strict=True)}
    output = np.asarray(model(taken, training=False), np.float32)[0]
    return found | {"picture": picture, "output": output, "params": model.count_params()}


def main():
    """Write the kinds that are named."""
    folder = Path(sys.argv[1])
    for kind in sys.argv[2:]:
        tf_keras.utils.set_random_seed(1)
        model = globals()[kind]()
        rng = np.random.default_rng(2)
        model.set_weights([weight + rng.uniform(0, 0.02, weight.shape) for weight in model.get_weights()])
        np.savez(folder / f"{kind}.npz", **answers(model))
        model.save(folder / f"{kind}.h5")
        model.save_weights(folder / f"{kind}.weights.h5")
        (folder / f"{kind}.json").write_text(model.to_json(), encoding="utf-8")
        if kind not in ("arithmetic", "caffe"):  # it cannot write dots between brackets there
            model.save(folder / f"{kind}.keras")


if __name__ == "__main__":
    main()
