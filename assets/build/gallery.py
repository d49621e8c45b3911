"""Make assets/gallery from the wheel of scikit-image 0.26 and Debian's package openclipart-png 0.18.

    folder=$(mktemp -d)
    pip download --no-deps scikit-image==0.26.0 -d "$folder"
    (cd "$folder" && apt-get download openclipart-png && dpkg-deb -x openclipart-png_*.deb clipart)
    python assets/build/gallery.py "$folder"/scikit_image-*.whl "$folder"/clipart

Every picture is CC0 or in the public domain: scikit-image says so picture by picture in the docstrings of
skimage.data, Open Clip Art in the metadata of each drawing and in the copyright file of the package.
"""

import io
import json
import sys
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

TARGET = Path(__file__).resolve().parents[1] / "gallery"
CLIPART = Path("usr/share/openclipart/png/animals/mammals")
CC0, PUBLIC_DOMAIN = "CC0 1.0", "Public domain"


@dataclass(frozen=True)
class Picture:
    """Say where one picture comes from, what it shows and how large it may be (longest side in pixels)."""

    origin: str
    file: str
    title: str
    alt: str
    author: str
    licence: str
    source: str
    longest: int = 512

    def credit(self) -> dict[str, str]:
        """Return what the gallery shows about the picture."""
        return {k: v for k, v in asdict(self).items() if k not in ("origin", "longest")}


def clipart(drawing: str) -> str:
    """Return the source line of a drawing from Open Clip Art."""
    return f"Open Clip Art Library 0.18 (openclipart.org), animals/mammals/{drawing}"


PICTURES = (
    Picture(
        "chelsea.png",
        "cat-chelsea.jpg",
        "Chelsea the cat",
        "The face of a ginger tabby cat with green eyes, looking past the camera.",
        "Stéfan van der Walt",
        CC0,
        "scikit-image, skimage.data.chelsea",
    ),
    Picture(
        "housecats/gatto_cat_architetto_fra_04.png",
        "cat-siamese.png",
        "Siamese cat (drawing)",
        "A drawing of a cream Siamese cat with a dark face, sitting upright on a white ground.",
        "Architetto Francesco Rollandin",
        PUBLIC_DOMAIN,
        clipart("housecats/gatto_cat_architetto_fra_04"),
    ),
    Picture(
        "housecats/gatto_cat_architetto_fra_03.png",
        "cat-resting.png",
        "Resting cat (drawing)",
        "A drawing of a grey cat with a white chest and paws, lying down and looking at us.",
        "Architetto Francesco Rollandin",
        PUBLIC_DOMAIN,
        clipart("housecats/gatto_cat_architetto_fra_03"),
    ),
    Picture(
        "dogs/bulldog_puppy_ganson.png",
        "dog-puppy.png",
        "Bulldog puppy (drawing)",
        "A drawing of a white bulldog puppy with a brown patch over one eye, sitting before a grey wall.",
        "Gerald G.",
        PUBLIC_DOMAIN,
        clipart("dogs/bulldog_puppy_ganson"),
    ),
    Picture(
        "dogs/black_lab_ganson.png",
        "dog-labrador.png",
        "Black Labrador (drawing)",
        "A drawing of a black Labrador standing on a round patch of grass.",
        "Gerald G.",
        PUBLIC_DOMAIN,
        clipart("dogs/black_lab_ganson"),
    ),
    Picture(
        "horse.png",
        "horse.png",
        "Horse",
        "The black silhouette of a standing horse, seen from the side, on white.",
        "Andreas Preuss (marauder)",
        CC0,
        "scikit-image, skimage.data.horse; openclipart.org/detail/158377",
    ),
    Picture(
        "coffee.png",
        "coffee.jpg",
        "Coffee",
        "A cup of coffee on a red saucer with a spoon, on a wooden table.",
        "Rachel Michetti, courtesy of Pikolo Espresso Bar",
        CC0,
        "scikit-image, skimage.data.coffee",
    ),
    Picture(
        "astronaut.png",
        "astronaut.jpg",
        "Astronaut",
        "The astronaut Eileen Collins in an orange space suit, a flag and a model of the shuttle behind her.",
        "NASA",
        PUBLIC_DOMAIN,
        "scikit-image, skimage.data.astronaut; flic.kr/p/r9qvLn",
    ),
    Picture(
        "camera.png",
        "camera.jpg",
        "Camera",
        "A grey photograph of a man in a dark coat looking through a camera on a tripod, in a park.",
        "Lav Varshney",
        CC0,
        "scikit-image, skimage.data.camera",
    ),
    Picture(
        "rocket.jpg",
        "rocket.jpg",
        "Rocket",
        "A white rocket on its launch pad between lattice masts, under a dark blue evening sky.",
        "SpaceX",
        PUBLIC_DOMAIN,
        "scikit-image, skimage.data.rocket; flickr.com/photos/spacexphotos/16511594820",
    ),
    Picture(
        "retina.jpg",
        "retina.jpg",
        "Retina",
        "The back of a human eye: a red disc with branching blood vessels and one bright spot.",
        "Mikael Häggström",
        CC0,
        "scikit-image, skimage.data.retina; Wikimedia Commons, Fundus photograph of normal left eye",
    ),
    Picture(
        "brick.png",
        "brick.jpg",
        "Brick",
        "A grey photograph of a brick pavement with pale joints, the rows running from top to bottom.",
        "CC0Textures",
        CC0,
        "scikit-image, skimage.data.brick; CC0Textures, Bricks25",
        384,
    ),
    Picture(
        "grass.png",
        "grass.jpg",
        "Grass",
        "A grey photograph of short grass from above, blades lying in every direction.",
        "linolafett",
        CC0,
        "scikit-image, skimage.data.grass; DeviantArt, Grass 01",
        384,
    ),
    Picture(
        "gravel.png",
        "gravel.jpg",
        "Gravel",
        "A grey photograph of gravel from above, many small stones close together.",
        "CC0Textures",
        CC0,
        "scikit-image, skimage.data.gravel; CC0Textures, Gravel04",
        384,
    ),
)


def on_white(image: Image.Image) -> Image.Image:
    """Return the image as RGB or grey, with white where it was transparent."""
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def write(picture: Picture, content: bytes) -> None:
    """Write one picture, scaled down where its longest side is longer than allowed."""
    with Image.open(io.BytesIO(content)) as opened:
        image = on_white(opened)
    image.thumbnail((picture.longest, picture.longest), Image.Resampling.LANCZOS)
    path = TARGET / picture.file
    if path.suffix == ".jpg":
        image.save(path, quality=88, optimize=True)
    else:
        image.save(path, optimize=True)


def credits_page() -> str:
    """Return the readable list of credits as Markdown."""
    lines = [
        "# Picture credits",
        "",
        "All pictures may be used, changed and passed on freely. They were scaled down, nothing else;",
        "transparent grounds became white. `assets/build/gallery.py` makes this folder again.",
        "",
        "| file | title | author | licence | source |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| `{p.file}` | {p.title} | {p.author} | {p.licence} | {p.source} |" for p in PICTURES]
    return "\n".join(lines) + "\n"


def main(wheel: Path, clipart_folder: Path) -> None:
    """Write every picture and both lists of credits."""
    TARGET.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for picture in PICTURES:
            drawing = clipart_folder / CLIPART / picture.origin
            content = drawing.read_bytes() if "/" in picture.origin else archive.read(f"skimage/data/{picture.origin}")
            write(picture, content)
    listing = json.dumps([picture.credit() for picture in PICTURES], indent=2, ensure_ascii=False)
    (TARGET / "credits.json").write_text(listing + "\n", encoding="utf-8")
    (TARGET / "CREDITS.md").write_text(credits_page(), encoding="utf-8")
    total = sum((TARGET / picture.file).stat().st_size for picture in PICTURES)
    print(f"{len(PICTURES)} pictures, {total:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Give the scikit-image wheel and the unpacked openclipart-png: gallery.py WHEEL FOLDER")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
