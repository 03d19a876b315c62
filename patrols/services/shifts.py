"""A worker goes on duty and off again, by the phone's clock: an offline phone tells later."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from gis.kernel.errors import WanggeError
from grids.choices import Role
from grids.models import Post, User
from patrols.choices import ON_SHIFT, AlertKind, Closing
from patrols.models import Shift
from patrols.services import compacting, positions
from patrols.services.alerts import close_alerts

__all__ = ["AHEAD", "BACK", "ShiftRefused", "end_shift", "start_shift"]

BACK = timedelta(hours=24)
# Phones' clocks are a little off.
AHEAD = timedelta(minutes=2)


class ShiftRefused(WanggeError):
    """A shift cannot begin or end so; `code` for programs, the words as `中文。 (English.)`."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message, field)
        self.code = code


@transaction.atomic
def start_shift(
    *,
    worker: User,
    device: str,
    started_at: datetime | None,
    now: datetime,
    clock_offset_s: int = 0,
) -> Shift:
    """Put `worker` on duty from `started_at` (from `now` without one), at most 24 h back.

    The same start of the same device, told again, is the same shift. Raises `ShiftRefused`:
    `not_a_worker`, `shift_open`, `shift_overlaps`, `too_old`, `in_the_future`.
    """
    # Starts of one worker follow one another: two would otherwise wait for each other's rows.
    User.objects.select_for_update(no_key=True).get(pk=worker.pk)
    at = started_at or now
    mine = Shift.objects.filter(worker=worker)
    if started_at is not None:
        told: Shift | None = mine.filter(device=device, started_at=at).first()
        if told is not None:
            return told
    _check_told(at, now, "started_at")
    held = Post.objects.held_by(worker).at(at).filter(role=Role.WORKER)
    if worker.place_id is None or not held.exists():
        raise ShiftRefused("not_a_worker", "只有网格员可以上岗。 (Only grid workers start shifts.)")
    try:
        with transaction.atomic():
            compacting.mark_reaching(worker.pk, at)
            shift = Shift.objects.create(
                place_id=worker.place_id,
                worker=worker,
                device=device,
                started_at=at,
                start_received_at=now,
                start_clock_offset_s=clock_offset_s,
            )
    except IntegrityError:
        raise _overlap(mine.filter(ended_at__isnull=True).first()) from None
    close_alerts([worker.pk], [AlertKind.LATE_START], Closing.STARTED, now=now)
    return shift


@transaction.atomic
def end_shift(
    *, shift: Shift, ended_at: datetime | None, now: datetime, clock_offset_s: int = 0
) -> Shift:
    """Take the worker off duty at `ended_at` (at `now` without one), at most 24 h back.

    A shift that has ended stays as it first ended. Raises `ShiftRefused`: `before_start`,
    `too_old`, `in_the_future`.
    """
    held: Shift = Shift.objects.select_for_update().get(pk=shift.pk)
    if held.ended_at is not None:
        return held
    at = ended_at or now
    _check_told(at, now, "ended_at")
    if at <= held.started_at:
        words = "下岗须晚于上岗。 (A shift ends after it starts.)"
        raise ShiftRefused("before_start", words, "ended_at")
    held.ended_at, held.end_received_at, held.end_clock_offset_s = at, now, clock_offset_s
    held.save(update_fields=["ended_at", "end_received_at", "end_clock_offset_s"])
    positions.forget([held.worker_id])
    close_alerts([held.worker_id], ON_SHIFT, Closing.SHIFT_OVER, now=now)
    return held


def _check_told(at: datetime, now: datetime, field: str) -> None:
    if at > now + AHEAD:
        raise ShiftRefused("in_the_future", "不能在将来。 (Must not be in the future.)", field)
    if at < now - BACK:
        raise ShiftRefused("too_old", "最多补报 24 小时。 (At most 24 hours back.)", field)


def _overlap(opened: Shift | None) -> ShiftRefused:
    if opened is None:
        words = "与已有班次重叠。 (It overlaps another shift of yours.)"
        return ShiftRefused("shift_overlaps", words, "started_at")
    zh, en = f"班次 {opened.pk} 尚未结束，请先下岗。", f"Shift {opened.pk} is open: end it first."
    return ShiftRefused("shift_open", f"{zh} ({en})")
