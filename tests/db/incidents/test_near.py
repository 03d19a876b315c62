"""Cases near a point, as patrols ask for them: what the viewer sees, each once."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from grids.models import User
from incidents.choices import IncidentState
from incidents.models import Incident
from incidents.near import cases_near
from patrols.nearby import count_near
from tests.factories import CELL, SOUTH, WEST, District

LON, LAT = WEST + CELL / 2, SOUTH + CELL / 2
NORTH_M = 1 / 110_963.0  # a metre northward at this latitude, in degrees


def make(district: District, north_m: float, days: float, **more: object) -> None:
    at = timezone.now() - timedelta(days=days)
    told = {"grid": district.cell(0, 0), "state": IncidentState.FILED, **more}
    Incident.objects.create(
        place=district.place, number=f"N-{Incident.objects.count():06}", kind="livelihood",
        position=Point(LON, LAT + north_m * NORTH_M, srid=4326),
        received_at=at, occurred_at=at, **told,
    )  # fmt: skip


def near(district: District, viewer: User, *points: tuple[float, float]) -> list[int]:
    since = timezone.now() - timedelta(days=30)
    asked = {"viewer": viewer, "place": district.place, "points": points, "within_m": 200.0}
    found = cases_near(since=since, **asked)  # type: ignore[arg-type]
    assert found == count_near(since=since, **asked)  # type: ignore[arg-type]
    return found


def test_what_is_near_and_recent_is_counted_once(district: District) -> None:
    make(district, 0, 1)
    make(district, 199, 29)
    make(district, 201, 1)
    make(district, 0, 31)
    make(district, 0, 1, state=IncidentState.VOID)
    into = Incident.objects.order_by("pk").first()
    make(district, 0, 1, state=IncidentState.MERGED, merged_into=into)
    here, far = (LON, LAT), (LON, LAT + 3 * CELL)
    assert near(district, district.users["worker"], here, far) == [2, 0]
    assert near(district, district.users["worker"]) == []


@pytest.mark.parametrize(("role", "count"), [("centre", 1), ("worker", 0), ("handler", 0)])
def test_of_others_ground_only_who_sees_it_counts(
    district: District, role: str, count: int
) -> None:
    make(district, 0, 1, grid=district.cell(3, 2))
    assert near(district, district.users[role], (LON, LAT)) == [count]
