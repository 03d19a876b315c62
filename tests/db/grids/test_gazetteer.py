"""Addresses in words: which name is read, and how sure that is."""

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from grids.models import Block, NamedPlace
from grids.selectors.gazetteer import NameKind, find_address, matches_in
from tests.factories import CELL, District, square

pytestmark = pytest.mark.django_db


def name(district: District, text: str, column: int, row: int, accuracy_m: float = 50) -> None:
    lon, lat = district.centre(column, row)
    NamedPlace.objects.create(
        place=district.place, name=text, position=Point(lon, lat), accuracy_m=accuracy_m
    )


@pytest.mark.parametrize(
    "address",
    [
        "亚麦山城",
        "香港东路 亚麦山城 9 号楼下",
        "亚麦山城９号楼",
        "001001社区亚麦山城北门台阶",
        "亚麦山诚",
    ],
)
def test_a_name_is_found_in_an_address(district: District, address: str) -> None:
    name(district, "亚麦山城", 1, 2)
    found = find_address(address, district.now)
    assert found
    assert (found.match.name, found.match.kind) == ("亚麦山城", NameKind.NAMED_PLACE)
    assert found.located.grid
    assert found.located.grid.code == district.cell(1, 2).code
    # One wrong character of four is a likeness, not a name that was read.
    assert found.is_sure == (address != "亚麦山诚")


def test_a_block_is_sharper_than_its_surroundings(district: District) -> None:
    lon, lat = district.centre(3, 1)
    Block.objects.create(
        place=district.place, code="B1", name="海之韵小区", kind="estate", area_m2=1.0,
        geometry=square(lon, lat, CELL / 4, CELL / 4)[0],
    )  # fmt: skip
    name(district, "海之韵", 0, 0, 700)
    found = find_address("海之韵小区 3 号楼", district.now)
    assert found
    assert (found.match.kind, found.certainty) == (NameKind.BLOCK, 1.0)
    assert found.located.grid
    assert found.located.grid.code == district.cell(3, 1).code


def test_a_wide_name_is_not_sure(district: District) -> None:
    name(district, "石老人", 1, 1, 2000)
    found = find_address("石老人", district.now)
    assert found
    assert not found.is_sure
    assert found.certainty < 0.5


def test_two_places_of_one_name_need_a_region(district: District) -> None:
    name(district, "幸福小区", 0, 0)
    name(district, "幸福小区", 3, 2)
    found = find_address("幸福小区5号楼", district.now)
    assert found
    assert (found.certainty, found.is_sure) == (0.5, False)
    found = find_address("002001社区幸福小区5号楼", district.now)
    assert found
    assert found.is_sure
    assert found.located.grid
    assert found.located.grid.code == district.cell(3, 2).code


def test_a_spot_outside_the_region_that_is_named_is_not_meant(district: District) -> None:
    name(district, "港东", 0, 0, 10)
    alone = find_address("港东", district.now)
    assert alone
    assert alone.is_sure
    found = find_address("香港东路 195 号", district.now)
    assert found
    assert not found.is_sure
    found = find_address("002街道香港东路 195 号", district.now)
    assert found
    assert (found.match.kind, found.is_sure) == (NameKind.REGION, False)


def test_a_shorter_name_inside_a_longer_one_is_not_meant(district: District) -> None:
    name(district, "麦岛", 0, 0, 10)
    name(district, "海大麦岛花园", 2, 2, 50)
    found = find_address("海大麦岛花园", district.now)
    assert found
    assert found.match.name == "海大麦岛花园"


@pytest.mark.parametrize(
    "address", ["", " ", "x", "？？？", "天涯海角", "%_\\", "a" * 5000, "😀😀"]
)
def test_what_names_nothing_finds_nothing(district: District, address: str) -> None:
    name(district, "亚麦山城", 1, 2)
    assert find_address(address, district.now) is None


def test_names_of_another_place_or_edition_are_not_read(district: District) -> None:
    assert matches_in("001001社区", district.now)[0].kind is NameKind.REGION
    assert {one.name for one in matches_in("区级党群服务站", district.now)} >= {"区级党群服务站"}


def test_likeness_is_indexed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'"
            " AND tablename LIKE 'grids_%'"
        )
        assert len(cursor.fetchall()) == 4
