"""Signing in for a token, and who is signed in."""

from typing import Any, cast

from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.api.problems import Problem, Refused, known, refuse
from gis.api.query import check_query
from gis.api.throttling import TokenThrottle
from gis.ledger.services import tokens
from grids.api.schemas import (
    CredentialsSerializer,
    MeSerializer,
    ProblemsSerializer,
    TokenSerializer,
)
from grids.models import User
from grids.selectors import grids_of, roles_of


class TokenView(APIView):
    """A name and a password for a bearer token, and its end. django-axes counts failures."""

    throttle_classes = (TokenThrottle,)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Signing in looks at the password only; an old cookie or token must not get in the way."""
        return [] if self._signs_in() else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny() if self._signs_in() else IsAuthenticated()]

    def _signs_in(self) -> bool:
        # The schema generator looks at the view without a request.
        return self.request is None or self.request.method == "POST"

    @extend_schema(
        operation_id="token",
        summary="登录，取得令牌 (sign in for a token)",
        request=CredentialsSerializer,
        responses={
            200: TokenSerializer,
            400: ProblemsSerializer,
            401: ProblemsSerializer,
            429: ProblemsSerializer,
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        check_query(request, frozenset())
        username, password = _credentials(request.data)
        user = authenticate(request._request, username=username, password=password)
        if user is None:
            if getattr(request._request, "axes_locked_out", False):
                raise Refused([known("locked_out")], 429)
            zh, en = "用户名或密码不对。", "Wrong user name or password."
            raise refuse("password", "wrong_credentials", zh, en, status_code=401)
        raw, expires_at = tokens.issue(user=user, now=timezone.now())
        return Response({"token": raw, "expires_at": expires_at})

    @extend_schema(
        operation_id="token_end",
        summary="退出，所有设备上的令牌一并失效 (sign out: ends your tokens on every device)",
        request=None,
        responses={204: None, 401: ProblemsSerializer},
    )
    def delete(self, request: Request) -> Response:
        check_query(request, frozenset())
        tokens.revoke_all(user=cast(User, request.user), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    """Who is signed in, in which roles, and for which grids."""

    @extend_schema(
        operation_id="me",
        summary="我是谁 (who am I)",
        responses={200: MeSerializer, 401: ProblemsSerializer},
    )
    def get(self, request: Request) -> Response:
        check_query(request, frozenset())
        user, now = cast(User, request.user), timezone.now()
        held = [
            {"code": grid.code, "name": grid.name, "lon": grid.label.x, "lat": grid.label.y}
            for grid in grids_of(user, now)
        ]
        return Response({"username": user.username, "roles": roles_of(user, now), "grids": held})


def _credentials(data: Any) -> tuple[str, str]:
    """The two texts of the body, exactly as they came. Raises `Refused`."""
    if not isinstance(data, dict):
        zh, en = "请求体应为 JSON 对象。", "The body must be a JSON object."
        raise refuse(None, "not_an_object", zh, en)
    problems = []
    for name, most in (("username", 150), ("password", 1024)):
        value = data.get(name)
        if value is None or value == "":
            problems.append(Problem(name, "required", "必须提供。", "This field is required."))
        elif not isinstance(value, str):
            problems.append(Problem(name, "not_text", "必须是文字。", "Must be text."))
        elif len(value) > most:
            zh, en = f"最多 {most} 个字符。", f"At most {most} characters."
            problems.append(Problem(name, "too_long", zh, en))
    if problems:
        raise Refused(problems)
    return data["username"], data["password"]
