"""Reading the stream from its table, for those who ask once instead of staying."""

from dataclasses import dataclass

from django.db.models import Max

from gis.ledger.models import StreamEvent
from gis.ledger.stream.frames import frame
from gis.ledger.stream.ring import Wish

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """Events for somebody who had read up to `after`, up to `upto` (theirs or not); `lost` when
    some of them are gone.
    """

    after: int
    upto: int
    newest: int
    lost: bool
    frames: list[bytes]


def replay(after: int | None, wish: Wish, *, most: int) -> Replay:
    """Up to `most` events that follow `after`; without it none, but where the stream is now.

    0 asks for all that is kept. An id from before what is kept, or that was never given, is lost.
    """
    newest = StreamEvent.objects.aggregate(id=Max("id"))["id"] or 0
    if after is None:
        return Replay(newest, newest, newest, lost=False, frames=[])
    rows = StreamEvent.objects.filter(
        id__gt=after, id__lte=newest, audience__overlap=sorted(wish.keys)
    )
    if wish.topics:
        rows = rows.filter(topic__in=wish.topics)
    rows = rows.order_by("id")[:most]
    frames = [frame(row.topic, row.payload, id=row.pk) for row in rows]
    upto = rows[most - 1].pk if len(frames) == most else newest
    # Asked after the rows were read: retention deletes from the oldest on, without a hole.
    known = after == 0 or StreamEvent.objects.filter(id__lte=after).exists()
    if after > newest or not known:
        return Replay(newest, newest, newest, lost=True, frames=[])
    return Replay(after, upto, newest, lost=False, frames=frames)
