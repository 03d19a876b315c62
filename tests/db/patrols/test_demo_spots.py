"""The demonstration's register: in every grid, once, some of it due."""

from collections import Counter
from datetime import UTC, datetime
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.models import F

from patrols.demo import load_demo_spots, read_routes, read_types
from patrols.models import Spot, SpotRoute, SpotType, Visit
from patrols.selectors.routes import routes_due
from patrols.selectors.spots import dues
from patrols.services.spots import find_again
from tests.demo import PROFILE
from tests.factories import District, make_district

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_every_grid_has_its_spots_once(district: District) -> None:
    types = read_types(PROFILE)
    spots, visits = load_demo_spots(district.place, types, now=NOW)
    assert (spots, visits) == (Spot.objects.count(), Visit.objects.count())
    assert Counter(Spot.objects.values_list("grid_code", flat=True)) == dict.fromkeys(
        district.grids, 7
    )
    # The codes are those that the snap finds: positions lie inside their grids.
    assert find_again(district.place) == 0
    assert load_demo_spots(district.place, types, now=NOW) == (0, 0)
    assert Spot.objects.filter(type__is_patrol_point=True).count() == 4 * len(district.grids)
    # Only the grid with a worker has been visited.
    visited = set(Visit.objects.values_list("spot__grid_code", flat=True))
    assert visited == {district.cell(0, 0).code}
    assert not Visit.objects.filter(received_at__lt=F("at")).exists()
    assert not Visit.objects.filter(at__gt=NOW).exists()


def test_every_grid_has_its_route(district: District) -> None:
    load_demo_spots(district.place, read_types(PROFILE), now=NOW, routes=read_routes(PROFILE))
    [row] = routes_due(district.users["worker"], district.place, NOW)
    assert (row.route.every_days, len(row.stops)) == (1, 4)
    assert SpotRoute.objects.count() == len(district.grids)
    assert len(routes_due(district.users["centre"], district.place, NOW)) == len(district.grids)


def test_two_visits_are_apart_before_working_hours(district: District) -> None:
    early = NOW.replace(hour=17)  # past midnight there
    load_demo_spots(district.place, read_types(PROFILE), now=early)
    assert not Visit.objects.filter(at__gt=early).exists()


def test_the_same_positions_every_time(district: District) -> None:
    types = read_types(PROFILE)
    load_demo_spots(district.place, types, now=NOW)
    first = list(Spot.objects.order_by("pk").values_list("name", "position"))
    with connection.cursor() as cursor:  # row by row no visit goes
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE patrols_visit CASCADE")
    for model in (Spot, SpotType):
        model.objects.all().delete()
    load_demo_spots(district.place, types, now=NOW.replace(day=25))
    assert list(Spot.objects.order_by("pk").values_list("name", "position")) == first


def test_the_command_takes_a_profile(db: None) -> None:
    place = make_district("370212").place
    out = StringIO()
    call_command("load_demo_spots", profile=PROFILE, stdout=out)
    assert "84 个点位" in out.getvalue()
    states = Counter(str(one.state) for one in dues(Spot.objects.all(), place, NOW))
    assert states["never"] >= 7 * 11
    call_command("load_demo_spots", profile=PROFILE, stdout=(again := StringIO()))
    assert again.getvalue() == ""
