"""Fix what every colour means: one for each kind of layer, one scale for signed values with zero in the middle."""

import numpy as np

from cnnlab.core.network.layers import KINDS

NEGATIVE = (178, 88, 6)
ZERO = (247, 247, 247)
POSITIVE = (5, 82, 155)
ABOVE = "#2f7fc0"
BELOW = "#b25806"
"""Bars above and below zero, which stand on the page itself: readable on light and dark."""

INK = "#1b2428"
PAPER = "#ffffff"
QUIET = "#5b6770"
ACCENT = "#096186"
ACCENT_ON_DARK = "#1f7ca7"
LINK_ON_DARK = "#6cc6ea"
NOTICE = "#c4560a"
PROBLEM = "#b3261e"
GOOD = "#1f7a4d"
CHANGED = "#e0a800"
MIDDLE = "#808080"
PADDING = "#8a9399"
EMPTY = "#cdd0d2"
AWAY = "#ffd98a"
"""What words and marks are drawn in: on light and on dark, so they are no theme's own colours."""

ZERO_INDEX = 127
GAP_INDEX = 255

TRAINING = "#1c86b5"
VALIDATION = "#d96c0b"
RUN_COLORS = ("#1c86b5", "#d96c0b", "#3d9a5f", "#a05fc0", "#8a8a3a", "#c4516c", "#5b7fd6", "#8c6d46")
"""Colours of runs that are compared, readable on light and dark; a dash pattern tells them apart as well."""

KIND_OF_CLASS = {name: kind.family for name, kind in KINDS.items()}
"""Every layer class with the kind that gives it its colour; each kind has one colour everywhere."""

KIND_COLORS = {
    "input": "#5b6770",
    "convolution": "#0b6e99",
    "activation": "#b34c05",
    "pooling": "#1f7a4d",
    "reshaping": "#5b6770",
    "dense": "#7a4fa3",
    "regularization": "#7f6500",
}
"""Colours dark enough for white text on them (contrast of at least 4.5) and told apart by the colour blind."""

LETTER_COLORS = {"A": "#1f7a4d", "C": "#0b5fa5", "G": "#8a5a00", "T": "#b3261e"}
"""Colours of the letters of DNA, near those of every logo, dark enough for white paper."""
LETTERS_ON_DARK = {"A": "#5cc98f", "C": "#6cb6f5", "G": "#e8b04a", "T": "#ff9a90"}


def css_tokens() -> str:
    """Return every colour as a CSS variable of the whole document: `--ink`, `--pooling`, `--training`, ..."""
    marks = {
        "ink": INK,
        "paper": PAPER,
        "quiet": QUIET,
        "accent": ACCENT,
        "link": f"light-dark({ACCENT}, {LINK_ON_DARK})",
        "notice": NOTICE,
        "problem": PROBLEM,
        "good": GOOD,
        "changed": CHANGED,
        "middle": MIDDLE,
        "padding": PADDING,
        "empty": EMPTY,
        "away": AWAY,
        "twin": RUN_COLORS[3],
        "training": TRAINING,
        "validation": VALIDATION,
        "above": ABOVE,
        "below": BELOW,
        "signed": css_gradient(),
        **{f"letter-{letter.lower()}": color for letter, color in LETTER_COLORS.items()},
    }
    for letter, color in LETTER_COLORS.items():
        marks[f"written-{letter.lower()}"] = f"light-dark({color}, {LETTERS_ON_DARK[letter]})"
    return ":root {" + "".join(f"--{name}: {value};" for name, value in (KIND_COLORS | marks).items()) + "}"


def diverging() -> np.ndarray:
    """Return the palette of signed values, uint8 (256, 3): index 127 is exactly zero, 255 the gap between maps."""
    steps = np.linspace(0, 1, ZERO_INDEX + 1)[:, None] ** 0.9
    zero, low, high = (np.array(c, float) for c in (ZERO, NEGATIVE, POSITIVE))
    negative = zero + (low - zero) * steps
    positive = zero + (high - zero) * steps
    table = np.vstack([negative[::-1], positive[1:], positive[-1:]])
    return np.rint(table).astype(np.uint8)


def css_gradient() -> str:
    """Return the same palette as a CSS gradient from the most negative to the most positive value."""
    table = diverging()
    stops = [0, 32, 64, 96, ZERO_INDEX, 158, 190, 222, 254]
    return "linear-gradient(to right, " + ", ".join(f"rgb({r},{g},{b})" for r, g, b in table[stops]) + ")"
