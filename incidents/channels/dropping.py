"""Files that partners drop: each row once, whatever happens to the process that reads them.

A file stays in `in` until every row of it is kept or refused; then it moves to `done`, or with a
table of what was wrong beside it to `failed`. Whoever is killed before that reads it again, and the
rows that were kept already answer as they did.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from gis.api.problems import Problem, Refused
from gis.kernel.errors import InvalidInput
from incidents.channels import registry
from incidents.channels.adapter import Adapter, Way
from incidents.channels.folders import folder_of
from incidents.channels.receiving import receive_rows
from incidents.channels.tables import rows_of_file
from incidents.models import ChannelPartner

__all__ = ["Read", "drop_files"]

log = logging.getLogger(__name__)
KINDS = (".json", ".csv")
COLUMNS = ("row", "field", "code", "message", "message_en")
Wrong = tuple[int | str, Problem]


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read to its end."""

    name: str
    kept: int
    wrong: int


def drop_files(*, now: datetime, root: str = "") -> list[Read]:
    """Read what lies in the `in` folders of every channel that takes files."""
    read = []
    for adapter in registry.adapters().values():
        folder = folder_of(adapter.code, "in", root)
        if Way.FILE in adapter.ways_in and folder.is_dir():
            with _alone(adapter.code) as is_alone:
                if is_alone:
                    read += [_read_file(adapter, path, now, root) for path in _settled(folder, now)]
    return read


def _settled(folder: Path, now: datetime) -> list[Path]:
    """Files that nobody has written to for a while, the oldest first; no links, no hidden ones."""
    found = []
    for path in folder.iterdir():
        is_file = path.suffix in KINDS and not path.name.startswith(".")
        if is_file and path.is_file() and not path.is_symlink():
            at = path.stat().st_mtime
            if now.timestamp() - at >= settings.DROP_SETTLE_SECONDS:
                found.append((at, path.name, path))
    return [path for _at, _name, path in sorted(found)]


@contextmanager
def _alone(code: str) -> Iterator[bool]:
    """Whether this process alone reads the channel's folder; a killed one's lock ends with it."""
    key = f"drop:{code}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def _read_file(adapter: Adapter, path: Path, now: datetime, root: str) -> Read:
    wrong: list[Wrong] = []
    kept = 0
    partners = list(
        ChannelPartner.objects.filter(channel__code=adapter.code, is_active=True)
        .select_related("channel", "place")
        .defer("place__envelope")
        .order_by("pk")[:1]
    )
    try:
        rows = rows_of_file(adapter, path)
    except Refused as error:
        rows, wrong = [], [("", one) for one in error.problems]
    if not partners:
        zh, en = "此渠道没有启用的对接方。", "The channel has no active partner."
        rows, wrong = [], [("", Problem(None, "no_partner", zh, en))]
    for number, row in enumerate(rows, 1):
        try:
            receive_rows(adapter, partners[0], [("", row)], now=now)
            kept += 1
        except Refused as error:
            wrong += [(number, one) for one in error.problems]
        except InvalidInput as error:
            wrong.append((number, Problem(error.field, "invalid", error.message, error.message)))
    _move(adapter, path, wrong, now, root)
    log.info("%s/%s: %s kept, %s reasons against others", adapter.code, path.name, kept, len(wrong))
    return Read(path.name, kept, len({number for number, _problem in wrong}))


def _move(adapter: Adapter, path: Path, wrong: list[Wrong], now: datetime, root: str) -> None:
    folder = folder_of(adapter.code, "failed" if wrong else "done", root)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}.{now:%Y%m%dT%H%M%S%f}{path.suffix}"
    if wrong:
        # Before the file itself: whoever finds it in `failed` finds the reasons beside it.
        part = folder / f".{target.name}.part"
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for number, one in wrong:
                told = (number, one.field or "", one.code, one.message, one.message_en)
                table.writerow(told)
        part.replace(folder / f"{target.name}.errors.csv")
    path.replace(target)
