"""What becomes of a partner's reports goes back to the partner, by its address or as a file.

It is promised in the transaction of the change and kept by the relay. A lost answer is sent again
under the same key, so that the partner takes it once. The outbox holds ids only: the words of an
answer are looked up when they are sent.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.utils import timezone

from gis.ledger.models import AuditEvent, OutboxMessage
from gis.ledger.services import outbox
from incidents.channels import signing
from incidents.channels.folders import folder_of
from incidents.models import ChannelPartner, Incident, Note, PartnerReport, Report
from incidents.services.chronicle import chain_of
from incidents.services.partners import keys_of
from incidents.workflow.actions import Event

__all__ = ["TOPIC", "NotTaken", "is_allowed", "promise_for", "tell"]

TOPIC = "channels.tell"
TIMEOUT_S = 5.0
MOST_ANSWER = 4096
_NO_ANSWER = "no answer"
# What a partner is told of → under which word.
_TOLD = {
    Event.FED_BACK: "answered",
    Event.SELF_HANDLED: "answered",
    Event.CLOSED: "closed",
    Event.RETURNED: "returned",
    Event.REOPENED: "reopened",
    Event.VOIDED: "voided",
}


class NotTaken(Exception):
    """The partner did not take it: the relay tries again later."""


def promise_for(case: Incident, event: AuditEvent) -> int:
    """Promise to tell the partners whose reports are handled in `case`; how many promises."""
    name = event.action.removeprefix("incident.")
    if name not in [one.value for one in _TOLD]:
        return 0
    promised = 0
    for report, partner in _recipients(case):
        if partner.callback_url or settings.DROP_FOLDER:
            payload = {
                "report": report.pk,
                "partner": partner.pk,
                "incident": case.pk,
                "sequence": event.sequence,
            }
            outbox.promise(TOPIC, payload, at=event.at)
            promised += 1
    return promised


def _recipients(case: Incident) -> list[tuple[Report, ChannelPartner]]:
    """The reports that are handled in `case` and whose they are: the sender's, else, as of an
    import, those of the one active partner of their channel.
    """
    active = {one.pk: one for one in ChannelPartner.objects.filter(is_active=True)}
    if not active:
        return []
    alone: dict[int, list[ChannelPartner]] = {}
    for one in active.values():
        alone.setdefault(one.channel_id, []).append(one)
    rows = Report.objects.filter(incident__in=_joined(case), channel__in=alone)
    found = []
    for report in rows.exclude(external_id="").select_related("partner_report").order_by("pk"):
        sent: PartnerReport | None = getattr(report, "partner_report", None)
        of_channel = alone[report.channel_id]
        if sent is not None:
            partner = active.get(sent.partner_id)
        else:
            partner = of_channel[0] if len(of_channel) == 1 else None
        if partner is not None:
            found.append((report, partner))
    return found


def _joined(case: Incident) -> list[int]:
    """The case and those that were merged into it, however deep."""
    found, level = [case.pk], [case.pk]
    while level:
        merged = Incident.objects.filter(merged_into__in=level)
        level = list(merged.values_list("pk", flat=True))
        found += level
    return found


@outbox.handles(TOPIC)
def tell(payload: dict[str, Any], message: int) -> None:
    """Keep one promise. Raises `NotTaken` when the partner did not take it."""
    partner = ChannelPartner.objects.select_related("channel").get(pk=payload["partner"])
    if not partner.is_active:
        return
    if partner.callback_url and _is_away(partner, message):
        raise NotTaken("an earlier message waits for its answer")
    told = _told(partner, payload, message)
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    if partner.callback_url:
        _post(partner, body, message, timezone.now())
    elif settings.DROP_FOLDER:
        _write(partner, body, message)


def _is_away(partner: ChannelPartner, message: int) -> bool:
    """Whether the partner did not answer an earlier message that is still to be tried again: who is
    away is asked once, and does not cost the relay its patience for every message.
    """
    waiting = OutboxMessage.objects.filter(
        topic=TOPIC, done_at__isnull=True, due_at__gt=timezone.now(), pk__lt=message
    )
    return bool(
        waiting.filter(
            payload__partner=partner.pk, last_error__startswith=f"NotTaken: {_NO_ANSWER}"
        ).exists()
    )


def _told(partner: ChannelPartner, payload: dict[str, Any], message: int) -> dict[str, Any]:
    report = Report.objects.get(pk=payload["report"])
    case = Incident.objects.only("number").get(pk=payload["incident"])
    event = AuditEvent.objects.get(chain=chain_of(case), sequence=payload["sequence"])
    name = Event(event.action.removeprefix("incident."))
    note = Note.objects.filter(incident=case, sequence=event.sequence, is_answer=True).first()
    word = _TOLD[name]
    if name is Event.SELF_HANDLED and event.data.get("to") == "closed":
        word = "closed"
    return {
        "id": message,
        "channel": partner.channel.code,
        "external_id": report.external_id,
        "report": report.number,
        "incident": case.number,
        "event": word,
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "answer": note.text if note else "",
    }


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def is_allowed(url: str) -> bool:
    """Whether `url` is http(s) to one of the configured hosts, without a user in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return False
    host = f"{parts.hostname}:{port}" if port is not None else parts.hostname
    return host in settings.CALLBACK_HOSTS


def _post(partner: ChannelPartner, body: bytes, message: int, now: datetime) -> None:
    keys = keys_of(partner)
    if not is_allowed(partner.callback_url):
        raise NotTaken("the address is not one of WANGGE_CALLBACK_HOSTS")
    if not keys:
        raise NotTaken("the partner has no key to sign with")
    request = Request(  # noqa: S310 - the scheme was looked at above
        partner.callback_url,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": f"wangge-{message}",
            signing.HEADER: signing.signature(body, keys[0], at=now),
        },
    )
    # No proxy of the environment: the hosts are those that were configured.
    opener = build_opener(ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            answer.read(MOST_ANSWER)
    except HTTPError as error:
        raise NotTaken(f"answered {error.code}") from None
    except OSError as error:
        # The reason names hosts and errors of the network, nothing that was sent.
        raise NotTaken(f"{_NO_ANSWER}: {type(error).__name__}") from None


def _write(partner: ChannelPartner, body: bytes, message: int) -> None:
    """A whole file or none; written again under the same name when nobody knows whether it was."""
    folder = folder_of(partner.channel.code, "out")
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{message}.part"
    with Path(part).open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / f"{message}.json")
