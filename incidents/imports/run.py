"""A file of another system's reports into the database, in pieces, each row once."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.db import IntegrityError, connection, transaction

from gis.kernel.errors import InvalidInput
from grids.imports.csv_table import chunks, open_table
from grids.models import Place, User
from incidents.imports.mapping import ReportMapping
from incidents.imports.positions import Refused
from incidents.imports.rows import RowReader
from incidents.models import Channel, Report
from incidents.services.bulk import Arrival, receive_many

__all__ = ["ADDED", "ImportTally", "import_reports"]

# Exports have columns named "reason" of their own.
ADDED = ("reject_row", "reject_reason", "reject_message")
CHUNK = 5_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?", re.ASCII)


@dataclass
class ImportTally:
    """How many rows came to what: `known` were there already, `refused` is by reason."""

    rows: int = 0
    stored: int = 0
    known: int = 0
    unplaced: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the rows go, and in whose name."""

    place: Place
    channel: Channel
    sent_by: User | None = None


def import_reports(
    source: Path,
    *,
    mapping: ReportMapping,
    target: Target,
    rejects: Path,
    now: datetime,
    dry_run: bool = False,
    advance: Callable[[int], object] = lambda _bytes: None,
) -> ImportTally:
    """Keep the reports of the CSV `source`; rows that cannot be used go to `rejects` with a reason.

    A row whose external id the channel has already is passed over, so the same file can be given
    again, also after it was stopped half-way: pieces that were done stay. Raises `InvalidInput` for
    a file that is no such table.
    """
    with ExitStack() as stack:
        if dry_run:
            stack.enter_context(transaction.atomic())
        run = _Run(mapping, target, now, _Rejects(stack, rejects))
        text = stack.enter_context(open_table(source, mapping.encoding))
        run.read(text, advance)
        if dry_run:
            transaction.set_rollback(True)
    if not run.tally.refused:
        rejects.unlink(missing_ok=True)
    return run.tally


class _Rejects:
    """The file of refused rows, made when the first one comes."""

    def __init__(self, stack: ExitStack, path: Path) -> None:
        self._stack, self._path = stack, path
        self.header: Sequence[str] = ()
        self._file: TextIO | None = None

    def write(self, number: int, why: Refused, row: Sequence[str]) -> None:
        if self._file is None:
            self._file = self._stack.enter_context(
                self._path.open("w", encoding="utf-8-sig", newline="")
            )
            csv.writer(self._file).writerow([*ADDED, *self.header])
        cells = [harmless(cell) for cell in (why.message, *row)]
        csv.writer(self._file).writerow([number, why.kind, *cells])


def harmless(cell: str) -> str:
    """The cell with a quote before what a spreadsheet would run as a formula; numbers are none."""
    return cell if _NUMBER.fullmatch(cell) or not cell.startswith(_FORMULA) else f"'{cell}"


class _Run:
    def __init__(
        self, mapping: ReportMapping, target: Target, now: datetime, rejects: _Rejects
    ) -> None:
        self._mapping, self._target, self._now = mapping, target, now
        self._rejects = rejects
        # The header is row 1, as a spreadsheet counts.
        self._number = 1
        self.tally = ImportTally()

    def read(self, text: TextIO, advance: Callable[[int], object]) -> None:
        reader = csv.reader(text, delimiter=self._mapping.delimiter)
        header = next(reader, None)
        if not header:
            raise InvalidInput("文件为空 (the file is empty)", "file")
        self._rejects.header = header
        target = self._target
        rows = RowReader(
            self._mapping, header, channel=target.channel, place=target.place, now=self._now
        )
        done = 0
        for chunk in chunks(reader, CHUNK):
            self._keep(self._arrivals(rows, chunk))
            read = text.buffer.tell()
            advance(read - done)
            done = read

    def _arrivals(self, rows: RowReader, chunk: list[list[str]]) -> list[Arrival]:
        found = []
        for row in chunk:
            self._number += 1
            if not any(row):
                continue
            self.tally.rows += 1
            try:
                found.append(rows.arrival(row))
            except Refused as why:
                self.tally.refused[why.kind] += 1
                self._rejects.write(self._number, why, row)
        return found

    def _keep(self, arrivals: list[Arrival]) -> None:
        channel, place = self._target.channel, self._target.place
        try:
            with transaction.atomic():
                _wait_turn(channel)
                new = _unknown(arrivals, channel)
                placings = receive_many(new, place=place, sent_by=self._target.sent_by)
        except IntegrityError as error:
            raise InvalidInput(
                "同一渠道同时有别处写入；已完成的部分保留，请再执行一次。"
                f"(Written elsewhere at the same time; run it again.) {error}",
                "file",
            ) from None
        self.tally.stored += len(new)
        self.tally.known += len(arrivals) - len(new)
        self.tally.unplaced += sum(placing.grid is None for placing in placings)


def _wait_turn(channel: Channel) -> None:
    """One import of a channel at a time writes, or two of the same file would collide."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{channel.code}"]
        )


def _unknown(arrivals: list[Arrival], channel: Channel) -> list[Arrival]:
    """The arrivals that the channel does not have yet, the first of each external id."""
    first = {one.external_id: one for one in reversed(arrivals)}
    there = set(
        Report.objects.filter(channel=channel, external_id__in=list(first)).values_list(
            "external_id", flat=True
        )
    )
    return [
        one for one in arrivals if one.external_id not in there and first[one.external_id] is one
    ]
