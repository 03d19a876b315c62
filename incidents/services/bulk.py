"""Many reports at once, by the same placing and with the same rows as one by one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from gis.db.copying import copy_new
from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.choices import EditionState
from grids.models import Edition, Place, User
from grids.selectors import Position
from incidents.models import Attribution, Category, Channel, Clock, Incident, Report
from incidents.services import displacement, numbers
from incidents.services.chronicle import chain_of
from incidents.services.intake import community_of, record_of
from incidents.services.placing import Placing, place_positions
from incidents.workflow.office import office_of
from incidents.workflow.opening import open_case

__all__ = ["Arrival", "Editions", "receive_many"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A report that was received elsewhere or earlier; its position is in the datum it came in."""

    channel: Channel
    kind: str
    category: Category | None
    description: str
    location: Position
    occurred_at: datetime
    received_at: datetime
    address: str = ""
    external_id: str = ""


class Editions:
    """The editions of a place that are or were in force, by time."""

    def __init__(self, place: Place) -> None:
        lived = [EditionState.IN_FORCE, EditionState.SUPERSEDED]
        rows = Edition.objects.filter(place=place, state__in=lived).select_related("place")
        self._editions: list[Edition] = sorted(rows, key=lambda edition: edition.in_force.lower)
        self._since = [edition.in_force.lower for edition in self._editions]
        if not self._editions:
            raise InvalidInput(f"{place.name} 没有现行区划 (no edition in force)", "place")

    def at(self, instant: datetime) -> Edition:
        """The edition in force at `instant`; before the first one, the first."""
        return self._editions[max(bisect_right(self._since, instant) - 1, 0)]


@transaction.atomic
def receive_many(
    arrivals: Sequence[Arrival],
    *,
    place: Place,
    sent_by: User | None = None,
    is_simulated: bool = False,
) -> list[Placing]:
    """Keep reports and open their cases as `intake.receive` does, each at its `received_at`.

    Returns where each was placed, in order. A report is placed in the edition in force when it was
    received. Nothing is announced upward: what is taken over is no news. A sample of the positions
    is examined later. Raises `InvalidCoordinate` for a position that is not one, and
    `IntegrityError` for a pair of channel and external id that is there already; then nothing is
    kept.
    """
    if not arrivals:
        return []
    editions, zone = Editions(place), ZoneInfo(place.time_zone)
    placings = _place(arrivals, [editions.at(one.received_at) for one in arrivals])
    days = [one.received_at.astimezone(zone).date() for one in arrivals]
    incidents = [
        _incident(one, placing, number, place, is_simulated)
        for one, placing, number in zip(
            arrivals, placings, numbers.incident_numbers(days), strict=True
        )
    ]
    office = office_of(place)
    opened = [
        open_case(case, community=community_of(placing), office=office, at=case.received_at)
        for case, placing in zip(incidents, placings, strict=True)
    ]
    copy_new(Incident, incidents)
    copy_new(Clock, [clock for docket in opened for clock in docket.clocks])
    reports = [
        _report(one, placing, incident, numbers.report_number(day), sent_by)
        for one, placing, incident, day in zip(arrivals, placings, incidents, days, strict=True)
    ]
    copy_new(Report, reports)
    rows = list(zip(reports, placings, strict=True))
    copy_new(Attribution, [placing.attribution(report) for report, placing in rows])
    audit.begin_many(
        (
            audit.Opening(
                chain=chain_of(report.incident),
                action="report.received",
                at=report.received_at,
                data=record_of(report, placing),
            )
            for report, placing in rows
        ),
        actor=sent_by,
    )
    # Promised now, whenever they were received: what is due since last year would look forgotten.
    displacement.promise_sample(reports, now=timezone.now())
    return placings


def _place(arrivals: Sequence[Arrival], editions: Sequence[Edition]) -> list[Placing]:
    """Place each arrival in its own edition, edition by edition."""
    found: dict[int, Placing] = {}
    for edition in dict.fromkeys(editions):
        at = [k for k, one in enumerate(editions) if one == edition]
        placed = place_positions([arrivals[k].location for k in at], edition)
        found.update(zip(at, placed, strict=True))
    return [found[k] for k in range(len(arrivals))]


def _incident(
    one: Arrival, placing: Placing, number: str, place: Place, is_simulated: bool
) -> Incident:
    return Incident(
        place=place,
        number=number,
        kind=one.kind,
        category=one.category,
        position=placing.position,
        grid_id=placing.grid,
        provisional=placing.provisional,
        received_at=one.received_at,
        occurred_at=one.occurred_at,
        is_simulated=is_simulated,
    )


def _report(
    one: Arrival, placing: Placing, incident: Incident, number: str, sent_by: User | None
) -> Report:
    return Report(
        number=number,
        incident=incident,
        channel=one.channel,
        external_id=one.external_id,
        kind=one.kind,
        category=one.category,
        description=one.description,
        address=one.address,
        lon=one.location.lon,
        lat=one.location.lat,
        datum=one.location.datum.value,
        accuracy_m=one.location.accuracy_m,
        position=placing.position,
        occurred_at=one.occurred_at,
        received_at=one.received_at,
        sent_by=sent_by,
        is_simulated=incident.is_simulated,
    )
