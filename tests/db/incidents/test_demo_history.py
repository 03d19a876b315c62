"""The demonstration's history in PostGIS: once, whole, and in its grids."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from gis.kernel.errors import InvalidInput
from gis.ledger.services.audit import broken_links
from incidents.demo.profile import HistoryProfile, load_history
from incidents.demo.writer import loaded_digest, write_history
from incidents.models import Attribution, Category, Channel, Incident, Report
from incidents.services.tables import load_tables
from tests.factories import District
from tests.shape.tree import ROOT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
LAOSHAN = ROOT / "fixtures" / "laoshan"


def small() -> HistoryProfile:
    """A history of 300 without the spots, which lie at Laoshan."""
    return replace(load_history(LAOSHAN), reports=300, outside=6, repeats=9, spots=(), fixed=())


def test_the_history_is_kept_in_the_grids_of_its_time(ground: District) -> None:
    written = write_history(small(), ground.place, now=NOW)
    assert written.reports == Report.objects.count() == Incident.objects.count() == 300
    assert 6 <= written.unplaced == Incident.objects.unplaced().count() < 12
    assert Attribution.objects.filter(edition=ground.now).count() == 300
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM incidents_attribution a JOIN incidents_report r
               ON r.id = a.report_id JOIN grids_grid g ON g.id = a.grid_id
               WHERE a.method IN ('inside', 'border') AND NOT ST_Covers(g.geometry, r.position)"""
        )
        assert cursor.fetchone() == (0,)
    assert not list(broken_links())
    assert loaded_digest(ground.place) == small().digest


def test_it_is_the_same_when_written_again(ground: District) -> None:
    def told() -> list[tuple[object, ...]]:
        rows = Report.objects.order_by("received_at", "description", "lon")
        return list(rows.values_list("received_at", "description", "address", "lon", "lat"))

    with transaction.atomic():
        write_history(small(), ground.place, now=NOW)
        first = told()
        transaction.set_rollback(True)
    assert not Report.objects.exists()
    write_history(small(), ground.place, now=NOW)
    assert told() == first


def test_the_command_loads_once(ground: District, tmp_path: Path) -> None:
    folder = profile_of(ground, tmp_path)
    call_command("load_demo_reports", profile=folder, verbosity=0)
    call_command("load_demo_reports", profile=folder, verbosity=0)
    assert Report.objects.count() == 60


def profile_of(ground: District, folder: Path) -> Path:
    """The profile's history, shortened, for the place of the tests."""
    text = (LAOSHAN / "history.toml").read_text(encoding="utf-8")
    for old, new in {"reports = 9000": "reports = 60", "repeats = 270": "repeats = 3"}.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "history.toml").write_text(text, encoding="utf-8")
    (folder / "place.toml").write_text(f'code = "{ground.place.code}"\n', encoding="utf-8")
    return folder


def test_a_history_of_another_profile_is_left_alone(
    ground: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = profile_of(ground, tmp_path)
    write_history(small(), ground.place, now=NOW)
    call_command("load_demo_reports", profile=folder)
    assert "left alone" in capsys.readouterr().err
    assert Report.objects.count() == 300


def test_a_category_that_is_missing_keeps_all_out(ground: District) -> None:
    Category.objects.filter(code="B0202").delete()
    with pytest.raises(InvalidInput, match="B0202"):
        write_history(small(), ground.place, now=NOW)
    assert not Report.objects.exists()


def test_tables_are_loaded_once_and_corrections_stay() -> None:
    first = load_tables(LAOSHAN)
    assert (first.channels, first.categories) == (9, 33)
    Channel.objects.filter(code="hotline").update(datum="gcj02")
    Category.objects.filter(code="B0202").update(name="台阶损坏")
    again = load_tables(LAOSHAN)
    assert (again.channels, again.categories) == (0, 0)
    assert Channel.objects.get(code="hotline").datum == "gcj02"
    assert set(Channel.objects.filter(is_open=True).values_list("code", flat=True)) == {
        "enterprise", "resident", "wechat",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("channels.toml", '[[channel]]\ncode = "x"\ndatum = "nad27"', "nad27"),
        ("channels.toml", "[[channel", "TOML"),
        ("categories.toml", '[[category]]\ncode = "x"\nkind = "leisure"', "leisure"),
        ("categories.toml", '[[category]]\ncode = "x"\nkind = "livelihood"', "from"),
    ],
)
def test_bad_tables_are_refused_with_a_reason(
    tmp_path: Path, file: str, text: str, named: str
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=named):
        call_command("load_demo_reports", profile=tmp_path, tables_only=True, verbosity=0)
    assert not Channel.objects.exists()
