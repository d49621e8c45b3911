"""Style sheets take their sizes, distances and colours from the one scale and the one palette."""

import re

import pytest

from cnnlab.ui.parts.components import COMPONENTS
from cnnlab.viz.measures import SPACE, TYPE, css_measures
from cnnlab.viz.palette import css_tokens

SHEETS = sorted(path.relative_to(COMPONENTS).as_posix() for path in COMPONENTS.rglob("*.css"))
DECLARED = re.compile(r"([a-z-]+): ([^;{}]+);")
APART = ("gap", "row-gap", "column-gap", "padding", "margin")
LARGE = 2.0  # rem: what is larger is no distance but a place in the layout
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
RELATIVE = ("inherit", "clamp(0.62rem, calc(3.4rem / var(--columns)), var(--type-text))")


def declared(sheet: str) -> list[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", (COMPONENTS / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    return DECLARED.findall(text)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_size_of_type_is_one_of_the_scale(sheet: str) -> None:
    sizes = [value for name, value in declared(sheet) if name == "font-size"]
    known = {f"var(--type-{name})" for name in TYPE} | set(RELATIVE)
    assert [size for size in sizes if size not in known and not size.endswith(("em", "px"))] == []
    assert [size for size in sizes if re.fullmatch(r"[0-9.]+rem", size)] == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_distance_is_one_of_the_scale(sheet: str) -> None:
    found = [
        f"{name}: {value}"
        for name, value in declared(sheet)
        if name in APART or name.startswith(("padding-", "margin-"))
        for size in re.findall(r"(?<![\w.-])([0-9.]+)rem", value)
        if float(size) < LARGE
    ]
    assert found == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_sheet_has_a_colour_of_its_own(sheet: str) -> None:
    assert [value for _, value in declared(sheet) if COLOR.search(value)] == []


def test_every_variable_that_a_sheet_uses_is_known() -> None:
    known = set(re.findall(r"(--[\w-]+):", css_measures() + css_tokens()))
    for sheet in SHEETS:
        text = (COMPONENTS / sheet).read_text(encoding="utf-8")
        used = set(re.findall(r"var\((--(?:type|space)-[\w]+)", text))
        assert used <= known, sheet


def test_both_scales_rise() -> None:
    assert list(TYPE.values()) == sorted(TYPE.values())
    assert list(SPACE) == sorted(SPACE)
