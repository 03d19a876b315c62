"""The coverage table: layer, API, page, CSV and workbook say the same numbers."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from grids.choices import Role
from grids.models import Grid, User
from maps.coverage.table import Grade, Level, grade_of, lines_of
from patrols.models import Coverage, Track
from patrols.selectors import CoverageRow
from patrols.services import retention
from patrols.services.coverage import derive
from patrols.simulation import releasing
from patrols.simulation.releasing import simulate_patrols
from tests.factories import District, make_post, make_user

pytestmark = pytest.mark.django_db
ApiFor = Callable[[User], APIClient]
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 4)
AT = datetime(2026, 3, 4, 23, 59, 59, tzinfo=ZONE)
ROW = re.compile(
    r'<span class="code">([^<]+)</span></th>.*?<b>([\d.]+)%</b></td>'
    r'<td class="grade is-(\w+)">.*?</td><td class="n">(\d+)</td>',
    re.DOTALL,
)


@pytest.fixture
def patrolled(district: District) -> District:
    releasing._kept.clear()
    for number, grid in enumerate(sorted(district.grids.values(), key=lambda grid: grid.code)):
        if number % 3 and not grid.posts.filter(role=Role.WORKER).exists():
            make_post(make_user(f"w{number}", district.place), Role.WORKER, grid=grid)
    for day in (DAY, DAY + timedelta(days=1)):
        midnight = datetime.combine(day, datetime.min.time(), ZONE)
        simulate_patrols(district.place, day=day, until=midnight + timedelta(days=1))
    return district


@pytest.fixture
def desk(district: District) -> Client:
    client = Client()
    client.force_login(district.users["centre"])
    return client


def page(desk: Client, **asked: str) -> str:
    answer = desk.get("/coverage/", asked)
    assert answer.status_code == 200, answer.content
    return html.unescape(answer.content.decode())


def told(text: str) -> dict[str, tuple[float, str, int]]:
    return {
        code: (float(percent), grade, int(fixes))
        for code, percent, grade, fixes in ROW.findall(text)
    }


def said(cell: object) -> str:
    """What a cell says, whether it is a number or text: a workbook has 100 for 100.0."""
    text = "" if cell is None else str(cell)
    return text.removesuffix(".0")


def in_csv(desk: Client, **asked: str) -> list[list[str]]:
    answer = desk.get("/api/v1/wall/coverage.csv", asked)
    assert answer.status_code == 200, answer.content
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("period", ["day", "week"])
def test_all_faces_say_the_same(
    patrolled: District, desk: Client, api_for: ApiFor, period: str
) -> None:
    asked = {"date": DAY.isoformat(), "period": period, "sort": "code"}
    api = api_for(patrolled.users["centre"]).get(
        "/api/v1/patrols/coverage", {"date": asked["date"], "period": period}
    )
    rows = {row["grid"]: row for row in api.json()}
    shown = told(page(desk, **asked))
    assert list(shown) == sorted(rows)
    assert max(percent for percent, *_ in shown.values()) > 1
    for code, (percent, grade, fixes) in shown.items():
        assert percent == round(100 * rows[code]["share"], 1)
        assert (grade, fixes) == (grade_of(rows[code]["quality"]).value, rows[code]["fixes"])
    head, *lines = in_csv(desk, **asked)
    assert head[:2] == ["名称", "编码"]
    assert {line[1]: (float(line[3]), int(line[6])) for line in lines} == {
        code: (percent, fixes) for code, (percent, _, fixes) in shown.items()
    }
    book = load_workbook(io.BytesIO(desk.get("/api/v1/wall/coverage.xlsx", asked).content))
    cells = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert [[said(cell) for cell in row] for row in cells[1:]] == [
        [said(cell) for cell in line] for line in lines
    ]
    if period == "day":
        layer = desk.get("/api/v1/wall/coverage", {"at": AT.isoformat(), "window": "day"}).json()
        for one in layer["grids"]:
            assert round(100 * one["share"], 1) == pytest.approx(shown[one["grid"]][0], abs=0.11)
            assert one["fixes"] == shown[one["grid"]][2]
        window = told(page(desk, at=AT.isoformat(), window="day"))
        assert window == shown


def test_a_region_is_what_its_ground_is_by_postgis(patrolled: District, desk: Client) -> None:
    day = DAY.isoformat()
    derive(patrolled.now, DAY)
    shares = dict(Coverage.objects.filter(day=DAY).values_list("grid__code", "share"))
    for level, letters in (("subdistrict", 9), ("community", 12)):
        lines = told(page(desk, date=day, level=level))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT left(code, %s), code, ST_Area(ST_Transform(geometry, 4549))"
                " FROM grids_grid WHERE edition_id = %s",
                [letters, patrolled.now.pk],
            )
            areas = cursor.fetchall()
        for region, (percent, _, _) in lines.items():
            mine = [(shares[code], area) for own, code, area in areas if own == region]
            whole = sum(share * area for share, area in mine) / sum(area for _, area in mine)
            assert percent == pytest.approx(100 * whole, abs=0.11)
        assert sum(fixes for *_, fixes in lines.values()) == sum(
            fixes for *_, fixes in told(page(desk, date=day)).values()
        )


def test_lines_sort_both_ways(patrolled: District, desk: Client) -> None:
    day = DAY.isoformat()
    for sort, column in (("share", 0), ("fixes", 2)):
        up = [line[column] for line in told(page(desk, date=day, sort=sort)).values()]
        down = [line[column] for line in told(page(desk, date=day, sort=f"-{sort}")).values()]
        assert up == sorted(up)
        assert down == sorted(up, reverse=True)
    text = page(desk, date=day, sort="-share")
    assert 'aria-sort="descending"><a href="?' in text
    assert text.count("aria-sort=") == 4


def test_the_trend_is_that_of_each_day(patrolled: District, desk: Client) -> None:
    last = DAY + timedelta(days=1)
    text = page(desk, date=last.isoformat())
    labels = re.findall(r'role="img" aria-label="([^"]+)"', text)
    assert len(labels) == 2
    for label, code in zip(labels, ("370299001", "370299002"), strict=True):
        days = dict(part.rsplit(" ", 1) for part in label.split(", "))
        assert len(days) == 14
        assert days["02-20"] == "0.0%"
        for day in (DAY, last):
            percent = told(page(desk, date=day.isoformat(), level="subdistrict"))[code][0]
            assert days[f"{day:%m-%d}"] == f"{percent:.1f}%"


def test_grades_are_words(patrolled: District, desk: Client) -> None:
    grades = [grade_of(quality) for quality in (None, 0.0, 0.7, 0.899, 0.9, 1.0)]
    assert grades == [Grade.NONE, Grade.POOR, Grade.FAIR, Grade.FAIR, Grade.GOOD, Grade.GOOD]
    text = page(desk, date=DAY.isoformat())
    assert "无定位" in text
    assert re.search(r'<td class="grade is-(good|fair|poor)">(好|中|差) ', text)
    english = Client(headers={"accept-language": "en"})
    english.force_login(patrolled.users["centre"])
    told_in_english = english.get("/coverage/", {"date": DAY.isoformat()}).content.decode()
    assert "no position" in told_in_english
    assert "Coverage" in told_in_english


def test_a_name_is_no_formula_in_a_file(patrolled: District, desk: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Grid.objects.filter(pk=patrolled.cell(0, 0).pk).update(name="=1+1")
        cursor.execute("SET session_replication_role = DEFAULT")
    names = {line[0] for line in in_csv(desk, date=DAY.isoformat())}
    assert "'=1+1" in names
    assert "=1+1" not in names


def test_an_empty_day_is_said(district: District, desk: Client) -> None:
    text = page(desk, date="2022-12-01")
    assert 'id="nothing"' in text
    assert "没有记录不等于没有去过" in text
    assert len(told(text)) == 12


@pytest.mark.parametrize(
    ("asked", "field", "status"),
    [
        ({"date": "2026-02-30"}, "date", 400), ({"date": "2100-01-01"}, "date", 400),
        ({"date": "199-01-01"}, "date", 400), ({"level": "street"}, "level", 400),
        ({"sort": "name"}, "sort", 400), ({"region": "370299009"}, "region", 400),
        ({"at": "2026-03-04", "period": "day"}, "period", 400), ({"period": "year"}, "period", 400),
        ({"worker": "x"}, "worker", 400),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_at_its_field(
    district: District, desk: Client, asked: dict[str, str], field: str, status: int
) -> None:
    answer = desk.get("/coverage/", asked)
    assert answer.status_code == status
    assert f"<code>{field}</code>" in answer.content.decode()
    for name in ("csv", "xlsx"):
        file = desk.get(f"/api/v1/wall/coverage.{name}", asked)
        assert (file.status_code, file.json()["errors"][0]["field"]) == (status, field)


def test_what_was_deleted_is_said(patrolled: District, desk: Client) -> None:
    now = datetime(2026, 3, 6, tzinfo=ZONE)
    day = DAY.isoformat()
    before = told(page(desk, date=day))
    retention.apply(now=now + timedelta(days=31))
    assert Track.objects.filter(stage="coarse").exists()
    assert told(page(desk, date=day)) == before
    old = page(desk, date=day, edition="2021")
    assert re.search(r'id="error">由已压缩的轨迹计算，误差 ≤ [\d.]+ 米。', old)
    retention.apply(now=now + timedelta(days=366))
    assert told(page(desk, date=day)) == before
    for asked in ({"date": day, "edition": "2021"}, {"at": AT.isoformat(), "window": "day"}):
        answer = desk.get("/coverage/", asked)
        assert answer.status_code == 410
        assert "已按保存期限删除" in answer.content.decode()
    layer = desk.get("/api/v1/wall/coverage", {"at": AT.isoformat(), "window": "day"})
    assert layer.status_code == 410


def test_a_region_of_one_grid_is_that_grid(district: District) -> None:
    rows = [CoverageRow(code, 0.5, None, 0) for code in sorted(district.grids)]
    lines = lines_of(district.now, rows, Level.SUBDISTRICT)
    assert [round(line.share, 12) for line in lines] == [0.5, 0.5]
    assert [(line.grids, line.quality) for line in lines] == [(8, None), (4, None)]
    assert lines_of(district.now, rows, Level.GRID, "370299002")[0].grids == 1
