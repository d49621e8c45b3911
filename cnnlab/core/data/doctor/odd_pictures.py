"""Find pictures that are stored, sized or shaped unlike the others."""

from collections.abc import Iterator, Sequence

from cnnlab.core.data.doctor.finding import Finding
from cnnlab.core.data.survey.layouts import counted, listed
from cnnlab.core.data.survey.reading import PictureFile

TINY = 16
MOST_ASPECT = 3.0
_GREY = {"1", "L", "LA", "La", "I", "I;12", "I;16", "I;16B", "I;16L", "F"}
_ALPHA = {"RGBA", "RGBa", "LA", "La", "PA"}


def odd_pictures(every: Sequence[PictureFile]) -> Iterator[Finding]:
    """Yield what is odd about the pictures of a set."""
    yield from _modes(every)
    yield from _deep(every)
    yield from _shapes(every)


def _modes(every: Sequence[PictureFile]) -> Iterator[Finding]:
    modes = {_base(file) for file in every}
    other = "stored with a palette or in another colour space than RGB"
    for kind, wanted, said, action in (
        ("grey", _GREY, "grey", "Red, green and blue get the same values."),
        ("alpha", _ALPHA, "stored with transparency", "They are laid on white."),
        ("modes", modes - _GREY - _ALPHA - {"RGB"}, other, "They are converted to RGB."),
    ):
        files = [file for file in every if _base(file) in wanted]
        # A set that is grey throughout hides nothing.
        if files and len(files) < len(every):
            yield Finding(
                kind,
                f"{counted(len(files), 'picture')} of {len(every):,} {'is' if len(files) == 1 else 'are'} {said}.",
                action,
                len(files),
                tuple(f"{file.name} ({file.mode})" for file in files),
            )


def _base(file: PictureFile) -> str:
    """Return the mode without the bits of a value."""
    return file.mode if file.mode.startswith("I;") else file.mode.partition(";")[0]


def _deep(every: Sequence[PictureFile]) -> Iterator[Finding]:
    stretched = [file for file in every if file.handling.stretched]
    deep = [file for file in every if file.handling.levels and not file.handling.stretched]
    shrunk = [file for file in every if file.handling.shrunk]
    if stretched:
        yield Finding(
            "stretched",
            f"{counted(len(stretched), 'picture')} of numbers that have no agreed black and white.",
            "Each is stretched from its own smallest to its largest, so that their brightness cannot be compared.",
            len(stretched),
            tuple(f"{file.name} ({file.handling.levels})" for file in stretched),
        )
    if deep:
        yield Finding(
            "deep",
            f"{counted(len(deep), 'picture')} of more than 256 levels.",
            f"They are brought to 256, black to white being {listed(sorted({file.handling.levels for file in deep}))}.",
            len(deep),
            tuple(f"{file.name} ({file.handling.levels})" for file in deep),
        )
    if shrunk:
        yield Finding(
            "shrunk",
            f"{counted(len(shrunk), 'JPEG picture')} too large to be read whole.",
            "They are read at half their height and width.",
            len(shrunk),
            tuple(_sized(file) for file in shrunk),
        )


def _shapes(every: Sequence[PictureFile]) -> Iterator[Finding]:
    tiny = [file for file in every if min(file.width, file.height) < TINY]
    if tiny:
        yield Finding(
            "tiny",
            f"{counted(len(tiny), 'picture')} less than {TINY} pixels high or wide, so enlarging shows blocks only.",
            "They are enlarged to the network's input like the others.",
            len(tiny),
            tuple(_sized(file) for file in tiny),
        )
    long = [f for f in every if max(f.width, f.height) > MOST_ASPECT * min(f.width, f.height)]
    if long:
        yield Finding(
            "aspect",
            f"{counted(len(long), 'picture')} more than {MOST_ASPECT:g} times as long as wide, so stretching to a "
            "square distorts what they show.",
            "They are stretched to the network's input, as Keras does.",
            len(long),
            tuple(_sized(file) for file in long),
        )


def _sized(file: PictureFile) -> str:
    return f"{file.name} ({file.width} × {file.height})"
