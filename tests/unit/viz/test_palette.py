"""One palette: the theme's colours are the palette's, and words on them can be read."""

import tomllib
from pathlib import Path

import pytest

from cnnlab.viz.palette import ACCENT, ACCENT_ON_DARK, KIND_COLORS, LINK_ON_DARK, PAPER, css_tokens

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
ENOUGH = 4.5  # WCAG 2.2, 1.4.3
TINT = 0.2  # of its own colour behind a chosen or hovered segment


def channels(color: str) -> list[float]:
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    """WCAG 2.2: relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def theme(name: str) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    return found


def test_the_theme_is_made_of_the_palette() -> None:
    light, dark = theme("light"), theme("dark")
    assert (light["primaryColor"], light["linkColor"]) == (ACCENT, ACCENT)
    assert (dark["primaryColor"], dark["linkColor"]) == (ACCENT_ON_DARK, LINK_ON_DARK)
    assert f"--link: light-dark({ACCENT}, {LINK_ON_DARK})" in css_tokens()


@pytest.mark.parametrize("color", [*KIND_COLORS.values(), ACCENT, ACCENT_ON_DARK])
def test_white_words_can_be_read_on_blocks_and_buttons(color: str) -> None:
    assert contrast(channels(PAPER), channels(color)) >= ENOUGH


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_a_chosen_segment_can_be_read_on_a_tint_of_the_theme(name: str, ground: str) -> None:
    own, below = channels(theme(name)["primaryColor"]), channels(theme(name)[ground])
    tint = [TINT * a + (1 - TINT) * b for a, b in zip(own, below, strict=True)]
    assert contrast(channels(theme(name)["linkColor"]), tint) >= ENOUGH
