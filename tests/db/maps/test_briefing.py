"""The briefing: its figures are those of the list, and its file stands alone."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from gis.kernel.errors import InvalidInput
from grids.models import Grid, Place
from incidents.models import Report
from maps.briefing import offline
from maps.briefing.figures import figures_of
from maps.briefing.frozen import CELL_M, Row, freeze
from maps.briefing.page import render
from maps.briefing.period import parse_period
from maps.briefing.surface import counted_cells, middles, surface_of
from maps.briefing.words import WORDS, Language
from maps.classes import Classes
from tests.briefing import WEEK, make_reports
from tests.factories import District

NOW = datetime(2022, 11, 7, 1, 30, tzinfo=UTC)
ZONE = "Asia/Shanghai"


@pytest.fixture
def reported(district: District) -> District:
    make_reports(district)
    return district


def received(since: str, until: str) -> Any:
    """Reports of the list between two local midnights, straight from the table."""
    span = [datetime.fromisoformat(f"{day}T00:00:00+08:00") for day in (since, until)]
    return Report.objects.filter(received_at__gte=span[0], received_at__lt=span[1])


def this_week() -> Any:
    return received("2022-10-31", "2022-11-07")


def week_before() -> Any:
    return received("2022-10-24", "2022-10-31")


def by(rows: Any, path: str) -> dict[str, int]:
    counted = rows.order_by().values_list(path).annotate(n=Count("pk", distinct=True))
    return {code: n for code, n in counted if code}


def in_force(rows: Any, district: District) -> Any:
    return rows.filter(attributions__edition=district.now)


def page_of(district: District, language: Language = Language.ZH, period: str = WEEK) -> str:
    frozen = freeze(district.place, district.now, parse_period(period, ZONE))
    return render(frozen, language=language, now=NOW, bandwidth_m=300.0)


def cells_of(page: str, table: str) -> dict[str, list[str]]:
    """The numbers of each row of a table in the page, by the row's code."""
    body = page.split(f'data-table="{table}"')[1].split("</table>")[0]
    return {
        code: re.findall(r"<td>([^<]*)</td>", row)
        for code, row in re.findall(r'<tr data-code="([^"]+)">(.*?)</tr>', body)
    }


def test_every_figure_is_that_of_the_list(reported: District) -> None:
    page = page_of(reported)
    said = dict(re.findall(r'data-figure="(\w+)"><span>[^<]*</span><b>([^<]*)</b>', page))
    people = sum(Grid.objects.of(reported.now).values_list("people", flat=True))
    concerned = by(in_force(this_week(), reported), "attributions__grid__code")
    days = [received(str(d), str(d + timedelta(1))).count() for d in parse_period(WEEK, ZONE).days]
    assert said == {
        "received": str(this_week().count()),
        "rate": f"{1000 * this_week().count() / people:.2f}",
        "concerned": str(len(concerned)),
        "busiest": str(max(days)),
    }
    bars = re.findall(r"<li title=\"[^\"]*\"><b>(\d+)</b>", page)
    assert [int(bar) for bar in bars] == days
    assert f"上周 {week_before().count()} 件" in page


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("kinds", "kind"),
        ("channels", "channel__code"),
        ("categories", "category__code"),
        ("grids", "attributions__grid__code"),
        ("subdistricts", "attributions__grid__region__parent__code"),
    ],
)
def test_every_table_is_that_of_the_list(reported: District, table: str, path: str) -> None:
    found = cells_of(page_of(reported), table)
    unplaced = found.pop("unplaced", None)
    now, then = (by(in_force(rows, reported), path) for rows in (this_week(), week_before()))
    figures = {
        code: [int(cell.replace("−", "-")) for cell in cells if re.fullmatch(r"[+−]?\d+", cell)]
        for code, cells in found.items()
    }
    expected = {c: [now.get(c, 0), then.get(c, 0), now.get(c, 0) - then.get(c, 0)] for c in found}
    assert figures == expected
    shown = [count for code, count in now.items() if code in found]
    left_out = [count for code, count in now.items() if code not in found]
    assert not left_out or (table == "grids" and max(left_out) <= min(shown))
    if unplaced:
        nowhere = {"attributions__edition": reported.now, "attributions__grid__isnull": True}
        assert int(unplaced[1]) == this_week().filter(**nowhere).count() > 0


def test_an_edition_counts_its_own_grids(reported: District) -> None:
    frozen = freeze(reported.place, reported.old, parse_period(WEEK, ZONE))
    figures = figures_of(frozen)
    rows = this_week().filter(attributions__edition=reported.old)
    now = by(rows, "attributions__grid__code")
    assert {code: one.now for code, one in figures.per_grid.items() if one.now} == now
    assert len(figures.per_grid) == 6
    assert figures.received.now == this_week().count()


def test_weeks_begin_at_midnight_of_the_place(reported: District) -> None:
    edge = datetime(2022, 10, 30, 16, tzinfo=UTC)  # Monday 0:00 at Laoshan
    assert this_week().filter(received_at=edge).exists()
    assert week_before().filter(received_at=edge - timedelta(microseconds=1)).exists()
    frozen = freeze(reported.place, reported.now, parse_period(WEEK, ZONE))
    assert (len(frozen.rows), len(frozen.rows_before)) == (
        this_week().count(),
        week_before().count(),
    )


def test_the_same_rows_give_the_same_file(reported: District) -> None:
    first, again = page_of(reported), page_of(reported)
    assert hashlib.sha256(first.encode()).digest() == hashlib.sha256(again.encode()).digest()
    digest = re.search(r'data-digest="(\w{64})"', first)
    assert digest
    reported.stations[0].name = "新站"
    reported.stations[0].save()
    assert digest[1] not in page_of(reported)


def test_no_position_of_a_report_is_in_the_file(reported: District) -> None:
    page = page_of(reported)
    frozen = freeze(reported.place, reported.now, parse_period(WEEK, ZONE))
    cells = counted_cells(frozen.rows)
    assert sum(cells.values()) == this_week().filter(position__isnull=False).count()
    drawn = set(middles(list(cells), reported.place.srid_m))
    for lon, lat in drawn:
        assert f"[{lat}, {lon}, " in page
    for report in this_week().filter(position__isnull=False):
        x, y = report.position.x, report.position.y
        assert (round(x, 5), round(y, 5)) not in drawn
        nearest_m = min(np.hypot((x - a) * 90_000, (y - b) * 111_000) for a, b in drawn)
        assert nearest_m < CELL_M
        assert report.description not in page


def test_names_from_outside_are_text(reported: District) -> None:
    Place.objects.filter(pk=reported.place.pk).update(attribution="<script>alert(1)</script>")
    reported.stations[0].name = "</script><img src=x onerror=alert(1)>"
    reported.stations[0].save()
    reported.place.refresh_from_db()
    page = page_of(reported)
    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_a_period_without_reports_says_so(district: District) -> None:
    page = page_of(district, period="2023-W10")
    assert WORDS["nothing"][0] in page
    assert "0 件" in page


def test_english_says_everything(reported: District) -> None:
    page = page_of(reported, Language.EN)
    assert "Week 44, 2022" in page
    assert "Reports received" in page
    assert '<html lang="en"' in page
    assert all(zh and en for zh, en in WORDS.values())


def test_the_command_writes_one_file(reported: District, tmp_path: Path) -> None:
    for language, month in (("zh", WEEK), ("en", "2022-11")):
        call_command("briefing", period=month, out=tmp_path, language=language, verbosity=0)
    names = sorted(path.name for path in tmp_path.iterdir())
    code = reported.place.code
    assert names == [f"briefing-{code}-2022-11-en.html", f"briefing-{code}-2022-W44-zh.html"]
    assert (tmp_path / names[1]).stat().st_size < 5_000_000


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"period": "2022-W60"}, "2022-W44"),
        ({"period": "2022-13"}, "2022-W44"),
        ({"period": "0001-01"}, "2022-W44"),
        ({"period": "9999-12"}, "2022-W44"),
        ({"period": "last week"}, "2022-W44"),
        ({"period": WEEK, "place": "nowhere"}, "place"),
        ({"period": WEEK, "edition": "1999"}, "edition"),
    ],
)
def test_what_cannot_be_told_is_refused(
    district: District, tmp_path: Path, options: dict[str, str], named: str
) -> None:
    with pytest.raises(CommandError, match=named):
        call_command("briefing", out=tmp_path, verbosity=0, **options)
    assert not list(tmp_path.iterdir())


def test_periods_follow_the_calendar() -> None:
    week = parse_period("2020-W53", ZONE)
    assert (week.first, week.after) == (date(2020, 12, 28), date(2021, 1, 4))
    assert week.code == "2020-W53"
    assert week.before().code == "2020-W52"
    month = parse_period("2022-02", ZONE)
    assert len(month.days) == 28
    assert month.before().code == "2022-01"
    with pytest.raises(InvalidInput):
        parse_period("2021-W53", ZONE)


def test_an_asset_that_is_not_known_is_an_error() -> None:
    drawn = folium.Map(tiles=None)
    drawn.default_js = [("new-thing", "address")]
    with pytest.raises(offline.NotOffline, match="new-thing"):
        offline.take_assets(drawn.get_root())


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="a.js"></script>',
        '<link rel="stylesheet" href="a.css">',
        "<img src=a.png>",
        "<style>a { background: url(a.png) }</style>",
        '<style>@import "a.css";</style>',
    ],
)
def test_a_page_that_would_fetch_is_refused(markup: str) -> None:
    with pytest.raises(offline.NotOffline):
        offline.check_alone(f"<html>{markup}</html>")
    assert offline.check_alone('<script>a.src = "b"</script><style>a{}</style>')


def test_classes_hold_each_value_once_and_as_they_are_written() -> None:
    values = [0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 13, None]
    classes = Classes.of(values, ["a", "b", "c", "d", "e"], places=0)
    assert sum(step.count for step in classes.steps) == 9
    for value in {v for v in values if v}:
        step = next(s for s in reversed(classes.steps) if value >= s.low)
        assert classes.colour(value) == step.colour
    for step in classes.steps:
        inside = [v for v in values if v and v >= step.low and (not step.high or v < step.high)]
        assert len(inside) == step.count
    assert classes.colour(0) is None
    assert Classes.of([0, None], ["a"], places=0).steps == []


def test_classes_of_density_hold_their_share_of_the_reports() -> None:
    chance = np.random.default_rng(3)
    rows = [
        Row(date(2022, 11, 1), "livelihood", "hotline", "", "", (int(x), int(y)))
        for x, y in chance.normal([5450, 39950], [12, 9], (800, 2))
    ]
    surface = surface_of(rows, (120.47, 36.05, 120.53, 36.12), srid_m=4549, bandwidth_m=300.0)
    assert surface is not None
    assert len(surface.edges) == 5
    assert surface.edges == sorted(surface.edges)
    assert set(np.unique(surface.classes)) == {0, 1, 2, 3, 4, 5}
    assert surface_of([], (120.47, 36.05, 120.53, 36.12), srid_m=4549, bandwidth_m=300.0) is None
