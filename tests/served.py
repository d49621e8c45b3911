"""Serve small files on loopback, well and badly, in the layouts of those that are offered to be fetched."""

import gzip
import http.server
import io
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

import h5py
import numpy as np
from PIL import Image

from cnnlab.core.data.offers.offer import Contents, Hash, Offer

CIFAR_RECORD = 3073


@dataclass
class Served:
    """Say what the server does; `asked` are the `Range` headers of the requests, "" for none.

    `breaks` are the bytes after which each next answer ends early; `ignores_range` always sends the whole; `told` is
    the length that is claimed, "" for none; `stalls` sends nothing more after so many bytes; `sends_to` is where it
    redirects to, `state` what it answers instead of the file, `endless` sends on for ever, `tag` is its ETag.
    """

    content: bytes = b""
    breaks: list[int] = field(default_factory=list)
    ignores_range: bool = False
    told: str | None = None
    stalls: int | None = None
    sends_to: str = ""
    state: int = 200
    endless: bool = False
    tag: str = '"one"'
    slow: float = 0.0
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(served: Served) -> Iterator[str]:
    """Serve a file, and give its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, served)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/there/file.zip"
        finally:
            server.shutdown()


def _answer(to: http.server.BaseHTTPRequestHandler, served: Served) -> None:
    wanted = to.headers.get("Range", "")
    served.asked.append(wanted)
    if served.sends_to and to.path.startswith("/there/"):
        to.send_response(302)
        to.send_header("Location", served.sends_to)
        to.end_headers()
        return
    if served.state != 200:
        to.send_error(served.state)
        return
    same = to.headers.get("If-Range", served.tag) == served.tag
    start = int(wanted[6:-1]) if wanted and same and not served.ignores_range else 0
    content = served.content[start:]
    to.send_response(206 if start else 200)
    if start:
        to.send_header("Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}")
    to.send_header("ETag", served.tag)
    if served.told != "":
        to.send_header("Content-Length", served.told or str(len(content)))
    to.end_headers()
    _send(to, content, served)


def _send(to: http.server.BaseHTTPRequestHandler, content: bytes, served: Served) -> None:
    try:
        if served.slow:
            for i in range(0, len(content), 1 << 10):
                to.wfile.write(content[i : i + (1 << 10)])
                time.sleep(served.slow)
            return
        to.wfile.write(content[: served.breaks.pop(0)] if served.breaks else content[: served.stalls])
        while served.endless:
            to.wfile.write(bytes(1 << 16))
        if served.stalls is not None:
            to.wfile.flush()
            time.sleep(3)
    except OSError:
        return


def offer_at(address: str, content: bytes, contents: Contents = Contents.FOLDERS, *, hashed: bool = True) -> Offer:
    """Return an offer of a served file."""
    return Offer(
        key=f"served_{contents.name.lower()}",
        name="Served pictures",
        about="Made for a test.",
        address=address,
        size=len(content),
        licence="not stated",
        contents=contents,
        hash=Hash("sha256", sha256(content).hexdigest(), "the test") if hashed else None,
    )


def jpeg(level: int, size: tuple[int, int] = (12, 10)) -> bytes:
    """Return a small JPEG, each level another one."""
    pixels = np.full((*size, 3), level % 256, np.uint8)
    pixels[: size[0] // 2] = 255 - level % 256
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG")
    return out.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    """Return a tar of files, packed with gzip."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), 1)


def tutorial(each: int = 4) -> bytes:
    """Return a zip in the layout of the tutorials' cats and dogs, with what else lies in theirs."""
    folders = [f"{split}/{name}" for split in ("train", "validation") for name in ("cats", "dogs")]
    places = [(f, i) for f in folders for i in range(each)]
    files = {f"cats_and_dogs_filtered/{f}/{f[-4:-1]}.{i}.jpg": jpeg(n) for n, (f, i) in enumerate(places)}
    return zipped({"cats_and_dogs_filtered/vectorize.py": b"pass", **files})


def kaggle(each: int = 6) -> bytes:
    """Return a zip in the layout of Microsoft's copy: two files of it broken, and what else lies there."""
    files = {f"PetImages/{n}/{i}.jpg": jpeg(9 * i + len(n) + (n == "Cat")) for n in ("Cat", "Dog") for i in range(each)}
    broken = {"PetImages/Cat/666.jpg": b"", "PetImages/Dog/11702.jpg": b"no picture"}
    files = {name: content for name, content in files.items() if name not in broken}
    others = {"PetImages/Cat/Thumbs.db": b"x", "readme[1].txt": b"x", "CDLA-Permissive-2.0.pdf": b"x"}
    return zipped(files | broken | others)


def pets(each: int = 5) -> bytes:
    """Return a tar in the layout of the Oxford-IIIT pets: flat, cats with a capital letter, some files no pictures."""
    breeds = ("Abyssinian", "Maine_Coon", "american_bulldog", "beagle")
    pictures = {f"images/{b}_{i}.jpg": jpeg(20 * n + i) for n, b in enumerate(breeds) for i in range(1, each + 1)}
    return tarred(pictures | {"images/Abyssinian_101.mat": b"x"})


def cifar(each: int = 3) -> bytes:
    """Return a tar in the layout of CIFAR-10's binary version: all ten labels, the pictures of each grey by label."""
    files = {}
    for number, name in enumerate([f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]):
        records = np.repeat(np.arange(10, dtype=np.uint8), each)[:, None] * np.ones((1, CIFAR_RECORD), np.uint8)
        records[:, 1:] = records[:, 1:] * 20 + number
        records[:, 1:1025] = 250  # all red
        files[f"cifar-10-batches-bin/{name}.bin"] = records.tobytes()
    return tarred({**files, "cifar-10-batches-bin/batches.meta.txt": b"airplane"})


def vgg16_file(weights: Sequence[np.ndarray]) -> bytes:
    """Return kernels and biases in the layout of Keras' file of VGG16: convolutions and layers without weights."""
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        layers = []
        for i in range(0, len(weights), 2):
            group = file.create_group(f"block_conv{i}")
            names = [f"block_conv{i}_{kind}_1:0" for kind in "Wb"][: len(weights) - i]
            for name, array in zip(names, weights[i : i + 2], strict=True):
                group[name] = array.astype(np.float32)
            group.attrs["weight_names"] = [name.encode() for name in names]
            file.create_group(f"block_pool{i}").attrs["weight_names"] = []
            layers += [f"block_conv{i}".encode(), f"block_pool{i}".encode()]
        file.attrs["layer_names"] = layers
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"1.2.0"
    return out.getvalue()


def fetching(offer: Offer) -> list[str]:
    """Return the command of a process that fetches a served file as the real one fetches an offered one."""
    told = repr(offer).replace(repr(offer.contents), f"Contents.{offer.contents.name}")
    code = (
        "from cnnlab.core.data.offers.offer import Contents, Hash, Offer\n"
        "from cnnlab.processes.data.fetch_job import fetch, run\n"
        f"raise SystemExit(run(lambda settings: fetch({told}, settings, plain_loopback=True)))"
    )
    return [sys.executable, "-c", code]
