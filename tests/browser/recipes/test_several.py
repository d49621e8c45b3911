"""Two web processes on one home behind the real nginx, as the recipe has it: one class, also when one is killed."""

import asyncio
import secrets
import signal
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from websockets.asyncio.client import connect

from cnnlab.classroom.classroom import Classroom
from cnnlab.core.classroom.reading import read_exercise
from cnnlab.runs.record import State
from cnnlab.runs.store import Store
from cnnlab.ui.session.visitor import COOKIE
from tests.app.driving import run_async
from tests.app.material import data_zip, rotated_jpeg
from tests.browser.classroom.test_class_of_thirty import answer_in_browser, begin_in_browser, open_results
from tests.browser.conftest import ARGUMENTS, KEY
from tests.browser.recipes.fronts import SEVERAL, Front
from tests.browser.recipes.walks import see_maps_of_a_photograph, send_large_archive
from tests.browser.support.protocol import Session
from tests.browser.support.serving import END_SECONDS, Server, until
from tests.browser.support.watching import WAIT, Watched
from tests.unit.classroom.exercise_files import HOW_WIDE

pytestmark = pytest.mark.slow

STAYS = "cnnlab_process"
KEEP_DAYS = 400
BROWSERS = 30
# What a browser says where a process ends under it.
BROKEN = ("WebSocket", "Failed to load resource", "disconnected from server")
Come = Callable[..., Watched]


@pytest.fixture
def front(browser_path: str, tmp_path: Path) -> Iterator[Front]:
    """Run two web processes on one home, and nginx before both."""
    if SEVERAL.missing:
        pytest.skip(f"not installed: {', '.join(SEVERAL.missing)}; on Debian: apt-get install nginx-light openssl")
    home = tmp_path / "home"
    both = [Server(home, CNNLAB_TEACHER_KEY=KEY, **SEVERAL.environment) for _ in range(2)]
    both[1].log = tmp_path / "second.log"
    for server in both:
        server.spawn()
    running = Front(SEVERAL, tmp_path / "proxy", *both)
    try:
        for server in both:
            server.wait()
        yield running.start()
    finally:
        running.close()
        for server in both:
            if server.process is not None and server.process.poll() is None:
                server.process.send_signal(signal.SIGTERM)
                server.process.wait(END_SECONDS)
        both[0].close()


@pytest.fixture
def come(browser: Browser, browser_path: str, front: Front) -> Iterator[Come]:
    """Return a function that brings a browser, to the process of this number if it is to be a certain one."""
    rules = f"--host-resolver-rules=MAP {SEVERAL.name} 127.0.0.1"
    opened = browser.browser_type.launch(executable_path=browser_path, args=[*ARGUMENTS, rules])
    guests: list[Watched] = []

    def bring(number: int = 0, who: str = "") -> Watched:
        context = opened.new_context(ignore_https_errors=True)
        for name, value in ((STAYS, str(number or "")), (COOKIE, who)):
            if value:
                context.add_cookies([{"name": name, "value": value, "url": front.url()}])
        guests.append(Watched(context, front))
        return guests[-1]

    yield bring
    opened.close()
    assert [fault for guest in guests for fault in guest.faults if not any(word in fault for word in BROKEN)] == []


def cookie(guest: Watched, name: str) -> str:
    """Return the value of a cookie that a browser has."""
    return next((each["value"] for each in guest.page.context.cookies() if each["name"] == name), "")


def where(front: Front, who: str) -> Counter[str]:
    """Return which processes have answered a browser, as nginx writes it down, and how often."""
    lines = (line.split() for line in (front.folder / "access.log").read_text().splitlines())
    return Counter(line[1].rpartition(":")[2] for line in lines if line[0] == who and line[1] != "-")


def way(front: Front) -> dict[str, object]:
    """Return how a session without a browser connects to the proxy."""
    trusting = ssl.create_default_context(cafile=front.folder / "fullchain.pem")
    return {"host": "127.0.0.1", "port": front.port, "ssl": trusting}


async def sent_to(front: Front, who: str, last: str = "") -> str:
    """Return the number of the process that a browser's socket is led to, which was at the `last` one before."""
    address, headers = front.url("_stcore/stream").replace("https", "wss", 1), {"Origin": front.url().rstrip("/")}
    headers["Cookie"] = f"{COOKIE}={who}" + (f"; {STAYS}={last}" if last else "")
    async with connect(address, subprotocols=["streamlit"], additional_headers=headers, **way(front)) as socket:
        assert socket.response is not None
        told = SimpleCookie(socket.response.headers.get("Set-Cookie", ""))
        return told[STAYS].value if STAYS in told else last


def test_browsers_are_spread_and_each_stays_with_one_process(front: Front, come: Come) -> None:
    async def twice() -> list[tuple[str, str]]:
        known = [secrets.token_urlsafe(24) for _ in range(BROWSERS)]
        return [(await sent_to(front, who), await sent_to(front, who)) for who in known]

    led = run_async(twice())
    assert all(first == again for first, again in led)
    assert set(Counter(first for first, _ in led)) == {"1", "2"}

    for number, server in enumerate(front.servers, 1):
        # A page, its socket, an upload to Streamlit and one past it, pictures, and a page of another tab.
        guest = come(number)
        see_maps_of_a_photograph(guest)
        send_large_archive(guest)
        assert cookie(guest, STAYS) == str(number)
        another = Watched(guest.page.context, front)
        another.open("architecture", "Architecture")
        who = cookie(guest, COOKIE)
        guest.page.context.close()
        until(lambda who=who: where(front, who), "nginx wrote nothing")
        assert set(where(front, who)) == {str(server.port)}


def test_trainings_and_data_of_one_process_are_those_of_the_other(front: Front, come: Come) -> None:
    home, who = front.servers[0].home, secrets.token_urlsafe(24)
    here, there = come(1, who), come(2, who)
    here.open("data", "Data")
    here.upload("data_upload", "pets.zip", data_zip())
    expect(here.page.get_by_test_id("stMain")).to_contain_text("pets (uploaded)", timeout=WAIT)
    there.open("data", "Data")
    expect(there.page.get_by_test_id("stMain")).to_contain_text("pets (uploaded)")

    here.open("training", "Training").get_by_role("button", name="Start training").click()
    with closing(Store(home)) as store:
        (run,) = until(lambda: store.in_state(State.RUNNING), "the training did not start", 120)
        page = there.open(f"training?run={run.id}", "Training")
        page.get_by_role("button", name="Stop", exact=True).click()
        until(lambda: store.get(run.id).is_terminal, "the training was not stopped by the other process")
    expect(here.page.get_by_test_id("stMain")).to_contain_text("stopped", timeout=WAIT, ignore_case=True)


def test_who_is_at_the_other_process_follows(front: Front, come: Come) -> None:
    teacher, follower = come(1), come(2)
    page = teacher.open("exercises", "Exercises")
    page.get_by_label("The teacher's key").fill(KEY)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Let everybody here follow me").click()
    follower.open("lessons", "Lessons")
    follower.page.get_by_role("button", name="Follow the teacher").click()
    teacher.go_to("Architecture")
    expect(follower.page.locator("h1")).to_have_text("Architecture")
    page.get_by_role("button", name="Let go").click()
    expect(follower.page.get_by_text("You follow the teacher.")).to_have_count(0)


def test_a_killed_process_loses_nothing_and_its_visitors_go_on_at_the_other(front: Front, come: Come) -> None:
    with closing(Classroom(front.servers[0].home, KEEP_DAYS)) as room:
        link = room.link(room.exercises.add(read_exercise("how-wide.md", HOW_WIDE)).id)
    ann, ben, dora, teacher = come(1), come(2), come(1), come(2)
    dora.open("feature_maps", "Feature maps")
    begin_in_browser(ann, link, "Ann")
    begin_in_browser(ben, link, "Ben")
    open_results(teacher)
    table = teacher.page.locator("table.class tbody")
    answer_in_browser(ann, "150")
    expect(table).to_contain_text("150", timeout=WAIT)
    acknowledged = run_async(answers_until(front, link, front.servers[0].kill))
    assert sum(map(len, acknowledged.values())) > len(acknowledged)

    # Streamlit's page connects again by itself, and is a new visit.
    for guest in (ann, dora):
        until(lambda guest=guest: cookie(guest, STAYS) == "2", "a page did not come back by the other process")
    came_back(ann, link, "Ann")
    answer_in_browser(ann, "147")
    answer_in_browser(ben, "148")
    for given in ("147", "148"):
        expect(table).to_contain_text(given, timeout=WAIT)
    with closing(Classroom(front.servers[0].home, KEEP_DAYS)) as room:
        (exercise,) = room.exercises.all()
        kept = {row.student.name: row.cells for row in room.table.rows(exercise.id)}
    for name, given in acknowledged.items():
        found = kept[name].get((0, 0))
        # One more may have been kept that no page could tell of any more.
        assert (found.attempts if found else 0) in (len(given), len(given) + 1), name
        assert not given or (found is not None and found.given >= given[-1]), name

    front.servers[0].start()
    until(lambda: run_async(sent_to(front, "somebody", "1")) == "1", "nginx did not try the process again")
    # Pictures and uploads of a visit are where its socket is, also now that its first process is there again.
    bring_without_reload(dora)
    dora.sheets()
    back = come(1)
    begin_in_browser(back, link, "Cleo")
    assert cookie(back, STAYS) == "1"
    expect(table.locator("tr").filter(has_text="Cleo")).to_be_visible(timeout=WAIT)


def bring_without_reload(guest: Watched) -> None:
    """Send a photograph from a page whose visit was lost; what it does first only draws the page anew."""
    caption = guest.page.get_by_test_id("stImageCaption")
    guest.upload("picture_upload", "first.jpg", rotated_jpeg())
    with suppress(AssertionError):
        expect(caption).to_contain_text("first.jpg", timeout=10_000)
    guest.settle()
    guest.upload("picture_upload", "upright.jpg", rotated_jpeg())
    expect(caption).to_contain_text("upright.jpg, 60 × 90 pixels", timeout=WAIT)


def came_back(guest: Watched, link: str, name: str) -> None:
    """Come back to an exercise as after a reload."""
    page = guest.page
    page.goto(guest.server.url(f"?x={link}"))
    page.get_by_role("button", name=f"Go on as {name}").click()
    expect(guest.keyed("lesson_dock")).to_contain_text("How wide are the maps?")


async def answers_until(front: Front, link: str, kill: Callable[[], None], count: int = 8) -> dict[str, list[str]]:
    """Let sessions answer one after the other until a process is killed; return what stood on a page of each."""
    known: dict[str, list[str]] = {}

    async def work(place: int) -> None:
        name = f"Student {place:02}"
        one = Session(front.url(), secrets.token_urlsafe(24), f"x={link}", **way(front))
        await one.open()
        await one.fill_in("Your name", name, "Begin")
        await one.press("To the first step")
        known[name] = []
        for number in range(1000, 1012):
            await one.fill_in("Your answer", str(number), "Answer")
            if str(number) in one.text:
                known[name].append(str(number))
        await one.close()

    working = [asyncio.create_task(work(place)) for place in range(count)]
    while sum(map(len, known.values())) < 2 * count:
        await asyncio.sleep(0.1)
    await asyncio.to_thread(kill)
    for task in working:
        # Those at the killed process are cut off in the midst of an answer.
        with suppress(Exception):
            await task
    return known
