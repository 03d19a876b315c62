"""`manage.py import_reports`: real exports of another city, and every way a row can be wrong."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from shapely import box
from shapely.geometry import mapping

from gis.kernel.datum import from_wgs84
from gis.ledger.models import AuditEvent
from incidents.imports import run
from incidents.models import Attribution, Incident, Report
from incidents.services.tables import load_tables
from tests.factories import District
from tests.shape.tree import ROOT

pytestmark = pytest.mark.django_db
DATA, MAPPINGS = ROOT / "tests" / "data", ROOT / "fixtures" / "imports"
EAST, NORTH = (-71.2, -71.1, -71.0), (42.22, 42.32, 42.42)


@pytest.fixture
def tables(db: None) -> None:
    load_tables(ROOT / "fixtures" / "laoshan")


@pytest.fixture
def boston(tables: None, tmp_path: Path) -> str:
    """Boston in four grids, brought in as any place is."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"B{x}{y}", "name": f"Quarter {x}{y}"},
            "geometry": mapping(box(EAST[x], NORTH[y], EAST[x + 1], NORTH[y + 1])),
        }
        for x in (0, 1)
        for y in (0, 1)
    ]
    path = tmp_path / "boston.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    words = ["--place", "boston", "--place-name", "Boston", "--edition", "2014"]
    words += ["--from", "2014-01-01", "--code", "code", "--name", "name"]
    call_command("import_grids", str(path), *words, verbosity=0)
    return "boston"


def load(file: Path, profile: Path, folder: Path, **options: Any) -> list[dict[str, str]]:
    """Import, and read the rows that were refused."""
    rejects = folder / "rejects.csv"
    asked = {"place": "boston", "channel": "hotline", "verbosity": 0} | options
    call_command("import_reports", file, profile=profile, rejects=rejects, **asked)
    if not rejects.exists():
        return []
    with rejects.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize(
    ("file", "profile", "lost"),
    [
        ("boston_311_2022.csv", "boston_311.toml", {"placeholder": 19}),
        ("boston_311_2015.csv", "boston_311_2015.toml", {"missing_position": 5}),
    ],
)
def test_a_real_export_is_kept_and_its_rejects_explained(
    boston: str, tmp_path: Path, file: str, profile: str, lost: dict[str, int]
) -> None:
    with (DATA / file).open(encoding="utf-8", newline="") as text:
        total = len(list(csv.DictReader(text)))
    refused = load(DATA / file, MAPPINGS / profile, tmp_path)
    kinds = [row["reject_reason"] for row in refused]
    assert {kind: kinds.count(kind) for kind in kinds} == lost
    assert all(row["reject_message"] and int(row["reject_row"]) > 1 for row in refused)
    kept = Report.objects.filter(channel__code="hotline")
    assert kept.count() == total - len(refused) == Incident.objects.count()
    assert not Incident.objects.unplaced().exists()
    assert Attribution.objects.filter(method="inside").count() == total - len(refused)
    assert AuditEvent.objects.filter(action="report.received").count() == kept.count()

    assert load(DATA / file, MAPPINGS / profile, tmp_path) == refused
    assert Report.objects.count() == total - len(refused)


def test_a_row_is_read_as_its_mapping_says(boston: str, tmp_path: Path) -> None:
    load(DATA / "boston_311_2022.csv", MAPPINGS / "boston_311.toml", tmp_path)
    one = Report.objects.select_related("incident__grid", "category").get(
        external_id="101004113447"
    )
    other = Report.objects.get(external_id="101004113385")
    assert (other.kind, other.category and other.category.code) == ("enforcement", "S0503")
    assert other.received_at == datetime(2022, 1, 1, 14, 17, 38, tzinfo=UTC)
    assert (other.address, other.datum) == ("17 Hinckley St  Dorchester  MA  02125", "wgs84")
    assert (other.lon, other.lat) == (-71.0601, 42.3176)
    assert other.incident.grid is not None
    assert other.incident.grid.code == "B10"
    assert one.description == "Poor Conditions of Property"


def test_an_older_export_has_other_columns_and_dates(boston: str, tmp_path: Path) -> None:
    load(DATA / "boston_311_2015.csv", MAPPINGS / "boston_311_2015.toml", tmp_path)
    one = Report.objects.get(external_id="101001251717")
    assert one.received_at == datetime(2015, 1, 22, 15, 1, 22, tzinfo=UTC)
    assert (one.lon, one.lat) == (-71.0677, 42.3588)
    assert one.description == "Boston Bikes: Bikes - General; Enforcement · Boston Bikes"


def test_a_dry_run_says_the_same_and_keeps_nothing(
    boston: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, profile = DATA / "boston_311_2022.csv", MAPPINGS / "boston_311.toml"
    dry = load(file, profile, tmp_path, dry_run=True)
    assert not Report.objects.exists()
    assert not AuditEvent.objects.filter(action="report.received").exists()
    said = capsys.readouterr().out
    assert load(file, profile, tmp_path) == dry
    counts = said.split("；")[0]
    assert "新增 81" in counts
    assert counts in capsys.readouterr().out


def test_what_was_done_before_a_stop_stays_and_is_not_done_again(
    boston: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK", 20)
    profile, whole = MAPPINGS / "boston_311.toml", (DATA / "boston_311_2022.csv").read_bytes()
    broken = tmp_path / "broken.csv"
    broken.write_bytes(whole[:-2000] + b"\xff\xfe" + whole[-2000:])
    with pytest.raises(CommandError, match="utf-8-sig"):
        load(broken, profile, tmp_path)
    kept = set(Report.objects.values_list("number", flat=True))
    assert 10 < len(kept) < 81
    load(DATA / "boston_311_2022.csv", profile, tmp_path)
    assert Report.objects.count() == 81
    assert kept < set(Report.objects.values_list("number", flat=True))


HEADER = "工单编号,受理时间,事发时间,诉求类别,诉求标题,诉求内容,事发地址,经度,纬度"


def hotline_rows(district: District) -> list[list[str]]:
    lon, lat = from_wgs84(*district.centre(1, 1), "bd09")
    good = ["A1", "2022/11/08 09:30", "2022/11/08 07:10", "供热问题", "暖气不热", "室内 14 度",
            "亚麦山城", repr(lon), repr(lat)]  # fmt: skip
    changes: dict[str, dict[int, str]] = {
        "missing_id": {0: " "},
        "missing_time": {1: ""},
        "bad_time": {1: "08-11-2022"},
        "bad_time ": {2: "2022/11/09 10:00"},
        "unknown_category": {3: "外星人"},
        "missing_description": {4: "", 5: ""},
        "too_long": {5: "长" * 4001},
        "bad_text": {5: "a\0b"},
        "missing_position": {7: ""},
        "bad_position": {8: "北纬36度"},
        "swapped": {7: repr(lat), 8: repr(lon)},
        "projected": {7: "40523456.7", 8: "3993210.5"},
        "out_of_range": {7: "200"},
    }
    rows = [good]
    for number, change in enumerate(changes.values()):
        rows.append([change.get(k, cell) for k, cell in enumerate(good)])
        rows[-1][0] = change.get(0, f"B{number}")
    return [*rows, good[:5], [*good[:1], *good[1:]], ["A2", *good[1:]]]


def write(folder: Path, rows: list[list[str]], encoding: str = "gb18030") -> Path:
    path = folder / "hotline.csv"
    with path.open("w", encoding=encoding, newline="") as text:
        csv.writer(text).writerows([HEADER.split(","), *rows])
    return path


def test_every_bad_row_is_refused_by_its_reason(
    tables: None, district: District, tmp_path: Path
) -> None:
    file = write(tmp_path, hotline_rows(district))
    refused = load(file, MAPPINGS / "hotline_gb18030.toml", tmp_path, place=district.place.code)
    assert [row["reject_reason"] for row in refused] == [
        "missing_id", "missing_time", "bad_time", "bad_time", "unknown_category",
        "missing_description", "too_long", "bad_text", "missing_position", "bad_position",
        "swapped", "projected", "out_of_range", "columns",
    ]  # fmt: skip
    assert [int(row["reject_row"]) for row in refused] == list(range(3, 17))
    assert refused[0]["诉求类别"] == "供热问题"
    kept = Report.objects.order_by("external_id")
    assert [one.external_id for one in kept] == ["A1", "A2"]
    first = kept[0]
    assert first.received_at == datetime(2022, 11, 8, 1, 30, tzinfo=UTC)
    assert first.occurred_at == datetime(2022, 11, 7, 23, 10, tzinfo=UTC)
    assert first.description == "暖气不热 · 室内 14 度"
    assert (first.datum, first.incident.grid) == ("bd09", district.cell(1, 1))
    assert (first.position.x, first.position.y) == pytest.approx(district.centre(1, 1), abs=1e-9)


def test_a_file_that_was_mended_adds_only_what_is_new(
    tables: None, district: District, tmp_path: Path
) -> None:
    profile, code = MAPPINGS / "hotline_gb18030.toml", district.place.code
    rows = hotline_rows(district)
    bad = [*rows[0]]
    bad[0], bad[8] = "C1", "0"
    assert load(write(tmp_path, [rows[0], bad]), profile, tmp_path, place=code)
    bad[8] = rows[0][8]
    assert not load(write(tmp_path, [rows[0], bad]), profile, tmp_path, place=code)
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"channel": "pigeon"}, "pigeon"),
        ({"place": "atlantis"}, "atlantis"),
        ({"encoding": "klingon"}, "klingon"),
        ({"encoding": "utf-8"}, "encoding"),
        ({"by": "nobody"}, "nobody"),
        ({"profile": MAPPINGS / "boston_311.toml"}, "case_enquiry_id"),
        ({"profile": ROOT / "nowhere.toml"}, "nowhere"),
    ],
)
def test_a_request_that_cannot_be_met_says_why(
    tables: None, district: District, tmp_path: Path, options: dict[str, Any], named: str
) -> None:
    file = write(tmp_path, hotline_rows(district)[:1])
    asked: dict[str, Any] = {"place": district.place.code, "encoding": "gb18030"} | options
    profile = asked.pop("profile", MAPPINGS / "hotline_gb18030.toml")
    with pytest.raises(CommandError, match=named):
        load(file, profile, tmp_path, **asked)
    assert not Report.objects.exists()


def test_many_in_no_grid_look_like_a_wrong_datum(
    boston: str, district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, profile = DATA / "boston_311_2022.csv", MAPPINGS / "boston_311.toml"
    load(file, profile, tmp_path, place=district.place.code)
    assert "check the datum" in capsys.readouterr().err
    assert Incident.objects.unplaced().count() == Report.objects.count() == 81
