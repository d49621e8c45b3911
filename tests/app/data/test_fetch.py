"""The panel that fetches: everything is said before the press, one download serves everybody, and nothing is lost."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.library import Library
from cnnlab.core.data.offers.files import arriving
from cnnlab.core.data.offers.offer import Offer
from cnnlab.core.data.offers.table import PHOTOGRAPHS
from cnnlab.core.settings import Settings
from cnnlab.processes.data.jobs import STOPPED
from cnnlab.ui.data import fetch
from cnnlab.ui.session import services
from cnnlab.ui.session.keys import IS_TEACHER
from tests.app.driving import html_of, keyed, mine, open_page, text_of
from tests.served import Served, fetching, kaggle, offer_at, serving

CONTENT = kaggle()
DEADLINE = 60


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fetch, "QUICK_SECONDS", 0.0)
    return Served(CONTENT)


@pytest.fixture
def offer(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Offer]:
    """Offer a served file alone."""
    with serving(served) as address:
        made = offer_at(address, CONTENT)
        monkeypatch.setattr(fetch, "PHOTOGRAPHS", (made,))
        monkeypatch.setattr(fetch, "fetch_command", lambda key: fetching(made))
        yield made
        services.fetches().close()


def card(app: AppTest, offer: Offer) -> str:
    return text_of(keyed(app, f"fetch_{offer.key}"))


def press(app: AppTest, button: str, offer: Offer) -> AppTest:
    app.button(key=f"{button}_{offer.key}").click().run()
    assert not app.exception
    return app


def ended(app: AppTest, offer: Offer) -> AppTest:
    job = services.fetches().get(f"fetch {offer.key}")
    assert job is not None
    assert not job.wait(DEADLINE).running
    return app.run()


def test_address_size_checksum_and_licence_of_every_offer_stand_before_its_button() -> None:
    app = open_page("data")
    for offer in PHOTOGRAPHS:
        said = card(app, offer)
        assert offer.address in said
        assert f"{offer.size:,} bytes" in said
        assert (offer.hash.digits if offer.hash else "no hash published") in said
        assert offer.licence in said
        assert all(host in said for host in offer.hosts)
        assert not app.button(key=f"get_{offer.key}").disabled
    assert "CNNLAB_HOME" in text_of(keyed(app, "fetch_panel")), "the way by hand"


def test_no_page_asks_anybody_before_a_press(served: Served, offer: Offer) -> None:
    open_page("data").run()
    assert served.asked == []


def test_a_press_brings_the_set_and_shows_what_the_doctor_finds(offer: Offer, home: Path) -> None:
    app = ended(press(open_page("data"), "get", offer), offer)
    assert not app.error
    (entry,) = Library(Settings(home)).entries()
    assert mine(app).data.reference == entry.reference
    assert app.radio(key="data_choice").options[-1] == "Served pictures (fetched)"
    assert "666.jpg" in html_of(keyed(app, "data_doctor"))
    assert "It is here" in card(app, offer)
    assert open_page("data").radio(key="data_choice").options[-1] == "Served pictures (fetched)", "for everybody"


def test_two_visitors_share_one_download_and_one_who_leaves_does_not_end_it(served: Served, offer: Offer) -> None:
    served.slow = 0.3
    first = press(open_page("data"), "get", offer)
    second = open_page("data")
    assert not [b.key for b in second.button if b.key == f"get_{offer.key}"]
    second = press(second, "join", offer)
    press(first, "cancel", offer)
    assert not [b.key for b in first.button if b.key == f"cancel_{offer.key}"]
    served.slow = 0.0
    ended(second, offer)
    assert len(served.asked) == 1
    assert mine(second).data.reference == Library(services.settings()).entries()[0].reference
    assert mine(first.run()).data.reference == "silhouettes", "who left keeps the own set"
    press(first, "choose", offer)
    assert mine(first).data.reference == mine(second).data.reference


def test_cancelled_it_goes_on_where_it_stopped_or_is_thrown_away(served: Served, offer: Offer, home: Path) -> None:
    served.stalls = 2000
    app = press(open_page("data"), "get", offer)
    part = arriving(home, offer)
    job = services.fetches().get(f"fetch {offer.key}")
    assert job is not None
    while job.state.running and not (part.exists() and part.stat().st_size):
        job.wait(0.05)
    app = ended(press(app.run(), "cancel", offer), offer)
    assert job.state.refused == STOPPED
    assert not app.error, "a cancelled download is no fault"
    assert "are here" in app.button(key=f"get_{offer.key}").label
    press(app, "drop", offer)
    assert not part.exists()
    assert re.match(r"Fetch [0-9.]+ MB", app.button(key=f"get_{offer.key}").label)


def test_what_went_wrong_is_one_sentence_for_who_asked(served: Served, offer: Offer) -> None:
    served.content = CONTENT[:-1] + b"!"
    app = ended(press(open_page("data"), "get", offer), offer)
    (error,) = app.error
    assert "not the file that was offered" in error.value
    assert error.value.count(". ") == 0
    assert mine(app).data.reference == "silhouettes"
    assert not open_page("data").error


def test_on_a_server_with_a_teachers_key_only_the_teacher_starts_downloads(
    served: Served, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNLAB_TEACHER_KEY", "a long key")
    services.settings.clear()
    student = open_page("data")
    assert "the teacher starts downloads" in text_of(keyed(student, "fetch_panel"))
    assert student.button(key=f"get_{offer.key}").disabled
    student.button(key=f"get_{offer.key}").proto.disabled = False  # as a hand-made message would
    press(student, "get", offer)
    assert services.fetches().get(f"fetch {offer.key}") is None, "a button that is switched off does nothing"
    served.slow = 0.3
    teacher = press(open_page("data", **{IS_TEACHER.name: True}), "get", offer)
    student.run()
    assert not [b.key for b in student.button if b.key in (f"get_{offer.key}", f"join_{offer.key}")]
    assert "are here" not in card(student, offer)
    press(teacher, "cancel", offer)


def test_breeds_are_offered_once_the_pets_are_here(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    again = replace(fetch.BREEDS, of=offer)
    monkeypatch.setattr(fetch, "BREEDS", again)
    app = open_page("data")
    assert "37 breeds" not in text_of(keyed(app, "fetch_panel"))
    app = ended(press(app, "get", offer), offer)
    assert "37 units" in text_of(keyed(app, f"fetch_{again.key}"))
    assert not app.button(key=f"get_{again.key}").disabled
