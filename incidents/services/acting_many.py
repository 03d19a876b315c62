"""Many cases led through the loop at once: the same gate, table, clocks, events and words as one by
one, written together. For history that is taken over or made: nothing is announced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max, Model

from gis.db.copying import copy_new, update_many
from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from incidents.models import Incident, Note
from incidents.services.chronicle import ANSWERS, chain_of, sealed
from incidents.services.dockets import CHANGING, grids_with_ground
from incidents.workflow.changing import Change, change
from incidents.workflow.docket import Docket
from incidents.workflow.gate import choose
from incidents.workflow.needs import Ask
from incidents.workflow.office import Office
from incidents.workflow.reading import defaults
from incidents.workflow.standing import Standing, level_of, parties, units_of

__all__ = ["Deed", "act_many", "give_ground"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody did to a case at an instant; what is not given stands by itself."""

    at: datetime
    action: str
    standing: Standing
    given: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def act_many(lives: Iterable[tuple[Docket, Sequence[Deed]]], office: Office) -> int:
    """Do every deed, in its order, to its case; returns how many were done.

    The dockets are new, or loaded with their rows locked; the cases have their ground
    (`give_ground`). Raises what `acting.act` would for a deed that is not open, and keeps nothing.
    """
    lives = list(lives)
    sequences = _sequences([docket.case for docket, _deeds in lives])
    written = _Written()
    for docket, deeds in lives:
        sequence = sequences[chain_of(docket.case)]
        for deed in deeds:
            sequence += 1
            written.take(docket.case, _do(docket, deed, office), deed, sequence)
        written.collect(docket)
    written.save()
    return len(written.links)


def give_ground(cases: Sequence[Incident]) -> None:
    """Give the cases their grid, community and subdistrict, without outlines: one query."""
    keys = {one.grid_id for one in cases if one.grid_id is not None}
    grids = {row.pk: row for row in grids_with_ground().filter(pk__in=keys)}
    for case in cases:
        case.grid = grids[case.grid_id] if case.grid_id is not None else None


def _do(docket: Docket, deed: Deed, office: Office) -> Change:
    held = parties(deed.standing, docket, office)
    row = choose(deed.action, docket, held, office)
    ask = Ask(docket, office, deed.standing, deed.at)
    inputs = {**defaults(row, ask, without=frozenset(deed.given)), **deed.given}
    inputs["action"] = deed.action
    return change(
        docket,
        row,
        inputs,
        office,
        at=deed.at,
        by=deed.standing.user,
        units=frozenset(units_of(deed.standing, office)),
        level=level_of(deed.standing, docket.case),
    )


def _sequences(cases: Sequence[Incident]) -> dict[str, int]:
    """How many events each chain has."""
    chains = [chain_of(case) for case in cases]
    found = AuditEvent.objects.filter(chain__in=chains).values("chain").annotate(n=Max("sequence"))
    return {row["chain"]: row["n"] for row in found.order_by()}


class _Written:
    """What is to be written of many cases, kind by kind."""

    def __init__(self) -> None:
        self.links: list[audit.Link] = []
        self.notes: list[Note] = []
        self.new: dict[type[Model], list[Any]] = {}
        self.changed: dict[type[Model], dict[int, Any]] = {}

    def take(self, case: Incident, done: Change, deed: Deed, sequence: int) -> None:
        data, text = dict(done.data), str(deed.given.get("note") or "")
        if text:
            salt, data["note"] = sealed(text)
            self.notes.append(
                Note(
                    incident=case,
                    sequence=sequence,
                    text=text,
                    salt=salt,
                    is_answer=done.event in ANSWERS,
                )
            )
        user = deed.standing.user
        self.links.append(
            audit.Link(
                chain=chain_of(case),
                action=f"incident.{done.event.value}",
                at=deed.at,
                actor_id=user.pk if user else None,
                data=data,
            )
        )

    def collect(self, docket: Docket) -> None:
        """The rows of a case that is done with."""
        for row in docket.added:
            self.new.setdefault(type(row), []).append(row)
        for row in (docket.case, *docket.touched):
            self.changed.setdefault(type(row), {})[row.pk] = row
        docket.added, docket.touched = [], []

    def save(self) -> None:
        for model, rows in self.changed.items():
            update_many(model, list(rows.values()), _fields(model))
        for model, new in self.new.items():
            copy_new(model, new)
        audit.continue_many(self.links)
        copy_new(Note, self.notes)


def _fields(model: type[Model]) -> list[str]:
    if model is Incident:
        return CHANGING
    keys: list[models.Field[Any, Any]] = list(model._meta.concrete_fields)
    return [one.name for one in keys if not one.primary_key]
