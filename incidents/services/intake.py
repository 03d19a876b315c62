"""A report comes in: it, its case, its place and the record of it, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from gis.kernel.errors import InvalidInput
from gis.ledger.models import Attachment
from gis.ledger.services import attachments, audit
from grids.models import Edition, User
from grids.selectors import Position
from incidents.models import Category, Channel, Clock, Incident, Report
from incidents.services import displacement, news, numbers, vault
from incidents.services.chronicle import chain_of
from incidents.services.placing import Placing, place_address, place_positions
from incidents.services.vault import Reporter
from incidents.signals import report_received
from incidents.workflow.office import office_of
from incidents.workflow.opening import open_case


@dataclass(frozen=True, slots=True)
class Received:
    """A report that is kept, and where it was placed."""

    report: Report
    placing: Placing


@transaction.atomic
def receive(
    *,
    edition: Edition,
    channel: Channel,
    kind: str,
    category: Category | None,
    description: str,
    occurred_at: datetime | None,
    location: Position | None,
    address: str,
    reporter: Reporter | None,
    photos: Sequence[UUID],
    sent_by: User | None,
    now: datetime,
    external_id: str = "",
    is_simulated: bool = False,
) -> Received:
    """Keep what was sent, at `now`, and open its case where it lies in `edition`, in force now.

    A position counts before an address. What no grid holds is kept without one. Raises
    `InvalidInput` for a picture that cannot be used (`photos[0]`), `InvalidCoordinate` for a
    position that is not one.
    """
    pictures = attachments.take(photos, by=sent_by, now=now)
    if location is not None:
        placing = place_positions([location], edition)[0]
    else:
        placing = place_address(address, edition)
    day = now.astimezone(ZoneInfo(edition.place.time_zone)).date()
    incident = Incident(
        place=edition.place,
        number=numbers.incident_numbers([day])[0],
        kind=kind,
        category=category,
        position=placing.position,
        grid_id=placing.grid,
        provisional=placing.provisional,
        received_at=now,
        occurred_at=occurred_at or now,
        is_simulated=is_simulated,
    )
    docket = open_case(
        incident, community=community_of(placing), office=office_of(edition.place), at=now
    )
    incident.save(force_insert=True)
    Clock.objects.bulk_create(docket.clocks)
    report = Report.objects.create(
        number=numbers.report_number(day),
        incident=incident,
        channel=channel,
        external_id=external_id,
        kind=kind,
        category=category,
        description=description,
        address=address,
        lon=location.lon if location else None,
        lat=location.lat if location else None,
        datum=location.datum.value if location else "",
        accuracy_m=_accuracy_m(location, placing),
        position=placing.position,
        occurred_at=occurred_at or now,
        received_at=now,
        reporter=vault.seal(reporter, now=now) if reporter else None,
        sent_by=sent_by,
        is_simulated=is_simulated,
    )
    placing.attribution(report).save(force_insert=True)
    _attach(report, pictures)
    if location is not None:
        displacement.promise([report], now=now)
    # The chain begins with this case: nobody else can be at its head, so nothing need be locked.
    opening = audit.Opening(
        chain=chain_of(incident),
        action="report.received",
        at=now,
        data=record_of(report, placing),
    )
    audit.begin_many([opening], actor=sent_by)
    report_received.send(sender=Report, report=report)
    news.received(incident, placing)  # last: it keeps other writers of news waiting
    return Received(report, placing)


def community_of(placing: Placing) -> str:
    """The code of the community that something was placed in; blank where no grid holds it."""
    located = placing.located if placing.grid is not None else None
    return located.community.code if located and located.community else ""


def record_of(report: Report, placing: Placing) -> dict[str, str | None]:
    """What the audit chain says of a report: numbers and codes, nothing of a person."""
    grid = placing.located.grid if placing.located and placing.grid is not None else None
    return {
        "report": report.number,
        "channel": report.channel.code,
        "edition": placing.edition.name,
        "grid": grid.code if grid else None,
        "method": placing.method.value,
    }


def _accuracy_m(location: Position | None, placing: Placing) -> float | None:
    """As it came; of an address, how far from its position the spot may lie."""
    if location is not None:
        return location.accuracy_m
    return placing.found.match.accuracy_m or None if placing.found and placing.position else None


def _attach(report: Report, pictures: Sequence[Attachment]) -> None:
    if not pictures:
        return
    try:
        with transaction.atomic():
            # add() would pass over a picture that the unique index refuses.
            link = Report.photos.through
            link.objects.bulk_create(
                link(report_id=report.pk, attachment_id=one.pk) for one in pictures
            )
    except IntegrityError as error:
        raise InvalidInput(
            "照片已用于另一诉求。(A picture already belongs to another report.)", field="photos"
        ) from error
