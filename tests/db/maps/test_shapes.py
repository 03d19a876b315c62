"""Shapes for tiles: derived from an edition, the same territory, without cracks, never stale."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from gis.ledger.services import outbox
from grids.choices import RegionLevel
from grids.models import Edition, Grid, Place, Region
from grids.services import editions
from maps.models import FULL, Shape, ShapeSet
from maps.tiles import derive as deriving
from maps.tiles.address import Tile
from maps.tiles.derive import derive
from maps.tiles.draw import DRAWING, draw, shapes_of
from maps.tiles.layers import LAYERS
from tests.factories import District, make_district
from tests.territory import make_territory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
GRIDS = LAYERS["grids"]
NOBODY = AnonymousUser()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def town() -> Edition:
    """An edition of 56 grids with crooked borders in two communities, published."""
    territory = make_territory(8, 7, drop=0)
    envelope = Polygon.from_bbox((120.3, 36.0, 120.8, 36.4))
    place = Place.objects.create(code="370212", name="镇", envelope=envelope, srid_m=4549)
    edition = Edition.objects.create(place=place, name="2026")
    halves = np.array_split(np.arange(len(territory.polygons)), 2)
    for number, half in enumerate(halves, 1):
        shapes = [territory.polygons[k] for k in half]
        region = Region.objects.create(
            edition=edition,
            level=RegionLevel.COMMUNITY,
            code=f"37021200100{number}",
            name=f"{number} 社区",
            geometry=_multi(shapely.union_all(shapes)),
            area_m2=1,
        )
        for k, shape in zip(half, shapes, strict=True):
            label = shape.representative_point()
            Grid.objects.create(
                edition=edition,
                region=region,
                code=territory.codes[k],
                name=f"网格 {k}",
                geometry=_multi(shape),
                label=Point(label.x, label.y, srid=4326),
                area_m2=1,
            )
    return editions.publish(edition=edition, at=NOW, by=None, now=NOW)


def _multi(shape: Any) -> MultiPolygon:
    parts = shapely.multipolygons(shapely.get_parts(shape))
    made = GEOSGeometry(str(shapely.to_wkb(parts, hex=True)), srid=4326)
    assert isinstance(made, MultiPolygon)
    return made


@pytest.fixture
def decode(tmp_path: Path) -> Callable[[bytes], dict[str, tuple[dict[str, Any], Any]]]:
    """Code → attributes and ground in tile units, by GDAL."""

    def read(content: bytes) -> dict[str, tuple[dict[str, Any], Any]]:
        if not content:
            return {}
        file = tmp_path / "tile.mvt"
        file.write_bytes(content)
        meta, _ids, shapes, columns = pyogrio.raw.read(f"MVT:{file}")
        found = {}
        for row, wkb in zip(zip(*columns, strict=True), shapes, strict=True):
            attributes = dict(zip(meta["fields"], row, strict=True))
            attributes.pop("mvt_id", None)
            found[attributes["code"]] = attributes, shapely.from_wkb(wkb)
        return found

    return read


def tiles_over(edition: Edition, z: int) -> Iterator[Tile]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Transform("
            "ST_SetSRID(ST_Extent(geometry), 4326), 3857) AS e FROM grids_grid"
            " WHERE edition_id = %s) AS t",
            [edition.pk],
        )
        west, south, east, north = cursor.fetchone()
    half = deriving.EQUATOR_M / 2
    side = deriving.EQUATOR_M / 2**z
    for x in range(int((west + half) / side), int((east + half) / side) + 1):
        for y in range(int((half - north) / side), int((half - south) / side) + 1):
            yield Tile(z, x, y)


def fresh(edition: Edition) -> Edition:
    found: Edition = Edition.objects.select_related("place", "shape_set").get(pk=edition.pk)
    return found


@pytest.mark.parametrize("z", [8, 11, 13, 14])
@pytest.mark.parametrize("layer", ["grids", "regions", "grid_labels", "region_labels"])
def test_tiles_from_shapes_hold_what_tiles_from_storage_hold(
    town: Edition, decode: Any, layer: str, z: int
) -> None:
    """The same features and attributes; from zoom 14 on the same ground to the unit."""
    derive(town)
    drawn_from_shapes = fresh(town)
    assert shapes_of(LAYERS[layer], drawn_from_shapes)
    held: set[str] = set()
    for tile in tiles_over(town, z):
        new = decode(draw(LAYERS[layer], drawn_from_shapes, tile, NOBODY))
        ShapeSet.objects.update(manner=0)
        old = decode(draw(LAYERS[layer], fresh(town), tile, NOBODY))
        ShapeSet.objects.update(manner=DRAWING)
        assert {code: row[0] for code, row in new.items()} == {
            code: row[0] for code, row in old.items()
        }
        if z >= 14:
            assert all(shapely.equals(new[code][1], old[code][1]) for code in old)
        held |= set(old)
    rows = (Grid if layer.startswith("grid") else Region).objects.of(town)
    assert len(held) == (0 if z < LAYERS[layer].minzoom else rows.count())


@pytest.mark.parametrize("z", [8, 9, 10, 11, 12, 13])
def test_no_border_cracks_at_any_zoom(town: Edition, decode: Any, z: int) -> None:
    """Neighbours in a tile leave no gap and share no ground that is wider than one unit."""
    derive(town)
    edition, seen = fresh(town), 0
    for tile in tiles_over(town, z):
        shapes = np.array([row[1] for row in decode(draw(GRIDS, edition, tile, NOBODY)).values()])
        if len(shapes) < 2:
            continue
        shapes = shapely.make_valid(shapes)
        left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
        both = shapely.intersection(shapes[left], shapes[right])
        assert shapely.is_empty(shapely.buffer(both, -0.5)).all()
        outline = shapely.get_parts(shapely.union_all(shapes))
        for part in outline:
            holes = [shapely.Polygon(ring) for ring in part.interiors]
            assert all(hole.buffer(-0.5).is_empty for hole in holes)
        seen += len(shapes)
    assert seen > 50


def test_a_region_has_the_border_of_its_grids_at_every_level(town: Edition) -> None:
    made = derive(town)
    for level in GRIDS.levels:
        for region in Region.objects.of(town):
            codes = Grid.objects.filter(region=region).values_list("code", flat=True)
            rows = Shape.objects.filter(shape_set=made, zoom=level)
            grids = [_shape(row) for row in rows.filter(layer="grids", code__in=codes)]
            whole = _shape(rows.get(layer="regions", code=region.code))
            assert shapely.equals(shapely.union_all(grids), whole)


def _shape(row: Shape) -> Any:
    return shapely.from_wkb(bytes(row.geometry_3857.wkb))


def test_far_zooms_have_fewer_vertices(town: Edition) -> None:
    made = derive(town)
    counts = [
        sum(
            row.geometry_3857.num_coords
            for row in Shape.objects.filter(shape_set=made, layer="grids", zoom=level)
        )
        for level in GRIDS.levels
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] / 3


def test_coming_into_force_promises_shapes_and_the_relay_keeps_it(town: Edition) -> None:
    address = "/tiles/grids/10/854/401.mvt?place=370212&edition=2026"
    before = Client().get(address)
    assert not ShapeSet.objects.exists()
    outbox.relay(now=NOW + timedelta(seconds=1))
    assert ShapeSet.objects.get().edition_id == town.pk
    after = Client().get(address)
    assert after["ETag"] != before["ETag"]
    assert len(after.content) < len(before.content)


def test_deriving_again_changes_nothing_and_a_plan_has_none(town: Edition) -> None:
    first = derive(town)
    shapes = set(Shape.objects.values_list("pk", flat=True))
    assert derive(town) == first
    assert set(Shape.objects.values_list("pk", flat=True)) == shapes
    plan = Edition.objects.create(place=town.place, name="2030")
    assert derive(plan) is None


def test_shapes_of_another_content_or_manner_count_as_none(town: Edition) -> None:
    made = derive(town)
    assert made is not None
    for wrong in ({"digest": "other"}, {"manner": DRAWING - 1}):
        ShapeSet.objects.filter(pk=made.pk).update(**wrong)
        assert shapes_of(GRIDS, fresh(town)) is None
        again = derive(town)
        assert again is not None
        assert again.pk != made.pk
        assert shapes_of(GRIDS, fresh(town)) == again
        made = again
    assert ShapeSet.objects.count() == 1


def test_a_set_that_went_while_a_tile_was_drawn_is_drawn_from_storage(
    town: Edition, decode: Any
) -> None:
    derive(town)
    edition = fresh(town)
    ShapeSet.objects.all().delete()
    [tile, *_] = tiles_over(town, 10)
    assert len(decode(draw(GRIDS, edition, tile, NOBODY))) > 1


def test_the_command_derives_what_is_missing(district: District, capsys: Any) -> None:
    call_command("derive_shapes")
    assert set(ShapeSet.objects.values_list("edition__name", flat=True)) == {"2021", "2022"}
    assert "2022" in capsys.readouterr().out
    call_command("derive_shapes")
    assert capsys.readouterr().out == ""


def test_what_is_no_coverage_is_kept_whole(district: District) -> None:
    """An edition whose grids overlap cannot be published; one that is there is drawn as it is."""
    plan = district.draft
    first, second = Grid.objects.of(plan).order_by("code")[:2]
    second.geometry = first.geometry
    second.save()
    Edition.objects.filter(pk=plan.pk).update(digest="overlapping")
    made = derive(plan)
    assert made is not None
    levels = Shape.objects.filter(shape_set=made, layer="grids", code=first.code)
    assert len({row.geometry_3857.wkb for row in levels}) == 1


BROKEN: dict[str, Callable[[ShapeSet], object]] = {
    "shape_once": lambda made: _add(made, code=made.shapes.filter(zoom=FULL)[0].code),
    "shape_zoom_known": lambda made: _add(made, zoom=23),
    "shape_set_has_digest": lambda made: ShapeSet.objects.filter(pk=made.pk).update(digest=""),
    "maps_shapeset_edition_id_key": lambda made: ShapeSet.objects.create(
        edition=made.edition, digest="x", manner=1
    ),
}


def _add(made: ShapeSet, *, code: str = "new", zoom: int = FULL) -> Shape:
    layer = made.shapes.filter(code=code, zoom=FULL).first()
    return Shape.objects.create(
        shape_set=made,
        layer=layer.layer if layer else "grids",
        zoom=zoom,
        code=code,
        attributes={},
        geometry_3857=Point(0, 0, srid=3857),
    )


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(district: District, name: str) -> None:
    made = derive(district.now)
    assert made is not None
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        BROKEN[name](made)
    diagnosis = getattr(caught.value.__cause__, "diag", None)
    assert getattr(diagnosis, "constraint_name", None) == name


def test_shapes_go_with_their_edition() -> None:
    district = make_district()
    derive(district.old)
    ShapeSet.objects.all().delete()
    assert not Shape.objects.exists()
