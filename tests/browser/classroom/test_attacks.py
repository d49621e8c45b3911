"""Attacks over the real socket: what is locked stays, nobody becomes another, nothing secret is sent, floods end."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any
from urllib.request import Request, urlopen

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from cnnlab.classroom.classroom import Classroom
from cnnlab.core.exchange.link import encode
from cnnlab.core.network import Network
from cnnlab.runs.record.ownership import owner_of
from tests.app.driving import run_async
from tests.browser.support.protocol import Session
from tests.browser.support.serving import Server, until
from tests.unit.classroom.exercise_files import lasting as exercise

pytestmark = pytest.mark.slow
SECRETS = ("z-mistake", "z-hint", "z-explain", "z-luck", "z-because", "4141414", "3737373", "4343434", "6161616")
NAMES, ANSWERS = 10, 120  # of one browser, in an hour and in a minute


class Attacker(Session):
    """Be a session that keeps every byte, and sends any state for any widget that stands on its page."""

    def __init__(self, url: str, who: str | None, query: str = "") -> None:
        super().__init__(url, who, query)
        self.bytes = b""
        self.widgets: set[str] = set()

    def hear(self, message: bytes) -> None:
        self.bytes += message
        element = ForwardMsg.FromString(message).delta.new_element
        kind = element.WhichOneof("type")
        if kind and hasattr(getattr(element, kind), "id"):
            self.widgets.add(getattr(element, kind).id)

    async def forge(self, key: str, event: str = "", **value: Any) -> None:
        """Send a state for the widget with a key, or for an event of it."""
        identity = next(one for one in self.widgets if one.endswith(f"-{key}"))
        identity = _make_trigger_id(identity, event) if event else identity
        message = BackMsg()
        message.rerun_script.widget_states.widgets.add(id=identity, **value)
        await self._run(message)


@pytest.fixture
def given(fresh_server: Server) -> Callable[[], Classroom]:
    return lambda: Classroom(fresh_server.home, 400)


async def begun(server: Server, link: str, who: str, name: str) -> Attacker:
    one = Attacker(server.url(), who, f"x={link}")
    await one.open()
    await one.fill_in("Your name", name, "Begin")
    await one.press("To the first step")
    return one


def play(work: Coroutine[Any, Any, Any]) -> Any:
    return run_async(asyncio.wait_for(work, 200))


def test_forged_states_of_locked_controls_change_nothing(fresh_server: Server, given: Callable[[], Classroom]) -> None:
    with closing(given()) as room:
        exercise_id = room.exercises.add(exercise()).id

        async def attack() -> None:
            ann = await begun(fresh_server, room.link(exercise_id), "a" * 32, "Ann")
            for values in ({"layer0.filters": 8, "layer0.kernel_size": 5}, {"input.size": 20}, {"layer9.units": 1}):
                await ann.forge("network_lab", json_value=json.dumps({"values": values}))
            for event, value in (("edit", {"what": "remove", "index": 0}), ("preset", "one"), ("head", "softmax")):
                trigger = json.dumps([{"event": event, "value": value}])
                await ann.forge("network_lab", "events", json_trigger_value=trigger)
            assert "as it is, so nothing has changed" in ann.text
            # What may be touched arrives by the same messages.
            await ann.forge("network_lab", json_value=json.dumps({"values": {"layer0.kernel_size": 5}}))
            await ann.close()

        play(attack())
        changed = encode(Network.seed().with_option(0, "kernel_size", (5, 5)))
        until(lambda: room.table.rows(exercise_id)[0].standing.network == changed, "the network is kept")
        assert "Traceback" not in fresh_server.written()


def test_no_cookie_takes_the_place_of_another_browser(fresh_server: Server, given: Callable[[], Classroom]) -> None:
    secret = "the-secret-of-ann-0123456789abcdef"
    with closing(given()) as room:
        link = room.link(room.exercises.add(exercise()).id)

        async def attack() -> None:
            await (await begun(fresh_server, link, secret, "Ann")).close()
            again = await Attacker(fresh_server.url(), secret, f"x={link}").open()
            assert again.has("Go on as Ann")
            await again.close()
            shapes = (None, "", owner_of(secret), f"{secret}x", secret.upper(), f'"{secret}', "Ann", "..", "%00")
            for forged in shapes:
                for step in ("", "&step=1"):
                    other = Attacker(fresh_server.url(), forged, f"x={link}{step}")
                    await other.open()
                    assert not other.has("Go on as Ann"), forged
                    assert other.has("Your name")
                    assert b"step 1 of 2, Ann" not in other.bytes
                    await other.close()

        play(attack())


def test_nobody_gets_another_students_words_nor_a_solution(
    fresh_server: Server, given: Callable[[], Classroom]
) -> None:
    with closing(given()) as room:
        exercise_id = room.exercises.add(exercise()).id
        link = room.link(exercise_id)

        async def attack() -> bytes:
            ann = await begun(fresh_server, link, "a" * 32, "Ann-q-Lovelace")
            await ann.fill_in("Your answer", "147147", "Answer")
            ben = await begun(fresh_server, link, "b" * 32, "Ben")
            for step in ("1", "2", "999", "-1", "1%00"):
                ben.query = f"x={link}&step={step}"
                await ben.again()
            for value in ("Ann-q-Lovelace", "1"):
                await ben.forge("exercise_step", string_value=value)
            assert b"Ann-q-Lovelace" in ann.bytes
            await ann.close()
            await ben.close()
            return ben.bytes

        heard = play(attack())
        for path in (f"?x={link}", "cnnlab/ready", "exercises", "operator", "_stcore/health", "_stcore/host-config"):
            with urlopen(Request(fresh_server.url(path))) as answer:
                heard += answer.read()
        student = room.table.rows(exercise_id)[0].student
        assert student.name == "Ann-q-Lovelace"
        for secret in (*SECRETS, student.name, student.id, "147147"):
            assert secret.encode() not in heard, secret
        assert not any(secret in link for secret in SECRETS)


def test_floods_of_one_browser_end_with_one_sentence(fresh_server: Server, given: Callable[[], Classroom]) -> None:
    with closing(given()) as room:
        exercise_id = room.exercises.add(exercise()).id
        link = room.link(exercise_id)

        async def attack() -> tuple[str, str]:
            for n in range(NAMES):
                await (await begun(fresh_server, link, f"s{n}" * 8, f"N{n}")).close()
            flood = Attacker(fresh_server.url(), "f" * 32, f"x={link}")
            await flood.open()
            for n in range(NAMES):
                await flood.fill_in("Your name", f"F{n}", "Begin")
                flood.query = f"x={link}"
                await flood.close()
                flood = Attacker(fresh_server.url(), "f" * 32, f"x={link}")
                await flood.open()
                await flood.press("I am somebody else")
            await flood.fill_in("Your name", "one more", "Begin")
            refused = flood.text
            await flood.close()
            ann = await begun(fresh_server, link, "a" * 32, "Ann")
            for n in range(ANSWERS + 1):
                await ann.fill_in("Your answer", str(n), "Answer")
            told = ann.text
            await ann.close()
            return refused, told

        names, answers = play(attack())
        assert "so many have begun already that this is no class; try again in" in names
        assert "So many answers come from here that this is no class; try again in" in answers
        assert len(room.table.rows(exercise_id)) == 2 * NAMES + 1
        assert "Traceback" not in fresh_server.written()


def test_a_class_that_is_deleted_leaves_no_byte_while_the_server_runs(
    fresh_server: Server, given: Callable[[], Classroom]
) -> None:
    with closing(given()) as room:
        exercise_id = room.exercises.add(exercise()).id
        link = room.link(exercise_id)

        async def work() -> Attacker:
            ann = await begun(fresh_server, link, "a" * 32, "Ann-q-Lovelace")
            await ann.fill_in("Your answer", "147147", "Answer")
            assert b"147147" in _everything(fresh_server)
            room.forgetting.whole_class(exercise_id)
            await ann.again()
            assert "Your work is not here any more" in ann.text
            await ann.close()
            return ann

        play(work())
        for gone in (b"Ann-q-Lovelace", b"147147", exercise_id.encode()):
            assert gone not in _everything(fresh_server), gone


def _everything(server: Server) -> bytes:
    """Return every byte in the files of the record."""
    return b"".join(path.read_bytes() for path in sorted(server.home.glob("classroom*")))
