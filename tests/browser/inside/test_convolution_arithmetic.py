"""What the browser computes in the convolution view and on the benches equals Keras, at random places."""

import base64
import random
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from cnnlab.core.inside.graph import behind, nodes_of, windowed, windowed_nodes
from cnnlab.core.inside.sliding import pools
from cnnlab.core.network import Layer, Network
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check, trace
from cnnlab.processes.inference import Inside, Window
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted, Weights
from cnnlab.runs.store import trained
from cnnlab.ui.parts.components import scope_name, scopes
from cnnlab.ui.parts.packing import pack
from cnnlab.viz.inside.window_facts import window_facts
from tests.random_networks import grid_network, random_network

NETWORKS = 20
PLACES = 8
FILES = ("common/unpack.js", "convolution/arithmetic.js", "benches/activations.js")
TOLERANCE = 1e-5  # of the map's largest value
COMPUTE = """([data, places]) => {
  const view = unpack(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)))
  view.arrays.inputs = inputsOf(view)
  const found = { places: places.map(([row, column]) => placeAt(view, row, column).result), pooled: null, whole: null }
  const last = view.stages.length ? view.arrays[`after${view.stages.length - 1}`] : view.arrays.before
  if (view.pool) found.pooled = [...slide(last, view.pool, null, view.pool.mode)]
  if (view.held === 1 && view.total === 1) {
    const weights = view.mode === "sum" ? view.arrays.kernel : null
    found.whole = [...slide(view.arrays.inputs, view, weights, view.mode)].map((value) => value + view.bias)
  }
  found.limits = [view.limits.before, view.rows.starts.length, view.columns.starts.length]
  return found
}"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    client = Inside(Settings(tmp_path_factory.mktemp("home")), timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    names = ", ".join(map(scope_name, FILES))
    opened.add_script_tag(content=f"{scopes(*FILES)}\nObject.assign(window, {names})")
    yield opened
    opened.close()


def close(got: object, wanted: np.ndarray, scale: np.ndarray) -> None:
    limit = float(np.abs(scale).max()) or 1.0
    np.testing.assert_allclose(np.array(got, float).ravel(), wanted.ravel(), rtol=0, atol=TOLERANCE * limit)


def compare(page: Page, client: Inside, network: Network, weights: Weights, rng: random.Random, index: int) -> Window:
    """Let the browser compute one random channel of a layer, and compare it with Keras' maps."""
    row = trace(network)[index]
    numbers = np.random.default_rng(rng.randrange(2**32))
    pixels = numbers.integers(0, 256, network.input_shape, dtype=np.uint8)
    channel, first = rng.randrange(row.output_shape[2]), rng.randrange(row.input_shape[2])
    maps = client.look(Weighted(network, weights), pixels).outputs
    window = client.window(Weighted(network, weights), pixels, index, channel, first)
    parts = {name: getattr(window, name) for name in ("inputs", "kernel", "others", "before")} | {"picture": pixels}
    place = windowed(nodes_of(network), network.input_shape, index)
    data = pack(*window_facts(place, channel, window.first, window.bias, parts, window.after))
    places = [(rng.randrange(row.output_shape[0]), rng.randrange(row.output_shape[1])) for _ in range(PLACES)]
    found = page.evaluate(COMPUTE, [base64.b64encode(data).decode(), places])
    expected = np.array([window.before[place] for place in places])
    close(found["places"], expected, window.before)
    if network.layers[index].config.get("activation", "linear") == "linear":
        close(found["places"], np.array([maps[index][*place, channel] for place in places]), window.before)
    close(window.after[0], maps[index][:, :, channel], maps[index])
    if found["whole"] is not None:
        close(found["whole"], window.before, window.before)
    pool = behind(nodes_of(network), index)[1]
    assert (pool is None) == (found["pooled"] is None)
    if pool is not None:
        close(found["pooled"], maps[pool][:, :, channel], maps[pool])
    return window


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_a_random_network_at_random_places(page: Page, client: Inside, seed: int) -> None:
    rng = random.Random(seed)
    while True:
        network = random_network(rng)
        if network.input_shape[2] != 2 and check(network) is None and windowed_nodes(nodes_of(network)):
            break
    compare(page, client, network, RandomWeights(seed), rng, rng.choice(windowed_nodes(nodes_of(network))))


@pytest.mark.parametrize("index", [0, 2, 3, 6, 8])
def test_the_shipped_trained_network_with_its_biases(page: Page, client: Inside, index: int) -> None:
    demo = trained.demo()
    window = compare(page, client, demo.network, FileWeights(demo.path), random.Random(index + 1), index)
    assert (window.bias != 0) == (not pools(demo.network.layers[index].class_name))


@pytest.mark.parametrize("seed", range(6))
def test_a_transposed_convolution_at_random_places(page: Page, client: Inside, seed: int) -> None:
    rng = random.Random(seed)
    while (network := grid_network(rng, "Conv2DTranspose", *choices(rng))).input_shape[2] == 2:
        pass
    compare(page, client, network, RandomWeights(seed), rng, 0)


def choices(rng: random.Random) -> tuple[str, int]:
    return rng.choice(("valid", "same")), rng.choice((1, 2, 3))


def test_a_layer_too_large_to_be_sent_whole_still_adds_up(page: Page, client: Inside) -> None:
    layers = (Layer.make("Conv2D", filters=24, kernel_size=1), Layer.make("Conv2D", filters=2, kernel_size=3))
    network = Network((160, 160, 3), layers)
    window = compare(page, client, network, RandomWeights(1), random.Random(5), 1)
    assert window.inputs.shape[2] == 262_144 // 160**2 == 10
    assert np.abs(window.others).max() > 0


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "sigmoid", "tanh"])
def test_an_activation_of_the_bench_is_that_of_keras(page: Page, client: Inside, activation: str) -> None:
    layers = (Layer.make("Conv2D", filters=4, kernel_size=3), Layer.make("Activation", activation=activation))
    pixels = np.random.default_rng(3).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    before, after = client.look(Weighted(Network((12, 12, 3), layers), RandomWeights(2)), pixels).outputs
    find = f"ACTIVATIONS.find(({{ key }}) => key === '{activation}')"
    found = page.evaluate(f"values => values.map({find}.of)", before.ravel().tolist())
    close(found, after, after)
    step = 1e-5
    measured, said = page.evaluate(
        f"""([values, step]) => {{
          const {{ of, slope }} = {find}
          return [values.map((z) => (of(z + step) - of(z - step)) / (2 * step)), values.map(slope)]
        }}""",
        [np.linspace(-5, 5, 100).tolist(), step],
    )
    np.testing.assert_allclose(said, measured, atol=1e-6)
    assert max(said) == pytest.approx(0.25 if activation == "sigmoid" else 1, abs=0.003)


def test_the_example_by_hand(page: Page) -> None:
    window = {"rows": {"starts": [0, 1], "taps": [0, 1], "length": 3}}
    window["columns"] = {"starts": [0, 1, 2], "taps": [0, 1], "length": 4}
    values, kernel = list(range(12)), [1, 2, 3, 4]
    slid = "([values, window, kernel]) => [...slide(values, window, kernel)]"
    assert page.evaluate(slid, [values, window, kernel]) == [34, 44, 54, 74, 84, 94]
    assert page.evaluate(slid, [values, window, kernel[::-1]]) == [16, 26, 36, 56, 66, 76]
