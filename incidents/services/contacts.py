"""Contacts of a case: masked by default, shown for a reason that is kept with who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import transaction

from grids.models import User
from incidents.models import Contact, Incident, Report
from incidents.services import dockets, vault
from incidents.services.acting import UnknownCase
from incidents.services.chronicle import write_down
from incidents.services.vault import Reporter
from incidents.workflow.actions import Event, Party
from incidents.workflow.errors import NotAllowed
from incidents.workflow.office import office_of
from incidents.workflow.standing import parties, standing_of

__all__ = ["MAY_REVEAL", "Revealed", "hidden", "may_reveal", "open_contacts", "record_reveal"]

# Who dispatches, leads, or answers for the ground.
MAY_REVEAL = frozenset({Party.CENTRE, Party.TIER, Party.GROUND, Party.LEAD})


@dataclass(frozen=True, slots=True)
class Revealed:
    """Who sent a report."""

    report: str
    reporter: Reporter


@transaction.atomic
def record_reveal(*, number: str, reason: str, by: User, now: datetime) -> int:
    """Write that `by` looks at the contacts of a case, and why; returns the event's number.

    The words of the reason are kept as those of any event: apart, with their digest in the chain.
    Raises `UnknownCase` and `NotAllowed`.
    """
    case = _case(number, by)
    if not may_reveal(case, by, now):
        names = "、".join(str(party.label) for party in Party if party in MAY_REVEAL)
        en = ", ".join(party.value for party in Party if party in MAY_REVEAL)
        raise NotAllowed(f"由{names}查看。 (For: {en}.)", "role")
    action = f"incident.{Event.CONTACT_REVEALED.value}"
    return write_down(case, action, at=now, by=by, text=reason).sequence


def open_contacts(number: str, by: User) -> list[Revealed]:
    """Who sent the reports of a case and of those merged into it; whoever calls recorded why."""
    case = _case(number, by)
    reports = Report.objects.filter(incident=case) | Report.objects.filter(
        incident__merged_into=case
    )
    rows = reports.filter(reporter__isnull=False).select_related("reporter").order_by("pk")
    return [Revealed(one.number, vault.unseal(one.reporter)) for one in rows if one.reporter]


def may_reveal(case: Incident, by: User, now: datetime) -> bool:
    """Whether `by` may see who reported `case`, once they say why."""
    office = office_of(case.place)
    held = parties(standing_of(by, now), dockets.load(case, office), office)
    return bool(held & MAY_REVEAL)


def hidden(contact: Contact) -> dict[str, str]:
    """Enough of a contact to recognise it: the family name, the ends of the phone."""
    try:
        reporter = vault.unseal(contact)
    except InvalidToken:
        return {"name": "", "phone": ""}
    name, phone = reporter.name, reporter.phone
    return {
        "name": f"{name[:1]}**" if name else "",
        "phone": vault.masked(phone) if phone else "",
    }


def _case(number: str, by: User) -> Incident:
    found: Incident | None = Incident.objects.for_user(by).filter(number=number).first()
    if found is None:
        raise UnknownCase("没有这件案件。 (There is no such case.)", "number")
    return found
