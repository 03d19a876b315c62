"""A small district for tests: `make_district()` writes it, the names below say what is in it.

A lattice of 4 × 3 cells of 0.01° with its south-west corner at (120.40, 36.06). Row 0 is the
southernmost.

- Edition `2021` (superseded): 6 grids, each two neighbouring cells. `2022` (in force since
  2022-10-20): 12 grids, one per cell. `2027` (draft): the 12 again.
- Subdistrict 001 has communities 001 (columns 0–1) and 002 (columns 2–3 of row 0); subdistrict 002
  has community 001 (columns 2–3 of rows 1–2).
- One user per role, password `PASSWORD`; every office; one station per level.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from psycopg.types.range import Range

from grids.choices import (
    EditionState,
    LineageRelation,
    PostKind,
    RegionLevel,
    Role,
    StationLevel,
    UnitKind,
)
from grids.models import (
    Edition,
    Grid,
    Leave,
    Lineage,
    Place,
    Post,
    Region,
    Station,
    StationService,
    Unit,
    User,
)

PASSWORD = "correct-horse-battery"
# One iteration on purpose: the real number costs a third of a second for each user.
HASHED = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
WEST, SOUTH, CELL = 120.40, 36.06, 0.01
COLUMNS, ROWS = 4, 3
CHANGED = datetime(2022, 10, 19, 16, tzinfo=UTC)  # 2022-10-20 at Laoshan
BEGAN = datetime(2021, 1, 1, tzinfo=UTC)


@dataclass
class District:
    """What `make_district` wrote. Grids and regions are those of the edition in force."""

    place: Place
    old: Edition
    now: Edition
    draft: Edition
    regions: dict[str, Region]
    grids: dict[str, Grid]
    old_grids: dict[str, Grid]
    units: dict[str, Unit]
    users: dict[str, User]
    stations: list[Station] = field(default_factory=list)

    def cell(self, column: int, row: int) -> Grid:
        """The grid in force of that cell of the lattice."""
        return self.grids[self.place.code + _numbered(1)[column, row]]

    def centre(self, column: int, row: int) -> tuple[float, float]:
        """(lon, lat) of the middle of a cell, WGS-84 degrees."""
        box = self.cell(column, row).geometry.extent
        return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def make_district(
    code: str = "370299", *, name: str = "测试区", west: float = WEST, south: float = SOUTH
) -> District:
    """Write the district described above; a second one needs another `code`."""
    place = Place.objects.create(
        code=code,
        name=name,
        name_en="Test district",
        envelope=Polygon.from_bbox((west - 0.05, south - 0.05, west + 0.1, south + 0.1)),
        srid_m=4549,
        attribution="测试数据",
    )
    old = Edition.objects.create(place=place, name="2021", digest=f"{code}-2021")
    now = Edition.objects.create(place=place, name="2022", digest=f"{code}-2022")
    draft = Edition.objects.create(place=place, name="2027")
    old_grids = _territory(old, west, south, width=2)[1]
    regions, grids = _territory(now, west, south, width=1)
    _territory(draft, west, south, width=1)
    _lineage(now, old_grids, grids)
    _bring_into_force(old, EditionState.SUPERSEDED, BEGAN, CHANGED)
    _bring_into_force(now, EditionState.IN_FORCE, CHANGED, None)
    units = _units(place)
    users = _people(place, regions, grids, units)
    district = District(place, old, now, draft, regions, grids, old_grids, units, users)
    district.stations = _stations(district, west, south)
    return district


def make_user(username: str, place: Place | None = None, **fields: object) -> User:
    """A user whose password is `PASSWORD`."""
    full_name = str(fields.pop("full_name", username))
    return User.objects.create(
        username=username, password=HASHED, place=place, full_name=full_name, **fields
    )


def make_post(
    user: User,
    role: Role,
    *,
    kind: PostKind = PostKind.PRINCIPAL,
    since: datetime = BEGAN,
    until: datetime | None = None,
    **held: Any,
) -> Post:
    """A post of `user` on `grid=`, `region=` or `unit=`."""
    return Post.objects.create(user=user, role=role, kind=kind, during=Range(since, until), **held)


def make_leave(user: User, since: datetime, until: datetime) -> Leave:
    return Leave.objects.create(user=user, during=Range(since, until), reason="年假")


def square(west: float, south: float, width: float, height: float) -> MultiPolygon:
    """A rectangle, EPSG:4326. Corners are rounded alike, so that neighbours share them exactly."""
    west, south, east, north = (round(x, 6) for x in (west, south, west + width, south + height))
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


COMMUNITIES = ["001001", "001002", "002001"]
SUBDISTRICTS = ["001", "002"]


def _community(column: int, row: int) -> str:
    if column < 2:
        return "001001"
    return "001002" if row == 0 else "002001"


def _numbered(width: int) -> dict[tuple[int, int], str]:
    """(column, row) → community and sequence, for grids `width` cells wide."""
    last = dict.fromkeys(COMMUNITIES, 0)
    suffixes = {}
    for row in range(ROWS):
        for column in range(0, COLUMNS, width):
            community = _community(column, row)
            last[community] += 1
            suffixes[column, row] = f"{community}{last[community]:03}"
    return suffixes


def _territory(
    edition: Edition, west: float, south: float, *, width: int
) -> tuple[dict[str, Region], dict[str, Grid]]:
    place = edition.place.code
    shapes: dict[str, list[MultiPolygon]] = {}
    for column in range(COLUMNS):
        for row in range(ROWS):
            cell = square(west + column * CELL, south + row * CELL, CELL, CELL)
            community = _community(column, row)
            shapes.setdefault(community, []).append(cell)
            shapes.setdefault(community[:3], []).append(cell)
    regions: dict[str, Region] = {}
    for suffix in SUBDISTRICTS + COMMUNITIES:
        is_community = len(suffix) == 6
        regions[suffix] = Region.objects.create(
            edition=edition,
            level=RegionLevel.COMMUNITY if is_community else RegionLevel.SUBDISTRICT,
            code=place + suffix,
            name=f"{suffix}{'社区' if is_community else '街道'}",
            parent=regions[suffix[:3]] if is_community else None,
            geometry=_joined(shapes[suffix]),
            area_m2=1e6 * len(shapes[suffix]),
        )
    grids = {}
    for (column, row), suffix in _numbered(width).items():
        shape = square(west + column * CELL, south + row * CELL, CELL * width, CELL)
        grids[place + suffix] = Grid(
            edition=edition,
            region=regions[suffix[:6]],
            code=place + suffix,
            name=f"{suffix[:6]}第{int(suffix[6:])}网格",
            geometry=shape,
            label=shape.centroid,
            area_m2=1e6 * width,
            households=100,
            people=250,
        )
    Grid.objects.bulk_create(grids.values())
    return {place + suffix: region for suffix, region in regions.items()}, grids


def _joined(cells: list[MultiPolygon]) -> MultiPolygon:
    joined = MultiPolygon([part for cell in cells for part in cell], srid=4326).unary_union
    return joined if isinstance(joined, MultiPolygon) else MultiPolygon(joined, srid=4326)


def _lineage(into: Edition, old: dict[str, Grid], new: dict[str, Grid]) -> None:
    place = into.place.code
    before, after = _numbered(2), _numbered(1)
    Lineage.objects.bulk_create(
        Lineage(
            old=old[place + before[column - column % 2, row]],
            new=new[place + suffix],
            into=into,
            relation=LineageRelation.SPLIT,
            area_share_of_old=0.5,
            area_share_of_new=1.0,
            people_share_of_old=0.5,
            people_share_of_new=1.0,
        )
        for (column, row), suffix in after.items()
    )


def _bring_into_force(
    edition: Edition, state: EditionState, since: datetime, until: datetime | None
) -> None:
    edition.state = state
    edition.in_force = Range(since, until)
    edition.save()


def _units(place: Place) -> dict[str, Unit]:
    def unit(code: str, name: str, kind: UnitKind, region: str = "") -> Unit:
        return Unit.objects.create(
            place=place,
            code=code,
            name=name,
            kind=kind,
            region_code=region,
            is_default=kind == UnitKind.DEPARTMENT,
        )

    units = {
        "centre": unit("centre", f"{place.name}社会治理中心", UnitKind.CENTRE),
        "department": unit("department", "综合部门", UnitKind.DEPARTMENT),
    }
    for suffix in SUBDISTRICTS:
        name, kind = f"{suffix}街道办事处", UnitKind.SUBDISTRICT_OFFICE
        units[suffix] = unit(f"office-{suffix}", name, kind, place.code + suffix)
    for suffix in COMMUNITIES:
        name, kind = f"{suffix}社区居委会", UnitKind.COMMUNITY_OFFICE
        units[suffix] = unit(f"office-{suffix}", name, kind, place.code + suffix)
    return units


def _people(
    place: Place, regions: dict[str, Region], grids: dict[str, Grid], units: dict[str, Unit]
) -> dict[str, User]:
    """One holder for each role; the worker and the grid head hold cell (0, 0)."""
    held: dict[Role, dict[str, Any]] = {
        Role.ADMIN: {"unit": units["centre"]},
        Role.CENTRE: {"unit": units["centre"]},
        Role.SUBDISTRICT: {"region": regions[place.code + "001"]},
        Role.COMMUNITY: {"region": regions[place.code + "001001"]},
        Role.HANDLER: {"unit": units["department"]},
        Role.WORKER: {"grid": grids[place.code + "001001001"]},
        Role.GRID_HEAD: {"grid": grids[place.code + "001001001"]},
        Role.PLANNER: {"unit": units["centre"]},
        Role.LEADER: {"unit": units["centre"]},
    }
    users = {}
    for role, scope in held.items():
        user = make_user(f"{place.code}-{role}", place, full_name=f"{role.label}甲")
        make_post(user, role, **scope)
        users[str(role)] = user
    return users


def _stations(district: District, west: float, south: float) -> list[Station]:
    service, _ = StationService.objects.get_or_create(
        code="mediation", defaults={"name": "矛盾调解", "name_en": "Mediation"}
    )
    stations = []
    for number, level in enumerate(StationLevel):
        station = Station.objects.create(
            place=district.place,
            code=f"S{number}",
            name=f"{level.label}党群服务站",
            level=level,
            position=Point(west + 0.005 + CELL * number, south + 0.005, srid=4326),
        )
        station.services.add(service)
        stations.append(station)
    return stations
