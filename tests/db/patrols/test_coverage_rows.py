"""Coverage kept as rows: once for a grid and day, and made again when more fixes have come."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from patrols.models import Coverage
from patrols.selectors import coverage_of, coverage_rows, day_of
from patrols.services.coverage import derive, derive_today
from patrols.simulation import releasing
from patrols.simulation.releasing import simulate_patrols
from tests.factories import District

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_rows_follow_the_fixes(district: District) -> None:
    releasing._kept.clear()
    edition = district.now
    edition.place = district.place
    assert derive(edition, DAY) == 0
    assert Coverage.objects.count() == 0

    simulate_patrols(district.place, day=DAY, until=NOON)
    assert derive_today(now=NOON) == 12
    assert derive_today(now=NOON) == 0
    first = {row.grid_id: row.share for row in Coverage.objects.all()}
    assert max(first.values()) > 0
    since, until = day_of(district.place, DAY)
    told = coverage_rows(edition, since=since, until=until)
    assert coverage_of(edition, DAY) == told

    simulate_patrols(district.place, day=DAY, until=NOON + timedelta(hours=6))
    assert derive(edition, DAY) == 12
    assert Coverage.objects.count() == 12
    later = {row.grid_id: row.share for row in Coverage.objects.all()}
    assert all(later[grid] >= share - 1e-9 for grid, share in first.items())
    assert sum(later.values()) > sum(first.values())
