"""The demonstration district in PostGIS: written once, whole, and as it was built."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import RequestFactory
from pytest_django import Settings

from grids.choices import EditionState, PostKind
from grids.demo import writer
from grids.demo.writer import DEMO_PASSWORD, write_district
from grids.models import Block, Edition, Grid, GridBlock, Place, Post, Region, Station, User
from tests.demo import demo_district

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_the_district_is_written_once_and_can_be_signed_in_to(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO = True
    place = write_district(demo_district(), now=NOW)

    editions = {e.name: e for e in Edition.objects.filter(place=place)}
    assert editions["2021"].state == EditionState.SUPERSEDED
    assert editions["2022"].state == EditionState.IN_FORCE
    assert editions["2022"].in_force.lower == datetime(2022, 10, 19, 16, tzinfo=UTC)
    counts = [model.objects.count() for model in (Block, GridBlock, Grid, Region, Station)]
    assert counts == [10000, 20000, 686 + 863, 2 * (5 + 167), 473]
    holder = Post.objects.get(
        grid__edition=editions["2022"], grid__code="370212005019009", kind=PostKind.PRINCIPAL,
        role="worker",
    )  # fmt: skip
    assert holder.user.username == "worker"
    request = RequestFactory().post("/")
    assert authenticate(request, username="worker", password=DEMO_PASSWORD) == holder.user
    assert not User.objects.get(username="w-370212001001001").has_usable_password()
    assert "OpenStreetMap" in place.attribution
    _check_ground(editions["2022"])

    call_command("load_demo")
    assert "already loaded" in capsys.readouterr().out
    assert Place.objects.count() == 1


def _check_ground(edition: Edition) -> None:
    """PostGIS agrees: the grids cover their blocks' area, and the pinned circle has one grid."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT max(abs(st_area(g.geometry) - b.area)) FROM grids_grid g JOIN (
                 SELECT gb.grid_id, sum(st_area(b.geometry)) AS area
                 FROM grids_gridblock gb JOIN grids_block b ON b.id = gb.block_id GROUP BY 1
               ) b ON b.grid_id = g.id WHERE g.edition_id = %s""",
            [edition.pk],
        )
        assert cursor.fetchone()[0] < 1e-13
        cursor.execute(
            """SELECT code FROM grids_grid WHERE edition_id = %s AND ST_Intersects(geometry,
                 ST_Transform(ST_Buffer(ST_Transform(ST_SetSRID(
                   ST_Point(120.41495, 36.07064), 4326), 4549), 150), 4326))""",
            [edition.pk],
        )
        assert cursor.fetchall() == [("370212005019009",)]


@pytest.mark.django_db
def test_outside_demo_mode_nobody_gets_a_password(settings: Settings) -> None:
    settings.DEMO = False
    users = writer._Writer(demo_district(), lambda _: None)._users()
    assert not any(user.has_usable_password() for user in users)


@pytest.mark.django_db
def test_a_failure_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise IntegrityError("the last step fails")

    monkeypatch.setattr(writer._Writer, "_stations", fail)
    with pytest.raises(IntegrityError):
        write_district(demo_district(), now=NOW)
    assert not Place.objects.exists()
    assert not Block.objects.exists()


@pytest.mark.django_db
def test_a_profile_that_is_not_there_is_named(tmp_path: object) -> None:
    with pytest.raises(CommandError, match=r"anchors\.csv"):
        call_command("load_demo", profile=tmp_path)
