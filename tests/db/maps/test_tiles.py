"""Vector tiles: what is in them, how they are stamped and kept, and who gets them."""

import gzip
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from gis.ledger.services import tokens
from grids.models import Station, User
from maps.tiles.layers import LAYERS
from tests.factories import District, make_district, make_user

pytestmark = pytest.mark.django_db

# The tile that holds the lattice of `make_district` whole: 120.40–120.44, 36.06–36.09.
ZXY = "10/854/401"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def decode(tmp_path: Path) -> Any:
    """Read a tile with GDAL's own driver: a second opinion on what PostGIS wrote."""

    def read(content: bytes) -> dict[str, list[dict[str, Any]]]:
        file = tmp_path / "tile.mvt"
        file.write_bytes(content)
        found = {}
        for name, _kind in pyogrio.list_layers(file):
            meta, _ids, shapes, columns = pyogrio.raw.read(f"MVT:{file}", layer=name)
            rows = zip(*columns, strict=True)
            found[name] = [
                {**dict(zip(meta["fields"], row, strict=True)), "shape": shape}
                for row, shape in zip(rows, shapes, strict=True)
            ]
        return found

    return read


def get(path: str, client: Client | None = None, **headers: str) -> Any:
    """Ask for a tile; `If_None_Match=` is the header of that name."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (client or Client()).get(f"/tiles/{path}", headers=named)


@pytest.mark.parametrize(
    ("layer", "count"),
    [("regions", 5), ("region_labels", 5), ("grids", 12), ("grid_labels", 12), ("stations", 4)],
)
def test_a_tile_holds_every_row_of_its_layer_once(
    district: District, decode: Any, layer: str, count: int
) -> None:
    response = get(f"{layer}/{ZXY}.mvt?place={district.place.code}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    rows = decode(response.content)[layer]
    assert len({row["code"] for row in rows}) == len(rows) == count
    assert set(LAYERS[layer].fields) <= set(rows[0])


def test_attributes_say_what_the_map_writes(district: District, decode: Any) -> None:
    rows = decode(get(f"grids/{ZXY}.mvt?place={district.place.code}").content)["grids"]
    first = next(row for row in rows if row["code"] == f"{district.place.code}001001003")
    assert (first["number"], first["community"]) == ("03", "001001社区")
    labels = decode(get(f"region_labels/{ZXY}.mvt?place={district.place.code}").content)
    counts = {row["code"][6:]: row["grid_count"] for row in labels["region_labels"]}
    assert counts == {"001": 8, "002": 4, "001001": 6, "001002": 2, "002001": 4}


def test_each_edition_has_its_own_borders(district: District, decode: Any) -> None:
    for edition, count in ((district.old, 6), (district.now, 12)):
        response = get(f"grids/{ZXY}.mvt?place={district.place.code}&edition={edition.name}")
        assert response["X-Edition"] == edition.name
        assert len(decode(response.content)["grids"]) == count


def test_a_label_is_in_one_tile_only(district: District, decode: Any) -> None:
    """A polygon across a tile's border is in two tiles; its label must not be written twice."""
    found = []
    for x in range(6834, 6837):
        for y in range(3212, 3217):
            content = get(f"grid_labels/13/{x}/{y}.mvt?place={district.place.code}").content
            if content:
                # The buffer repeats points beside the border; a map only places those inside.
                found += [row["code"] for row in decode(content)["grid_labels"]]
    assert set(found) == set(district.grids)


def test_the_same_question_is_answered_with_304(district: District) -> None:
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    first = get(path)
    assert first["ETag"].startswith('"')
    again = get(path, If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = get(f"grids/{ZXY}.mvt?place={district.place.code}&edition={district.old.name}")
    assert other["ETag"] != first["ETag"]


def test_compressed_and_plain_are_two_representations(district: District) -> None:
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    plain, packed = get(path), get(path, Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]


def test_tilejson_leads_to_tiles_that_never_change(district: District) -> None:
    document = get(f"grids.json?place={district.place.code}").json()
    assert document["tilejson"] == "3.0.0"
    assert [layer["id"] for layer in document["vector_layers"]] == ["grids"]
    assert document["bounds"] == pytest.approx([120.40, 36.06, 120.44, 36.09])
    z, x, y = ZXY.split("/")
    address = document["tiles"][0].replace("{z}", z).replace("{x}", x).replace("{y}", y)
    assert "edition=2022" in address
    response = get(address.split("/tiles/")[1])
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in response["Vary"]
    unstamped = get(f"grids/{ZXY}.mvt?place={district.place.code}")
    assert unstamped["Cache-Control"] == "public, max-age=60"


def test_a_station_that_moves_changes_the_stamp(district: District) -> None:
    path = f"stations/{ZXY}.mvt?place={district.place.code}"
    before = get(path)["ETag"]
    station = Station.objects.filter(place=district.place).first()
    assert station is not None
    station.position.x += 0.001
    station.save()
    assert get(path)["ETag"] != before


def test_kept_bytes_are_served_without_drawing(
    district: District, django_assert_max_num_queries: Any
) -> None:
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    first = get(path)
    with django_assert_max_num_queries(2):
        assert get(path).content == first.content


def test_without_redis_tiles_are_drawn_all_the_same(district: District, settings: Any) -> None:
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    kept = get(path).content
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock?db=0",
        }
    }
    response = get(path)
    assert (response.status_code, response.content) == (200, kept)


def test_a_draft_is_for_those_who_sign_in_and_never_in_a_shared_cache(district: District) -> None:
    path = f"grids/{ZXY}.mvt?place={district.place.code}&edition={district.draft.name}"
    assert get(path).status_code == 404
    client = Client()
    client.force_login(district.users["planner"])
    response = get(path, client)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    assert "ETag" not in response
    stranger = Client()
    stranger.force_login(make_user("stranger", make_district("370298", west=121.0).place))
    assert get(path, stranger).status_code == 404


def test_where_nothing_is_public_tiles_are_private(district: District, settings: Any) -> None:
    settings.PUBLIC_READS = False
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    assert get(path).status_code == 401
    assert get(f"grids.json?place={district.place.code}").status_code == 401
    client = Client()
    client.force_login(district.users["worker"])
    response = get(path, client)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"


def bearer(user: User) -> dict[str, Any]:
    raw, _expires_at = tokens.issue(user=user, now=timezone.now())
    return {"Authorization": f"Bearer {raw}"}


def test_a_token_opens_what_its_holder_may_see(district: District, settings: Any) -> None:
    """As QGIS asks: with a header, without a cookie."""
    settings.PUBLIC_READS = False
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    document = f"grids.json?place={district.place.code}"
    mine = bearer(district.users["worker"])
    for asked in (path, document):
        response = get(asked, **mine)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-cache"
        assert "Authorization" in response["Vary"]
    assert get(f"{path}&edition={district.draft.name}", **mine).status_code == 200
    stranger = make_user("stranger", make_district("370298", west=121.0).place)
    for asked in (path, document):
        assert get(asked, **bearer(stranger)).status_code == 404


def test_a_bad_token_is_refused_even_where_all_may_look(district: District) -> None:
    path = f"grids/{ZXY}.mvt?place={district.place.code}"
    mine = bearer(district.users["worker"])
    assert get(path, **mine).status_code == 200
    tokens.revoke_all(user=district.users["worker"], now=timezone.now())
    for asked in (path, f"grids.json?place={district.place.code}"):
        for header in (mine["Authorization"], "Bearer nonsense", "Bearer"):
            response = get(asked, Authorization=header)
            assert response.status_code == 401
            assert response["WWW-Authenticate"].startswith("Bearer")
            assert response.json()["errors"][0]["code"] == "bad_token"


def test_a_token_comes_before_a_session(district: District) -> None:
    client = Client()
    client.force_login(make_user("stranger", make_district("370298", west=121.0).place))
    path = f"grids/{ZXY}.mvt?place={district.place.code}&edition={district.draft.name}"
    assert get(path, client).status_code == 404
    assert get(path, client, **bearer(district.users["planner"])).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("rivers/11/1708/803.mvt", 404, "layer"),
        ("rivers.json", 404, "layer"),
        ("grids/23/1/1.mvt", 400, "z"),
        ("grids/-1/0/0.mvt", 400, "z"),
        ("grids/11/2048/803.mvt", 400, "x"),
        ("grids/11/1708/-1.mvt", 400, "y"),
        ("grids/11/1708/99999999999999999999.mvt", 400, "y"),
        ("grids/11/1708/1e3.mvt", 400, "y"),
        ("grids/11/1708/٣.mvt", 400, "y"),
        ("grids/11/1708/803.mvt?edition=1999", 404, "edition"),
        ("grids/11/1708/803.mvt?edition=" + "x" * 500, 404, "edition"),
        ("grids/11/1708/803.mvt?place=nowhere", 404, "place"),
    ],
)
def test_a_bad_address_is_named(district: District, path: str, status: int, field: str) -> None:
    response = get(path)
    assert response.status_code == status
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_nul_and_a_wrong_method_are_refused(district: District) -> None:
    assert get("grids/11/1708/803.mvt?edition=%00").status_code == 400
    assert Client().post(f"/tiles/grids/{ZXY}.mvt").status_code == 405


def test_a_tile_far_away_or_far_out_is_empty(district: District) -> None:
    for zxy in ("0/0/0", "22/0/0", "13/1/1"):
        response = get(f"grids/{zxy}.mvt?place={district.place.code}")
        assert (response.status_code, response.content) == (200, b"")
