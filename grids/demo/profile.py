"""A profile of a place, read from its folder under ``fixtures/`` and checked."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Polygon

from gis.kernel.codes import parse_grid_code
from gis.kernel.errors import InvalidInput

__all__ = [
    "Anchor",
    "Dedicated",
    "Pin",
    "Profile",
    "Revision",
    "Subdistrict",
    "Town",
    "load_profile",
]

_FILES = (
    "anchors.csv",
    "communities.csv",
    "demo.toml",
    "names.toml",
    "place.toml",
    "subdistricts.geojson",
)


@dataclass(frozen=True, kw_only=True)
class Subdistrict:
    """One subdistrict: its coarse ring (WGS-84 degrees) and what the builder puts into it."""

    code: str
    name: str
    name_en: str
    ring: Polygon
    blocks: int
    households: int
    density_floor: float
    grids: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Town:
    """A hill of density: WGS-84 degrees, radius in metres, peak relative to the city's."""

    lon: float
    lat: float
    radius_m: float
    peak: float


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """Where a community is known, or thought, to be (WGS-84 degrees)."""

    community: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A circle that lies wholly inside one grid in every edition."""

    grid: str
    name: str
    lon: float
    lat: float
    radius_m: float

    @property
    def community(self) -> str:
        """The 12-digit community code of the pinned grid."""
        return self.grid[:12]

    @property
    def sequence(self) -> int:
        """The number of the pinned grid within its community."""
        return int(self.grid[12:])


@dataclass(frozen=True, kw_only=True)
class Dedicated:
    """A grid of its own (专属网格): the grid that holds the point in the later edition."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Revision:
    """How many changes beside splits the later edition makes."""

    merges: int
    dissolved: int
    shifts: int


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Everything the builder knows about a place. ``digest`` names exactly this content."""

    place: Mapping[str, Any]
    names: Mapping[str, Any]
    seed: str
    digest: str
    subdistricts: tuple[Subdistrict, ...]
    communities: tuple[tuple[str, str], ...]
    anchors: tuple[Anchor, ...]
    editions: tuple[tuple[str, Any], ...]
    revision: Revision
    pins: tuple[Pin, ...]
    dedicated: tuple[Dedicated, ...]
    towns: tuple[Town, ...]
    staff: Mapping[str, Any]
    stations: Mapping[str, Any]
    logins: tuple[Mapping[str, Any], ...]

    @property
    def srid_m(self) -> int:
        """EPSG code of the place's metric plane."""
        return int(self.place["srid_m"])


def load_profile(folder: Path) -> Profile:
    """Read and check the profile in ``folder``; ``InvalidInput`` names the file and the field."""
    texts = {name: _read(folder / name) for name in _FILES}
    digest = hashlib.sha256("\0".join(f"{n}\0{texts[n]}" for n in _FILES).encode()).hexdigest()
    demo = tomllib.loads(texts["demo.toml"])
    rings = _rings(texts["subdistricts.geojson"])
    profile = Profile(
        place=tomllib.loads(texts["place.toml"]),
        names=tomllib.loads(texts["names.toml"]),
        seed=demo["seed"],
        digest=digest,
        subdistricts=_subdistricts(demo, rings),
        communities=tuple((r["code"], r["name"]) for r in _rows(texts["communities.csv"])),
        anchors=tuple(
            Anchor(
                community=r["community"], name=r["name"], lon=float(r["lon"]), lat=float(r["lat"])
            )
            for r in _rows(texts["anchors.csv"])
        ),
        editions=tuple((e["name"], e["valid_from"]) for e in demo["edition"]),
        revision=Revision(**demo["revision"]),
        pins=tuple(Pin(**p) for p in demo.get("pin", ())),
        dedicated=tuple(Dedicated(**d) for d in demo.get("dedicated", ())),
        towns=tuple(Town(**t) for t in demo.get("town", ())),
        staff=demo["staff"],
        stations=demo["stations"],
        logins=tuple(demo["login"]),
    )
    _check(profile, folder)
    return profile


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"profile file {path} cannot be read: {error.strerror}") from error


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def _rings(text: str) -> dict[str, tuple[str, str, Polygon]]:
    rings = {}
    for feature in json.loads(text)["features"]:
        properties = feature["properties"]
        polygon = Polygon(feature["geometry"]["coordinates"][0])
        rings[properties["code"]] = (properties["name"], properties["name_en"], polygon)
    return rings


def _subdistricts(
    demo: Mapping[str, Any], rings: Mapping[str, tuple[str, str, Polygon]]
) -> tuple[Subdistrict, ...]:
    found = []
    for row in sorted(demo["subdistrict"], key=lambda r: str(r["code"])):
        if row["code"] not in rings:
            raise InvalidInput(f"demo.toml: subdistrict {row['code']} has no ring")
        name, name_en, ring = rings[row["code"]]
        floor = demo["density"]["floor"][row["code"]]
        found.append(Subdistrict(name=name, name_en=name_en, ring=ring, density_floor=floor, **row))
    return tuple(found)


def _check(profile: Profile, folder: Path) -> None:
    rings = {s.code: s.ring for s in profile.subdistricts}
    if not shapely.coverage_is_valid(list(rings.values())):
        raise InvalidInput(
            f"{folder}/subdistricts.geojson: the rings overlap or do not share nodes"
        )
    codes = {code for code, _ in profile.communities}
    if len(codes) != len(profile.communities):
        raise InvalidInput(f"{folder}/communities.csv: a code occurs twice")
    for anchor in profile.anchors:
        if anchor.community not in codes:
            raise InvalidInput(f"{folder}/anchors.csv: {anchor.name}: unknown {anchor.community}")
        if not shapely.contains_xy(rings[anchor.community[:9]], anchor.lon, anchor.lat):
            raise InvalidInput(f"{folder}/anchors.csv: {anchor.name} is outside its subdistrict")
    for pin in profile.pins:
        if parse_grid_code(pin.grid).community not in codes:
            raise InvalidInput(f"{folder}/demo.toml: pin {pin.name}: unknown {pin.community}")
