"""Files that partners drop: each row once, through every death of the reader."""

import csv
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from incidents.channels import dropping
from incidents.channels.dropping import drop_files
from incidents.channels.receiving import receive_rows
from incidents.models import Report
from incidents.services.tables import load_tables
from incidents.tasks import drop_files as task
from tests.db.incidents.conftest import LAOSHAN
from tests.factories import District
from tests.partners import LAT, LON, an_order, make_partner


@pytest.fixture
def folder(district: District, tmp_path: Path, settings: Settings) -> Path:
    load_tables(LAOSHAN)
    settings.DROP_FOLDER = str(tmp_path / "drop")
    make_partner("hotline")
    found = tmp_path / "drop" / "hotline"
    (found / "in").mkdir(parents=True)
    return found


def put(folder: Path, name: str, content: str, *, age_s: float = 60) -> Path:
    path = folder / "in" / name
    path.write_text(content, encoding="utf-8")
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def table(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names)]
    lines += [",".join(str(row.get(name, "")) for name in names) for row in rows]
    return "\n".join(lines) + "\n"


def orders(count: int) -> list[dict[str, Any]]:
    return [an_order(orderNo=f"RX{number}") for number in range(count)]


def where(folder: Path) -> dict[str, list[str]]:
    names = ("in", "done", "failed")
    return {
        name: sorted(one.name for one in (folder / name).iterdir())
        for name in names
        if (folder / name).is_dir()
    }


def test_a_table_and_a_list_are_read_and_moved_away(folder: Path) -> None:
    put(folder, "a.csv", "\ufeff" + table(orders(2)))
    put(folder, "b.json", json.dumps([an_order(orderNo="J1")]))
    put(folder, "c.json", json.dumps(an_order(orderNo="J2")))
    task()
    assert where(folder) == {"in": [], "done": ["a.csv", "b.json", "c.json"]}
    assert set(Report.objects.values_list("external_id", flat=True)) == {"RX0", "RX1", "J1", "J2"}
    assert Report.objects.get(external_id="RX0").datum == "bd09"


def test_wrong_rows_are_named_with_their_field_and_the_others_are_kept(folder: Path) -> None:
    rows = orders(3)
    rows[1] |= {"lng": "东经", "callerPhone": "x"}
    put(folder, "a.csv", table(rows))
    (read,) = drop_files(now=timezone.now())
    assert (read.kept, read.wrong) == (2, 1)
    assert where(folder)["failed"] == ["a.csv", "a.csv.errors.csv"]
    with (folder / "failed" / "a.csv.errors.csv").open(encoding="utf-8-sig") as file:
        told = [(row["row"], row["field"]) for row in csv.DictReader(file)]
    assert sorted(told) == [("2", "callerPhone"), ("2", "lng")]
    # Mended and dropped again under the same name: what was kept is not opened twice.
    rows[1] = orders(2)[1]
    put(folder, "a.csv", table(rows))
    assert drop_files(now=timezone.now())[0].kept == 3
    assert Report.objects.count() == 3
    put(folder, "a.csv", table(rows))
    drop_files(now=timezone.now())
    assert len(where(folder)["done"]) == 2


def test_what_is_no_file_of_rows_fails_as_a_whole(folder: Path) -> None:
    for name, content in {
        "a.json": "{", "b.csv": "", "c.csv": "a,a\n1,2\n", "d.csv": 'a,"b\n', "e.json": "[]",
        "f.csv": "orderNo\n\x00\n", "g.json": "[1]",
    }.items():  # fmt: skip
        put(folder, name, content)
    read = drop_files(now=timezone.now())
    assert {(one.kept, one.wrong) for one in read} == {(0, 1)}
    assert len(where(folder)["failed"]) == 14
    assert not Report.objects.exists()


def test_what_is_still_being_written_is_left(folder: Path, tmp_path: Path) -> None:
    put(folder, "new.csv", table(orders(1)), age_s=2)
    put(folder, ".hidden.csv", table(orders(1)))
    put(folder, "a.csv.part", table(orders(1)))
    outside = tmp_path / "outside.csv"
    outside.write_text(table(orders(1)))
    os.utime(outside, (1, 1))
    (folder / "in" / "link.csv").symlink_to(outside)
    assert drop_files(now=timezone.now()) == []
    assert not Report.objects.exists()


class Killed(BaseException):
    """As a kill: nothing after it is done."""


@pytest.mark.parametrize("at", range(4))
def test_a_reader_that_dies_keeps_each_row_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    put(folder, "a.csv", table(orders(3)))
    receive, calls = receive_rows, iter(range(100))

    def dies(*args: Any, **more: Any) -> Any:
        if next(calls) == at:
            raise Killed
        return receive(*args, **more)

    def dies_moving(*_args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(dropping, "receive_rows", dies)
        patch.setattr(dropping, "_move", dies_moving)
        with pytest.raises(Killed):
            drop_files(now=timezone.now())
    assert where(folder)["in"] == ["a.csv"]
    (read,) = drop_files(now=timezone.now())
    assert (read.kept, Report.objects.count()) == (3, 3)
    assert where(folder) == {"in": [], "done": ["a.csv"]}


def test_channels_without_a_partner_take_nothing(folder: Path) -> None:
    other = folder.parent / "police"
    (other / "in").mkdir(parents=True)
    put(other, "a.json", json.dumps([{"caseNo": "1", "x": LON, "y": LAT}]))
    (folder.parent / "resident" / "in").mkdir(parents=True)
    put(folder.parent / "resident", "a.json", "[]")
    drop_files(now=timezone.now())
    assert "a.json" in where(other)["failed"]
    assert where(folder.parent / "resident")["in"] == ["a.json"]


def test_the_command_names_its_folder(folder: Path, settings: Settings) -> None:
    settings.DROP_FOLDER = ""
    with pytest.raises(CommandError):
        call_command("drop_files")
    put(folder, "a.csv", table(orders(1)))
    call_command("drop_files", folder=str(folder.parent))
    assert Report.objects.count() == 1
