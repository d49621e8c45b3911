"""Write an explanation as a short script of plain Keras and TensorFlow, which a student can take home and change."""

from collections.abc import Callable, Mapping, Sequence

from cnnlab.core.exchange.keras_code import literal
from cnnlab.core.exchange.onednn import onednn_lines
from cnnlab.core.explain.asked import Asked, ExplainError, windows
from cnnlab.core.explain.backgrounds import BLUR, LEVELS
from cnnlab.core.explain.methods import TABLE, is_relu
from cnnlab.core.explain.rows import grad_cam_row
from cnnlab.core.inside.graph import MODELS, Node

Shape = tuple[int, int, int]

_GRADIENT = '''
def gradient(picture):
    """Return how fast the score rises with each number of the picture."""
    picture = tf.convert_to_tensor(picture)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        value = score(picture)
    return tape.gradient(value, picture).numpy()

'''
_GUIDED = '''

def guided(most):
    """Return a ReLU up to `most` that hands a gradient back only where it is positive, and its input too."""

    @tf.custom_gradient
    def relu(value):
        is_open = (value > 0) & (value < most)
        return tf.clip_by_value(value, 0, most), lambda back: tf.where(is_open, tf.nn.relu(back), 0.0)

    return relu


for layer in model.layers:
    if getattr(layer, "activation", None) in (keras.activations.relu, keras.activations.relu6):
        layer.activation = guided(6.0 if layer.activation is keras.activations.relu6 else np.inf)
    elif isinstance(layer, keras.layers.ReLU) and not layer.negative_slope and not layer.threshold:
        layer.call = guided(layer.max_value or np.inf)
'''
_SAVED = """
np.save("map.npy", values.astype("float32"))
share = values[..., None] / (np.abs(values).max() or 1)
colour = np.where(share > 0, (5, 82, 155), (178, 88, 6))  # blue speaks for it, brown against it
Image.fromarray(np.rint(247 + np.abs(share) * (colour - 247)).astype("uint8")).save("map.png")
"""


def explain_script(asked: Asked, nodes: Sequence[Node], shape: Shape, rescaling: tuple[float, float]) -> str:
    """Return a Keras 3 script that computes what is asked of a model file for a picture, and saves the map.

    `nodes` are the model's layers, `shape` (height, width, channels) is its input, and pixels of 0 to 255 are rescaled
    by `rescaling`, (scale, offset). The map is summed over the channels, as `Attribution.values`. Raises `ExplainError`
    where the method does not apply, or where a layer that it needs lies in a model within the model.
    """
    TABLE[asked.method].formula(asked, nodes, shape)  # refuses where the method does not apply
    for node in _needed(asked, nodes):
        if "/" in node.name or node.class_name in MODELS or sum(each.name == node.name for each in nodes) > 1:
            raise ExplainError(
                "There is no script here: a layer that this method needs is a model itself, lies in one, or is used "
                "twice; choose a network that is one plain model."
            )
    parts = (
        _head(asked, nodes),
        _GUIDED if asked.method == "guided_backpropagation" else "",
        _opened(nodes[-1]),
        _prepared(shape, rescaling),
        _score(asked),
        "" if asked.method in ("grad_cam", "occlusion") else _GRADIENT,
        '\nprint(f"score {float(score(picture)):.6g}")\n',
        _BODIES[asked.method](asked, nodes, shape),
        _SAVED,
    )
    return "".join(parts)


def _needed(asked: Asked, nodes: Sequence[Node]) -> list[Node]:
    """Return the layers that the script names: the last, and those that the method looks into."""
    if asked.method == "grad_cam":
        return [nodes[-1], nodes[grad_cam_row(nodes) if asked.row is None else asked.row]]
    relus = [node for node in nodes if is_relu(node)]
    return [nodes[-1], *(relus if asked.method == "guided_backpropagation" else [])]


def _head(asked: Asked, nodes: Sequence[Node]) -> str:
    what = f"output {asked.unit}" if asked.sign > 0 else "class 0, for which the output is near 0"
    tensorflow = "" if asked.method == "occlusion" else "import tensorflow as tf\n"
    blurs = asked.method == "integrated_gradients" and asked.baseline == "blurred"
    return (
        f'"""{TABLE[asked.method].title}: which pixels speak for {what}.\n\n'
        "From CNN Lab; needs Keras 3 with TensorFlow. Run it as:\n"
        f'python {asked.method}.py model.keras picture.png\n"""\n'
        f"{onednn_lines(nodes)}"
        f"\nimport sys\n\nimport keras\nimport numpy as np\n{tensorflow}"
        f"from PIL import Image{', ImageFilter' if blurs else ''}\n\n"
        'MODEL, PICTURE = sys.argv[1:] or ("model.keras", "picture.png")\n\n'
        "model = keras.models.load_model(MODEL, compile=False)\n"
    )


def _opened(last: Node) -> str:
    """Return what takes the last activation away."""
    name = literal(last.name)
    if last.class_name == "Softmax":
        return f"model = keras.Model(model.inputs, model.get_layer({name}).input)  # the score is what goes into it\n"
    if last.class_name != "Activation" and last.config.get("activation") in (None, "linear"):
        return ""
    return f"model.get_layer({name}).activation = keras.activations.linear  # the score is what goes into it\n"


def _prepared(shape: Shape, rescaling: tuple[float, float]) -> str:
    height, width, channels = shape
    scale, offset = rescaling
    scaled = "pixels / 255" if scale == 1 / 255 else f"pixels * {scale!r}" if scale != 1 else "pixels"
    scaled += f" + {offset!r}" if offset else ""
    grey = '.convert("L")' if channels == 1 else ""
    return f'''
image = Image.open(PICTURE).convert("RGB"){grey}.resize(({width}, {height}), Image.Resampling.BILINEAR)
pixels = np.asarray(image, "float32").reshape({height}, {width}, {channels})


def taken(pixels):
    """Return pixels of 0 to 255 as the network takes them."""
    return np.asarray({scaled}, "float32")


picture = taken(pixels)
'''


def _score(asked: Asked) -> str:
    return f'''

def score(picture):
    """Return what is explained: a number before the last activation."""
    return {"-" if asked.sign < 0 else ""}model(picture[None], training=False)[0, {asked.unit}]

'''


def _gradient(asked: Asked, nodes: Sequence[Node], shape: Shape) -> str:
    return "values = gradient(picture).sum(axis=-1)\n"


def _gradient_times_input(asked: Asked, nodes: Sequence[Node], shape: Shape) -> str:
    return "values = (gradient(picture) * picture).sum(axis=-1)\n"


def _smoothgrad(asked: Asked, nodes: Sequence[Node], shape: Shape) -> str:
    return f"""
rng = np.random.default_rng({asked.seed})
deviation = {asked.noise!r} * float(picture.max() - picture.min())
total = np.zeros(picture.shape)
for _ in range({asked.samples}):
    noisy = picture + rng.normal(0, deviation, picture.shape)
    total += gradient(noisy.astype("float32"))
values = (total / {asked.samples}).sum(axis=-1)
"""


def _grad_cam(asked: Asked, nodes: Sequence[Node], shape: Shape) -> str:
    layer = _needed(asked, nodes)[1].name
    return f'''
layer, kept = model.get_layer({literal(layer)}), []
plain = layer.call


def keeping(*given, **options):
    """Do what the layer does, and keep the maps that it gives."""
    kept.append(plain(*given, **options))
    return kept[-1]


layer.call = keeping
with tf.GradientTape() as tape:
    start = tf.convert_to_tensor(picture)
    tape.watch(start)
    value = score(start)
maps = kept[-1]
weights = tf.reduce_mean(tape.gradient(value, maps), axis=(1, 2), keepdims=True)  # one for each map
small = tf.reduce_sum(maps * weights, axis=-1, keepdims=True)
values = tf.image.resize(small, {shape[:2]}, "bilinear").numpy()[0, :, :, 0]
'''


def _integrated_gradients(asked: Asked, nodes: Sequence[Node], shape: Shape) -> str:
    return f"""
baseline = taken({_background(asked.baseline, shape)})
weights = np.full({asked.steps + 1}, 1 / {asked.steps})
weights[[0, -1]] /= 2  # the trapezoid rule
total = np.zeros(picture.shape)
for share, weight in zip(np.linspace(0, 1, {asked.steps + 1}, dtype="float32"), weights):
    total += weight * gradient(baseline * (1 - share) + picture * share)
values = total * (picture - baseline)
print(f"all pixels together {{values.sum():.6g}}, score of the baseline {{float(score(baseline)):.6g}}")
values = values.sum(axis=-1)
"""


def _occlusion(asked: Asked, nodes: Sequence[Node], shape: Shape) -> str:
    laid = windows(asked, *shape[:2])
    tops, lefts = (f"range(0, {places[-1] + laid.stride}, {laid.stride})" for places in (laid.tops, laid.lefts))
    return f"""
fill = taken({_background(asked.fill, shape)})
whole = float(score(picture))
total, count = np.zeros({(2, *shape[:2])})
for top in {tops}:
    for left in {lefts}:
        place = np.s_[top : top + {laid.size}, left : left + {laid.size}]
        covered = picture.copy()
        covered[place] = fill[place]
        total[place] += whole - float(score(covered))
        count[place] += 1
values = total / count
"""


def _background(name: str, shape: Shape) -> str:
    """Return the expression for one of `BASELINES`, pixels of 0 to 255."""
    if name == "blurred":
        blurred = f"image.filter(ImageFilter.GaussianBlur({BLUR * max(shape[:2])!r}))"
        return f'np.asarray({blurred}, "float32").reshape(pixels.shape)'
    if name == "mean":
        return "np.zeros_like(pixels) + pixels.mean(axis=(0, 1))"
    return f"np.full_like(pixels, {LEVELS[name]})"


_BODIES: Mapping[str, Callable[[Asked, Sequence[Node], Shape], str]] = {
    "gradient": _gradient,
    "gradient_times_input": _gradient_times_input,
    "smoothgrad": _smoothgrad,
    "grad_cam": _grad_cam,
    "integrated_gradients": _integrated_gradients,
    "occlusion": _occlusion,
    "guided_backpropagation": _gradient,
}
