"""Alerts are derived, once each, and are over by themselves.

Shifts are locked before alerts, here and where a shift ends: so an alert never outlives its shift.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import connection, transaction

from gis.ledger.services import stream
from grids.choices import EditionState
from grids.models import Edition, Grid, Place
from grids.selectors.audience import audience_for
from patrols.choices import AlertKind, Closing
from patrols.models import Alert, AlertRule, DutyHours, Shift
from patrols.selectors.astray import astray
from patrols.selectors.late import late
from patrols.selectors.signs import Found, Sign, first_grids
from patrols.selectors.silent import silent

__all__ = ["DEFAULTS", "close_alerts", "derive_alerts", "derive_everywhere", "tell_change"]

CHANGED = stream.declare("patrol.alerts_changed")
# Minutes and metres that a place begins with.
DEFAULTS = {
    AlertKind.OUT_OF_GRID: (10, 50),
    AlertKind.NO_SIGNAL: (20, 0),
    AlertKind.LATE_START: (15, 0),
}

# Every minute for every open alert: in the words of the ORM it costs more than all questions.
_GO_ON = """
UPDATE patrols_alert a SET last_at = n.at, point = ST_Point(n.lon, n.lat, 4326), facts = n.facts
FROM unnest(%s::bigint[], %s::timestamptz[], %s::float8[], %s::float8[], %s::jsonb[])
    AS n (id, at, lon, lat, facts)
WHERE a.id = n.id
"""


def derive_everywhere(*, now: datetime) -> None:
    """Bring the alerts of every place up to date."""
    editions = Edition.objects.filter(state=EditionState.IN_FORCE)
    for edition in editions.select_related("place").defer("place__envelope"):
        derive_alerts(edition, now=now)


@transaction.atomic
def derive_alerts(edition: Edition, *, now: datetime) -> tuple[int, int]:
    """Open and close the alerts of the place of `edition`, which is in force; how many of each.

    Another process that is at it already waits, and then finds nothing to do.
    """
    place = edition.place
    with connection.cursor() as cursor:
        lock = f"alerts:{place.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    found = _found(edition, now)
    shifts = _locked({sign.shift for one in found.values() for sign in one.signs.values()})
    held = Alert.objects.open().filter(place=place).order_by("pk").select_for_update(of=("self",))
    there = {(one.kind, one.worker_id): one for one in held.select_related("place")}
    grids = first_grids(place, now)
    ended = _over(there.values(), found, grids.keys(), now)
    _go_on(there, found, {one.pk for one in ended})
    opened = [
        _alert(place, kind, sign, grids[sign.worker], now)
        for kind, one in found.items()
        for sign in one.signs.values()
        if (kind, sign.worker) not in there
        and not sign.goes_on
        and sign.worker in grids
        and (sign.shift is None or sign.shift in shifts)
    ]
    Alert.objects.bulk_create(opened)
    tell_change(place, [*opened, *ended], now)
    return len(opened), len(ended)


@transaction.atomic
def close_alerts(
    workers: Collection[int], kinds: Iterable[AlertKind], why: Closing, *, now: datetime
) -> int:
    """Close the open alerts of `workers` (keys) in the transaction that makes them void."""
    rows = Alert.objects.open().filter(worker__in=workers, kind__in=list(kinds))
    held = list(rows.order_by("pk").select_for_update(of=("self",)).select_related("place"))
    _close([(one, why) for one in held], now)
    for place in {one.place for one in held}:
        tell_change(place, [one for one in held if one.place_id == place.pk], now)
    return len(held)


def _found(edition: Edition, now: datetime) -> dict[str, Found]:
    """What holds now, by kind; a rule that is switched off finds nothing."""
    place = edition.place
    rules = {rule.kind: rule for rule in _rules(place) if rule.is_active}
    ways: dict[str, Callable[[AlertRule], Found]] = {
        AlertKind.OUT_OF_GRID: lambda rule: astray(edition, rule, now, _known_out(place)),
        AlertKind.NO_SIGNAL: lambda rule: silent(place, rule, now),
        AlertKind.LATE_START: lambda rule: late(place, rule, now),
    }
    return {kind: way(rules[kind]) for kind, way in ways.items() if kind in rules}


def _known_out(place: Place) -> set[int]:
    rows = Alert.objects.open().filter(place=place, kind=AlertKind.OUT_OF_GRID)
    return set(rows.values_list("worker", flat=True))


def _rules(place: Place) -> list[AlertRule]:
    """The rules of `place`; those that it lacks are written down, so that they can be edited."""
    AlertRule.objects.bulk_create(
        [
            AlertRule(place=place, kind=kind, minutes=minutes, metres=metres)
            for kind, (minutes, metres) in DEFAULTS.items()
        ],
        ignore_conflicts=True,
    )
    DutyHours.objects.bulk_create([DutyHours(place=place)], ignore_conflicts=True)
    return list(AlertRule.objects.filter(place=place))


def _locked(shifts: set[int | None]) -> set[int]:
    """Which of `shifts` are open: who ends one now waits for us, whose end we waited for is not."""
    rows = Shift.objects.filter(pk__in=shifts, ended_at__isnull=True).order_by("pk")
    return set(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _over(
    there: Collection[Alert], found: dict[str, Found], posted: Collection[int], now: datetime
) -> list[Alert]:
    """Close what is over, and say why."""
    shifts = {one.shift_id for one in there if one.shift_id}
    on = set(Shift.objects.filter(pk__in=shifts).open_at(now).values_list("pk", flat=True))
    ended = []
    for alert in there:
        why = _why_over(alert, found.get(alert.kind), posted, on, now)
        if why is not None:
            ended.append((alert, why))
    _close(ended, now)
    return [alert for alert, _ in ended]


def _why_over(
    alert: Alert, found: Found | None, posted: Collection[int], on: set[int], now: datetime
) -> Closing | None:
    worker = alert.worker_id
    if alert.shift_id is not None and alert.shift_id not in on:
        return Closing.SHIFT_OVER
    if found is None or worker not in posted:
        return Closing.LAPSED
    if alert.kind != AlertKind.LATE_START:
        return None if worker in found.signs else found.over.get(worker)
    zone = ZoneInfo(alert.place.time_zone)
    if alert.opened_at.astimezone(zone).date() != now.astimezone(zone).date():
        return Closing.HOURS_OVER
    return None if worker in found.signs else found.over.get(worker, Closing.LAPSED)


def _close(ended: list[tuple[Alert, Closing]], now: datetime) -> None:
    for alert, why in ended:
        # A clock that went back must not make it end before it began.
        alert.closed_at, alert.closing = max(now, alert.opened_at), why
    Alert.objects.bulk_update([alert for alert, _ in ended], ["closed_at", "closing"])


def _go_on(there: dict[tuple[str, int], Alert], found: dict[str, Found], over: set[int]) -> None:
    """What still holds is as new as its last sign."""
    rows = []
    for (kind, worker), alert in there.items():
        sign = found[kind].signs.get(worker) if kind in found else None
        if sign is None or alert.pk in over:
            continue
        # Since when was told when it opened, by fixes that may be out of reach by now.
        since = {name: alert.facts[name] for name in ("since",) if name in alert.facts}
        facts = json.dumps({**sign.facts, **since}, ensure_ascii=False)
        rows.append((alert.pk, sign.at, sign.lon, sign.lat, facts))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_GO_ON, [list(column) for column in zip(*rows, strict=True)])


def _alert(place: Place, kind: str, sign: Sign, grid: int, now: datetime) -> Alert:
    return Alert(
        place=place,
        kind=kind,
        worker_id=sign.worker,
        grid_id=grid,
        shift_id=sign.shift,
        opened_at=now,
        last_at=sign.at,
        point=_point(sign),
        facts=sign.facts,
    )


def tell_change(place: Place, alerts: Collection[Alert], now: datetime) -> None:
    """Tell those who see the ground of `alerts` that something changed; who and what is asked for.

    The last thing in its transaction.
    """
    if not alerts:
        return
    keys: set[str] = set()
    rows = Grid.objects.filter(pk__in={one.grid_id for one in alerts})
    for grid, *regions in rows.values_list("code", "region__code", "region__parent__code"):
        keys |= audience_for(place, regions=[code for code in regions if code], grid=grid)
    stream.emit(topic=CHANGED, payload={}, audience=keys, at=now)


def _point(sign: Sign) -> Point | None:
    return None if sign.lon is None else Point(sign.lon, sign.lat, srid=4326)
