"""Reports of two weeks for the briefing, spread over the small district of the factories."""

from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from django.contrib.gis.geos import Point
from psycopg.types.range import DateRange

from grids.models import Grid
from incidents.choices import Kind, Placement
from incidents.models import Attribution, Category, Channel, Incident, Report
from tests.factories import CELL, COLUMNS, ROWS, SOUTH, WEST, District

WEEK = "2022-W44"
MONDAY = datetime(2022, 10, 30, 16, tzinfo=UTC)  # 0:00 of 2022-10-31 at Laoshan
THIS_WEEK, WEEK_BEFORE = 90, 60


def make_reports(district: District) -> None:
    """Write 90 reports of week 44, 60 of week 43, and some on the very edges of both."""
    chance = Random(20221031)
    channels = [
        Channel.objects.get_or_create(
            code=code, defaults={"name": zh, "name_en": en, "datum": "wgs84"}
        )[0]
        for code, zh, en in (("hotline", "热线", "Hotline"), ("wechat", "微信", "WeChat"))
    ]
    categories = [
        Category.objects.create(
            code=f"b-{kind}", name=f"类别{kind}", name_en=kind, kind=kind, valid=DateRange()
        )
        for kind in Kind.values
    ]
    week = timedelta(days=7)
    instants = [MONDAY + chance.random() * week for _ in range(THIS_WEEK)]
    instants += [MONDAY - chance.random() * week for _ in range(WEEK_BEFORE)]
    instants += [MONDAY, MONDAY - timedelta(microseconds=1)]
    instants += [MONDAY + week, MONDAY - week - timedelta(microseconds=1)]
    numbers = count(1)
    for at in instants:
        kind = chance.choice(Kind.values)
        number = f"B{next(numbers):05d}"
        outside = number.endswith("7")
        lon = WEST - 0.02 if outside else WEST + chance.random() ** 2 * COLUMNS * CELL
        position = Point(lon, SOUTH + chance.random() * ROWS * CELL, srid=4326)
        incident = Incident.objects.create(
            place=district.place,
            number=f"A{number}",
            kind=kind,
            position=position,
            received_at=at,
            occurred_at=at,
        )
        report = Report.objects.create(
            number=number,
            incident=incident,
            channel=chance.choice(channels),
            kind=kind,
            category=chance.choice([*(c for c in categories if c.kind == kind), None]),
            description=f"内容 {number}",
            position=position,
            occurred_at=at,
            received_at=at,
        )
        for edition in (district.old, district.now):
            grid = Grid.objects.of(edition).filter(geometry__covers=position).first()
            method = Placement.INSIDE if grid else Placement.OUTSIDE
            Attribution.objects.create(report=report, edition=edition, grid=grid, method=method)
