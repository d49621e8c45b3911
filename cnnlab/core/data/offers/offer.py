"""Describe a file that a person may fetch: where it lies, how large it is, whose it is, and how to know it again."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit


class Contents(Enum):
    """Say what a file holds, and so what becomes of it."""

    FOLDERS = "an archive in a layout that is read as it stands"
    PETS = "photographs called after their breed, cats with a capital letter"
    CIFAR = "binary batches of tiny pictures"
    WEIGHTS = "the weights of a network"


@dataclass(frozen=True)
class Hash:
    """Hold the checksum of a file: the algorithm as hashlib names it, its digits, and who names it."""

    algorithm: str
    digits: str
    named_by: str

    def __str__(self) -> str:
        return f"{_WRITTEN[self.algorithm]} {self.digits}, named by {self.named_by}"


_WRITTEN = {"sha256": "SHA-256", "md5": "MD5"}


@dataclass(frozen=True)
class Offer:
    """Describe a file at an `https` address; `size` is in bytes, `licence` as its publisher states it.

    `hash` is None where nobody names one; `pictures` is then how many a whole archive holds. `also` are the hosts that
    the address may send on to.
    """

    key: str
    name: str
    about: str
    address: str
    size: int
    licence: str
    contents: Contents = Contents.FOLDERS
    hash: Hash | None = None
    pictures: int | None = None
    also: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """Return the host of the address."""
        return urlsplit(self.address).hostname or ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return every host that is asked."""
        return (self.host, *self.also)

    @property
    def file_name(self) -> str:
        """Return the name that the file has at its address."""
        return urlsplit(self.address).path.rsplit("/", 1)[-1]

    @property
    def room(self) -> int:
        """Return how many bytes of the disk it takes at most: neither photographs nor weights pack, beside the file."""
        return 2 * self.size


@dataclass(frozen=True)
class Again:
    """Describe another data set that is made of the pictures of a fetched one."""

    key: str
    name: str
    about: str
    of: Offer
