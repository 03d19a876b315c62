"""Hostile tables: refused with a reason, nothing half-written, memory bounded, nobody asked."""

import csv
import resource
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis.ledger.models import AuditEvent, OutboxMessage
from incidents.models import Attribution, Channel, Incident, Report
from tests.db.hostile.tables import FILES, HEADER, MAPPING, ROWS, row
from tests.factories import District

FORMULAS = ["=1+1", "@SUM(A1)", "+1-1", "-1+1", "\t=1", "=cmd|' /C calc'!A0"]
WRITTEN: list[Any] = [Report, Incident, Attribution, OutboxMessage]


@pytest.fixture
def ready(district: District) -> District:
    Channel.objects.update_or_create(
        code="hotline", defaults={"name": "热线", "name_en": "h", "datum": "wgs84"}
    )
    return district


def load(folder: Path, raw: bytes) -> list[dict[str, str]]:
    """Import and read what was refused."""
    file, profile, rejects = folder / "t.csv", folder / "m.toml", folder / "r.csv"
    file.write_bytes(raw)
    profile.write_text(MAPPING, encoding="utf-8")
    call_command(
        "import_reports", file, place="370299", channel="hotline", profile=profile,
        rejects=rejects, verbosity=0,
    )  # fmt: skip
    if not rejects.exists():
        return []
    with rejects.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def nothing_is_written() -> bool:
    events = AuditEvent.objects.filter(action="report.received")
    return not events.exists() and not any(model.objects.exists() for model in WRITTEN)


def test_rows(ready: District, tmp_path: Path) -> None:
    for name, (raw, reason) in ROWS.items():
        told = load(tmp_path, raw)
        assert {one["reject_reason"] for one in told} == {reason}, name
        assert all(one["reject_message"] for one in told), name
    assert nothing_is_written()


def test_files(ready: District, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, raw in FILES.items():
        with pytest.raises(CommandError):
            load(tmp_path, raw)
        assert nothing_is_written(), name
    assert nothing_is_written()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 300


def test_a_formula_is_text_and_comes_back_as_text(ready: District, tmp_path: Path) -> None:
    for number, text in enumerate(FORMULAS):
        assert not load(tmp_path, row(id=f"A{number}", text=text))
        assert Report.objects.get(external_id=f"A{number}").description == text.strip()
        told = load(tmp_path, row(id=f"B{number}", text=text, lon=""))
        assert told[0]["text"] == f"'{text}"
        assert told[0]["lat"] == "36.065"


def test_numbers_come_back_as_they_were(ready: District, tmp_path: Path) -> None:
    told = load(tmp_path, row(lon="-120.405", lat="+95.5"))
    assert (told[0]["lon"], told[0]["lat"]) == ("-120.405", "+95.5")


def test_a_byte_order_mark_is_no_part_of_a_name(ready: District, tmp_path: Path) -> None:
    assert not load(tmp_path, b"\xef\xbb\xbf" + row())
    assert Report.objects.get().external_id == "A1"


def test_a_long_table_is_read_in_bounded_memory(ready: District, tmp_path: Path) -> None:
    wide = "x" * 3900
    lines = [HEADER, *(f"B{k},bad,{wide},120.405,36.065" for k in range(12_000))]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = load(tmp_path, "\r\n".join(lines).encode())
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert len(told) == 12_000
    assert grown_mb < 300
    assert nothing_is_written()
