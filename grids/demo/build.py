"""From a profile to a whole demonstration district, the same on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernel.errors import InvalidTerritory
from gis.kernel.lineage import Link, lineage_of_blocks
from grids.demo.communities import settle
from grids.demo.divide import Field
from grids.demo.editions import Division, Setting, divide_again, divide_anew
from grids.demo.ground import Ground, Plane, build_ground, polygons
from grids.demo.people import Population, populate
from grids.demo.profile import Pin, Profile
from grids.demo.staff import Staff, appoint
from grids.demo.stations import DemoStation, place_stations

__all__ = ["DemoDistrict", "build_district"]

Progress = Callable[[str], None]
PolygonArray = NDArray[np.object_]
_SAFETY_M = 2.0


@dataclass(frozen=True, kw_only=True)
class DemoDistrict:
    """Everything the demonstration knows. Polygons are WGS-84 degrees with seven decimals.

    Per block: ``blocks``, ``block_codes``, ``area_m2``, ``subdistrict`` and ``community`` (indexes
    into the profile) and ``population``. Per edition: ``divisions`` and ``grids`` (its polygons).
    """

    profile: Profile
    blocks: PolygonArray
    block_codes: tuple[str, ...]
    area_m2: NDArray[np.float64]
    subdistrict: NDArray[np.intp]
    community: NDArray[np.intp]
    population: Population
    subdistricts: PolygonArray
    communities: PolygonArray
    divisions: tuple[Division, Division]
    grids: tuple[PolygonArray, PolygonArray]
    lineage: tuple[Link, ...]
    staff: Staff
    stations: tuple[DemoStation, ...]

    def digest(self) -> str:
        """SHA-256 of everything that was built: equal on every run of the same profile."""
        return _digest(self)


def build_district(profile: Profile, progress: Progress = lambda _: None) -> DemoDistrict:
    """Build the district of a profile; ``progress`` is told the name of each step as it starts."""
    progress("地块 blocks")
    ground = build_ground(profile)
    mesh, plane = ground.mesh, Plane(profile.srid_m)
    blocks = polygons(ground, np.arange(mesh.count))
    flat = shapely.transform(blocks, plane.metres)
    population = populate(profile, ground)
    field = Field(mesh.centre, population.workload, mesh.neighbours(), mesh.rim())
    progress("社区 communities")
    pinned = {pin: _pinned_blocks(pin, plane, flat) for pin in profile.pins}
    anchors = plane.metres(np.array([(a.lon, a.lat) for a in profile.anchors]))
    community = settle(profile, mesh, field, anchors, pinned)
    setting = Setting(
        profile=profile,
        field=field,
        area_m2=shapely.area(flat),
        population=population,
        community=community,
        pinned=pinned,
        dedicated=_dedicated_blocks(profile, blocks),
    )
    progress("网格 grids")
    first = divide_anew(setting)
    second = divide_again(setting, first)
    progress("核对 checks")
    return _assemble(setting, ground, blocks, (first, second))


def _assemble(
    setting: Setting, ground: Ground, blocks: PolygonArray, divisions: tuple[Division, Division]
) -> DemoDistrict:
    first, second = divisions
    grids = (polygons(ground, first.grid), polygons(ground, second.grid))
    community = polygons(ground, setting.community)
    subdistrict = polygons(ground, ground.mesh.part)
    for level in (blocks, *grids, community, subdistrict):
        _check_level(level, blocks)
    links = lineage_of_blocks(
        [first.codes[g] for g in first.grid],
        [second.codes[g] for g in second.grid],
        setting.area_m2,
        setting.population.people.astype(np.float64),
        old_names=dict(zip(first.codes, first.names, strict=True)),
        new_names=dict(zip(second.codes, second.names, strict=True)),
    )
    return DemoDistrict(
        profile=setting.profile,
        blocks=blocks,
        block_codes=_block_codes(setting),
        area_m2=setting.area_m2,
        subdistrict=ground.mesh.part,
        community=setting.community,
        population=setting.population,
        subdistricts=subdistrict,
        communities=community,
        divisions=divisions,
        grids=grids,
        lineage=tuple(links),
        staff=appoint(setting.profile, second),
        stations=place_stations(
            setting.profile,
            blocks,
            setting.population,
            ground.mesh.part,
            setting.community,
            second,
        ),
    )


def _check_level(level: PolygonArray, blocks: PolygonArray) -> None:
    if not shapely.is_valid(level).all() or not shapely.coverage_is_valid(level):
        raise InvalidTerritory("the demonstration's polygons are not a coverage")
    if shapely.get_num_interior_rings(level).any():
        raise InvalidTerritory("an area of the demonstration has a hole")
    if abs(shapely.area(level).sum() - shapely.area(blocks).sum()) > 1e-9:
        raise InvalidTerritory("an area of the demonstration is not the sum of its blocks")


def _pinned_blocks(pin: Pin, plane: Plane, flat: PolygonArray) -> NDArray[np.intp]:
    centre = shapely.Point(*plane.metres(np.array([[pin.lon, pin.lat]]))[0])
    circle = centre.buffer(pin.radius_m + _SAFETY_M, quad_segs=64)
    near = np.flatnonzero(shapely.intersects(flat, circle))
    if not shapely.union_all(flat[near]).contains(circle):
        raise InvalidTerritory(f"demo.toml: the circle of {pin.name} leaves the district")
    return near


def _dedicated_blocks(profile: Profile, blocks: PolygonArray) -> dict[str, int]:
    points = shapely.points([(d.lon, d.lat) for d in profile.dedicated])
    found, block = shapely.STRtree(blocks).query(points, predicate="within")[:, :]
    if sorted(found.tolist()) != list(range(len(profile.dedicated))):
        raise InvalidTerritory("demo.toml: a dedicated grid lies outside the district")
    return {profile.dedicated[d].name: int(b) for d, b in zip(found, block, strict=True)}


def _block_codes(setting: Setting) -> tuple[str, ...]:
    """Number the blocks of each community in order: its code, ``-`` and four digits."""
    count: dict[int, int] = {}
    codes = []
    for c in setting.community.tolist():
        count[c] = count.get(c, 0) + 1
        codes.append(f"{setting.profile.communities[c][0]}-{count[c]:04d}")
    return tuple(codes)


def _digest(district: DemoDistrict) -> str:
    found = hashlib.sha256()
    levels = (district.blocks, district.communities, district.subdistricts, *district.grids)
    for level in levels:
        for wkb in shapely.to_wkb(level, byte_order=1):
            found.update(wkb)
    for array in (district.subdistrict, district.community, *(d.grid for d in district.divisions)):
        found.update(array.astype("<i8").tobytes())
    people = district.population
    found.update(people.households.astype("<i8").tobytes() + people.people.astype("<i8").tobytes())
    texts = (district.block_codes, people.kind.tolist(), district.lineage, district.staff)
    found.update(repr((texts, district.stations)).encode())
    for division in district.divisions:
        facts = (division.name, division.valid_from, division.codes, division.names)
        found.update(repr((facts, division.dedicated)).encode())
    return found.hexdigest()
