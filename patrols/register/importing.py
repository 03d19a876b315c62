"""Writing a register, all or nothing; a spot that is there is brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import Point
from django.db import connection, transaction

from gis.ledger.services import audit
from grids.models import Place, User
from patrols.models import Spot, SpotType
from patrols.register.reading import Fault, Row
from patrols.register.routes import changed_stops, route_faults, write_stops
from patrols.services.spots import grid_codes_at

__all__ = ["Imported", "import_register"]


@dataclass(frozen=True)
class Imported:
    """What was written, or would be; nothing when there are faults. `outside` lie in no grid."""

    added: int
    changed: int
    same: int
    outside: int
    faults: list[Fault]


@transaction.atomic
def import_register(
    rows: Sequence[Row],
    faults: Sequence[Fault] = (),
    *,
    place: Place,
    by: User | None,
    now: datetime,
    dry_run: bool = False,
) -> Imported:
    """Write the spots of `rows`, known by type, name and address; with any fault write nothing.

    A spot that the rows do not name stays as it is. One that is named is active again, and on the
    routes that its row names, if the file says anything of routes.
    """
    with connection.cursor() as cursor:
        lock = f"register:{place.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    types = {kind.name: kind for kind in SpotType.objects.filter(place=place)}
    found = [*faults, *_faults(rows, place, types), *route_faults(rows, place)]
    if found:
        return Imported(0, 0, 0, 0, sorted(found, key=lambda fault: fault.row))
    spots = Spot.objects.filter(place=place).select_related("type")
    there = {(spot.type.name, spot.name, spot.address): spot for spot in spots}
    stops = changed_stops(rows, place)
    added, changed = [], []
    codes = grid_codes_at(place, [(row.lon, row.lat) for row in rows])
    for row, code in zip(rows, codes, strict=True):
        spot = there.get(row.identity)
        if spot is None:
            kind = types[row.type]
            spot = Spot(place=place, type=kind, name=row.name, address=row.address, created_at=now)
            added.append(spot)
            there[row.identity] = spot
        elif not _is_same(spot, row, code) or row.identity in stops:
            changed.append(spot)
        _fill(spot, row, code)
    Spot.objects.bulk_create(added, batch_size=2000)
    Spot.objects.bulk_update(changed, _FIELDS, batch_size=2000)
    write_stops(stops, there)
    counts = {"added": len(added), "changed": len(changed)}
    audit.record(
        chain=f"place:{place.code}", action="spots.imported", actor=by, at=now, data=dict(counts)
    )
    if dry_run:
        transaction.set_rollback(True)
    same = len(rows) - len(added) - len(changed)
    return Imported(**counts, same=same, outside=codes.count(""), faults=[])


_FIELDS = ["position", "grid_code", "every_days", "note", "is_active"]


def _faults(rows: Sequence[Row], place: Place, types: dict[str, SpotType]) -> list[Fault]:
    """What only the whole file, or the place, can tell."""
    known = "、".join(sorted(types)) or "无 (none)"
    west, south, east, north = place.envelope.extent
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for row in rows:
        if row.type not in types:
            message = f"没有类型 {row.type}；有：{known} (no such type)"
            found.append(Fault(row.number, "type", message))
        first = seen.setdefault(row.identity, row.number)
        if first != row.number:
            message = f"与第 {first} 行同类型、同名、同址 (the same as row {first})"
            found.append(Fault(row.number, "name", message))
        if not (west <= row.lon <= east and south <= row.lat <= north):
            swapped = west <= row.lat <= east and south <= row.lon <= north
            hint = "经纬度似乎颠倒 (swapped)" if swapped else "请检查坐标系 (is it the datum?)"
            message = f"在{place.name}的范围之外，{hint}"
            found.append(Fault(row.number, "lon", message))
    return found


def _is_same(spot: Spot, row: Row, code: str) -> bool:
    return (
        (spot.position.x, spot.position.y) == (row.lon, row.lat)
        and (spot.every_days, spot.note) == (row.every_days, row.note)
        and (spot.grid_code, spot.is_active) == (code, True)
    )


def _fill(spot: Spot, row: Row, code: str) -> None:
    spot.position = Point(row.lon, row.lat, srid=4326)
    spot.grid_code, spot.every_days, spot.note = code, row.every_days, row.note
    spot.is_active = True
