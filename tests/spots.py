"""Spots and visits for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.contrib.gis.geos import Point

from grids.models import User
from patrols.models import Spot, SpotType, Visit
from patrols.services.spots import grid_codes_at
from tests.factories import District

MADE = datetime(2026, 11, 1, 4, tzinfo=UTC)


def make_type(district: District, name: str = "配电房", **more: Any) -> SpotType:
    told: dict[str, Any] = {"every_days": 7, "radius_m": 50, **more}
    return SpotType.objects.create(place=district.place, name=name, **told)


def make_spot(
    kind: SpotType, point: tuple[float, float], name: str = "一号配电房", **more: Any
) -> Spot:
    [code] = grid_codes_at(kind.place, [point])
    told: dict[str, Any] = {"created_at": MADE, "grid_code": code, **more}
    return Spot.objects.create(
        place=kind.place, type=kind, name=name, position=Point(*point, srid=4326), **told
    )


def make_visit(spot: Spot, worker: User, at: datetime, **more: Any) -> Visit:
    told: dict[str, Any] = {
        "key": uuid4(), "received_at": at, "position": spot.position, "accuracy_m": 8.0,
        "distance_m": 0.0, "is_here": True, **more,
    }  # fmt: skip
    return Visit.objects.create(spot=spot, worker=worker, at=at, **told)
