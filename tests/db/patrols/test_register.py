"""The register is read all or nothing, named by row and column, and written back as it was."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from openpyxl import load_workbook
from rest_framework.test import APIClient

from gis.kernel.datum import from_wgs84
from gis.ledger.models import AuditEvent
from grids.models import User
from patrols.models import Spot, SpotType
from tests.factories import District
from tests.spots import make_spot, make_type, make_visit

HEADER = "type,name,address,lon,lat,every_days,note"
For = Callable[[User], APIClient]


@pytest.fixture
def file(district: District, tmp_path: Path) -> Callable[..., Path]:
    make_type(district)
    make_type(district, "沿街商铺")

    def write(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / "register.csv"
        path.write_text("\n".join((header, *lines)) + "\n", encoding=encoding)
        return path

    return write


def bring_in(path: Path, datum: str = "wgs84", *more: str) -> str:
    out = io.StringIO()
    told = [str(path), "--place", "370299", "--datum", datum, *more]
    call_command("import_spots", *told, stdout=out, stderr=out)
    return out.getvalue()


def refused(path: Path, *more: str) -> str:
    out = io.StringIO()
    told = [str(path), "--place", "370299", "--datum", "wgs84", *more]
    with pytest.raises(CommandError) as caught:
        call_command("import_spots", *told, stdout=out, stderr=out)
    assert Spot.objects.count() == 0
    return out.getvalue() + str(caught.value)


def test_rows_become_spots_in_their_grids(district: District, file: Callable[..., Path]) -> None:
    lon, lat = district.centre(0, 0)
    x, y = from_wgs84(lon, lat, "bd09")
    path = file(
        f"配电房,一号,香港东路 1 号,{x},{y},3,钥匙在物业",
        f"沿街商铺,小店,,{x},{y},,",
        encoding="gb18030",
    )
    assert "新增 2" in bring_in(path, "bd09", "--encoding", "gb18030", "--dry-run")
    assert Spot.objects.count() == 0
    assert "新增 2" in bring_in(path, "bd09", "--encoding", "gb18030")
    spot = Spot.objects.get(name="一号")
    assert (spot.position.x, spot.position.y) == pytest.approx((lon, lat), abs=1e-6)
    assert (spot.grid_code, spot.every_days) == (district.cell(0, 0).code, 3)
    assert (spot.address, spot.note, spot.type.name) == ("香港东路 1 号", "钥匙在物业", "配电房")
    assert Spot.objects.get(name="小店").every_days is None
    assert AuditEvent.objects.get(action="spots.imported").data == {"added": 2, "changed": 0}


def test_again_updates_and_does_not_double(district: District, file: Callable[..., Path]) -> None:
    (lon, lat), (x, y) = district.centre(0, 0), district.centre(1, 1)
    first = f"配电房,一号,,{lon},{lat},3,"
    bring_in(file(first, f"配电房,二号,,{lon},{lat},,"))
    Spot.objects.filter(name="二号").update(is_active=False)
    other = "名称,类型,经度,纬度,每几天一次"
    told = bring_in(file(f"一号,配电房,{lon},{lat},3", f"二号,配电房,{x},{y},9", header=other))
    assert "新增 0，更新 1，未变 1" in told
    spot = Spot.objects.get(name="二号")
    assert (spot.grid_code, spot.every_days, spot.is_active) == (district.cell(1, 1).code, 9, True)
    assert Spot.objects.count() == 2


def test_every_bad_cell_is_named_and_nothing_is_written(
    district: District, file: Callable[..., Path]
) -> None:
    lon, lat = district.centre(0, 0)
    said = refused(
        file(
            f"配电房,好的,,{lon},{lat},,",
            f"水塔,一,,{lon},{lat},,",
            f"配电房,,,{lon},{lat},0,",
            f"配电房,二,,x,91,1_0,{'长' * 201}",
            "",
            f"配电房,三,,{lat},{lon},,",
            "配电房,四,,121.9,36.06,,",
            f"配电房,好的,,{lon},{lat},,",
        )
    )
    for named in (
        "第 3 行 type", "第 4 行 name", "第 4 行 every_days", "第 5 行 lon", "第 5 行 lat",
        "第 5 行 every_days", "第 5 行 note", "第 7 行 lat", "第 8 行 lon", "第 9 行 name",
    ):  # fmt: skip
        assert named in said
    assert "10 处问题" in said


def test_a_file_that_is_no_register_is_refused(
    district: District, file: Callable[..., Path], tmp_path: Path
) -> None:
    assert "lat" in refused(file("a,b", header="type,name,lon"))
    assert "重复" in refused(file("a,b", header=HEADER + ",名称"))
    assert "encoding" in refused(file("配电房", encoding="gb18030"))
    assert "no such file" in refused(tmp_path / "none.csv")


def test_the_export_is_read_again_and_runs_no_formula(
    district: District, file: Callable[..., Path], api_for: For, tmp_path: Path
) -> None:
    kind = SpotType.objects.get(name="配电房")
    spot = make_spot(kind, district.centre(0, 0), "=1+1", address="@东门", note="-好")
    make_spot(kind, district.centre(1, 1), "二号", every_days=30)
    make_visit(spot, district.users["worker"], timezone.now() - timedelta(days=1))
    client = api_for(district.users["centre"])
    answer = client.get("/api/v1/patrols/spots.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="spots.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[1][:3] == ["配电房", "'=1+1", "'@东门"]
    assert rows[1][13] == "未到期"
    assert (rows[2][9], rows[2][13]) == ("未记录", "未记录")
    book = load_workbook(io.BytesIO(client.get("/api/v1/patrols/spots.xlsx").content))
    cells = [[cell.value for cell in row] for row in book.worksheets[0]]
    assert ["" if c is None else str(c) for c in cells[1]] == rows[1]
    assert {cell.data_type for row in book.worksheets[0] for cell in row} <= {"s", "inlineStr", "n"}
    back = tmp_path / "back.csv"
    back.write_bytes(answer.content)
    assert "新增 0，更新 0，未变 2" in bring_in(back)
    with translation.override("en"):  # puts back what the request activates
        english = client.get("/api/v1/patrols/spots.csv", headers={"accept-language": "en"})
    back.write_bytes(english.content)
    assert "未变 2" in bring_in(back)
