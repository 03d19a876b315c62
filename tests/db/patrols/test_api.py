"""Coverage by ground, and tracks for those who answer for it, with every look recorded."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError
from psycopg.types.range import Range
from rest_framework.test import APIClient

from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from grids.choices import Role
from grids.models import Post, User
from patrols.selectors import coverage_rows, day_of
from patrols.services.fixes import write_fixes
from tests.factories import WEST, District, make_district, make_post, make_user
from tests.patrols import columns, make_shift

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=3)
DAY = "2026-11-24"
For = Callable[[User], APIClient]
SEEING = {"worker", "grid_head", "community", "subdistrict", "centre"}


@pytest.fixture
def walked(district: District) -> District:
    """The worker of cell (0, 0) walks there: two pieces, a fix alone, two that are wrong."""
    worker = district.users["worker"]
    make_shift(worker, district.place, BEGAN)
    lon, lat = district.centre(0, 0)
    points = [(lon + 1e-4 * k, lat) for k in range(10)]
    times = [BEGAN + timedelta(seconds=60 * k) for k in range(10)]
    times = [*times[:4], *(at + timedelta(minutes=10) for at in times[4:9]), NOW]
    accuracy = np.array([6.0, 6, 400, 6, 6, 6, 20, 6, 6, 6])
    points[7] = (0.0, 0.0)
    write_fixes(columns(worker, times, points, accuracy_m=accuracy), now=NOW)
    return district


def coverage(client: APIClient, **query: Any) -> Any:
    return client.get("/api/v1/patrols/coverage", {"date": DAY, **query})


def track(client: APIClient, worker: User, **query: Any) -> Any:
    return client.get("/api/v1/patrols/tracks", {"worker": worker.username, "date": DAY, **query})


def looks(worker: User) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(chain=f"track:{worker.pk}").order_by("sequence"))


def test_coverage_is_what_the_selector_finds(walked: District, api_for: For) -> None:
    since, until = day_of(walked.place, date(2026, 11, 24))
    for within_m in (30, 60):
        told = coverage(api_for(walked.users["centre"]), within_m=within_m).json()
        rows = coverage_rows(walked.now, since=since, until=until, within_m=within_m)
        assert told == [
            {"grid": r.grid_code, "share": r.share, "quality": r.quality, "fixes": r.fixes}
            for r in rows
        ]
    [mine] = [row for row in told if row["grid"] == walked.cell(0, 0).code]
    assert mine["share"] > 0
    assert (mine["fixes"], mine["quality"]) == (8, 1.0)
    old = coverage(api_for(walked.users["centre"]), edition="2021").json()
    assert len(old) == 6
    assert {
        row["fixes"] for row in coverage(api_for(walked.users["centre"]), date="2026-11-23").json()
    } == {0}


@pytest.mark.parametrize(
    ("role", "grids"),
    [("centre", 12), ("leader", 12), ("planner", 12), ("subdistrict", 8), ("community", 6),
     ("grid_head", 1), ("worker", 1), ("handler", 0)],
)  # fmt: skip
def test_each_sees_the_coverage_of_their_own_ground(
    walked: District, api_for: For, role: str, grids: int
) -> None:
    told = coverage(api_for(walked.users[role])).json()
    assert len(told) == grids
    if grids == 1:
        assert told[0]["grid"] == walked.cell(0, 0).code


def test_a_track_is_told_in_pieces_with_what_was_left_out(walked: District, api_for: For) -> None:
    told = track(api_for(walked.users["community"]), walked.users["worker"]).json()
    assert (told["type"], told["date"], told["fixes"]) == ("FeatureCollection", DAY, 8)
    assert told["marked"] == {"bad_accuracy": 1, "zero_island": 1}
    shapes = [one["geometry"] for one in told["features"]]
    assert [shape["type"] for shape in shapes] == ["LineString", "LineString", "Point"]
    assert [len(one["properties"]["times"]) for one in told["features"]] == [3, 4, 1]
    lon, lat = walked.centre(0, 0)
    assert shapes[0]["coordinates"] == [[lon + 1e-4 * k, lat] for k in (0, 1, 3)]
    assert told["features"][1]["properties"]["accuracy_m"] == [6.0, 6.0, 20.0, 6.0]


@pytest.mark.parametrize("role", [str(role) for role in Role])
def test_only_who_answers_for_the_ground_sees_a_track(
    walked: District, api_for: For, role: str
) -> None:
    worker, viewer = walked.users["worker"], walked.users[role]
    answer = track(api_for(viewer), worker)
    assert answer.status_code == (200 if role in SEEING else 404)
    assert [(one.actor_id, one.action) for one in looks(worker)] == (
        [(viewer.pk, "track.viewed")] if role in SEEING else []
    )


def test_a_superuser_and_other_ground_see_no_track(walked: District, api_for: For) -> None:
    worker, place = walked.users["worker"], walked.place
    elsewhere = make_user("elsewhere", place)
    make_post(elsewhere, Role.COMMUNITY, region=walked.regions[place.code + "002001"])
    other = make_district("370298", west=WEST + 1).users["centre"]
    roots = [make_user("root", is_superuser=True), make_user("root2", place, is_superuser=True)]
    for viewer in (*roots, elsewhere, other, make_user("idle", place)):
        assert track(api_for(viewer), worker).status_code == 404, viewer.username
    assert not looks(worker)


def test_the_ground_is_that_of_the_day_and_the_posts_those_of_now(
    walked: District, api_for: For
) -> None:
    worker, head = walked.users["worker"], walked.users["grid_head"]
    Post.objects.filter(user=worker).update(during=Range(NOW - timedelta(days=30), NOW))
    assert track(api_for(head), worker).status_code == 200
    assert track(api_for(head), worker, date="2026-11-26").status_code == 404
    Post.objects.filter(user=head).update(during=Range(NOW - timedelta(days=30), NOW))
    assert track(api_for(head), worker).status_code == 404


def test_every_look_is_recorded_and_the_chain_holds(walked: District, api_for: For) -> None:
    worker = walked.users["worker"]
    for role in ("centre", "worker", "centre"):
        track(api_for(walked.users[role]), worker)
    events = looks(worker)
    assert [one.actor_id for one in events] == [
        walked.users[r].pk for r in ("centre", "worker", "centre")
    ]
    assert events[0].data == {"worker": worker.pk, "day": DAY}
    assert not list(audit.broken_links())


def test_without_the_record_there_is_no_track(
    walked: District, api_for: For, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(audit, "record", fail)
    client = api_for(walked.users["centre"])
    client.raise_request_exception = False
    answer = track(client, walked.users["worker"])
    assert answer.status_code >= 500
    assert b"coordinates" not in answer.content


def test_wrong_questions_are_named(walked: District, api_for: For) -> None:
    client = api_for(walked.users["centre"])
    asked = [
        (coverage(client, date="2026-02-30"), "date", "not_a_date"),
        (coverage(client, within_m="4"), "within_m", "out_of_range"),
        (coverage(client, grid="x"), "grid", "unknown_parameter"),
        (track(client, walked.users["worker"], date="20261124"), "date", "not_a_date"),
        (client.get("/api/v1/patrols/tracks"), "worker", "required"),
    ]
    for answer, field, code in asked:
        assert answer.status_code == 400
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_a_day_without_a_position_is_an_empty_track(district: District, api_for: For) -> None:
    told = track(api_for(district.users["centre"]), district.users["worker"])
    assert told.status_code == 200
    assert (told.json()["features"], told.json()["fixes"], told.json()["marked"]) == ([], 0, {})
