"""Who is asking: a bearer token of the ledger."""

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from gis.api.problems import refuse
from gis.ledger.services import tokens


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; other schemes are left to other classes."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """The holder of the token; None without one. A token that fails raises `Refused` (401)."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        user = None
        if len(parts) == 2 and len(parts[1]) <= 200 and parts[1].isascii():
            user = tokens.holder(parts[1].decode("ascii"), timezone.now())
        if user is None:
            refused = refuse(
                None,
                "bad_token",
                "令牌无效或已过期，请重新登录。",
                "The token is unknown or has ended; sign in again.",
                status_code=401,
            )
            refused.auth_header = self.authenticate_header(request)
            raise refused
        return user, None

    def authenticate_header(self, _request: Request) -> str:
        return 'Bearer realm="wangge"'
