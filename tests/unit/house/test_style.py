"""Style sheets take their sizes of type and their distances from the one scale."""

import re

import pytest

from cnnlab.ui.parts.components import COMPONENTS
from cnnlab.viz.measures import SPACE, TYPE

SHEETS = sorted(path.relative_to(COMPONENTS).as_posix() for path in COMPONENTS.rglob("*.css"))
DECLARED = re.compile(r"([a-z-]+): ([^;{}]+);")
APART = ("gap", "row-gap", "column-gap", "padding", "margin")
LARGE = 2.0  # rem: what is larger is no distance but a place in the layout
RELATIVE = ("inherit", "clamp(0.62rem, calc(3.4rem / var(--columns)), var(--type-text))")


def declared(sheet: str) -> list[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", (COMPONENTS / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    return DECLARED.findall(text)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_size_of_type_is_one_of_the_scale(sheet: str) -> None:
    sizes = [value.removesuffix(" !important") for name, value in declared(sheet) if name == "font-size"]
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


def test_both_scales_rise() -> None:
    assert list(TYPE.values()) == sorted(TYPE.values())
    assert list(SPACE) == sorted(SPACE)
