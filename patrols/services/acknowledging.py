"""Somebody who answers for the ground says that they know of an alert, and what they did."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from gis.kernel.errors import WanggeError
from gis.ledger.services import audit
from grids.models import User
from patrols.models import Alert
from patrols.selectors.alerts import alerts_seen_by
from patrols.services.alerts import tell_change

__all__ = ["AlreadyKnown", "NotTheirs", "UnknownAlert", "acknowledge_alert"]


class UnknownAlert(WanggeError):
    """There is no such alert on the user's ground."""


class NotTheirs(WanggeError):
    """The alert is about the user: somebody else answers for it."""


class AlreadyKnown(WanggeError):
    """Somebody has said already that they know."""


@transaction.atomic
def acknowledge_alert(*, alert_id: int, note: str, by: User, now: datetime) -> Alert:
    """Say that one knows, and what one did about it. The alert goes on until it is over.

    Raises `UnknownAlert`, `NotTheirs`, `AlreadyKnown`.
    """
    seen = alerts_seen_by(by, by.place, now) if by.place else None
    rows = Alert.objects.none() if seen is None else seen.filter(pk=alert_id)
    alert: Alert | None = (
        rows.select_for_update(of=("self",)).select_related("place", "worker", "grid").first()
    )
    if alert is None:
        raise UnknownAlert("没有这条提醒，或不在您负责的辖区。 (No such alert of yours.)", "id")
    if alert.worker_id == by.pk:
        raise NotTheirs("关于本人的提醒由上级知悉。 (It is about you: for those above.)", "id")
    if alert.acknowledged_at is not None:
        zh, en = f"{alert.acknowledged_by} 已知悉。", f"{alert.acknowledged_by} knows already."
        raise AlreadyKnown(f"{zh} ({en})", "id")
    alert.acknowledged_at, alert.acknowledged_by, alert.note = now, by, note
    alert.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    # The words may name somebody: they stay in the row.
    audit.record(
        chain=f"alert:{alert.pk}",
        action="alert.acknowledged",
        at=now,
        actor=by,
        data={"alert": alert.pk, "kind": str(alert.kind), "worker": alert.worker_id},
    )
    tell_change(alert.place, [alert], now)
    return alert
