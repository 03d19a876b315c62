"""Party service stations at all four levels, each where people live in its region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.kernel.errors import InvalidInput
from grids.demo.editions import Division
from grids.demo.people import Population
from grids.demo.profile import Profile

__all__ = ["DemoStation", "place_stations"]


@dataclass(frozen=True, kw_only=True)
class DemoStation:
    """A station: WGS-84 degrees, level, and the codes of its services."""

    code: str
    name: str
    level: str
    lon: float
    lat: float
    services: tuple[str, ...]


def place_stations(
    profile: Profile,
    blocks: NDArray[np.object_],
    population: Population,
    subdistrict: NDArray[np.intp],
    community: NDArray[np.intp],
    division: Division,
) -> tuple[DemoStation, ...]:
    """Place a station in the most lived-in block of every subdistrict, community and busy grid."""
    homes = population.households
    points = shapely.get_coordinates(shapely.point_on_surface(blocks)).round(6)
    spots = _Spots(profile, points, homes)
    found = [spots.district(blocks)]
    names = [(s.code, s.name) for s in profile.subdistricts]
    found += spots.of("subdistrict", names, subdistrict, range(len(names)))
    found += spots.of("community", profile.communities, community, range(len(profile.communities)))
    lived = np.bincount(division.grid, weights=homes)
    busiest = np.sort(np.argsort(-lived, kind="stable")[: int(profile.stations["grid_stations"])])
    grids = list(zip(division.codes, division.names, strict=True))
    found += spots.of("grid", grids, division.grid, busiest.tolist())
    return tuple(found)


class _Spots:
    def __init__(
        self, profile: Profile, points: NDArray[np.float64], homes: NDArray[np.int64]
    ) -> None:
        self.profile = profile
        self.points = points
        self.homes = homes
        self.services = {
            level: tuple(s["code"] for s in profile.names["service"] if level in s["levels"])
            for level in ("district", "subdistrict", "community", "grid")
        }
        self.taken: set[int] = set()

    def _station(self, code: str, name: str, level: str, lon: float, lat: float) -> DemoStation:
        return DemoStation(
            code=code,
            name=self.profile.names["station"][level].format(name=name),
            level=level,
            lon=lon,
            lat=lat,
            services=self.services[level],
        )

    def district(self, blocks: NDArray[np.object_]) -> DemoStation:
        """The district's own station, where the profile says."""
        at = self.profile.stations["district"]
        if not shapely.intersects_xy(blocks, at["lon"], at["lat"]).any():
            raise InvalidInput("demo.toml: the district's station lies outside the district")
        place = self.profile.place
        return self._station(place["code"], place["name"], "district", at["lon"], at["lat"])

    def of(
        self,
        level: str,
        regions: Sequence[tuple[str, str]],
        label: NDArray[np.intp],
        chosen: Sequence[int],
    ) -> Iterator[DemoStation]:
        """One station in each chosen region, in its most lived-in block that has none yet."""
        for region in chosen:
            code, name = regions[region]
            inside = np.flatnonzero(label == region)
            order = inside[np.argsort(-self.homes[inside], kind="stable")].tolist()
            block = next((b for b in order if b not in self.taken), order[0])
            self.taken.add(block)
            lon, lat = self.points[block].tolist()
            yield self._station(code, name, level, lon, lat)
