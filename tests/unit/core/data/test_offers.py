"""What is offered is told in full, known again by its content, and laid out as cats and dogs."""

import io
from collections.abc import Callable
from dataclasses import replace
from hashlib import md5, sha256
from pathlib import Path

import pytest
from PIL import Image

from cnnlab.core.data.archives.zip_archives import ArchiveError
from cnnlab.core.data.datasets import DataSetError, load
from cnnlab.core.data.library import Entry, Library
from cnnlab.core.data.offers import table
from cnnlab.core.data.offers.files import AlteredError, arriving, checked, fetched, keep_weights
from cnnlab.core.data.offers.keeping import keep_again, keep_set
from cnnlab.core.data.offers.offer import Contents, Hash, Offer
from cnnlab.core.data.offers.table import BREEDS, OFFERS, PETS, VGG16, offered
from cnnlab.core.settings import Settings
from tests.served import cifar, jpeg, kaggle, offer_at, pets, tutorial, zipped

ADDRESS = "https://example.org/file.zip"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(tmp_path / "home"))


def kept(library: Library, offer: Offer, content: bytes, owner: str = "") -> Entry:
    file = arriving(library.settings.home, offer)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return keep_set(offer, file, checked(file, offer), library, owner=owner)


def splits(entry: Entry) -> dict[str, dict[str, int]]:
    return entry.report["splits"]


@pytest.mark.parametrize("offer", OFFERS.values(), ids=list(OFFERS))
def test_every_offer_can_be_checked_when_it_has_come(offer: Offer) -> None:
    assert offer.address.startswith("https://")
    assert offer.licence
    assert offer.size > 1e7
    if offer.hash is None:
        assert offer.pictures, "else nothing would tell an altered file"
    else:
        assert len(bytes.fromhex(offer.hash.digits)) == {"sha256": 32, "md5": 16}[offer.hash.algorithm]
    if offer.contents is Contents.WEIGHTS:
        assert offer.hash is not None


def test_files_that_arrive_beside_each_other_have_names_of_their_own() -> None:
    assert len({offer.file_name for offer in OFFERS.values()}) == len(OFFERS)


@pytest.mark.parametrize(
    ("make", "contents", "expected"),
    [
        (tutorial, Contents.FOLDERS, {"train": {"cats": 4, "dogs": 4}, "validation": {"cats": 4, "dogs": 4}}),
        (kaggle, Contents.FOLDERS, {"train": {"Cat": 5, "Dog": 5}, "validation": {"Cat": 1, "Dog": 1}}),
        (pets, Contents.PETS, {"train": {"cats": 8, "dogs": 8}, "validation": {"cats": 2, "dogs": 2}}),
        (cifar, Contents.CIFAR, {"train": {"cats": 15, "dogs": 15}, "validation": {"cats": 3, "dogs": 3}}),
    ],
)
def test_each_layout_becomes_a_set_of_cats_and_dogs_for_everybody(
    make: Callable[[], bytes],
    contents: Contents,
    expected: dict[str, dict[str, int]],
    library: Library,
) -> None:
    content = make()
    offer = offer_at(ADDRESS, content, contents)
    entry = kept(library, offer, content)
    assert splits(entry) == expected
    assert (entry.name, entry.shared, entry.owners) == (offer.name, True, ())
    assert library.of_offer(offer.key) == entry
    assert library.of_offer("") is None


def test_the_doctor_names_the_broken_files_of_a_fetched_archive(library: Library) -> None:
    content = kaggle()
    entry = kept(library, offer_at(ADDRESS, content), content)
    named = [skip["file"] for skip in entry.report["skipped"]]
    assert {"PetImages/Cat/666.jpg", "PetImages/Dog/11702.jpg"} <= set(named)


def test_the_colours_of_a_binary_batch_are_those_of_its_planes(library: Library) -> None:
    content = cifar()
    entry = kept(library, offer_at(ADDRESS, content, Contents.CIFAR), content)
    data = load(entry.reference, Settings.max_pixels)
    image = data.train.image(0)
    assert image.shape == (32, 32, 3)
    assert image[0, 0].tolist()[0] == 250
    assert image[0, 0].tolist()[1] in {60 + n for n in range(5)}, "a cat's label is 3"
    assert data.validation.image(0)[0, 0].tolist() == [250, 65, 65]


def test_pets_become_breeds_without_taking_room_again(library: Library) -> None:
    content = pets()
    with pytest.raises(DataSetError, match="fetch these first"):
        keep_again(BREEDS, library)
    source = kept(library, replace(offer_at(ADDRESS, content, Contents.PETS), key=PETS.key), content)
    entry = keep_again(BREEDS, library)
    breeds = ["abyssinian", "american_bulldog", "beagle", "maine_coon"]
    assert entry.report["classes"] == breeds
    picture = next(Path(entry.reference).rglob("Maine_Coon_1.jpg"))
    assert picture.stat().st_nlink == 2
    library.remove(source)
    assert Image.open(io.BytesIO(picture.read_bytes())).size == (10, 12)
    assert library.of_offer(BREEDS.key) == entry


def test_what_somebody_had_uploaded_is_everybodys_once_it_is_fetched(library: Library) -> None:
    content = tutorial()
    mine = library.add_archive(io.BytesIO(content), "mine.zip", owner="me")
    assert not mine.shared
    entry = kept(library, offer_at(ADDRESS, content), content)
    assert entry.reference == mine.reference
    assert (entry.shared, entry.owners) == (True, ("me",))
    assert Library(library.settings).entries() == (entry,)


@pytest.mark.parametrize("hashed", [True, False])
def test_an_altered_file_is_refused_in_one_sentence(hashed: bool, library: Library) -> None:
    content = tutorial()
    offer = replace(offer_at(ADDRESS, content, hashed=hashed), pictures=16)
    altered = bytearray(content)
    altered[content.index(jpeg(5))] ^= 1
    with pytest.raises(AlteredError) as caught:
        kept(library, offer, bytes(altered))
    assert "thrown away" in str(caught.value)
    assert str(caught.value).count(". ") == 0
    assert library.entries() == ()
    assert kept(library, offer, content).report["splits"]["train"] == {"cats": 4, "dogs": 4}


def test_a_cut_file_is_refused_by_its_size(library: Library) -> None:
    content = tutorial()
    with pytest.raises(AlteredError, match="bytes where"):
        kept(library, offer_at(ADDRESS, content), content[:-1])


@pytest.mark.parametrize("content", [b"no archive", zipped({"a/b.jpg": jpeg(1)}), cifar()[:300]])
def test_an_archive_of_another_kind_is_refused(content: bytes, library: Library) -> None:
    with pytest.raises((ArchiveError, DataSetError)):
        kept(library, offer_at(ADDRESS, content, Contents.CIFAR), content)
    assert library.entries() == ()


def test_a_file_brought_by_hand_is_known_by_its_checksum(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pets()
    offer = offer_at(ADDRESS, content, Contents.PETS)
    monkeypatch.setattr(table, "PHOTOGRAPHS", (offer,))
    file = tmp_path / "anything"
    file.write_bytes(content)
    assert offered(file) == (offer, sha256(content).hexdigest())
    file.write_bytes(content[:-1] + b"!")
    assert offered(file) is None, "of the same size"


def test_weights_are_kept_by_their_content(tmp_path: Path) -> None:
    content = b"weights"
    offer = replace(VGG16, size=len(content), hash=Hash("md5", md5(content).hexdigest(), "Keras"))
    assert fetched(tmp_path, offer) is None
    arriving(tmp_path, offer).parent.mkdir()
    arriving(tmp_path, offer).write_bytes(content)
    checked(arriving(tmp_path, offer), offer)
    path = keep_weights(tmp_path, offer, b"arrays")
    assert path == fetched(tmp_path, offer)
    assert path.name == f"md5-{md5(content).hexdigest()}.npz"
    assert path.read_bytes() == b"arrays"
    arriving(tmp_path, offer).write_bytes(b"w3ights")
    with pytest.raises(AlteredError, match="named by Keras"):
        checked(arriving(tmp_path, offer), offer)
