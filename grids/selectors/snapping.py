"""The snap index of an edition, kept in this process.

Which edition is in force is asked of the database every time; the ground of a published edition
never changes, so its index is kept under its id and digest. A plan may still change: its index is
kept under a digest of its geometry.
"""

import hashlib
import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import DatabaseError, connection

from gis.kernel.snap import SnapIndex
from grids.choices import EditionState
from grids.models import Edition, Grid

log = logging.getLogger(__name__)

KEPT = 4
PUBLISHED = {EditionState.IN_FORCE, EditionState.SUPERSEDED}

_Key = tuple[int, str]


class IndexCache:
    """The few indexes used last; each is built once however many threads ask for it."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._indexes: OrderedDict[_Key, Future[SnapIndex | None]] = OrderedDict()

    def get(self, key: _Key, edition: Edition) -> SnapIndex | None:
        """The index under `key`; a failed build is not kept."""
        with self._lock:
            future = self._indexes.get(key)
            mine = future is None
            if future is None:
                future = self._indexes[key] = Future()
                while len(self._indexes) > self._kept:
                    self._indexes.popitem(last=False)
            self._indexes.move_to_end(key)
        if mine:
            try:
                future.set_result(build_index(edition))
            except BaseException as error:
                with self._lock:
                    self._indexes.pop(key, None)
                future.set_exception(error)
                raise
        return future.result()

    def clear(self) -> None:
        with self._lock:
            self._indexes.clear()


cache = IndexCache(KEPT)


def snap_index(edition: Edition) -> SnapIndex | None:
    """The index over the grids of `edition` as they are now (EPSG:4326), None if it has no grids.

    Raises `InvalidTerritory` for a plan whose grids overlap.
    """
    return cache.get((edition.pk, fingerprint(edition)), edition)


def warm() -> None:
    """Build the index of every edition in force, and load the compiled code, before it is asked.

    A database that is away or not yet migrated is left for the first question to tell.
    """
    try:
        for edition in Edition.objects.filter(state=EditionState.IN_FORCE)[:KEPT]:
            index = snap_index(edition)
            if index is not None:
                index.answer_many(np.zeros(1), np.zeros(1))
    except DatabaseError as error:
        log.warning("定位索引未能预热 (the snap index was not warmed): %s", error)


def build_index(edition: Edition) -> SnapIndex | None:
    """Read the grids of `edition` and index them; None if there are none."""
    rows = list(Grid.objects.of(edition).annotate(wkb=AsWKB("geometry")).values_list("code", "wkb"))
    if not rows:
        return None
    shapes = shapely.from_wkb([bytes(wkb) for _, wkb in rows])
    return SnapIndex.build(list(shapes), [code for code, _ in rows])


def fingerprint(edition: Edition) -> str:
    """What the ground of an edition is known by: another ground has another one."""
    if edition.state in PUBLISHED and edition.digest:
        return edition.digest
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(code || md5(ST_AsBinary(geometry)), ',' ORDER BY code)"
            " FROM grids_grid WHERE edition_id = %s",
            [edition.pk],
        )
        told = cursor.fetchone()[0] or ""
    return hashlib.sha256(told.encode()).hexdigest()
