"""Whether reports were sent in the datum they declare: looked into after each, told by channel.

A check is promised with its report and done by the relay. It asks which datum would bring the
position back to the ground that its address names, or onto the ground of the place. Nothing is
corrected by it: a person decides what a channel is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from gis.kernel.datum import Datum, to_wgs84
from gis.kernel.displacement import Evidence, best_datum, metres_outside, shift_m
from gis.ledger.services import outbox
from grids.models import Edition
from grids.selectors import Position, locate
from grids.selectors.named_ground import NamedGround, named_ground
from incidents.models import Attribution, PositionCheck, Report

TOPIC = "incidents.examine_position"
# Of many reports that arrive at once, so many of each channel are looked into.
SAMPLE = 60
# Half round the globe: what a position is off by when it is none under some datum.
FAR_M = 20_000_000.0


def promise(reports: Sequence[Report], *, now: datetime) -> None:
    """Promise to examine `reports`, inside the transaction that keeps them."""
    if reports:
        outbox.promise(TOPIC, {"reports": [report.pk for report in reports]}, at=now)


def promise_sample(reports: Iterable[Report], *, now: datetime) -> None:
    """Promise to examine some of many reports: of each channel the latest that name an address."""
    by_channel: dict[int, list[Report]] = {}
    for report in reports:
        by_channel.setdefault(report.channel_id, []).append(report)
    for found in by_channel.values():
        found.sort(key=lambda one: one.address != "")
        promise(found[-SAMPLE:], now=now)


@outbox.handles(TOPIC)
def _keep_promise(payload: dict[str, Any], _message: int) -> None:
    examine(payload["reports"])


@transaction.atomic
def examine(reports: Sequence[int]) -> int:
    """Check the positions of those of `reports` that have one and no check; how many were."""
    rows = Report.objects.filter(pk__in=reports, position_check__isnull=True).exclude(datum="")
    rows = rows.select_related("incident").order_by("pk")
    editions = _editions(reports)
    grounds: dict[tuple[str, int], NamedGround | None] = {}
    checks = [_check(report, editions[report.pk], grounds) for report in rows]
    return len(PositionCheck.objects.bulk_create(checks))


def _editions(reports: Sequence[int]) -> dict[int, Edition]:
    """The edition in which each report was placed when it came."""
    said = Attribution.objects.filter(report__in=reports).order_by("-pk")
    said = said.select_related("edition__place")
    return {one.report_id: one.edition for one in said}


def _check(
    report: Report, edition: Edition, grounds: dict[tuple[str, int], NamedGround | None]
) -> PositionCheck:
    asked = (report.address, edition.pk)
    if asked not in grounds:
        grounds[asked] = named_ground(report.address, edition) if report.address else None
    ground = grounds[asked]
    declared = Datum(report.datum)
    found = _evidence(report, ground, edition)
    shift = None
    if ground is not None:
        shift = shift_m(report.position.x, report.position.y, ground.lon, ground.lat)
    return PositionCheck(
        report=report,
        place_id=report.incident.place_id,
        channel_id=report.channel_id,
        declared=declared.value,
        looks_like=best_datum(declared, found) or "",
        ground=ground.name[:80] if ground else "",
        evidence={datum.value: asdict(one) for datum, one in found.items()},
        east_m=round(shift[0], 1) if shift else None,
        north_m=round(shift[1], 1) if shift else None,
    )


def _evidence(
    report: Report, ground: NamedGround | None, edition: Edition
) -> dict[Datum, Evidence]:
    """The position under each datum; what the sender says it may be wrong by counts for it."""
    radius_m = report.accuracy_m or 0.0
    lon, lat = float(report.lon or 0.0), float(report.lat or 0.0)  # both are there with a datum
    where = {datum: to_wgs84(lon, lat, datum) for datum in Datum}
    sound = {d: xy for d, xy in where.items() if abs(xy[0]) <= 180.0 and abs(xy[1]) <= 90.0}
    located = locate([Position(x, y, Datum.WGS84) for x, y in sound.values()], edition)
    found = dict.fromkeys(Datum, Evidence(None, FAR_M, on_ground=False))
    for (datum, (x, y)), told in zip(sound.items(), located, strict=True):
        on_ground = told.grid is not None
        if ground is not None:
            outside_m = metres_outside(x, y, ground.outline)
        else:
            outside_m = 0.0 if on_ground else told.border_distance_m or 0.0
        found[datum] = Evidence(
            offset_m=round(_offset_m(x, y, ground), 1) if ground else None,
            outside_m=round(max(outside_m - radius_m, 0.0), 1),
            on_ground=on_ground,
        )
    return found


def _offset_m(x: float, y: float, ground: NamedGround) -> float:
    east_m, north_m = shift_m(x, y, ground.lon, ground.lat)
    return float((east_m**2 + north_m**2) ** 0.5)
