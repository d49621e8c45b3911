"""What is signed is read as it was, and whoever changes one character of it is refused in one sentence."""

import base64
import string
import zlib
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.classroom.record.codes import ALPHABET, CODE_LETTERS, hash_of, new_code
from cnnlab.classroom.record.errors import ClassroomError
from cnnlab.classroom.record.qr import qr_svg
from cnnlab.classroom.record.signed import Signer, invitation_to
from cnnlab.classroom.record.work import Receipt
from cnnlab.processes.home.keys import kept_key
from tests.unit.classroom.exercise_files import NOW, SECRETS, exercise

SIGNER = Signer(b"k" * 32)
LINK = SIGNER.link(invitation_to(exercise(), "abc", 3))
RECEIPT = SIGNER.receipt(Receipt("abc", "One kernel", 3, "s", "Ann", 1, NOW, ((0, 0, "148"),), ((0, 0),), ("run-1",)))
TOKEN = SIGNER.token("ann")
URL_SAFE = string.ascii_letters + string.digits + "-_."


def test_a_link_says_what_an_exercise_begins_with() -> None:
    found = SIGNER.read_link(LINK)
    assert found == invitation_to(exercise(), "abc", 3)
    assert (found.exercise, found.version, found.title, found.by, found.seed) == ("abc", 3, "One kernel", "Ms Curie", 7)
    assert found.begin == exercise().begin
    assert found.network == exercise().network
    assert found.only == exercise().only


def test_a_short_link_leaves_the_rest_to_the_record() -> None:
    short = SIGNER.link(invitation_to(exercise(), "abc", 3, short=True))
    assert len(short) < 150 < len(LINK) < 700
    assert (SIGNER.read_link(short).title, SIGNER.read_link(short).network) == ("One kernel", None)


def test_a_link_needs_no_escaping_in_an_address_and_holds_no_secret() -> None:
    assert set(LINK) <= set(URL_SAFE)
    body = LINK.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    told = (zlib.decompress(raw) if LINK.startswith(".") else raw).decode()
    assert "One kernel" in told
    assert [secret for secret in SECRETS if secret in told] == []


@given(st.sampled_from([LINK, RECEIPT, TOKEN]), st.data())
def test_one_changed_character_is_refused(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted(set(URL_SAFE) - {text[place]})))
    changed = text[:place] + other + text[place + 1 :]
    for read in (SIGNER.read_link, SIGNER.read_receipt, SIGNER.read_token):
        with pytest.raises(ClassroomError):
            read(changed)


@pytest.mark.parametrize("text", [LINK, RECEIPT, TOKEN])
def test_every_other_last_character_is_refused(text: str) -> None:
    for other in set(URL_SAFE) - {text[-1]}:
        for read in (SIGNER.read_link, SIGNER.read_receipt, SIGNER.read_token):
            with pytest.raises(ClassroomError):
                read(text[:-1] + other)


@settings(max_examples=40)
@given(st.one_of(st.text(), st.text(URL_SAFE), st.integers(0, len(LINK) - 1).map(lambda n: LINK[:n])))
def test_no_other_text_is_taken(text: str) -> None:
    for read in (SIGNER.read_link, SIGNER.read_receipt, SIGNER.read_token):
        with pytest.raises(ClassroomError, match="copy the whole of it, or ask for it again"):
            read(text)


def test_what_is_signed_for_one_use_or_by_another_home_serves_no_other() -> None:
    for text, read in ((TOKEN, SIGNER.read_link), (LINK, SIGNER.read_token), (LINK, SIGNER.read_receipt)):
        with pytest.raises(ClassroomError):
            read(text)
    with pytest.raises(ClassroomError):
        Signer(b"l" * 32).read_link(LINK)


def test_a_receipt_proves_what_was_handed_in_also_when_a_mail_program_has_broken_its_lines() -> None:
    found = SIGNER.read_receipt("\n".join(RECEIPT[i : i + 60] for i in range(0, len(RECEIPT), 60)) + "\n")
    assert (found.name, found.answers, found.goals, found.trainings, found.at) == (
        "Ann",
        ((0, 0, "148"),),
        ((0, 0),),
        ("run-1",),
        NOW,
    )


def test_a_code_has_more_than_sixty_random_bits_and_is_read_however_it_is_written() -> None:
    assert len(ALPHABET) ** CODE_LETTERS > 2**60
    assert not set("il1o0") & set(ALPHABET)
    code = new_code()
    assert code != new_code()
    assert hash_of(code) == hash_of(f"  {code.upper().replace('-', ' ')} ")
    assert hash_of(code) == hash_of(code.replace("-", ""))


@given(st.text())
def test_what_is_no_code_has_no_hash(typed: str) -> None:
    assert hash_of(typed) is None


def test_the_key_of_a_home_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "home" / "classroom.key"
    assert kept_key(path) == kept_key(path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"short")
    assert kept_key(path) is None


def test_a_code_for_the_projector_is_a_drawing_of_the_address() -> None:
    address = "http://192.168.1.10:8501/exercise?x=" + LINK
    drawn = qr_svg(address)
    code = segno.make_qr(address, error="l")
    side = code.symbol_size()[0]
    assert f'viewBox="0 0 {side} {side}"' in drawn
    assert drawn.startswith("<svg")
    assert "width=" not in drawn
    # The dark modules of the path: m moves, h draws so many to the right.
    dark = sum(
        int(step[1:])
        for step in drawn.split(' d="')[2]
        .split('"')[0]
        .replace("h", " h")
        .replace("m", " m")
        .replace("M", " M")
        .split()
        if step.startswith("h")
    )
    assert dark == sum(
        sum(1 for module in row if module & 1) for row in segno.make_qr(address, error="l", boost_error=True).matrix
    )
    for refused in ("", "x" * 2001):
        with pytest.raises(ClassroomError, match="1 to 2,000 characters"):
            qr_svg(refused)
