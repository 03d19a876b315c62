"""The demonstration district into PostGIS, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db import transaction
from numpy.typing import NDArray
from psycopg.types.range import TimestamptzRange

from gis.ledger.services import audit
from grids.choices import GridKind, RegionLevel, StationLevel
from grids.demo.build import DemoDistrict
from grids.demo.copying import copy_rows, hex_ewkb
from grids.demo.editions import Division
from grids.models import (
    Block,
    Edition,
    Grid,
    GridBlock,
    Leave,
    NamedPlace,
    Place,
    Post,
    Region,
    Station,
    StationService,
    Unit,
    User,
)
from grids.services import editions, lineage

__all__ = ["DEMO_PASSWORD", "write_district"]

DEMO_PASSWORD = "wangge-demo"  # noqa: S105 - public on purpose, and given out in demo mode only
Progress = Callable[[str], None]
_BATCH = 1000
# How far the profile's points may be from the spot: a campus and a village.
_DEDICATED_M, _ANCHOR_M = 150.0, 700.0
_LABEL_TOLERANCE_DEG = 2e-5


def write_district(
    district: DemoDistrict, *, now: datetime, progress: Progress = lambda _: None
) -> Place:
    """Write a built district whose place is not there yet; all of it or nothing.

    Editions are published through the service, each at the instant it came into force. Logins of
    the profile get the demonstration's password in demo mode only; everybody else gets none.
    """
    with transaction.atomic():
        return _Writer(district, progress).write(now)


class _Writer:
    def __init__(self, district: DemoDistrict, progress: Progress) -> None:
        self.district = district
        self.profile = district.profile
        self.progress = progress
        self.place = Place(**_place_fields(district))

    def write(self, now: datetime) -> Place:
        self.progress("写入地块 writing blocks")
        self.place.save()
        blocks = self._blocks()
        self.progress("写入网格 writing grids")
        published = [
            self._edition(division, polygons, blocks)
            for division, polygons in zip(self.district.divisions, self.district.grids, strict=True)
        ]
        self.progress("发布区划 publishing editions")
        for edition, division in zip(published, self.district.divisions, strict=True):
            at = division.valid_from
            editions.publish(edition=edition, at=at, by=None, now=at)
        first, second = published
        lineage.save(first, second, list(self.district.lineage))
        self.progress("人员与站点 people and stations")
        self._people(second)
        self._stations()
        self._named_places()
        audit.record(
            chain=f"place:{self.place.code}",
            action="demo.loaded",
            at=now,
            data={"profile": self.profile.digest, "district": self.district.digest()},
        )
        return self.place

    def _blocks(self) -> list[int]:
        """Write the blocks; return their keys in order."""
        built, place = self.district, self.place.pk
        columns = ["place_id", "code", "name", "kind", "geometry", "area_m2"]
        columns += ["households", "people"]
        rows = zip(
            built.block_codes,
            built.population.kind.tolist(),
            hex_ewkb(built.blocks),
            built.area_m2.tolist(),
            built.population.households.tolist(),
            built.population.people.tolist(),
            strict=True,
        )
        copy_rows(Block, columns, ((place, code, "", *rest) for code, *rest in rows))
        keys = dict(Block.objects.filter(place=self.place).values_list("code", "pk"))
        return [keys[code] for code in built.block_codes]

    def _edition(
        self, division: Division, polygons: NDArray[np.object_], blocks: list[int]
    ) -> Edition:
        edition = Edition.objects.create(
            place=self.place, name=division.name, source=self.profile.place["source"]
        )
        communities = self._regions(edition)
        sums = {
            name: np.bincount(division.grid, weights=values).tolist()
            for name, values in (
                ("area_m2", self.district.area_m2),
                ("households", self.district.population.households),
                ("people", self.district.population.people),
            )
        }
        outlines, labels = _areas(polygons), _labels(polygons)
        grids = Grid.objects.bulk_create(
            (
                Grid(
                    edition=edition,
                    region=communities[division.community[g]],
                    code=code,
                    name=division.names[g],
                    kind=GridKind.DEDICATED if division.dedicated[g] else GridKind.ORDINARY,
                    geometry=outlines[g],
                    label=labels[g],
                    area_m2=sums["area_m2"][g],
                    households=round(sums["households"][g]),
                    people=round(sums["people"][g]),
                )
                for g, code in enumerate(division.codes)
            ),
            batch_size=_BATCH,
        )
        keys = [grid.pk for grid in grids]
        pairs = zip(division.grid.tolist(), blocks, strict=True)
        copy_rows(
            GridBlock,
            ["edition_id", "grid_id", "block_id"],
            ((edition.pk, keys[g], block) for g, block in pairs),
        )
        return edition

    def _regions(self, edition: Edition) -> list[Region]:
        """Write the edition's subdistricts and communities; return the communities."""
        built, profile = self.district, self.profile

        def region(level: str, code: str, name: str, **rest: Any) -> Region:
            identity = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.place.code}/{level}/{code}")
            return Region(
                edition=edition, identity=identity, level=level, code=code, name=name, **rest
            )

        area_m2 = np.bincount(built.subdistrict, weights=built.area_m2).tolist()
        outlines = _areas(built.subdistricts)
        subdistricts = Region.objects.bulk_create(
            region(
                RegionLevel.SUBDISTRICT, s.code, s.name, geometry=outlines[i], area_m2=area_m2[i]
            )
            for i, s in enumerate(profile.subdistricts)
        )
        parents = {s.code: s for s in subdistricts}
        area_m2 = np.bincount(built.community, weights=built.area_m2).tolist()
        outlines = _areas(built.communities)
        return Region.objects.bulk_create(
            region(
                RegionLevel.COMMUNITY,
                code,
                name,
                parent=parents[code[:9]],
                geometry=outlines[i],
                area_m2=area_m2[i],
            )
            for i, (code, name) in enumerate(profile.communities)
        )

    def _people(self, edition: Edition) -> None:
        staff = self.district.staff
        units = Unit.objects.bulk_create(
            Unit(
                place=self.place,
                code=u.code,
                name=u.name,
                kind=u.kind,
                region_code=u.region,
                is_default=u.is_default,
            )
            for u in staff.units
        )
        users = {user.username: user for user in User.objects.bulk_create(self._users())}
        held = {
            "unit": {unit.code: unit for unit in units},
            "region": {r.code: r for r in Region.objects.of(edition).defer("geometry")},
            "grid": {g.code: g for g in Grid.objects.of(edition).defer("geometry")},
        }
        field = {"worker": "grid", "grid_head": "grid", "subdistrict": "region"}
        field["community"] = "region"
        Post.objects.bulk_create(
            Post(
                user=users[p.username],
                role=p.role,
                kind=p.kind,
                during=TimestamptzRange(p.since, None),
                **{field.get(p.role, "unit"): held[field.get(p.role, "unit")][p.at]},
            )
            for p in staff.posts
        )
        Leave.objects.bulk_create(
            Leave(
                user=users[leave.username],
                during=TimestamptzRange(leave.since, None),
                reason=leave.reason,
            )
            for leave in staff.leaves
        )

    def _users(self) -> list[User]:
        password = make_password(DEMO_PASSWORD if settings.DEMO else None)
        admins = {row["username"] for row in self.profile.logins if row["role"] == "admin"}
        return [
            User(
                username=u.username,
                full_name=u.full_name,
                place=self.place,
                password=password if u.login else make_password(None),
                is_staff=u.username in admins,
                is_superuser=u.username in admins,
            )
            for u in self.district.staff.users
        ]

    def _stations(self) -> None:
        services = {
            row["code"]: StationService.objects.get_or_create(
                code=row["code"], defaults={"name": row["name"], "name_en": row["name_en"]}
            )[0]
            for row in self.profile.names["service"]
        }
        built = self.district.stations
        stations = Station.objects.bulk_create(
            Station(
                place=self.place,
                code=s.code,
                name=s.name,
                level=StationLevel(s.level),
                position=Point(s.lon, s.lat, srid=4326),
            )
            for s in built
        )
        copy_rows(
            Station.services.through,
            ["station_id", "stationservice_id"],
            (
                (station.pk, services[code].pk)
                for station, s in zip(stations, built, strict=True)
                for code in s.services
            ),
        )

    def _named_places(self) -> None:
        """What the profile knows by name: pinned estates, campuses, villages."""
        profile = self.profile
        pins = {(pin.name, pin.lon, pin.lat): pin.radius_m for pin in profile.pins}
        known = pins | {
            (d.name.removesuffix("专属网格"), d.lon, d.lat): _DEDICATED_M for d in profile.dedicated
        }
        pinned = {name for name, _, _ in known}
        for anchor in profile.anchors:
            if anchor.name not in pinned:
                known[anchor.name, anchor.lon, anchor.lat] = _ANCHOR_M
        NamedPlace.objects.bulk_create(
            NamedPlace(
                place=self.place,
                name=name,
                position=Point(lon, lat, srid=4326),
                accuracy_m=accuracy_m,
                source="演示档案",
            )
            for (name, lon, lat), accuracy_m in known.items()
        )


def _place_fields(district: DemoDistrict) -> dict[str, Any]:
    place = district.profile.place
    box, calendar = place["envelope"], place["calendar"]
    return {
        "code": place["code"],
        "name": place["name"],
        "name_en": place["name_en"],
        "envelope": Polygon.from_bbox((box["west"], box["south"], box["east"], box["north"])),
        "srid_m": place["srid_m"],
        "time_zone": place["time_zone"],
        "weekdays": calendar["days"],
        "work_from": calendar["from"],
        "work_until": calendar["until"],
        "attribution": f"{place['attribution']} · {place['data_attribution']}",
        "review_number": place["map_review_number"],
        "notice": place["notice"],
        "notice_en": place["notice_en"],
        "profile_digest": district.profile.digest,
    }


def _outlines(polygons: NDArray[np.object_]) -> list[GEOSGeometry]:
    return [GEOSGeometry(memoryview(wkb), srid=4326) for wkb in shapely.to_wkb(polygons)]


def _areas(polygons: NDArray[np.object_]) -> list[MultiPolygon]:
    return [MultiPolygon(outline, srid=4326) for outline in _outlines(polygons)]


def _labels(polygons: NDArray[np.object_]) -> list[Point]:
    """The middle of the largest circle inside each polygon: where its number is written."""
    circles = shapely.maximum_inscribed_circle(polygons, tolerance=_LABEL_TOLERANCE_DEG)
    centres = shapely.get_coordinates(shapely.get_point(circles, 0)).round(7)
    return [Point(lon, lat, srid=4326) for lon, lat in centres.tolist()]
