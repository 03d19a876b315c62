"""Clusters of cases: at every zoom their sums equal the list, whoever looks."""

import math
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyogrio
import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from incidents.choices import Kind
from incidents.models import Incident
from maps.tiles.address import Tile
from maps.tiles.cases import box_of
from tests.factories import CELL, SOUTH, WEST, District

AT = datetime(2022, 11, 2, tzinfo=UTC)
CASES = 300


@pytest.fixture
def cases(district: District) -> list[Incident]:
    """Cases in the grids, on the borders of tiles, on one spot, and at the ends of the earth."""
    chance = Random(5)
    spots = [
        (WEST + chance.random() * 4 * CELL, SOUTH + chance.random() * 3 * CELL) for _ in range(250)
    ]
    spots += [(WEST + CELL, SOUTH + CELL)] * 20
    edges = [box_of(Tile(z, 2 ** (z - 1) + 1, 2 ** (z - 1) - 1)) for z in (1, 4, 9, 14)]
    spots += [(x, y) for edge in edges for x, y in edge.coords[0][:4]]
    spots += [(180, 90), (-180, -90), (180, 0), (0, 0), (-180, 85.06), (0, -85.06)]
    spots += [(chance.uniform(-180, 180), chance.uniform(-90, 90)) for _ in range(8)]
    assert len(spots) == CASES
    grid = district.cell(0, 0)
    rows = [
        Incident(
            place=district.place,
            number=f"T{k:05d}",
            kind=chance.choice(Kind.values),
            position=Point(max(min(x, 180), -180), max(min(y, 90), -90), srid=4326),
            grid=grid if k % 3 else None,
            received_at=AT,
            occurred_at=AT,
        )
        for k, (x, y) in enumerate(spots)
    ]
    return Incident.objects.bulk_create(rows)


class Reader:
    """Reads tiles as one user, with GDAL's own driver."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client = client
        self._file = folder / "tile.mvt"

    def tile(self, z: int, x: int, y: int, **asked: str) -> list[dict[str, Any]]:
        answer = self._client.get(f"/tiles/cases/{z}/{x}/{y}.mvt", asked)
        assert answer.status_code == 200
        assert "private" in answer["Cache-Control"]
        if not answer.content:
            return []
        self._file.write_bytes(answer.content)
        meta, _ids, _shapes, columns = pyogrio.raw.read(f"MVT:{self._file}", layer="cases")
        return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]

    def all_tiles(self, z: int, **asked: str) -> list[dict[str, Any]]:
        return [
            row for x in range(2**z) for y in range(2**z) for row in self.tile(z, x, y, **asked)
        ]


def reader(district: District, role: str, folder: Path) -> Reader:
    client = Client()
    client.force_login(district.users[role])
    return Reader(client, folder)


@pytest.mark.parametrize("z", [0, 1, 2, 3, 4])
def test_every_case_is_counted_once(
    district: District, cases: list[Incident], tmp_path: Path, z: int
) -> None:
    rows = reader(district, "centre", tmp_path).all_tiles(z)
    assert sum(row["n"] for row in rows) == CASES
    for kind in Kind.values:
        assert sum(row[kind] for row in rows) == sum(case.kind == kind for case in cases)
    singles = [row["number"] for row in rows if row["n"] == 1]
    assert len(singles) == len(set(singles))
    assert all(row["kind"] in Kind.values for row in rows if row["n"] == 1)


@pytest.mark.parametrize("z", [10, 13, 16])
def test_the_district_is_counted_once_near_by(
    district: District, cases: list[Incident], tmp_path: Path, z: int
) -> None:
    read = reader(district, "centre", tmp_path)
    wanted = {case.number for case in cases[:270]}
    tiles = {_tile_of(case.position, z) for case in cases[:270]}
    rows = [row for x, y in tiles for row in read.tile(z, x, y)]
    assert sum(row["n"] for row in rows) >= len(wanted)
    near = [row for row in rows if row["n"] == 1]
    assert {row["number"] for row in near} <= {case.number for case in cases}
    heap = max(rows, key=lambda row: row["n"])
    assert heap["n"] >= 20


def _tile_of(position: Point, z: int) -> tuple[int, int]:
    down = (1 - math.asinh(math.tan(math.radians(position.y))) / math.pi) / 2
    return int((position.x + 180) / 360 * 2**z), int(down * 2**z)


def test_a_question_narrows_the_tiles_as_it_narrows_the_list(
    district: District, cases: list[Incident], tmp_path: Path
) -> None:
    read = reader(district, "centre", tmp_path)
    kind = cases[0].kind
    assert sum(row["n"] for row in read.all_tiles(2, kind=kind)) == sum(
        case.kind == kind for case in cases
    )
    assert read.all_tiles(1, to="2022-11-01") == []
    grid = district.cell(0, 0).code
    assert sum(row["n"] for row in read.all_tiles(1, grid=grid)) == sum(
        case.grid_id is not None for case in cases
    )


def test_nobody_sees_anothers_ground(
    district: District, cases: list[Incident], tmp_path: Path
) -> None:
    placed = sum(case.grid_id is not None for case in cases)
    seen = {
        role: sum(row["n"] for row in reader(district, role, tmp_path).all_tiles(0))
        for role in ("centre", "worker", "handler")
    }
    assert seen == {"centre": CASES, "worker": placed, "handler": 0}
    assert Client().get("/tiles/cases/0/0/0.mvt").status_code == 401


def test_wider_squares_hold_more_and_lose_nothing(
    district: District, cases: list[Incident], tmp_path: Path
) -> None:
    read = reader(district, "centre", tmp_path)
    fine, coarse = read.all_tiles(3), read.all_tiles(3, cells="4")
    assert sum(row["n"] for row in fine) == sum(row["n"] for row in coarse) == CASES
    assert len(coarse) < len(fine)
