"""The demonstration's history: the same twice, and shaped as the profile says."""

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from gis.kernel.datum import to_wgs84
from incidents.demo.generate import digest_of, draw_history
from incidents.demo.profile import HistoryProfile, load_history
from incidents.demo.rows import DrawnReport, Ground
from tests.shape.tree import ROOT
from tests.territory import make_territory

ZONE = ZoneInfo("Asia/Shanghai")
PROFILE = load_history(ROOT / "fixtures" / "laoshan")
DATUMS = {
    "resident": "wgs84", "wechat": "gcj02", "enterprise": "wgs84", "worker": "wgs84",
    "hotline": "bd09", "police": "cgcs2000", "department": "cgcs2000", "sensor": "wgs84",
}  # fmt: skip
KINDS = {"B": "livelihood", "F": "development"}
ENFORCED = {"S02", "S03", "S05"}


def kind_of(code: str) -> str:
    return "enforcement" if code[:3] in ENFORCED else KINDS.get(code[0], "livelihood")


@cache
def ground() -> Ground:
    polygons = np.array(make_territory(wiggles=2).polygons)
    random = np.random.default_rng(5)
    return Ground(
        polygons=polygons,
        people=random.integers(0, 400, len(polygons)).astype(float),
        area_m2=np.full(len(polygons), 30_000.0),
        kinds=random.choice(["estate", "parcel", "hamlet"], len(polygons)),
        names=tuple(f"{k} 社区" for k in range(len(polygons))),
        outline=polygons,
    )


def draw(profile: HistoryProfile = PROFILE) -> list[DrawnReport]:
    kinds = {code: kind_of(code) for code in profile.words}
    return draw_history(profile, ground(), kinds=kinds, datums=DATUMS, zone=ZONE)


@cache
def drawn() -> list[DrawnReport]:
    return draw()


def test_it_is_the_same_twice_and_another_with_another_seed() -> None:
    assert digest_of(draw()) == digest_of(drawn())
    assert digest_of(draw(replace(PROFILE, seed="another"))) != digest_of(drawn())


def test_there_are_as_many_as_the_profile_says_within_its_days() -> None:
    days = {row.received_at.astimezone(ZONE).date() for row in drawn()}
    assert len(drawn()) == 9000
    assert (min(days), max(days), len(days)) == (date(2022, 10, 20), date(2022, 11, 28), 40)
    assert all(row.occurred_at <= row.received_at for row in drawn())


def test_kinds_have_their_shares() -> None:
    counts = Counter(row.kind for row in drawn())
    for kind, shape in PROFILE.kinds.items():
        assert abs(counts[kind] / 9000 - shape.share) < 0.006


def test_days_and_weeks_have_their_shape() -> None:
    hours = Counter(row.received_at.hour for row in drawn())
    assert hours[9] > 1.5 * hours[12] < hours[18]
    assert hours[3] < 0.1 * hours[9]
    weekend = {
        kind: np.mean([row.received_at.weekday() >= 5 for row in drawn() if row.kind == kind])
        for kind in PROFILE.kinds
    }
    assert weekend["development"] < 0.16 < 12 / 40 < weekend["livelihood"]


def test_one_spot_emerges() -> None:
    ((spot, first),) = [(spot, spot.first) for spot in PROFILE.spots if spot.first]
    near = [row.received_at.date() for row in inside(spot.lon, spot.lat, spot.radius_m)]
    before = sum(day < first for day in near)
    half = sum(first <= day < date(2022, 11, 16) for day in near)
    assert before * 4 < half < len(near) - before - half


def inside(lon: float, lat: float, radius_m: float) -> list[DrawnReport]:
    reach = radius_m / 111_320
    return [
        row
        for row in drawn()
        if row.kind == "enforcement"
        and np.hypot(*np.subtract(to_wgs84(row.lon, row.lat, row.datum), (lon, lat))) < reach
    ]


def test_positions_are_in_the_datum_of_their_channel() -> None:
    assert all(row.datum == DATUMS[row.channel] for row in drawn())
    rows = draw(replace(PROFILE, spots=(), fixed=()))
    points = np.array([to_wgs84(row.lon, row.lat, row.datum) for row in rows])
    district = shapely.union_all(ground().polygons)
    away = shapely.distance(district, shapely.points(points)) > 0.0005
    # Some of those outside are reported again.
    assert PROFILE.outside <= away.sum() < 1.3 * PROFILE.outside


def test_the_articles_case_is_there() -> None:
    (case,) = [row for row in drawn() if row.address == "亚麦山城 9 号楼"]
    assert (case.category, case.channel) == ("B0202", "worker")


def test_no_telephone_number_is_told() -> None:
    assert not [row for row in drawn() if sum(map(str.isdigit, row.description)) > 4]
    assert len({row.description for row in drawn()}) > 4000
