"""Every figure against a second opinion from the audit chain, and against its list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.assessment.figures import BY, Asked, Table, Told, assess, share
from incidents.assessment.indicators import INDICATORS
from incidents.assessment.notices import proposals
from incidents.models import CaseScore, Incident, Notice, Scheme
from incidents.questions import cases_asked, read_question
from incidents.services.resnap import begin
from incidents.workflow.office import office_of
from tests.db.incidents.assessment.oracle import indicators, live_again
from tests.factories import District, make_district
from tests.lived import live, set_up_scheme, with_blocks

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[District]:
    """Lived through once for all tests of this file; what each of them does is rolled back."""
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        district = with_blocks(make_district())
        set_up_scheme(district.place)
        live(district, patch)
        yield district
        transaction.set_rollback(True)


def asked(district: District, by: str, **more: object) -> Asked:
    first = Incident.objects.order_by("received_at").values_list("received_at", flat=True)[0]
    since = first.astimezone(ZONE)
    span = {"since": since, "until": since + timedelta(days=400)}
    return Asked(**{"edition": district.now, "by": by, **span, **more})  # type: ignore[arg-type]


def test_every_indicator_is_what_the_chains_say(lived: District) -> None:
    now = timezone.now()
    table = assess(lived.users["centre"], asked(lived, "unit"), now=now)
    cases = list(Incident.objects.select_related("category", "place"))
    assert len(cases) == 320
    overall = table.overall
    assert overall is not None
    assert overall.indicators == indicators(cases, now)
    # Every one of them says something here: neither nothing nor everything.
    for one in INDICATORS:
        counted, among = overall.indicators[one.name]
        assert among > 0, one.name
        assert counted < among or one.name == "filed_rightly", one.name
    groups: dict[str, list[Incident]] = {}
    for case in cases:
        groups.setdefault(case.unit.code if case.unit else "", []).append(case)
    assert {row.key for row in table.rows} == set(groups)
    for row in table.rows:
        assert row.indicators == indicators(groups[row.key], now), row.key


def test_scores_are_what_the_chains_say(lived: District) -> None:
    office = office_of(lived.place)
    reworked = 0
    for case in Incident.objects.select_related("category", "place"):
        life = live_again(case, office)
        rows = list(CaseScore.objects.filter(incident=case, superseded_by=None).order_by("closing"))
        assert len(rows) == len(life.closings)
        for row, closing in zip(rows, life.closings, strict=True):
            assert row.closed_at == closing["at"]
            assert (row.unit.code if row.unit else "") == closing["unit"]
            lines = {one["what"]: one for one in row.lines}
            for step, late in closing["late"].items():
                assert (lines[step]["why"] == "late") == late, (case.number, step)
            for name in ("rework", "suspended", "extended", "reopened"):
                assert lines[name]["value"] == closing[name]
            given = [one for one in closing["answers"] if one is not None]
            assert (lines["answers"]["value"] or []) == given
            reworked += closing["rework"]
        counting = [row.closing for row in rows if row.counts]
        assert counting == ([len(rows)] if case.state == "closed" else [])
    assert reworked > 10


def lists(table: Table, district: District, row: Told) -> None:
    user = district.users["centre"]

    def found(href: str) -> int:
        question = read_question(dict(parse_qsl(urlsplit(href).query)), ZONE)
        return cases_asked(user, table.asked.edition, question).count()

    assert found(row.cases_href) == row.cases
    assert found(row.href) == row.closed
    for one in INDICATORS:
        told = share(row, one, table.asked)
        assert found(told["href"]) == told["numerator"], one.name
        assert found(told["rest_href"]) == told["denominator"] - told["numerator"], one.name


@pytest.mark.parametrize("by", BY)
def test_a_figure_equals_its_list(lived: District, by: str) -> None:
    table = assess(lived.users["centre"], asked(lived, by))
    assert table.overall is not None
    for row in [*table.rows[:4], *table.rows[-2:], table.overall]:
        lists(table, lived, row)
    assert sum(row.cases for row in table.rows) == table.overall.cases == 320
    assert sum(row.closed for row in table.rows) == table.overall.closed


def test_an_older_edition_is_counted_in_its_own_grids(lived: District) -> None:
    begin(lived.old, now=timezone.now())
    table = assess(
        lived.users["centre"], asked(lived, "grid", edition=lived.old, edition_name="2021")
    )
    assert {row.key for row in table.rows} <= {*lived.old_grids, ""}
    assert table.overall is not None
    for row in table.rows:
        lists(table, lived, row)


def test_the_queries_are_as_many_for_few_as_for_many(lived: District) -> None:
    user = lived.users["centre"]
    assess(user, asked(lived, "unit"))
    counted = {}
    for by in BY:
        for kind in ("", "development"):
            with CaptureQueriesContext(
                connection,
            ) as made:
                assess(user, asked(lived, by, kind=kind))
            counted[by, kind] = len(made) - 1  # `asked` looks for the first case itself
    assert set(counted.values()) <= {6, 7, 8}
    assert all(counted[by, ""] == counted[by, "development"] for by in BY)


def test_a_closing_counts_by_its_own_day(lived: District) -> None:
    row = CaseScore.objects.filter(counts=True).order_by("closed_at")[5]
    ends = {"since": row.closed_at.astimezone(ZONE), "until": row.closed_at + timedelta(seconds=1)}
    table = assess(lived.users["centre"], asked(lived, "unit", **ends))
    assert table.overall is not None
    assert table.overall.closed >= 1
    assert isinstance(ends["since"], datetime)
    assert table.overall.cases == Incident.objects.filter(
        received_at__gte=ends["since"], received_at__lt=ends["until"]
    ).count()  # fmt: skip


def test_proposals_name_who_is_below_and_who_is_overdue(lived: District) -> None:
    scheme = Scheme.objects.get()
    scheme.thresholds = {**scheme.thresholds, "lower": 100.0, "overdue_days": 1}
    scheme.save()
    now = timezone.now()
    table = assess(lived.users["centre"], asked(lived, "unit"), now=now)
    found = proposals(table, lived.place, now)
    ranked = {row.key for row in table.rows if row.standing and row.standing.rank}
    assert ranked
    assert {one.unit.code for one in found if one.figure["rule"] == "lower"} == ranked
    office = office_of(lived.place)
    late: dict[str, set[str]] = {}
    for case in Incident.objects.open().filter(unit__isnull=False, due_at__lt=now):
        assert case.due_at is not None
        assert case.unit is not None
        if office.calendar.between(case.due_at, now) > office.day_s:
            late.setdefault(case.unit.code, set()).add(case.number)
    assert late
    told = {one.unit.code: one.figure for one in found if one.figure["rule"] == "overdue"}
    assert {code: set(figure["cases"]) for code, figure in told.items()} == late
    assert not Notice.objects.exists()
