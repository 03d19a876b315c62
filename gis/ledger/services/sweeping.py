"""Pictures that nothing took up are deleted: nobody may see them, and they may show somebody."""

import logging
from datetime import datetime, timedelta

from django.db import models, transaction

from gis.ledger.models import Attachment
from gis.ledger.services.attachments import FRESH_FOR

log = logging.getLogger(__name__)

# Beyond the time in which a report may take one: clocks of several machines are not one.
MARGIN = timedelta(hours=1)
BATCH = 200


def sweep_attachments(*, now: datetime) -> int:
    """Delete the pictures older than 24 hours and a margin that no row refers to, row and file.

    Batch by batch, so that no lock is held for long; returns how many. Whoever takes a picture
    (`attachments.take`) holds its row locked, and those are left for the next time.
    """
    swept, after = 0, None
    while True:
        deleted, after = _sweep_batch(now - FRESH_FOR - MARGIN, after)
        swept += deleted
        if after is None:
            break
    if swept:
        log.info("清理未使用的照片 %d 张 (unused pictures deleted)", swept)
    return swept


@transaction.atomic
def _sweep_batch(before: datetime, after: object) -> tuple[int, object]:
    """Sweep one batch behind the id `after`; the id to go on behind, None at the end."""
    rows = Attachment.objects.filter(created_at__lt=before).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    locked = list(_unused(rows).select_for_update(skip_locked=True, of=("self",))[:BATCH])
    # Asked again in a statement that began after the locks were held: who took one in between has
    # committed by now, or waits for us and will be told that it is gone.
    ids = [one.pk for one in locked]
    unused = list(_unused(Attachment.objects.filter(pk__in=ids)))
    for one in unused:
        # The file first: if we die now, the row is swept next time, and no file stays behind alone.
        one.file.storage.delete(one.file.name)
    # Not through the collector, which would delete what refers to them instead of failing.
    deleted = Attachment.objects.filter(pk__in=[one.pk for one in unused])
    deleted._raw_delete(deleted.db)
    return len(unused), locked[-1].pk if len(locked) == BATCH else None


def _unused(rows: models.QuerySet[Attachment]) -> models.QuerySet[Attachment]:
    """Those of `rows` that no row of any app refers to."""
    for relation in Attachment._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            field = relation.field
            held = field.model._base_manager.filter(**{field.name: models.OuterRef("pk")})
            rows = rows.filter(~models.Exists(held))
    return rows
