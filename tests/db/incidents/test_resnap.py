"""Every report's grid in another edition: once, whoever does it and whatever is killed."""

import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from gis.ledger.models import OutboxMessage
from gis.ledger.services import outbox
from grids.models import Edition
from grids.services import editions
from incidents.models import Attribution, Incident, Report
from incidents.services import placing, resnap
from tests.db.incidents.conftest import a_report, make_channels, send
from tests.factories import District, make_district

REPORTS = 24


def reported() -> District:
    """Two reports in each of the twelve cells."""
    district = make_district()
    make_channels()
    for number in range(REPORTS):
        lon, lat = district.centre(number % 4, number % 3)
        send(APIClient(), a_report(location={"lon": lon, "lat": lat}))
    return district


def said(edition: Edition) -> dict[int, str]:
    rows = Attribution.objects.filter(edition=edition, grid__isnull=False)
    return dict(rows.values_list("report", "grid__code"))


def test_two_relays_and_a_kill_in_the_middle(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = reported()
    deaths = iter([True, False, True])
    real = placing.place_again

    def dies(*args: Any) -> Any:
        placed = real(*args)
        if next(deaths, False):
            raise ConnectionError("killed")
        return placed

    monkeypatch.setattr(resnap, "place_again", dies)
    now = timezone.now()
    messages = resnap.begin(district.old, now=now, chunk=3)
    assert len(messages) == REPORTS / 3
    # A second run while the first is under way promises nothing twice.
    assert resnap.begin(district.old, now=now, chunk=5) == messages

    def relay() -> None:
        try:
            outbox.relay(now=now)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=relay) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = resnap.progress(messages)
    assert (found.total, found.done, found.failed) == (8, 6, 2)
    assert "killed" in found.last_error
    assert len(said(district.old)) == REPORTS - 6
    outbox.relay(now=now + outbox.LAST_RETRY)
    assert resnap.progress(messages).done == 8
    told = said(district.old)
    assert len(told) == REPORTS
    assert Attribution.objects.filter(edition=district.old).count() == REPORTS
    for report in Report.objects.all():
        area = district.old_grids[told[report.pk]].geometry
        assert area.covers(report.position)


def test_a_message_done_twice_changes_nothing(transactional_db: None) -> None:
    district = reported()
    ids = list(Report.objects.values_list("pk", flat=True))
    assert resnap.attribute(district.old, ids) == REPORTS
    before = list(Attribution.objects.order_by("pk").values())
    assert resnap.attribute(district.old, ids) == 0
    assert list(Attribution.objects.order_by("pk").values()) == before
    assert resnap.begin(district.old, now=timezone.now()) == []


@pytest.mark.django_db
def test_the_command_works_and_tells() -> None:
    district = reported()
    out = StringIO()
    call_command("resnap", edition="2021", here=True, chunk=10, verbosity=0, stdout=out)
    assert "3 批" in out.getvalue()
    assert len(said(district.old)) == REPORTS
    with pytest.raises(CommandError, match="1999"):
        call_command("resnap", edition="1999", stdout=out)
    call_command("resnap", edition="2027", no_wait=True, stdout=out)
    assert OutboxMessage.objects.filter(topic=resnap.TOPIC, done_at=None).count() == 1


@pytest.mark.django_db
def test_cases_follow_when_another_edition_comes_into_force() -> None:
    district = reported()
    lost = Incident.objects.filter(grid=district.cell(1, 1)).first()
    assert lost
    Incident.objects.filter(pk=lost.pk).update(grid=None)
    now = timezone.now()
    editions.publish(edition=district.draft, at=now, by=None, now=now)
    outbox.relay(now=now)
    assert len(said(district.draft)) == REPORTS
    standing = Incident.objects.filter(grid__isnull=False)
    assert set(standing.values_list("grid__edition__name", flat=True)) == {"2027"}
    assert Incident.objects.unplaced().get() == lost
    for incident in standing:
        assert incident.grid
        assert incident.grid.geometry.covers(incident.position)
