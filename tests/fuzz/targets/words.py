"""Readers of texts: links, networks, lessons, exercises, signed texts."""

import base64
import json
import random
import zlib
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from itsdangerous import BadData, URLSafeSerializer

from cnnlab.classroom.record.signed import Signer, invitation_to
from cnnlab.classroom.record.work import Receipt
from cnnlab.core.classroom.flaws import flaws as flaws_of_exercise
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.core.exchange.keras_code import keras_script
from cnnlab.core.exchange.link import LinkError, decode, encode
from cnnlab.core.inside.heavy import too_heavy
from cnnlab.core.lessons import LessonError
from cnnlab.core.lessons.playing import flaws
from cnnlab.core.lessons.reading import read_lesson
from cnnlab.core.network import Network
from cnnlab.core.network.layers import KINDS
from cnnlab.core.network.presets import PRESETS
from cnnlab.core.settings import Settings
from cnnlab.core.shapes import check, trace
from cnnlab.core.teach.network_doctor import fixes
from cnnlab.core.trunks.address import as_text, from_text
from cnnlab.core.trunks.heads import smallest_head
from cnnlab.core.trunks.rows import shipped
from tests.fuzz.mutating import document, lines, one_of, pieces, tree
from tests.fuzz.targets.target import TREES, Target, as_json

ASSETS = Path(__file__).resolve().parents[3] / "assets"
KEY = b"k" * 32
SIGNER = Signer(KEY)
NOW = 1_800_000_000.0
TRUNK = shipped(96)
HEAD = smallest_head(TRUNK, 2)


def networks() -> list[Network]:
    """Return networks of every kind of layer."""
    return [
        *(preset.network for preset in PRESETS),
        Network.from_dict(
            {
                "input_shape": [12, 9, 3],
                "layers": [{"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 3}}],
            }
        ),
        Network.from_dict(
            {
                "input_shape": [60, 4],
                "layers": [
                    {"class_name": "Conv1D", "config": {"filters": 2, "kernel_size": 5}},
                    {"class_name": "GlobalMaxPooling1D", "config": {}},
                ],
            }
        ),
    ]


def look_at(network: Network) -> None:
    """Do with a network what every page does before it draws it."""
    assert Network.from_dict(network.to_dict()) == network
    if problem := check(network):
        assert str(problem)
        fixes(network, problem)
        return
    trace(network)
    too_heavy(network, 5_000_000)
    keras_script(network)
    try:
        text = encode(network)
    except LinkError:
        return
    assert decode(text) == network


def _link(data: bytes, _home: Path) -> None:
    look_at(decode(data.decode("utf-8", "surrogateescape")))


def _network(data: bytes, _home: Path) -> None:
    look_at(Network.from_json(data, "network.json"))


def _lesson(data: bytes, _home: Path) -> None:
    for line, said in flaws(read_lesson("lesson.md", data)):
        raise LessonError("lesson.md", line, said)


def _exercise(data: bytes, home: Path) -> None:
    exercise = read_exercise("exercise.md", data)
    for line, said in flaws_of_exercise(exercise, Settings(home), NOW):
        raise LessonError("exercise.md", line, said)
    SIGNER.link(invitation_to(exercise, "a", 1))


def _signed(data: bytes, _home: Path) -> None:
    kind, _, text = data.decode("utf-8", "surrogateescape").partition(" ")
    read = {"link": SIGNER.read_link, "receipt": SIGNER.read_receipt}.get(kind, SIGNER.read_token)
    said = read(text)
    network = getattr(said, "network", None)
    if network is not None:
        look_at(network)


def _trunk(data: bytes, home: Path) -> None:
    from_text(data.decode("utf-8", "surrogateescape"), HEAD, home)


def _repacked(rng: random.Random, data: bytes) -> bytes:
    """Change what a link says, not how it is packed."""
    body = data.partition(b".")[2]
    try:
        told = json.loads(zlib.decompress(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4))))
    except zlib.error:
        return pieces(rng, data)
    return packed(tree(rng, told))


def packed(told: object) -> bytes:
    """Return anything as the text of a link."""
    return b"1." + base64.urlsafe_b64encode(zlib.compress(as_json(told))).rstrip(b"=")


def _signed_again(rng: random.Random, data: bytes) -> bytes:
    """Change what a signed text says and sign it, as another version of the server may have done."""
    kind, _, text = data.partition(b" ")
    name = kind.decode("ascii", "replace")
    try:
        told = _serializer(name).loads(text.decode("ascii"))
    except BadData:
        return pieces(rng, data)
    return kind + b" " + str(_serializer(name).dumps(tree(rng, told))).encode()


def _serializer(kind: str) -> URLSafeSerializer:
    return SIGNER._kinds.get(kind) or SIGNER._kinds["token"]


RECEIPT = Receipt("abc", "One kernel", 2, "s", "Ada", 3, NOW, ((0, 0, "3"), (1, 0, "4")), ((0, 0),), ("run-1",))


def _signed_texts() -> list[bytes]:
    exercises = [read_exercise(path.name, path.read_bytes()) for path in sorted((ASSETS / "exercises").glob("*.md"))]
    links = [SIGNER.link(invitation_to(one, "abc", 2, short=short)) for one in exercises for short in (False, True)]
    others = (f"receipt {SIGNER.receipt(RECEIPT)}", f"token {SIGNER.token('s')}")
    return [text.encode() for text in (*(f"link {link}" for link in links), *others)]


def _trunks() -> list[bytes]:
    return [as_text(one).encode() for one in (TRUNK, replace(TRUNK, trainable_from="top_conv"))]


def _retold(rng: random.Random, data: bytes) -> bytes:
    told = json.loads(base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4)))
    return base64.urlsafe_b64encode(as_json(tree(rng, told))).rstrip(b"=")


def files_of(folder: str) -> list[bytes]:
    """Return the Markdown files of a folder of the assets."""
    return [path.read_bytes() for path in sorted((ASSETS / folder).rglob("*.md"))]


_CONFIGS = st.dictionaries(
    st.sampled_from(sorted({o for kind in KINDS.values() for o in kind.options})), TREES, max_size=4
)
_LAYERS = st.fixed_dictionaries({"class_name": st.sampled_from(sorted(KINDS)), "config": _CONFIGS})
_SHAPES = st.lists(st.integers(1, 40), min_size=2, max_size=3) | TREES
_NETWORKS = st.fixed_dictionaries({"input_shape": _SHAPES, "layers": st.lists(_LAYERS, max_size=5) | TREES})
_FORMS = st.builds(lambda n, layers: [n, *([x["class_name"], x["config"]] for x in layers)], _SHAPES, st.lists(_LAYERS))

TEXTS = (
    Target(
        "link",
        lambda: [encode(n).encode() for n in networks()],
        _link,
        one_of(_repacked, _repacked, pieces),
        22_000,
        drawn=_FORMS.map(packed),
    ),
    Target(
        "network",
        lambda: [as_json(n.to_dict()) for n in networks()],
        _network,
        document,
        22_000,
        drawn=_NETWORKS.map(as_json),
    ),
    Target("lesson", lambda: files_of("lessons"), _lesson, one_of(lines, lines, pieces), 8_000),
    Target("exercise", lambda: files_of("exercises"), _exercise, one_of(lines, lines, pieces), 8_000),
    Target("signed", _signed_texts, _signed, one_of(_signed_again, _signed_again, pieces), 12_000),
    Target("trunk", _trunks, _trunk, one_of(_retold, _retold, pieces), 4_000),
)
