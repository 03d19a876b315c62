"""Datum conversion against published vectors, and who is told what about a wrong one."""

import math

import numpy as np
import pytest
import shapely

from gis.kernel.datum import Datum, from_wgs84, likely_datum, to_wgs84
from gis.kernel.errors import InvalidInput, UnknownDatum

# (WGS-84, GCJ-02, BD-09), longitude and latitude in degrees, published to eight decimals.
VECTORS = {
    "laoshan-centre": ((120.55, 36.15), (120.55467981, 36.14998726), (120.56127693, 36.15573302)),
    "maidao": ((120.4267, 36.0766), (120.43180221, 36.07687362), (120.43837562, 36.08257471)),
    "qingshan-village": (
        (120.68323, 36.15406),
        (120.68795677, 36.15411232),
        (120.69448707, 36.16007927),
    ),
    "qingdao-city": (
        (120.3774765, 36.0668365),
        (120.38260702, 36.067108),
        (120.38905921, 36.07324225),
    ),
    "beijing": ((116.377817, 39.911954), (116.38404722, 39.91334546), (116.39045471, 39.91957555)),
    "shanghai": (
        (121.5272106, 31.1774276),
        (121.53154186, 31.17530398),
        (121.53801569, 31.18132861),
    ),
    "shenzhen": (
        (113.912316, 22.543847),
        (113.91717648, 22.54079613),
        (113.92368473, 22.54666744),
    ),
    "north-east": ((123.0, 45.0), (123.00607542, 45.00197816), (123.01244913, 45.00832937)),
}
CASES = [
    pytest.param(wgs84, shifted, datum, id=f"{name}-{datum}")
    for name, (wgs84, gcj02, bd09) in VECTORS.items()
    for datum, shifted in ((Datum.GCJ02, gcj02), (Datum.BD09, bd09))
]
Pair = tuple[float, float]
CENTIMETRE_DEG = 0.01 / 111_320


@pytest.mark.parametrize(("wgs84", "shifted", "datum"), CASES)
def test_forward_meets_the_published_vectors(wgs84: Pair, shifted: Pair, datum: Datum) -> None:
    assert from_wgs84(*wgs84, datum) == pytest.approx(shifted, abs=1e-7)


@pytest.mark.parametrize(("wgs84", "shifted", "datum"), CASES)
def test_inverse_comes_back_within_a_centimetre(wgs84: Pair, shifted: Pair, datum: Datum) -> None:
    assert to_wgs84(*shifted, datum) == pytest.approx(wgs84, abs=CENTIMETRE_DEG)


@pytest.mark.parametrize("datum", list(Datum))
def test_arrays_and_numbers_agree(datum: Datum) -> None:
    lon, lat = np.linspace(75, 134, 200), np.linspace(2, 54, 200)
    for convert in (to_wgs84, from_wgs84):
        many = np.column_stack(convert(lon, lat, datum))
        one = [convert(x, y, datum) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
        np.testing.assert_allclose(many, one, rtol=0, atol=1e-11)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_round_trip_over_china(datum: Datum) -> None:
    random = np.random.default_rng(3)
    lon, lat = random.uniform(73, 137, 50_000), random.uniform(2, 55, 50_000)
    back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert max(np.abs(back[0] - lon).max(), np.abs(back[1] - lat).max()) < 1e-10


def test_gcj02_is_wgs84_outside_its_box() -> None:
    assert from_wgs84(2.35, 48.85, "gcj02") == (2.35, 48.85)
    assert to_wgs84(2.35, 48.85, "gcj02") == (2.35, 48.85)
    assert from_wgs84(2.35, 48.85, "bd09") != (2.35, 48.85)


def test_cgcs2000_passes_unchanged() -> None:
    assert to_wgs84(120.5, 36.1, "cgcs2000") == (120.5, 36.1)


def test_what_came_in_is_not_shared() -> None:
    lon, lat = np.array([120.5]), np.array([36.1])
    to_wgs84(lon, lat, "wgs84")[0][0] = 0
    assert lon[0] == 120.5


def test_nonsense_stays_nonsense() -> None:
    assert all(math.isnan(value) for value in to_wgs84(math.inf, 36.0, "gcj02"))
    lon, _ = to_wgs84(np.array([math.nan, 120.5]), np.array([36.0, 36.0]), "bd09")
    assert math.isnan(lon[0])
    assert lon[1] == pytest.approx(120.4884, abs=1e-3)


def test_unknown_datum_lists_the_known_ones() -> None:
    with pytest.raises(UnknownDatum, match="wgs84, cgcs2000, gcj02, bd09") as caught:
        to_wgs84(120.5, 36.1, "beijing54")
    assert caught.value.field == "datum"


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_likely_datum_sees_the_displacement(datum: Datum) -> None:
    reference = shapely.Point(120.55, 36.15).buffer(0.1)
    candidate = shapely.transform(
        reference, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))
    )
    assert likely_datum(candidate, reference) is datum


def test_likely_datum_of_far_away_ground_is_not_guessed() -> None:
    assert likely_datum(shapely.box(1, 1, 2, 2), shapely.box(120, 36, 121, 37)) is Datum.WGS84


def test_likely_datum_needs_an_outline() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        likely_datum(shapely.Polygon(), shapely.box(0, 0, 1, 1))
