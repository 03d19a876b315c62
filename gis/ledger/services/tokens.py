"""Bearer tokens: random, kept as digests; they end by time, by revocation and by a new password."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.crypto import constant_time_compare

from gis.ledger.models import Token
from gis.ledger.services import audit


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


@transaction.atomic
def issue(*, user: AbstractBaseUser, now: datetime) -> tuple[str, datetime]:
    """A new token for `user` and the instant it ends. The raw token exists only in this answer."""
    raw = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=settings.TOKEN_LIFETIME_HOURS)
    Token.objects.create(
        user_id=user.pk,
        digest=_digest(raw),
        credential=user.get_session_auth_hash(),
        issued_at=now,
        expires_at=expires_at,
    )
    audit.record(chain=f"user:{user.pk}", action="token.issued", actor=user, at=now)
    return raw, expires_at


def holder(raw: str, now: datetime) -> AbstractBaseUser | None:
    """The active user who holds `raw`, or None if it is unknown or has ended."""
    token = (
        Token.objects.select_related("user")
        .filter(digest=_digest(raw), expires_at__gt=now, revoked_at__isnull=True)
        .first()
    )
    if token is None or not token.user.is_active:
        return None
    unchanged = constant_time_compare(token.credential, token.user.get_session_auth_hash())
    return token.user if unchanged else None


@transaction.atomic
def revoke_all(*, user: AbstractBaseUser, now: datetime) -> int:
    """End every open token of `user`, on whatever device; the number that was ended."""
    ended = Token.objects.filter(user_id=user.pk, revoked_at__isnull=True).update(revoked_at=now)
    if ended:
        audit.record(
            chain=f"user:{user.pk}", action="token.revoked", actor=user, at=now, data={"n": ended}
        )
    return ended
