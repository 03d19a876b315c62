"""Cases of the small district that were lived through in bulk, some of them only half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection

from grids.choices import Role, UnitKind
from grids.models import Block, Grid, Place, Unit
from incidents.assessment.scheme import load_scheme
from incidents.demo.living import history, plan
from incidents.demo.living.profile import LivingProfile, load_living
from incidents.demo.profile import load_history
from incidents.demo.writer import write_history
from incidents.services.acting_many import Deed
from incidents.services.tables import load_tables
from tests.factories import District, make_post, make_user
from tests.shape.tree import ROOT

LAOSHAN = ROOT / "fixtures" / "laoshan"
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
# Much more goes wrong than in the demonstration, so that every turn is met.
TURNS = {
    "returned": 0.25, "reworked": 0.2, "extended": 0.15, "suspended": 0.15, "supervised": 0.05,
    "reopened": 0.2, "called_back": 0.6, "surveyed": 0.4,
}  # fmt: skip


def lively() -> LivingProfile:
    """The profile of Laoshan with many turns, and late a third of the time."""
    told = load_living(LAOSHAN)
    assert told is not None
    pace = replace(told.pace, late=0.1)
    return replace(told, closed=280, merged=4, suspended=8, turns=TURNS, pace=pace)


def with_blocks(district: District) -> District:
    """The district with a block under every grid in force, and the tables of the profile."""
    load_tables(LAOSHAN)
    for number, grid in enumerate(Grid.objects.filter(edition=district.now).order_by("code")):
        Block.objects.create(
            place=district.place,
            code=f"{grid.code[:12]}-{number:04d}",
            kind="estate",
            geometry=grid.geometry[0],
            area_m2=grid.area_m2,
            people=100 * number,
            valid_from=district.old,
        )
    return district


def set_up_scheme(place: Place, folder: Path = LAOSHAN) -> Any:
    """The first version of the scheme."""
    return load_scheme(folder, place, now=NOW)


def live(ground: District, patch: pytest.MonkeyPatch, *, reports: int = 320) -> None:
    """Write `reports` cases and live them through; every fourth only as far as chance has it."""
    for code in ("csgl", "zhzf"):
        unit = Unit.objects.create(
            place=ground.place, code=code, name=code, kind=UnitKind.DEPARTMENT
        )
        make_post(make_user(code, ground.place), Role.HANDLER, unit=unit)
    wanted = replace(
        load_history(LAOSHAN), reports=reports, outside=6, repeats=9, spots=(), fixed=()
    )
    rng = np.random.default_rng(7)

    def half(*args: Any, **kwargs: Any) -> Sequence[Deed]:
        deeds = plan.plan(*args, **kwargs)
        return deeds[: int(rng.integers(len(deeds) + 1))] if rng.random() < 0.25 else deeds

    patch.setattr(history, "plan", half)
    write_history(wanted, ground.place, now=NOW, living=lively())
    with connection.cursor() as cursor:
        # As the database does by itself for rows that stay.
        cursor.execute("ANALYZE incidents_incident, incidents_clock, incidents_casescore")
