"""Secrets of tracker apps: issued once, shown once, ended at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from gis.kernel.errors import WanggeError
from gis.ledger.services import audit
from grids.choices import Role
from grids.models import Post, User
from patrols.models import Tracker

__all__ = ["NotAWorker", "UnusableName", "end_tracker", "issue_tracker", "tracker_of"]

LONGEST_NAME = 40


class NotAWorker(WanggeError):
    """Only who holds a worker's post may be tracked by an app."""


class UnusableName(WanggeError):
    """A device is known by a name that can be read and typed."""


@transaction.atomic
def issue_tracker(*, worker: User, device: str, by: User | None, now: datetime) -> str:
    """A secret for `device` of `worker`; the one it had ends. It exists in this answer only.

    Raises `UnusableName`, `NotAWorker`.
    """
    if not (0 < len(device) <= LONGEST_NAME and device.isprintable() and device == device.strip()):
        raise UnusableName(
            "设备名应为 1 至 40 个可见字符。 (1 to 40 visible characters.)", field="device"
        )
    if not Post.objects.held_by(worker).at(now).filter(role=Role.WORKER).exists():
        raise NotAWorker("该用户不是网格员。 (Not a grid worker.)", field="worker")
    User.objects.select_for_update(no_key=True).get(pk=worker.pk)
    _end(worker, device)
    # Short enough to be typed into a field of an app, long enough not to be guessed.
    raw = secrets.token_urlsafe(18)
    Tracker.objects.create(worker=worker, device=device, digest=_digest(raw), issued_at=now)
    _record("tracker.issued", worker, device, by, now)
    return raw


@transaction.atomic
def end_tracker(*, worker: User, device: str, by: User | None, now: datetime) -> bool:
    """Let the secret of `device` open nothing any more; whether there was one."""
    ended = _end(worker, device) > 0
    if ended:
        _record("tracker.ended", worker, device, by, now)
    return ended


def tracker_of(raw: str) -> Tracker | None:
    """The active tracker of an active worker that has this secret."""
    found: Tracker | None = (
        Tracker.objects.filter(digest=_digest(raw), is_active=True, worker__is_active=True)
        .select_related("worker")
        .first()
    )
    return found


def _end(worker: User, device: str) -> int:
    held = Tracker.objects.filter(worker=worker, device=device, is_active=True)
    return int(held.update(is_active=False))


def _record(action: str, worker: User, device: str, by: User | None, now: datetime) -> None:
    data = {"device": device}
    audit.record(chain=f"user:{worker.pk}", action=action, actor=by, at=now, data=data)


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
