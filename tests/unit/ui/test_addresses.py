"""What the server says of its own addresses: relative on a page, below the prefix in a route."""

from urllib.parse import urljoin, urlsplit

import pytest

from cnnlab.ui.session import addresses
from cnnlab.ui.session.addresses import address, beside, served_at
from tests.nasty_names import NASTY


@pytest.mark.parametrize(
    "page", ["http://lab/", "http://lab/data", "http://lab/class/lab/", "http://lab/class/lab/data"]
)
def test_an_address_leads_beside_the_page_that_it_stands_on(page: str) -> None:
    folder = page[: page.rindex("/")]
    assert urljoin(page, address("upload")) == f"{folder}/cnnlab/upload"


@pytest.mark.parametrize("name", [*NASTY, "../..", "a/b", "?x=1#y", "%2e%2e"])
def test_a_name_stays_one_part_of_an_address(name: str) -> None:
    found = urlsplit(urljoin("http://lab/data", address("exports", f"{name}.zip")))
    assert (found.path.count("/"), found.query, found.fragment, found.netloc) == (3, "", "", "lab")


@pytest.mark.parametrize(
    ("prefix", "path"), [("", "/cnnlab/upload"), ("lab", "/lab/cnnlab/upload"), ("/a/b/", "/a/b/cnnlab/upload")]
)
def test_a_route_lies_below_the_prefix(prefix: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses.st, "get_option", {"server.baseUrlPath": prefix}.get)
    assert served_at("upload") == path


@pytest.mark.parametrize("prefix", ["", "/lab", "/class/lab"])
@pytest.mark.parametrize(
    ("path", "other"),
    [("/training/", "/training"), ("/training", "/"), ("/a/b/", "/a/b?c=d"), ("/a", "//evil.example/x")],
)
def test_one_path_leads_to_another_below_any_prefix(prefix: str, path: str, other: str) -> None:
    assert urljoin(f"http://lab{prefix}{path}", beside(path, other)) == f"http://lab{prefix}/{other.lstrip('/')}"
