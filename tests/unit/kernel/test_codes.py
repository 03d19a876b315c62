"""Codes of grids: taken apart, put together, numbered."""

import numpy as np
import pytest

from gis.kernel.codes import GridCode, next_free_sequence, parse_grid_code, reading_order
from gis.kernel.errors import InvalidInput


def test_a_code_is_taken_apart_and_put_together() -> None:
    code = parse_grid_code("370212005019009")
    assert (code.district, code.subdistrict, code.community, code.sequence) == (
        "370212",
        "370212005",
        "370212005019",
        9,
    )
    assert str(code) == "370212005019009"


@pytest.mark.parametrize(
    "text",
    ["", "37021200501900", "3702120050190090", "37021200501900x", "370212005019000", "三" * 15],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_grid_code(text)


@pytest.mark.parametrize("sequence", [0, 1000, -1])
def test_numbers_run_from_1_to_999(sequence: int) -> None:
    with pytest.raises(InvalidInput, match="999"):
        GridCode("370212005019", sequence)


def test_the_next_number_was_never_used() -> None:
    assert next_free_sequence(set()) == 1
    assert next_free_sequence({1, 2, 4}) == 3
    with pytest.raises(InvalidInput, match="999"):
        next_free_sequence(range(1, 1000))


def test_numbers_run_west_to_east_then_north_to_south() -> None:
    x = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2], dtype=float)
    y = np.array([2, 2.1, 2, 1, 1, 0.9, 0, 0, 0], dtype=float)
    assert reading_order(x, y).tolist() == list(range(9))
    assert reading_order(x[::-1], y[::-1]).tolist() == list(range(8, -1, -1))
    assert reading_order(np.empty(0), np.empty(0)).tolist() == []
    assert reading_order(np.array([3.0, 1.0]), np.array([5.0, 5.0])).tolist() == [1, 0]
