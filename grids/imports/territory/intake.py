"""The way of a file to checked ground, shared by regions and grids."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.db.fields import MAX_VERTICES
from gis.kernel.datum import Datum
from gis.kernel.tessellation import Problem, Severity, errors, untouched
from grids.imports.readers import read
from grids.imports.readers.layer import MAX_TOTAL_VERTICES
from grids.imports.refusal import ImportRefused, refuse
from grids.imports.territory.checking import check_each
from grids.imports.territory.located import as_declared, check_range, to_storage
from grids.imports.territory.rows import Rows, named

__all__ = ["Intake", "Wanted", "read_outline", "take_in"]


@dataclass(frozen=True)
class Wanted:
    """What the author says about a file: which fields, which datum, which layer."""

    path: Path
    code: str
    name: str
    link: str | None = None
    datum: Datum = Datum.WGS84
    layer: str | None = None
    mend: bool = False


@dataclass(frozen=True)
class Intake:
    """Rows in WGS-84 degrees, the ground as it was written, and warnings so far."""

    rows: Rows
    raw: BaseGeometry
    problems: list[Problem]
    format: str


def take_in(wanted: Wanted) -> Intake:
    """Read, name and locate the features of a file; each must be sound by itself.

    Raises `ImportRefused` with every problem that was found up to the stage that failed.
    """
    layer = read(wanted.path, layer=wanted.layer)
    rows, problems = named(layer.features, code=wanted.code, name=wanted.name, link=wanted.link)
    if wanted.mend:
        problems += _mend(rows)
    unread = {feature for p in errors(problems) for feature in p.features}
    if int(shapely.get_num_coordinates(rows.geometries).sum()) > MAX_TOTAL_VERTICES:
        raise refuse("too_many_vertices", "顶点总数过多", "too many vertices in all")
    # A geometry that could not even be read is not also called empty.
    problems += [
        problem
        for problem in check_each(rows)
        if not (problem.kind == "empty_geometry" and problem.features[0] in unread)
    ]
    if layer.crs is None:
        problems += check_range(rows.codes, rows.geometries, declared=False)
    if errors(problems):
        raise ImportRefused(_degrees_only(problems))
    declared, notes = as_declared(rows.geometries, layer.crs)
    problems += notes
    problems += check_range(rows.codes, declared, declared=True)
    if errors(problems):
        raise ImportRefused(problems)
    rows = rows.with_geometries(to_storage(declared, wanted.datum))
    # Projecting moves vertices: what was barely valid may not be valid any more.
    problems += check_each(rows)
    if errors(problems):
        raise ImportRefused(problems)
    return Intake(rows, _union(declared), problems, layer.format)


def _mend(rows: Rows) -> list[Problem]:
    """Split self-touching rings in place, and tell which."""
    notes = []
    for at, (code, area) in enumerate(zip(rows.codes, rows.geometries, strict=True)):
        if area is None or area.is_valid or shapely.get_num_coordinates(area) > MAX_VERTICES:
            continue
        better = untouched(area)
        if better is not None:
            rows.geometries[at] = better
            notes.append(
                Problem(
                    "ring_split",
                    "边界自相接触，已拆成多个环，范围不变",
                    "a ring touched itself; it was split, the ground is the same",
                    severity=Severity.WARNING,
                    features=(code,),
                )
            )
    return notes


def _degrees_only(problems: list[Problem]) -> list[Problem]:
    """Leave out places that are not in degrees, since the problems file is WGS-84."""

    def fits(geometry: BaseGeometry | None) -> bool:
        if geometry is None or geometry.is_empty:
            return False
        west, south, east, north = geometry.bounds
        return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)

    return [p if fits(p.geometry) else p.at(None) for p in problems]


def _union(areas: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> BaseGeometry:
    if shapely.coverage_is_valid(areas):
        return shapely.coverage_union_all(areas)
    return shapely.union_all(areas)


def read_outline(path: Path, datum: Datum) -> BaseGeometry:
    """The ground of every polygon of a file, WGS-84 degrees: the outline grids must cover."""
    layer = read(path)
    areas = np.array([feature.geometry for feature in layer.features], dtype=object)
    labels = [feature.label for feature in layer.features]
    rows = Rows(labels, labels, labels, areas)
    problems = [p for feature in layer.features for p in feature.problems] + check_each(rows)
    if layer.crs is None:
        problems += check_range(labels, areas, declared=False)
    if errors(problems):
        raise ImportRefused(_degrees_only(problems))
    declared, _notes = as_declared(areas, layer.crs)
    return shapely.union_all(to_storage(declared, datum))
