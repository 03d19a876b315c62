"""The life of an edition: published for an instant, in force from it, superseded by the next.

Each step is one transaction that holds the place's row, so that two of them never cross.
"""

import hashlib
from datetime import datetime

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import transaction
from psycopg.types.range import TimestamptzRange

from gis.kernel.errors import WanggeError
from gis.ledger.services import audit, outbox
from grids.choices import EditionState
from grids.models import Edition, Grid, Place, Region, User
from grids.services import rehoming
from grids.signals import edition_in_force


class EditionConflict(WanggeError):
    """The edition, or another of its place, is not in a state that allows the step."""


def _chain(edition: Edition) -> str:
    return f"place:{edition.place.code}"


def _lock(edition: Edition) -> Edition:
    """The edition as it is now, with its place held until the transaction ends."""
    Place.objects.select_for_update().get(pk=edition.place_id)
    held: Edition = Edition.objects.select_related("place").get(pk=edition.pk)
    return held


def content_digest(edition: Edition) -> str:
    """SHA-256 over codes, names and ground of an edition: the stamp of its tiles and caches."""
    digest = hashlib.sha256()
    for model in (Region, Grid):
        rows = model.objects.of(edition).order_by("code").annotate(wkb=AsWKB("geometry"))
        for code, name, wkb in rows.values_list("code", "name", "wkb").iterator():
            digest.update(f"{model.__name__}\0{code}\0{name}\0".encode())
            digest.update(bytes(wkb))
    return digest.hexdigest()


def _prove_no_overlap(edition: Edition) -> None:
    """Refuse a division in which two grids share ground: a point must land in exactly one."""
    rows = Grid.objects.of(edition).annotate(wkb=AsWKB("geometry")).order_by("code")
    pairs = [(code, bytes(wkb)) for code, wkb in rows.values_list("code", "wkb")]
    if not pairs:
        raise EditionConflict(
            f"区划 {edition.name} 没有网格，不能发布。(The edition has no grids.)", field="edition"
        )
    shapes = shapely.from_wkb([wkb for _code, wkb in pairs])
    if shapely.coverage_is_valid(shapes):
        return
    bad = shapely.coverage_invalid_edges(shapes)
    codes = [code for (code, _), edge in zip(pairs, bad, strict=True) if not edge.is_empty]
    raise EditionConflict(
        f"网格边界不吻合：{'、'.join(codes[:10])} 等 {len(codes)} 个。"
        "请用 import_grids --tolerance-m 或修正边界后再发布。(Grid borders do not match.)",
        field="geometry",
    )


@transaction.atomic
def publish(*, edition: Edition, at: datetime, by: User | None, now: datetime) -> Edition:
    """Schedule a draft for `at`; when `at` has passed it comes into force at once.

    Raises `EditionConflict` when it is no draft, has no grids, its grids overlap, or an edition
    of the place that began at `at` or later is in force.
    """
    edition = _lock(edition)
    if edition.state != EditionState.DRAFT:
        raise EditionConflict(
            f"区划 {edition.name} 不是草稿（现为{edition.get_state_display()}）。(Not a draft.)",
            field="edition",
        )
    _prove_no_overlap(edition)
    edition.digest = content_digest(edition)
    edition.state = EditionState.SCHEDULED
    edition.in_force = TimestamptzRange(at, None)
    edition.published_at, edition.published_by = now, by
    edition.save()
    audit.record(
        chain=_chain(edition),
        action="edition.published",
        actor=by,
        at=now,
        data={"edition": edition.name, "from": at.isoformat(), "digest": edition.digest},
    )
    return activate(edition=edition, now=now) if at <= now else edition


@transaction.atomic
def activate(*, edition: Edition, now: datetime) -> Edition:
    """Bring a scheduled edition into force: close the one before it and move the posts over.

    The audit chain gets the table of posts as it was applied. Raises `EditionConflict` when its
    instant has not come or lies before the edition in force began.
    """
    edition = _lock(edition)
    if edition.state != EditionState.SCHEDULED:
        raise EditionConflict(f"区划 {edition.name} 未排期。(Not scheduled.)", field="edition")
    at = edition.in_force.lower
    if at > now:
        raise EditionConflict(f"生效时间 {at:%Y-%m-%d %H:%M} 未到。(Not due yet.)", field="from")
    former = Edition.objects.in_force(edition.place)
    if former is not None:
        if former.in_force.lower >= at:
            raise EditionConflict(
                f"现行区划 {former.name} 自 {former.in_force.lower:%Y-%m-%d} 起生效，"
                f"新区划须晚于它。(The edition in force began later.)",
                field="from",
            )
        former.state = EditionState.SUPERSEDED
        former.in_force = TimestamptzRange(former.in_force.lower, at)
        former.save(update_fields=["state", "in_force"])
    edition.state = EditionState.IN_FORCE
    edition.save(update_fields=["state"])
    moves = rehoming.move_posts(former, edition, at=at) if former else []
    audit.record(
        chain=_chain(edition),
        action="edition.in_force",
        at=now,
        actor=edition.published_by,
        data={
            "edition": edition.name,
            "former": former.name if former else None,
            "posts": [move.as_record() for move in moves],
        },
    )
    if former is not None:
        outbox.promise("grids.lineage", {"old": former.pk, "new": edition.pk}, at=now)
    edition_in_force.send(sender=Edition, edition=edition, former=former, at=at)
    return edition


def activate_due(now: datetime) -> list[Edition]:
    """Bring into force every edition whose instant has come, oldest first."""
    return [activate(edition=edition, now=now) for edition in Edition.objects.due(now)]


@transaction.atomic
def cancel(*, edition: Edition, by: User, now: datetime) -> Edition:
    """Take a scheduled edition back before its instant. Raises `EditionConflict` afterwards."""
    edition = _lock(edition)
    if edition.state != EditionState.SCHEDULED or edition.in_force.lower <= now:
        raise EditionConflict(
            f"区划 {edition.name} 不能取消：只能取消尚未生效的排期。(Only a pending one.)",
            field="edition",
        )
    edition.state = EditionState.CANCELLED
    edition.save(update_fields=["state"])
    audit.record(
        chain=_chain(edition),
        action="edition.cancelled",
        actor=by,
        at=now,
        data={"edition": edition.name},
    )
    return edition
