"""The proposals are measured against what people merged, as each case came in."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from incidents.duplicates.evaluating import evaluate, labels_of
from incidents.models import Incident
from tests.factories import District
from tests.loop import do, make_case

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
NORTH_M = 1 / 110_963.0


def pair(district: District, number: int, metres: float) -> tuple[Incident, Incident]:
    lon, lat = district.centre(number % 4, 1)
    lat += 120 * NORTH_M * (number // 4)
    at = NOW - timedelta(days=40 - number)
    words = f"第{number}处台阶坏了"
    old = make_case(district, at=(lon, lat), now=at, description=words)
    new = make_case(
        district, at=(lon, lat + metres * NORTH_M), now=at + timedelta(hours=9), description=words
    )
    do(district, new.number, "merge", "centre", now=at + timedelta(hours=10), into=old.number)
    return old, new


def test_pairs_that_are_near_are_found_and_far_ones_missed(district: District) -> None:
    for number in range(4):
        pair(district, number, 10)
    for number in range(4, 6):
        pair(district, number, 56)
    told = {one.name: one for one in evaluate(district.place, labels_of(district.place))}
    assert told["all"].pairs == 6
    assert told["all"].found[3] == 4
    assert (told["earlier"].pairs, told["later"].pairs) == (4, 2)
    assert (told["earlier"].found[1], told["later"].found[1]) == (4, 0)
    assert (told["all"].suggested, told["all"].right) == (4, 4)


def test_what_came_later_does_not_help(district: District) -> None:
    old, new = pair(district, 0, 10)
    labels = {old.number: new.number}
    assert evaluate(district.place, labels)[0].found[10] == 0


def test_the_command_prints_samples_and_judges(
    district: District, tmp_path: Path, capsys: Any
) -> None:
    old, new = pair(district, 0, 10)
    run = {"place": district.place.code}
    call_command("evaluate_duplicates", **run)
    line = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("all"))
    assert line.split() == ["all", "1", "1.00", "1.00", "1.00", "1.00"]
    labels = tmp_path / "labels.csv"
    labels.write_text(f"id,duplicate_of\n{new.number},{old.number}\nX,Y\n", encoding="utf-8")
    call_command("evaluate_duplicates", labels=labels, **run)
    sample = tmp_path / "sample.csv"
    call_command("evaluate_duplicates", sample=5, out=sample, **run)
    with sample.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["other"]) for row in rows] == [(new.number, old.number)]
    with pytest.raises(CommandError):
        call_command("evaluate_duplicates", judged=sample, **run)
    with sample.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "is_duplicate": "1"} for row in rows)
    call_command("evaluate_duplicates", judged=sample, **run)
    assert "准确 1.00" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("evaluate_duplicates", place="none")
