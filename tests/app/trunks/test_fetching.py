"""VGG16 is fetched where a trunk is chosen: all is said before the press, and then it is one of the trunks."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import md5
from pathlib import Path

import pytest

from cnnlab.core.data.offers.files import keep_weights, kept
from cnnlab.core.data.offers.offer import Hash, Offer
from cnnlab.core.data.offers.table import VGG16 as OFFER
from cnnlab.core.trunks.known import VGG16
from cnnlab.core.trunks.rows import known_trunk
from cnnlab.runs.store import Store
from cnnlab.ui.data import fetch
from cnnlab.ui.session import services
from cnnlab.ui.session.keys import IS_TEACHER
from tests.app.driving import go_to, keyed, labelled, mine, open_page, text_of
from tests.app.run.test_runs import queued
from tests.app.run.test_training import start
from tests.app.trunks.test_borrowing import borrow
from tests.served import Served, fetching, serving

GET = f"get_{OFFER.key}"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Served, Offer]]:
    """Serve a small file in place of the weights, which is all that differs."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    served = Served(b"no weights " * 500)
    with serving(served) as address:
        named = Hash("md5", md5(served.content).hexdigest(), "the test")
        offer = replace(OFFER, address=address, size=len(served.content), hash=named)
        monkeypatch.setattr(fetch, "fetch_command", lambda key: fetching(offer))
        yield served, offer
        services.fetches().close()


def test_everything_known_of_the_file_stands_before_its_button() -> None:
    app = borrow(open_page("training"))
    said = text_of(keyed(app, "fetch_trunk"))
    for fact in (OFFER.address, "58,889,256 bytes", "6d6bbae143d832006294945121d1f1fc", "CC BY 4.0", "CNNLAB_HOME"):
        assert fact in said
    assert not app.button(key=GET).disabled
    assert app.button(key=GET).label == "Fetch 59 MB"
    assert "trunk_which" not in {box.key for box in app.selectbox}, "there is one trunk so far"


def test_what_is_no_weights_is_one_sentence_and_nothing_is_offered(served: tuple[Served, Offer]) -> None:
    app = borrow(open_page("training"))
    app.button(key=GET).click().run()
    job = services.fetches().get(f"fetch {OFFER.key}")
    assert job is not None
    assert not job.wait(60).running
    app.run()
    assert "does not hold the weights of VGG16" in app.error[0].value
    assert "trunk_which" not in {box.key for box in app.selectbox}
    assert served[0].asked == [""]


def test_where_the_server_has_a_key_only_the_teacher_fetches_it(
    served: tuple[Served, Offer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", "a long key")
    services.settings.clear()
    student = borrow(open_page("training"))
    assert "the teacher starts downloads" in text_of(keyed(student, "fetch_trunk"))
    assert student.button(key=GET).disabled
    student.button(key=GET).proto.disabled = False  # as a hand-made message would
    student.button(key=GET).click().run()
    assert services.fetches().get(f"fetch {OFFER.key}") is None
    teacher = borrow(open_page("training", **{IS_TEACHER.name: True}))
    assert not teacher.button(key=GET).disabled


def test_once_it_is_here_a_head_is_trained_on_it_as_on_the_other(home: Path, store: Store) -> None:
    kept(home, OFFER).parent.mkdir(parents=True, exist_ok=True)
    keep_weights(home, OFFER, b"")
    app = borrow(open_page("training"))
    assert GET not in {button.key for button in app.button}
    labelled(app.selectbox, "Trunk").set_value(VGG16.key).run()
    assert not app.exception
    said = text_of(app)
    assert "14,714,688 parameters frozen, 0 trainable" in said
    assert "turned round, so that it takes RGB" in said
    assert labelled(app.selectbox, "Image size").value == 150
    labelled(app.selectbox, "Image size").set_value(96).run()
    start(app)
    assert queued(store).trunk == known_trunk(VGG16, 96)
    go_to(app, "architecture")
    assert "block5_conv3" in text_of(app)
    assert "takes RGB" in text_of(app)
    go_to(app, "training")
    labelled(app.selectbox, "Trunk").set_value("efficientnet_lite0").run()
    assert mine(app).network.input_shape == (1, 1, 1280)
