"""The history of the demonstration into PostGIS, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from gis.kernel.datum import Datum
from gis.kernel.errors import InvalidInput
from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from grids.choices import EditionState
from grids.models import Edition, Place
from grids.selectors import Position
from incidents.assessment.scores import score_place
from incidents.demo.generate import digest_of, draw_history
from incidents.demo.ground import read_ground
from incidents.demo.living.history import live_history
from incidents.demo.living.profile import LivingProfile
from incidents.demo.profile import HistoryProfile
from incidents.demo.rows import DrawnReport
from incidents.models import Category, Channel
from incidents.services.bulk import Arrival, receive_many

__all__ = ["Written", "loaded_digest", "write_history"]

ACTION = "demo.reports_loaded"


@dataclass(frozen=True, slots=True)
class Written:
    """How many reports were written, how many of them lie in no grid, and what was done to them."""

    reports: int
    unplaced: int
    deeds: int


def loaded_digest(place: Place) -> str | None:
    """The digest of the profile whose history is there, None before it was loaded."""
    events = AuditEvent.objects.filter(chain=_chain(place), action=ACTION)
    data = events.values_list("data", flat=True).first()
    return None if data is None else str(data["profile"])


@transaction.atomic
def write_history(
    profile: HistoryProfile, place: Place, *, now: datetime, living: LivingProfile | None = None
) -> Written:
    """Draw the history for `place`, keep it, and live it through by `living`; all or nothing.

    Raises `InvalidInput` when the place has no edition in force, or a category or channel that the
    profile names is missing.
    """
    edition = Edition.objects.filter(place=place, state=EditionState.IN_FORCE).first()
    if edition is None:
        raise InvalidInput(f"{place.name} 没有现行区划 (no edition in force)", "place")
    channels = {one.code: one for one in Channel.objects.all()}
    # A category is one for the whole history: the row of its first day.
    during = Q(valid__contains=profile.first_day)
    categories = {one.code: one for one in Category.objects.filter(during)}
    _require("渠道 channel", profile.ways, channels)
    _require("类别 category", profile.words, categories)
    reports = draw_history(
        profile,
        read_ground(edition),
        kinds={code: one.kind for code, one in categories.items()},
        datums={code: one.datum for code, one in channels.items()},
        zone=ZoneInfo(place.time_zone),
    )
    placings = receive_many(_arrivals(reports, channels, categories), place=place)
    deeds = live_history(place, living) if living is not None else 0
    score_place(place)
    audit.record(
        chain=_chain(place),
        action=ACTION,
        at=now,
        data={"profile": profile.digest, "reports": len(reports), "digest": digest_of(reports)},
    )
    return Written(len(reports), sum(placing.grid is None for placing in placings), deeds)


def _chain(place: Place) -> str:
    return f"place:{place.code}"


def _require(what: str, named: Mapping[str, object], there: Mapping[str, object]) -> None:
    if missing := sorted(set(named) - set(there)):
        raise InvalidInput(f"缺少{what}：{'、'.join(missing)} (missing)", "history.toml")


def _arrivals(
    reports: Sequence[DrawnReport],
    channels: Mapping[str, Channel],
    categories: Mapping[str, Category],
) -> list[Arrival]:
    return [
        Arrival(
            channel=channels[one.channel],
            kind=one.kind,
            category=categories[one.category],
            description=one.description,
            location=Position(one.lon, one.lat, Datum(one.datum), one.accuracy_m),
            occurred_at=one.occurred_at,
            received_at=one.received_at,
            address=one.address,
        )
        for one in reports
    ]
