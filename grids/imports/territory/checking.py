"""All checks of one division, in the order in which a later one relies on an earlier one."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis.db.fields import MAX_VERTICES
from gis.kernel.tessellation import (
    Problem,
    check_mismatch,
    check_outline,
    check_overlaps,
    check_shapes,
    check_slivers,
    check_spaces,
    close,
    errors,
    realigned,
)
from grids.imports.territory.metric import Areas, Metric
from grids.imports.territory.rows import Rows

__all__ = ["NARROW_M", "SLIVER_M", "Checked", "check_division", "check_each"]

# Without a tolerance: a strip narrower than a street is no ground that somebody meant to leave out.
NARROW_M = 20.0
SLIVER_M = 1.0


@dataclass(frozen=True)
class Checked:
    """Rows in degrees and their areas in metres, after closing, with what was found."""

    rows: Rows
    metric_areas: Areas
    problems: list[Problem]


def check_each(rows: Rows) -> list[Problem]:
    """What is wrong with single geometries, before anything is projected."""
    return list(check_shapes(rows.codes, rows.geometries, max_vertices=MAX_VERTICES))


def check_division(
    rows: Rows, metric: Metric, *, tolerance_m: float | None, outline: BaseGeometry | None
) -> Checked:
    """Check that sound areas tile the ground, closing up to `tolerance_m` first where it is given.

    `outline` is in degrees. Problems come back with places in degrees.
    """
    areas = metric.project(rows.geometries, remember=True)
    edge = None if outline is None else metric.project_one(outline)
    problems: list[Problem] = list(check_slivers(rows.codes, areas, limit_m=SLIVER_M))
    if tolerance_m:
        closed = close(rows.codes, areas, tolerance_m=tolerance_m, outline=edge)
        problems += closed.problems
        if errors(problems):
            return Checked(rows, areas, metric.told(problems))
        rows = rows.with_geometries(realigned(rows.codes, metric.back_all(closed.areas)))
        areas = metric.project(rows.geometries)
    else:
        problems += check_overlaps(rows.codes, areas)
    narrow_m = NARROW_M if tolerance_m is None else tolerance_m
    if edge is None:
        problems += check_spaces(rows.codes, areas, narrow_m=narrow_m)
    else:
        problems += check_outline(rows.codes, areas, edge)
    told = metric.told(problems)
    if not errors(problems):
        # Of what will be stored: that is what has to match, vertex for vertex.
        told += check_mismatch(rows.codes, rows.geometries)
    return Checked(rows, np.asarray(areas), told)
