"""Natural-looking lines: straight edges bent by midpoint displacement.

The bend of an edge depends on its two ends alone, so both neighbours get the same line
(Fournier, Fussell and Carpenter, "Computer rendering of stochastic models", CACM 25(6), 1982).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.demo.chance import unit_noise

__all__ = ["bend", "crossing_edges", "levels_for", "roughen"]

FloatArray = NDArray[np.float64]


def levels_for(length_m: FloatArray) -> NDArray[np.intp]:
    """Return how often to halve edges of these lengths: into 2, 4 or 8 pieces.

    Long edges lie on the mountain, where borders are drawn with less detail than in town.
    """
    return np.select([length_m < 20.0, length_m < 72.0, length_m < 160.0], [1, 2, 3], 2)


def bend(
    start: FloatArray, end: FloatArray, noise: FloatArray, levels: int, strength: FloatArray
) -> FloatArray:
    """Bend edges of shape (n, 2) into polylines of shape (n, 2**levels + 1, 2).

    ``noise`` is (n, 16) in [-1, 1); ``strength`` (n,) is the largest displacement of a midpoint
    as a share of the piece it halves.
    """
    line = np.stack([start, end], axis=1)
    used = 0
    for _ in range(levels):
        p, q = line[:, :-1], line[:, 1:]
        pieces = p.shape[1]
        along = q - p
        normal = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        push = noise[:, used : used + pieces] * strength[:, None]
        middle = (p + q) / 2 + normal * push[..., None]
        used += pieces
        bent = np.empty((len(line), 2 * pieces + 1, 2))
        bent[:, 0::2] = line
        bent[:, 1::2] = middle
        line = bent
    return line


def roughen(
    seed: str, start: FloatArray, end: FloatArray, piece_m: float, strength: float
) -> FloatArray:
    """Bend one edge, given from its lower to its higher end, into pieces of about ``piece_m``."""
    length_m = float(np.hypot(*(end - start)))
    levels = max(0, round(float(np.log2(max(length_m / piece_m, 1.0)))))
    line = np.stack([start, end])
    for level in range(min(levels, 6)):
        keys = [f"{p[0]:.2f},{p[1]:.2f}" for p in line[:-1]]
        push = unit_noise(f"{seed}/rough/{level}", keys)[:, 0] * strength
        along = line[1:] - line[:-1]
        normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
        bent = np.empty((2 * len(line) - 1, 2))
        bent[0::2] = line
        bent[1::2] = (line[:-1] + line[1:]) / 2 + normal * push[:, None]
        line = bent
    return line


def crossing_edges(
    drawn: Sequence[FloatArray], ends: NDArray[np.intp], among: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """Return the indexes of lines that touch themselves or another line off their shared ends.

    ``drawn`` are the coordinates of lines, ``ends`` (n, 2) the node ids of their ends. With
    ``among``, only what involves one of these lines is looked at.
    """
    sizes = [len(line) for line in drawn]
    lines = np.asarray(
        shapely.linestrings(np.concatenate(drawn), indices=np.repeat(np.arange(len(sizes)), sizes))
    )
    asked = np.arange(len(lines)) if among is None else among
    bad = np.zeros(len(lines), dtype=bool)
    bad[asked] = ~shapely.is_simple(lines[asked])
    left, right = shapely.STRtree(lines).query(lines[asked], predicate="intersects")
    left = asked[left]
    other = left != right if among is not None else left < right
    left, right = left[other], right[other]
    shared = (ends[left][:, :, None] == ends[right][:, None, :]).sum(axis=(1, 2))
    bad[left[shared == 0]] = True
    bad[right[shared == 0]] = True
    near = np.flatnonzero(shared > 0)
    meet = shapely.intersection(lines[left[near]], lines[right[near]])
    clean = shapely.get_num_coordinates(meet) == shared[near]
    bad[left[near[~clean]]] = True
    bad[right[near[~clean]]] = True
    return np.flatnonzero(bad)
