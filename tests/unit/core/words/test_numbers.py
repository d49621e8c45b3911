"""Rounding tells nothing wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.core.words.numbers import decimal, is_number, percent, probability, two_digits

HALF = 0.5 * (1 + 1e-9)  # of the last place: a tie such as 0.625 lies a rounding of doubles farther away


def read(text: str) -> float:
    return float(text.replace("−", "-"))


@given(st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False), st.integers(0, 4))
def test_only_zero_reads_as_zero_and_nothing_as_minus_zero(value: float, places: int) -> None:
    for text in (decimal(value, places), two_digits(value)):
        assert (read(text) == 0) == (value == 0)
        assert (text[0] == "−") == (value < 0)
    assert read(decimal(value, places)) == pytest.approx(value, abs=HALF * 10**-places)
    assert read(two_digits(value)) == pytest.approx(value, rel=0.06)


@given(st.floats(0, 1) | st.floats(0, 1e-6) | st.floats(0, 1e-6).map(lambda x: 1 - x))
def test_a_share_reads_as_nothing_or_all_only_where_it_is(share: float) -> None:
    certain = share < 1e-15 or 1 - share < 1e-15  # more places than a double has
    for text, whole in ((probability(share), 1.0), (percent(share).removesuffix("%"), 100.0)):
        assert read(text) == pytest.approx(share * whole, abs=HALF * 0.01 * whole)
        if not certain:
            assert 0 < read(text) < whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (decimal(-0.0004), "−0.0004"),
        (decimal(-0.0), "0.00"),
        (decimal(0.0002, 3), "0.0002"),
        (two_digits(-0.00494), "−0.0049"),
        (two_digits(12.3), "12.30"),
        (probability(0.99964), "0.9996"),
        (probability(1.0), "1.00"),
        (probability(0.07), "0.07"),
        (percent(0.9996), "99.96%"),
        (percent(1.0), "100.0%"),
        (percent(0.0), "0.0%"),
        (percent(0.004, 0), "0.4%"),
    ],
)
def test_numbers_are_as_short_as_is_true(text: str, said: str) -> None:
    assert text == said


@pytest.mark.parametrize("value", [True, None, "1", [], float("nan"), float("inf"), 10**400, -(10**400)])
def test_what_no_float_holds_is_no_number(value: object) -> None:
    assert not is_number(value)


@pytest.mark.parametrize("value", [0, -3, 0.5, 10**300])
def test_what_a_float_holds_is_a_number(value: object) -> None:
    assert is_number(value)
