"""Measure how soon feature maps are drawn, and how soon an uploaded picture's are on the screen."""

import io
import statistics
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, open_page
from benchmarks.support.clock import seconds
from benchmarks.support.report import Line
from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.core.pictures import decode, prepare
from cnnlab.core.pictures.gallery import pictures
from cnnlab.core.settings import Settings
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import RandomWeights, Weighted
from cnnlab.viz.inside import sprites

PHOTO = (4000, 3000)  # width and height of a telephone's photograph, 12 megapixels
MAPS = ".st-key-feature_maps [class*=st-key-maps_layer] img"
LAYERS = 9  # of the post's network that keep height and width
UPLOADS = 5

# Resolves to the milliseconds from the next chosen file to the frame in which all maps are new and drawn.
_WATCH_UPLOAD = """([selector, count]) => {
  const sources = () => [...document.querySelectorAll(selector)].map((image) => image.currentSrc)
  const before = new Set(sources())
  window.painted = new Promise((resolve) => {
    document.addEventListener("change", () => {
      const start = performance.now()
      const look = async () => {
        const images = [...document.querySelectorAll(selector)]
        const fresh = images.filter((i) => i.complete && i.naturalWidth > 0 && !before.has(i.currentSrc))
        if (images.length === count && fresh.length === count) {
          await Promise.all(images.map((image) => image.decode()))
          requestAnimationFrame(() => resolve(performance.now() - start))
        } else if (performance.now() - start > 15000) resolve(null)
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    }, { capture: true, once: true })
  })
}"""


def sheets() -> list[Line]:
    """Draw all 384 maps of the post's network at 150 × 150, and the same ones with matplotlib."""
    maps = _seed_maps()
    ours = statistics.median(seconds(lambda: _draw(maps)) for _ in range(5))
    peer = seconds(lambda: _draw_with_matplotlib(maps))
    count = sum(values.shape[2] for values in maps)
    return [Line(f"{count} maps, arrays in, images out", ours, "s", 1 / 100, peer, of_peer=True)]


def upload() -> list[Line]:
    """Upload photographs in a real browser until the last map is painted: trained at 150 pixels, random at 128."""
    lines = []
    with servers.app() as app, chromium() as browser, tempfile.TemporaryDirectory() as folder:
        own = encode(Network.seed().with_image_size(128, 128))
        for case, query in (("trained, 150 px", ""), ("random, 128 px", f"?net={own}")):
            page = open_page(browser, f"{app.url}/feature_maps{query}", MAPS, timeout=60_000)
            page.get_by_text("with random weights" if query else "trained on").first.wait_for()
            page.wait_for_timeout(2000)
            taken = [_upload(page, _photograph(Path(folder), f"{case}{i}")) for i in range(UPLOADS + 1)][1:]
            what = f"upload → last map painted, {case}, 12-megapixel JPEG"
            lines.append(Line(f"{what}, median", statistics.median(taken), "s", 0.5))
            lines.append(Line(f"{what}, slowest of {UPLOADS}", max(taken), "s"))
    return lines


def _upload(page: Page, path: Path) -> float:
    page.evaluate(_WATCH_UPLOAD, [MAPS, LAYERS])
    page.locator(".st-key-picture_upload input[type=file]").set_input_files(path)
    painted = page.evaluate("() => window.painted")
    if painted is None:
        raise RuntimeError("The maps of an uploaded picture were not painted within 15 seconds.")
    page.wait_for_timeout(300)
    return float(painted) / 1e3


def _photograph(folder: Path, name: str) -> Path:
    """Write a JPEG with the size and the amount of detail of a photograph, another one for another name."""
    rng = np.random.default_rng(list(name.encode()))
    width, height = PHOTO
    coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), np.uint8)).resize(PHOTO, Image.Resampling.BICUBIC)
    grain = rng.integers(-12, 13, (height // 4, width // 4, 1), np.int16)
    grain = grain.repeat(4, axis=0).repeat(4, axis=1)
    pixels = np.clip(np.asarray(coarse, np.int16) + grain, 0, 255).astype(np.uint8)
    path = folder / f"{name.replace(' ', '')}.jpg"
    Image.fromarray(pixels).save(path, quality=85)
    return path


def _seed_maps() -> list[np.ndarray]:
    network = Network.seed()
    first = pictures()[0]
    picture = decode(first.read(), first.title, Settings.max_pixels)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client = Inside(Settings(home=Path(folder)))
        try:
            outputs = client.look(
                Weighted(network, RandomWeights()), prepare(picture.pixels, *network.input_shape)
            ).outputs
        finally:
            client.close()
    return [values for values in outputs if values.ndim == 3]


def _draw(maps: list[np.ndarray]) -> list[bytes]:
    return [sprites.sprite_sheet(values, sprites.statistics(values).limit) for values in maps]


def _draw_with_matplotlib(maps: list[np.ndarray], columns: int = 16) -> list[bytes]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    images = []
    for values in maps:
        limit = float(np.abs(values).max())
        figure, axes = pyplot.subplots(-(-values.shape[2] // columns), columns, figsize=(16, 4))
        for channel, axis in enumerate(axes.flat):
            axis.imshow(values[:, :, channel], cmap="RdBu", vmin=-limit, vmax=limit)
            axis.axis("off")
        out = io.BytesIO()
        figure.savefig(out, format="png")
        pyplot.close(figure)
        images.append(out.getvalue())
    return images
