"""Questions about cases that somebody keeps under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from gis.kernel.errors import InvalidInput
from gis.ledger.services import audit
from grids.models import User
from incidents.models import SavedFilter

__all__ = ["MOST_FILTERS", "change_filter", "drop_filter", "keep_filter"]

MOST_FILTERS = 20


def keep_filter(*, user: User, name: str, query: Mapping[str, str], now: datetime) -> SavedFilter:
    """Keep a question that was read and found sound. Under a name that is there, it replaces it.

    Raises `InvalidInput` when there are too many.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        found = SavedFilter.objects.filter(user=user, name=name).first()
        if found is None and SavedFilter.objects.filter(user=user).count() >= MOST_FILTERS:
            zh, en = f"最多保存 {MOST_FILTERS} 个筛选。", f"At most {MOST_FILTERS} filters."
            raise InvalidInput(f"{zh} ({en})", "name")
        found = found or SavedFilter(user=user, name=name)
        found.query = dict(query)
        found.save()
        _record("filter.kept", found, now)
        return found


def change_filter(*, kept: SavedFilter, name: str, now: datetime) -> SavedFilter:
    """Give a kept question another name. Raises `InvalidInput` when the name is taken."""
    try:
        with transaction.atomic():
            kept.name = name
            kept.save(update_fields=["name"])
            _record("filter.renamed", kept, now)
    except IntegrityError:
        raise InvalidInput("已有同名的筛选。 (There is one of that name.)", "name") from None
    return kept


@transaction.atomic
def drop_filter(*, kept: SavedFilter, now: datetime) -> None:
    """Forget a kept question."""
    _record("filter.dropped", kept, now)
    kept.delete()


def _record(action: str, kept: SavedFilter, now: datetime) -> None:
    """Ids only: a name or a text in a question may be somebody's."""
    user = kept.user
    audit.record(
        chain=f"user:{user.pk}", action=action, at=now, actor=user, data={"filter": kept.pk}
    )
