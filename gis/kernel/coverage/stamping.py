"""Filling and counting bits, compiled by numba.

Import this module only where tracks are stamped: numba takes a while to load.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["count_bits", "stamp_tracks"]

FloatArray = NDArray[np.float64]
Canvas = NDArray[np.uint64]
_F = TypeVar("_F", bound=Callable[..., object])
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_TWOS = np.uint64(0x5555555555555555)
_FOURS = np.uint64(0x3333333333333333)
_BYTES = np.uint64(0x0F0F0F0F0F0F0F0F)
_ONES = np.uint64(0x0101010101010101)


def compiled(function: _F) -> _F:
    """Compile on first use, keep the machine code on disk, release the GIL while running."""
    return cast(_F, numba.njit(cache=True, nogil=True, fastmath={"contract"})(function))


@compiled
def fill_bits(canvas: Canvas, row: int, first: int, last: int) -> None:
    """Set the bits first..last of a row."""
    low, high = first >> 6, last >> 6
    head = _ALL << np.uint64(first & 63)
    tail = _ALL >> np.uint64(63 - (last & 63))
    if low == high:
        canvas[row, low] |= head & tail
        return
    canvas[row, low] |= head
    for word in range(low + 1, high):
        canvas[row, word] = _ALL
    canvas[row, high] |= tail


@compiled
def stamp_capsule(
    canvas: Canvas,
    px: float,
    py: float,
    qx: float,
    qy: float,
    radius: float,
    west: float,
    south: float,
    bit: float,
    height: float,
) -> None:
    """Fill all bits whose middle is within `radius` of the segment from p to q."""
    if qy < py:
        px, py, qx, qy = qx, qy, px, py
    dx, dy = qx - px, qy - py
    length = np.sqrt(dx * dx + dy * dy)
    # The normal to the right of the way up: (nx, ny); to the left it is its opposite.
    nx, ny = (dy / length, -dx / length) if length > 0.0 else (1.0, 0.0)
    slope = dx / dy if dy > 0.0 else 0.0
    shift = radius * ny
    first = max(int(np.ceil((py - radius - south) / height - 0.5)), 0)
    last = min(int(np.floor((qy + radius - south) / height - 0.5)), canvas.shape[0] - 1)
    most = (canvas.shape[1] << 6) - 1
    square = radius * radius
    side = radius * nx
    for row in range(first, last + 1):
        y = south + (row + 0.5) * height
        if y < py + shift:
            right = px + np.sqrt(max(square - (y - py) * (y - py), 0.0))
        elif y > qy + shift:
            right = qx + np.sqrt(max(square - (y - qy) * (y - qy), 0.0))
        else:
            right = px + side + (y - py - shift) * slope
        if y < py - shift:
            left = px - np.sqrt(max(square - (y - py) * (y - py), 0.0))
        elif y > qy - shift:
            left = qx - np.sqrt(max(square - (y - qy) * (y - qy), 0.0))
        else:
            left = px - side + (y - py + shift) * slope
        begin = max(int(np.ceil((left - west) / bit - 0.5)), 0)
        end = min(int(np.ceil((right - west) / bit - 0.5)) - 1, most)
        if begin <= end:
            fill_bits(canvas, row, begin, end)


@compiled
def stamp_tracks(
    canvas: Canvas,
    x: FloatArray,
    y: FloatArray,
    joined: NDArray[np.bool_],
    radius: float,
    west: float,
    south: float,
    bit: float,
    height: float,
) -> None:
    """Stamp fixes (metres); one that is `joined` is joined to the fix before it."""
    count = len(x)
    for k in range(count):
        if joined[k]:
            stamp_capsule(canvas, x[k - 1], y[k - 1], x[k], y[k], radius, west, south, bit, height)
        elif k + 1 == count or not joined[k + 1]:
            stamp_capsule(canvas, x[k], y[k], x[k], y[k], radius, west, south, bit, height)


@compiled
def ones(word: np.uint64) -> np.int64:
    """How many bits of a word are set."""
    word = word - ((word >> np.uint64(1)) & _TWOS)
    word = (word & _FOURS) + ((word >> np.uint64(2)) & _FOURS)
    word = (word + (word >> np.uint64(4))) & _BYTES
    return np.int64((word * _ONES) >> np.uint64(56))


@compiled
def count_bits(
    canvas: Canvas,
    row: NDArray[np.int32],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    owner: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Add to each owner's count the set bits of its intervals first..last."""
    for k in range(len(row)):
        low, high = first[k] >> 6, last[k] >> 6
        head = _ALL << np.uint64(first[k] & 63)
        tail = _ALL >> np.uint64(63 - (last[k] & 63))
        line = row[k]
        if low == high:
            counts[owner[k]] += ones(canvas[line, low] & head & tail)
            continue
        found = ones(canvas[line, low] & head) + ones(canvas[line, high] & tail)
        for word in range(low + 1, high):
            found += ones(canvas[line, word])
        counts[owner[k]] += found
