"""Fix how large type is and how far things stand apart: one short scale of each, for every style sheet."""

TYPE = {
    "tiny": 0.7,
    "small": 0.78,
    "note": 0.86,
    "text": 1.0,
    "lead": 1.2,
    "number": 1.5,
    "title": 1.8,
}
"""Sizes of type in rem: labels in figures, labels, notes, text, what leads, numbers that count, titles."""

SPACE = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.6, 2.0)
"""Distances in rem, the first is `--space-1`."""


def css_measures() -> str:
    """Return both scales as CSS variables of the whole document: `--type-tiny`, ..., `--space-1`, ..."""
    sizes = "".join(f"--type-{name}: {size}rem;" for name, size in TYPE.items())
    distances = "".join(f"--space-{i}: {size}rem;" for i, size in enumerate(SPACE, 1))
    return f":root {{{sizes}{distances}}}"
