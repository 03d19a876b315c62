"""The way of a file to checked ground, shared by regions and grids."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.kernel.datum import Datum
from gis.kernel.tessellation import Problem, errors
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
    told = {feature for p in errors(problems) for feature in p.features}
    if int(shapely.get_num_coordinates(rows.geometries).sum()) > MAX_TOTAL_VERTICES:
        raise refuse("too_many_vertices", "顶点总数过多", "too many vertices in all")
    # A geometry that could not even be read is not also called empty.
    problems += [
        p
        for p in check_each(rows)
        if not (p.kind == "empty_geometry" and _told(p.features[0], rows, layer.features, told))
    ]
    problems += check_range(rows.codes, rows.geometries, declared=layer.crs is not None)
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


def _told(label: str, rows: Rows, features: list, told: set[str]) -> bool:  # type: ignore[type-arg]
    feature = features[rows.codes.index(label)]
    return bool(label in told or (feature.label in told and feature.problems))


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
    problems += check_range(labels, areas, declared=layer.crs is not None)
    if errors(problems):
        raise ImportRefused(_degrees_only(problems))
    declared, _notes = as_declared(areas, layer.crs)
    return shapely.union_all(to_storage(declared, datum))
