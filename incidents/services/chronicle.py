"""The history of a case: its chain, and what is written in it with the words that lie apart."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gis.ledger.models import Attachment, AuditEvent
from gis.ledger.services import audit
from grids.models import User
from incidents.models import Incident, Note
from incidents.workflow.actions import Event

__all__ = ["ANSWERS", "chain_of", "digest_of", "sealed", "write_down"]

# Words that the reporter is told.
ANSWERS = frozenset({Event.FED_BACK, Event.SELF_HANDLED})


def chain_of(case: Incident) -> str:
    """The audit chain of a case."""
    return f"incident:{case.number}"


def digest_of(text: str, salt: str) -> str:
    """What the chain holds of the words of an event: they can be erased, and nobody can guess them
    from it once their salt is gone.
    """
    return hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest()


def sealed(text: str) -> tuple[str, str]:
    """A salt for words that are to be kept, and their digest for the chain."""
    salt = secrets.token_hex(16)
    return salt, digest_of(text, salt)


def write_down(
    case: Incident,
    action: str,
    *,
    at: datetime,
    by: User | None,
    data: dict[str, Any] | None = None,
    text: str = "",
    pictures: Sequence[Attachment] = (),
    is_answer: bool = False,
) -> AuditEvent:
    """Append an event to the chain of `case`; its words and pictures are kept beside it."""
    told, salt = dict(data or {}), ""
    if text:
        salt, told["note"] = sealed(text)
    if pictures:
        told["photos"] = [str(one.pk) for one in pictures]
    event = audit.record(chain=chain_of(case), action=action, at=at, actor=by, data=told)
    if text or pictures:
        note = Note.objects.create(
            incident=case, sequence=event.sequence, text=text, salt=salt, is_answer=is_answer
        )
        if pictures:
            note.photos.set(pictures)
    return event
