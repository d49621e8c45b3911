"""Measure how soon it is seen what decided, and how long what needs many pictures takes."""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page

from benchmarks.support import servers
from benchmarks.support.browser import chromium, open_page
from benchmarks.support.clock import seconds
from benchmarks.support.report import Line
from cnnlab.core.data.bundled.sets import SETS
from cnnlab.core.data.datasets import load
from cnnlab.core.data.held import Measure
from cnnlab.core.explain.asked import Asked
from cnnlab.core.network import Network
from cnnlab.core.pictures import prepare
from cnnlab.core.settings import Settings
from cnnlab.processes.explain.attributions import attribution
from cnnlab.processes.explain.strongest import strongest
from cnnlab.processes.inference import Inside
from cnnlab.processes.subjects import FileWeights, RandomWeights, Weighted
from cnnlab.runs.store.trained import demo

FIGURE = ".explain-stage canvas"
PICTURES = 6
OCCLUSIONS = 5
# Resolves to the milliseconds from the next press to the frame in which the figure of a method is painted.
WATCH = """(name) => {
  window.drawn = new Promise((resolve) => {
    document.addEventListener("pointerdown", () => {
      const start = performance.now()
      const look = () => {
        const canvas = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean)
          .map((root) => root.querySelector(`figure[data-name="${name}"] canvas`)).find(Boolean)
        if (canvas && canvas.width > 1) requestAnimationFrame(() => resolve(performance.now() - start))
        else if (performance.now() - start > 9000) resolve(null)
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    }, { capture: true, once: true })
  })
}"""


def explanations() -> list[Line]:
    """Press a method on one picture after the other; then measure what takes many passes, without a page."""
    lines = [_pressed("Grad-CAM", "grad_cam"), _pressed("Gradient", "gradient")]
    with tempfile.TemporaryDirectory() as home:
        inside = Inside(Settings(Path(home)))
        try:
            return [*lines, _occlusion(inside), _strongest(inside, Path(home))]
        finally:
            inside.close()


def _pressed(title: str, name: str) -> Line:
    with servers.app() as app, chromium() as browser:
        page = open_page(browser, f"{app.url}/explain", FIGURE, timeout=60_000)
        for other in ("Gradient × input", "Occlusion", "Grad-CAM"):
            _pill(page, other).click()
            _still(page)
        taken = []
        for i in range(PICTURES):
            page.locator(".gallery button").nth(i).click()
            _still(page)
            page.evaluate(WATCH, name)
            _pill(page, title).click()
            drawn = page.evaluate("() => window.drawn")
            if drawn is None:
                raise RuntimeError(f"{title} was not drawn nine seconds after a press.")
            taken.append(float(drawn) / 1000)
            _pill(page, title).click()
            _still(page)
    return Line(f"{title} pressed → painted, 150 px, median", statistics.median(taken[1:]), "s", 0.3)


def _pill(page: Page, title: str) -> Locator:
    return page.locator(".st-key-explain_methods").get_by_text(title, exact=True)


def _still(page: Page) -> None:
    page.wait_for_timeout(900)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def _occlusion(inside: Inside) -> Line:
    subject = Weighted(Network.seed(), RandomWeights())
    pictures = np.random.default_rng(0).integers(0, 256, (OCCLUSIONS + 1, 150, 150, 3), np.uint8)
    asked = Asked("occlusion", size=10, stride=10)
    taken = [seconds(lambda each=each: attribution(inside, subject, each, asked)) for each in pictures][1:]
    command = [sys.executable, "-m", "benchmarks.peers.occlude_by_hand"]
    peer = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])
    return Line("occlusion at 225 places, 150 px, median", statistics.median(taken), "s", 1 / 20, peer, of_peer=True)


def _strongest(inside: Inside, home: Path) -> Line:
    shipped = demo()
    subject = Weighted(shipped.network, FileWeights(shipped.path))
    data = load(next(name for name in SETS if name == "silhouettes"), Settings(home).max_pixels)
    measure = Measure(*shipped.network.input_shape)
    images = (prepare(data.train.image(i), *_size(measure)) for i in range(len(data.train)))
    steps = strongest(inside, subject, images, len(data.train), data.fingerprint, home)
    taken = seconds(lambda: list(steps))
    return Line(f"strongest patches of {len(data.train):,} silhouettes, all channels", taken, "s", 20.0)


def _size(measure: Measure) -> tuple[int, int, int]:
    return measure.height, measure.width, measure.channels
