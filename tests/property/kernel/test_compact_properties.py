"""Any track: with fewer points no position is farther from it than was said, at its own time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.kernel.compact import Steps, clipped, deviation_m, kept
from gis.kernel.coverage import Limits, frame_for, joined_to_previous, stamp

LIMITS = Limits(seconds=180.0, metres=250.0)


@st.composite
def tracks(draw: st.DrawFn) -> dict[str, Any]:
    """Walks with noise, rests, jumps, silences and times that come twice."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, 150))
    waits = chance.choice(
        [0.0, 1.0, 10.0, 60.0, 179.0, 400.0], count, p=[0.03, 0.1, 0.6, 0.2, 0.04, 0.03]
    )
    heading = np.cumsum(chance.normal(0, draw(st.floats(0, 1.5)), count))
    stride = chance.choice([0.0, 1.2, 12.0, 120.0], count, p=[0.3, 0.3, 0.37, 0.03])
    noise = draw(st.floats(0, 8))
    at = np.cumsum(waits)
    x = np.cumsum(stride * np.cos(heading)) + chance.normal(0, noise, count)
    y = np.cumsum(stride * np.sin(heading)) + chance.normal(0, noise, count)
    x, y = np.round(x, 6), np.round(y, 6)
    joined = joined_to_previous(np.zeros(count, np.int64), at, x, y, LIMITS)
    return {"at": at, "x": x, "y": y, "begins": ~joined}


@given(tracks(), st.sampled_from([0.5, 2.0, 20.0]))
@settings(max_examples=150, deadline=None)
def test_no_position_is_farther_than_was_said(track: dict[str, Any], tolerance_m: float) -> None:
    at, x, y, begins = (track[name] for name in ("at", "x", "y", "begins"))
    keep = kept(at, x, y, begins, tolerance_m)
    error_m = deviation_m(at, x, y, keep, (x[keep], y[keep]))
    assert error_m <= tolerance_m + 1e-9
    assert keep[begins].all()
    # By shapely, from the lines alone: what knows of no times can only be nearer.
    part = np.cumsum(begins) - 1
    for number in range(int(begins.sum())):
        mine = part == number
        line = np.column_stack([x, y])[mine & keep]
        shape = shapely.linestrings(line) if len(line) > 1 else shapely.points(line[0])
        away = shapely.distance(shape, shapely.points(x[mine], y[mine]))
        assert away.max() <= error_m + 1e-6


@given(tracks())
@settings(max_examples=60, deadline=None)
def test_what_is_seen_differs_by_no_more_than_the_ring(track: dict[str, Any]) -> None:
    """What was within 30 m ± the error of the one was within 30 m of the other."""
    at, x, y, begins = (track[name] for name in ("at", "x", "y", "begins"))
    keep = kept(at, x, y, begins, 2.0)
    frame = frame_for((-900.0, -900.0, 900.0, 900.0), within_m=30, row_m=2.5)

    def seen(chosen: Any, within_m: float) -> Any:
        canvas = frame.canvas()
        stamp(canvas, frame, x[chosen], y[chosen], ~begins[chosen], within_m=within_m)
        return canvas

    everyone = np.ones(len(at), np.bool_)
    ours, narrow, wide = seen(keep, 30), seen(everyone, 28 - 1e-6), seen(everyone, 32 + 1e-6)
    # Bits of a canvas: none is in the narrower that is not in ours, none in ours outside the wider.
    assert not (narrow & ~ours).any()
    assert not (ours & ~wide).any()


def steps_of(track: dict[str, Any]) -> Steps:
    """The points of one worker's track, each standing for one fix."""
    count = len(track["at"])
    return Steps(
        np.zeros(count, np.int64),
        track["at"],
        track["x"],
        track["y"],
        np.full(count, np.nan),
        np.ones(count, np.int64),
        track["begins"],
    )


@given(tracks(), st.integers(0, 900), st.integers(1, 900))
@settings(max_examples=150, deadline=None)
def test_a_part_is_the_whole_where_both_are(track: dict[str, Any], since: int, span: int) -> None:
    at, x, y, begins = (track[name] for name in ("at", "x", "y", "begins"))
    steps = steps_of(track)
    until = since + span
    part = clipped(steps, since, until)
    assert part.fixes.sum() == ((at >= since) & (at < until)).sum()
    assert ((part.at_s >= since) & (part.at_s <= until)).all()
    assert (np.diff(part.at_s) >= 0).all()
    if len(part):
        assert part.begins[0]
    for k in np.flatnonzero(~part.begins):
        middle = (part.at_s[k - 1] + part.at_s[k]) / 2
        there = (part.lon[k - 1] + part.lon[k]) / 2, (part.lat[k - 1] + part.lat[k]) / 2
        after = int(np.searchsorted(at, middle, side="right"))
        if part.at_s[k] == part.at_s[k - 1] or after in (0, len(at)):
            continue
        assert not begins[after]
        share = (middle - at[after - 1]) / (at[after] - at[after - 1])
        np.testing.assert_allclose(
            there[0], x[after - 1] + share * (x[after] - x[after - 1]), atol=1e-6
        )
        np.testing.assert_allclose(
            there[1], y[after - 1] + share * (y[after] - y[after - 1]), atol=1e-6
        )


@given(tracks(), st.lists(st.integers(0, 2500), min_size=1, max_size=4, unique=True))
@settings(max_examples=80, deadline=None)
def test_parts_put_together_are_the_whole(track: dict[str, Any], cuts: list[int]) -> None:
    steps = steps_of(track)
    edges = [-1, *sorted(cuts), 10**9]
    parts = [clipped(steps, a, b) for a, b in pairwise(edges)]

    def length(one: Steps) -> float:
        ways = np.hypot(np.diff(one.lon, prepend=0), np.diff(one.lat, prepend=0))
        return float(ways[~one.begins].sum())

    assert np.isclose(sum(length(one) for one in parts), length(steps))
    assert sum(int(one.fixes.sum()) for one in parts) == len(steps.at_s)
