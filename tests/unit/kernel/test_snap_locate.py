"""Which polygon a point is in: borders, holes, parts, refusals."""

import math
import pickle

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gis.kernel.errors import InvalidCoordinate, InvalidInput, InvalidTerritory
from gis.kernel.snap import SnapIndex
from tests.territory import adversarial_points, awkward_territory, clustered_points, make_territory


@pytest.fixture(scope="module")
def squares() -> SnapIndex:
    """Four squares around (120.5, 36.1); codes not in order of place."""
    corners = [(120.5, 36.1), (120.4, 36.1), (120.5, 36.0), (120.4, 36.0)]
    boxes = [shapely.box(lon, lat, lon + 0.1, lat + 0.1) for lon, lat in corners]
    return SnapIndex.build(boxes, ["D", "B", "C", "A"])


@pytest.fixture(scope="module")
def awkward() -> SnapIndex:
    territory = awkward_territory()
    return SnapIndex.build(territory.polygons, territory.codes)


def code_at(index: SnapIndex, lon: float, lat: float) -> str | None:
    found = index.locate(lon, lat)
    assert index.locate_many(np.array([lon]), np.array([lat]))[0] == found
    return index.codes[found] if found >= 0 else None


def test_codes_are_sorted_and_ids_point_into_them(squares: SnapIndex) -> None:
    assert squares.codes == ("A", "B", "C", "D")
    assert code_at(squares, 120.55, 36.15) == "D"


@pytest.mark.parametrize(
    ("lon", "lat", "codes"),
    [
        (120.5, 36.1, "ABCD"),
        (120.5, 36.15, "BD"),
        (120.45, 36.1, "AB"),
        (120.6, 36.15, "D"),
        (120.6, 36.2, "D"),
        (120.45, 36.05, "A"),
    ],
)
def test_a_border_belongs_to_the_lowest_code(
    squares: SnapIndex, lon: float, lat: float, codes: str
) -> None:
    assert "".join(squares.codes[k] for k in squares.covering(lon, lat)) == codes
    assert code_at(squares, lon, lat) == codes[0]


@pytest.mark.parametrize("outwards", [-math.inf, math.inf])
def test_one_ulp_beside_the_outer_border(squares: SnapIndex, outwards: float) -> None:
    edge = 120.4 if outwards < 0 else 120.5 + 0.1
    assert code_at(squares, edge, 36.05) is not None
    assert code_at(squares, math.nextafter(edge, outwards), 36.05) is None


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (120.51, 36.11, "0003"),  # shell
        (120.521, 36.121, "0001"),  # the ring that fills the hole
        (120.528, 36.128, "0004"),  # the part of the islands inside that ring
        (120.526, 36.128, "0001"),  # the islet's shore: two cover it, lowest code
        (120.52, 36.13, "0001"),  # the edge of the hole
        (120.575, 36.11, "0004"),
        (120.58, 36.15, "0004"),
        (120.572, 36.13, "0002"),
        (120.565, 36.139, None),
    ],
)
def test_holes_enclaves_and_parts(
    awkward: SnapIndex, lon: float, lat: float, code: str | None
) -> None:
    assert code_at(awkward, lon, lat) == code


def test_far_away_is_outside(squares: SnapIndex) -> None:
    for lon, lat in [(0.0, 0.0), (-180.0, -90.0), (180.0, 90.0), (120.4, 36.2001)]:
        assert code_at(squares, lon, lat) is None


@pytest.mark.parametrize("cell_m", [4.0, 16.0, 100.0, 1e6])
def test_the_cell_size_changes_no_answer(cell_m: float) -> None:
    territory = make_territory(6, 6, drop=2)
    lon, lat = adversarial_points(territory, 3000)
    expected = SnapIndex.build(territory.polygons, territory.codes).locate_many(lon, lat)
    index = SnapIndex.build(territory.polygons, territory.codes, cell_m=cell_m)
    assert (index.locate_many(lon, lat) == expected).all()


def test_a_vast_territory_gets_larger_cells() -> None:
    index = SnapIndex.build([shapely.box(73, 18, 100, 54), shapely.box(100, 18, 135, 54)], "ab")
    assert index.nbytes < 60e6
    assert code_at(index, 100.0, 30.0) == "a"
    assert code_at(index, 100.000001, 30.0) == "b"


def test_hundreds_of_polygons_at_one_corner() -> None:
    """More candidates than a block can number: slices of a pie of a few metres."""
    angles = np.linspace(0, 2 * math.pi, 601)
    rim = np.column_stack([120.5 + 3e-5 * np.cos(angles), 36.1 + 3e-5 * np.sin(angles)])
    rim[-1] = rim[0]
    heart = (120.5, 36.1)
    slices = [shapely.Polygon([heart, rim[k], rim[k + 1]]) for k in range(600)]
    index = SnapIndex.build(slices, [f"{k:03d}" for k in range(600)])
    middles = (angles[:-1] + angles[1:]) / 2
    lon, lat = 120.5 + 2e-5 * np.cos(middles), 36.1 + 2e-5 * np.sin(middles)
    assert index.locate_many(lon, lat).tolist() == list(range(600))
    assert code_at(index, *heart) == "000"
    assert len(index.covering(*heart)) == 600


def test_it_agrees_with_geos() -> None:
    territory = make_territory()
    index = SnapIndex.build(territory.polygons, territory.codes)
    lon, lat = clustered_points(territory, 20_000)
    tree = shapely.STRtree(list(np.asarray(shapely.points(lon, lat))))
    order = np.argsort(territory.codes)
    polygon, point = tree.query(np.array(territory.polygons)[order], predicate="covers")
    expected = np.full(len(lon), len(territory.codes))
    np.minimum.at(expected, point, polygon)
    expected[expected == len(territory.codes)] = -1
    assert (index.locate_many(lon, lat) == expected).all()


def test_it_survives_pickling(awkward: SnapIndex) -> None:
    lon, lat = adversarial_points(awkward_territory(), 500)
    copy = pickle.loads(pickle.dumps(awkward))  # noqa: S301 - our own bytes
    assert copy.codes == awkward.codes
    assert (copy.locate_many(lon, lat) == awkward.locate_many(lon, lat)).all()
    assert copy.locate(lon[0], lat[0]) == awkward.locate(lon[0], lat[0])


@pytest.mark.parametrize(
    ("lon", "lat", "field"),
    [
        (math.nan, 36.0, "lon"),
        (120.5, math.inf, "lat"),
        (36.0, 120.5, "lat"),
        (180.1, 36.0, "lon"),
        (120.5, -90.1, "lat"),
    ],
)
def test_a_position_that_is_none_is_refused(
    squares: SnapIndex, lon: float, lat: float, field: str
) -> None:
    for ask in (squares.locate, squares.covering, squares.border_distance_m, squares.answer):
        with pytest.raises(InvalidCoordinate) as caught:
            ask(lon, lat)
        assert caught.value.field == field
    with pytest.raises(InvalidCoordinate) as caught:
        squares.locate_many(np.array([120.5, lon]), np.array([36.1, lat]))
    assert caught.value.field == "row 1"


def test_bulk_takes_rows_of_one_length(squares: SnapIndex) -> None:
    with pytest.raises(InvalidInput, match="arrays"):
        squares.locate_many(np.zeros(3), np.zeros(2))
    assert squares.locate_many(np.array([]), np.array([])).shape == (0,)


@pytest.mark.parametrize(
    ("polygons", "codes", "message"),
    [
        ([], [], "no polygons"),
        ([shapely.Point(1, 1)], ["a"], "a: not a Polygon"),
        ([shapely.Polygon()], ["a"], "a: not a Polygon"),
        ([shapely.box(0, 0, 1, 1), None], ["b", "a"], "a: not a Polygon"),
        ([shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], ["bow"], "bow: Self-inter"),
        ([shapely.box(0, 0, 1, 95)], ["a"], "a: .*longitude and latitude"),
        ([shapely.box(0, 0, 0.1, 0.1), shapely.box(0.05, 0, 0.2, 0.1)], ["a", "b"], "overlaps"),
        ([shapely.box(0, 0, 1, 1)], ["a", "b"], "1 polygons but 2 codes"),
    ],
)
def test_what_is_no_territory_is_refused(
    polygons: list[BaseGeometry], codes: list[str], message: str
) -> None:
    with pytest.raises(InvalidTerritory, match=message):
        SnapIndex.build(polygons, codes)


def test_codes_are_unique() -> None:
    with pytest.raises(InvalidInput, match="a: the code appears twice"):
        SnapIndex.build([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], ["a", "a"])
