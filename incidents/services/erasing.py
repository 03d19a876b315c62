"""Forgetting a person: who they are, and if asked the words that may name them.

The record of what was done stays: the chain holds digests of words, salted, and no persons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db import transaction

from gis.ledger.models import AuditEvent
from gis.ledger.services import audit
from grids.models import User
from incidents.choices import IncidentState
from incidents.models import Contact, Incident, Note, Report
from incidents.services import vault
from incidents.services.acting import main_case
from incidents.services.chronicle import chain_of

__all__ = ["Erased", "contacts_by_phone", "erase", "erase_old"]

BATCH = 200


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was forgotten."""

    contacts: int = 0
    notes: int = 0


def contacts_by_phone(phone: str) -> list[Contact]:
    """Everybody in the vault with that number. Each is opened, since none can be searched for."""
    digits = "".join(one for one in phone if one.isdigit())
    found = []
    for contact in Contact.objects.order_by("pk").iterator(chunk_size=500):
        try:
            kept = vault.unseal(contact).phone
        except InvalidToken:
            continue
        kept = "".join(one for one in kept if one.isdigit())
        if digits and kept.removeprefix("86") == digits.removeprefix("86"):
            found.append(contact)
    return found


def erase(
    contacts: Iterable[Contact], *, with_notes: bool, by: User | None, now: datetime, why: str
) -> Erased:
    """Forget each of `contacts`, all of one or nothing; `with_notes` also the words of their cases.

    `why` is a word for the record (asked, retention), nothing of the person.
    """
    total = Erased()
    for contact in contacts:
        one = _erase_one(contact, with_notes=with_notes, by=by, now=now, why=why)
        total = Erased(total.contacts + one.contacts, total.notes + one.notes)
    return total


@transaction.atomic
def _erase_one(
    contact: Contact, *, with_notes: bool, by: User | None, now: datetime, why: str
) -> Erased:
    held = Contact.objects.select_for_update().filter(pk=contact.pk).first()
    if held is None:
        return Erased()
    reports = list(Report.objects.filter(reporter=held).select_related("incident"))
    cases = {case.pk for one in reports for case in (one.incident, main_case(one.incident))}
    notes = _blank_notes(cases, now) if with_notes else 0
    audit.record(
        chain=f"contact:{held.pk}",
        action="contact.erased",
        actor=by,
        at=now,
        data={"why": why, "reports": [one.number for one in reports], "notes": notes},
    )
    held.delete()
    return Erased(1, notes)


def _blank_notes(cases: set[int], now: datetime) -> int:
    """Words and salt go, so that nobody can guess the words from the digest that stays."""
    rows = Note.objects.filter(incident__in=cases, erased_at__isnull=True).exclude(text="")
    return rows.update(text="", salt="", erased_at=now)


def erase_old(*, now: datetime, keep: timedelta) -> Erased:
    """Forget who reported what was settled longer than `keep` ago; an open case keeps them."""
    before, last, total = now - keep, 0, Erased()
    while True:
        rows = Contact.objects.filter(pk__gt=last, created_at__lt=before).order_by("pk")
        batch = list(rows.prefetch_related("reports__incident")[:BATCH])
        if not batch:
            return total
        last = batch[-1].pk
        old = [one for one in batch if _is_settled(one, before)]
        done = erase(old, with_notes=False, by=None, now=now, why="retention")
        total = Erased(total.contacts + done.contacts, 0)


def _is_settled(contact: Contact, before: datetime) -> bool:
    return all(
        (at := _settled_at(main_case(report.incident))) is not None and at < before
        for report in contact.reports.all()
    )


def _settled_at(case: Incident) -> datetime | None:
    """When a case ended, None while it is open."""
    if case.state == IncidentState.CLOSED:
        return case.closed_at
    if case.state == IncidentState.VOID:
        last = AuditEvent.objects.filter(chain=chain_of(case)).order_by("-sequence").first()
        return last.at if last else case.received_at
    return None
