"""A file arrives whole or not at all, goes on where it stopped, and never keeps anybody waiting without end."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnlab.core.data.offers.offer import Offer
from cnnlab.core.data.offers.table import OFFERS
from cnnlab.core.data.splits import DataSetError
from cnnlab.processes.data import downloading
from cnnlab.processes.data.asking import FetchError
from cnnlab.processes.data.downloading import Patience, download
from tests.served import Served, offer_at, serving

CONTENT = np.random.default_rng(1).bytes(300_000)
HASTE = Patience(silence=0.3, slow_bytes=1 << 10, slow_seconds=0.4, pause=0.0, tries=2, longest=20)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return Served(CONTENT)


@pytest.fixture
def offer(served: Served) -> Iterator[Offer]:
    with serving(served) as address:
        yield offer_at(address, CONTENT)


def fetch(offer: Offer, part: Path) -> list[int]:
    """Download and return how many bytes were there each time that it was said."""
    said: list[int] = []
    download(offer, part, lambda done, total: said.append(done), patience=HASTE, plain_loopback=True)
    return said


def refusal(offer: Offer, part: Path) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(offer, part)
    assert str(caught.value).count(". ") == 0, "one sentence"
    return str(caught.value)


def test_a_whole_file_arrives_and_tells_how_far_it_is(offer: Offer, tmp_path: Path) -> None:
    said = fetch(offer, tmp_path / "new" / "file")
    assert (tmp_path / "new" / "file").read_bytes() == CONTENT
    assert said == sorted(said)
    assert said[-1] == len(CONTENT)


def test_it_goes_on_where_it_stopped(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.breaks = [100_000, 50_000]
    fetch(offer, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert served.asked == ["", "bytes=100000-", "bytes=150000-"]


def test_what_arrived_stays_when_it_is_ended_from_outside_and_is_not_fetched_again(
    offer: Offer, served: Served, tmp_path: Path
) -> None:
    def end(size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(offer, tmp_path / "file", on_written=end, patience=HASTE, plain_loopback=True)
    have = (tmp_path / "file").stat().st_size
    assert 0 < have < len(CONTENT)
    fetch(offer, tmp_path / "file")
    assert served.asked == ["", f"bytes={have}-"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_that_ignores_the_range_starts_over(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.breaks, served.ignores_range = [100_000], True
    fetch(offer, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_file_that_has_changed_meanwhile_is_not_put_together_from_two(
    offer: Offer, served: Served, tmp_path: Path
) -> None:
    served.breaks = [100_000]

    def change(size: int) -> None:
        served.tag, served.content = '"two"', CONTENT[::-1]

    download(offer, tmp_path / "file", on_written=change, patience=HASTE, plain_loopback=True)
    assert (tmp_path / "file").read_bytes() == CONTENT[::-1]


def test_a_file_that_is_there_whole_asks_nobody(offer: Offer, served: Served, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CONTENT)
    fetch(offer, tmp_path / "file")
    assert served.asked == []


def test_more_than_the_whole_file_is_thrown_away_and_fetched_anew(offer: Offer, served: Served, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CONTENT + b"more")
    fetch(offer, tmp_path / "file")
    assert served.asked == [""]


def test_a_server_that_stops_sending_is_given_up_with_what_arrived(
    offer: Offer, served: Served, tmp_path: Path
) -> None:
    served.stalls = 0
    assert "stopped sending" in refusal(offer, tmp_path / "file")
    served.stalls = 70_000
    served.breaks = []
    with pytest.raises(FetchError):
        download(offer, tmp_path / "file", patience=replace(HASTE, longest=0), plain_loopback=True)
    assert (tmp_path / "file").read_bytes() == CONTENT[:70_000]


def test_a_server_that_trickles_is_given_up(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.slow = 0.15
    hurry = replace(HASTE, slow_bytes=1 << 20, tries=1)
    with pytest.raises(FetchError, match="too slowly"):
        download(offer, tmp_path / "file", patience=hurry, plain_loopback=True)


def test_a_server_that_always_breaks_off_is_given_up(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.breaks = [0] * 9
    assert "connection ended after 0 of 300,000 bytes" in refusal(offer, tmp_path / "file")
    assert len(served.asked) == HASTE.tries


@pytest.mark.parametrize("told", ["299999", "300001"])
def test_a_file_of_another_size_is_not_begun(told: str, offer: Offer, served: Served, tmp_path: Path) -> None:
    served.told = told
    assert "is another one" in refusal(offer, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_file_without_end_is_thrown_away_at_its_size(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.told, served.endless = "", True
    assert "sent more than the 300,000 bytes" in refusal(offer, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_shorter_file_of_unknown_length_is_never_taken_for_whole(
    offer: Offer, served: Served, tmp_path: Path
) -> None:
    served.told, served.content = "", CONTENT[:1000]
    assert "is another one" in refusal(offer, tmp_path / "file"), "which the site says when it is asked for the rest"


def test_the_states_of_a_server(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.state = 404
    assert "answered 404" in refusal(offer, tmp_path / "file")
    assert len(served.asked) == 1, "what is gone does not come back by asking again"
    served.state = 503
    assert "answered 503" in refusal(offer, tmp_path / "file")
    assert len(served.asked) == 1 + HASTE.tries


def test_nobody_there_is_said_with_the_way_by_hand(offer: Offer, tmp_path: Path) -> None:
    said = refusal(replace(offer, address="http://127.0.0.1:9/file.zip"), tmp_path / "file")
    assert "seems to be offline" in said
    assert "by hand" in said


def test_a_redirect_within_the_host_is_followed(offer: Offer, served: Served, tmp_path: Path) -> None:
    served.sends_to = "/moved/file.zip"
    fetch(offer, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize(
    "place", ["http://localhost/file", "http://example.org/file", "https://example.org/file", "file:///etc/passwd"]
)
def test_no_other_redirect_is_followed(place: str, offer: Offer, served: Served, tmp_path: Path) -> None:
    served.sends_to = place
    said = refusal(offer, tmp_path / "file")
    assert "was not named" in said or "answered 302" in said
    assert not (tmp_path / "file").exists()


def test_a_real_offer_is_asked_for_over_https_only(offer: Offer, served: Served, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="was not named"):
        download(offer, tmp_path / "file", patience=HASTE)
    assert served.asked == []
    assert all(each.address.startswith("https://") for each in OFFERS.values())


def test_two_processes_do_not_write_one_file(offer: Offer, served: Served, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(size: int) -> None:
        begun.set()
        go_on.wait(5)

    both = (offer, tmp_path / "file", lambda done, total: None, wait, HASTE, True)
    thread = threading.Thread(target=downloading.download, args=both)
    thread.start()
    try:
        assert begun.wait(5)
        assert "already" in refusal(offer, tmp_path / "file")
    finally:
        go_on.set()
        thread.join()
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_disk_that_is_full_ends_it_with_its_own_sentence(offer: Offer, tmp_path: Path) -> None:
    def full(size: int) -> None:
        raise DataSetError("The disk is full.")

    with pytest.raises(DataSetError, match="full"):
        download(offer, tmp_path / "file", on_written=full, patience=HASTE, plain_loopback=True)
