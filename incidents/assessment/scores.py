"""Scores written: when a case is closed, and when more is heard of it; one case or many alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q

from gis.db.copying import copy_new
from grids.models import Place
from incidents.assessment.history import History, Scoring, histories_of
from incidents.assessment.scoring import Marks, add_up, score
from incidents.assessment.weights import Weights, read_weights
from incidents.models import CaseScore, Incident, Scheme
from incidents.services.acting_many import give_ground
from incidents.workflow.office import Office, office_of
from incidents.workflow.routing import regions_of

__all__ = ["score_many", "score_place"]

_AT_ONCE = 4000


def score_place(place: Place) -> int:
    """Score every case of `place` that was ever closed; how many scores were added."""
    ever = Q(closed_at__isnull=False) | Q(reopened__gt=0)
    rows = Incident.objects.filter(ever, place=place).order_by("pk")
    rows = rows.select_related("category").defer("position")
    cases = list(rows)
    give_ground(cases)
    for case in cases:
        case.place = place
    return sum(
        score_many(cases[first : first + _AT_ONCE], place)
        for first in range(0, len(cases), _AT_ONCE)
    )


@transaction.atomic
def score_many(cases: Sequence[Incident], place: Place) -> int:
    """Bring the scores of these cases up to what their chains say; how many were added.

    The cases have their ground. What was scored is left as it is, so that it can be done again. A
    case that was closed on a day without a scheme has no score.
    """
    if not cases:
        return 0
    book = _Book(place, _there(cases))
    for history in histories_of(cases, book.units):
        book.take(history)
    book.save()
    return len(book.new)


def _there(cases: Sequence[Incident]) -> dict[int, list[CaseScore]]:
    found: dict[int, list[CaseScore]] = {}
    rows = CaseScore.objects.filter(incident__in=[case.pk for case in cases])
    for row in rows.order_by("scored_at", "sequence", "pk"):
        found.setdefault(row.incident_id, []).append(row)
    return found


class _Book:
    """Scores of a place as they are and as they become."""

    def __init__(self, place: Place, there: dict[int, list[CaseScore]]) -> None:
        self.office: Office = office_of(place)
        self.units = {code: unit.pk for code, unit in self.office.units.items()}
        self.new: list[CaseScore] = []
        self._there = there
        self._schemes = list(Scheme.objects.filter(place=place))
        self._weights: dict[int, Weights] = {}
        self._gone: list[CaseScore] = []
        self._changed: dict[int, CaseScore] = {}

    def take(self, history: History) -> None:
        rows = self._there.get(history.case.pk, [])
        known = {row.sequence for row in rows if row.appeal_id is None}
        last: dict[int, CaseScore] = {one.closing: one for one in rows if not one.superseded_by_id}
        for scoring in history.scorings:
            if scoring.sequence in known:
                continue
            row = self._row(scoring, last.get(scoring.closing))
            if row is not None:
                self._supersede(last.get(scoring.closing), row)
                last[scoring.closing] = row
                self.new.append(row)
        self._count(last, history.is_closed)

    def _row(self, scoring: Scoring, former: CaseScore | None) -> CaseScore | None:
        scheme = self._scheme(self.office.day(scoring.closed_at))
        if scheme is None:
            return None
        marks = score(scoring.facts, self._weights_of(scheme))
        marks = _kept(marks, former) if former is not None else marks
        case = scoring.case
        community, subdistrict = regions_of(case)
        return CaseScore(
            incident=case, closing=scoring.closing, sequence=scoring.sequence, scheme=scheme,
            unit_id=self.units.get(scoring.unit), grid_id=case.grid_id, community=community,
            subdistrict=subdistrict, person_id=scoring.person_id, kind=case.kind,
            closed_at=scoring.closed_at, scored_at=scoring.at, lines=marks.lines,
            responsiveness=marks.responsiveness, closure=marks.closure,
            satisfaction=marks.satisfaction, score=marks.score,
        )  # fmt: skip

    def _supersede(self, former: CaseScore | None, row: CaseScore) -> None:
        if former is None:
            return
        former.superseded_by, former.counts = row, False
        if former.pk is not None:
            self._changed[former.pk] = former

    def _count(self, last: dict[int, CaseScore], is_closed: bool) -> None:
        """The last closing counts, as long as it holds."""
        latest = max(last, default=0)
        for closing, row in last.items():
            counts = is_closed and closing == latest
            if row.counts != counts:
                row.counts = counts
                if row.pk is not None:
                    self._changed[row.pk] = row

    def save(self) -> None:
        """First what ceases to count, since only one of a case may."""
        changed = list(self._changed.values())
        ceased = [row.pk for row in changed if not row.counts]
        CaseScore.objects.filter(pk__in=ceased).update(counts=False)
        # The later first: it has its key when the former one refers to it.
        copy_new(CaseScore, self.new[::-1])
        for row in changed:
            row.save(update_fields=["superseded_by", "counts"])

    def _scheme(self, day: date) -> Scheme | None:
        return next((one for one in self._schemes if day in one.valid), None)

    def _weights_of(self, scheme: Scheme) -> Weights:
        if scheme.pk not in self._weights:
            self._weights[scheme.pk] = read_weights(scheme.weights)
        return self._weights[scheme.pk]


def _kept(marks: Marks, former: CaseScore) -> Marks:
    """What an appeal has corrected stays so, whatever is heard later."""
    corrected = {one["what"]: one for one in former.lines if "appeal" in one}
    if not corrected:
        return marks
    return add_up([corrected.get(one["what"], one) for one in marks.lines])
