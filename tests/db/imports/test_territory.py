"""Regions and grids of any place, from every format, CRS and datum."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from pyproj import CRS
from shapely import box
from shapely.geometry.base import BaseGeometry

from gis.ledger.models import AuditEvent
from grids.choices import EditionState
from grids.models import Edition, Grid, Place, Region
from tests.db.imports.test_refused_files import grids
from tests.imports_corpus import (
    SIDE,
    SOUTH,
    WEST,
    as_geojson,
    as_geopackage,
    as_shapezip,
    collection,
    in_datum,
    projected,
    squares,
)

pytestmark = pytest.mark.django_db


def regions(path: Path, **options: object) -> None:
    asked: dict[str, Any] = {"place": "made", "level": "community", "code": "code", "name": "name"}
    call_command("import_regions", path, **(asked | options))


def said(path: Path) -> list[dict[str, Any]]:
    text = path.with_name(path.name + ".problems.geojson").read_text(encoding="utf-8")
    return [feature["properties"] for feature in json.loads(text)["features"]]


def stored(place: str = "made") -> dict[str, BaseGeometry]:
    rows = Grid.objects.filter(edition__place__code=place)
    return {grid.code: shapely.from_wkb(bytes(grid.geometry.wkb)) for grid in rows}


def test_a_new_place_comes_from_its_grids(tmp_path: Path) -> None:
    grids(as_geojson(tmp_path / "g.geojson", collection(squares())))
    place = Place.objects.get()
    assert (place.code, place.srid_m) == ("made", 32651)
    edition = Edition.objects.get()
    assert (edition.name, edition.state) == ("2020", EditionState.IN_FORCE)
    assert list(stored().values()) == [shapely.multipolygons([cell]) for cell in squares()]
    for grid in Grid.objects.all():
        assert grid.geometry.contains(grid.label)
        assert grid.area_m2 == pytest.approx(999_000, rel=0.01)
        assert grid.region is None
    assert AuditEvent.objects.filter(chain="place:made", action="grids.imported").exists()


@pytest.mark.parametrize("epsg", [4326, 4490, 4549, 32651, 3857])
def test_every_format_in_any_crs_gives_the_same_ground(epsg: int, tmp_path: Path) -> None:
    shapes = projected(squares(), epsg)
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    wkt = CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")
    files = [
        as_geojson(tmp_path / "g.geojson", collection(shapes, crs=crs)),
        as_geopackage(tmp_path / "g.gpkg", shapes, epsg=epsg),
        as_geopackage(tmp_path / "w.gpkg", shapes, definition=wkt),
        as_shapezip(tmp_path / "g.zip", shapes, prj=wkt),
    ]
    for k, path in enumerate(files):
        grids(path, place=f"made{k}")
        for found, wanted in zip(stored(f"made{k}").values(), squares(), strict=True):
            assert shapely.hausdorff_distance(found, wanted) < 1e-8


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000"])
def test_a_declared_datum_is_undone(datum: str, tmp_path: Path) -> None:
    path = as_geojson(tmp_path / "g.geojson", collection(in_datum(squares(), datum)))
    grids(path, datum=datum)
    for found, wanted in zip(stored().values(), squares(), strict=True):
        assert shapely.hausdorff_distance(found, wanted) < 1e-7


@pytest.mark.parametrize(("datum", "far"), [("gcj02", "400"), ("bd09", "1.2")])
def test_a_wrong_datum_is_seen_against_the_regions(datum: str, far: str, tmp_path: Path) -> None:
    whole = shapely.union_all(squares())
    regions(as_geojson(tmp_path / "r.geojson", collection([whole], codes=["C1"])))
    path = as_geojson(tmp_path / "g.geojson", collection(in_datum(squares(), datum)))
    with pytest.raises(CommandError, match="wrong_datum"):
        grids(path)
    (problem,) = said(path)
    assert datum in problem["message"]
    assert far in problem["message"]
    assert not Grid.objects.exists()
    grids(path, datum=datum)
    assert Grid.objects.count() == 6


def test_a_wrongly_declared_datum_is_seen_against_an_outline(tmp_path: Path) -> None:
    path = as_geojson(tmp_path / "g.geojson", collection(squares()))
    whole = shapely.union_all(squares())
    outline = as_geojson(tmp_path / "o.geojson", collection([whole], codes=["o"]))
    with pytest.raises(CommandError, match="wrong_datum"):
        grids(path, datum="gcj02", outline=outline)
    grids(path, outline=outline)


def test_a_dry_run_says_all_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = as_geojson(tmp_path / "g.geojson", collection(squares()))
    grids(path, dry_run=True)
    assert not Place.objects.exists()
    dry = capsys.readouterr().out.splitlines()
    grids(path)
    assert capsys.readouterr().out.splitlines()[:-1] == dry[:-1]
    assert "6" in dry[2]


def test_a_gap_within_the_tolerance_is_closed_and_told(tmp_path: Path) -> None:
    shapes = squares()
    shapes[1] = box(WEST + SIDE + 0.000005, SOUTH, round(WEST + 2 * SIDE, 6), SOUTH + SIDE)
    path = as_geojson(tmp_path / "g.geojson", collection(shapes))
    with pytest.raises(CommandError, match="gap"):
        grids(path)
    grids(path, tolerance_m=1.0)
    found = stored()
    assert shapely.coverage_is_valid(list(found.values()), gap_width=1e-6)
    assert shapely.union_all(list(found.values())).area == pytest.approx(6 * SIDE**2, rel=1e-9)
    (move,) = [problem for problem in said(path) if problem["kind"] == "moved"]
    assert move["width_m"] == pytest.approx(0.45, rel=0.06)
    # Nothing moves where nothing was wrong.
    assert found["G05"].equals(squares()[5])


def test_a_hole_wider_than_the_tolerance_is_told_unless_an_outline_forbids_it(
    tmp_path: Path,
) -> None:
    ring = squares(3, 3)
    middle = ring.pop(4)
    path = as_geojson(tmp_path / "g.geojson", collection(ring))
    outline = as_geojson(
        tmp_path / "o.geojson", collection([shapely.union_all([*ring, middle])], codes=["o"])
    )
    with pytest.raises(CommandError, match="uncovered"):
        grids(path, outline=outline)
    grids(path)
    (hole,) = said(path)
    assert (hole["kind"], hole["severity"]) == ("hole", "warning")


def test_regions_keep_their_identity_through_editions(tmp_path: Path) -> None:
    halves = [shapely.union_all(squares()[:3]), shapely.union_all(squares()[3:])]
    path = as_geojson(tmp_path / "r.geojson", collection(halves, codes=["C1", "C2"]))
    regions(path)
    grids(as_geojson(tmp_path / "g.geojson", collection(squares())))
    first = {region.code: region.identity for region in Region.objects.all()}
    codes = set(Grid.objects.values_list("code", "region__code"))
    assert codes == {(f"G{k:02}", "C1" if k < 3 else "C2") for k in range(6)}
    regions(path)
    draft = Edition.objects.get(state=EditionState.DRAFT)
    again = {region.code: region.identity for region in Region.objects.of(draft)}
    assert again == first
    grids(tmp_path / "g.geojson", edition="2021", starts="2021-01-01")
    states = dict(Edition.objects.values_list("name", "state"))
    assert states == {"2020": EditionState.SUPERSEDED, "2021": EditionState.IN_FORCE}
    call_command("lineage", "2020", "2021", place="made", format="csv", save=True)


def test_a_region_field_is_held_against_the_regions(tmp_path: Path) -> None:
    halves = [shapely.union_all(squares()[:3]), shapely.union_all(squares()[3:])]
    regions(as_geojson(tmp_path / "r.geojson", collection(halves, codes=["C1", "C2"])))
    document = collection(squares())
    for feature, home in zip(
        document["features"], ["C1", "C1", "C9", "C2", "C2", "C1"], strict=True
    ):
        feature["properties"]["home"] = home
    path = as_geojson(tmp_path / "g.geojson", document)
    with pytest.raises(CommandError):
        grids(path, region="home")
    assert {(p["kind"], p["features"][0]) for p in said(path)} == {
        ("unknown_region", "G02"),
        ("outside_region", "G05"),
    }
    assert not Grid.objects.exists()


def test_an_edition_in_the_future_waits(tmp_path: Path) -> None:
    grids(as_geojson(tmp_path / "g.geojson", collection(squares())), starts="2999-01-01")
    assert Edition.objects.get().state == EditionState.SCHEDULED


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    path = as_geojson(tmp_path / "g.geojson", collection(squares()))
    grids(path)
    with pytest.raises(CommandError, match="2020"):
        grids(path)
