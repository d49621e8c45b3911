"""List everything that the app fetches, and only when somebody presses its button.

Sizes and checksums are those that the named sources state; docs/fetching.md says where.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cnnlab.core.data.offers.files import AlteredError, checked
from cnnlab.core.data.offers.offer import Again, Contents, Hash, Offer

NOT_STATED = "not stated"

TUTORIAL = Offer(
    key="tutorial_cats_and_dogs",
    name="Cats and dogs of the Keras tutorials",
    about="3,000 photographs in the folders of the post: 1,000 of each class to train, 500 to validate.",
    address="https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip",
    size=68_606_236,
    licence=NOT_STATED,
    pictures=3_000,
)
KAGGLE = Offer(
    key="kaggle_cats_and_dogs",
    name="Kaggle's cats and dogs, Microsoft's copy",
    about="25,000 photographs, some of them broken: the data doctor names those.",
    address="https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
    "kagglecatsanddogs_5340.zip",
    size=824_887_076,
    licence="CDLA-Permissive-2.0, whose text lies in the archive",
    hash=Hash("sha256", "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9", "GoMLX, not by Microsoft"),
)
PETS = Offer(
    key="oxford_pets",
    name="Oxford-IIIT pets",
    about="7,390 photographs of 37 breeds, taken as cats and dogs: files of cats begin with a capital letter.",
    address="https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
    size=791_918_971,
    licence="CC BY-SA 4.0",
    contents=Contents.PETS,
    hash=Hash("sha256", "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d", "TensorFlow Datasets"),
    also=("thor.robots.ox.ac.uk",),
)
CIFAR10 = Offer(
    key="cifar10_cats_and_dogs",
    name="CIFAR-10's cats and dogs",
    about="12,000 photographs of 32 × 32 pixels: 5,000 of each class to train, 1,000 to validate.",
    address="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    size=170_052_171,
    licence=NOT_STATED,
    contents=Contents.CIFAR,
    hash=Hash("sha256", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", "TensorFlow Datasets"),
    also=("cave.cs.toronto.edu",),
)
VGG16 = Offer(
    key="vgg16_no_top",
    name="VGG16 without its top, weights of ImageNet",
    about="The trunk that the Keras blog borrows.",
    address="https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    size=58_889_256,
    licence="CC BY 4.0",
    contents=Contents.WEIGHTS,
    hash=Hash("md5", "6d6bbae143d832006294945121d1f1fc", "Keras"),
)

PHOTOGRAPHS = (TUTORIAL, KAGGLE, PETS, CIFAR10)
OFFERS: Mapping[str, Offer] = {offer.key: offer for offer in (*PHOTOGRAPHS, VGG16)}
BREEDS = Again(
    key="oxford_pets_breeds",
    name="Oxford-IIIT pets, 37 breeds",
    about="The same photographs once more, a class for each breed. The output needs 37 units with softmax.",
    of=PETS,
)


def offered(file: Path) -> tuple[Offer, str] | None:
    """Return whose pictures a file holds, known by its checksum, and its SHA-256; None for any other file."""
    size = file.stat().st_size
    for offer in PHOTOGRAPHS:
        if offer.size == size and offer.hash is not None:
            with suppress(AlteredError):
                return offer, checked(file, offer)
    return None
