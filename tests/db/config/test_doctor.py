"""`manage.py doctor` tells what is wrong, how to mend it, and fails when something is."""

from io import StringIO

import pytest
from django.core.management import call_command

from gis.management.doctor import machine, parts
from gis.management.doctor.finding import FAIL, OK, Check, Finding, failure, good, warning


def run() -> str:
    out = StringIO()
    call_command("doctor", stdout=out, no_color=True)
    return out.getvalue()


def test_a_failure_ends_with_1_and_says_how_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [good("a", "1"), warning("b", "2", "later"), failure("c", "3", "mend c")]
    monkeypatch.setattr(machine, "CHECKS", [lambda each=each: each for each in found])
    monkeypatch.setattr(parts, "checks", list)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out, no_color=True)
    assert ended.value.code == 1
    assert "✗ c: 3\n    → mend c" in out.getvalue()
    assert "失败 1，提醒 1" in out.getvalue()


def test_without_failures_it_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CHECKS", [lambda: warning("b", "2", "later")])
    monkeypatch.setattr(parts, "checks", list)
    assert "失败 0，提醒 1" in run()


@pytest.mark.parametrize("check", machine.CHECKS, ids=lambda check: check.__name__)
def test_a_check_of_the_machine_always_finds_something(check: Check) -> None:
    found = check()
    assert isinstance(found, Finding)
    assert found.seen


def test_little_room_on_the_disk_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE_GB", 10**9)
    assert machine.disk().level == FAIL


@pytest.mark.django_db
@pytest.mark.parametrize(
    "check",
    [parts.postgis_version, parts.encoding, parts.checksums, parts.durability, parts.clocks],
)
def test_the_private_cluster_is_set_as_it_should_be(check: Check) -> None:
    assert check().level == OK, check()


@pytest.mark.django_db
def test_every_running_part_has_a_line_of_its_own() -> None:
    titles = [check().title for check in parts.checks()]
    assert len(titles) == len(set(titles)) >= 12
    assert set(parts.TITLES) == set(parts.MENDS)
