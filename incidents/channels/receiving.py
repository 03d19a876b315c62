"""Rows of a partner become reports: each once, by its external id, whatever way it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from gis.api.fields import FieldReader
from gis.api.problems import Problem, Refused
from gis.ledger.services import idempotency
from incidents.api.reading import Sent, read_report
from incidents.api.reports import tell_received
from incidents.channels.adapter import Adapter, Mapped
from incidents.models import ChannelPartner, PartnerReport, Report
from incidents.services import intake

__all__ = ["MOST_ROWS", "receive_rows", "rows_in"]

MOST_ROWS = 100
# Names the rows of channels among the idempotency keys.
_ROWS = UUID("6f1c5f2e-6a57-4d0a-9a35-1f0a5b0f5f0e")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a partner as it was read."""

    path: str
    mapped: Mapped
    sent: Sent


def rows_in(adapter: Adapter, body: Any) -> list[tuple[str, Any]]:
    """The rows of a body with their paths. Raises `Refused`."""
    if not adapter.rows:
        return [("", body)]
    fields = FieldReader(body, (adapter.rows,))
    rows = fields.raw.get(adapter.rows)
    if not isinstance(rows, list) or not rows:
        fields.note(adapter.rows, "not_a_list", "必须是非空的列表。", "Must be a list with rows.")
    elif len(rows) > MOST_ROWS:
        zh, en = f"一次最多 {MOST_ROWS} 条。", f"At most {MOST_ROWS} rows."
        fields.note(adapter.rows, "too_many", zh, en)
    fields.refuse()
    return [(f"{adapter.rows}[{number}]", row) for number, row in enumerate(rows or ())]


@transaction.atomic
def receive_rows(
    adapter: Adapter, partner: ChannelPartner, rows: Sequence[tuple[str, Any]], *, now: datetime
) -> list[idempotency.Answer]:
    """Keep every row as a report, or none: raises `Refused` with what is wrong, by their names.

    A row that came before with the same content gets the same answer; with another one the whole is
    refused (409).
    """
    read = _read_all(adapter, partner, rows, now)
    for external_id in sorted({one.mapped.external_id for one in read}):
        # Before anything is written: two batches that share rows wait here and nowhere else.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"row:{adapter.code}:{external_id}"],
            )
    return [_receive(adapter, partner, one, now) for one in read]


def _read_all(
    adapter: Adapter, partner: ChannelPartner, rows: Sequence[tuple[str, Any]], now: datetime
) -> list[Row]:
    found, problems = [], []
    for path, raw in rows:
        row = _read(adapter, partner, path, raw, now)
        if isinstance(row, Row):
            found.append(row)
        else:
            problems += row
    if problems:
        raise Refused(problems)
    return found


def _read(
    adapter: Adapter, partner: ChannelPartner, path: str, raw: Any, now: datetime
) -> Row | list[Problem]:
    """A row, or every reason against it."""
    if adapter.read is None:
        raise LookupError(f"{adapter.code} reads no rows")
    fields = FieldReader(raw, adapter.fields, path=path)
    mapped = adapter.read(fields, now)
    body = dict(mapped.body)
    if partner.place is not None:
        body["place"] = partner.place.code
    noted = {one.field for one in fields.problems}
    try:
        sent = read_report(body, AnonymousUser(), partner.channel, now)
    except Refused as error:
        renamed = [_renamed(one, mapped, path) for one in error.problems]
        return fields.problems + [one for one in renamed if one.field not in noted]
    return fields.problems or Row(path, mapped, sent)


def _renamed(problem: Problem, mapped: Mapped, path: str) -> Problem:
    """The same reason by the partner's name of the field."""
    if problem.field is None:
        return replace(problem, field=path or None)
    name = mapped.names.get(problem.field, problem.field)
    return replace(problem, field=f"{path}.{name}" if path else name)


def _receive(
    adapter: Adapter, partner: ChannelPartner, row: Row, now: datetime
) -> idempotency.Answer:
    mapped, path = row.mapped, row.path

    def write() -> tuple[int, Any]:
        # Brought in by another way, as an import is: there is no answer to compare with.
        if Report.objects.filter(channel=partner.channel, external_id=mapped.external_id).exists():
            raise _used(path)
        received = intake.receive(
            **vars(row.sent), sent_by=None, now=now, external_id=mapped.external_id
        )
        PartnerReport.objects.create(
            report=received.report, partner=partner, deadline=mapped.deadline
        )
        told = tell_received(received, row.sent)
        return 201, {"external_id": mapped.external_id, **told}

    deadline = mapped.deadline.isoformat() if mapped.deadline else None
    try:
        return idempotency.once(
            source=f"channel:{adapter.code}",
            key=uuid5(_ROWS, f"{adapter.code}:{mapped.external_id}"),
            body={"row": mapped.body, "deadline": deadline},
            now=now,
            write=write,
        )
    except idempotency.KeyReused as error:
        raise _used(path) from error


def _used(path: str) -> Refused:
    zh = "此编号已收到过另一内容。"
    en = "This number came before with another content."
    return Refused([Problem(path or None, "external_id_used", zh, en)], 409)
