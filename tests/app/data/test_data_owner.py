"""An uploaded data set is its owner's: hidden from others until it is shared; the owner or the teacher removes it."""

import io
import os
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.core.data.library import Entry, Library
from cnnlab.core.settings import Settings
from cnnlab.processes.data.jobs import STOPPED, Asker
from cnnlab.runs.record import RunError
from cnnlab.runs.record.ownership import owner_of
from cnnlab.runs.store import Store
from cnnlab.ui.session import services
from tests.app.driving import keyed, mine, open_page, text_of
from tests.app.material import data_zip
from tests.unit.runs.store.test_store import SPEC

OWNER = "the owner's secret"


@pytest.fixture
def pets(home: Path) -> Entry:
    return Library(Settings(home)).add_archive(io.BytesIO(data_zip()), "pets.zip", owner=owner_of(OWNER))


def visit(token: str, **session: object) -> AppTest:
    return open_page("data", visitor_token=token, **session)


def offered(app: AppTest) -> bool:
    return "pets (uploaded)" in app.radio(key="data_choice").options


def chosen(app: AppTest, entry: Entry) -> AppTest:
    app.radio(key="data_choice").set_value(entry.reference).run()
    return app


def test_a_set_is_hidden_from_others_until_its_owner_shares_it(pets: Entry) -> None:
    assert not offered(visit("somebody else"))
    app = chosen(visit(OWNER), pets)
    app.toggle(key=f"share_{pets.reference}").set_value(True).run()
    assert not app.exception
    other = chosen(visit("somebody else"), pets)
    assert mine(other).data.reference == pets.reference
    assert not [button for button in other.button if button.key == "remove_data"]
    app.toggle(key=f"share_{pets.reference}").set_value(False).run()
    other.run()
    assert not other.exception
    assert not offered(other)
    assert mine(other).data.reference == "silhouettes"


def test_the_owner_removes_it_and_is_told_which_trainings_used_it(pets: Entry, home: Path, store: Store) -> None:
    store.create(SPEC.__class__(**{**vars(SPEC), "data": pets.reference}))
    app = chosen(visit(OWNER), pets)
    assert "1 training used it: what they found stays, but none can go on. 1 training on it" in text_of(app)
    app.button(key="remove_data").click().run()
    assert not app.exception
    assert not offered(app)
    assert list((home / "data").iterdir()) == []
    with pytest.raises(RunError, match="was removed from this server; choose another one"):
        services.engine().submit(SPEC.__class__(**{**vars(SPEC), "data": pets.reference}))


def test_the_teacher_sees_and_removes_everybodys(pets: Entry, home: Path) -> None:
    app = chosen(visit("teacher", is_teacher=True), pets)
    app.button(key="remove_data").click().run()
    assert list((home / "data").iterdir()) == []


def test_a_set_kept_before_is_everybodys_and_only_the_teachers_to_remove(home: Path) -> None:
    entry = Library(Settings(home)).add_archive(io.BytesIO(data_zip()), "pets.zip")
    app = chosen(visit("anybody"), entry)
    assert mine(app).data.reference == entry.reference
    assert not [button for button in app.button if button.key == "remove_data"]


def test_the_same_archive_of_two_is_there_until_both_have_removed_it(pets: Entry, home: Path) -> None:
    library = Library(Settings(home))
    both = library.add_archive(io.BytesIO(data_zip()), "again.zip", owner="second")
    assert both.is_offered_to("second")
    library.remove(both, owner_of(OWNER))
    (left,) = library.entries()
    assert (left.owners, left.is_offered_to(owner_of(OWNER))) == (("second",), False)
    library.remove(left, "second")
    assert library.entries() == ()


def test_who_waits_no_more_leaves_the_work_to_whoever_does(home: Path) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    apps = [visit(token) for token in ("first", "second")]
    for app, token in zip(apps, ("first", "second"), strict=True):
        job = services.jobs().start("a folder", sleeping, dict(os.environ), Asker(owner_of(token)))
        mine(app).data = mine(app).data.waiting("a folder")
        keyed(app.run(), "data_work")
    try:
        apps[0].button(key="cancel_data").click().run()
        assert mine(apps[0]).data.job == ""
        assert job.state.running
        apps[1].button(key="cancel_data").click().run()
        assert job.wait(20).refused == STOPPED
    finally:
        services.jobs().close()
