"""Versions of the scheme: loaded once from a profile, then added to, never edited."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from psycopg.types.range import DateRange

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.models import Place, User
from incidents.assessment.weights import PARTS, read_thresholds, read_weights
from incidents.models import CaseScore, Scheme
from incidents.workflow.office import office_of

__all__ = ["FILE", "add_version", "load_scheme", "scheme_on"]

FILE = "assessment.toml"
_MOST_MINIMUM = 1000


@transaction.atomic
def load_scheme(folder: Path, place: Place, *, now: Any) -> Scheme | None:
    """The first version from a profile's folder; None when there is one already, or no file.

    Raises `InvalidInput` naming what is wrong in it.
    """
    path = folder / FILE
    if not path.is_file() or Scheme.objects.filter(place=place).exists():
        return None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        weights = {name: told[name] for name in (*PARTS, "each", "answers")}
        first, name, minimum = told["from"], told["name"], told["minimum"]
        thresholds = told["thresholds"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise InvalidInput(f"{error!r} (is missing or wrong)", FILE) from None
    return _write(place, name, first, weights, thresholds, minimum, by=None, now=now)


@transaction.atomic
def add_version(
    *, place: Place, name: str, first_day: date, weights: dict[str, Any],
    thresholds: dict[str, Any], minimum: int, by: User, now: Any,
) -> Scheme:  # fmt: skip
    """Add a version that counts for cases closed from `first_day` on; the former one ends there.

    Raises `InvalidInput` for a day that has passed or on which cases were scored already, and for
    weights that are none.
    """
    Place.objects.select_for_update().filter(pk=place.pk).values_list("pk").first()
    if first_day < office_of(place).day(now):
        raise InvalidInput("生效日期已过 (the day has passed)", "first_day")
    former = Scheme.objects.filter(place=place).order_by("-valid").first()
    if former is not None and first_day <= former.valid.lower:
        raise InvalidInput("须晚于上一版本的生效日期 (after the former version)", "first_day")
    if former is not None:
        last = CaseScore.objects.filter(scheme=former).aggregate(at=Max("closed_at"))["at"]
        if last is not None and office_of(place).day(last) >= first_day:
            raise InvalidInput(
                "当日已有案件按现行办法评分，请从明日起 (cases of that day were scored)",
                "first_day",
            )
        former.valid = DateRange(former.valid.lower, first_day)
        former.save(update_fields=["valid"])
    return _write(place, name, first_day, weights, thresholds, minimum, by=by, now=now)


def _write(
    place: Place, name: Any, first_day: Any, weights: dict[str, Any], thresholds: dict[str, Any],
    minimum: Any, *, by: User | None, now: Any,
) -> Scheme:  # fmt: skip
    read_weights(weights)
    read_thresholds(thresholds)
    if not isinstance(first_day, date):
        raise InvalidInput("应为日期 (must be a date)", "from")
    if not isinstance(minimum, int) or not 2 <= minimum <= _MOST_MINIMUM:
        raise InvalidInput(f"应在 2 与 {_MOST_MINIMUM} 之间 (2 to {_MOST_MINIMUM})", "minimum")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 80:
        raise InvalidInput("应为 1–80 个字符 (1 to 80 characters)", "name")
    row = Scheme.objects.create(
        place=place, name=name.strip(), valid=DateRange(first_day, None), weights=weights,
        thresholds=thresholds, minimum=minimum,
    )  # fmt: skip
    audit.record(
        chain=f"scheme:{place.code}",
        action="scheme.added",
        at=now,
        actor=by,
        data={
            "scheme": row.pk, "from": first_day.isoformat(), "weights": weights,
            "thresholds": thresholds, "minimum": minimum,
            "ended_before": (first_day - timedelta(days=1)).isoformat(),
        },
    )  # fmt: skip
    return row


def scheme_on(place: Place, day: date) -> Scheme | None:
    """The version that holds for cases closed on `day`."""
    return Scheme.objects.filter(place=place, valid__contains=day).first()
