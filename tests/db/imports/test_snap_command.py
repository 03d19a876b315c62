"""`manage.py snap`: every row comes out again, with a grid or a reason."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gis.kernel.datum import from_wgs84
from tests.factories import District

pytestmark = pytest.mark.django_db


def snap(
    folder: Path, text: str, *, encoding: str = "utf-8", **options: object
) -> list[dict[str, str]]:
    (folder / "in.csv").write_bytes(text.encode(encoding))
    asked = {"place": "370299", "lon": "lon", "lat": "lat", "datum": "wgs84"} | options
    call_command("snap", folder / "in.csv", folder / "out.csv", verbosity=0, **asked)
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_point_gets_its_grid_and_keeps_its_columns(district: District, tmp_path: Path) -> None:
    lon, lat = district.centre(1, 1)
    (row,) = snap(tmp_path, f'id,lon,lat,note\n7,{lon},{lat},"a, ""b"""\n')
    grid = district.cell(1, 1)
    assert (row["id"], row["note"]) == ("7", 'a, "b"')
    assert (row["grid_code"], row["grid_name"], row["method"]) == (grid.code, grid.name, "inside")
    assert (row["community"], row["subdistrict"]) == ("370299001001", "370299001")


def test_a_bad_row_keeps_its_place_and_gets_a_reason(district: District, tmp_path: Path) -> None:
    lon, lat = district.centre(0, 0)
    bad = ["x,36.1", ",36.1", "nan,36.1", "1e999,36.1", "36.1,120.4", "500,36.1", "120.4", "1,2,3"]
    lines = [f"{lon},{lat}", *bad, "0,0", f"{lon},{lat}"]
    rows = snap(tmp_path, "lon,lat\n" + "\n".join(lines) + "\n")
    assert [row["method"] for row in rows] == ["inside", *["invalid"] * 8, "outside", "inside"]
    assert all(row["reason"] for row in rows[1:-1])
    assert "3" in rows[8]["reason"]
    assert "颠倒" in rows[5]["reason"]


def test_a_point_just_outside_gets_the_nearest(district: District, tmp_path: Path) -> None:
    west = district.cell(0, 0).geometry.extent[0]
    lat = district.centre(0, 0)[1]
    (row,) = snap(tmp_path, f"lon,lat\n{west - 0.0001},{lat}\n")
    assert (row["method"], row["grid_code"]) == ("nearest", district.cell(0, 0).code)


def test_a_point_on_a_border_goes_to_the_lowest_code(district: District, tmp_path: Path) -> None:
    """As `/api/v1/locate` says: on an inner border, on the outer one, and where four grids meet."""
    one, other = district.cell(1, 1), district.cell(2, 1)
    west, south, east, _north = one.geometry.extent
    lat = district.centre(1, 1)[1]
    edge = district.cell(0, 0).geometry.extent[0], district.centre(0, 0)[1]
    lines = [f"{east!r},{lat!r}", f"{west!r},{south!r}", f"{edge[0]!r},{edge[1]!r}"]
    rows = snap(tmp_path, "lon,lat\n" + "\n".join(lines) + "\n")
    assert [row["method"] for row in rows] == ["border"] * 3
    assert rows[0]["grid_code"] == min(one.code, other.code)
    assert rows[2]["grid_code"] == district.cell(0, 0).code
    assert [row["reason"] for row in rows] == [""] * 3


def test_the_datum_is_undone(district: District, tmp_path: Path) -> None:
    east = district.cell(0, 0).geometry.extent[2]
    lat = district.centre(0, 0)[1]
    x, y = from_wgs84(east - 0.0005, lat, "bd09")
    (row,) = snap(tmp_path, f"lon,lat\n{x},{y}\n", datum="bd09")
    assert row["grid_code"] == district.cell(0, 0).code


def test_gbk_is_read_when_it_is_said(district: District, tmp_path: Path) -> None:
    lon, lat = district.centre(0, 0)
    text = f"经度,纬度,诉求\n{lon},{lat},台阶破损\n"
    names = {"lon": "经度", "lat": "纬度"}
    with pytest.raises(CommandError, match="gb18030"):
        snap(tmp_path, text, encoding="gb18030", **names)
    assert not (tmp_path / "out.csv").exists()
    (tmp_path / "in.csv").write_bytes(text.encode("gb18030"))
    options = {"place": "370299", "datum": "wgs84", "encoding": "gb18030"} | names
    call_command("snap", tmp_path / "in.csv", tmp_path / "out.csv", verbosity=0, **options)
    assert "台阶破损" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "空"), ("a,lat\n1,2\n", "lon"), ("lon,lat,method\n1,2,3\n", "--prefix")],
)
def test_a_table_that_cannot_be_used_is_refused(
    text: str, said: str, district: District, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=said):
        snap(tmp_path, text)


def test_many_rows_come_out_in_order(district: District, tmp_path: Path) -> None:
    lon, lat = district.centre(2, 2)
    text = "n,lon,lat\n" + "".join(f"{n},{lon},{lat}\n" for n in range(45_000))
    rows = snap(tmp_path, text)
    assert [int(row["n"]) for row in rows] == list(range(45_000))
    assert {row["grid_code"] for row in rows} == {district.cell(2, 2).code}
