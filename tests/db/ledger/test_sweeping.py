"""Pictures that no report took up go, row and file; those that one takes stay."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from gis.ledger.models import Attachment
from gis.ledger.services import attachments, sweeping
from incidents.models import Channel, Incident, Report
from tests.factories import District, make_district
from tests.pictures import picture

NOW = datetime(2022, 11, 2, 8, tzinfo=UTC)
OLD = NOW - timedelta(hours=26)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def a_report(district: District) -> Report:
    channel, _ = Channel.objects.get_or_create(
        code="resident", defaults={"name": "居民", "name_en": "r", "datum": "wgs84"}
    )
    incident = Incident.objects.create(
        place=district.place, number="T1", kind="livelihood", received_at=OLD, occurred_at=OLD
    )
    return Report.objects.create(
        number="R1", incident=incident, channel=channel, kind="livelihood", description="x",
        occurred_at=OLD, received_at=OLD,
    )  # fmt: skip


def files(media: Path) -> int:
    return len(list(media.rglob("*.jpg")))


def test_what_is_old_and_unused_goes(district: District, media: Path) -> None:
    used, unused, margin, fresh = (
        attachments.store(raw=picture(), by=None, now=at)
        for at in (OLD, OLD, NOW - timedelta(hours=24, minutes=30), NOW)
    )
    a_report(district).photos.add(used)
    assert sweeping.sweep_attachments(now=NOW) == 1
    assert set(Attachment.objects.values_list("pk", flat=True)) == {used.pk, margin.pk, fresh.pk}
    assert files(media) == 3
    assert not (media / unused.file.name).exists()
    assert sweeping.sweep_attachments(now=NOW) == 0


def test_more_than_a_batch_goes(db: None, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 3)
    for _ in range(7):
        attachments.store(raw=picture(8, 8), by=None, now=OLD)
    assert sweeping.sweep_attachments(now=NOW) == 7
    assert (Attachment.objects.count(), files(media)) == (0, 0)


def test_a_file_that_is_gone_already_stops_nothing(db: None, media: Path) -> None:
    kept = attachments.store(raw=picture(), by=None, now=OLD)
    (media / kept.file.name).unlink()
    assert sweeping.sweep_attachments(now=NOW) == 1


def elsewhere(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_taking_one_keeps_it(media: Path) -> None:
    report = a_report(make_district())
    one = attachments.store(raw=picture(), by=None, now=OLD)
    taken, swept = threading.Event(), threading.Event()

    def take() -> None:
        # A clock that is behind, and a transaction that is slow.
        with transaction.atomic():
            attachments.take([one.pk], by=None, now=OLD)
            report.photos.add(one)
            taken.set()
            swept.wait(30)

    thread = elsewhere(take)
    assert taken.wait(30)
    assert sweeping.sweep_attachments(now=NOW) == 0
    swept.set()
    thread.join()
    assert report.photos.get() == one
    assert sweeping.sweep_attachments(now=NOW) == 0
    assert files(media) == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_that_took_one_while_rows_were_chosen_keeps_it(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = a_report(make_district())
    one = attachments.store(raw=picture(), by=None, now=OLD)
    asked = sweeping._unused

    def slow(rows: object) -> object:
        # The first statement has chosen and locked nothing yet; the report commits meanwhile, in
        # the gap between what that statement saw and what it locked.
        asked(rows)  # type: ignore[arg-type]
        monkeypatch.setattr(sweeping, "_unused", asked)
        elsewhere(lambda: report.photos.add(one)).join()
        return Attachment.objects.filter(pk=one.pk)

    monkeypatch.setattr(sweeping, "_unused", slow)
    assert sweeping.sweep_attachments(now=NOW) == 0
    assert connection.in_atomic_block is False
    assert report.photos.get() == one
    assert files(media) == 1
