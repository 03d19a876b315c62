"""Codes of regions and grids.

A grid's code has 15 digits: 6 of the administrative division (GB/T 2260), 3 of the subdistrict
and 3 of the community (GB/T 10114), and 3 that number the grid within its community from 001 to
999 (unit-grid coding of GB/T 30428). Numbers run like a page is read: rows from north to south,
and west to east within a row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput

__all__ = [
    "MAX_SEQUENCE",
    "GridCode",
    "next_free_sequence",
    "parse_grid_code",
    "reading_order",
]

MAX_SEQUENCE = 999
_GRID = re.compile(r"[0-9]{15}")


@dataclass(frozen=True, order=True)
class GridCode:
    """The parts of a grid's code.

    >>> str(GridCode("370212005019", 9))
    '370212005019009'
    """

    community: str
    sequence: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{12}", self.community):
            raise InvalidInput(f"community code {self.community!r}: 12 digits expected")
        if not 1 <= self.sequence <= MAX_SEQUENCE:
            raise InvalidInput(
                f"grid number {self.sequence} in community {self.community}: "
                f"1 to {MAX_SEQUENCE} expected"
            )

    def __str__(self) -> str:
        return f"{self.community}{self.sequence:03d}"

    @property
    def subdistrict(self) -> str:
        """The 9-digit code of the subdistrict."""
        return self.community[:9]

    @property
    def district(self) -> str:
        """The 6-digit code of the district."""
        return self.community[:6]


def parse_grid_code(code: str) -> GridCode:
    """Take a 15-digit code apart; ``InvalidInput`` when it is not one.

    >>> parse_grid_code("370212005019009").sequence
    9
    """
    if not _GRID.fullmatch(code):
        raise InvalidInput(f"grid code {code!r}: 15 digits expected")
    return GridCode(code[:12], int(code[12:]))


def next_free_sequence(used: Collection[int]) -> int:
    """Return the lowest number never used, so that no code comes back for another area.

    ``used`` holds the numbers of every edition, retired ones included.

    >>> next_free_sequence({1, 2, 3})
    4
    """
    taken = set(used)
    for number in range(1, MAX_SEQUENCE + 1):
        if number not in taken:
            return number
    raise InvalidInput(f"no number is left: a community holds at most {MAX_SEQUENCE} grids ever")


def reading_order(x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the indexes of points in reading order: rows north to south, each west to east.

    Rows are bands of equal height, as many as the square root of the count, so that a roughly
    square field of grids is numbered in roughly straight rows. Equal positions keep their order.

    >>> reading_order(np.array([1.0, 0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])).tolist()
    [1, 3, 2, 0]
    """
    count = len(x_m)
    if count == 0:
        return np.empty(0, dtype=np.intp)
    rows = math.ceil(math.sqrt(count))
    height = float(y_m.max() - y_m.min()) / rows or 1.0
    row = np.minimum(((y_m.max() - y_m) / height).astype(np.intp), rows - 1)
    return np.lexsort((x_m, row))
