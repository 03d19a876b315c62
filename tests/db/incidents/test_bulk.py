"""Many at once are kept as one by one: the same rows but for keys and numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from gis.kernel.datum import Datum, from_wgs84
from gis.kernel.errors import InvalidCoordinate
from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from gis.ledger.services.audit import broken_links
from grids.selectors import Position
from incidents.models import Attribution, Category, Channel, Incident, Report
from incidents.services.bulk import Arrival, receive_many
from incidents.services.intake import receive
from tests.factories import CELL, CHANGED, SOUTH, WEST, District

pytestmark = pytest.mark.django_db
AT = datetime(2022, 11, 8, 1, 0, tzinfo=UTC)
OWN = {"id", "number", "incident_id", "report_id"}


def arrivals(count: int = 50) -> list[Arrival]:
    """Inside, on borders, in circles that cross borders, just outside and far away, any datum."""
    random = np.random.default_rng(3)
    channel = Channel.objects.get(code="worker")
    category = Category.objects.get(code="S0101")
    found = []
    for k in range(count):
        lon, lat = WEST + random.uniform(-0.004, 0.044), SOUTH + random.uniform(-0.004, 0.034)
        if k % 7 == 0:
            lon = round(WEST + CELL * (k % 4), 6)
        datum = list(Datum)[k % 4]
        accuracy_m = [None, 5.0, 400.0][k % 3]
        x, y = from_wgs84(lon, lat, datum)
        found.append(
            Arrival(
                channel=channel,
                kind="livelihood",
                category=category if k % 2 else None,
                description=f"第 {k} 件",
                location=Position(x, y, datum, accuracy_m),
                occurred_at=AT - timedelta(hours=k),
                received_at=AT + timedelta(minutes=k),
                address="亚麦山城" if k % 5 == 0 else "",
                external_id=f"X{k}",
            )
        )
    return found


def plain(value: Any) -> Any:
    """To a thousandth of a millimetre: undoing a datum for many stops a last bit elsewhere."""
    if isinstance(value, Point):
        return round(value.x, 9), round(value.y, 9)
    if isinstance(value, list):
        return [{**one, "share": round(one["share"], 6)} for one in value]
    return round(value, 6) if isinstance(value, float) else value


def rows(first: int, count: int) -> dict[str, list[dict[str, Any]]]:
    """What is kept of some reports in order, without keys and numbers, and what was recorded."""
    found = {}
    for model in (Incident, Report, Attribution):
        values = model.objects.order_by("id").values()[first : first + count]
        found[model.__name__] = [
            {key: plain(value) for key, value in row.items() if key not in OWN} for row in values
        ]
    events = AuditEvent.objects.filter(action="report.received").order_by("id")
    found["audit"] = [
        {**row, "data": {key: told for key, told in row["data"].items() if key != "report"}}
        for row in events.values("sequence", "at", "actor_id", "action", "data", "previous")[
            first : first + count
        ]
    ]
    return found


def test_fifty_reports_give_the_same_rows_both_ways(channels: None, district: District) -> None:
    worker = district.users["worker"]
    for one in arrivals():
        receive(
            edition=district.now,
            channel=one.channel,
            kind=one.kind,
            category=one.category,
            description=one.description,
            occurred_at=one.occurred_at,
            location=one.location,
            address=one.address,
            reporter=None,
            photos=[],
            sent_by=worker,
            now=one.received_at,
            external_id=one.external_id,
        )
    again = [replace(one, external_id=f"again-{one.external_id}") for one in arrivals()]
    placings = receive_many(again, place=district.place, sent_by=worker)

    single, bulk = rows(0, 50), rows(50, 50)
    for row in bulk["Report"]:
        row["external_id"] = row["external_id"].removeprefix("again-")
    assert single == bulk
    methods = {row["method"] for row in bulk["Attribution"]}
    assert methods == {"inside", "border", "nearest", "outside"}
    assert any(row["candidates"] for row in bulk["Attribution"])
    assert [placing.grid for placing in placings] == [row["grid_id"] for row in bulk["Incident"]]


def test_every_case_has_its_own_chain_and_numbers(channels: None, district: District) -> None:
    receive_many(arrivals(20), place=district.place)
    cases = Incident.objects.order_by("received_at")
    chains = AuditEvent.objects.filter(action="report.received").values_list("chain", flat=True)
    assert set(chains) == {f"incident:{case.number}" for case in cases}
    assert len({report.number for report in Report.objects.all()}) == 20
    assert not list(broken_links())
    assert [case.number[:8] for case in cases[:1]] == ["20221108"]


def test_a_report_lies_in_the_edition_of_its_day(channels: None, district: District) -> None:
    """Before the change in the old one, before the first edition in the first."""
    (one,) = arrivals(1)
    days = [CHANGED - timedelta(days=1), CHANGED, datetime(2015, 1, 1, tzinfo=UTC)]
    receive_many(
        [
            replace(one, received_at=day, occurred_at=day, external_id=f"{k}")
            for k, day in enumerate(days)
        ],
        place=district.place,
    )
    kept = Attribution.objects.order_by("report__external_id")
    assert [row.edition_id for row in kept] == [
        district.old.pk, district.now.pk, district.old.pk,
    ]  # fmt: skip


def test_one_that_is_there_already_keeps_all_out(channels: None, district: District) -> None:
    receive_many(arrivals(3), place=district.place)
    more = [*(replace(one, external_id=f"n{k}") for k, one in enumerate(arrivals(3)))]
    with pytest.raises(IntegrityError), transaction.atomic():
        receive_many([*more, arrivals(1)[0]], place=district.place)
    assert (Incident.objects.count(), Report.objects.count()) == (3, 3)
    assert AuditEvent.objects.filter(action="report.received").count() == 3


def test_a_position_that_is_none_keeps_all_out(channels: None, district: District) -> None:
    (one,) = arrivals(1)
    bad = replace(one, location=Position(float("nan"), 36.0, Datum.WGS84), external_id="bad")
    with pytest.raises(InvalidCoordinate):
        receive_many([one, bad], place=district.place)
    assert not Incident.objects.exists()


def test_a_chain_that_was_begun_is_not_begun_again(db: None) -> None:
    opening = audit.Opening(chain="incident:1", action="report.received", at=AT)
    audit.record(chain="incident:1", action="report.received", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        audit.begin_many([audit.Opening(chain="incident:2", action="x", at=AT), opening])
    assert AuditEvent.objects.filter(chain__startswith="incident:").count() == 1
