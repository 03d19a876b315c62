"""Bearer tokens: random, stored as digests, revocable, with an end."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from gis.ledger.models import Token
from gis.ledger.services import audit


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


@transaction.atomic
def issue(*, user: AbstractBaseUser, now: datetime) -> tuple[str, datetime]:
    """A new token for `user` and the instant it ends. The raw token exists only in this answer."""
    raw = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=settings.TOKEN_LIFETIME_HOURS)
    Token.objects.create(user_id=user.pk, digest=_digest(raw), issued_at=now, expires_at=expires_at)
    audit.record(chain=f"user:{user.pk}", action="token.issued", actor=user, at=now)
    return raw, expires_at


def holder(raw: str, now: datetime) -> AbstractBaseUser | None:
    """The active user who holds `raw`, or None if it is unknown, ended or revoked."""
    token = (
        Token.objects.select_related("user")
        .filter(digest=_digest(raw), expires_at__gt=now, revoked_at__isnull=True)
        .first()
    )
    return token.user if token and token.user.is_active else None


@transaction.atomic
def revoke(*, user: AbstractBaseUser, now: datetime) -> int:
    """End every open token of `user`; the number that was ended."""
    ended = Token.objects.filter(user_id=user.pk, revoked_at__isnull=True).update(revoked_at=now)
    if ended:
        audit.record(
            chain=f"user:{user.pk}", action="token.revoked", actor=user, at=now, data={"n": ended}
        )
    return ended
