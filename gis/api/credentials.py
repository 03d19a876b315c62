"""Asking again, later, whether who was let in may still be in."""

from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from rest_framework.request import Request

from gis.api.authentication import BearerAuthentication
from gis.ledger.services import tokens

__all__ = ["Credential", "credential_of", "holder"]


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request showed to be let in: a bearer token, or the key of a session."""

    token: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)


def credential_of(request: Request) -> Credential:
    """What this request, which was let in, had shown."""
    if isinstance(request.successful_authenticator, BearerAuthentication):
        return Credential(token=request.headers["Authorization"].split()[1])
    session: Any = getattr(request._request, "session", None)
    return Credential(session=getattr(session, "session_key", None))


def holder(credential: Credential, now: datetime) -> AbstractBaseUser | None:
    """The active user who would be let in with it at `now`; None once it has ended."""
    if credential.token is not None:
        return tokens.holder(credential.token, now)
    request: Any = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(credential.session)
    user = get_user(request)
    return user if isinstance(user, AbstractBaseUser) and user.is_active else None
