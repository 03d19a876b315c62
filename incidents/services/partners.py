"""Partners of a channel: their keys, and who signed a body."""

import logging
import secrets
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.db import transaction

from gis.ledger.services import audit
from grids.models import User
from incidents.channels import signing
from incidents.models import Channel, ChannelPartner
from incidents.services import vault

__all__ = ["MOST_KEYS", "issue_key", "keys_of", "partner_who_signed"]

log = logging.getLogger(__name__)
# The one in use and the former one, until the partner has changed over.
MOST_KEYS = 2


@transaction.atomic
def issue_key(
    *, channel: Channel, name: str, now: datetime, by: User | None = None, alone: bool = False
) -> str:
    """A new key for the partner of that name, who is added if there is none; it is told only here.

    The former key works on beside it until the next one is issued; with `alone` it ends now.
    """
    ChannelPartner.objects.get_or_create(channel=channel, name=name)
    partner = ChannelPartner.objects.select_for_update().get(channel=channel, name=name)
    key = secrets.token_hex(32)
    kept = [] if alone else keys_of(partner)
    partner.secret = vault.seal_words([key, *kept][:MOST_KEYS])
    partner.save(update_fields=["secret"])
    audit.record(
        chain=f"channelpartner:{partner.pk}",
        action="channelpartner.key_issued",
        actor=by,
        at=now,
        data={"alone": alone},
    )
    return key


def keys_of(partner: ChannelPartner) -> list[str]:
    """The keys of a partner, the newest first; none when they cannot be opened."""
    if not partner.secret:
        return []
    try:
        return vault.unseal_words(bytes(partner.secret))
    except InvalidToken:
        log.error("partner %s: no vault key opens its keys", partner.pk)
        return []


def partner_who_signed(
    channel_code: str, header: str, body: bytes, *, now: datetime
) -> ChannelPartner | None:
    """The active partner of the channel whose key signed `body` a moment ago."""
    found = None
    rows = ChannelPartner.objects.filter(channel__code=channel_code, is_active=True)
    for partner in rows.select_related("channel", "place").defer("place__envelope"):
        signed = signing.signed_by(header, body, keys_of(partner), now=now)
        if signed is not None and found is None:
            found = partner
    return found
