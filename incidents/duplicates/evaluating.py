"""How good the proposals are, against what people said: recall on pairs, precision of suggestions.

Each case is asked as on the day it came in, so that nothing later helps. The latest pairs are told
apart: thresholds are tuned on the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grids.models import Place
from incidents.duplicates.proposing import Proposal, propose
from incidents.models import Incident
from incidents.services import dockets

__all__ = ["LATER_SHARE", "Score", "evaluate", "labels_of", "suggestions"]

LATER_SHARE = 0.3
_AT = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class Score:
    """How many labelled pairs there are in a part, and how many are proposed among the first n.

    `suggested` counts what is proposed first for them, `right` how much of it is labelled: the
    labels of a city are never complete, so that precision is at least that.
    """

    name: str
    pairs: int
    found: Mapping[int, int]
    suggested: int
    right: int


def labels_of(place: Place) -> dict[str, str]:
    """What people merged in `place`: number → the number that it was merged into in the end."""
    rows = Incident.objects.filter(place=place, merged_into__isnull=False)
    merged = dict(rows.values_list("number", "merged_into__number"))
    return {number: _root(number, merged) for number in merged}


def evaluate(place: Place, labels: Mapping[str, str]) -> list[Score]:
    """Scores of all pairs, of the earlier and of the later ones, and of each category.

    A pair of which a case is not in `place` is left out.
    """
    asked = list(_cases(place, labels))
    asked.sort(key=lambda case: case.received_at)
    proposed = {case.pk: _as_it_came(case) for case in asked}
    cut = round(len(asked) * (1 - LATER_SHARE))
    parts: list[tuple[str, Sequence[Incident]]] = [
        ("all", asked), ("earlier", asked[:cut]), ("later", asked[cut:]),
    ]  # fmt: skip
    codes = sorted({case.category.code for case in asked if case.category})
    parts += [
        (code, [case for case in asked if case.category and case.category.code == code])
        for code in codes
    ]
    return [_score(name, part, proposed, labels) for name, part in parts]


def suggestions(place: Place, *, since: datetime, most: int) -> Iterable[tuple[Incident, Proposal]]:
    """The first proposal of each case that came in since then, `most` of them at most: for people
    to say which are right.
    """
    rows = dockets.with_ground(Incident.objects.filter(place=place, received_at__gte=since))
    found = 0
    for case in rows.order_by("received_at", "pk").iterator(chunk_size=200):
        first = next(iter(_as_it_came(case)), None)
        if first is None:
            continue
        yield case, first
        found += 1
        if found >= most:
            return


def _cases(place: Place, labels: Mapping[str, str]) -> Iterable[Incident]:
    known = Incident.objects.filter(place=place, number__in=[*labels, *labels.values()])
    numbers = set(known.values_list("number", flat=True))
    asked = [one for one, other in labels.items() if one in numbers and other in numbers]
    rows: Iterable[Incident] = dockets.with_ground(
        Incident.objects.filter(place=place, number__in=asked)
    )
    return rows


def _as_it_came(case: Incident) -> list[Proposal]:
    return propose(case, among=Incident.objects.all(), as_of=case.received_at)


def _score(
    name: str,
    cases: Sequence[Incident],
    proposed: Mapping[int, list[Proposal]],
    labels: Mapping[str, str],
) -> Score:
    found = dict.fromkeys(_AT, 0)
    suggested = right = 0
    for case in cases:
        group = _root(case.number, labels)
        hits = [_root(one.case.number, labels) == group for one in proposed[case.pk]]
        for n in _AT:
            found[n] += any(hits[:n])
        suggested += len(hits[:1])
        right += sum(hits[:1])
    return Score(name, len(cases), found, suggested, right)


def _root(number: str, labels: Mapping[str, str]) -> str:
    """The case that a chain of labels ends at; a ring, which is a mistake, ends where it closes."""
    seen = set()
    while number in labels and number not in seen:
        seen.add(number)
        number = labels[number]
    return number
